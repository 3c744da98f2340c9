// A thread that becomes asynchronous and enabled looks for a request that is there already.
import rule from '../../src/rules/async-request-missed.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const typeAt = 'src/thread/pthread_setcanceltype.c';
const stateAt = 'src/thread/pthread_setcancelstate.c';
const SENDER = {
  'src/thread/pthread_cancel.c':
    'int pthread_cancel(pthread_t t)\n{\n\ta_store(&t->cancel, 1);\n\treturn pthread_kill(t, SIGCANCEL);\n}\n',
};
const setter = (name: string, member: string, then: string): string => `int ${name}(int new, int *old)
{
	struct pthread *self = __pthread_self();
	if (new > 1U) return EINVAL;
	if (old) *old = self->${member};
	self->${member} = new;
${then}	return 0;
}
`;
const type = (then: string, name = 'pthread_setcanceltype'): Record<string, string> => ({
  ...SENDER,
  [typeAt]: setter(name, 'cancelasync', then),
});
const state = (then: string): Record<string, string> => ({
  ...SENDER,
  [stateAt]: setter('__pthread_setcancelstate', 'canceldisable', then),
});

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    { name: 'musl from a7778dae: it tests', files: type('\tif (new) pthread_testcancel();\n') },
    { name: 'it acts by itself', files: type('\tif (new && self->cancel && !self->canceldisable) __cancel();\n') },
    { name: 'the state: it tests', files: state('\tif (!new && self->cancelasync) __testcancel();\n') },
    { name: 'a function of which nothing is known', files: type('\t__changed(self);\n') },
    { name: 'another function', files: type('', '__set_type_of_new_thread') },
    { name: 'no signal is sent', files: { [typeAt]: type('')[typeAt] ?? '' } },
    {
      name: 'glibc and uClibc-ng: it acts, in a loop',
      libc: 'glibc',
      files: {
        'nptl/pthread_cancel.c':
          'int\n__pthread_cancel (pthread_t th)\n{\n  struct pthread *pd = (struct pthread *) th;\n  atomic_fetch_or_acquire (&pd->cancelhandling, CANCELED_BITMASK);\n  return __pthread_kill_internal (th, SIGCANCEL);\n}\n',
        'nptl/pthread_setcancelstate.c': `int
__pthread_setcancelstate (int state, int *oldstate)
{
  volatile struct pthread *self = THREAD_SELF;
  int oldval = atomic_load_relaxed (&self->cancelhandling);
  int newval = state == PTHREAD_CANCEL_DISABLE ? oldval | CANCELSTATE_BITMASK : oldval & ~CANCELSTATE_BITMASK;
  if (atomic_compare_exchange_weak_acquire (&self->cancelhandling, &oldval, newval)
      && cancel_enabled_and_canceled_and_async (newval))
    __do_cancel ();
  return 0;
}
`,
      },
    },
  ],
  invalid: [
    {
      name: 'before musl a7778dae: the type is stored',
      files: type(''),
      errors: [
        {
          messageId: 'type',
          data: { function: 'pthread_setcanceltype' },
          function: 'pthread_setcanceltype',
          file: typeAt,
          line: 6,
          column: 2,
          flow: [
            { message: 'pthread_cancel sets the flag' },
            { message: 'the handler declines: the type is deferred' },
            { message: 'no other signal comes' },
          ],
        },
      ],
    },
    {
      name: 'musl: the state is stored',
      files: state(''),
      errors: [
        {
          messageId: 'state',
          data: { function: '__pthread_setcancelstate' },
          file: stateAt,
          line: 6,
          column: 2,
          flow: [
            { message: 'pthread_cancel sets the flag' },
            { message: 'the handler declines: cancellation is disabled' },
            { message: 'no other signal comes' },
          ],
        },
      ],
    },
    {
      name: 'fixture: the type is stored, the state is right',
      fixture: 'rules/async-request-missed/musl/switches',
      errors: [{ messageId: 'type', data: { function: 'pthread_setcanceltype' }, file: typeAt, line: 9, column: 2 }],
    },
    {
      name: 'fixture: glibc in shape, the type in a member',
      libc: 'glibc',
      fixture: 'rules/async-request-missed/glibc/loop',
      errors: [
        {
          messageId: 'type',
          data: { function: '__pthread_setcanceltype' },
          file: 'nptl/pthread_setcanceltype.c',
          line: 11,
          column: 3,
        },
      ],
    },
  ],
});
