/**
 * Says of every window what has not been proved, so that nothing passes unseen: a window whose order is right, one
 * written in C, one without the labels of its libc's scheme, or one with instructions that were not understood.
 */
import { defineRule } from './define-rule.js';
import { entersByVdso, hasLabels, isAssembly, orderFaults, windowsOf, type Window } from './helpers/windows.js';

type MessageId = 'orderOnly' | 'inC' | 'noLabels' | 'notUnderstood' | 'noCall' | 'noFlagRead';

function reason(window: Window): MessageId {
  const { layout, routine } = window;
  if (!hasLabels(window)) return routine.notUnderstood > 0 ? 'notUnderstood' : 'noLabels';
  if (!isAssembly(window)) return 'inC';
  if (routine.notUnderstood > 0) return 'notUnderstood';
  if (layout.kernel === -1) return 'noCall';
  return layout.flagRead === -1 ? 'noFlagRead' : 'orderOnly';
}

export default defineRule<MessageId>({
  id: 'window-not-verified',
  meta: {
    category: 'window',
    description: 'A cancellation window that could not be decided, or not in full',
    explanation:
      'A window is right only if a request can be delivered at every instruction without being lost and without losing a result, and if the stack and the registers are right at the cancel target. What has not been decided is said here instead of being passed over.',
    messages: {
      orderOnly:
        "The window in '{routine}' is not proved: the flag is read inside it and it ends right after the system call, but its stack, its registers and the handler have not been simulated",
      inC: "The window in '{routine}' is written in C with labels in inline assembly, so its instructions depend on the compiler: check the object file",
      noLabels:
        "'{routine}' has no labels '{start}' and '{end}', so the handler must find the window by other means, which have not been checked",
      notUnderstood: "The window in '{routine}' holds {count} statement(s) that were not understood",
      noCall: "No instruction that enters the kernel was found in the window of '{routine}'",
      noFlagRead: "No read of the cancel flag was found in front of the system call in '{routine}'",
    },
    severity: 'warn',
    presets: ['recommended', 'strict', 'all'],
    precision: 'very-high',
    properties: ['W1', 'W2', 'W3', 'W4', 'W5', 'W6', 'W7', 'W8', 'W9', 'W10', 'W11', 'W12'],
    references: ['POSIX.1-2024 XSH 2.9.5 Thread Cancellation'],
  },
  run({ project, report }) {
    for (const window of windowsOf(project)) {
      // What is known to be wrong has been decided, and another rule says it.
      const { request, result } = orderFaults(window);
      if (request !== undefined || result !== undefined || entersByVdso(window)) continue;
      const { routine, convention } = window;
      const messageId = reason(window);
      report({
        messageId,
        data: { routine: routine.name, start: convention.start, end: convention.end, count: routine.notUnderstood },
        at: routine.nameAt,
        in: routine,
        properties: [],
        anchor: messageId,
      });
    }
  },
});
