// The cancellation signal is sent to threads that have cancellation enabled.
import rule from '../../src/rules/signal-sent-disabled.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const at = 'src/thread/pthread_cancel.c';
const gnuAt = 'nptl/pthread_cancel.c';

const cancel = (send: string): Record<string, string> => ({
  [at]: `int pthread_cancel(pthread_t t)\n{\n\ta_store(&t->cancel, 1);\n${send}}\n`,
});
const gnu = (body: string): Record<string, string> => ({
  [gnuAt]: `int\n__pthread_cancel (pthread_t th)\n{\n  struct pthread *pd = (struct pthread *) th;\n${body}  return 0;\n}\n`,
});
const sent = { messageId: 'sent', data: { function: 'pthread_cancel', signal: 'SIGCANCEL' } } as const;

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    {
      name: 'the state is asked for',
      files: cancel('\tif (t->canceldisable) return 0;\n\treturn pthread_kill(t, SIGCANCEL);\n'),
    },
    { name: 'another signal', files: cancel('\treturn pthread_kill(t, SIGUSR1);\n') },
    { name: 'to no thread that is given', files: cancel('\treturn pthread_kill(__manager, SIGCANCEL);\n') },
    {
      name: 'a handler sends it again',
      files: {
        [at]: `static void cancel_handler(int sig, siginfo_t *si, void *ctx)\n{\n\t__syscall(SYS_tkill, si->si_pid, SIGCANCEL);\n}\n`,
      },
    },
    {
      name: 'glibc to 2.33 and from 40465600 on: to a thread that acts at once',
      libc: 'glibc',
      files: gnu(
        '  int newval = pd->cancelhandling | CANCELED_BITMASK;\n  if (cancel_enabled_and_canceled_and_async (newval))\n    return __pthread_kill_internal (th, SIGCANCEL);\n',
      ),
    },
    {
      name: 'glibc 2.41: to a thread with cancellation enabled',
      libc: 'glibc',
      fixture: 'rules/signal-sent-disabled/glibc/asked',
    },
  ],
  invalid: [
    {
      name: 'musl: whatever the state',
      files: cancel('\treturn pthread_kill(t, SIGCANCEL);\n'),
      errors: [
        {
          ...sent,
          line: 4,
          column: 9,
          function: 'pthread_cancel',
          flow: [
            { message: 'has disabled cancellation and waits in poll' },
            { message: "'pthread_cancel' sends the signal" },
            { message: 'whatever SA_RESTART says' },
          ],
        },
      ],
    },
    {
      name: 'glibc 2.34 and 2.35: to every other thread',
      libc: 'glibc',
      files: gnu(
        '  int oldch = atomic_fetch_or_acquire (&pd->cancelhandling, CANCELED_BITMASK);\n  if ((oldch & CANCELED_BITMASK) != 0)\n    return 0;\n  return __pthread_kill_internal (th, SIGCANCEL);\n',
      ),
      errors: [{ messageId: 'sent', data: { function: '__pthread_cancel', signal: 'SIGCANCEL' }, line: 8, column: 10 }],
    },
    {
      name: 'fixture: with SA_RESTART',
      fixture: 'rules/signal-sent-disabled/musl/always',
      errors: [{ ...sent, file: at, line: 27, column: 9 }],
    },
  ],
});
