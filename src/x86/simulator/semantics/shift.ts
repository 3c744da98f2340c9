/**
 * Shifts by a masked count: 0 to 31, of 64-bit values 0 to 63. A count of 0 changes nothing, flags included. CF is the
 * bit that was shifted out last. OF is defined for a count of 1 only, where it says that the sign changed; AF never.
 * Values as in arithmetic.ts.
 */
import { AF, CF, OF, STATUS } from '../../table/flags.js';
import type { FlagRegister } from '../state.js';
import { zeroSignParity, zeroSignParity64 } from './arithmetic.js';

export interface Shift {
  readonly narrow: (s: FlagRegister, a: number, count: number, top: number) => number;
  readonly wide: (s: FlagRegister, a: number, aHigh: number, count: number) => number;
}

/**
 * Sets the flags of a shift. `carry` and `overflow` are bits. AF, where it is undefined, is stored as set, which is
 * what some processors do.
 */
function setFlags(s: FlagRegister, rest: number, carry: number, overflow: number, undefinedMore: number): void {
  s.flags = (s.flags & ~STATUS) | rest | AF | (carry !== 0 ? CF : 0) | (overflow !== 0 ? OF : 0);
  s.undefinedFlags = (s.undefinedFlags & ~STATUS) | AF | undefinedMore;
}

export const shl: Shift = {
  narrow(s, a, count, top) {
    if (count === 0) return a;
    const r = (a << count) & ((2 << top) - 1);
    // Bit top + 1 - count goes out last. Counts above the width shift zeroes out, but are undefined all the same.
    const carry = count <= top + 1 ? (a >>> (top + 1 - count)) & 1 : 0;
    const beyond = count > top ? CF : 0;
    setFlags(s, zeroSignParity(r, top), carry, ((r >>> top) & 1) ^ carry, (count === 1 ? 0 : OF) | beyond);
    return r;
  },
  wide(s, a, aHigh, count) {
    s.high = aHigh;
    if (count === 0) return a;
    const carry = count <= 32 ? (aHigh >>> (32 - count)) & 1 : (a >>> (64 - count)) & 1;
    const high = count < 32 ? (aHigh << count) | ((a >>> 1) >>> (31 - count)) : a << (count - 32);
    const low = count < 32 ? a << count : 0;
    setFlags(s, zeroSignParity64(low, high), carry, (high >>> 31) ^ carry, count === 1 ? 0 : OF);
    s.high = high;
    return low;
  },
};

export const shr: Shift = {
  narrow(s, a, count, top) {
    if (count === 0) return a;
    // Only a 32-bit value is signed; its bits come in as zeroes through >>>.
    const r = (a >>> count) | 0;
    const carry = (a >>> (count - 1)) & 1;
    const beyond = count > top ? CF : 0;
    // By one place, the sign that was there is lost.
    setFlags(s, zeroSignParity(r, top), carry, (a >>> top) & 1, (count === 1 ? 0 : OF) | beyond);
    return r;
  },
  wide(s, a, aHigh, count) {
    s.high = aHigh;
    if (count === 0) return a;
    const carry = count <= 32 ? (a >>> (count - 1)) & 1 : (aHigh >>> (count - 33)) & 1;
    const low = count < 32 ? (a >>> count) | ((aHigh << 1) << (31 - count)) : (aHigh >>> (count - 32)) | 0;
    const high = count < 32 ? (aHigh >>> count) | 0 : 0;
    setFlags(s, zeroSignParity64(low, high), carry, aHigh >>> 31, count === 1 ? 0 : OF);
    s.high = high;
    return low;
  },
};

export const sar: Shift = {
  narrow(s, a, count, top) {
    if (count === 0) return a;
    const signed = (a << (31 - top)) >> (31 - top);
    const r = (signed >> count) & ((2 << top) - 1);
    const carry = (signed >> (count - 1)) & 1;
    // The sign stays: no overflow. CF is the sign for every count beyond the width.
    setFlags(s, zeroSignParity(r, top), carry, 0, count === 1 ? 0 : OF);
    return r;
  },
  wide(s, a, aHigh, count) {
    s.high = aHigh;
    if (count === 0) return a;
    const carry = count <= 32 ? (a >>> (count - 1)) & 1 : (aHigh >> (count - 33)) & 1;
    const low = count < 32 ? (a >>> count) | ((aHigh << 1) << (31 - count)) : aHigh >> (count - 32);
    const high = count < 32 ? aHigh >> count : aHigh >> 31;
    setFlags(s, zeroSignParity64(low, high), carry, 0, count === 1 ? 0 : OF);
    s.high = high;
    return low;
  },
};

/** A double shift of 32 bits by 1 to 31, which is how compilers shift 64-bit values in i386. */
export function doubleShift32(s: FlagRegister, left: boolean, a: number, b: number, count: number): number {
  const r = left ? (a << count) | (b >>> (32 - count)) : (a >>> count) | (b << (32 - count));
  const carry = (left ? a >>> (32 - count) : a >>> (count - 1)) & 1;
  setFlags(s, zeroSignParity(r, 31), carry, (a ^ r) >>> 31, count === 1 ? 0 : OF);
  return r;
}

/**
 * Double shifts, one function for all widths in BigInt: `shld` moves the destination up and fills from the top of the
 * source, `shrd` down and from the bottom. A 16-bit one by more than 16 leaves everything undefined: undefined is
 * answered instead of a result.
 */
export function doubleShift(
  s: FlagRegister,
  left: boolean,
  destination: bigint,
  source: bigint,
  count: number,
  bits: number,
): bigint | undefined {
  if (count > bits) {
    s.undefinedFlags |= STATUS;
    return undefined;
  }
  const wide = BigInt(bits);
  const by = BigInt(count);
  const both = left ? (destination << wide) | source : (source << wide) | destination;
  const r = BigInt.asUintN(bits, left ? (both << by) >> wide : both >> by);
  const carry = left ? (destination >> (wide - by)) & 1n : (destination >> (by - 1n)) & 1n;
  const changed = (destination ^ r) >> (wide - 1n);
  const rest = zeroSignParity64(Number(BigInt.asIntN(32, r)), signHalf(r, bits));
  setFlags(s, rest, Number(carry), Number(changed), count === 1 ? 0 : OF);
  return r;
}

/** An upper half that has the sign of the value, and is zero only when the value is. */
function signHalf(r: bigint, bits: number): number {
  const sign = ((r >> BigInt(bits - 1)) & 1n) === 0n ? 0 : -0x80000000;
  return r === 0n ? 0 : sign | 1;
}
