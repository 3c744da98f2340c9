/** Decimal adjustments of the accumulator, and `arpl`. */
import { ZF } from '../../table/flags.js';
import { registerNumber } from '../places.js';
import type { FlagRegister } from '../state.js';
import { AX, NEXT } from '../state.js';
import { destination, operand, type Builder } from './parts.js';

export function decimal(adjust: (s: FlagRegister, ax: number) => number): Builder {
  return ({ cx }) => {
    const ax = registerNumber(cx, AX, 2);
    return (s) => {
      ax.store(s, 0, adjust(s, ax.load(s, 0)), 0);
      return NEXT;
    };
  };
}

/** With a base, 10 where it is left out. */
export function decimalBase(adjust: (s: FlagRegister, ax: number, base: number) => number): Builder {
  return ({ cx, operands }) => {
    const ax = registerNumber(cx, AX, 2);
    const base = Number(BigInt.asUintN(8, operands[0]?.value ?? 10n));
    return (s) => {
      ax.store(s, 0, adjust(s, ax.load(s, 0), base), 0);
      return NEXT;
    };
  };
}

/** Raises the privilege number in the low two bits of a selector to that of another; ZF says whether it had to. */
export const arpl: Builder = (parts) => {
  const source = operand(parts, 0);
  const target = destination(parts);
  return (s) => {
    const at = target.at(s);
    const low = target.load(s, at);
    const wanted = source.load(s, 0) & 3;
    const raise = (low & 3) < wanted;
    if (raise) target.store(s, at, (low & ~3) | wanted, 0);
    s.flags = (s.flags & ~ZF) | (raise ? ZF : 0);
    s.undefinedFlags &= ~ZF;
    return NEXT;
  };
};
