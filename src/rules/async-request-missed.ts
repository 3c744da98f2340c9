/**
 * A function that lets requests be acted upon at once, and does not look for one that is there already. Its signal has come
 * and been declined, and no other will come. POSIX.1-2024 XSH 2.9.5.2: with cancelability enabled and asynchronous, new or
 * pending requests may be acted upon at any time.
 */
import { operations } from '../ir/analysis/reach.js';
import { bare } from '../ir/expressions.js';
import type { Lifted, Op } from '../ir/types.js';
import type { ThreadExit } from '../libc/types.js';
import type { Project } from '../linter/project.js';
import { defineRule } from './define-rule.js';
import { isHandler } from './helpers/handlers.js';
import { cancelSignalsOf, sentBy } from './helpers/signals.js';
import { canceller, victim } from './helpers/steps.js';
import { balanceOf } from './helpers/vocabulary.js';
import { touches } from './helpers/way-out.js';

type MessageId = 'type' | 'state';

/** POSIX's functions, by whatever internal name. */
const SETS: Readonly<Record<MessageId, RegExp>> = {
  type: /^_*pthread_setcanceltype$/,
  state: /^_*pthread_setcancelstate$/,
};

export default defineRule<MessageId>({
  id: 'async-request-missed',
  meta: {
    category: 'flag',
    description: 'Asynchronous cancelability switched on without a look for a request that is pending',
    explanation:
      'The signal of a request that comes while the thread is deferred, or has disabled cancellation, is declined. When the thread then becomes asynchronous and enabled, nothing is left that would act: it computes on, in a region that was made so that it can be cancelled anywhere. The program cannot help itself, since pthread_testcancel is not async-cancel-safe, and before the switch it is too early.',
    messages: {
      type: "'{function}' makes the thread asynchronous and does not look for a request that is pending: it is acted upon at the next cancellation point only",
      state:
        "'{function}' enables cancellation and does not look for a request that is pending: an asynchronous thread acts on it at the next cancellation point only",
    },
    severity: 'warn',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: [],
    references: ['POSIX.1-2024 XSH 2.9.5.2 Cancellation Points', 'POSIX.1-2024 XSH 2.9.5.4 Async-Cancel Safety'],
  },
  run({ project, report }) {
    const { exit } = project.libc;
    if (!exit || !sendsSignal(project)) return;
    for (const f of project.functions) {
      if (f.kind !== 'function') continue;
      for (const kind of ['type', 'state'] as const) {
        if (!SETS[kind].test(f.name)) continue;
        const store = storeOf(f, kind, exit);
        if (!store || operations(f).some(({ op }) => looks(op, project))) continue;
        const at = store.origin.at;
        report({
          messageId: kind,
          data: { function: f.name },
          at,
          in: f,
          flow: [
            canceller(at, 'pthread_cancel sets the flag and sends the cancellation signal'),
            victim(
              at,
              `the handler declines: ${kind === 'type' ? 'the type is deferred' : 'cancellation is disabled'}`,
            ),
            victim(at, 'from here on the thread could act at once; it computes on, and no other signal comes'),
          ],
          anchor: kind,
        });
      }
    }
  },
});

/** A thread of whose requests nothing is told by a signal acts on none of them at once. */
function sendsSignal(project: Project): boolean {
  const signals = cancelSignalsOf(project);
  return project.functions.some(
    (f) =>
      f.kind === 'function' && !isHandler(f) && operations(f).some(({ op }) => sentBy(op, f, signals) !== undefined),
  );
}

/** Where the new type or state is put into the thread. */
function storeOf(f: Lifted, kind: MessageId, exit: ThreadExit): Op | undefined {
  const words = new Set(exit[kind]);
  // The old one is read from the same word.
  const reads = (op: Op): boolean => op.op === 'assign' && bare(op.target).k === 'deref';
  return operations(f).find(({ op }) => touches(op, words) && !reads(op))?.op;
}

/** Acts, tests for cancellation, or is a call of which it is not known what it does. */
function looks(op: Op, project: Project): boolean {
  if (op.op === 'call') return op.callee === undefined || !balanceOf(project).self.includes(op.callee);
  return op.op === 'act' || op.op === 'test-cancel' || op.op === 'load-flag' || op.op === 'not-understood';
}
