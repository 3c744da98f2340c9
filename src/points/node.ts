/**
 * A function as it is called: with the integers that some of its parameters are given. `f (x, 0)` may be no cancellation
 * point where `f (x, 1)` is one.
 */
import { successors } from '../ir/builder.js';
import { bare, mentionsName, some } from '../ir/expressions.js';
import type { BlockId, Expr, Lifted, Terminator } from '../ir/types.js';
import { constant } from '../ir/analysis/constants.js';
import { normal } from '../ir/analysis/facts.js';
import { operations } from '../ir/analysis/reach.js';

/** Integers of parameters by their names, and conditions on parameters by their texts (facts.ts). */
export type Given = ReadonlyMap<string, bigint>;

/** The integer that a name stands for, where every definition that may hold says the same. */
export type NameValue = (name: string) => bigint | undefined;

export interface Node {
  readonly f: Lifted;
  readonly given: Given;
  /** Blocks that can be reached with what is given. */
  readonly feasible: ReadonlySet<BlockId>;
}

const PARAMS = new WeakMap<Lifted, ReadonlySet<string>>();
const CHANGED = new WeakMap<Lifted, ReadonlySet<string>>();

/** Variables that the function assigns, or lets others assign. */
function changedIn(f: Lifted): ReadonlySet<string> {
  let known = CHANGED.get(f);
  if (!known) {
    const changed = new Set<string>();
    for (const { op } of operations(f)) {
      if (op.op === 'assign' && op.target.k === 'name' && !isItself(op.value, op.target.name))
        changed.add(op.target.name);
      if (!('args' in op)) continue;
      for (const arg of op.args)
        some(arg, (e) => {
          if (e.k === 'address' && e.of.k === 'name') changed.add(e.of.name);
          return false;
        });
    }
    CHANGED.set(f, (known = changed));
  }
  return known;
}

/** Whether the name is a parameter that keeps what it was given. */
export const keeps = (f: Lifted, name: string): boolean => f.params.includes(name) && !changedIn(f).has(name);

/** Parameters that keep what they were given, and that a branch or a call looks at. */
function telling(f: Lifted): ReadonlySet<string> {
  let known = PARAMS.get(f);
  if (!known) {
    const asked = new Set<string>();
    const ask = (e: Expr): void => {
      some(e, (x) => {
        if (x.k === 'name') asked.add(x.name);
        return false;
      });
    };
    for (const { op } of operations(f)) if (op.op === 'call') for (const arg of op.args) ask(arg);
    for (const { end } of f.blocks) {
      if (end.t === 'branch') ask(end.condition);
      else if (end.t === 'switch') ask(end.value);
    }
    PARAMS.set(f, (known = new Set(f.params.filter((p) => asked.has(p) && keeps(f, p)))));
  }
  return known;
}

/** `cmd = cmd`: what a macro that does nothing here leaves of an assignment. */
function isItself(value: Expr, name: string): boolean {
  const e = bare(value);
  return e.k === 'name' && e.name === name;
}

/** With names put to their values, also inside `?:`. */
function fold(expr: Expr, given: Given, valueOf: NameValue): bigint | undefined {
  const e = bare(expr);
  if (e.k === 'conditional') {
    const test = fold(e.test, given, valueOf);
    return test === undefined ? undefined : fold(test === 0n ? e.otherwise : e.then, given, valueOf);
  }
  const names = new Map<string, bigint>();
  some(e, (x) => {
    if (x.k !== 'name') return false;
    const value = given.get(x.name) ?? valueOf(x.name);
    if (value !== undefined) names.set(x.name, value);
    return false;
  });
  return constant(e, names);
}

/** What is given says of a condition as a whole. */
function said(condition: Expr, given: Given): bigint | undefined {
  if (given.size === 0) return undefined;
  const { key, positive } = normal(condition);
  const holds = given.get(key);
  return holds === undefined ? undefined : (holds !== 0n) === positive ? 1n : 0n;
}

/** Blocks that control may go to, with what is given. */
export function ways(end: Terminator, given: Given, valueOf: NameValue): readonly BlockId[] {
  if (end.t === 'branch') {
    const value = fold(end.condition, given, valueOf) ?? said(end.condition, given);
    return value === undefined ? successors(end) : [value === 0n ? end.otherwise : end.then];
  }
  if (end.t !== 'switch') return successors(end);
  const value = fold(end.value, given, valueOf);
  if (value === undefined) return successors(end);
  const cases = end.cases.map((c) => ({ to: c.to, values: c.values.map((v) => fold(v, given, valueOf)) }));
  const exact = cases.find((c) => c.values.includes(value));
  if (exact) return [exact.to];
  return cases.filter((c) => c.values.length === 0 || c.values.includes(undefined)).map((c) => c.to);
}

export function nodeOf(f: Lifted, given: Given, valueOf: NameValue): Node {
  const feasible = new Set<BlockId>();
  const work: BlockId[] = f.blocks.length > 0 ? [0] : [];
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    if (feasible.has(id)) continue;
    feasible.add(id);
    const end = f.blocks[id]?.end;
    if (end) work.push(...ways(end, given, valueOf));
  }
  return { f, given, feasible };
}

/** What a call gives to the parameters that tell something. */
export function givenBy(args: readonly Expr[], caller: Given, callee: Lifted, valueOf: NameValue): Given {
  const out = new Map<string, bigint>();
  const tell = telling(callee);
  callee.params.forEach((param, i) => {
    const arg = args[i];
    if (!arg || !tell.has(param) || (callee.kind === 'macro' && mentionsName(arg, param))) return;
    const value = fold(arg, caller, valueOf);
    if (value !== undefined) out.set(param, value);
  });
  return out;
}
