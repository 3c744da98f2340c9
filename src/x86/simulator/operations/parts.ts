/** What the operations build on: an instruction with its row, width and operands found. */
import type { Instruction, Width } from '../../syntax.js';
import type { Row } from '../../table/index.js';
import type { AddressPrefixes } from '../address.js';
import type { Context } from '../context.js';
import type { Place } from '../place.js';
import type { Run } from '../state.js';

export interface Prefixes extends AddressPrefixes {
  readonly repeat?: 'rep' | 'repne';
  readonly lock: boolean;
}

export interface Parts {
  readonly row: Row;
  readonly instruction: Instruction;
  readonly kinds: readonly string[];
  readonly width: Width;
  /** Of the source of an extension. */
  readonly source: Width;
  /** In AT&T order, source first. */
  readonly operands: readonly Place[];
  readonly prefixes: Prefixes;
  readonly cx: Context;
}

/** Compiles an instruction. */
export type Builder = (parts: Parts) => Run;

/** The operand at a place that the row's form promises. */
export function operand(parts: Parts, n: number): Place {
  const place = parts.operands[n];
  if (!place) throw new Error(`${parts.row.name} has no operand ${n}`);
  return place;
}

/** The last operand: the destination. */
export function destination(parts: Parts): Place {
  return operand(parts, parts.operands.length - 1);
}

/** Number of the highest bit. */
export function topOf(width: Width): number {
  return width * 8 - 1;
}

/** Bytes of a stack slot, or of an address, where nothing else is said. */
export function wordOf(cx: Context): 4 | 8 {
  return cx.mode === 'i386' ? 4 : 8;
}
