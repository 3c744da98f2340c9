/** What a step changed. */
import type { Machine } from '../x86/simulator/machine.js';
import type { Mark } from '../x86/simulator/marks.js';
import type { Change, MemoryChange } from './trace.js';

/** The general registers as they were when they were last looked at. */
export class Registers {
  private values: readonly bigint[];
  private undefinedBits: readonly bigint[];

  constructor(
    private readonly machine: Machine,
    private readonly names: readonly string[],
  ) {
    this.values = names.map((name) => machine.register(name));
    this.undefinedBits = names.map((name) => machine.undefinedBits(name));
  }

  /** Those that differ since. */
  changes(): readonly Change<bigint>[] {
    const { machine, names, values, undefinedBits } = this;
    this.values = names.map((name) => machine.register(name));
    this.undefinedBits = names.map((name) => machine.undefinedBits(name));
    return names.flatMap((name, n) => {
      const [before = 0n, now = 0n, bits = 0n] = [values[n], this.values[n], this.undefinedBits[n]];
      return before === now && bits === undefinedBits[n] ? [] : [{ name, before, now, undefined: bits }];
    });
  }
}

/** What was written since the mark where it made a difference, what lies side by side as one change. */
export function memoryChanges(machine: Machine, mark: Mark): readonly MemoryChange[] {
  const { memory, effects, state } = machine;
  const changed = memory.changedSince(mark.memory);
  const bitsAt = (address: number): number => state.undefinedMemory.get(address) ?? 0;
  const differs = (address: number): boolean =>
    changed.has(address) || bitsAt(address) !== (mark.undefinedMemory.get(address) ?? 0);
  const written = new Set<number>();
  for (const effect of effects) {
    if (effect.kind !== 'memory' || effect.access !== 'write') continue;
    for (let n = 0; n < effect.width; n++) written.add(effect.address + n);
  }
  const runs: number[][] = [];
  for (const address of [...written].sort((a, b) => a - b)) {
    const last = runs[runs.length - 1];
    if (last?.[last.length - 1] === address - 1) last.push(address);
    else runs.push([address]);
  }
  return runs
    .filter((run) => run.some(differs))
    .map((run) => {
      const now = run.map((address) => memory.peek(address, 1)?.[0] ?? 0);
      return {
        address: run[0] ?? 0,
        before: Uint8Array.from(run, (address, n) => changed.get(address)?.[0] ?? now[n] ?? 0),
        now: Uint8Array.from(now),
        undefined: Uint8Array.from(run, bitsAt),
      };
    });
}
