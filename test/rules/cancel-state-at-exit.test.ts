// Cancellation is disabled before the cleanup handlers of a thread that leaves run.
import rule from '../../src/rules/cancel-state-at-exit.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const at = 'src/thread/pthread_create.c';
const gnuAt = 'sysdeps/nptl/pthreadP.h';

const musl = (before: string, name = '__pthread_exit'): Record<string, string> => ({
  [at]: `_Noreturn void ${name}(void *result)
{
	pthread_t self = __pthread_self();
${before}	self->result = result;
	while (self->cancelbuf) {
		void (*f)(void *) = self->cancelbuf->__f;
		void *x = self->cancelbuf->__x;
		self->cancelbuf = self->cancelbuf->__next;
		f(x);
	}
	for (;;) __syscall(SYS_exit, 0);
}
`,
});

const gnu = (before: string): Record<string, string> => ({
  [gnuAt]: `static inline void
__do_cancel (void *result)
{
  struct pthread *self = THREAD_SELF;
  self->result = result;
${before}  __pthread_unwind ((__pthread_unwind_buf_t *) THREAD_GETMEM (self, cleanup_jmp_buf));
}
`,
});

const enabled = { messageId: 'enabled', data: { function: '__pthread_exit' }, function: '__pthread_exit' } as const;
const both = 'the cancel state and type as they were';

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    {
      name: 'musl from 36d8e972: state and type are set first',
      files: musl('\tself->canceldisable = 1;\n\tself->cancelasync = 0;\n'),
    },
    { name: 'by the function of POSIX', files: musl('\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, 0);\n') },
    {
      name: 'by a function that is called',
      files: {
        ...musl('\t__disable_self(self);\n'),
        'src/thread/disable.c': 'void __disable_self(pthread_t self)\n{\n\tself->canceldisable = 1;\n}\n',
      },
    },
    {
      name: 'a function that runs handlers and is no way out',
      files: {
        'src/thread/pop.c': `void __run_one(void)
{
	pthread_t self = __pthread_self();
	void (*f)(void *) = self->cancelbuf->__f;
	if (self->cancel) f(self->cancelbuf->__x);
}
`,
      },
    },
    {
      name: 'a way out that leaves it to another one',
      files: { 'src/thread/cancel.c': 'long __cancel()\n{\n\tpthread_exit(PTHREAD_CANCELED);\n}\n' },
    },
    {
      name: 'musl of March 2011: pthread_exit goes the way of a request, which disables',
      files: {
        [at]: `static void docancel(struct pthread *self)
{
	struct __ptcb cb = { .__next = self->cancelbuf };
	self->canceldisable = 1;
	self->cancelasync = 0;
	__pthread_unwind_next(&cb);
}
void pthread_exit(void *result)
{
	struct pthread *self = pthread_self();
	self->result = result;
	docancel(self);
}
`,
      },
    },
    {
      name: 'glibc from 2d865eaa: a compare-and-exchange sets all three',
      libc: 'glibc',
      files: gnu(`  int oldval = atomic_load_relaxed (&self->cancelhandling);
  int newval;
  do
    {
      newval = oldval | CANCELSTATE_BITMASK | EXITING_BITMASK;
      newval = newval & ~CANCELTYPE_BITMASK;
      if (oldval == newval)
	break;
    }
  while (!atomic_compare_exchange_weak_acquire (&self->cancelhandling, &oldval, newval));
`),
    },
  ],
  invalid: [
    {
      name: 'before musl 36d8e972: nothing is set',
      files: musl(''),
      errors: [
        {
          ...enabled,
          line: 9,
          column: 3,
          flow: [
            { message: 'leaves by pthread_exit', line: 1 },
            { message: 'another thread makes a request', line: 9 },
            { message: 'comes to a cancellation point', line: 9 },
          ],
        },
      ],
    },
    {
      name: 'it is enabled',
      files: musl('\tself->canceldisable = 0;\n'),
      errors: [{ ...enabled, line: 10, column: 3 }],
    },
    {
      name: 'only on one way',
      files: musl('\tif (self->cancel) self->canceldisable = 1;\n'),
      errors: [{ ...enabled, line: 10, column: 3 }],
    },
    {
      name: 'musl 0.8.0: pthread_exit unwinds by itself',
      files: {
        [at]: `void pthread_exit(void *result)
{
	struct pthread *self = pthread_self();
	struct __ptcb cb = { .__next = self->cancelbuf };
	self->result = result;
	__pthread_do_unwind(&cb);
}
`,
      },
      errors: [
        { messageId: 'enabled', data: { function: 'pthread_exit' }, function: 'pthread_exit', line: 6, column: 2 },
      ],
    },
    {
      name: 'glibc to 2.42: only the bit of a thread that leaves',
      libc: 'glibc',
      files: gnu('  atomic_fetch_or_relaxed (&self->cancelhandling, EXITING_BITMASK);\n'),
      errors: [
        {
          messageId: 'marked',
          data: { function: '__do_cancel', mark: 'EXITING_BITMASK', what: both },
          function: '__do_cancel',
          line: 6,
          column: 3,
          flow: [
            { message: 'is all that says so', line: 6 },
            { message: both, line: 7 },
          ],
        },
      ],
    },
    {
      name: 'the type alone is set',
      libc: 'glibc',
      files: gnu(`  atomic_fetch_and_relaxed (&self->cancelhandling, ~CANCELTYPE_BITMASK);
  THREAD_ATOMIC_BIT_SET (self, cancelhandling, EXITING_BIT);
`),
      errors: [
        {
          messageId: 'marked',
          data: { function: '__do_cancel', mark: 'EXITING_BIT', what: 'the cancel state as it was' },
          line: 7,
          column: 3,
        },
      ],
    },
    {
      name: 'fixture: pthread_exit leaves it to the other caller',
      fixture: 'rules/cancel-state-at-exit/musl/exit',
      errors: [{ ...enabled, file: 'src/thread/pthread_exit.c', line: 12, column: 3 }],
    },
    {
      name: 'fixture: the bit alone',
      libc: 'glibc',
      fixture: 'rules/cancel-state-at-exit/glibc/marked',
      errors: [
        {
          messageId: 'marked',
          data: { function: '__do_cancel', mark: 'EXITING_BITMASK', what: both },
          file: gnuAt,
          line: 10,
          column: 3,
        },
      ],
    },
  ],
});
