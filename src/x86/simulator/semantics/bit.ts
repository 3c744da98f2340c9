/** Bit tests, scans and byte order. */
import { AF, CF, OF, PF, SF, STATUS, ZF } from '../../table/flags.js';
import type { FlagRegister } from '../state.js';

/** CF is the bit; ZF stays; the other four are undefined. */
export function setTested(s: FlagRegister, bit: number): void {
  s.flags = (s.flags & ~CF) | (bit & CF);
  s.undefinedFlags = (s.undefinedFlags & ~CF) | OF | SF | AF | PF;
}

/** ZF says that there was no bit; the other five are undefined. */
export function setScanned(s: FlagRegister, none: boolean): void {
  s.flags = (s.flags & ~STATUS) | (none ? ZF : 0);
  s.undefinedFlags = (s.undefinedFlags & ~STATUS) | (STATUS & ~ZF);
}

/** Number of the lowest bit of a value that is not 0: -a & a leaves that bit alone. */
export function lowestBit(a: number): number {
  return 31 - Math.clz32(-a & a);
}

export function highestBit(a: number): number {
  return 31 - Math.clz32(a);
}

export type BitChange = (value: number, mask: number) => number;

export const bts: BitChange = (value, mask) => value | mask;
export const btr: BitChange = (value, mask) => value & ~mask;
export const btc: BitChange = (value, mask) => value ^ mask;

/** The four bytes in the other order. */
export function bswap(a: number): number {
  return (a << 24) | ((a & 0xff00) << 8) | ((a >>> 8) & 0xff00) | (a >>> 24);
}
