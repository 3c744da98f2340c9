/**
 * Which variables may hold an operation's result.
 * Lattice: sets of names, growing. Insensitive to the order of statements: a copy anywhere counts, which is safe for
 * the question asked ("does this condition look at that result?"), since more names only make a condition relevant.
 */
import { namesIn, some } from '../expressions.js';
import type { Expr, Lifted, OpId } from '../types.js';
import { operations } from './reach.js';

/** Tests whether an expression looks at the result of `op`, directly or through copies of it. */
export function looksAt(f: Lifted, op: OpId): (expr: Expr) => boolean {
  const names = new Set<string>();
  const direct = (e: Expr): boolean => (e.k === 'result' && e.op === op) || (e.k === 'name' && names.has(e.name));
  const assigns = operations(f).flatMap(({ op: o }) => (o.op === 'assign' && o.target.k === 'name' ? [o] : []));
  /** Variables that are given a value with a name in it. */
  const copies = new Map<string, string[]>();
  const work: string[] = [];
  for (const { target, value } of assigns) {
    if (target.k !== 'name') continue;
    if (some(value, direct)) work.push(target.name);
    for (const name of namesIn([value])) {
      const list = copies.get(name);
      if (list) list.push(target.name);
      else copies.set(name, [target.name]);
    }
  }
  for (let name = work.pop(); name !== undefined; name = work.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    work.push(...(copies.get(name) ?? []));
  }
  return (expr) => some(expr, direct);
}

/** The values that a variable is given anywhere in the function. */
export function valuesOf(f: Lifted, name: string): Expr[] {
  return operations(f).flatMap(({ op }) =>
    op.op === 'assign' && op.target.k === 'name' && op.target.name === name ? [op.value] : [],
  );
}
