/**
 * Where cancellation is disabled for certain: a request is then acted upon by nobody, whatever the code looks at.
 * Lattice: enabled or not known above disabled; two ways that meet must both have disabled it.
 * Direction: forward from the entry, where the caller's state is not known. A least fixed point over blocks.
 * Cost: linear in the function's size times the depth of its loops.
 */
import { successors } from '../builder.js';
import { bare } from '../expressions.js';
import type { BlockId, CancelStateOp, Lifted } from '../types.js';
import type { Place } from './reach.js';

/** POSIX's name, and musl's for the state in which a request makes the call fail instead of unwinding. */
const DISABLING: ReadonlySet<string> = new Set(['PTHREAD_CANCEL_DISABLE', 'PTHREAD_CANCEL_MASKED']);

/** Whether the state that is set is one in which no request is acted upon. */
export function disables({ to }: CancelStateOp): boolean {
  const value = bare(to);
  // PTHREAD_CANCEL_ENABLE is 0 everywhere.
  return (value.k === 'name' && DISABLING.has(value.name)) || (value.k === 'int' && value.value !== 0n);
}

/** Tells whether cancellation is disabled right before an operation. */
export function disabledAt(f: Lifted): (place: Place) => boolean {
  const changes = f.blocks.map((b) =>
    b.ops.flatMap((op, index) => (op.op === 'cancel-state' ? [{ index, off: disables(op) }] : [])),
  );
  const until = (block: BlockId, end: number, before: boolean): boolean =>
    changes[block]?.findLast((c) => c.index < end)?.off ?? before;
  /** Of the blocks that have been reached. */
  const entry = new Map<BlockId, boolean>([[0, false]]);
  const work: BlockId[] = [0];
  for (let block = work.pop(); block !== undefined; block = work.pop()) {
    const end = f.blocks[block]?.end;
    const after = until(block, Infinity, entry.get(block) ?? false);
    for (const to of end ? successors(end) : []) {
      const known = entry.get(to);
      const joined = (known ?? true) && after;
      if (known === joined) continue;
      entry.set(to, joined);
      work.push(to);
    }
  }
  return ({ block, index }) => until(block, index, entry.get(block) ?? false);
}
