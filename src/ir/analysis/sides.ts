/**
 * What runs behind an operation when it has given a certain value: the sides of a fork.
 * Problem: which operations can come behind it, as far as branches ask for that value?
 * Lattice: sets of variables that hold the value, kept apart for each block.
 * Direction: forward from the operation, until it is come to again. Nothing else is known, so that more ways are followed
 * than there are, never fewer. Cost: linear in the function's size, times the sets of variables that hold the value.
 */
import { successors } from '../builder.js';
import { bare, some } from '../expressions.js';
import type { BlockId, Expr, Lifted, Op, Terminator } from '../types.js';
import { constant, resultKey } from './constants.js';
import type { Place } from './reach.js';

export function opsBehind(f: Lifted, place: Place, gives: bigint): ReadonlySet<Op> {
  const op = f.blocks[place.block]?.ops[place.index];
  const out = new Set<Op>();
  if (!op) return out;
  const result = resultKey(op.id);
  const holds = (e: Expr, held: ReadonlySet<string>): boolean => {
    const value = bare(e);
    return (value.k === 'result' && value.op === op.id) || (value.k === 'name' && held.has(value.name));
  };
  const entered = new Set<string>();
  const work: { readonly block: BlockId; readonly from: number; readonly held: ReadonlySet<string> }[] = [
    { block: place.block, from: place.index + 1, held: new Set() },
  ];
  for (let at = work.pop(); at; at = work.pop()) {
    const block = f.blocks[at.block];
    if (!block) continue;
    const held = new Set(at.held);
    let isAgain = false;
    for (const one of block.ops.slice(at.from)) {
      isAgain = one === op;
      if (isAgain) break;
      out.add(one);
      if (one.op === 'assign' && one.target.k === 'name') {
        if (holds(one.value, held)) held.add(one.target.name);
        else held.delete(one.target.name);
      } else if ('args' in one) for (const arg of one.args) forget(arg, held);
    }
    if (isAgain) continue;
    const known = new Map([[result, gives], ...[...held].map((name) => [name, gives] as const)]);
    for (const to of ways(block.end, (e) => constant(e, known))) {
      const key = `${String(to)} ${[...held].sort().join()}`;
      if (entered.has(key)) continue;
      entered.add(key);
      work.push({ block: to, from: 0, held });
    }
  }
  return out;
}

function forget(arg: Expr, held: Set<string>): void {
  some(arg, (e) => {
    if (e.k === 'address' && e.of.k === 'name') held.delete(e.of.name);
    return false;
  });
}

function ways(end: Terminator, valueOf: (e: Expr) => bigint | undefined): readonly BlockId[] {
  if (end.t === 'branch') {
    const value = valueOf(end.condition);
    return value === undefined ? successors(end) : [value === 0n ? end.otherwise : end.then];
  }
  const value = end.t === 'switch' ? valueOf(end.value) : undefined;
  if (end.t !== 'switch' || value === undefined) return successors(end);
  const cases = end.cases.map((c) => ({ to: c.to, values: c.values.map(valueOf) }));
  if (cases.some((c) => c.values.includes(undefined))) return successors(end);
  const chosen = cases.find((c) => c.values.includes(value)) ?? cases.find((c) => c.values.length === 0);
  return chosen ? [chosen.to] : [];
}
