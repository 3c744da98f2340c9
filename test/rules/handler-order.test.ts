// The flag is stored before the signal is sent, and read behind that store.
import rule from '../../src/rules/handler-order.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const at = 'src/thread/pthread_cancel.c';
const gnuAt = 'nptl/pthread_cancel.c';

const cancel = (body: string): string => `int pthread_cancel(pthread_t t)\n{\n${body}}\n`;
const handler = (body: string): string =>
  `static void cancel_handler(int sig, siginfo_t *si, void *ctx)\n{\n\tpthread_t self = __pthread_self();\n${body}}\n`;
const SEND = '\treturn pthread_kill(t, SIGCANCEL);\n';
const STORE = '\ta_store(&t->cancel, 1);\n';
const DECIDE = '\tif (!self->cancel || self->canceldisable) return;\n\tif (self->cancelasync) __cancel();\n';

const gnu = (body: string): string =>
  `int\n__pthread_cancel (pthread_t th)\n{\n  struct pthread *pd = (struct pthread *) th;\n${body}}\n`;

const plain = {
  messageId: 'plain',
  data: { flag: 'cancel', signal: 'SIGCANCEL' },
  function: 'pthread_cancel',
} as const;
const unordered = {
  messageId: 'unordered',
  data: { function: 'cancel_handler', flag: 'cancel' },
  function: 'cancel_handler',
} as const;

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    {
      name: 'musl from 1.1.7: an atomic store, the signal, a barrier, the read',
      files: { [at]: handler(`\ta_barrier();\n${DECIDE}`) + cancel(STORE + SEND) },
    },
    { name: 'a barrier behind a plain store', files: { [at]: cancel(`\tt->cancel = 1;\n\ta_barrier();\n${SEND}`) } },
    {
      name: 'a barrier in assembly behind a plain store',
      files: { [at]: cancel(`\tt->cancel = 1;\n\t__asm__ __volatile__ ("mfence" : : : "memory");\n${SEND}`) },
    },
    { name: 'the flag is cleared', files: { [at]: cancel(`\tt->cancel = 0;\n${SEND}`) } },
    {
      name: "a thread's own flag",
      files: { [at]: cancel(`\tpthread_t self = __pthread_self();\n\tself->cancel = 1;\n${SEND}`) },
    },
    { name: 'a plain store, and no signal', files: { [at]: cancel('\tt->cancel = 1;\n\treturn 0;\n') } },
    {
      name: 'a plain store on a way that sends nothing',
      files: { [at]: cancel(`\tif (!t->tid) {\n\t\tt->cancel = 1;\n\t\treturn 0;\n\t}\n${STORE}${SEND}`) },
    },
    {
      name: 'a function that is given the thread may set the flag',
      files: { [at]: handler('\tself->cancel = 1;\n') + cancel(`\t__mark(t);\n${SEND}`) },
    },
    {
      name: 'a handler that sets the flag again, after the canceller',
      files: { [at]: handler('\ta_store(&self->cancel, 1);\n') + cancel(STORE + SEND) },
    },
    {
      name: 'a function that is not pthread_cancel wakes a thread by the signal',
      files: { [at]: handler('\tself->cancel = 1;\n') + `int __wake(pthread_t t)\n{\n${SEND}}\n` },
    },
    {
      name: 'a handler whose plain read decides nothing',
      files: { [at]: handler('\tself->seen = self->cancel;\n') + cancel(STORE + SEND) },
    },
    {
      name: 'no thread stores the flag before a signal',
      files: { [at]: handler(DECIDE) + cancel('\treturn pthread_kill(t, SIGUSR1);\n') },
    },
    {
      name: 'glibc 2.41: a compare-and-exchange in a loop, and a relaxed load in the handler',
      libc: 'glibc',
      files: {
        [gnuAt]: `static void
sigcancel_handler (int sig, siginfo_t *si, void *ctx)
{
  struct pthread *self = THREAD_SELF;
  int oldval = atomic_load_relaxed (&self->cancelhandling);
  if (cancel_async_enabled (oldval) || cancellation_pc_check (ctx))
    __syscall_do_cancel ();
}
${gnu(`  int oldval = atomic_load_relaxed (&pd->cancelhandling);
  int newval;
  do
    {
    again:
      newval = oldval | CANCELED_BITMASK;
      if (oldval == newval)
	break;
      if (cancel_enabled (newval))
	{
	  if (!atomic_compare_exchange_weak_acquire (&pd->cancelhandling, &oldval, newval))
	    goto again;
	  return __pthread_kill_internal (th, SIGCANCEL);
	}
    }
  while (!atomic_compare_exchange_weak_acquire (&pd->cancelhandling, &oldval, newval));
  return 0;
`)}`,
      },
    },
    {
      name: 'uClibc-ng: the handler reads through the macro of the thread structure',
      libc: 'uclibc-ng',
      files: {
        'libpthread/nptl/init.c': `static void sigcancel_handler (int sig, siginfo_t *si, void *ctx)
{
  struct pthread *self = THREAD_SELF;
  int oldval = THREAD_GETMEM (self, cancelhandling);
  if (oldval & CANCELED_BITMASK)
    __do_cancel ();
}
`,
        'libpthread/nptl/pthread_cancel.c': `int pthread_cancel (pthread_t th)
{
  volatile struct pthread *pd = (volatile struct pthread *) th;
  atomic_bit_set (&pd->cancelhandling, CANCELED_BIT);
  return INTERNAL_SYSCALL (tgkill, err, 3, THREAD_GETMEM (THREAD_SELF, pid), pd->tid, SIGCANCEL);
}
`,
      },
    },
  ],
  invalid: [
    {
      name: 'musl of April 2011: a plain store in front of the signal',
      files: { [at]: cancel(`\tt->cancel = 1;\n${SEND}`) },
      errors: [
        {
          ...plain,
          line: 3,
          column: 2,
          flow: [
            { message: "the canceller stores 'cancel'", line: 3 },
            { message: "it sends 'SIGCANCEL'", line: 4 },
            { message: 'may not see the store yet', line: 3 },
          ],
        },
      ],
    },
    {
      name: 'who runs orders nothing, and neither does a raw call behind the store',
      files: {
        [at]: cancel(
          '\tt->cancel = 1;\n\tif (t == __pthread_self()) return 0;\n\treturn __syscall(SYS_tkill, t->tid, SIGCANCEL);\n',
        ),
      },
      errors: [{ ...plain, line: 3, column: 2 }],
    },
    {
      name: 'the flag is set behind the signal',
      files: { [at]: cancel(`\tint r = pthread_kill(t, SIGCANCEL);\n${STORE}\treturn r;\n`) },
      errors: [
        {
          messageId: 'late',
          data: { flag: 'cancel', signal: 'SIGCANCEL' },
          line: 4,
          column: 2,
          flow: [
            { message: 'the canceller sends', line: 3 },
            { message: 'finds no request', line: 3 },
            { message: "the canceller sets 'cancel'", line: 4 },
          ],
        },
      ],
    },
    {
      name: 'musl of March 2011: the handler makes the request',
      files: { [at]: handler('\tif (si->si_pid != self->pid) return;\n\tself->cancel = 1;\n') + cancel(SEND) },
      errors: [
        {
          messageId: 'left',
          data: { function: 'pthread_cancel', signal: 'SIGCANCEL', handler: 'cancel_handler', flag: 'cancel' },
          line: 9,
          column: 9,
          flow: [
            { message: 'the canceller sends', line: 9 },
            { message: 'finds no request', line: 9 },
            { message: "the handler sets 'cancel'", line: 5 },
          ],
        },
      ],
    },
    {
      name: 'musl from 2011 to 1.1.6: the handler reads the flag first of all',
      files: { [at]: handler(DECIDE) + cancel(STORE + SEND) },
      errors: [
        {
          ...unordered,
          line: 4,
          column: 7,
          flow: [
            { message: "another thread stores 'cancel'", line: 4 },
            { message: 'reads the flag as it was', line: 4 },
            { message: 'a stray one', line: 4 },
          ],
        },
      ],
    },
    {
      name: 'the barrier stands behind the read',
      files: {
        [at]:
          handler(
            '\tint cancel = self->cancel;\n\ta_barrier();\n\tif (!cancel) return;\n\tif (self->cancelasync) __cancel();\n',
          ) + cancel(STORE + SEND),
      },
      errors: [{ ...unordered, line: 4, column: 15 }],
    },
    {
      name: 'fixture: the plain store and the plain read',
      fixture: 'rules/handler-order/musl/plain',
      errors: [
        { ...unordered, file: at, line: 9, column: 7 },
        { ...plain, file: at, line: 17, column: 2 },
      ],
    },
    {
      name: 'fixture: glibc in shape, the flag set behind the signal',
      libc: 'glibc',
      fixture: 'rules/handler-order/glibc/late',
      errors: [
        { messageId: 'late', data: { flag: 'cancelhandling', signal: 'SIGCANCEL' }, file: gnuAt, line: 22, column: 5 },
      ],
    },
  ],
});
