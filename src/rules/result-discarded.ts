/**
 * A request acted upon after a system call that may have opened, moved or released something: the caller never learns
 * of it. Acting is right only after a result that says the call had no effect (EINTR with nothing done).
 */
import { actingNames } from '../ir/analysis/acting.js';
import { asyncRegions } from '../ir/analysis/regions.js';
import { after, operations, type Reached } from '../ir/analysis/reach.js';
import { looksAt } from '../ir/analysis/values.js';
import { mentionsName, namesIn, some } from '../ir/expressions.js';
import type { Expr, Lifted, Op, Region, Terminator } from '../ir/types.js';
import { callName, lossOf, releases } from '../libc/linux-calls.js';
import type { Project } from '../linter/project.js';
import { defineRule } from './define-rule.js';
import { disabledIn } from './helpers/disabled.js';
import { canceller, kernel, victim } from './helpers/steps.js';

type MessageId = 'afterCall' | 'afterWindow' | 'inRestore';

export default defineRule<MessageId>({
  id: 'result-discarded',
  meta: {
    category: 'result',
    description: 'A request acted upon after a system call whose result is then lost',
    explanation:
      'When a call has opened a descriptor, moved data or reaped a child, the program must be told: POSIX lets a thread be cancelled in a call only as if the call had been interrupted before it did anything. A request that is noticed after the kernel has finished stays pending until the next cancellation point.',
    messages: {
      afterCall: "'{how}' acts on a request right after '{call}' has been made: {loss} is lost",
      afterWindow:
        "'{how}' acts on a request after the cancellable call without looking at its result: a call that has succeeded is thrown away",
      inRestore:
        "'{how}' ends the cancellable region and itself acts on a request: a call that has just succeeded is thrown away; {uses} use(s)",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: ['W2', 'W12'],
    references: ['POSIX.1-2024 XSH 2.9.5.2 Cancellation Points', 'glibc BZ 12683'],
  },
  run({ project, report }) {
    for (const f of project.functions) {
      if (f.kind === 'macro' || f.kind === 'assembly' || project.roles.has(f.name, 'test-cancel', 'act')) continue;
      const disabled = disabledIn(f, project);
      for (const { op, place } of operations(f)) {
        const loss = lossBy(f, op, project);
        if (loss === undefined && op.op !== 'window-call') continue;
        const looks = looksAt(f, op.id);
        const found = after(f, place, { stopAt: ends }).find((r) => isAct(r.op) && unguarded(r, looks));
        if (!found || moved(f, found, looks) || disabled(found.place) || keptByCleanup(f, found, looks)) continue;
        const how = found.op.op === 'act' || found.op.op === 'test-cancel' ? found.op.how : '';
        const at = found.op.origin.at;
        const flow = [
          kernel(op.origin.at, 'the call succeeds'),
          canceller(at, 'pthread_cancel sets the flag'),
          victim(at, 'the request is acted upon, and the result is never seen'),
        ];
        if (op.op === 'window-call')
          report({
            messageId: 'afterWindow',
            data: { how },
            at,
            in: f,
            properties: ['W12'],
            flow,
            anchor: 'afterWindow',
          });
        else
          report({
            messageId: 'afterCall',
            data: { how, call: loss?.call ?? '', loss: loss?.what ?? '' },
            at,
            in: f,
            properties: ['W2'],
            flow,
            anchor: `afterCall ${loss?.call ?? ''}`,
          });
      }
    }
    const restoring = new Map<string, Restore[]>();
    for (const use of actingRestores(project)) restoring.set(use.how, [...(restoring.get(use.how) ?? []), use]);
    for (const [how, uses] of restoring) {
      const definition = project.functions.find((f) => f.name === how);
      const [first] = uses;
      if (!first) continue;
      report({
        messageId: 'inRestore',
        data: { how, uses: uses.length },
        at: definition?.nameAt ?? first.at,
        ...(definition ? { in: definition } : { in: first.f }),
        properties: ['W2'],
        flow: [
          kernel(first.call, 'the call succeeds, for instance an open returns a new descriptor'),
          canceller(first.at, 'pthread_cancel sets the flag'),
          victim(first.at, `'${how}' finds the request and acts: the descriptor is lost`),
        ],
        related: uses.map((u) => ({ at: u.at, message: `used in '${u.f.name}'` })),
        anchor: `inRestore ${how}`,
      });
    }
  },
});

/** A region whose end acts on a request: in a function, or in a macro that a function makes its calls by. */
interface Restore {
  readonly f: Lifted;
  readonly how: string;
  readonly at: Region;
  readonly call: Region;
}

function actingRestores(project: Project): Restore[] {
  const acts = actingNames(project.functions);
  const byMacro = new Map<string, string>();
  const out: Restore[] = [];
  for (const f of project.functions) {
    if (f.kind === 'assembly') continue;
    for (const region of asyncRegions(f)) {
      const call = region.inside.find((o) => o.op === 'syscall' || callsTwin(o, project));
      const restore = region.restores.find((r) => acts(r.how));
      if (!call || !restore) continue;
      const how = lastRestore(restore.how, project);
      if (f.kind === 'macro') byMacro.set(f.name, how);
      else out.push({ f, how, at: restore.origin.at, call: call.origin.at });
    }
  }
  for (const f of project.functions) {
    if (f.kind === 'macro') continue;
    for (const { op } of operations(f)) {
      const how = op.op === 'syscall' && op.cancellable ? byMacro.get(op.via) : undefined;
      if (how !== undefined) out.push({ f, how, at: op.origin.at, call: op.origin.at });
    }
  }
  return out;
}

const callsTwin = (op: Op, project: Project): boolean =>
  op.op === 'call' && op.callee !== undefined && project.roles.twinOf(op.callee) !== undefined;

/** What the end of a region is called in the end: `LIBC_CANCEL_RESET` only names the function that does it. */
function lastRestore(first: string, project: Project): string {
  const definition = project.functions.find((f) => f.name === first && f.kind === 'macro');
  const [only, ...more] = definition ? operations(definition).map((o) => o.op) : [];
  const leadsOn = only?.op === 'async' && more.length === 0 && only.how !== first;
  return leadsOn && project.functions.some((f) => f.name === only.how) ? only.how : first;
}

const isAct = (op: Op): boolean => op.op === 'act' || op.op === 'test-cancel';

/** Behind these the question is another one: a second call, or the end of the region. */
const ends = (op: Op): boolean =>
  isAct(op) || op.op === 'syscall' || op.op === 'window-call' || op.op === 'call' || op.op === 'async';

function lossBy(f: Lifted, op: Op, project: Project): { call: string; what: string } | undefined {
  let call: string | undefined;
  if (op.op === 'syscall' && op.number.k === 'name') call = callName(op.number.name, project.libc.numberPrefixes);
  else if (op.op === 'call' && op.callee !== undefined) call = project.roles.twinOf(op.callee);
  if (call === undefined || (op.op !== 'syscall' && op.op !== 'call')) return undefined;
  const what = lossOf(call, namesIn(op.args));
  if (what === undefined) return undefined;
  // What the function made itself and gives back is no news to anybody.
  const isGiven = (e: Expr): boolean => e.k === 'name' && f.params.includes(e.name);
  if (releases(call) && !op.args.some((a) => some(a, isGiven))) return undefined;
  return { call, what };
}

/** No condition on the way looked at the result. */
function unguarded(r: Reached, looks: (e: Expr) => boolean): boolean {
  return !r.way.some(
    (end: Terminator) =>
      (end.t === 'branch' && (looks(end.condition) || mentionsName(end.condition, 'errno'))) ||
      (end.t === 'switch' && looks(end.value)),
  );
}

/** The result was stored where others can find it before the request was acted upon. */
function moved(f: Lifted, r: Reached, looks: (e: Expr) => boolean): boolean {
  const isOwn = (target: Expr): boolean =>
    target.k === 'name' && (target.name in f.types || f.params.includes(target.name));
  return r.passed().some((op) => op.op === 'assign' && !isOwn(op.target) && looks(op.value));
}

/** A cleanup handler that is in place when the request is acted upon has the result, or the variable that holds it. */
function keptByCleanup(f: Lifted, acted: Reached, looks: (e: Expr) => boolean): boolean {
  return operations(f).some(
    ({ op, place }) =>
      op.op === 'cleanup-push' &&
      op.args.some(looks) &&
      after(f, place, { stopAt: (o) => o.op === 'cleanup-pop' }).some((r) => r.op === acted.op),
  );
}
