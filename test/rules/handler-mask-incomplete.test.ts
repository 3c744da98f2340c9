// The cancellation signal is blocked where a request is acted upon, and nowhere that a thread is to be woken.
import rule from '../../src/rules/handler-mask-incomplete.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const at = 'src/thread/pthread_cancel.c';
const redirect = (before: string): Record<string, string> => ({
  [at]: `static void cancel_handler(int sig, siginfo_t *si, void *ctx)
{
	pthread_t self = __pthread_self();
	ucontext_t *uc = ctx;
	uintptr_t pc = uc->uc_mcontext.MC_PC;
	a_barrier();
	if (!self->cancel || self->canceldisable) return;
${before}	if (pc >= (uintptr_t)__cp_begin && pc < (uintptr_t)__cp_end)
		uc->uc_mcontext.MC_PC = (uintptr_t)__cp_cancel;
}
`,
});
const acts = (before: string): Record<string, string> => ({
  'src/thread/cancel_impl.c': `static void docancel(struct pthread *self)
{
	sigset_t set;
	self->canceldisable = 1;
${before}	__pthread_unwind_next(self);
}
`,
});
const SIGNALS = { 'src/internal/pthread_impl.h': '#define SIGCANCEL 33\n#define SIGSYNCCALL 34\n' };
const without =
  'int sigfillset(sigset_t *set)\n{\n\tset->__bits[0] = 0x7ffffffful;\n\tset->__bits[1] = 0xfffffffcul;\n\treturn 0;\n}\n';
const full = 'int sigfillset(sigset_t *set)\n{\n\tmemset(set, -1, sizeof *set);\n\treturn 0;\n}\n';
const fills = (text: string): Record<string, string> => ({ 'src/signal/sigfillset.c': text });
const install = (body: string, handler = '\tsem_post(&done);\n'): Record<string, string> => ({
  'src/thread/synccall.c': `static void handler(int sig)
{
	callback(context);
${handler}}

void __synccall(void (*func)(void *), void *ctx)
{
${body}	__libc_sigaction(SIGSYNCCALL, &sa, 0);
}
`,
});
const MEMBERS = '\tstruct sigaction sa;\n\tsa.sa_flags = SA_RESTART;\n\tsa.sa_handler = handler;\n';
const interrupted = {
  messageId: 'interrupted',
  data: { handler: 'handler', other: 'SIGSYNCCALL', signal: 'SIGCANCEL' },
  file: 'src/thread/synccall.c',
  column: 2,
  function: '__synccall',
} as const;

