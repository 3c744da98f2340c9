/**
 * Which variables may hold an operation's result.
 * Lattice: sets of names, growing. Insensitive to the order of statements: a copy anywhere counts, which is safe for
 * the question asked ("does this condition look at that result?"), since more names only make a condition relevant.
 */
import { some } from '../expressions.js';
import type { Expr, Lifted, OpId } from '../types.js';
import { operations } from './reach.js';

/** Tests whether an expression looks at the result of `op`, directly or through copies of it. */
export function looksAt(f: Lifted, op: OpId): (expr: Expr) => boolean {
  const names = new Set<string>();
  const direct = (e: Expr): boolean => (e.k === 'result' && e.op === op) || (e.k === 'name' && names.has(e.name));
  const assigns = operations(f).flatMap(({ op: o }) => (o.op === 'assign' && o.target.k === 'name' ? [o] : []));
  for (let grown = true; grown;) {
    grown = false;
    for (const a of assigns) {
      if (a.target.k === 'name' && !names.has(a.target.name) && some(a.value, direct)) {
        names.add(a.target.name);
        grown = true;
      }
    }
  }
  return (expr) => some(expr, direct);
}

/** The values that a variable is given anywhere in the function. */
export function valuesOf(f: Lifted, name: string): Expr[] {
  return operations(f).flatMap(({ op }) =>
    op.op === 'assign' && op.target.k === 'name' && op.target.name === name ? [op.value] : [],
  );
}
