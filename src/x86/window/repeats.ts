/** Tells a run that goes round for ever from one that takes long. */
import type { Effect } from '../simulator/effects.js';
import type { Machine } from '../simulator/machine.js';
import type { Places } from './calling.js';
import { HALF_STACK } from './entry.js';
import type { Boundary } from './path.js';

/**
 * Whether the machine is in the very state of an earlier boundary of its run: same place, registers and flags, nothing
 * written to memory since, and nothing read that another thread changes. It comes here again and again then.
 */
export function hasComeBack(machine: Machine, boundaries: readonly Boundary[], { stack }: Places): boolean {
  for (let i = boundaries.length - 1; i >= 0; i--) {
    const b = boundaries[i];
    if (!b?.effects.every((e) => keepsMemory(e, b.readsFlag, stack))) return false;
    if (b.pc === machine.pc && isSame(b.machine, machine)) return true;
  }
  return false;
}

function keepsMemory(e: Effect, readsFlag: boolean, stack: number): boolean {
  if (e.kind === 'undefinedMemory') return false;
  return e.kind !== 'memory' || (e.access === 'read' && (readsFlag || Math.abs(e.address - stack) < HALF_STACK));
}

function isSame({ state: a }: Machine, { state: b }: Machine): boolean {
  const alike = (x: Int32Array, y: Int32Array): boolean => x.every((word, n) => word === y[n]);
  return (
    a.flags === b.flags &&
    a.undefinedFlags === b.undefinedFlags &&
    alike(a.r32, b.r32) &&
    alike(a.undefined32, b.undefined32)
  );
}
