/**
 * W1 and W3: a request that arrives after the flag was read must find the interrupted PC inside the window, up to and
 * including the instruction that enters the kernel. A label in the wrong place is told by the order of labels, anything
 * else by the simulator.
 */
import type { Line } from '../ir/analysis/windows.js';
import { defineRule } from './define-rule.js';
import { canceller, victim } from './helpers/steps.js';
import { faultsOf, reportOf } from './helpers/proofs.js';
import { orderFaults, placeOf, textOf, windowsOf, type OrderFaults, type Window } from './helpers/windows.js';

type OrderId = NonNullable<OrderFaults['request']>;
type MessageId = OrderId | 'atCall' | 'between';

const SENT = 'pthread_cancel sets the flag and sends the cancellation signal';
const SLEEPS =
  'the handler sees a PC outside the window and does nothing; the call blocks although a request is pending';

export default defineRule<MessageId>({
  id: 'window-lost-request',
  meta: {
    category: 'window',
    description: 'A cancellation window that a request can slip through before the system call',
    explanation:
      'The signal handler tells from the interrupted PC alone whether the system call can still be called off. From the read of the cancel flag up to and including the instruction that enters the kernel the PC must lie inside the window; where it does not, a request that arrives there is neither seen by the flag test nor acted upon by the handler, and the thread can block for ever.',
    messages: {
      startsLate:
        "The window starts at '{start}', after the flag has been read by '{read}': a request that arrives between the two is lost",
      startsBehind:
        "The window starts at '{start}', after the system call instruction '{call}': no request that arrives before the call is acted upon",
      endsEarly:
        "The window ends at '{end}', before the system call instruction '{call}': a request that arrives in front of the call is lost",
      between:
        "'{instruction}' runs outside the window after '{read}' has read the flag: a request that arrives in front of it is lost",
      atCall:
        "'{instruction}' makes the system call outside the window: a request that arrives in front of it, or while it waits, is lost",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'very-high',
    properties: ['W1', 'W3'],
    references: ['POSIX.1-2024 XSH 2.9.5 Thread Cancellation', 'glibc BZ 12683'],
  },
  run({ project, report }) {
    for (const window of windowsOf(project)) {
      const messageId = orderFaults(window).request;
      if (messageId === undefined) continue;
      const { layout, convention, routine } = window;
      const { lines, start, end, flagRead, kernel } = layout;
      const label = lines[messageId === 'endsEarly' ? end : start];
      report({
        messageId,
        data: {
          start: convention.start,
          end: convention.end,
          read: textOf(lines[flagRead]),
          call: textOf(lines[kernel]),
        },
        at: placeOf(label, routine.nameAt),
        in: routine,
        properties: messageId === 'startsLate' ? ['W1'] : ['W1', 'W3'],
        flow: interleaving(window, messageId),
        anchor: `${messageId} ${textOf(label)}`,
      });
    }
    for (const proved of faultsOf(project, 'lost-request')) {
      if (orderFaults(proved.window).request !== undefined) continue;
      report(reportOf(proved, proved.fault.messageId === 'atCall' ? ['W1', 'W3'] : ['W1']));
    }
  },
});

function interleaving({ layout, routine }: Window, messageId: OrderId) {
  const { lines, flagRead, kernel } = layout;
  const call = placeOf(lines[kernel], routine.nameAt);
  const read = flagRead === -1 ? routine.nameAt : placeOf(lines[flagRead], routine.nameAt);
  const text = flagRead === -1 ? 'the flag is read' : `'${textOf(lines[flagRead])}' reads the flag`;
  const isNext = (_: Line, i: number): boolean => i > flagRead && lines[i]?.kind !== 'label';
  const arrives = messageId === 'startsLate' ? placeOf(lines.find(isNext), call) : call;
  return [victim(read, `${text}: no request yet`), canceller(arrives, SENT), victim(call, SLEEPS)];
}
