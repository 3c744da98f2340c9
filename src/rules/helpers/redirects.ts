/** Where a handler sends the thread that it has interrupted: assignments to the saved PC. */
import { bare, some } from '../../ir/expressions.js';
import { printExpr } from '../../ir/print-expr.js';
import type { AssignOp, BlockId, Expr, Lifted, Target } from '../../ir/types.js';
import type { WindowConvention } from '../../libc/types.js';
import type { Project } from '../../linter/project.js';
import { decisionsIn, labelOf, wayTo, type Decider, type Decision } from './handlers.js';
import { sourceOf } from './saved-context.js';
import { windowsOf } from './windows.js';

export interface Redirect {
  readonly op: AssignOp;
  readonly block: BlockId;
  /** The name of what it redirects to. */
  readonly to: string;
}

/** Assignments of the cancel target to something that is saved, and of any address to where the PC was taken from. */
export function redirectsIn(f: Lifted, convention: WindowConvention, pcs: readonly Expr[] = []): Redirect[] {
  const { cancel } = convention;
  if (cancel === undefined) return [];
  const saved = new Set(pcs.filter((pc) => pc.k !== 'name').map(printExpr));
  return f.blocks.flatMap(({ id, ops }) =>
    ops.flatMap((op) => {
      if (op.op !== 'assign' || op.target.k === 'name') return [];
      const to = nameIn(op.value);
      const redirects = labelOf(op.value, convention) === cancel || saved.has(printExpr(bare(op.target)));
      return to !== undefined && redirects ? [{ op, block: id, to }] : [];
    }),
  );
}

/** The function or label that a value is the address of. */
function nameIn(expr: Expr): string | undefined {
  const e = bare(expr);
  if (e.k === 'address' || e.k === 'index') return nameIn(e.k === 'index' ? e.base : e.of);
  return e.k === 'name' ? e.name : undefined;
}

/** The values that a decider compares with the labels, as they were saved. */
export const savedPcs = ({ f, comparisons }: Decider): ReturnType<typeof sourceOf>[] => {
  const sources = comparisons.map(({ pc, origin }) => sourceOf(f, pc, origin));
  return [...new Map(sources.map((one) => [printExpr(one.expr), one])).values()];
};

/** Whether a block is reached from the entry without a decision that the PC is inside one of the bounds. */
export function reachedFromOutside(f: Lifted, block: BlockId, decisions: readonly Decision[]): boolean {
  // Where a condition mixes the PC with other things, the ways inside are not known.
  if (!decidesBoth(decisions)) return false;
  return (['start', 'end'] as const).some((bound) => {
    const inside = new Map(decisions.filter((d) => d.bounds.includes(bound)).map((d) => [d.end, d.inside]));
    return wayTo(f, block, (end, to) => inside.get(end) !== to);
  });
}

export const decidesBoth = (decisions: readonly Decision[]): boolean =>
  (['start', 'end'] as const).every((bound) => decisions.some((d) => d.bounds.includes(bound)));

/** Handlers that redirect and never ask where the PC is. */
export function blindRedirects(
  project: Project,
  deciders: readonly Decider[],
): { readonly f: Lifted; readonly convention: WindowConvention; readonly redirect: Redirect }[] {
  return project.libc.windows.flatMap((convention) =>
    project.functions.flatMap((f) => {
      // A handler is given the signal, its information and the context.
      if (f.kind !== 'function' || f.params.length !== 3 || deciders.some((d) => d.f === f)) return [];
      if (decisionsIn(f, convention, deciders).length > 0 || asksOfContext(f)) return [];
      return redirectsIn(f, convention).map((redirect) => ({ f, convention, redirect }));
    }),
  );
}

/** Whether a branch depends on the context, in any way. */
function asksOfContext(f: Lifted): boolean {
  const names = new Set(f.params.slice(2));
  const results = new Set<number>();
  const depends = (expr: Expr): boolean =>
    some(expr, (e) => (e.k === 'name' && names.has(e.name)) || (e.k === 'result' && results.has(e.op)));
  const ops = f.blocks.flatMap((b) => b.ops);
  for (let before = -1; before < names.size + results.size;) {
    before = names.size + results.size;
    for (const op of ops) {
      if (op.op === 'assign' && op.target.k === 'name' && depends(op.value)) names.add(op.target.name);
      if (op.op === 'call' && op.args.some(depends)) results.add(op.id);
    }
  }
  return f.blocks.some(({ end }) => (end.t === 'branch' && depends(end.condition)) || end.t === 'unknown');
}

/**
 * On which targets the cancel target does more than go on to the function: what it takes back first, the window's
 * routine has pushed.
 */
export function targetsThatUndo(to: string, convention: WindowConvention, project: Project): readonly Target[] {
  return windowsOf(project).flatMap(({ convention: own, layout, routine }) => {
    const { lines } = layout;
    const label = lines.findIndex((l) => l.kind === 'label' && l.op.name === convention.cancel);
    if (own !== convention || label === -1) return [];
    const first = lines.slice(label).find((l) => l.kind !== 'label');
    if (first?.kind === 'operation' && first.op.op === 'not-understood') return [];
    const goesOn =
      first?.kind === 'jump' && first.end.t === 'tail' && first.end.target.k === 'name' && first.end.target.name === to;
    // An act is an operation of its own, which a jump to the function that acts is lifted to.
    const acts = first?.kind === 'operation' && first.op.op === 'act';
    return goesOn || acts ? [] : routine.targets;
  });
}
