/**
 * Reachability over operations.
 * Problem: which operations can run after a given one, and by which way.
 * Method: breadth-first over blocks, so the way found is one of the shortest. Each block is entered once, hence time is
 * linear in the function's size. A block that holds the start is entered again when a loop leads back to it.
 */
import { successors } from '../builder.js';
import type { Block, BlockId, Lifted, Op, Terminator } from '../types.js';

/** A place between operations: before `block.ops[index]`. */
export interface Place {
  readonly block: BlockId;
  readonly index: number;
}

export interface Reached {
  readonly op: Op;
  readonly place: Place;
  /** Terminators passed on the way, in order. */
  readonly way: readonly Terminator[];
  /** Operations passed on the way, the start and this one not among them. */
  readonly passed: () => readonly Op[];
}

export interface ReachOptions {
  /** An operation behind which nothing is looked at on this way (it is reached itself). */
  readonly stopAt?: (op: Op) => boolean;
  /** Successors to follow; default all. */
  readonly follow?: (end: Terminator) => readonly BlockId[];
}

/** The way to a block, as a chain: each link is a block that was passed, from an index to its end. */
interface Link {
  readonly before: Link | undefined;
  readonly block: Block;
  readonly from: number;
}

function passedBy(link: Link, to: number): Op[] {
  const parts: (readonly Op[])[] = [link.block.ops.slice(link.from, to)];
  for (let l = link.before; l; l = l.before) parts.push(l.block.ops.slice(l.from));
  return parts.reverse().flat();
}

function wayTo(link: Link): Terminator[] {
  const way: Terminator[] = [];
  for (let l = link.before; l; l = l.before) way.push(l.block.end);
  return way.reverse();
}

/** Every operation that can run after the one before `place`, nearest first. */
export function reach(f: Lifted, place: Place, options: ReachOptions = {}): Reached[] {
  const { stopAt, follow = successors } = options;
  const out: Reached[] = [];
  const first = f.blocks[place.block];
  if (!first) return out;
  const entered = new Set<BlockId>();
  const queue: Link[] = [{ before: undefined, block: first, from: place.index }];
  // The queue grows while it is walked.
  for (const link of queue) {
    const { block, from } = link;
    // Asked for seldom, and as long as the function is.
    let way: readonly Terminator[] | undefined;
    let stopped = false;
    for (let i = from; i < block.ops.length && !stopped; i++) {
      const op = block.ops[i];
      if (!op) continue;
      out.push({
        op,
        place: { block: block.id, index: i },
        get way() {
          return (way ??= wayTo(link));
        },
        passed: () => passedBy(link, i),
      });
      stopped = stopAt?.(op) === true;
    }
    if (stopped) continue;
    for (const to of follow(block.end)) {
      const next = f.blocks[to];
      if (!next || entered.has(to)) continue;
      entered.add(to);
      queue.push({ before: link, block: next, from: 0 });
    }
  }
  return out;
}

export interface PlacedOp {
  readonly op: Op;
  readonly place: Place;
}

const OPERATIONS = new WeakMap<Lifted, readonly PlacedOp[]>();

/** All operations with their places, in block order. Every analysis asks for them, so they are listed once. */
export function operations(f: Lifted): readonly PlacedOp[] {
  let all = OPERATIONS.get(f);
  if (!all) {
    all = f.blocks.flatMap((b) => b.ops.map((op, index) => ({ op, place: { block: b.id, index } })));
    OPERATIONS.set(f, all);
  }
  return all;
}

/** What can run after an operation. */
export function after(f: Lifted, place: Place, options?: ReachOptions): Reached[] {
  return reach(f, { block: place.block, index: place.index + 1 }, options);
}

/** The first `return` that can be come to after an operation; undefined when every way stops, or leaves otherwise. */
export function returnAfter(f: Lifted, place: Place, options: ReachOptions = {}): Terminator | undefined {
  const { follow = successors } = options;
  let found: Terminator | undefined;
  after(f, place, {
    ...options,
    follow: (end) => {
      if (end.t === 'return') found ??= end;
      return follow(end);
    },
  });
  return found;
}
