/** Conditions that ask whether cancellation is enabled, by the names that the libc's data gives. */
import { operations } from '../../ir/analysis/reach.js';
import { some } from '../../ir/expressions.js';
import type { Expr, Lifted, Terminator } from '../../ir/types.js';
import type { Project } from '../../linter/project.js';

/** A condition that asks whether cancellation is enabled: one of its ways leads to where a request is not acted upon. */
export function asksState(f: Lifted, project: Project): (end: Terminator) => boolean {
  const names = new Set((project.libc.asksState ?? []).flatMap((one) => one.names));
  const calls = new Set(
    operations(f).flatMap(({ op }) =>
      op.op === 'call' && op.callee !== undefined && names.has(op.callee) ? [op.id] : [],
    ),
  );
  const is = (e: Expr): boolean =>
    (e.k === 'name' && names.has(e.name)) ||
    (e.k === 'member' && names.has(e.field)) ||
    (e.k === 'result' && calls.has(e.op));
  return (end) => end.t === 'branch' && some(end.condition, is);
}
