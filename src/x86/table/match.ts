/** Which row and form an instruction has, and which width: the operand check of the parser and of the simulator. */
import { registerNamed } from '../registers.js';
import type { Instruction, MemoryOperand, Operand, Width } from '../syntax.js';
import type { Row } from './index.js';
import { spelling, type Spelling } from './spelling.js';

export type Mode = 'i386' | 'x86_64';

/** What an instruction is, once its row and width are known. */
export interface Match {
  readonly row: Row;
  /** One kind for each operand. */
  readonly kinds: readonly string[];
  /** Of the operation; 4 where the row has none. */
  readonly width: Width;
  /** Of the source of an extension; otherwise `width`. */
  readonly source: Width;
}

export type Check =
  | { readonly ok: true; readonly match: Match }
  /** `known` is false for what the table does not have (x87, vector, privileged …): nothing is said about its operands. */
  | { readonly ok: false; readonly known: boolean; readonly reason: string };

const SUFFIX: Readonly<Record<Width, string>> = { 1: 'b', 2: 'w', 4: 'l', 8: 'q' };
const WIDTHS: Readonly<Record<string, Width>> = { '8': 1, '16': 2, '32': 4, '64': 8 };

/** Rows whose width is that of the stack, or of an address, unless a suffix or a register says otherwise. */
const STACK_WIDE = new Set([
  ...['push', 'pop', 'pusha', 'popa', 'pushf', 'popf', 'enter', 'leave', 'call', 'ret', 'jmp'],
  ...['pushSegment', 'popSegment'],
]);

function refuse(reason: string): Check {
  return { ok: false, known: true, reason };
}

/** Says whether the operands, widths and prefixes go together. */
export function check(instruction: Instruction, mode: Mode): Check {
  const spelled = spelling(instruction);
  if (spelled.rows.length === 0)
    return { ok: false, known: false, reason: `unknown instruction ${instruction.mnemonic}` };
  let reason: Check | undefined;
  const rows = spelled.rows.filter((row) => row.mode === undefined || row.mode === mode);
  if (rows.length === 0) return refuse(`${instruction.mnemonic} does not exist in ${mode}`);
  for (const row of rows) {
    for (const form of row.forms) {
      const kinds = form === '' ? [] : form.split(',');
      const found = matchForm(instruction, row, kinds, spelled, mode);
      if (typeof found !== 'string') return { ok: true, match: found };
      if (found !== '') reason = refuse(found);
    }
  }
  return reason ?? refuse(`no such operands for ${instruction.mnemonic}`);
}

/** The match, or why not: an empty string when the kinds differ, which says nothing by itself. */
function matchForm(
  instruction: Instruction,
  row: Row,
  kinds: readonly string[],
  spelled: Spelling,
  mode: Mode,
): Match | string {
  const { operands } = instruction;
  if (operands.length !== kinds.length) return '';
  let width = spelled.width;
  let source = spelled.source;
  for (let n = 0; n < kinds.length; n++) {
    const operand = operands[n];
    const kind = kinds[n] ?? '';
    if (!operand || !fits(operand, kind, mode)) return '';
    const own = registerWidth(operand);
    if (own === undefined) continue;
    const fixed = fixedWidth(kind);
    if (fixed !== undefined) {
      if (fixed !== own) return '';
    } else if (kind === 'r' || kind === 'rm' || kind === 'a' || kind === '*rm') {
      if (width !== undefined && width !== own) return 'the registers and the suffix differ in width';
      width = own;
    }
  }
  if (row.semantics === 'movzx' || row.semantics === 'movsx') {
    source = extensionSource(operands, kinds, row, source);
    if (source === undefined) return '';
    width ??= 4;
  }
  width = row.widths === '' ? 4 : (width ?? defaultWidth(row, kinds, mode));
  if (row.widths !== '' && !row.widths.includes(SUFFIX[width])) return `${row.name} has no ${width * 8}-bit form`;
  if (mode === 'i386' && width === 8) return '64-bit operands do not exist in i386';
  if (mode === 'x86_64' && width === 4 && STACK_WIDE.has(row.semantics)) {
    // Written `call` and `ret` with the suffix l do not exist; the default is 64 bits.
    return `${row.name} has no 32-bit form in x86_64`;
  }
  for (const [n, kind] of kinds.entries()) {
    const operand = operands[n];
    if (
      operand?.k === 'immediate' &&
      operand.value.k === 'int' &&
      !immediateFits(operand.value.value, kind, width, mode)
    )
      return 'the immediate does not fit';
  }
  if (tooWide(operands, mode)) return 'a register of x86_64 in i386';
  return { row, kinds, width, source: source ?? width };
}

function defaultWidth(row: Row, kinds: readonly string[], mode: Mode): Width {
  if (STACK_WIDE.has(row.semantics)) return mode === 'i386' ? 4 : 8;
  // `mov $0x123456789a, …` has no other width; without registers GNU as takes 32 bits.
  return kinds.includes('i64') ? 8 : 4;
}

/** A register tells the source's width; memory without a suffix is a byte, as for GNU as. */
function extensionSource(
  operands: readonly Operand[],
  kinds: readonly string[],
  row: Row,
  said: Width | undefined,
): Width | undefined {
  const fixed = fixedWidth(kinds[0] ?? '');
  const operand = operands[0];
  const own = operand && registerWidth(operand);
  if (fixed === undefined) return undefined;
  if (said !== undefined) return said === fixed && (own === undefined || own === fixed) ? fixed : undefined;
  if (own !== undefined) return fixed;
  return fixed === 1 || row.synonyms?.includes('movsxd') === true ? fixed : undefined;
}

