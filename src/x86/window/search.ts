/** Finds the boundary of a path that something comes from. */
import { DF } from '../table/flags.js';
import { DIRECTION } from './caller.js';
import type { Listing } from './listing.js';
import type { Boundary } from './path.js';

export function overlaps(
  { address, width }: { readonly address: number; readonly width: number },
  at: number,
  size: number,
): boolean {
  return address < at + size && at < address + width;
}

/** Index of the boundary whose instruction reads the flag last; -1 where none does. */
export function flagRead(boundaries: readonly Boundary[]): number {
  return boundaries.findLastIndex((b) => b.readsFlag);
}

/** The jump that decided where the path goes; without one, its last instruction. */
export function lastBranch(boundaries: readonly Boundary[], listing: Listing): number | undefined {
  const isBranch = (b: Boundary): boolean => /^j(?!mp)/.test(listing.at(b.pc)?.instruction.base ?? '');
  return (boundaries.findLast(isBranch) ?? boundaries.at(-1))?.pc;
}

export function isCall({ pc }: Boundary, listing: Listing): boolean {
  return /^l?call/.test(listing.at(pc)?.instruction.base ?? '');
}

const LEGACY = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];

/** The last instruction that wrote a general register or the direction flag. */
export function lastWrite(boundaries: readonly Boundary[], register: string): Boundary | undefined {
  if (register === DIRECTION)
    return boundaries.findLast(({ effects }) =>
      effects.some((e) => e.kind === 'flags' && e.access === 'write' && (e.mask & DF) !== 0),
    );
  const legacy = LEGACY.indexOf(register.slice(1));
  const number = legacy === -1 ? Number(register.slice(1)) : legacy;
  return boundaries.findLast(({ effects }) =>
    effects.some((e) => e.kind === 'register' && e.access === 'write' && e.number === number),
  );
}
