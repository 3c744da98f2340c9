/**
 * Call-frame information from `.cfi_` directives (GNU as manual, "CFI directives"; DWARF 5, 6.4): for each instruction,
 * where the canonical frame address (CFA) is and where the caller's registers are kept.
 */
import { evaluate } from '../expressions.js';
import type { AssemblyUnit, DirectiveArgument, DirectiveStatement, Instruction } from '../syntax.js';

export interface FrameRow {
  /** The CFA is this register's value and the offset, in bytes. */
  readonly register: string;
  readonly offset: number;
  /** Offsets from the CFA at which registers are kept. Any other register still holds the caller's value. */
  readonly saved: ReadonlyMap<string, number>;
  /** Why the row says nothing: a directive that is not evaluated. */
  readonly unknown?: string;
}

/** DWARF's numbers of the general registers (System V ABI, i386 and AMD64 supplements, "DWARF Register Number Mapping"). */
const NUMBERS = {
  4: ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'],
  8: ['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'],
} as const;

/** A general register by DWARF's number. */
export function registerByNumber(number: number, word: 4 | 8): string | undefined {
  return NUMBERS[word][number];
}

/** The row of each instruction that stands between `.cfi_startproc` and `.cfi_endproc`. */
export function frameRows(unit: AssemblyUnit, word: 4 | 8): ReadonlyMap<Instruction, FrameRow> {
  const rows = new Map<Instruction, FrameRow>();
  const initial: FrameRow = { register: word === 4 ? 'esp' : 'rsp', offset: word, saved: new Map() };
  let row: FrameRow | undefined;
  let remembered: FrameRow[] = [];
  for (const statement of unit.statements) {
    if (statement.kind === 'instruction' && row) rows.set(statement.instruction, row);
    if (statement.kind !== 'directive' || !statement.name.startsWith('.cfi_')) continue;
    if (statement.name === '.cfi_startproc') {
      row = initial;
      remembered = [];
    } else if (statement.name === '.cfi_endproc') row = undefined;
    else if (statement.name === '.cfi_remember_state' && row) remembered.push(row);
    else if (statement.name === '.cfi_restore_state') row = remembered.pop() ?? row;
    else if (row) row = after(row, statement, word);
  }
  return rows;
}

function after(row: FrameRow, { name, args }: DirectiveStatement, word: 4 | 8): FrameRow {
  const [first, second] = args;
  const register = registerOf(first, word);
  const withSaved = (offset: number | undefined): FrameRow => {
    if (register === undefined || offset === undefined) return { ...row, unknown: name };
    return { ...row, saved: new Map([...row.saved, [register, offset]]) };
  };
  switch (name) {
    case '.cfi_def_cfa':
      return register === undefined ? { ...row, unknown: name } : moved({ ...row, register }, numberOf(second), name);
    case '.cfi_def_cfa_register':
      return register === undefined ? { ...row, unknown: name } : { ...row, register };
    case '.cfi_def_cfa_offset':
      return moved(row, numberOf(first), name);
    case '.cfi_adjust_cfa_offset': {
      const by = numberOf(first);
      return moved(row, by === undefined ? undefined : row.offset + by, name);
    }
    case '.cfi_offset':
      return withSaved(numberOf(second));
    case '.cfi_rel_offset': {
      const from = numberOf(second);
      return withSaved(from === undefined ? undefined : from - row.offset);
    }
    case '.cfi_restore':
    case '.cfi_same_value': {
      const saved = new Map(row.saved);
      for (const arg of args) saved.delete(registerOf(arg, word) ?? '');
      return { ...row, saved };
    }
    case '.cfi_register':
    case '.cfi_escape':
    case '.cfi_undefined':
    case '.cfi_return_column':
    case '.cfi_val_offset':
      return { ...row, unknown: name };
    default:
      // Of sections, personality routines and signal frames: they move nothing.
      return row;
  }
}

function moved(row: FrameRow, offset: number | undefined, name: string): FrameRow {
  return offset === undefined ? { ...row, unknown: name } : { ...row, offset };
}

function registerOf(arg: DirectiveArgument | undefined, word: 4 | 8): string | undefined {
  if (!arg) return undefined;
  const names: readonly string[] = NUMBERS[word];
  const number = numberOf(arg);
  if (number !== undefined) return names[number];
  const name = arg.text.replace(/^%/, '');
  return names.includes(name) ? name : undefined;
}

function numberOf(arg: DirectiveArgument | undefined): number | undefined {
  if (!arg?.value || arg.value.k === 'register') return undefined;
  const value = evaluate(arg.value, () => undefined);
  return value === undefined ? undefined : Number(value);
}
