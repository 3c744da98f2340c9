/**
 * W12: a call that was interrupted (EINTR) may be called off only for a request that is pending, in a thread that lets
 * itself be cancelled. Any signal interrupts a call, and its handler may have changed both, so both are asked behind it.
 */
import { after, operations, type Reached } from '../ir/analysis/reach.js';
import { looksAt } from '../ir/analysis/values.js';
import type { Expr, Lifted, Op, OpId, Region } from '../ir/types.js';
import type { Step } from '../linter/finding.js';
import { defineRule } from './define-rule.js';
import { askedBehind, stateReadBefore } from './helpers/asked-behind.js';
import { canceller, kernel, victim } from './helpers/steps.js';

type MessageId = 'request' | 'state' | 'earlyState';

const PROPERTIES = ['W12'];

export default defineRule<MessageId>({
  id: 'flag-recheck-missing',
  meta: {
    category: 'flag',
    description: 'An interrupted call that is called off without asking again whether it may be',
    explanation:
      'The cancellation signal is one of many that can interrupt a call: the handler of any other, installed without SA_RESTART, does the same. EINTR therefore says nothing of a request. The request and the cancel state must be read again behind the call; unless both allow it, EINTR belongs to the caller.',
    messages: {
      request:
        "'{how}' acts on EINTR and nothing behind the call reads the request: any signal that interrupts the call cancels the thread",
      state:
        "'{how}' acts on EINTR and nothing asks whether cancellation is enabled: a thread that has disabled it is cancelled",
      earlyState:
        "'{how}' acts on EINTR by a cancel state that was asked for in line {line}, in front of the call: the handler that interrupted it may have disabled cancellation",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: PROPERTIES,
    references: [
      'POSIX.1-2024 XSH 2.9.5.2 Cancellation Points',
      'signal(7), "Interruption of system calls and library functions by signal handlers"',
    ],
  },
  run({ project, report }) {
    for (const f of project.functions) {
      if (f.kind === 'macro' || f.kind === 'assembly') continue;
      for (const { op: call, place } of operations(f)) {
        if (call.op !== 'window-call') continue;
        const acted = after(f, place, { stopAt: ends }).find((r) => r.op.op === 'act' && isInterrupted(f, r, call.id));
        if (acted?.op.op !== 'act') continue;
        const asked = askedBehind(f, acted, project);
        if (asked.request && asked.state) continue;
        const early = stateReadBefore(call.origin.at, f, project);
        const messageId = !asked.request ? 'request' : early ? 'earlyState' : 'state';
        const { how } = acted.op;
        const at = acted.op.origin.at;
        report({
          messageId,
          data: { how, line: early?.line ?? 0 },
          at,
          in: f,
          properties: PROPERTIES,
          flow: FLOWS[messageId](call.origin.at, at, early ?? at),
          anchor: `${messageId} ${how}`,
        });
      }
    }
  },
});

const INTERRUPTED = "another signal's handler runs, and the call returns EINTR";

const FLOWS: Readonly<Record<MessageId, (call: Region, act: Region, early: Region) => Step[]>> = {
  request: (call, act) => [kernel(call, INTERRUPTED), victim(act, 'the thread is cancelled; nobody has asked for it')],
  state: (call, act) => [
    victim(call, 'the thread has disabled cancellation and makes the call'),
    canceller(call, 'pthread_cancel sets the flag; the thread is to see it when it enables cancellation again'),
    kernel(call, INTERRUPTED),
    victim(act, 'the thread is cancelled all the same'),
  ],
  earlyState: (call, act, early) => [
    victim(early, 'cancellation is enabled'),
    kernel(call, "another signal's handler runs and disables cancellation; the call returns EINTR"),
    canceller(call, 'pthread_cancel sets the flag; the thread is to see it when it enables cancellation again'),
    victim(act, 'the thread is cancelled although it has disabled cancellation'),
  ],
};

const ends = (op: Op): boolean => op.op === 'act' || op.op === 'window-call' || op.op === 'syscall';

/** What the call gave decides. Acting whatever it gave is another rule's matter. */
function isInterrupted(f: Lifted, { way }: Reached, call: OpId): boolean {
  const looks: (e: Expr) => boolean = looksAt(f, call);
  return way.some((end) => end.t === 'branch' && looks(end.condition));
}
