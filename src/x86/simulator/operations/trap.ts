/** Traps, kernel entries, and instructions whose only effect is a fault. */
import { OF } from '../../table/flags.js';
import type { MachineEvent } from '../events.js';
import { Fault, VECTORS, type FaultName } from '../fault.js';
import { EVENT, NEXT, type Outcome, type State } from '../state.js';
import type { Context } from '../context.js';
import { memoryOperand } from '../places.js';
import { operand, type Builder } from './parts.js';

/** A fault whatever the state is. */
export function always(name: FaultName): Builder {
  return () => () => {
    throw new Fault(name);
  };
}

/** A trap is reported with the state behind the instruction. */
function trap(s: State, cx: Context, name: '#BP' | '#OF'): Outcome {
  s.pc = cx.address + cx.length;
  return stop(s, { kind: 'fault', name, vector: VECTORS[name], errorCode: 0, pc: cx.address });
}

function stop(s: State, event: MachineEvent): Outcome {
  s.event = event;
  return EVENT;
}

export const int3: Builder =
  ({ cx }) =>
  (s) =>
    trap(s, cx, '#BP');

export const into: Builder =
  ({ cx }) =>
  (s) =>
    (s.flags & OF) === 0 ? NEXT : trap(s, cx, '#OF');

/**
 * User programs may use the gates 3, 4 and 0x80. Any other faults, with an error code that names the gate: its number
 * times 8, and 2 for the interrupt table.
 */
export const int: Builder = (parts) => {
  const { cx } = parts;
  const number = Number(BigInt.asUintN(8, operand(parts, 0).value ?? 0n));
  if (number === 0x80) return (s) => stop(s, { kind: 'syscall', entry: 'int80', ...around(cx) });
  if (number === 3) return (s) => trap(s, cx, '#BP');
  if (number === 4) return (s) => trap(s, cx, '#OF');
  return () => {
    throw new Fault('#GP', number * 8 + 2);
  };
};

/** Stops in front of the kernel, with no register changed yet: see `enterKernel`. */
export const syscall: Builder = ({ cx }) => {
  return (s) => stop(s, { kind: 'syscall', entry: 'syscall', ...around(cx) });
};

function around(cx: Context): { pc: number; after: number } {
  return { pc: cx.address, after: cx.address + cx.length };
}

/** #BR unless the register lies between the two numbers in memory, both included. GNU as takes either order. */
export const bound: Builder = (parts) => {
  const { cx, width } = parts;
  const [first, second] = [operand(parts, 0), operand(parts, 1)];
  const [index, limits] = first.kind === 'register' ? [first, second] : [second, first];
  const memory = memoryOperand(cx, width, limits.at);
  const by = 32 - width * 8;
  return (s) => {
    const at = memory.at(s);
    const value = (index.load(s, 0) << by) >> by;
    const lower = (memory.load(s, at) << by) >> by;
    const upper = (memory.load(s, (at + width) >>> 0) << by) >> by;
    if (value < lower || value > upper) throw new Fault('#BR');
    return NEXT;
  };
};
