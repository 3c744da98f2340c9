/**
 * Regions of asynchronous cancelability: from the operation that switches it on to those that put it back, on every
 * way. What lies between runs with the signal handler free to unwind at any instruction.
 */
import type { AsyncOp, Lifted, Op } from '../types.js';
import { after, operations } from './reach.js';

export interface AsyncRegion {
  readonly enable: AsyncOp;
  readonly restores: readonly AsyncOp[];
  /** Operations between, in the order of reaching. */
  readonly inside: readonly Op[];
}

const isRestore = (op: Op): op is AsyncOp => op.op === 'async' && op.to === 'restore';

export function asyncRegions(f: Lifted): AsyncRegion[] {
  const regions: AsyncRegion[] = [];
  for (const { op, place } of operations(f)) {
    if (op.op !== 'async' || op.to !== 'enable') continue;
    const reached = after(f, place, { stopAt: isRestore }).map((r) => r.op);
    regions.push({ enable: op, restores: reached.filter(isRestore), inside: reached.filter((o) => !isRestore(o)) });
  }
  return regions;
}
