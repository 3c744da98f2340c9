// The cancellation signal leaves the calls of a thread alone that has disabled cancellation.
import rule from '../../src/rules/handler-restart-flag.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const at = 'src/thread/pthread_cancel.c';
const tree = (install: string, send = 'return pthread_kill(t, SIGCANCEL);') => ({
  [at]: `int pthread_cancel(pthread_t t)
{
${install}	a_store(&t->cancel, 1);
	${send}
}
`,
});
const initialised = (flags: string, signal = 'SIGCANCEL') =>
  `\tstruct sigaction sa = { .sa_flags = ${flags}, .sa_sigaction = cancel_handler };\n\t__libc_sigaction(${signal}, &sa, 0);\n`;
const assigned = (flags: string) =>
  `\tstruct sigaction sa;\n\tsa.sa_sigaction = cancel_handler;\n\tsa.sa_flags = ${flags};\n\tsigaction(SIGCANCEL, &sa, 0);\n`;
const common = {
  messageId: 'noRestart',
  file: at,
  data: { signal: 'SIGCANCEL', sender: 'pthread_cancel' },
  function: 'pthread_cancel',
  properties: [],
  targets: ['i386', 'x86_64'],
} as const;

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    { name: 'an initialiser with the flag', files: tree(initialised('SA_SIGINFO|SA_RESTART')) },
    { name: 'an assignment with the flag', files: tree(assigned('SA_SIGINFO | SA_RESTART')) },
    { name: 'added later', files: tree(assigned('SA_SIGINFO;\n\tsa.sa_flags |= SA_RESTART')) },
    { name: 'another signal', files: tree(initialised('SA_SIGINFO', 'SIGSYNCCALL')) },
    {
      name: 'only a thread of its own gets it, at the end',
      files: tree(initialised('SA_SIGINFO'), 'return pthread_kill(__manager, SIGCANCEL);'),
    },
    { name: 'the signal is never sent', files: tree(initialised('SA_SIGINFO'), 'return 0;') },
    {
      name: 'it is sent to threads with cancellation enabled only',
      files: tree(initialised('SA_SIGINFO'), 'return t->canceldisable ? 0 : pthread_kill(t, SIGCANCEL);'),
    },
    {
      name: 'a structure of somebody else',
      files: tree('\t__libc_sigaction(SIGCANCEL, __cancel_action(), 0);\n'),
    },
    {
      name: 'only a handler hands it on',
      files: {
        [at]: `static void relay(int sig, siginfo_t *si, void *ctx)\n{\n\ttkill(si->si_value.sival_int, SIGCANCEL);\n}\nvoid set(void)\n{\n${initialised('SA_SIGINFO')}}\n`,
      },
    },
  ],
  invalid: [
    {
      name: 'an initialiser without the flag',
      files: tree(initialised('SA_SIGINFO')),
      errors: [
        {
          ...common,
          line: 3,
          column: 19,
          flow: [
            { message: 'has disabled cancellation and waits', line: 3 },
            { message: "'pthread_cancel' sends the signal", line: 6 },
            { message: 'returns EINTR', line: 3 },
          ],
        },
      ],
    },
    {
      name: 'an assignment without the flag',
      files: tree(assigned('SA_SIGINFO')),
      errors: [{ ...common, line: 5, column: 2 }],
    },
    {
      name: 'dietlibc: the signal has another name',
      libc: 'dietlibc',
      files: {
        'libpthread/pthread_internal.c':
          'void init(void)\n{\n\tstruct sigaction sa;\n\tsa.sa_flags=SA_SIGINFO;\n\t__libc_sigaction(PTHREAD_SIG_CANCEL,&sa,0);\n}\n',
        'libpthread/pthread_kill.c':
          'int pthread_cancel(pthread_t th)\n{\n\t_pthread_descr td=(_pthread_descr)th;\n\treturn _pthread_kill(td,PTHREAD_SIG_CANCEL);\n}\n',
      },
      errors: [
        {
          messageId: 'noRestart',
          data: { signal: 'PTHREAD_SIG_CANCEL', sender: 'pthread_cancel' },
          file: 'libpthread/pthread_internal.c',
          line: 4,
          column: 2,
          function: 'init',
        },
      ],
    },
    {
      name: 'fixture: two flags, and not this one',
      fixture: 'rules/handler-restart-flag/musl/flags',
      errors: [{ ...common, function: 'install', line: 18, column: 2 }],
    },
  ],
});
