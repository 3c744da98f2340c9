/** Exchanges: `xchg`, `xadd` and the compare-and-exchange family. */
import { add, sub } from '../semantics/arithmetic.js';
import { ZF } from '../../table/flags.js';
import { Fault } from '../fault.js';
import type { Place } from '../place.js';
import { memoryOperand, registerNumber } from '../places.js';
import { AX, BX, CX, DX, NEXT, type State } from '../state.js';
import { destination, operand, topOf, type Builder } from './parts.js';

export const xchg: Builder = (parts) => {
  const [first, second] = [operand(parts, 0), operand(parts, 1)];
  // At most one is memory; it is read first, so that it faults before anything changes.
  const [one, other] = first.kind === 'memory' ? [first, second] : [second, first];
  return (s) => {
    const at = one.at(s);
    const a = one.modify(s, at);
    const aHigh = s.high;
    const b = other.load(s, 0);
    one.store(s, at, b, s.high);
    other.store(s, 0, a, aHigh);
    return NEXT;
  };
};

/** The sum to the destination, what the destination had to the source. */
export const xadd: Builder = (parts) => {
  const source = operand(parts, 0);
  const target = destination(parts);
  const wide = parts.width === 8;
  const top = topOf(parts.width);
  return (s) => {
    const at = target.at(s);
    const a = target.modify(s, at);
    const aHigh = s.high;
    const b = source.load(s, 0);
    const bHigh = s.high;
    const low = wide ? add.wide(s, a, aHigh, b, bHigh) : add.narrow(s, a, b, top);
    const high = s.high;
    // The destination is written last: `xadd %eax, %eax` leaves the sum.
    if (target.kind === 'memory') target.store(s, at, low, high);
    source.store(s, 0, a, aHigh);
    if (target.kind === 'register') target.store(s, at, low, high);
    return NEXT;
  };
};

/**
 * Compares the accumulator with the destination. Equal: the source goes to the destination. Otherwise the destination
 * goes to the accumulator, and memory is written back unchanged, so that it must be writable either way; a register is
 * not touched, so that one of 32 bits keeps its upper half.
 */
export const cmpxchg: Builder = (parts) => {
  const source = operand(parts, 0);
  const target = destination(parts);
  const accumulator = registerNumber(parts.cx, AX, parts.width);
  const wide = parts.width === 8;
  const top = topOf(parts.width);
  return (s) => {
    const at = target.at(s);
    const old = target.modify(s, at);
    const oldHigh = s.high;
    const a = accumulator.load(s, 0);
    const aHigh = s.high;
    if (wide) sub.wide(s, a, aHigh, old, oldHigh);
    else sub.narrow(s, a, old, top);
    if ((s.flags & ZF) !== 0) {
      const low = source.load(s, 0);
      target.store(s, at, low, s.high);
    } else {
      if (target.kind === 'memory') target.store(s, at, old, oldHigh);
      accumulator.store(s, 0, old, oldHigh);
    }
    return NEXT;
  };
};

function setZero(s: State, equal: boolean): void {
  s.flags = (s.flags & ~ZF) | (equal ? ZF : 0);
  s.undefinedFlags &= ~ZF;
}

/** %edx:%eax against 8 bytes of memory, %ecx:%ebx to it when they are equal. Only ZF changes. */
export const cmpxchg8b: Builder = (parts) => {
  const target = memoryOperand(parts.cx, 8, operand(parts, 0).at);
  const [a, b, c, d] = [AX, BX, CX, DX].map((n) => registerNumber(parts.cx, n, 4)) as [Place, Place, Place, Place];
  return (s) => {
    const at = target.at(s);
    const low = target.modify(s, at);
    const high = s.high;
    const equal = a.load(s, 0) === low && d.load(s, 0) === high;
    if (equal) target.store(s, at, b.load(s, 0), c.load(s, 0));
    else {
      target.store(s, at, low, high);
      a.store(s, 0, low, 0);
      d.store(s, 0, high, 0);
    }
    setZero(s, equal);
    return NEXT;
  };
};

/** The same with 16 bytes, which must be aligned. */
export const cmpxchg16b: Builder = (parts) => {
  const { cx } = parts;
  const { at: find } = operand(parts, 0);
  const target = memoryOperand(cx, 8, find);
  const [a, b, c, d] = [AX, BX, CX, DX].map((n) => registerNumber(cx, n, 8)) as [Place, Place, Place, Place];
  return (s) => {
    const at = find(s);
    if (at % 16 !== 0) throw new Fault('#GP');
    const low = target.modify(s, at);
    const lowHigh = s.high;
    const high = target.modify(s, at + 8);
    const highHigh = s.high;
    const equal = a.load(s, 0) === low && s.high === lowHigh && d.load(s, 0) === high && s.high === highHigh;
    if (equal) {
      const first = b.load(s, 0);
      target.store(s, at, first, s.high);
      const second = c.load(s, 0);
      target.store(s, at + 8, second, s.high);
    } else {
      target.store(s, at, low, lowHigh);
      target.store(s, at + 8, high, highHigh);
      a.store(s, 0, low, lowHigh);
      d.store(s, 0, high, highHigh);
    }
    setZero(s, equal);
    return NEXT;
  };
};
