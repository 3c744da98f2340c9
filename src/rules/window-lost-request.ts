/**
 * W1 and W3 by the order of labels: a request that arrives after the flag was read must find the interrupted PC inside
 * the window, up to and including the instruction that enters the kernel.
 */
import { defineRule } from './define-rule.js';
import { canceller, victim } from './helpers/steps.js';
import { hasLabels, isAssembly, placeOf, textOf, windowsOf, type Window } from './helpers/windows.js';

type MessageId = 'startsLate' | 'endsEarly' | 'startsBehind';

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
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'very-high',
    properties: ['W1', 'W3'],
    references: ['POSIX.1-2024 XSH 2.9.5 Thread Cancellation', 'glibc BZ 12683'],
  },
  run({ project, report }) {
    for (const window of windowsOf(project)) {
      if (!isAssembly(window) || !hasLabels(window)) continue;
      const { layout } = window;
      const { lines, start, end, flagRead, kernel } = layout;
      if (kernel === -1) continue;
      const name = { start: window.convention.start, end: window.convention.end };
      const data = { ...name, read: textOf(lines[flagRead]), call: textOf(lines[kernel]) };
      if (start > kernel) tell('startsBehind', start, ['W1', 'W3']);
      else if (flagRead !== -1 && flagRead < start) tell('startsLate', start, ['W1']);
      if (end <= kernel && end > start) tell('endsEarly', end, ['W1', 'W3']);

      function tell(messageId: MessageId, line: number, properties: string[]): void {
        const at = placeOf(lines[line], window.routine.nameAt);
        report({
          messageId,
          data,
          at,
          in: window.routine,
          properties,
          flow: interleaving(window),
          anchor: `${messageId} ${textOf(lines[line])}`,
        });
      }
    }
  },
});

function interleaving({ layout, routine }: Window) {
  const { lines, flagRead, kernel } = layout;
  const read = placeOf(lines[flagRead], routine.nameAt);
  const call = placeOf(lines[kernel], routine.nameAt);
  return [
    victim(read, `'${textOf(lines[flagRead])}' reads the flag: no request yet`),
    canceller(call, SENT),
    victim(call, SLEEPS),
  ];
}
