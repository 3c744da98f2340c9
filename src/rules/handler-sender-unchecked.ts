/**
 * A cancellation handler that takes the signal itself for the request. A signal can come from another process: kill(2)
 * and sigqueue(3) reach any thread of a process that the sender may signal. Where nothing but the signal says that there
 * is a request, the handler must ask who sent it.
 */
import { reach, type Reached } from '../ir/analysis/reach.js';
import { looksAt } from '../ir/analysis/values.js';
import { some } from '../ir/expressions.js';
import type { Expr, Lifted, Op } from '../ir/types.js';
import type { Project } from '../linter/project.js';
import { defineRule } from './define-rule.js';
import { isHandler, SENDER } from './helpers/handlers.js';
import { canceller, victim } from './helpers/steps.js';
import { balanceOf } from './helpers/vocabulary.js';

type MessageId = 'acts' | 'sets';

export default defineRule<MessageId>({
  id: 'handler-sender-unchecked',
  meta: {
    category: 'handler',
    description: 'A cancellation handler that takes a signal from another process for a request',
    explanation:
      'The cancellation signal is an ordinary real-time signal: whoever may signal the process can send it. A handler that finds the request in a word that only pthread_cancel sets loses nothing by it. One that takes the signal itself for the request lets another process cancel threads, unless it asks siginfo_t who sent it.',
    messages: {
      acts: "'{function}' acts by '{how}' on any signal that arrives: nothing asks who sent it, and no flag is read",
      sets: "'{function}' sets '{flag}' for any signal that arrives: nothing asks who sent it",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: [],
    references: ['sigaction(2), "The siginfo_t argument to a SA_SIGINFO handler"', 'kill(2), "NOTES"'],
  },
  run({ project, report }) {
    for (const f of project.functions) {
      if (!isHandler(f)) continue;
      const flags = new Set(project.libc.flags.map(({ member }) => member));
      const found = reach(f, { block: 0, index: 0 }).find((r) => takes(r.op, flags) && !asks(f, r, project));
      if (!found) continue;
      const { op } = found;
      const at = op.origin.at;
      const flow = [
        canceller(at, 'another process sends the cancellation signal; no thread of this one has asked for anything'),
        victim(
          at,
          op.op === 'act' ? 'the thread is cancelled' : 'the request is noted, and acted upon at the next point',
        ),
      ];
      const common = { at, in: f, flow };
      if (op.op === 'act')
        report({ ...common, messageId: 'acts', data: { function: f.name, how: op.how }, anchor: `acts ${op.how}` });
      else if (op.op === 'assign' && op.target.k === 'member')
        report({
          ...common,
          messageId: 'sets',
          data: { function: f.name, flag: op.target.field },
          anchor: `sets ${op.target.field}`,
        });
    }
  },
});

/** Acts, or makes a note of a request in the word that stands for one. */
function takes(op: Op, flags: ReadonlySet<string>): boolean {
  if (op.op === 'act') return true;
  if (op.op !== 'assign' || op.target.k !== 'member' || !flags.has(op.target.field)) return false;
  return !(op.value.k === 'int' && op.value.value === 0n);
}

/** A condition on the way asks for the sender or, in front of acting, for the request. */
function asks(f: Lifted, { op, way, passed }: Reached, project: Project): boolean {
  const conditions = way.flatMap((end): Expr[] => (end.t === 'branch' ? [end.condition] : []));
  const isSender = (e: Expr): boolean => e.k === 'member' && SENDER.has(e.field);
  if (conditions.some((c) => some(c, isSender))) return true;
  if (op.op !== 'act') return false;
  const reads = passed().filter((one) => one.op === 'load-flag' || isTestCall(one, project));
  return reads.some((read) => conditions.some(looksAt(f, read.id)));
}

/** A function of the tree that is asked, with whatever it asks; to say which thread runs answers nothing. */
const isTestCall = (op: Op, project: Project): boolean =>
  op.op === 'call' &&
  op.callee !== undefined &&
  !project.roles.has(op.callee, 'passes') &&
  !balanceOf(project).self.includes(op.callee);
