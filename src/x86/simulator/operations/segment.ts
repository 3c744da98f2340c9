/**
 * Segment registers. Reading one gives its selector. A load is simulated only where it changes nothing, which is when
 * the register has that selector already; another one would depend on the descriptor tables.
 */
import type { Operand } from '../../syntax.js';
import { Declined } from '../fault.js';
import { CAREFUL, NEXT, SEGMENTS, type State } from '../state.js';
import { destination, operand, type Builder } from './parts.js';
import { stackOf } from './stack.js';

function segmentNumber(given: Operand | undefined): number {
  const number = given?.k === 'register' ? SEGMENTS.indexOf(given.name) : -1;
  if (number < 0) throw new Error('no segment register');
  return number;
}

/** A 32-bit register gets the selector zero-extended. */
export const storeSegment: Builder = (parts) => {
  const number = segmentNumber(parts.instruction.operands[0]);
  const target = destination(parts);
  return (s) => {
    target.store(s, target.at(s), s.selectors[number] ?? 0, 0);
    return NEXT;
  };
};

/** What a load of a selector comes to: nothing, or what cannot be simulated. */
function load(s: State, number: number, selector: number): void {
  const name = SEGMENTS[number] ?? '';
  const flat = name === 'ss' || s.mode === 'i386' || name === 'ds' || name === 'es';
  if (name === 'cs' || !flat || s.selectors[number] !== selector)
    throw new Declined(`a load of %${name} that may change it`);
  if (name === 'ss') s.shadow = true;
}

export const loadSegment: Builder = (parts) => {
  const number = segmentNumber(parts.instruction.operands[1]);
  const source = operand(parts, 0);
  return (s) => {
    load(s, number, source.load(s, source.at(s)) & 0xffff);
    return NEXT;
  };
};

/** Whether the upper half of a slot of 32 bits is cleared or left as it was differs between processors. */
export const pushSegment: Builder = ({ cx, width, instruction }) => {
  const number = segmentNumber(instruction.operands[0]);
  const stack = stackOf(cx);
  return (s) => {
    if (width === 4 && !cx.careful) return CAREFUL;
    const to = stack.move(stack.top(s), -width);
    stack.write(s, to, width, s.selectors[number] ?? 0, 0);
    if (width === 4) s.effects.push({ kind: 'undefinedMemory', address: to + 2, width: 2 });
    stack.setTop(s, to);
    return NEXT;
  };
};

export const popSegment: Builder = ({ cx, width, instruction }) => {
  const number = segmentNumber(instruction.operands[0]);
  if (SEGMENTS[number] === 'cs') throw new Declined('pop %cs does not exist');
  const stack = stackOf(cx);
  return (s) => {
    const from = stack.top(s);
    load(s, number, stack.read(s, from, width) & 0xffff);
    stack.setTop(s, stack.move(from, width));
    return NEXT;
  };
};
