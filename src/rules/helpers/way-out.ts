/** The way out of a thread: where its cleanup handlers begin to run, and what is set in front of that. */
import { operations, reach, type Reached } from '../../ir/analysis/reach.js';
import { valuesOf } from '../../ir/analysis/values.js';
import { some } from '../../ir/expressions.js';
import type { Expr, Lifted, Op } from '../../ir/types.js';
import type { ThreadExit } from '../../libc/types.js';
import type { Project } from '../../linter/project.js';

/** What an operation writes with, or is given. */
function exprsOf(op: Op): readonly Expr[] {
  if (op.op === 'assign') return [op.target, op.value];
  return 'args' in op ? op.args : [];
}

/** Whether a member or a name among these stands in the expression. */
export const names = (expr: Expr, words: ReadonlySet<string>): boolean =>
  some(expr, (e) => (e.k === 'member' && words.has(e.field)) || (e.k === 'name' && words.has(e.name)));

/** It stores one of the words, or computes with it. */
export const touches = (op: Op, words: ReadonlySet<string>): boolean => exprsOf(op).some((e) => names(e, words));

/** Functions by which a thread leaves, each with what begins to run its handlers. */
export function exitsOf(project: Project, exit: ThreadExit): { readonly f: Lifted; readonly runs: Reached }[] {
  return project.functions.flatMap((f) => {
    if (f.kind !== 'function' || !project.roles.has(f.name, 'act')) return [];
    const stops = setsState(project, exit);
    const runs = reach(f, { block: 0, index: 0 }, { stopAt: stops }).find(({ op }) => runsHandlers(op, f, exit));
    return runs ? [{ f, runs }] : [];
  });
}

/** `f (x)`, where `f` was taken from the list of handlers, or the function that begins with them. */
function runsHandlers(op: Op, f: Lifted, { runs, handlers }: ThreadExit): boolean {
  if (op.op !== 'call') return false;
  if (op.callee !== undefined && runs.includes(op.callee)) return true;
  const list = new Set(handlers);
  const from = (e: Expr): boolean => names(e, list);
  return from(op.target) || (op.callee !== undefined && valuesOf(f, op.callee).some(from));
}

/** Disables cancellation, itself or in a function that it calls. */
function setsState(project: Project, { state }: ThreadExit): (op: Op) => boolean {
  const words = new Set(state);
  const sets = (op: Op): boolean => op.op === 'cancel-state' || (touches(op, words) && !clears(op));
  const called = (name: string): boolean =>
    project.functions.some((f) => f.name === name && operations(f).some(({ op }) => sets(op)));
  return (op) => sets(op) || (op.op === 'call' && op.callee !== undefined && called(op.callee));
}

const clears = (op: Op): boolean => op.op === 'assign' && op.value.k === 'int' && op.value.value === 0n;
