/**
 * The cancellation signal installed without SA_RESTART. A thread that declines a request, because it has disabled
 * cancellation, gets EINTR from a call that it would have waited in. POSIX.1-2024 XSH 2.9.5.1: a request stays pending
 * while cancelability is disabled, and nothing else is to be noticed of it.
 */
import { defineRule } from './define-rule.js';
import { installedWithoutRestart } from './helpers/restart-flags.js';
import { cancelSignalsOf } from './helpers/signals.js';
import { canceller, kernel, victim } from './helpers/steps.js';
import { unaskedSender } from './helpers/unasked-sender.js';

export default defineRule<'noRestart'>({
  id: 'handler-restart-flag',
  meta: {
    category: 'handler',
    description: 'The cancellation signal installed without SA_RESTART',
    explanation:
      'A thread that has disabled cancellation is to notice nothing of a request until it enables it again. The signal reaches it all the same, and without SA_RESTART a call that waits returns EINTR. Programs that have no handlers of their own do not expect that.',
    messages: {
      noRestart:
        "The handler of '{signal}' is installed without SA_RESTART, and '{sender}' sends it whatever the cancel state: a thread with cancellation disabled gets EINTR from calls that wait",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: [],
    references: [
      'POSIX.1-2024 XSH 2.9.5.1 Cancelability States',
      'signal(7), "Interruption of system calls and library functions by signal handlers"',
    ],
  },
  run({ project, report }) {
    const signals = cancelSignalsOf(project);
    const sender = unaskedSender(project, signals);
    if (!sender) return;
    for (const { f, at, signal } of installedWithoutRestart(project, signals)) {
      report({
        messageId: 'noRestart',
        data: { signal, sender: sender.f.name },
        at,
        in: f,
        flow: [
          victim(at, 'a thread has disabled cancellation and waits in a call'),
          canceller(sender.at, `'${sender.f.name}' sends the signal`),
          kernel(at, 'the handler runs and declines; the call is not made again and returns EINTR'),
        ],
        anchor: `noRestart ${signal}`,
      });
    }
  },
});
