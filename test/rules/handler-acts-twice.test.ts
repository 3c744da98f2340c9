// The handler acts in no thread that is on its way out already.
import rule from '../../src/rules/handler-acts-twice.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const at = 'nptl/pthread_cancel.c';
const header = 'sysdeps/nptl/pthreadP.h';

const exits = (sets: string): Record<string, string> => ({
  [header]: `static inline void
__do_cancel (void)
{
  struct pthread *self = THREAD_SELF;
  atomic_fetch_or_relaxed (&self->cancelhandling, ${sets});
  __pthread_unwind ((__pthread_unwind_buf_t *) THREAD_GETMEM (self, cleanup_jmp_buf));
}
`,
});
const handler = (body: string): Record<string, string> => ({
  [at]: `static void
sigcancel_handler (int sig, siginfo_t *si, void *ctx)
{
  if (sig != SIGCANCEL || si->si_pid != __getpid () || si->si_code != SI_TKILL)
    return;
  struct pthread *self = THREAD_SELF;
  int oldval = atomic_load_relaxed (&self->cancelhandling);
${body}}
`,
});
const MARKS = exits('EXITING_BITMASK');

const twice = {
  messageId: 'twice',
  data: { function: 'sigcancel_handler', how: '__syscall_do_cancel' },
  function: 'sigcancel_handler',
  file: at,
} as const;

new RuleTester({ libc: 'glibc' }).run(rule, {
  valid: [
    {
      name: 'glibc from 360cce0b: one question asks for all',
      files: {
        ...MARKS,
        ...handler(
          '  if (cancel_enabled_and_canceled_and_async (oldval)\n      || cancellation_pc_check (ctx))\n    __syscall_do_cancel ();\n',
        ),
      },
    },
    {
      name: 'glibc 2.36 in shape: the bit is asked for in a loop',
      files: {
        ...MARKS,
        ...handler(`  while (1)
    {
      int newval = oldval | CANCELING_BITMASK | CANCELED_BITMASK;
      if (oldval == newval || (oldval & EXITING_BITMASK) != 0)
	break;
      if (atomic_compare_exchange_weak_acquire (&self->cancelhandling, &oldval, newval))
	{
	  self->result = PTHREAD_CANCELED;
	  if ((oldval & CANCELTYPE_BITMASK) != 0)
	    __do_cancel ();
	}
    }
`),
      },
    },
    {
      name: 'glibc 2.34 in shape: the state is a member',
      files: {
        ...MARKS,
        ...handler(
          '  if (self->cancelstate == PTHREAD_CANCEL_DISABLE)\n    return;\n  if (self->canceltype == PTHREAD_CANCEL_ASYNCHRONOUS)\n    __do_cancel ();\n',
        ),
      },
    },
    {
      name: 'through a variable',
      files: {
        ...MARKS,
        ...handler(
          '  int leaving = oldval & EXITING_BITMASK;\n  if (!leaving && cancel_async_enabled (oldval))\n    __syscall_do_cancel ();\n',
        ),
      },
    },
    {
      name: 'a thread that leaves disables cancellation, and makes it deferred',
      files: {
        ...exits('CANCELSTATE_BITMASK | EXITING_BITMASK'),
        ...handler('  if (cancel_async_enabled (oldval))\n    __syscall_do_cancel ();\n'),
      },
    },
    {
      name: 'a function of which nothing is known may ask',
      files: {
        ...MARKS,
        ...handler('  if (may_act (self) && cancel_async_enabled (oldval))\n    __syscall_do_cancel ();\n'),
      },
    },
    {
      name: 'inside the window nobody is leaving',
      files: { ...MARKS, ...handler('  if (cancellation_pc_check (ctx))\n    __syscall_do_cancel ();\n') },
    },
    {
      name: 'it is no handler',
      files: {
        ...MARKS,
        'nptl/other.c':
          'void\n__act (struct pthread *self)\n{\n  if (cancel_async_enabled (self->cancelhandling))\n    __syscall_do_cancel ();\n}\n',
      },
    },
    {
      name: 'musl: the state is asked for',
      libc: 'musl',
      files: {
        'src/thread/pthread_cancel.c': `static void cancel_handler(int sig, siginfo_t *si, void *ctx)
{
	pthread_t self = __pthread_self();
	a_barrier();
	if (!self->cancel || self->canceldisable) return;
	if (self->cancelasync) __cancel();
}
void pthread_exit(void *result)
{
	pthread_t self = __pthread_self();
	void (*f)(void *) = self->cancelbuf->__f;
	f(self->cancelbuf->__x);
}
`,
      },
    },
  ],
  invalid: [
    {
      name: 'glibc 2.41: asynchronous mode is all that is asked for',
      files: {
        ...MARKS,
        ...handler(
          '  if (cancel_async_enabled (oldval) || cancellation_pc_check (ctx))\n    __syscall_do_cancel ();\n',
        ),
      },
      errors: [
        {
          ...twice,
          line: 9,
          column: 5,
          flow: [
            { message: 'leaves, and runs its cleanup handlers', file: header, line: 6 },
            { message: 'sends the cancellation signal', file: at, line: 9 },
            { message: 'leaves once more', file: at, line: 9 },
          ],
        },
      ],
    },
    {
      name: 'by the bit, through a variable',
      files: {
        ...MARKS,
        ...handler('  int async = oldval & CANCELTYPE_BITMASK;\n  if (async)\n    __syscall_do_cancel ();\n'),
      },
      errors: [{ ...twice, line: 10, column: 5 }],
    },
    {
      name: 'the request alone is asked for besides',
      files: {
        ...MARKS,
        ...handler(
          '  if ((oldval & CANCELED_BITMASK) == 0)\n    return;\n  if (cancel_async_enabled (oldval))\n    __syscall_do_cancel ();\n',
        ),
      },
      errors: [{ ...twice, line: 11, column: 5 }],
    },
    {
      name: 'fixture: glibc 2.41 in shape',
      fixture: 'rules/handler-acts-twice/glibc/async',
      errors: [{ ...twice, line: 13, column: 5 }],
    },
  ],
});
