/**
 * Says of every window what has not been proved, so that nothing passes unseen: one that the simulator could not run to
 * its end, one written in C, one without the labels of its libc's scheme, or one with instructions that were not
 * understood.
 */
import type { Project } from '../linter/project.js';
import { defineRule, type RuleContext } from './define-rule.js';
import { comparesSaved } from './helpers/handlers.js';
import { proofsOf } from './helpers/proofs.js';
import { entersByVdso, hasLabels, isAssembly, isRead, orderFaults, windowsOf, type Window } from './helpers/windows.js';

type MessageId = 'undecided' | 'inC' | 'noLabels' | 'notUnderstood' | 'saved' | 'notRead';

/** What is not decided about a window that has not been found wrong; undefined when it is proved. */
function reason(project: Project, window: Window, undecided: string | undefined): MessageId | undefined {
  const { routine, convention } = window;
  if (proofsOf(project, window).some((p) => p.isSaved === true)) {
    if (undecided !== undefined) return 'undecided';
    return comparesSaved(project, convention) ? undefined : 'saved';
  }
  if (!hasLabels(window)) return routine.notUnderstood > 0 ? 'notUnderstood' : 'noLabels';
  if (!isAssembly(window)) return 'inC';
  if (routine.notUnderstood > 0) return 'notUnderstood';
  return undecided === undefined ? undefined : 'undecided';
}

export default defineRule<MessageId>({
  id: 'window-not-verified',
  meta: {
    category: 'window',
    description: 'A cancellation window that could not be decided, or not in full',
    explanation:
      'A window is right only if a request can be delivered at every instruction without being lost and without losing a result, and if the stack and the registers are right at the cancel target. What has not been decided is said here instead of being passed over.',
    messages: {
      undecided: "The window in '{routine}' could not be proved: {reason}",
      inC: "The window in '{routine}' is written in C with labels in inline assembly, so its instructions depend on the compiler: check the object file",
      noLabels:
        "'{routine}' has no labels '{start}' and '{end}', so the handler must find the window by other means, which have not been checked",
      notRead:
        "The window in '{routine}' for {targets} is assembly of an architecture that is not read, so nothing of it has been checked",
      saved:
        "'{routine}' has no labels and stores its stack pointer and the call's PC: it is right if the handler acts where the stack pointer is the stored one and the PC is not above the stored one, and no such comparison was found",
      notUnderstood: "The window in '{routine}' holds {count} statement(s) that were not understood",
    },
    severity: 'warn',
    presets: ['recommended', 'strict', 'all'],
    precision: 'very-high',
    properties: ['W1', 'W2', 'W3', 'W4', 'W5', 'W6', 'W7', 'W8', 'W9', 'W10', 'W11', 'W12'],
    references: ['POSIX.1-2024 XSH 2.9.5 Thread Cancellation'],
  },
  run({ project, report }) {
    tellUnread(project, report);
    for (const window of windowsOf(project).filter(isRead)) {
      // What is known to be wrong has been decided, and another rule says it.
      const { request, result } = orderFaults(window);
      if (request !== undefined || result !== undefined || entersByVdso(window)) continue;
      const { routine, convention } = window;
      const proofs = proofsOf(project, window);
      if (proofs.some((p) => p.faults.length > 0)) continue;
      const undecided = proofs.length === 0 ? 'it was not simulated' : proofs.find((p) => p.undecided)?.undecided;
      const messageId = reason(project, window, undecided);
      if (messageId === undefined) continue;
      report({
        messageId,
        data: {
          routine: routine.name,
          start: convention.start,
          end: convention.end,
          count: routine.notUnderstood,
          reason: undecided ?? '',
        },
        at: routine.nameAt,
        in: routine,
        properties: [],
        anchor: messageId,
      });
    }
  },
});

/** One message for all architectures that are not read, at the first of their windows that is linted. */
function tellUnread(project: Project, report: RuleContext<MessageId>['report']): void {
  for (const convention of project.libc.windows) {
    const all = windowsOf(project).filter((w) => w.convention === convention && !isRead(w));
    const [first, ...others] = all.filter((w) => project.isLinted(w.routine.nameAt.file));
    if (!first) continue;
    const targets = project.targets.filter((t) => all.some((w) => w.routine.targets.includes(t)));
    report({
      messageId: 'notRead',
      data: { routine: first.routine.name, targets: targets.join(', ') },
      at: first.routine.nameAt,
      in: first.routine,
      targets,
      properties: [],
      related: others.map((w) => ({ at: w.routine.nameAt, message: `for ${w.routine.targets.join(', ')}` })),
      anchor: 'notRead',
    });
  }
}
