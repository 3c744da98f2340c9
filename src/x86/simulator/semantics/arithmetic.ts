/**
 * Addition and subtraction: operands in, result out, flags into the flag register. Values of 8 and 16 bits are
 * unsigned, those of 32 bits signed; `top` is the number of the highest bit (7, 15, 31).
 *
 * With r = a + b + carry, the carry out of each bit is set where both operands have the bit, or one has it and the sum
 * has not: (a & b) | ((a | b) & ~r). CF is that bit at the top. The carry into a bit is a ^ b ^ r, whose bit 4 is AF.
 * OF: both operands have the other sign than the result. Subtraction borrows out of a bit where b has it and a not, or
 * where they are equal and the difference has it: (~a & b) | ((~a | b) & r); OF: the operands differ in sign, and the
 * result's sign is not that of a.
 */
import { AF, CF, OF, STATUS, ZF } from '../../table/flags.js';
import type { FlagRegister } from '../state.js';

/** PF is set for an even number of bits in the low byte: the byte folded into a nibble, looked up in a 16-bit table. */
export function parity(value: number): number {
  const nibble = (value ^ (value >>> 4)) & 15;
  return ((0x9669 >>> nibble) & 1) << 2;
}

/** Zero, sign and parity of a result. */
export function zeroSignParity(r: number, top: number): number {
  return (r === 0 ? ZF : 0) | (((r >>> top) & 1) << 7) | parity(r);
}

/** The same of a 64-bit result. */
export function zeroSignParity64(low: number, high: number): number {
  return ((low | high) === 0 ? ZF : 0) | ((high >>> 31) << 7) | parity(low);
}

/** a + b + carry, the carry being 0 or 1. */
export function addCarry(s: FlagRegister, a: number, b: number, carry: number, top: number): number {
  const r = (a + b + carry) & ((2 << top) - 1);
  const carries = (a & b) | ((a | b) & ~r);
  s.flags =
    (s.flags & ~STATUS) |
    ((carries >>> top) & CF) |
    ((((a ^ r) & (b ^ r)) >>> top) & 1 ? OF : 0) |
    ((a ^ b ^ r) & AF) |
    zeroSignParity(r, top);
  s.undefinedFlags &= ~STATUS;
  return r;
}

/** a - b - borrow. */
export function subtractBorrow(s: FlagRegister, a: number, b: number, borrow: number, top: number): number {
  const r = (a - b - borrow) & ((2 << top) - 1);
  const borrows = (~a & b) | ((~a | b) & r);
  s.flags =
    (s.flags & ~STATUS) |
    ((borrows >>> top) & CF) |
    ((((a ^ b) & (a ^ r)) >>> top) & 1 ? OF : 0) |
    ((a ^ b ^ r) & AF) |
    zeroSignParity(r, top);
  s.undefinedFlags &= ~STATUS;
  return r;
}

/** 64 bits in two halves: CF, OF and SF come from the upper, AF and PF from the lower, ZF from both. */
export function addCarry64(s: FlagRegister, a: number, aHigh: number, b: number, bHigh: number, carry: number): number {
  const low = (a + b + carry) | 0;
  const middle = ((a & b) | ((a | b) & ~low)) >>> 31;
  const high = (aHigh + bHigh + middle) | 0;
  const carries = (aHigh & bHigh) | ((aHigh | bHigh) & ~high);
  s.flags =
    (s.flags & ~STATUS) |
    (carries >>> 31) |
    (((aHigh ^ high) & (bHigh ^ high)) < 0 ? OF : 0) |
    ((a ^ b ^ low) & AF) |
    zeroSignParity64(low, high);
  s.undefinedFlags &= ~STATUS;
  s.high = high;
  return low;
}

export function subtractBorrow64(
  s: FlagRegister,
  a: number,
  aHigh: number,
  b: number,
  bHigh: number,
  borrow: number,
): number {
  const low = (a - b - borrow) | 0;
  const middle = ((~a & b) | ((~a | b) & low)) >>> 31;
  const high = (aHigh - bHigh - middle) | 0;
  const borrows = (~aHigh & bHigh) | ((~aHigh | bHigh) & high);
  s.flags =
    (s.flags & ~STATUS) |
    (borrows >>> 31) |
    (((aHigh ^ bHigh) & (aHigh ^ high)) < 0 ? OF : 0) |
    ((a ^ b ^ low) & AF) |
    zeroSignParity64(low, high);
  s.undefinedFlags &= ~STATUS;
  s.high = high;
  return low;
}

/** An operation of two values: its form for 8 to 32 bits and its form for 64. */
export interface Binary {
  readonly narrow: (s: FlagRegister, a: number, b: number, top: number) => number;
  readonly wide: (s: FlagRegister, a: number, aHigh: number, b: number, bHigh: number) => number;
}

export const add: Binary = {
  narrow: (s, a, b, top) => addCarry(s, a, b, 0, top),
  wide: (s, a, aHigh, b, bHigh) => addCarry64(s, a, aHigh, b, bHigh, 0),
};

export const adc: Binary = {
  narrow: (s, a, b, top) => addCarry(s, a, b, s.flags & CF, top),
  wide: (s, a, aHigh, b, bHigh) => addCarry64(s, a, aHigh, b, bHigh, s.flags & CF),
};

/** `cmp` is this without the result. */
export const sub: Binary = {
  narrow: (s, a, b, top) => subtractBorrow(s, a, b, 0, top),
  wide: (s, a, aHigh, b, bHigh) => subtractBorrow64(s, a, aHigh, b, bHigh, 0),
};

export const sbb: Binary = {
  narrow: (s, a, b, top) => subtractBorrow(s, a, b, s.flags & CF, top),
  wide: (s, a, aHigh, b, bHigh) => subtractBorrow64(s, a, aHigh, b, bHigh, s.flags & CF),
};

/** An operation of one value. */
export interface Unary {
  readonly narrow: (s: FlagRegister, a: number, top: number) => number;
  readonly wide: (s: FlagRegister, a: number, aHigh: number) => number;
}

/** Puts CF back, defined or not, as it was before an addition: what tells inc from add 1. */
function keepCarry(s: FlagRegister, before: number, undefinedBefore: number): void {
  s.flags = (s.flags & ~CF) | (before & CF);
  s.undefinedFlags |= undefinedBefore & CF;
}

export const inc: Unary = {
  narrow(s, a, top) {
    const { flags, undefinedFlags } = s;
    const r = addCarry(s, a, 1, 0, top);
    keepCarry(s, flags, undefinedFlags);
    return r;
  },
  wide(s, a, aHigh) {
    const { flags, undefinedFlags } = s;
    const low = addCarry64(s, a, aHigh, 1, 0, 0);
    keepCarry(s, flags, undefinedFlags);
    return low;
  },
};

export const dec: Unary = {
  narrow(s, a, top) {
    const { flags, undefinedFlags } = s;
    const r = subtractBorrow(s, a, 1, 0, top);
    keepCarry(s, flags, undefinedFlags);
    return r;
  },
  wide(s, a, aHigh) {
    const { flags, undefinedFlags } = s;
    const low = subtractBorrow64(s, a, aHigh, 1, 0, 0);
    keepCarry(s, flags, undefinedFlags);
    return low;
  },
};

/** 0 - a. */
export const neg: Unary = {
  narrow: (s, a, top) => subtractBorrow(s, 0, a, 0, top),
  wide: (s, a, aHigh) => subtractBorrow64(s, 0, 0, a, aHigh, 0),
};
