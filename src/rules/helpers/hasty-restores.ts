/**
 * Functions that switch asynchronous cancelability off in the very word that holds the request, and return although a
 * canceller may have set the request and not sent its signal yet. The word is changed in one step, so the function could
 * know; the canceller decided to send while the mode was still on, so the signal comes, however much later.
 * It matters where the handler then goes by the mode alone: by that time the mode may be on again, for a call that is
 * made with cancellation disabled.
 */
import { constant } from '../../ir/analysis/constants.js';
import { operations, reach, returnAfter } from '../../ir/analysis/reach.js';
import { valuesOf } from '../../ir/analysis/values.js';
import { namesIn, some } from '../../ir/expressions.js';
import { successors } from '../../ir/builder.js';
import type { BlockId, Expr, Lifted, Op, Terminator } from '../../ir/types.js';
import type { ModeBits, RequestFlag } from '../../libc/types.js';
import type { Project } from '../../linter/project.js';
import { asksState } from './asks-state.js';

export interface HastyRestore {
  readonly f: Lifted;
  readonly flag: RequestFlag;
  /** What switches the mode off. */
  readonly update: Op;
  readonly leaves: Terminator;
  /** Where the mode alone decides that a request is acted upon. */
  readonly acts: Op;
}

export function hastyRestores(project: Project): HastyRestore[] {
  return project.libc.flags.flatMap((flag) => {
    const { mode } = flag;
    const acts = mode && actsByMode(project, mode);
    if (!acts) return [];
    const updates = new RegExp(`^(?:${mode.updates.join('|')})$`);
    return project.functions
      .filter((f) => f.kind === 'function' && project.roles.has(f.name, 'async-restore'))
      .flatMap((f) => inFunction(f, flag, mode, updates, project).map((one) => ({ ...one, f, flag, acts })));
  });
}

function inFunction(
  f: Lifted,
  flag: RequestFlag,
  mode: ModeBits,
  updates: RegExp,
  project: Project,
): { update: Op; leaves: Terminator }[] {
  const isWord = (e: Expr): boolean =>
    some(e, (p) => (p.k === 'name' && p.name === flag.member) || (p.k === 'member' && p.field === flag.member));
  const isUpdate = (op: Op): boolean =>
    (op.op === 'assign' && isWord(op.target)) ||
    (op.op === 'call' && op.callee !== undefined && updates.test(op.callee) && op.args.some(isWord));
  const isOff = (e: Expr): boolean =>
    some(e, (p) => p.k === 'unary' && p.operator === '~' && mentions([p.of], mode.bits));
  const given = (op: Op): readonly Expr[] =>
    op.op === 'assign' ? [op.value] : op.op === 'call' ? op.args.filter((a) => !isWord(a)) : [];
  const clears = (op: Op): boolean =>
    given(op).some((e) => isOff(e) || (e.k === 'name' && valuesOf(f, e.name).some(isOff)));
  const looksAtRequest = requestTest(f, flag, project);
  return operations(f).flatMap(({ op, place }) => {
    if (!isUpdate(op) || !clears(op)) return [];
    const leaves = returnAfter(f, place, {
      stopAt: (o) => isUpdate(o) || mayWait(o),
      follow: (end) => (looksAtRequest(end) ? [] : feasible(end)),
    });
    return leaves ? [{ update: op, leaves }] : [];
  });
}

const mentions = (exprs: readonly Expr[], names: readonly string[]): boolean =>
  namesIn(exprs).some((name) => names.includes(name));

/** A condition on the request: what it decides is taken to be right. */
function requestTest(f: Lifted, flag: RequestFlag, project: Project): (end: Terminator) => boolean {
  const tests = new Set(
    operations(f).flatMap(({ op }) =>
      op.op === 'load-flag' && project.roles.has(op.flag, 'request-test') ? [op.id] : [],
    ),
  );
  const asks = (e: Expr): boolean => mentions([e], flag.bits) || some(e, (p) => p.k === 'result' && tests.has(p.op));
  // The bits may be taken out first: `pending = newval & CANCELED_BITMASK`.
  const isAsked = (e: Expr): boolean => asks(e) || some(e, (p) => p.k === 'name' && valuesOf(f, p.name).some(asks));
  return (end) => (end.t === 'branch' && isAsked(end.condition)) || (end.t === 'switch' && isAsked(end.value));
}

/** Operations behind which the request may have been delivered, or of which that cannot be told. */
const mayWait = (op: Op): boolean =>
  op.op !== 'assign' && op.op !== 'load-flag' && op.op !== 'label' && op.op !== 'cleanup-push';

/** Successors but for the way that a constant condition never takes. */
function feasible(end: Terminator): readonly BlockId[] {
  const value = end.t === 'branch' ? constant(end.condition) : undefined;
  return end.t === 'branch' && value !== undefined ? [value === 0n ? end.otherwise : end.then] : successors(end);
}

/** An operation that acts where the mode is on and nobody has asked whether cancellation is enabled. */
function actsByMode(project: Project, mode: ModeBits): Op | undefined {
  const isMode = (end: Terminator): boolean => end.t === 'branch' && mentions([end.condition], mode.bits);
  for (const f of project.functions) {
    if (f.kind !== 'function' || project.roles.has(f.name, 'async-enable', 'async-restore')) continue;
    if (!f.blocks.some((b) => isMode(b.end))) continue;
    const asks = asksState(f, project);
    const follow = (end: Terminator): readonly BlockId[] => (asks(end) ? [] : feasible(end));
    const found = reach(f, { block: 0, index: 0 }, { follow }).find((r) => r.op.op === 'act' && r.way.some(isMode));
    if (found) return found.op;
  }
  return undefined;
}
