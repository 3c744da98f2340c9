/** Tells a run that goes round for ever from one that takes long. */
import type { Effect } from '../simulator/effects.js';
import type { Machine } from '../simulator/machine.js';
import type { Places } from './calling.js';
import { HALF_STACK } from './entry.js';
import type { Boundary } from './path.js';

/**
 * Remembers one state of a run and waits for it to come again: same place, registers and flags, nothing written to memory
 * since, and nothing read that another thread changes. What is remembered is renewed after 1, 2, 4, … turns, so that a
 * circle is found that begins late, too (Brent's algorithm).
 */
export class Circle {
  private remembered: Machine | undefined;
  private turns = 0;
  private wait = 1;

  constructor(private readonly places: Places) {}

  /** After each step. */
  note({ effects, readsFlag }: Pick<Boundary, 'effects' | 'readsFlag'>): void {
    if (!effects.every((e) => this.keepsMemory(e, readsFlag))) this.remembered = undefined;
  }

  /** Whether the machine, which has gone back in its code, is in a state that it has been in. */
  isClosed(machine: Machine): boolean {
    if (this.remembered?.pc === machine.pc && isSame(this.remembered, machine)) return true;
    if (this.remembered && ++this.turns < this.wait) return false;
    this.remembered = machine.fork();
    this.wait *= 2;
    this.turns = 0;
    return false;
  }

  private keepsMemory(e: Effect, readsFlag: boolean): boolean {
    if (e.kind === 'undefinedMemory') return false;
    const isOwn = e.kind !== 'memory' || readsFlag || Math.abs(e.address - this.places.stack) < HALF_STACK;
    return isOwn && (e.kind !== 'memory' || e.access === 'read');
  }
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
