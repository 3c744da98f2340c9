/**
 * W11: a handler that declines, because the PC lies outside the window, must leave the request where it will be acted
 * upon before the thread can block: it sends the signal again, blocked in the mask of what it interrupted, to be
 * delivered when that returns.
 */
import { bare, some } from '../ir/expressions.js';
import type { Expr, Lifted, Op } from '../ir/types.js';
import { defineRule } from './define-rule.js';
import { decidersOf, decisionsIn, wayToReturn, wayToOp } from './helpers/handlers.js';
import { canceller, kernel, victim } from './helpers/steps.js';

const PROPERTIES = ['W11'];

/** Signals are sent by these, whatever the libc (signal(7), "Sending a signal"). */
const SENDS = /(?:^|_)(?:kill|tkill|tgkill|raise|pthread_kill|pthread_sigqueue|sigqueue|rt_tgsigqueueinfo)(?:_|$)/;

export default defineRule<'dropped' | 'unmasked'>({
  id: 'handler-request-dropped',
  meta: {
    category: 'handler',
    description: 'A cancellation handler that forgets a request when it interrupts another handler',
    explanation:
      'While a thread waits in a cancellable system call, the handler of another signal may run, and the cancellation signal may arrive during it. The interrupted PC is then that of the other handler, outside every window, and this signal does not come again. When the other handler returns, the kernel restarts the call (SA_RESTART), and it waits with a request pending. A handler that declines must send the signal again with it blocked in the saved mask, so that it is delivered where the call is restarted.',
    messages: {
      dropped:
        "'{function}' declines a PC outside the window and returns without sending the signal again: a request that arrives while another handler runs above a blocked call is lost",
      unmasked:
        "'{function}' sends the signal again without blocking it in the mask of what it interrupted: it is delivered again at once, at the same PC, and the thread never goes on",
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
    const deciders = decidersOf(project);
    const stops = (op: Op): boolean => op.op === 'act' || sends(op);
    for (const f of project.functions) {
      // A handler is given the signal, its information and the context; a helper that only compares is none.
      if (f.kind !== 'function' || f.params.length !== 3) continue;
      for (const { convention } of new Map(deciders.map((d) => [d.convention, d])).values()) {
        const [first, ...others] = decisionsIn(f, convention, deciders);
        if (!first) continue;
        const at = first.end.origin.at;
        const again = wayToOp(f, sends, (op) => setsMask(op, f));
        if (again) {
          report({
            messageId: 'unmasked',
            data: { function: f.name },
            at: again.origin.at,
            in: f,
            properties: PROPERTIES,
            flow: [
              canceller(at, 'pthread_cancel sets the flag and sends the cancellation signal outside the window'),
              victim(again.origin.at, 'the handler declines, sends the signal to its own thread, and returns'),
              kernel(at, 'the signal is pending and not blocked: its handler is entered again, before any instruction'),
            ],
            anchor: `unmasked ${f.name}`,
          });
        }
        const way = [first, ...others].map((d) => wayToReturn(f, d.outside, stops));
        const back = way.find((end) => end !== undefined);
        if (!back) continue;
        report({
          messageId: 'dropped',
          data: { function: f.name },
          at,
          in: f,
          properties: PROPERTIES,
          flow: [
            kernel(
              at,
              'a cancellable call waits; the handler of another signal, installed with SA_RESTART, interrupts it',
            ),
            canceller(at, 'pthread_cancel sets the flag and sends the cancellation signal while that handler runs'),
            victim(at, 'the handler of the cancellation signal sees a PC in the other handler, outside the window'),
            victim(back.origin.at, 'it returns; the other handler returns; nothing will send the signal again'),
            kernel(at, 'the call is restarted and waits although a request is pending'),
          ],
          anchor: `dropped ${f.name}`,
        });
      }
    }
  },
});

const sends = (op: Op): boolean =>
  (op.op === 'call' && op.callee !== undefined && SENDS.test(op.callee)) ||
  (op.op === 'syscall' && op.number.k === 'name' && SENDS.test(op.number.name));

/** The saved mask is written, or the context is given to somebody who may write it. */
function setsMask(op: Op, f: Lifted): boolean {
  const context = new Set(f.params.slice(2));
  for (const { ops } of f.blocks) {
    for (const one of ops) {
      if (one.op === 'assign' && one.target.k === 'name' && isOne(one.value, context)) context.add(one.target.name);
    }
  }
  const exprs = op.op === 'assign' ? [op.target] : op.op === 'call' ? op.args : [];
  const isMask = (e: Expr): boolean => e.k === 'member' && e.field === 'uc_sigmask';
  return op.op === 'not-understood' || exprs.some((e) => some(e, isMask) || (op.op === 'call' && isOne(e, context)));
}

function isOne(expr: Expr, names: ReadonlySet<string>): boolean {
  const e = bare(expr);
  return e.k === 'name' && names.has(e.name);
}
