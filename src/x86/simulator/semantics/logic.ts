/** Bitwise logic: CF and OF are cleared, AF is left undefined. Values as in arithmetic.ts. */
import { AF, STATUS } from '../../table/flags.js';
import type { FlagRegister } from '../state.js';
import { zeroSignParity, zeroSignParity64, type Binary, type Unary } from './arithmetic.js';

function result(s: FlagRegister, r: number, top: number): number {
  s.flags = (s.flags & ~STATUS) | zeroSignParity(r, top);
  s.undefinedFlags = (s.undefinedFlags & ~STATUS) | AF;
  return r;
}

function result64(s: FlagRegister, low: number, high: number): number {
  s.flags = (s.flags & ~STATUS) | zeroSignParity64(low, high);
  s.undefinedFlags = (s.undefinedFlags & ~STATUS) | AF;
  s.high = high;
  return low;
}

/** `test` is this without the result. */
export const and: Binary = {
  narrow: (s, a, b, top) => result(s, a & b, top),
  wide: (s, a, aHigh, b, bHigh) => result64(s, a & b, aHigh & bHigh),
};

export const or: Binary = {
  narrow: (s, a, b, top) => result(s, a | b, top),
  wide: (s, a, aHigh, b, bHigh) => result64(s, a | b, aHigh | bHigh),
};

export const xor: Binary = {
  narrow: (s, a, b, top) => result(s, a ^ b, top),
  wide: (s, a, aHigh, b, bHigh) => result64(s, a ^ b, aHigh ^ bHigh),
};

/** No flags. */
export const not: Unary = {
  narrow: (_s, a, top) => ~a & ((2 << top) - 1),
  wide: (s, a, aHigh) => {
    s.high = ~aHigh;
    return ~a;
  },
};