function fixedWidth(kind: string): Width | undefined {
  const digits = /^(?:r|m|rm)(8|16|32|64)$/.exec(kind)?.[1];
  return digits === undefined ? undefined : WIDTHS[digits];
}

function registerWidth(operand: Operand): Width | undefined {
  if (operand.k === 'register') return generalWidth(operand.name);
  if (operand.k === 'indirect' && operand.through.k === 'register') return generalWidth(operand.through.name);
  return undefined;
}

function generalWidth(name: string): Width | undefined {
  const register = registerNamed(name);
  return register?.kind === 'general' ? register.width : undefined;
}

function fits(operand: Operand, kind: string, mode: Mode): boolean {
  switch (operand.k) {
    case 'register': {
      if (operand.decorations) return false;
      const register = registerNamed(operand.name);
      if (kind === 'sreg') return register?.kind === 'segment';
      if (register?.kind !== 'general') return false;
      if (kind === 'cl') return operand.name === 'cl';
      if (kind === 'a') return register.whole === 'rax' && operand.name !== 'ah';
      return /^(?:r|rm)(?:8|16|32|64)?$/.test(kind);
    }
    case 'memory':
      if (operand.decorations) return false;
      if (kind === 'si' || kind === 'di' || kind === 'bx') return isIndexed(operand, kind);
      return /^(?:m|rm)(?:8|16|32|64)?$/.test(kind) && isAddress(operand, mode);
    case 'immediate':
      if (kind === '1') return operand.value.k === 'int' && operand.value.value === 1n;
      return kind === 'i' || kind === 'i8' || kind === 'i16' || kind === 'i64';
    case 'target':
      return kind === 't';
    case 'indirect':
      if (kind !== '*rm') return false;
      if (operand.through.k === 'register') return registerNamed(operand.through.name)?.kind === 'general';
      return operand.through.k === 'memory' && isAddress(operand.through, mode);
    case 'rounding':
    case 'placeholder':
      return false;
  }
}

/** `%es:(%edi)` and the like: the only addresses that string instructions have. */
function isIndexed(memory: MemoryOperand, kind: 'si' | 'di' | 'bx'): boolean {
  if (memory.index !== undefined || memory.base === undefined) return false;
  if (memory.displacement && !(memory.displacement.k === 'int' && memory.displacement.value === 0n)) return false;
  if (kind === 'di' && memory.segment !== undefined && memory.segment !== 'es') return false;
  const register = registerNamed(memory.base);
  return register?.whole === `r${kind}` && register.width !== 1;
}

/** Base and index exist, have one width, and the index is not the stack pointer. */
function isAddress(memory: MemoryOperand, mode: Mode): boolean {
  const base = memory.base === undefined ? undefined : registerNamed(memory.base);
  const index = memory.index === undefined ? undefined : registerNamed(memory.index);
  if (memory.base !== undefined && !base) return false;
  if (memory.index !== undefined && !index) return false;
  const width = base?.width ?? index?.width;
  if (width === undefined) return memory.base === undefined && memory.index === undefined;
  if (base?.kind === 'pointer') return mode === 'x86_64' && memory.index === undefined;
  if (base && base.kind !== 'general' && base.whole !== 'riz') return false;
  if (index && (index.width !== width || (index.kind !== 'general' && index.whole !== 'riz'))) return false;
  if (index?.whole === 'rsp') return false;
  if (width === 2) return mode === 'i386' && isShortAddress(memory);
  return mode === 'i386' ? width === 4 : width === 4 || width === 8;
}

/** 16-bit addresses have one of few combinations and no scale. */
function isShortAddress(memory: MemoryOperand): boolean {
  if (memory.scale !== 1) return false;
  const pair = `${memory.base ?? ''}+${memory.index ?? ''}`;
  return /^(?:b[xp]\+[sd]i|[sd]i\+b[xp]|(?:bx|bp|si|di)\+|\+(?:bx|bp|si|di))$/.test(pair);
}

function tooWide(operands: readonly Operand[], mode: Mode): boolean {
  if (mode === 'x86_64') return false;
  return operands.some((operand) => {
    const through = operand.k === 'indirect' ? operand.through : operand;
    const names =
      through.k === 'register' ? [through.name] : through.k === 'memory' ? [through.base, through.index] : [];
    return names.some((name) => name !== undefined && onlyLong(name));
  });
}

/** True for registers that i386 does not have. */
function onlyLong(name: string): boolean {
  const register = registerNamed(name);
  if (register?.kind === 'pointer') return true;
  if (register?.kind !== 'general') return false;
  return register.width === 8 || /^r\d/.test(name) || /^(?:si|di|bp|sp)l$/.test(name);
}

function immediateFits(value: bigint, kind: string, width: Width, mode: Mode): boolean {
  switch (kind) {
    case 'i8':
      return within(value, 8);
    case 'i16':
      return within(value, 16);
    case 'i64':
      return within(value, 64);
    case 'i':
      if (width !== 8) return mode === 'x86_64' || width < 4 ? within(value, width * 8) : within(value, 64);
      return within(BigInt.asIntN(64, value) === value ? value : BigInt.asIntN(64, value), 32, true);
    default:
      return true;
  }
}

/** Signed or unsigned of that many bits; only signed when asked. */
function within(value: bigint, bits: number, signed = false): boolean {
  const half = 1n << BigInt(bits - 1);
  return value >= -(signed ? half : 2n * half) && value < (signed ? half : 2n * half);
}
