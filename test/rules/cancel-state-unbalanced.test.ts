// Cancel state and type on every path: what libcs have left behind, and the shapes that look like it and are right.
import rule from '../../src/rules/cancel-state-unbalanced.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const file = 'src/misc/f.c';
const musl = (body: string, params = 'int n'): Record<string, string> => ({
  [file]: `int f(${params})\n{\n\tint cs;\n${body}}\n`,
});
const DISABLE = '\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);\n';
const RESTORE = '\tpthread_setcancelstate(cs, 0);\n';
const valid = (name: string, body: string, params?: string) => ({ name, files: musl(body, params) });

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    valid(
      'restored on both paths',
      `${DISABLE}\tif (g(n)) {\n\t${RESTORE}\t\treturn -1;\n\t}\n${RESTORE}\treturn 0;\n`,
    ),
    valid('left before it is disabled', `\tif (n) return -1;\n${DISABLE}\tg(n);\n${RESTORE}\treturn 0;\n`),
    valid('both under one condition', `\tif (n) ${DISABLE}\tg(n);\n\tif (n) ${RESTORE}\treturn 0;\n`),
    valid(
      'both under one condition, put in other words',
      `\tif (n != 0) ${DISABLE}\tg(n);\n\tif (!n) return 0;\n${RESTORE}\treturn 0;\n`,
    ),
    valid(
      'a variable tells whether it was disabled',
      `\tint off = 0;\n\tif (g(n)) {\n\t\toff = 1;\n${DISABLE}\t}\n\tg(n);\n\tif (off) ${RESTORE}\treturn 0;\n`,
    ),
    valid('a fatal path', `${DISABLE}\tif (g(n)) abort();\n${RESTORE}\treturn 0;\n`),
    valid('a thread that ends', `${DISABLE}\tif (g(n)) pthread_exit(0);\n${RESTORE}\treturn 0;\n`),
    valid(
      'the child of a fork',
      `\tint pid;\n${DISABLE}\tif (!(pid = fork())) {\n\t\tg(n);\n\t\treturn 0;\n\t}\n${RESTORE}\treturn pid;\n`,
    ),
    valid('the old state is handed to the caller', `${DISABLE}\tg(n);\n\treturn cs;\n`),
    valid('saved for the caller', '\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, old);\n\treturn 0;\n', 'int *old'),
    valid(
      'saved in an object',
      '\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &x->cs);\n\treturn 0;\n',
      'struct ctx *x',
    ),
    valid('stored in an object', `${DISABLE}\tx->cs = cs;\n\treturn 0;\n`, 'struct ctx *x'),
    valid('disabled for good', '\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, 0);\n\treturn g(n);\n'),
    valid(
      'musl pthread_cond_timedwait: disabled for good after it was restored',
      `\tpthread_setcancelstate(PTHREAD_CANCEL_MASKED, &cs);\n\tif (cs == PTHREAD_CANCEL_DISABLE) ${RESTORE}\tint e = g(n);\n${RESTORE}\tif (e == ECANCELED) {\n\t\t__testcancel();\n\t\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, 0);\n\t}\n\treturn e;\n`,
    ),
    valid(
      'musl res_msend: disabled once more inside, and restored from the first',
      `${DISABLE}\tg(n);\n${RESTORE}\twhile (n--) {\n\t\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, 0);\n\t\tg(n);\n\t${RESTORE}\t}\n\treturn 0;\n`,
    ),
    {
      name: 'the functions that are there to change it, and what happens in the thread that is cancelled',
      files: {
        'src/thread/a.c': `int __pthread_setcancelstate(int new, int *old)
{
	struct pthread *self = __pthread_self();
	if (old) *old = self->canceldisable;
	self->canceldisable = new;
	return 0;
}
_Noreturn void __pthread_exit(void *r)
{
	struct pthread *self = __pthread_self();
	self->canceldisable = 1;
	self->cancelasync = 0;
	for (;;) __syscall(SYS_exit, 0);
}
static void cleanup_fromsig(void *p)
{
	pthread_t self = __pthread_self();
	self->canceldisable = 0;
	self->cancelasync = 0;
	longjmp(p, 1);
}
void __spawned(struct pthread *new)
{
	new->canceldisable = 1;
}
`,
      },
    },
    {
      name: 'the words of the thread, read and put back',
      files: {
        [file]: `int f(int n)
{
	struct pthread *self = __pthread_self();
	int old = self->canceldisable;
	self->canceldisable = PTHREAD_CANCEL_MASKED;
	n = g(n);
	self->canceldisable = old;
	return n;
}
`,
      },
    },
    {
      name: 'a helper that changes it: what follows is not known',
      files: {
        [file]: `int *enter(int *cs)
{
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, cs);
	return cs;
}
int f(int n)
{
	int cs;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);
	enter(&cs);
	return 0;
}
`,
      },
    },
    {
      name: 'glibc: asynchronous where both halves are under one condition',
      libc: 'glibc',
      files: {
        'nptl/wait.c': `int
wait_for (struct pthread *pd, bool cancel)
{
  int oldtype;
  if (cancel)
    oldtype = LIBC_CANCEL_ASYNC ();
  int result = futex (pd);
  if (cancel)
    LIBC_CANCEL_RESET (oldtype);
  return result;
}
`,
      },
    },
    {
      name: 'uClibc-ng open: the body of an if depends on the configuration',
      libc: 'uclibc-ng',
      files: {
        'libc/open.c': `int open(const char *file, int flags)
{
	int oldtype, result;
	if (SINGLE_THREAD_P)
#if defined(__NR_open)
		return __open_nocancel(file, flags);
#elif defined(__NR_openat)
		return openat(AT_FDCWD, file, flags);
#endif
	oldtype = LIBC_CANCEL_ASYNC ();
	result = __open_nocancel(file, flags);
	LIBC_CANCEL_RESET (oldtype);
	return result;
}
`,
      },
    },
    {
      name: 'fixture: a lookup that restores',
      fixture: 'rules/cancel-state-unbalanced/musl/lookup',
      lint: ['src/right.c'],
    },
  ],
  invalid: [
    {
      name: 'musl __res_msend to 2017: an error return',
      files: musl(`${DISABLE}\tif (g(n) < 0) return -1;\n${RESTORE}\treturn 0;\n`),
      errors: [
        {
          messageId: 'left',
          data: { name: 'f', what: 'cancellation disabled', line: 4 },
          line: 5,
          column: 16,
          function: 'f',
          targets: ['i386', 'x86_64'],
          properties: [],
          flow: [
            { message: 'from here: cancellation disabled', line: 4 },
            { message: 'this way', line: 5, column: 6 },
            { message: 'is left', line: 5, column: 16 },
          ],
        },
      ],
    },
    {
      name: 'musl __dns_doqueries to 2014: several returns are one finding',
      files: musl(`${DISABLE}\tif (n > 9) return 1;\n\tif (g(n)) return 2;\n${RESTORE}\treturn 0;\n`),
      errors: [
        {
          messageId: 'left',
          data: { name: 'f', what: 'cancellation disabled', line: 4 },
          line: 5,
          column: 13,
          related: [{ message: 'in the same way', line: 6 }],
        },
      ],
    },
    {
      name: 'never restored, although the old state was kept',
      files: musl(`${DISABLE}\tg(n);\n\treturn 0;\n`),
      errors: [{ messageId: 'left', data: { name: 'f', what: 'cancellation disabled', line: 4 }, line: 6, column: 2 }],
    },
    {
      name: 'masked, and a path that falls off the end',
      files: {
        [file]: `void f(int n)
{
	int cs;
	pthread_setcancelstate(PTHREAD_CANCEL_MASKED, &cs);
	if (n) pthread_setcancelstate(cs, 0);
}
`,
      },
      errors: [{ messageId: 'left', data: { name: 'f', what: 'cancellation masked', line: 4 }, line: 6, column: 1 }],
    },
    {
      name: 'the word of the thread itself',
      files: {
        [file]: `int f(int n)
{
	struct pthread *self = __pthread_self();
	int old = self->canceldisable;
	self->canceldisable = 1;
	if (g(n)) return -1;
	self->canceldisable = old;
	return 0;
}
`,
      },
      errors: [{ messageId: 'left', data: { name: 'f', what: 'cancellation disabled', line: 5 }, line: 6, column: 12 }],
    },
    {
      name: 'saved twice in one variable',
      files: musl(`${DISABLE}\tg(n);\n${DISABLE}\tg(n);\n${RESTORE}\treturn 0;\n`),
      errors: [
        {
          messageId: 'wrongValue',
          data: { how: 'pthread_setcancelstate', variable: 'cs', name: 'f', holds: 'holds cancellation disabled' },
          line: 8,
          column: 2,
        },
      ],
    },
    {
      name: 'restored where it was not saved',
      files: musl(`\tif (n) ${DISABLE}\tg(n);\n${RESTORE}\treturn 0;\n`),
      errors: [
        {
          messageId: 'wrongValue',
          data: { how: 'pthread_setcancelstate', variable: 'cs', name: 'f', holds: 'is not set on this path' },
          line: 6,
          column: 2,
        },
      ],
    },
    {
      name: 'the type is given where the state is wanted',
      files: musl(
        `\tint ct;\n${DISABLE}\tpthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &ct);\n\tg(n);\n\tpthread_setcancelstate(ct, 0);\n\tpthread_setcanceltype(ct, 0);\n\treturn 0;\n`,
      ),
      errors: [
        {
          messageId: 'wrongValue',
          data: { how: 'pthread_setcancelstate', variable: 'ct', name: 'f', holds: 'holds a cancelability type' },
          line: 8,
          column: 2,
        },
      ],
    },
    {
      name: 'enabled whatever it was, although the old state was kept',
      files: musl(`${DISABLE}\tg(n);\n\tpthread_setcancelstate(PTHREAD_CANCEL_ENABLE, 0);\n\treturn 0;\n`),
      errors: [{ messageId: 'forced', data: { name: 'f', what: 'cancellation enabled' }, line: 6, column: 2 }],
    },
    {
      name: 'musl getdate to 1.2.5: a type given for a state',
      files: musl(`\tpthread_setcancelstate(PTHREAD_CANCEL_DEFERRED, &cs);\n\tg(n);\n${RESTORE}\treturn 0;\n`),
      errors: [
        {
          messageId: 'wrongKind',
          data: {
            how: 'pthread_setcancelstate',
            constant: 'PTHREAD_CANCEL_DEFERRED',
            kind: 'type',
            what: 'cancellation enabled',
          },
          line: 4,
          column: 2,
        },
      ],
    },
    {
      name: 'glibc: asynchronous on an error path',
      libc: 'glibc',
      files: {
        'nptl/wait.c': `int
wait_for (struct pthread *pd)
{
  int oldtype = LIBC_CANCEL_ASYNC ();
  int result = futex (pd);
  if (result == -EINVAL)
    return EINVAL;
  LIBC_CANCEL_RESET (oldtype);
  return result;
}
`,
      },
      errors: [
        {
          messageId: 'left',
          data: { name: 'wait_for', what: 'cancellation asynchronous', line: 4 },
          line: 7,
          column: 5,
        },
      ],
    },
    {
      name: 'fixture: a lookup',
      fixture: 'rules/cancel-state-unbalanced/musl/lookup',
      errors: [
        {
          messageId: 'left',
          data: { name: '__lookup', what: 'cancellation disabled', line: 8 },
          file: 'src/network/lookup.c',
          line: 12,
          column: 3,
        },
      ],
    },
    {
      // newlib libc/stdio64/fseeko64.c, _fseeko64_r: the stream is unlocked, and cancellation stays disabled.
      name: 'newlib: a stream that is unlocked without the macro',
      libc: 'newlib',
      files: {
        'newlib/libc/stdio/local.h': `#define _newlib_flockfile_start(_fp) \\
	{ int __oldfpcancel; \\
	  pthread_setcancelstate (PTHREAD_CANCEL_DISABLE, &__oldfpcancel); \\
	  _flockfile (_fp)
#define _newlib_flockfile_exit(_fp) \\
	  _funlockfile (_fp); \\
	  pthread_setcancelstate (__oldfpcancel, &__oldfpcancel);
#define _newlib_flockfile_end(_fp) \\
	  _funlockfile (_fp); \\
	  pthread_setcancelstate (__oldfpcancel, &__oldfpcancel); \\
	}
`,
        'newlib/libc/stdio/seek.c': `int
seek (FILE *fp, int offset)
{
  _newlib_flockfile_start (fp);
  if (offset < 0)
    {
      _newlib_flockfile_exit (fp);
      return EOF;
    }
  if (flush (fp))
    goto dumb;
  _newlib_flockfile_end (fp);
  return 0;
dumb:
  _funlockfile (fp);
  return EOF;
}
`,
      },
      errors: [
        {
          messageId: 'left',
          data: { name: 'seek', what: 'cancellation disabled', line: 4 },
          file: 'newlib/libc/stdio/seek.c',
          line: 16,
          column: 3,
        },
      ],
    },
  ],
});
