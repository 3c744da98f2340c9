/** Ends of a path from which nothing goes on: what is certain of them, and what is not. */
import type { MemoryOperand } from '../syntax.js';
import { OTHER, whose } from './caller.js';
import type { Path } from './path.js';
import type { Trial } from './trial.js';

/** How far from the stack pointer at the entry a stack may reach that is larger than the one of a run, in bytes. */
const STACK = 0x800000;

/**
 * What the routine does at the end of the path, after which it cannot go on: in words that follow "the routine".
 * Undefined where it goes on, and where a path of several may be one that there is not. What cannot be told is noted as
 * undecided.
 */
export function stopped(trial: Trial, path: Path): string | undefined {
  const { end, isChoice } = path;
  switch (end.kind) {
    case 'undecided':
      trial.stuck(path, end.reason);
      return undefined;
    case 'fault': {
      const access = accessOf(trial, path, end.address);
      if (access === undefined || isChoice) {
        trial.stuck(path, `it faults (${end.name})`);
        return undefined;
      }
      return `faults on an access through ${access}`;
    }
    case 'circle':
      if (!isChoice) return 'runs in a circle';
      trial.stuck(path, 'it waits in a circle');
      return undefined;
    case 'ranOff':
      if (!isChoice) return 'runs on behind its end';
      trial.stuck(path, 'it runs on behind the end of the section');
      return undefined;
    case 'returned':
    case 'left':
    case 'vdso':
    case 'syscall':
      return undefined;
  }
}

/** The register that leads to where nothing is, and what it holds; undefined where there may be something. */
function accessOf(trial: Trial, { boundaries, machine }: Path, address: number | undefined): string | undefined {
  const last = boundaries.at(-1);
  const listed = last && trial.listing.at(last.pc);
  if (!listed || address === last.pc) return undefined;
  const { stackPointer, places, mode } = trial.calling;
  if (address !== undefined && (Math.abs(address - places.stack) < STACK || trial.isElsewhere(address)))
    return undefined;
  const memory = listed.instruction.operands.find((o): o is MemoryOperand => o.k === 'memory');
  // Another segment is the thread's memory, of which a run has a page.
  if (memory && (memory.segment !== undefined || memory.index !== undefined)) return undefined;
  const base = memory ? memory.base : stackPointer;
  if (base === undefined || base.endsWith('ip')) return undefined;
  const value = machine.register(base);
  // An address that there cannot be faults otherwise than a page that is not there.
  if (address === undefined && (mode === 'i386' || isCanonical(value))) return undefined;
  const found = whose(value, trial.values);
  if (found !== OTHER) return `%${base}, which holds ${found}`;
  const half = BigInt.asUintN(mode === 'i386' ? 16 : 32, BigInt(places.stack));
  const isHalf = value >> 16n === half >> 16n && value !== BigInt(places.stack);
  return `%${base}, which holds ${mode === 'x86_64' && isHalf ? 'the lower half of an address on the stack' : 'no address'}`;
}

/** Bits 47 to 63 are alike (Intel SDM, volume 1, 3.3.7.1). */
function isCanonical(address: bigint): boolean {
  return BigInt.asIntN(48, address) === BigInt.asIntN(64, address);
}
