/** Where jumps go in a lifted routine. */
import type { BlockId, Lifted } from '../ir/types.js';

/** Blocks that a jump enters. Going on from one block to the next in address order is no jump. */
export function jumpTargets(lifted: Lifted): ReadonlySet<BlockId> {
  const targets = new Set<BlockId>();
  for (const { id, end } of lifted.blocks) {
    switch (end.t) {
      case 'goto':
        if (end.to !== id + 1) targets.add(end.to);
        break;
      case 'branch':
        targets.add(end.then);
        if (end.otherwise !== id + 1) targets.add(end.otherwise);
        break;
      case 'switch':
        for (const { to } of end.cases) targets.add(to);
        break;
      case 'return':
      case 'tail':
      case 'unreachable':
      case 'unknown':
        break;
    }
  }
  return targets;
}
