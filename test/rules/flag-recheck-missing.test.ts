// Behind an interrupted call both the request and the cancel state are asked for again.
import rule from '../../src/rules/flag-recheck-missing.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const at = 'src/thread/pthread_cancel.c';

const wrapper = (condition: string, before = '') => `long __cp(long nr, long a, long b, long c)
{
	struct pthread *self = __pthread_self();
	long r;
${before}	r = __syscall_cp_asm(&self->cancel, nr, a, b, c, 0, 0, 0);
	if (${condition})
		r = __cancel();
	return r;
}
`;

const guard = '\tif (self->canceldisable) return __syscall3(nr, a, b, c);\n';
const copy = '\tint old = self->canceldisable, asked = self->cancel;\n';

const gnuAt = 'nptl/cancellation.c';
const gnu = (behind: string) => `long int
__internal_syscall_cancel (long int a1, long int nr)
{
  struct pthread *pd = THREAD_SELF;
  int ch = atomic_load_relaxed (&pd->cancelhandling);
  if (SINGLE_THREAD_P || !cancel_enabled (ch))
    return INTERNAL_SYSCALL_NCS_CALL (nr, a1);
  long int result = __syscall_cancel_arch (&pd->cancelhandling, nr, a1);
${behind}    __syscall_do_cancel ();
  return result;
}
`;

const common = { file: at, function: '__cp', properties: ['W12'], targets: ['i386', 'x86_64'] } as const;

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    {
      name: 'the request and the state are read again',
      files: { [at]: wrapper('r == -EINTR && self->cancel && !self->canceldisable', guard) },
    },
    {
      name: 'in another order, by the name of a state',
      files: { [at]: wrapper('self->canceldisable != PTHREAD_CANCEL_DISABLE && self->cancel && r == -EINTR') },
    },
    {
      name: 'through variables that are set behind the call',
      files: {
        [at]: wrapper('asked && !old', copy).replace(
          '\tif (asked',
          '\told = self->canceldisable;\n\tasked = self->cancel;\n\tif (r == -EINTR && asked',
        ),
      },
    },
    {
      name: 'a function of the tree is asked',
      files: { [at]: wrapper('r == -EINTR && may_cancel(self)', guard) },
    },
    { name: 'nothing is acted upon', files: { [at]: wrapper('r == -EINTR', guard).replace('__cancel()', '-1') } },
    {
      name: 'whatever the call gave, which another rule reports',
      files: { [at]: wrapper('self->cancel', guard) },
    },
    {
      name: 'an ordinary call',
      files: { [at]: wrapper('r == -EINTR', guard).replace('__syscall_cp_asm(&self->cancel, ', '__syscall3(') },
    },
    {
      name: 'glibc: the word is read again and tested for both',
      libc: 'glibc',
      files: {
        [gnuAt]: gnu(
          '  ch = atomic_load_relaxed (&pd->cancelhandling);\n  if (result == -EINTR && cancel_enabled_and_canceled (ch))\n',
        ),
      },
    },
  ],
  invalid: [
    {
      name: 'nothing but EINTR',
      files: { [at]: wrapper('r == -EINTR', guard) },
      errors: [
        {
          ...common,
          messageId: 'request',
          data: { how: '__cancel' },
          line: 8,
          column: 7,
          flow: [
            { message: "another signal's handler runs", line: 6 },
            { message: 'nobody has asked', line: 8 },
          ],
        },
      ],
    },
    {
      name: 'a request that was read in front of the call',
      files: { [at]: wrapper('r == -EINTR && asked && !self->canceldisable', copy) },
      errors: [{ ...common, messageId: 'request', data: { how: '__cancel' }, line: 8, column: 7 }],
    },
    {
      name: 'nobody asks for the state',
      files: {
        [at]: wrapper('r == -EINTR && self->cancel').replace('return r', 'if (self->canceldisable) r = 0;\n\treturn r'),
      },
      errors: [
        {
          ...common,
          messageId: 'state',
          data: { how: '__cancel' },
          line: 7,
          column: 7,
          flow: [
            { message: 'has disabled cancellation', line: 5 },
            { message: 'sets the flag', line: 5 },
            { message: 'returns EINTR', line: 5 },
            { message: 'cancelled all the same', line: 7 },
          ],
        },
      ],
    },
    {
      name: 'musl in April 2011: the state is asked for in front of the call only',
      files: { [at]: wrapper('r == -EINTR && self->cancel', guard) },
      errors: [
        {
          ...common,
          messageId: 'earlyState',
          data: { how: '__cancel', line: 5 },
          line: 8,
          column: 7,
          endLine: 8,
          endColumn: 17,
          flow: [
            { message: 'cancellation is enabled', line: 5 },
            { message: 'disables cancellation', line: 6 },
            { message: 'sets the flag', line: 6 },
            { message: 'although it has disabled cancellation', line: 8 },
          ],
        },
      ],
    },
    {
      name: 'glibc: the word from in front of the call is tested again',
      libc: 'glibc',
      files: { [gnuAt]: gnu('  if (result == -EINTR && cancel_enabled_and_canceled (ch))\n') },
      errors: [
        {
          messageId: 'request',
          data: { how: '__syscall_do_cancel' },
          file: gnuAt,
          line: 10,
          column: 5,
          function: '__internal_syscall_cancel',
        },
      ],
    },
    {
      name: 'fixture: the state in a variable',
      fixture: 'rules/flag-recheck-missing/musl/early-state',
      errors: [
        {
          messageId: 'earlyState',
          data: { how: '__cancel', line: 9 },
          file: at,
          line: 17,
          column: 7,
          function: '__call_quietly',
        },
      ],
    },
  ],
});
