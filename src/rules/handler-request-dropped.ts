/**
 * W11: a handler that declines, because the PC lies outside the window, must leave the request where it will be acted
 * upon before the thread can block: it sends the signal again, to be delivered when the interrupted handler returns.
 */
import type { Op } from '../ir/types.js';
import { defineRule } from './define-rule.js';
import { decidersOf, decisionsIn, wayToReturn } from './helpers/handlers.js';
import { canceller, kernel, victim } from './helpers/steps.js';

const PROPERTIES = ['W11'];

/** Signals are sent by these, whatever the libc (signal(7), "Sending a signal"). */
const SENDS = /(?:^|_)(?:kill|tkill|tgkill|raise|pthread_kill|pthread_sigqueue|sigqueue|rt_tgsigqueueinfo)(?:_|$)/;

export default defineRule<'dropped'>({
  id: 'handler-request-dropped',
  meta: {
    category: 'handler',
    description: 'A cancellation handler that forgets a request when it interrupts another handler',
    explanation:
      'While a thread waits in a cancellable system call, the handler of another signal may run, and the cancellation signal may arrive during it. The interrupted PC is then that of the other handler, outside every window, and this signal does not come again. When the other handler returns, the kernel restarts the call (SA_RESTART), and it waits with a request pending. A handler that declines must send the signal again with it blocked in the saved mask, so that it is delivered where the call is restarted.',
    messages: {
      dropped:
        "'{function}' declines a PC outside the window and returns without sending the signal again: a request that arrives while another handler runs above a blocked call is lost",
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
    const stops = (op: Op): boolean =>
      op.op === 'act' ||
      (op.op === 'call' && op.callee !== undefined && SENDS.test(op.callee)) ||
      (op.op === 'syscall' && op.number.k === 'name' && SENDS.test(op.number.name));
    for (const f of project.functions) {
      // A handler is given the signal, its information and the context; a helper that only compares is none.
      if (f.kind !== 'function' || f.params.length !== 3) continue;
      for (const { convention } of new Map(deciders.map((d) => [d.convention, d])).values()) {
        const [first, ...others] = decisionsIn(f, convention, deciders);
        if (!first) continue;
        const way = [first, ...others].map((d) => wayToReturn(f, d.outside, stops));
        const back = way.find((end) => end !== undefined);
        if (!back) continue;
        const at = first.end.origin.at;
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
