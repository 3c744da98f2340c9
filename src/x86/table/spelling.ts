/**
 * From what was written to the rows: AT&T spells extensions with two suffixes (`movzbl`), and some words mean one
 * instruction or another depending on their operands (`movsb`).
 */
import { registerNamed } from '../registers.js';
import type { Instruction, Operand, Width } from '../syntax.js';
import { rowsNamed, type Row } from './index.js';

export interface Spelling {
  readonly rows: readonly Row[];
  /** Of the operation, where the word said it. */
  readonly width?: Width;
  /** Of the source of an extension, where the word said it. */
  readonly source?: Width;
}

const SUFFIX: Readonly<Record<string, Width>> = { b: 1, w: 2, l: 4, q: 8 };

/** `movzbl`, `movsxw`, `movzb`, `movslq`: extension, width of the source, width of the destination. */
const EXTENSION = /^mov([sz])x?([bwl])([wlq]?)$/;

/** `movsd` and `cmpsd` without operands are 32-bit string instructions. */
const STRING_D = /^(mov|cmp|sto|lod|sca)sd$/;

/** The rows that a parsed or decoded instruction can mean. */
export function spelling(instruction: Instruction): Spelling {
  const { base, operands, width } = instruction;
  const last = operands[operands.length - 1];
  const toRegister = last?.k === 'register' && !isSegment(last);
  if (base === 'movs' && width !== undefined && toRegister) return extension('movsx', width, undefined);
  // `movq %rax,%xmm0` is no move of the integer kind.
  if (operands.some(isVector)) return { rows: [] };
  const long = STRING_D.exec(base);
  if (long) return { rows: rowsNamed(`${long[1] ?? ''}s`), width: 4 };
  const extending = EXTENSION.exec(base);
  if (extending && base !== 'movsl') {
    const source = SUFFIX[extending[2] ?? ''];
    if (source !== undefined)
      return extension(extending[1] === 's' ? 'movsx' : 'movzx', source, SUFFIX[extending[3] ?? '']);
  }
  if (base === 'movsxd' || base === 'movsxdl') return extension('movsx', 4, undefined);
  const absolute = /^movabs([bwlq])$/.exec(base);
  if (absolute) return { rows: rowsNamed('mov'), width: SUFFIX[absolute[1] ?? ''] ?? 8 };
  if (base === 'movabs') return { rows: rowsNamed('mov'), ...given(width) };
  return { rows: rowsNamed(base), ...given(width) };
}

function extension(name: string, source: Width, width: Width | undefined): Spelling {
  return { rows: rowsNamed(name), source, ...given(width) };
}

function given(width: Width | undefined): { width?: Width } {
  return width === undefined ? {} : { width };
}

function isSegment(operand: Operand): boolean {
  return operand.k === 'register' && registerNamed(operand.name)?.kind === 'segment';
}

function isVector(operand: Operand): boolean {
  return operand.k === 'register' && registerNamed(operand.name)?.kind === 'other';
}
