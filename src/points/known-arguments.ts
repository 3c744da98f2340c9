/**
 * What a call says of the arguments that are no constants: conditions on parameters that the callee branches on, and that
 * the branches in front of the call have decided.
 */
import { bare } from '../ir/expressions.js';
import { printExpr } from '../ir/print-expr.js';
import type { BlockId, Expr, Lifted } from '../ir/types.js';
import { constant } from '../ir/analysis/constants.js';
import { normal } from '../ir/analysis/facts.js';
import { compare, rangesOf, type Range } from '../ir/analysis/ranges.js';
import { descriptorOf } from '../posix/descriptors.js';
import { keeps, type Given, type NameValue } from './node.js';

interface Question {
  readonly key: string;
  readonly parameter: number;
  readonly name: string;
  readonly operator: string;
  readonly right: Expr;
}

const QUESTIONS = new WeakMap<Lifted, readonly Question[]>();
/** By what constants stand for, which depends on the target. */
const RANGES = new WeakMap<NameValue, Map<Lifted, Map<string, ReadonlyMap<BlockId, Range>>>>();

/** Branches of a function that compare a parameter with a constant. */
function questionsOf(f: Lifted): readonly Question[] {
  let known = QUESTIONS.get(f);
  if (!known) {
    const found = new Map<string, Question>();
    for (const { end } of f.blocks) {
      if (end.t !== 'branch') continue;
      const { key, expr } = normal(end.condition);
      if (expr.k !== 'binary' || expr.left.k !== 'name') continue;
      const { name } = expr.left;
      const parameter = f.params.indexOf(name);
      if (parameter !== -1 && keeps(f, name))
        found.set(key, { key, parameter, name, operator: expr.operator, right: expr.right });
    }
    QUESTIONS.set(f, (known = [...found.values()]));
  }
  return known;
}

export interface KnownRequest {
  readonly args: readonly Expr[];
  readonly from: { readonly f: Lifted; readonly given: Given };
  /** The block that holds the call. */
  readonly block: BlockId;
  readonly to: Lifted;
  readonly valueOf: NameValue;
}

/** What is given, and what is known of the rest, by the text of the condition: 1 where it holds, 0 where it does not. */
export function withKnown(given: Given, { args, from, block, to, valueOf }: KnownRequest): Given {
  if (to.kind === 'macro') return given;
  let out: Map<string, bigint> | undefined;
  for (const { key, parameter, name, operator, right } of questionsOf(to)) {
    const arg = args[parameter];
    const c = right.k === 'name' ? valueOf(right.name) : constant(right);
    if (given.has(name) || arg?.k !== 'name' || c === undefined || !keeps(from.f, arg.name)) continue;
    const left: Expr = { k: 'name', name: arg.name };
    const inherited = from.given.get(printExpr({ k: 'binary', operator, left, right: bare(right) }));
    const range = inherited === undefined ? rangeAt(from.f, arg.name, block, valueOf) : undefined;
    const holds = inherited === undefined ? range && compare(range, operator, c) : inherited !== 0n;
    if (holds !== undefined) (out ??= new Map(given)).set(key, holds ? 1n : 0n);
  }
  return out ?? given;
}

function rangeAt(f: Lifted, name: string, block: BlockId, valueOf: NameValue): Range | undefined {
  let all = RANGES.get(valueOf);
  if (!all) RANGES.set(valueOf, (all = new Map<Lifted, Map<string, ReadonlyMap<BlockId, Range>>>()));
  let known = all.get(f);
  if (!known) all.set(f, (known = new Map<string, ReadonlyMap<BlockId, Range>>()));
  let ranges = known.get(name);
  if (!ranges) known.set(name, (ranges = rangesOf({ f, name, valueOf, descriptorOf })));
  return ranges.get(block);
}
