/**
 * Multiplication and division. Products set CF and OF when the upper half is needed, and leave the other four flags
 * undefined; division leaves all six undefined. Halves of results are numbers in the form of arithmetic.ts.
 */
import { CF, OF, STATUS } from '../../table/flags.js';
import { Fault } from '../fault.js';
import type { FlagRegister } from '../state.js';

function setProductFlags(s: FlagRegister, needed: boolean): void {
  s.flags = (s.flags & ~STATUS) | (needed ? CF | OF : 0);
  s.undefinedFlags = (s.undefinedFlags & ~STATUS) | (STATUS & ~(CF | OF));
}

/** The upper 32 bits of an unsigned product, from products of 16-bit halves that no sum overflows. */
function upperProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + (other >>> 16)) | 0;
}

/** Unsigned a × b of 32 bits: the low half, the upper in `high`. */
export function mul32(s: FlagRegister, a: number, b: number): number {
  s.high = upperProduct(a, b);
  setProductFlags(s, s.high !== 0);
  return Math.imul(a, b);
}

/** Signed: each negative operand took 2^32 × the other too much into the unsigned product. */
export function imul32(s: FlagRegister, a: number, b: number): number {
  const low = Math.imul(a, b);
  s.high = (upperProduct(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0;
  setProductFlags(s, s.high !== low >> 31);
  return low;
}

/** Product of two values of 8 or 16 bits (unsigned or signed, as they are given): twice as wide. */
export function mulNarrow(s: FlagRegister, a: number, b: number, bits: 8 | 16): number {
  const product = Math.imul(a, b);
  setProductFlags(s, product >>> bits !== 0);
  return product;
}

export function imulNarrow(s: FlagRegister, a: number, b: number, bits: 8 | 16): number {
  const product = Math.imul(a, b);
  setProductFlags(s, product !== (product << (32 - bits)) >> (32 - bits));
  return product;
}

/** 64-bit values, unsigned when they are not signed: the 128-bit product. */
export function mul64(s: FlagRegister, a: bigint, b: bigint, signed: boolean): bigint {
  const product = a * b;
  setProductFlags(s, product !== (signed ? BigInt.asIntN(64, product) : BigInt.asUintN(64, product)));
  return product;
}

export interface Division {
  readonly quotient: bigint;
  readonly remainder: bigint;
}

/**
 * Both signed or both unsigned. BigInt division cuts towards zero and gives the remainder the dividend's sign, as the
 * processor does. #DE for a divisor of 0 or a quotient that does not fit the width.
 */
export function divide(s: FlagRegister, dividend: bigint, divisor: bigint, bits: number, signed: boolean): Division {
  if (divisor === 0n) throw new Fault('#DE');
  const quotient = dividend / divisor;
  if (quotient !== (signed ? BigInt.asIntN(bits, quotient) : BigInt.asUintN(bits, quotient))) throw new Fault('#DE');
  s.undefinedFlags |= STATUS;
  return { quotient, remainder: dividend % divisor };
}

/**
 * The same of 32 bits whose dividend is no wider, by a divisor other than 0 and, signed, -1: nothing can fault. The
 * remainder is left in `high`.
 */
export function divide32(s: FlagRegister, dividend: number, divisor: number, signed: boolean): number {
  const [a, b] = signed ? [dividend, divisor] : [dividend >>> 0, divisor >>> 0];
  s.undefinedFlags |= STATUS;
  s.high = (a % b) | 0;
  return Math.trunc(a / b) | 0;
}
