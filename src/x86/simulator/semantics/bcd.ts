/** Decimal adjustments of %al and %ax, as the manual's pseudo-code has them. Each answers the new %ax. */
import { AF, CF, OF, STATUS } from '../../table/flags.js';
import { Fault } from '../fault.js';
import type { FlagRegister } from '../state.js';
import { zeroSignParity } from './arithmetic.js';

function setDecimal(s: FlagRegister, al: number, adjusted: boolean, carry: boolean): void {
  s.flags = (s.flags & ~STATUS) | zeroSignParity(al, 7) | (adjusted ? AF : 0) | (carry ? CF : 0);
  s.undefinedFlags = (s.undefinedFlags & ~STATUS) | OF;
}

/** After an addition of packed digits: each digit above 9, or that carried, gets 6 more. */
export function daa(s: FlagRegister, ax: number): number {
  const al = ax & 0xff;
  const low = (al & 15) > 9 || (s.flags & AF) !== 0;
  const high = al > 0x99 || (s.flags & CF) !== 0;
  const r = (al + (low ? 6 : 0) + (high ? 0x60 : 0)) & 0xff;
  setDecimal(s, r, low, high);
  return (ax & 0xff00) | r;
}

/** After a subtraction. CF is set too when the adjustment of the low digit borrows. */
export function das(s: FlagRegister, ax: number): number {
  const al = ax & 0xff;
  const low = (al & 15) > 9 || (s.flags & AF) !== 0;
  const high = al > 0x99 || (s.flags & CF) !== 0;
  const r = (al - (low ? 6 : 0) - (high ? 0x60 : 0)) & 0xff;
  setDecimal(s, r, low, high || (low && al < 6));
  return (ax & 0xff00) | r;
}

function unpacked(s: FlagRegister, ax: number, by: number): number {
  const adjust = (ax & 15) > 9 || (s.flags & AF) !== 0;
  const r = adjust ? (ax + by) & 0xffff : ax;
  s.flags = (s.flags & ~STATUS) | (adjust ? AF | CF : 0);
  s.undefinedFlags = (s.undefinedFlags & ~STATUS) | (STATUS & ~(AF | CF));
  return r & 0xff0f;
}

/** One unpacked digit: 6 more, and a carry into %ah. */
export function aaa(s: FlagRegister, ax: number): number {
  return unpacked(s, ax, 0x106);
}

export function aas(s: FlagRegister, ax: number): number {
  return unpacked(s, ax, -0x106);
}

function setDigits(s: FlagRegister, al: number): void {
  s.flags = (s.flags & ~STATUS) | zeroSignParity(al, 7);
  s.undefinedFlags = (s.undefinedFlags & ~STATUS) | OF | AF | CF;
}

/** %al as two digits of the base. */
export function aam(s: FlagRegister, ax: number, base: number): number {
  if (base === 0) throw new Fault('#DE');
  const al = ax & 0xff;
  const digit = al % base;
  setDigits(s, digit);
  return (Math.floor(al / base) << 8) | digit;
}

/** Two digits of the base as one number. */
export function aad(s: FlagRegister, ax: number, base: number): number {
  const al = ((ax & 0xff) + (ax >>> 8) * base) & 0xff;
  setDigits(s, al);
  return al;
}
