/** W2, by the order of labels and by the simulator: behind the instruction that enters the kernel the PC must be outside the window. */
import type { Project } from '../linter/project.js';
import { defineRule } from './define-rule.js';
import { canceller, kernel, victim } from './helpers/steps.js';
import { faultsOf, proofsOf, reportOf } from './helpers/proofs.js';
import { orderFaults, placeOf, textOf, windowsOf, type Window } from './helpers/windows.js';

export default defineRule<'endsLate' | 'inside' | 'actsAfter'>({
  id: 'window-lost-result',
  meta: {
    category: 'window',
    description: 'A cancellation window that reaches beyond the system call',
    explanation:
      'When the kernel has finished a call, its result must reach the caller: a descriptor that was opened, a byte count, a child that was reaped. If the window goes on behind the system call instruction, the handler takes a finished call for one that can still be called off, and the result is thrown away.',
    messages: {
      endsLate:
        "The window ends at '{end}', {count} instruction(s) after the system call '{call}': a request that arrives there throws away a finished call",
      inside:
        "'{instruction}' runs after the system call '{call}' and inside the window: a request that arrives there throws away a finished call",
      actsAfter:
        "'{instruction}' leaves for '{act}' after the system call: a request that arrives there throws away a finished call",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'very-high',
    properties: ['W2', 'W3'],
    references: ['POSIX.1-2024 XSH 2.9.5.2 Cancellation Points', 'glibc BZ 12683'],
  },
  run({ project, report }) {
    for (const window of windowsOf(project)) {
      const count = orderFaults(window).result;
      // A second system call inside the window is said by another rule.
      if (count === undefined || makesTwoCalls(project, window)) continue;
      const { layout, routine, convention } = window;
      const { lines, end, kernel: call } = layout;
      const at = placeOf(lines[call], routine.nameAt);
      const next = placeOf(
        lines.slice(call + 1).find((l) => l.kind !== 'label'),
        at,
      );
      report({
        messageId: 'endsLate',
        data: { end: convention.end, count, call: textOf(lines[call]) },
        at: placeOf(lines[end], routine.nameAt),
        in: routine,
        properties: ['W2', 'W3'],
        flow: [
          kernel(at, 'the kernel finishes the call, for instance an open, and returns a new descriptor'),
          canceller(next, 'pthread_cancel sets the flag and sends the cancellation signal before the next instruction'),
          victim(next, 'the handler sees a PC inside the window and acts: the descriptor is lost'),
        ],
        anchor: `endsLate ${convention.end}`,
      });
    }
    for (const proved of faultsOf(project, 'lost-result')) {
      const { request, result } = orderFaults(proved.window);
      // A window that lies behind the call as a whole begins in the wrong place: another rule says it.
      if (result === undefined && request !== 'startsBehind' && !makesTwoCalls(project, proved.window))
        report(reportOf(proved, ['W2']));
    }
  },
});

function makesTwoCalls(project: Project, window: Window): boolean {
  return proofsOf(project, window).some(({ faults }) => faults.some((f) => f.messageId === 'secondCall'));
}
