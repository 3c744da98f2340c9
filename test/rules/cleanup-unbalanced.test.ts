// Cleanup handlers on every path: what libcs have got wrong with them, and the shapes that look like it and are right.
import rule from '../../src/rules/cleanup-unbalanced.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const file = 'src/misc/f.c';
const musl = (body: string, before = ''): Record<string, string> => ({
  [file]: `${before}int f(int n)\n{\n\tint fd, r = 0;\n${body}\treturn r;\n}\n`,
});
const valid = (name: string, body: string, before?: string) => ({ name, files: musl(body, before) });
const PUSH = '\tpthread_cleanup_push(drop, (void *)(long)fd);\n';
const POP = '\tpthread_cleanup_pop(1);\n';
const OPEN = '\tfd = socket(n);\n';

const LOCK = `static void unlock(void *p)\n{\n\tpthread_mutex_unlock(p);\n}\n`;
const COUNT = `static void cleanup(void *p)\n{\n\ta_dec(p);\n}\n`;
const waits = (after: string): Record<string, string> => ({
  [file]: `${COUNT}int f(sem_t *sem)
{
	int r;
	a_inc(sem->__val+1);
	r = __timedwait(sem->__val, -1, CLOCK_REALTIME, 0, cleanup, sem->__val+1, 0);
${after}	return r;
}
`,
});
const timer = (pop: string): Record<string, string> => ({
  'src/time/timer.c': `static void cleanup_fromsig(void *p)
{
	pthread_t self = __pthread_self();
	self->canceldisable = 0;
	longjmp(p, 1);
}
static void timer_handler(int sig, siginfo_t *si)
{
	jmp_buf jb;
	void (*notify)(union sigval) = handler_of(si);
	if (!setjmp(jb)) {
		pthread_cleanup_push(cleanup_fromsig, jb);
		notify(si->value);
		pthread_cleanup_pop(${pop});
	}
}
`,
});

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    valid('pushed and popped, with a jump inside', `${OPEN}${PUSH}\tif (n) goto out;\n\tr = g(fd);\nout:\n${POP}`),
    valid('left before the push', `\tif (n) return -1;\n${OPEN}${PUSH}\tr = g(fd);\n${POP}`),
    valid(
      'in a loop that is left inside',
      `\twhile (n--) {\n${OPEN}${PUSH}\t\tfor (;;) if (g(fd)) break;\n${POP}\t}\n`,
    ),
    valid(
      'one in the other',
      `${OPEN}${PUSH}\tpthread_cleanup_push(drop2, 0);\n\tr = g(fd);\n\tpthread_cleanup_pop(0);\n${POP}`,
    ),
    valid('a path that does not come back', `${OPEN}${PUSH}\tif (g(fd)) abort();\n${POP}`),
    valid(
      'the argument is a place that is filled in later',
      '\tfd = -1;\n\tpthread_cleanup_push(drop, &fd);\n\tfd = socket(n);\n\tpthread_cleanup_pop(1);\n',
    ),
    valid('the variable is used for something else inside', `${OPEN}${PUSH}\tfd = g(fd);\n${POP}`),
    valid('reset to a constant inside', `${OPEN}${PUSH}\tg(fd);\n\tfd = -1;\n${POP}`),
    valid(
      'the pop runs the handler',
      '\tpthread_mutex_lock(&m);\n\tpthread_cleanup_push(unlock, &m);\n\tr = g(n);\n\tpthread_cleanup_pop(1);\n',
      LOCK,
    ),
    valid(
      'unlocked behind the pop',
      '\tpthread_mutex_lock(&m);\n\tpthread_cleanup_push(unlock, &m);\n\tr = g(n);\n\tpthread_cleanup_pop(0);\n\tpthread_mutex_unlock(&m);\n',
      LOCK,
    ),
    valid(
      'the caller holds the lock',
      '\tpthread_cleanup_push(unlock, &m);\n\tr = g(n);\n\tpthread_cleanup_pop(0);\n',
      LOCK,
    ),
    valid(
      'another lock is held besides',
      '\tpthread_mutex_lock(&a);\n\tpthread_mutex_lock(&b);\n\tpthread_cleanup_push(unlock, &b);\n\tr = g(n);\n\tpthread_cleanup_pop(1);\n\tpthread_mutex_unlock(&a);\n',
      LOCK,
    ),
    valid(
      'the handler takes back what the caller has',
      '\tpthread_mutex_lock(&a);\n\tpthread_cleanup_push(unlock, &b);\n\tpthread_mutex_unlock(&a);\n\tr = g(n);\n\tpthread_cleanup_pop(0);\n',
      LOCK,
    ),
    { name: 'musl sem_timedwait from 2011-08: counted down behind the wait', files: waits('\ta_dec(sem->__val+1);\n') },
    { name: 'musl timer_create from 2011-08: the handler is run', files: timer('1') },
    {
      name: 'one half of the mechanism',
      files: {
        [file]: `void enter(struct __ptcb *cb, void (*f)(void *), void *x)
{
	if (x) _pthread_cleanup_push(cb, f, x);
}
`,
      },
    },
    {
      name: 'glibc vsyslog: the argument is an object that is filled in later',
      libc: 'glibc',
      files: {
        'misc/syslog.c': `static void
cancel_handler (void *ptr)
{
  __libc_lock_unlock (syslog_lock);
}
void
vsyslog_internal (int pri)
{
  struct cleanup_arg clarg = { NULL, NULL };
  __libc_cleanup_push (cancel_handler, &clarg);
  __libc_lock_lock (syslog_lock);
  clarg.buf = send_log (pri);
  __libc_cleanup_pop (0);
  __libc_lock_unlock (syslog_lock);
}
`,
      },
    },
    {
      name: 'glibc libio: a region in a macro of its own',
      libc: 'glibc',
      files: {
        'libio/stdio-lock.h': `#define _IO_cleanup_region_start(_fct, _fp) \\
  __libc_cleanup_region_start (((_fp)->_flags & _IO_USER_LOCK) == 0, _fct, _fp)
#define _IO_cleanup_region_end(_doit) __libc_cleanup_region_end (_doit)
#define _IO_lock_lock(_name) \\
  do { if (SINGLE_THREAD_P) (_name).cnt = 1; else if ((_name).owner != THREAD_SELF) lll_lock ((_name).lock); } while (0)
#define _IO_lock_unlock(_name) \\
  do { if (SINGLE_THREAD_P) (_name).cnt = 0; else if (--(_name).cnt == 0) lll_unlock ((_name).lock); } while (0)
`,
        'libio/genops.c': `#include "stdio-lock.h"
static void
flush_cleanup (void *fp)
{
  _IO_lock_unlock (list_all_lock);
}
int
flush_all (FILE *fp)
{
  int result = 0;
  _IO_cleanup_region_start (flush_cleanup, fp);
  _IO_lock_lock (list_all_lock);
  result = flush_each (fp);
  _IO_lock_unlock (list_all_lock);
  _IO_cleanup_region_end (0);
  return result;
}
`,
      },
    },
  ],
  invalid: [
    {
      name: 'a return inside the region',
      files: musl(`${OPEN}${PUSH}\tif (g(fd)) return -1;\n${POP}`),
      errors: [
        {
          messageId: 'left',
          data: { name: 'f', handler: 'drop' },
          line: 6,
          column: 13,
          function: 'f',
          targets: ['i386', 'x86_64'],
          properties: [],
          flow: [
            { message: 'is pushed', line: 5 },
            { message: 'this way', line: 6 },
            { message: 'stays on the stack', line: 6 },
          ],
        },
      ],
    },
    {
      name: 'a jump out of the region',
      files: musl(`${OPEN}${PUSH}\tif (g(fd)) goto out;\n${POP}out:\n`),
      errors: [{ messageId: 'left', data: { name: 'f', handler: 'drop' }, line: 9, column: 2 }],
    },
    {
      name: 'musl __dns_doqueries to 2012-02: a jump into the region',
      files: musl(`${OPEN}\tif (bind(fd)) {\n\t\tr = -1;\n\t\tgoto out;\n\t}\n${PUSH}\tr = g(fd);\nout:\n${POP}`),
      errors: [
        {
          messageId: 'entered',
          data: { push: 'pthread_cleanup_push', pop: 'pthread_cleanup_pop' },
          line: 7,
          column: 3,
          flow: [
            { message: 'behind its beginning', line: 7 },
            { message: 'another function', line: 12 },
          ],
        },
      ],
    },
    {
      name: 'musl __dns_doqueries of 2012-02: the descriptor is opened behind the push',
      files: musl(`${PUSH}${OPEN}\tr = g(fd);\n${POP}`),
      errors: [
        {
          messageId: 'lateArgument',
          data: { handler: 'drop', variable: 'fd', state: 'which nothing has set', line: 5 },
          line: 4,
          column: 2,
          flow: [
            { message: 'of now', line: 4 },
            { message: "'fd' gets", line: 5 },
          ],
        },
      ],
    },
    {
      name: 'a null pointer is pushed, and filled in by address',
      files: {
        [file]: `int f(FILE *in)
{
	char *line = NULL;
	pthread_cleanup_push(free, line);
	getline(&line, in);
	pthread_cleanup_pop(1);
	return 0;
}
`,
      },
      errors: [
        {
          messageId: 'lateArgument',
          data: { handler: 'free', variable: 'line', state: 'which is a constant', line: 5 },
          line: 4,
          column: 2,
        },
      ],
    },
    {
      name: 'musl sem_timedwait of 2011-08: only the handler counts down',
      files: waits(''),
      errors: [
        {
          messageId: 'undone',
          data: { handler: 'cleanup', begin: 'a_inc', thing: 'sem->__val + 1', name: 'f' },
          line: 9,
          column: 6,
          flow: [
            { message: 'begun', line: 8 },
            { message: 'popped', line: 9 },
            { message: 'nobody', line: 10 },
          ],
        },
      ],
    },
    {
      name: 'a lock that one path forgets',
      files: musl(
        '\tpthread_mutex_lock(&m);\n\tpthread_cleanup_push(unlock, &m);\n\tr = g(n);\n\tpthread_cleanup_pop(0);\n\tif (r) return r;\n\tpthread_mutex_unlock(&m);\n',
        LOCK,
      ),
      errors: [
        {
          messageId: 'undone',
          data: { handler: 'unlock', begin: 'pthread_mutex_lock', thing: '&m', name: 'f' },
          line: 11,
          column: 2,
        },
      ],
    },
    {
      name: 'musl timer_create to 2011-08: the state is put back after cancellation only',
      files: timer('0'),
      errors: [
        {
          messageId: 'reset',
          data: { handler: 'cleanup_fromsig', pop: 'pthread_cleanup_pop' },
          line: 14,
          column: 3,
          function: 'timer_handler',
        },
      ],
    },
    {
      name: 'the handler unlocks another mutex',
      files: musl(
        '\tpthread_mutex_lock(&a);\n\tpthread_cleanup_push(unlock, &b);\n\tr = g(n);\n\tpthread_cleanup_pop(0);\n\tpthread_mutex_unlock(&a);\n',
        LOCK,
      ),
      errors: [
        {
          messageId: 'otherThing',
          data: { handler: 'unlock', other: '&b', name: 'f', thing: '&a' },
          line: 9,
          column: 2,
        },
      ],
    },
    {
      name: 'glibc: a region of libc-lock.h',
      libc: 'glibc',
      files: {
        'misc/f.c': `int
f (FILE *fp)
{
  __libc_cleanup_region_start (1, drop, fp);
  if (g (fp) < 0)
    return -1;
  __libc_cleanup_region_end (1);
  return 0;
}
`,
      },
      errors: [{ messageId: 'left', data: { name: 'f', handler: 'drop' }, line: 6, column: 5 }],
    },
    {
      name: 'fixture: a query',
      fixture: 'rules/cleanup-unbalanced/musl/query',
      errors: [
        {
          messageId: 'entered',
          data: { push: 'pthread_cleanup_push', pop: 'pthread_cleanup_pop' },
          file: 'src/network/query.c',
          line: 16,
          column: 3,
        },
      ],
    },
    {
      // uClibc-ng libc/stdlib/malloc-simple/alloc.c, __libc_free_aligned.
      name: 'uClibc-ng: a return inside of a lock that pushes its unlock',
      libc: 'uclibc-ng',
      files: {
        'libc/sysdeps/linux/common/bits/uClibc_mutex.h': `#define __UCLIBC_MUTEX_LOCK(M) \\
	do { struct _pthread_cleanup_buffer buffer; \\
		_pthread_cleanup_push_defer(&buffer, (void (*)(void *))__pthread_mutex_unlock, &(M)); \\
		__pthread_mutex_lock(&(M)); ((void)0)
#define __UCLIBC_MUTEX_UNLOCK(M) \\
		_pthread_cleanup_pop_restore(&buffer, 1); } while (0)
`,
        'libc/stdlib/alloc.c': `static int mark(void *p)
{
	struct list *l;
	__UCLIBC_MUTEX_LOCK(lock);
	for (l = all; l; l = l->next) {
		if (l->aligned == p)
			return 1;
	}
	__UCLIBC_MUTEX_UNLOCK(lock);
	return 0;
}
`,
      },
      errors: [
        {
          messageId: 'left',
          data: { name: 'mark', handler: '__pthread_mutex_unlock' },
          file: 'libc/stdlib/alloc.c',
          line: 7,
          column: 4,
        },
      ],
    },
  ],
});
