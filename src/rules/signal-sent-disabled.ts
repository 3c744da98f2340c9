/**
 * The cancellation signal sent to a thread that has disabled cancellation. SA_RESTART makes most calls go on, but not those
 * that Linux never restarts (signal(7)): these fail with EINTR, for a signal that the program knows nothing of. POSIX.1-2024
 * XSH 2.9.5.1: a request stays pending while cancelability is disabled.
 */
import { defineRule } from './define-rule.js';
import { cancelSignalsOf } from './helpers/signals.js';
import { canceller, kernel, victim } from './helpers/steps.js';
import { unaskedSender } from './helpers/unasked-sender.js';

export default defineRule<'sent'>({
  id: 'signal-sent-disabled',
  meta: {
    category: 'handler',
    description: 'The cancellation signal sent to threads that have disabled cancellation',
    explanation:
      'A thread that has disabled cancellation is to notice nothing of a request until it enables it again. The handler declines, and SA_RESTART has the kernel make most calls again, but poll, select, nanosleep and others are never restarted: they fail with EINTR in the very code that asked to be left alone. The canceller can store the request and send the signal only where it will be acted upon.',
    messages: {
      sent: "'{function}' sends '{signal}' whatever the cancel state: calls that Linux never restarts, such as poll and nanosleep, fail with EINTR in a thread that has disabled cancellation",
    },
    severity: 'warn',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: [],
    references: [
      'POSIX.1-2024 XSH 2.9.5.1 Cancelability States',
      'signal(7), "Interruption of system calls and library functions by signal handlers"',
      'glibc BZ 29029',
    ],
  },
  run({ project, report }) {
    const signals = cancelSignalsOf(project);
    const sender = unaskedSender(project, signals);
    if (!sender) return;
    const { f, at, signal } = sender;
    report({
      messageId: 'sent',
      data: { function: f.name, signal },
      at,
      in: f,
      flow: [
        victim(at, 'a thread has disabled cancellation and waits in poll'),
        canceller(at, `'${f.name}' sends the signal`),
        kernel(
          at,
          'the handler runs and declines; poll is not made again, whatever SA_RESTART says, and returns EINTR',
        ),
      ],
      anchor: `sent ${signal}`,
    });
  },
});
