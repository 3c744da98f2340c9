/** Single flags, and nothing. */
import { AF, CF, DF, PF, SF, ZF } from '../../table/flags.js';
import { registerPart } from '../registers.js';
import { registerOperand } from '../places.js';
import { AX, NEXT } from '../state.js';
import type { Builder } from './parts.js';

/** Sets the flags of a mask to bits. */
function assign(mask: number, bits: number): Builder {
  return () => (s) => {
    s.flags = (s.flags & ~mask) | bits;
    s.undefinedFlags &= ~mask;
    return NEXT;
  };
}

export const clc = assign(CF, 0);
export const stc = assign(CF, CF);
export const cld = assign(DF, 0);
export const std = assign(DF, DF);

export const cmc: Builder = () => (s) => {
  s.flags ^= CF;
  return NEXT;
};

const LOW = SF | ZF | AF | PF | CF;

/** %ah is 0 to 7 of the flags; the bit between PF and CF is always set. */
export const lahf: Builder = ({ cx }) => {
  const ah = registerOperand(cx, { ...registerPart(AX, 1), name: 'ah', offset: 1 });
  return (s) => {
    ah.store(s, 0, (s.flags & LOW) | 2, 0);
    return NEXT;
  };
};

export const sahf: Builder = ({ cx }) => {
  const ah = registerOperand(cx, { ...registerPart(AX, 1), name: 'ah', offset: 1 });
  return (s) => {
    s.flags = (s.flags & ~LOW) | (ah.load(s, 0) & LOW);
    s.undefinedFlags &= ~LOW;
    return NEXT;
  };
};

/** Operands of a `nop` are not read. */
export const nop: Builder = () => () => NEXT;