const GNU = {
  'nptl/pthreadP.h': '#define SIGCANCEL 32\n#define SIGTIMER SIGCANCEL\n',
  'nptl/sysdeps/pthread/sigfillset.c':
    'int\nsigfillset (sigset_t *set)\n{\n  __sigfillset (set);\n  __sigdelset (set, SIGCANCEL);\n  return 0;\n}\n',
};
const handler = {
  'nptl/init.c': `static void
sigcancel_handler (int sig, siginfo_t *si, void *ctx)
{
  struct pthread *self = THREAD_SELF;
  if (self->cancelhandling & CANCELTYPE_BITMASK)
    __do_cancel ();
}
`,
};
const start = (before: string, type = 'int'): Record<string, string> => ({
  'nptl/pthread_create.c': `static ${type}
start_thread (void *arg)
{
  struct pthread *pd = (struct pthread *) arg;
${before}  int not_first_call = setjmp (pd->cleanup_jmp_buf);
  if (!not_first_call)
    pd->result = pd->start_routine (pd->arg);
  atomic_bit_set (&pd->cancelhandling, EXITING_BIT);
  return 0;
}
`,
});
const timer = (mask: string, inHelper = ''): Record<string, string> => ({
  'nptl/timer_routines.c': `static void *
timer_helper_thread (void *arg)
{
  sigset_t ss;
  sigemptyset (&ss);
  sigaddset (&ss, SIGTIMER);
${inHelper}  while (1)
    {
      siginfo_t si;
      int result = INLINE_SYSCALL (rt_sigtimedwait, 4, &ss, &si, NULL, _NSIG / 8);
      if (result > 0)
        expired (&si);
    }
}

void
__start_helper_thread (void)
{
  sigset_t ss;
  sigset_t oss;
${mask}  INTERNAL_SYSCALL (rt_sigprocmask, err, 4, SIG_SETMASK, &ss, &oss, _NSIG / 8);
  pthread_create (&th, &attr, timer_helper_thread, NULL);
}
`,
});

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    {
      name: 'musl: the signal is put into the saved mask',
      files: { ...SIGNALS, ...redirect('\t_sigaddset(&uc->uc_sigmask, SIGCANCEL);\n') },
    },
    {
      name: 'what acts unblocks another signal, or the set is empty',
      files: {
        ...SIGNALS,
        ...acts('\tsigemptyset(&set);\n\tsigaddset(&set, SIGUSR1);\n\t__libc_sigprocmask(SIG_UNBLOCK, &set, 0);\n'),
      },
    },
    {
      name: 'what acts blocks the signal',
      files: {
        ...SIGNALS,
        ...acts('\tsigemptyset(&set);\n\tsigaddset(&set, SIGCANCEL);\n\t__libc_sigprocmask(SIG_BLOCK, &set, 0);\n'),
      },
    },
    {
      name: 'musl from 2015: every bit of sa_mask',
      files: { ...SIGNALS, ...fills(without), ...install(`${MEMBERS}\tmemset(&sa.sa_mask, -1, sizeof sa.sa_mask);\n`) },
    },
    {
      name: 'sigfillset leaves nothing out',
      files: { ...SIGNALS, ...fills(full), ...install(`${MEMBERS}\tsigfillset(&sa.sa_mask);\n`) },
    },
    {
      name: 'the signal is put into sa_mask',
      files: {
        ...SIGNALS,
        ...install(`${MEMBERS}\tsigemptyset(&sa.sa_mask);\n\t__sigaddset(&sa.sa_mask, SIGCANCEL);\n`),
      },
    },
    {
      name: 'a handler that nobody waits for',
      files: { ...SIGNALS, ...install(`${MEMBERS}\tsigemptyset(&sa.sa_mask);\n`, '\terrno = 0;\n') },
    },
    {
      name: 'the signal is ignored',
      files: { ...SIGNALS, ...install(`${MEMBERS}\tsigemptyset(&sa.sa_mask);\n\tsa.sa_handler = SIG_IGN;\n`) },
    },
    {
      name: 'glibc from September 2006: the thread unblocks the signal',
      libc: 'glibc',
      files: {
        ...GNU,
        ...handler,
        ...start(
          '  sigset_t mask;\n  __sigemptyset (&mask);\n  __sigaddset (&mask, SIGCANCEL);\n  (void) INTERNAL_SYSCALL (rt_sigprocmask, err, 4, SIG_UNBLOCK, &mask, NULL, _NSIG / 8);\n',
        ),
      },
    },
    {
      name: 'glibc from 2.32: whoever makes the thread takes the signal out of its mask',
      libc: 'glibc',
      files: {
        ...GNU,
        ...handler,
        'nptl/pthread_create.c': `${start('')['nptl/pthread_create.c'] ?? ''}
int
__pthread_create_2_1 (pthread_t *newthread)
{
  pd->sigmask = original_sigmask;
  __sigdelset (&pd->sigmask, SIGCANCEL);
  return create_thread (pd);
}
`,
      },
    },
    {
      name: 'a function of that name that is no start of a thread',
      libc: 'glibc',
      files: { ...GNU, ...handler, ...start('', 'void *') },
    },
    { name: 'no handler that acts', libc: 'glibc', files: { ...GNU, ...start('') } },
    {
      name: 'glibc from November 2004: the signal is put back into the mask',
      libc: 'glibc',
      files: { ...GNU, ...timer('  sigfillset (&ss);\n  __sigaddset (&ss, SIGCANCEL);\n') },
    },
    {
      name: 'the internal function that leaves nothing out',
      libc: 'glibc',
      files: { ...GNU, ...timer('  __sigfillset (&ss);\n') },
    },
    {
      name: 'the thread blocks the signal before it waits',
      libc: 'glibc',
      files: {
        ...GNU,
        ...timer(
          '  sigfillset (&ss);\n',
          '  INTERNAL_SYSCALL (rt_sigprocmask, err, 4, SIG_BLOCK, &ss, NULL, _NSIG / 8);\n',
        ),
      },
    },
  ],
  invalid: [
    {
      name: 'the saved mask is left as it was',
      files: { ...SIGNALS, ...redirect('') },
      errors: [
        {
          messageId: 'unsaved',
          data: { function: 'cancel_handler', signal: 'SIGCANCEL' },
          line: 9,
          column: 3,
          file: at,
          flow: [
            { message: 'redirects the interrupted PC', line: 9 },
            { message: "'SIGCANCEL' is not in it", line: 9 },
            { message: 'called once more', line: 9 },
            { message: 'on top of a cleanup handler', line: 9 },
          ],
        },
      ],
    },
    {
      name: 'another signal is put into the saved mask',
      files: { ...SIGNALS, ...redirect('\t_sigaddset(&uc->uc_sigmask, SIGUSR1);\n') },
      errors: [
        {
          messageId: 'unsaved',
          data: { function: 'cancel_handler', signal: 'SIGCANCEL' },
          line: 10,
          column: 3,
          file: at,
        },
      ],
    },
    {
      name: 'musl of March 2011: unblocked while cleanup handlers run',
      files: {
        ...SIGNALS,
        ...acts('\tsigemptyset(&set);\n\tsigaddset(&set, SIGCANCEL);\n\t__libc_sigprocmask(SIG_UNBLOCK, &set, 0);\n'),
      },
      errors: [
        {
          messageId: 'unblocked',
          data: { function: 'docancel', signal: 'SIGCANCEL' },
          file: 'src/thread/cancel_impl.c',
          line: 7,
          column: 2,
          flow: [
            { message: 'lets the signal in again' },
            { message: 'called once more' },
            { message: 'on top of a cleanup handler' },
          ],
        },
      ],
    },
    {
      name: 'musl from 2011 to 2015: sa_mask from sigfillset, which leaves the signal out',
      files: { ...SIGNALS, ...fills(without), ...install(`${MEMBERS}\tsigfillset(&sa.sa_mask);\n`) },
      errors: [
        {
          ...interrupted,
          line: 13,
          flow: [
            { message: "'handler' runs for 'SIGSYNCCALL'", line: 1 },
            { message: "sends 'SIGCANCEL'", line: 13 },
            { message: 'unwound through both handlers', line: 1 },
            { message: 'nobody wakes', line: 1 },
          ],
        },
      ],
    },
    {
      name: 'an initialiser without sa_mask',
      files: { ...SIGNALS, ...install('\tstruct sigaction sa = { .sa_flags = SA_RESTART, .sa_handler = handler };\n') },
      errors: [{ ...interrupted, line: 10 }],
    },
    {
      name: 'glibc to 2006: a thread from a cleanup handler keeps its mask',
      libc: 'glibc',
      files: { ...GNU, ...handler, ...start('') },
      errors: [
        {
          messageId: 'inherited',
          data: { function: 'start_thread', signal: 'SIGCANCEL' },
          file: 'nptl/pthread_create.c',
          line: 5,
          column: 24,
          flow: [
            { message: "'sigcancel_handler' acts on a request", file: 'nptl/init.c', line: 2 },
            { message: 'a cleanup handler makes a thread', line: 2 },
            { message: 'inherits the mask', line: 5 },
            { message: 'stays pending', line: 5 },
          ],
        },
      ],
    },
    {
      name: 'glibc to November 2004: the public function leaves the signal out that the thread waits for',
      libc: 'glibc',
      files: { ...GNU, ...timer('  sigfillset (&ss);\n') },
      errors: [
        {
          messageId: 'lost',
          data: { function: 'timer_helper_thread', signal: 'SIGCANCEL' },
          file: 'nptl/timer_routines.c',
          line: 21,
          column: 3,
          function: '__start_helper_thread',
          flow: [
            { message: "begins with the mask of '__start_helper_thread'", line: 23 },
            { message: 'before the thread waits', line: 10 },
            { message: 'waits for what has been', line: 10 },
          ],
        },
      ],
    },
    {
      name: 'fixture: musl in shape, a handler that another thread waits for',
      fixture: 'rules/handler-mask-incomplete/musl/synccall',
      errors: [{ ...interrupted, line: 19 }],
    },
    {
      name: 'fixture: glibc in shape, a thread that waits for the signal',
      libc: 'glibc',
      fixture: 'rules/handler-mask-incomplete/glibc/timer',
      errors: [
        {
          messageId: 'lost',
          data: { function: 'helper', signal: 'SIGCANCEL' },
          file: 'nptl/timer_routines.c',
          line: 22,
          column: 3,
        },
      ],
    },
  ],
});
