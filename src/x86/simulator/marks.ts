/** Places in a run that can be gone back to: the registers as they were, and where the journal of memory stood. */
import type { State } from './state.js';

export interface Mark {
  readonly r32: Int32Array;
  readonly undefined32: Int32Array;
  readonly undefinedMemory: ReadonlyMap<number, number>;
  readonly flags: number;
  readonly undefinedFlags: number;
  readonly pc: number;
  readonly shadow: boolean;
  readonly fsBase: number;
  readonly gsBase: number;
  readonly selectors: Uint16Array;
  /** In the journal. */
  readonly memory: number;
}

export function mark(s: State): Mark {
  return {
    r32: s.r32.slice(),
    undefined32: s.undefined32.slice(),
    undefinedMemory: s.undefinedMemory,
    flags: s.flags,
    undefinedFlags: s.undefinedFlags,
    pc: s.pc,
    shadow: s.shadow,
    fsBase: s.fsBase,
    gsBase: s.gsBase,
    selectors: s.selectors.slice(),
    memory: s.memory.mark(),
  };
}

export function undoTo(s: State, to: Mark): void {
  restoreRegisters(s, to);
  s.memory.undoTo(to.memory);
}

/** Everything of a mark but memory. */
export function restoreRegisters(s: State, from: Omit<Mark, 'memory'>): void {
  s.r32.set(from.r32);
  s.undefined32.set(from.undefined32);
  s.undefinedMemory = from.undefinedMemory;
  s.flags = from.flags;
  s.undefinedFlags = from.undefinedFlags;
  s.pc = from.pc;
  s.shadow = from.shadow;
  s.fsBase = from.fsBase;
  s.gsBase = from.gsBase;
  s.selectors.set(from.selectors);
}
