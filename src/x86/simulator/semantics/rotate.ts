/**
 * Rotates by a masked count (0 to 31, of 64-bit values 0 to 63). Only CF and OF change, and none for a count of 0. OF
 * is defined for a count of 1 only: whether the sign changed.
 *
 * `rol` and `ror` turn by the count modulo the width, and CF is the bit that came round last, also when whole turns
 * leave the value as it was. `rcl` and `rcr` turn the value with CF as one more bit: modulo 9, 17, 33 or 65.
 */
import { CF, OF } from '../../table/flags.js';
import type { FlagRegister } from '../state.js';
import type { Shift } from './shift.js';

function setFlags(s: FlagRegister, carry: number, overflow: number, count: number): void {
  s.flags = (s.flags & ~(CF | OF)) | (carry !== 0 ? CF : 0) | (overflow !== 0 ? OF : 0);
  s.undefinedFlags = (s.undefinedFlags & ~(CF | OF)) | (count === 1 ? 0 : OF);
}

/** Turns a value of 8, 16 or 32 bits left. */
function turn(a: number, by: number, top: number): number {
  const mask = (2 << top) - 1;
  return by === 0 ? a : ((a << by) | (a >>> (top + 1 - by))) & mask;
}

function turn64(s: FlagRegister, a: number, aHigh: number, by: number): number {
  const low = by >= 32 ? aHigh : a;
  const high = by >= 32 ? a : aHigh;
  const rest = by & 31;
  s.high = rest === 0 ? high : (high << rest) | (low >>> (32 - rest));
  return rest === 0 ? low : (low << rest) | (high >>> (32 - rest));
}

export const rol: Shift = {
  narrow(s, a, count, top) {
    if (count === 0) return a;
    const r = turn(a, count & top, top);
    setFlags(s, r & 1, (r ^ (r >>> top)) & 1, count);
    return r;
  },
  wide(s, a, aHigh, count) {
    s.high = aHigh;
    if (count === 0) return a;
    const r = turn64(s, a, aHigh, count);
    setFlags(s, r & 1, (r ^ (s.high >>> 31)) & 1, count);
    return r;
  },
};

export const ror: Shift = {
  narrow(s, a, count, top) {
    if (count === 0) return a;
    const r = turn(a, -count & top, top);
    setFlags(s, (r >>> top) & 1, ((r >>> top) ^ (r >>> (top - 1))) & 1, count);
    return r;
  },
  wide(s, a, aHigh, count) {
    s.high = aHigh;
    if (count === 0) return a;
    const r = turn64(s, a, aHigh, -count & 63);
    setFlags(s, s.high >>> 31, ((s.high >>> 31) ^ (s.high >>> 30)) & 1, count);
    return r;
  },
};

/** Through the carry, in BigInt: `left` turns by count, right by what is missing to a whole turn. */
function throughCarry(s: FlagRegister, a: bigint, left: boolean, count: number, bits: number): bigint {
  const whole = BigInt(bits + 1);
  const by = BigInt(count) % whole;
  const up = left ? by : (whole - by) % whole;
  const ring = (BigInt(s.flags & CF) << BigInt(bits)) | a;
  const turned = BigInt.asUintN(bits + 1, (ring << up) | (ring >> (whole - up)));
  const r = BigInt.asUintN(bits, turned);
  const changed = (a ^ r) >> BigInt(bits - 1);
  setFlags(s, Number(turned >> BigInt(bits)), Number(changed), count);
  return r;
}

/** By one, which is how values wider than a register are rotated: the carry goes in at one end, a bit out at the other. */
function throughCarryOnce(s: FlagRegister, a: number, left: boolean, top: number): number {
  const carry = s.flags & CF;
  const r = left ? ((a << 1) | carry) & ((2 << top) - 1) : (a >>> 1) | (carry << top);
  setFlags(s, (left ? a >>> top : a) & 1, ((a ^ r) >>> top) & 1, 1);
  return r;
}

/** `rcl` when left, `rcr` otherwise. */
function rotateCarry(left: boolean): Shift {
  return {
    narrow(s, a, count, top) {
      if (count === 0) return a;
      if (count === 1) return throughCarryOnce(s, a, left, top);
      const r = throughCarry(s, BigInt.asUintN(top + 1, BigInt(a)), left, count, top + 1);
      return top === 31 ? Number(BigInt.asIntN(32, r)) : Number(r);
    },
    wide(s, a, aHigh, count) {
      s.high = aHigh;
      if (count === 0) return a;
      const r = throughCarry(s, join(a, aHigh), left, count, 64);
      return split(s, r);
    },
  };
}

export const rcl = rotateCarry(true);
export const rcr = rotateCarry(false);

/** Two halves as one unsigned value. */
export function join(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** The low half; the upper is left in `high`. */
export function split(s: FlagRegister, value: bigint): number {
  s.high = Number(BigInt.asIntN(32, value >> 32n));
  return Number(BigInt.asIntN(32, value));
}
