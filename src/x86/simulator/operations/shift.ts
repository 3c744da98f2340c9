/** Shifts and rotates by a count: 1 where it is left out, an immediate, or %cl. */
import { join, split } from '../semantics/rotate.js';
import { doubleShift, doubleShift32, type Shift } from '../semantics/shift.js';
import type { Place } from '../place.js';
import { immediateOperand, registerNumber } from '../places.js';
import { CAREFUL, CX, NEXT, type State } from '../state.js';
import { noteUndefined } from './undefined.js';
import { destination, operand, topOf, type Builder, type Parts } from './parts.js';

function countOf(parts: Parts, given: number): Place {
  if (parts.operands.length < given) return immediateOperand(1, 1n);
  return operand(parts, 0);
}

export function shift(operation: Shift): Builder {
  return (parts) => {
    const count = countOf(parts, 2);
    const target = destination(parts);
    if (parts.width === 8) {
      return (s) => {
        const at = target.at(s);
        const by = count.load(s, 0) & 63;
        const a = target.modify(s, at);
        const low = operation.wide(s, a, s.high, by);
        target.store(s, at, low, s.high);
        return NEXT;
      };
    }
    const top = topOf(parts.width);
    return (s) => {
      const at = target.at(s);
      const by = count.load(s, 0) & 31;
      const a = target.modify(s, at);
      target.store(s, at, operation.narrow(s, a, by, top), 0);
      return NEXT;
    };
  };
}

/** `shld` when left, `shrd` otherwise. The count is %cl where it is left out. */
export function double(left: boolean): Builder {
  return (parts) => {
    const implied = parts.operands.length === 2;
    const count = implied ? registerNumber(parts.cx, CX, 1) : operand(parts, 0);
    const source = operand(parts, implied ? 0 : 1);
    const target = destination(parts);
    const { width, cx } = parts;
    const bits = width * 8;
    if (width === 4) {
      return (s) => {
        const by = count.load(s, 0) & 31;
        const at = target.at(s);
        const b = source.load(s, 0);
        const a = target.modify(s, at);
        target.store(s, at, by === 0 ? a : doubleShift32(s, left, a, b, by), 0);
        return NEXT;
      };
    }
    const load = (s: State, place: Place, at: number, modify: boolean): bigint => {
      const low = modify ? place.modify(s, at) : place.load(s, at);
      return BigInt.asUintN(bits, join(low, width === 8 ? s.high : 0));
    };
    return (s) => {
      const by = count.load(s, 0) & (width === 8 ? 63 : 31);
      if (by > bits && !cx.careful) return CAREFUL;
      const at = target.at(s);
      const b = load(s, source, 0, false);
      const a = load(s, target, at, true);
      if (by === 0) {
        target.store(s, at, split(s, a), s.high);
        return NEXT;
      }
      const r = doubleShift(s, left, a, b, by, bits);
      const low = split(s, r ?? a);
      target.store(s, at, low, s.high);
      if (r === undefined) noteUndefined(s, target, at);
      return NEXT;
    };
  };
}
