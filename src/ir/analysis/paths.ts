/**
 * Walks the paths of a function with a state of the asker's, and leaves out paths that contradict themselves.
 * Problem: "on some path …" answered without paths that cannot be, such as one that takes `if (x)` and later `if (!x)`.
 * Lattice: none. States are kept apart, together with what the branches taken say, as long as a branch ahead asks for
 * it (facts.ts). Memory is taken to keep its value until the function itself assigns it, which leaves out more paths,
 * never fewer.
 * Direction: forward from the entry, breadth-first, so that the way found is one of the shortest.
 * Termination: a block is entered once with the same state and the same facts; there are no more than `MAX_VISITS`
 * such, beyond which the answer is "not known".
 */
import { bare } from '../expressions.js';
import type { Block, BlockId, Expr, Lifted, Op, Terminator } from '../types.js';
import { constant } from './constants.js';
import { NO_FACTS, normal, Relevant, type Facts } from './facts.js';

const MAX_VISITS = 20_000;

/** Why nothing is known of a function that `walk` has given up. */
export const TOO_MANY_PATHS = `it has more than ${String(MAX_VISITS)} paths to tell apart`;

/** A visit of a block, with the visits before it. */
export interface Visit<S> {
  readonly block: Block;
  readonly before: Visit<S> | undefined;
  /** The state at the block's entry. */
  readonly state: S;
}

export interface Walk<S> {
  readonly entry: S;
  /** Tells states apart. */
  readonly key: (state: S) => string;
  /** The state after an operation; undefined ends the path. */
  readonly step: (state: S, op: Op) => S | undefined;
  /** Told of each place where a path leaves the function, and by which visits. */
  readonly leave: (state: S, end: Terminator, visit: Visit<S>, facts: Facts) => void;
  /** Told of each operation at which `step` ended a path. */
  readonly stuck?: (op: Op, visit: Visit<S>) => void;
  /** A path is left out when a branch says that this expression is 0. */
  readonly endsWhenZero?: (expr: Expr) => boolean;
  /** What is known at the entry. */
  readonly facts?: Facts;
  /** Values of constants by name. */
  readonly constants?: (name: string) => bigint | undefined;
  /** What is returned counts as asked for, so that it is known where a path leaves. */
  readonly asksReturned?: boolean;
  /** Takes every branch to go both ways: more paths than there can be, in fewer states. */
  readonly everyBranch?: boolean;
}

/**
 * What `ask` finds on the paths of a function. One with too many paths to tell apart is asked again with every branch
 * taken to go both ways: what is in order on those is in order on all. Undefined where that does not tell either.
 */
export function onPaths<T>(
  ask: (everyBranch: boolean) => readonly T[] | undefined,
  isInOrder: (found: T) => boolean,
): readonly T[] | undefined {
  const found = ask(false);
  if (found) return found;
  const more = ask(true);
  return more?.every(isInOrder) ? more : undefined;
}

/** False where the function has too many paths to tell. */
export function walk<S>(f: Lifted, how: Walk<S>): boolean {
  const { entry, key, step, leave, stuck, endsWhenZero, everyBranch } = how;
  const relevant = new Relevant(f, how);
  const [first] = f.blocks;
  if (!first) return true;
  const entered = new Set<string>();
  const queue: { readonly visit: Visit<S>; readonly facts: Facts }[] = [];
  const enter = (to: BlockId, state: S, then: Facts, before: Visit<S> | undefined): void => {
    const block = f.blocks[to];
    const facts = everyBranch ? NO_FACTS : relevant.asked(then, to);
    const id = `${String(to)} ${key(state)} ${[...facts].join()}`;
    if (!block || entered.has(id)) return;
    entered.add(id);
    queue.push({ visit: { block, before, state }, facts });
  };
  enter(0, entry, how.facts ?? NO_FACTS, undefined);
  // The queue grows while it is walked.
  for (const { visit, facts: before } of queue) {
    if (entered.size > MAX_VISITS) return false;
    let state: S | undefined = visit.state;
    let facts = before;
    for (const op of visit.block.ops) {
      state = step(state, op);
      if (state === undefined) {
        stuck?.(op, visit);
        break;
      }
      facts = relevant.after(facts, op);
    }
    if (state === undefined) continue;
    const { end } = visit.block;
    switch (end.t) {
      case 'goto':
        enter(end.to, state, facts, visit);
        break;
      case 'branch': {
        const condition = relevant.conditionOf(visit.block.id) ?? normal(end.condition);
        const known = relevant.known(facts, condition);
        for (const taken of [true, false]) {
          if (known !== undefined && known !== taken) continue;
          if (taken === condition.positive && endsWhenZero && zeroTest(condition.expr, endsWhenZero)) continue;
          enter(taken ? end.then : end.otherwise, state, relevant.branch(facts, condition, taken), visit);
        }
        break;
      }
      case 'switch':
        for (const { to, values } of end.cases) {
          const value = values.length === 1 && values[0] ? relevant.valueOf(values[0], facts) : undefined;
          const known = relevant.valueOf(end.value, facts);
          if (known !== undefined && value !== undefined && known !== value) continue;
          if (value === 0n && endsWhenZero?.(bare(end.value))) continue;
          enter(to, state, facts, visit);
        }
        break;
      default:
        leave(state, end, visit, facts);
    }
  }
  return true;
}

const zeroTest = (expr: Expr, is: (e: Expr) => boolean): boolean =>
  expr.k === 'binary' && expr.operator === '==' && constant(expr.right) === 0n && is(bare(expr.left));

/** The visits of a path, in order. */
export function trail<S>(visit: Visit<S>): Visit<S>[] {
  const out: Visit<S>[] = [];
  for (let v: Visit<S> | undefined = visit; v; v = v.before) out.push(v);
  return out.reverse();
}
