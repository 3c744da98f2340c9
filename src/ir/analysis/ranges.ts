/**
 * Between which integers a variable lies that a function never changes.
 * Problem: what do the branches on every way to a place say of it? `if (fd < 0) return -1;` says that it is 0 or more
 * behind; so does `if (fcntl (fd, F_GETFL) == -1) return -1;`, as no call succeeds on a descriptor below 0.
 * Lattice: intervals, joined by their hull. Bounds are constants that branches compare with, so they are few.
 * Direction: forward from the entry.
 */
import { successors } from '../builder.js';
import { bare } from '../expressions.js';
import type { BlockId, CallOp, Expr, Lifted, OpId, Terminator } from '../types.js';
import { constant } from './constants.js';
import { normal } from './facts.js';
import { valuesOf } from './values.js';

export interface Range {
  /** Both belong to it; undefined is without bound. */
  readonly low: bigint | undefined;
  readonly high: bigint | undefined;
}

const ALL: Range = { low: undefined, high: undefined };

export interface RangeRequest {
  readonly f: Lifted;
  /** A parameter or variable that the function does not assign. */
  readonly name: string;
  /** The integer that a constant stands for. */
  readonly valueOf: (name: string) => bigint | undefined;
  /** Index of the argument of a function that is a descriptor, where it gives -1 for one that is not open. */
  readonly descriptorOf: (callee: string) => number | undefined;
}

/** The range at the entry of each block that can be come to. */
export function rangesOf(request: RangeRequest): ReadonlyMap<BlockId, Range> {
  const { f } = request;
  const at = new Map<BlockId, Range>([[0, ALL]]);
  const succeeding = tellingCalls(request);
  const work: BlockId[] = f.blocks.length > 0 ? [0] : [];
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    const [block, range] = [f.blocks[id], at.get(id)];
    if (!block || !range) continue;
    for (const to of successors(block.end)) {
      const after = behind(range, block.end, to, request, succeeding);
      if (!after) continue;
      const known = at.get(to);
      const joined = known ? hull(known, after) : after;
      if (known && known.low === joined.low && known.high === joined.high) continue;
      at.set(to, joined);
      work.push(to);
    }
  }
  return at;
}

/** `low <= x`, `x < c` and so on, told of a range; undefined where some of it holds and some does not. */
export function compare({ low, high }: Range, operator: string, c: bigint): boolean | undefined {
  switch (operator) {
    case '<':
      if (high !== undefined && high < c) return true;
      return low !== undefined && low >= c ? false : undefined;
    case '>':
      if (low !== undefined && low > c) return true;
      return high !== undefined && high <= c ? false : undefined;
    case '==':
      if (low === c && high === c) return true;
      return (low !== undefined && low > c) || (high !== undefined && high < c) ? false : undefined;
    default:
      return undefined;
  }
}

const hull = (a: Range, b: Range): Range => ({
  low: a.low === undefined || b.low === undefined ? undefined : a.low < b.low ? a.low : b.low,
  high: a.high === undefined || b.high === undefined ? undefined : a.high > b.high ? a.high : b.high,
});

/** Results of calls that succeed on the variable only when it is 0 or more. */
function tellingCalls({ f, name, descriptorOf }: RangeRequest): ReadonlySet<OpId> {
  const calls = f.blocks
    .flatMap((b) => b.ops)
    .filter((op): op is CallOp => op.op === 'call' && op.callee !== undefined)
    .filter(({ callee = '', args }) => {
      const index = descriptorOf(callee);
      const given = index === undefined ? undefined : args[index];
      return given?.k === 'name' && given.name === name;
    });
  return new Set(calls.map((op) => op.id));
}

/** The range behind a branch; undefined where the branch cannot be taken with it. */
function behind(
  range: Range,
  end: Terminator,
  to: BlockId,
  { f, name, valueOf }: RangeRequest,
  succeeding: ReadonlySet<OpId>,
): Range | undefined {
  if (end.t !== 'branch' || end.then === end.otherwise) return range;
  const { expr, positive } = normal(end.condition);
  if (expr.k !== 'binary') return range;
  const c = valueIn(expr.right, valueOf);
  if (c === undefined || (expr.right.k === 'int' && expr.right.unsigned === true)) return range;
  const holds = (to === end.then) === positive;
  if (expr.left.k === 'name' && expr.left.name === name) {
    const after = narrowed(range, expr.operator, c, holds);
    return after.low !== undefined && after.high !== undefined && after.low > after.high ? undefined : after;
  }
  if (!isResult(expr.left, f, succeeding)) return range;
  const result = narrowed(ALL, expr.operator, c, holds);
  const succeeds = compare(result, '==', -1n) === false || (expr.operator === '==' && c === -1n && !holds);
  return succeeds ? narrowed(range, '<', 0n, false) : range;
}

function narrowed({ low, high }: Range, operator: string, c: bigint, holds: boolean): Range {
  const atLeast = (v: bigint): bigint => (low === undefined || v > low ? v : low);
  const atMost = (v: bigint): bigint => (high === undefined || v < high ? v : high);
  if (operator === '==') return holds ? { low: atLeast(c), high: atMost(c) } : { low, high };
  if (operator === '<') return holds ? { low, high: atMost(c - 1n) } : { low: atLeast(c), high };
  return holds ? { low: atLeast(c + 1n), high } : { low, high: atMost(c) };
}

function valueIn(expr: Expr, valueOf: RangeRequest['valueOf']): bigint | undefined {
  const e = bare(expr);
  return e.k === 'name' ? valueOf(e.name) : constant(e);
}

/** The result of one of the calls, or a variable that holds nothing else. */
function isResult(expr: Expr, f: Lifted, calls: ReadonlySet<OpId>): boolean {
  const e = bare(expr);
  if (e.k === 'result') return calls.has(e.op);
  if (e.k !== 'name') return false;
  const values = valuesOf(f, e.name).map(bare);
  return values.length > 0 && values.every((v) => v.k === 'result' && calls.has(v.op));
}
