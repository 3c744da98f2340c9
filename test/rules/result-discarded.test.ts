// A request that is acted upon after a system call: right where the result says that nothing was done, wrong elsewhere.
import rule from '../../src/rules/result-discarded.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const at = 'src/fcntl/open_it.c';

/** A function of a libc that opens; `then` runs after the call. */
const opens = (then: string, before = '') => `int __open_it(const char *name, int *where)
{
	int fd, cs;
${before}	fd = __syscall(SYS_open, name, O_RDONLY);
${then}	return __syscall_ret(fd);
}
`;

const wrapper = (condition: string) => `long __syscall_cp_c(long nr, long a, long b, long c)
{
	struct pthread *self = __pthread_self();
	long r = __syscall_cp_asm(&self->cancel, nr, a, b, c);
	if (${condition})
		r = __cancel();
	return r;
}
`;

const descriptor = { how: 'pthread_testcancel', call: 'open', loss: 'the new descriptor' };
const afterOpen = { messageId: 'afterCall', data: descriptor, function: '__open_it', properties: ['W2'] } as const;

/** musl in March 2011: macros open and close a region in which the handler may act. */
const bracket = (atEnd: string) => ({
  'src/internal/libc.h': `extern void (*__cancelpt)(int);
#define CANCELPT_BEGIN cancelpt(1)
#define CANCELPT_END cancelpt(${atEnd})
`,
  'src/thread/cancelpt.c': `#include "libc.h"
void cancelpt(int x)
{
	struct pthread *self = __pthread_self();
	if (self->canceldisable) return;
	if (x >= 0) {
		self->cancelpoint = x;
		if (self->cancel) __cancel();
	} else {
		self->cancelpoint = 0;
	}
}
`,
  'src/unistd/dup.c': `#include "libc.h"
int dup(int fd)
{
	int r;
	CANCELPT_BEGIN;
	r = syscall(SYS_dup, fd);
	CANCELPT_END;
	return r;
}
`,
});

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    { name: 'the request is looked at before the call', files: { [at]: opens('', '\tpthread_testcancel();\n') } },
    { name: 'only after a call that failed', files: { [at]: opens('\tif (fd < 0) pthread_testcancel();\n') } },
    { name: 'only after EINTR', files: { [at]: opens('\tif (fd == -EINTR) pthread_testcancel();\n') } },
    {
      name: 'only after EINTR, told by errno',
      files: { [at]: opens('\tif (errno == EINTR) pthread_testcancel();\n').replace('__syscall(', 'syscall(') },
    },
    {
      name: 'only after EINTR, told by a switch',
      files: { [at]: opens('\tswitch (-fd) {\n\tcase EINTR:\n\t\tpthread_testcancel();\n\t}\n') },
    },
    {
      name: 'the result has been stored for the caller',
      files: { [at]: opens('\t*where = fd;\n\tpthread_testcancel();\n') },
    },
    {
      name: 'the result has been stored in a member',
      files: { [at]: opens('\t__self()->fd = fd;\n\tpthread_testcancel();\n') },
    },
    {
      name: 'the result has been stored in a variable of the file',
      files: { [at]: `static int last;\n${opens('\tlast = fd;\n\tpthread_testcancel();\n')}` },
    },
    {
      name: 'cancellation is disabled around both',
      files: {
        [at]: opens(
          '\tpthread_testcancel();\n\tpthread_setcancelstate(cs, 0);\n',
          '\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);\n',
        ),
      },
    },
    {
      name: 'cancellation is masked on both ways that meet',
      files: {
        [at]: opens(
          '\tpthread_testcancel();\n',
          `\tif (name) __pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);
	else __pthread_setcancelstate(PTHREAD_CANCEL_MASKED, &cs);
`,
        ),
      },
    },
    {
      name: 'a cleanup handler closes the descriptor',
      files: {
        [at]: opens(
          '\tpthread_testcancel();\n\tpthread_cleanup_pop(0);\n',
          '\tfd = -1;\n\tpthread_cleanup_push(__close_it, &fd);\n',
        ),
      },
    },
    {
      name: 'the call leaves nothing behind',
      files: { [at]: opens('\tpthread_testcancel();\n').replace('SYS_open', 'SYS_access') },
    },
    {
      name: 'the function closes what it has opened itself',
      files: {
        'src/passwd/look.c': `int __look(const char *name)
{
	int fd = syscall_cp(SYS_open, name, O_RDONLY);
	if (fd < 0) return -1;
	int r = __parse(fd);
	__syscall(SYS_close, fd);
	pthread_testcancel();
	return r;
}
`,
      },
    },
    {
      name: 'glibc: the test follows another call, whose result is nothing',
      libc: 'glibc',
      files: {
        'sysdeps/unix/sysv/linux/rest.c': `int
__rest (int fd)
{
  int copy = __dup (fd);
  __sched_yield ();
  __pthread_testcancel ();
  return copy;
}
`,
      },
    },
    {
      name: 'the C side of a window acts after EINTR',
      files: { 'src/thread/cancel.c': wrapper('r == -EINTR && self->cancel') },
    },
    { name: 'musl in April 2011: the end of the region only leaves it', files: bracket('-1') },
    {
      name: 'glibc to 2.40: the switch back does not look at the request',
      libc: 'glibc',
      files: {
        'nptl/cancellation.c': `void
__pthread_disable_asynccancel (int oldtype)
{
  struct pthread *self = THREAD_SELF;
  if (oldtype == 0)
    atomic_fetch_and_relaxed (&self->cancelhandling, ~CANCELTYPE_BITMASK);
}
`,
        'sysdeps/unix/sysv/linux/open_it.c': `int
__open_it (const char *name)
{
  int type = __pthread_enable_asynccancel ();
  int fd = INLINE_SYSCALL_CALL (openat, AT_FDCWD, name, 0);
  __pthread_disable_asynccancel (type);
  return fd;
}
`,
      },
    },
  ],
  invalid: [
    {
      name: 'the request is acted upon right after open',
      files: { [at]: opens('\tpthread_testcancel();\n') },
      errors: [
        {
          ...afterOpen,
          line: 5,
          column: 2,
          endLine: 5,
          endColumn: 22,
          targets: ['i386', 'x86_64'],
          flow: [
            { message: 'the call succeeds', line: 4 },
            { message: 'sets the flag', line: 5 },
            { message: 'never seen', line: 5 },
          ],
        },
      ],
    },
    {
      name: 'a condition on something else is no excuse',
      files: { [at]: opens('\tif (name[0] == 47) pthread_testcancel();\n') },
      errors: [{ ...afterOpen, line: 5, column: 21 }],
    },
    {
      name: 'the result is kept in a local only',
      files: { [at]: opens('\tcs = fd;\n\tpthread_testcancel();\n') },
      errors: [{ ...afterOpen, line: 6, column: 2 }],
    },
    {
      name: 'cancellation is enabled again before the test',
      files: {
        [at]: opens(
          '\tpthread_setcancelstate(cs, 0);\n\tpthread_testcancel();\n',
          '\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);\n',
        ),
      },
      errors: [{ ...afterOpen, line: 7, column: 2 }],
    },
    {
      name: 'cancellation is disabled on one of two ways',
      files: {
        [at]: opens('\tpthread_testcancel();\n', '\tif (name) pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);\n'),
      },
      errors: [{ ...afterOpen, line: 6, column: 2 }],
    },
    {
      name: 'the cleanup handler has been popped',
      files: {
        [at]: opens(
          '\tpthread_cleanup_pop(0);\n\tpthread_testcancel();\n',
          '\tfd = -1;\n\tpthread_cleanup_push(__close_it, &fd);\n',
        ),
      },
      errors: [{ ...afterOpen, line: 8, column: 2 }],
    },
    {
      name: 'the marked wrapper, and then a test',
      files: {
        'src/process/wait_it.c': `int __wait_it(int pid, int *status)
{
	int r = syscall_cp(SYS_wait4, pid, status, 0, 0);
	__pthread_testcancel();
	return r;
}
`,
      },
      errors: [
        {
          messageId: 'afterCall',
          data: {
            how: '__pthread_testcancel',
            call: 'wait4',
            loss: 'the status of the child or signal it has already taken',
          },
          line: 4,
          column: 2,
        },
      ],
    },
    {
      name: "the caller's descriptor is closed",
      files: {
        'src/unistd/close.c': `int close(int fd)
{
	int r = __syscall(SYS_close, fd);
	pthread_testcancel();
	return r;
}
`,
      },
      errors: [
        {
          messageId: 'afterCall',
          data: { how: 'pthread_testcancel', call: 'close', loss: 'the news that the descriptor is gone' },
          line: 4,
          column: 2,
        },
      ],
    },
    {
      name: 'glibc: a twin, and then a test',
      libc: 'glibc',
      files: {
        'io/read_it.c': `ssize_t
__read_it (int fd, void *buf, size_t count)
{
  ssize_t n = __read_nocancel (fd, buf, count);
  __pthread_testcancel ();
  return n;
}
`,
      },
      errors: [
        {
          messageId: 'afterCall',
          data: {
            how: '__pthread_testcancel',
            call: 'read',
            loss: 'the count of the data it has already moved',
          },
          line: 5,
          column: 3,
        },
      ],
    },
    {
      name: 'dietlibc: the macro that tests stands behind the call',
      libc: 'dietlibc',
      files: {
        'libpthread/pthread_sys_accept.c': `int
accept (int fd, struct sockaddr *addr, socklen_t *len)
{
  int r = __libc_accept (fd, addr, len);
  __TEST_CANCEL();
  return r;
}
`,
      },
      errors: [
        {
          messageId: 'afterCall',
          data: { how: '__TEST_CANCEL', call: 'accept', loss: 'the new descriptor' },
          line: 5,
          column: 3,
        },
      ],
    },
    {
      name: 'the C side of a window acts whatever the call gave',
      files: { 'src/thread/cancel.c': wrapper('self->cancel && !self->canceldisable') },
      errors: [
        {
          messageId: 'afterWindow',
          data: { how: '__cancel' },
          line: 6,
          column: 7,
          function: '__syscall_cp_c',
          properties: ['W12'],
          flow: [{ message: 'succeeds', line: 4 }, { message: 'sets the flag' }, { message: 'never seen', line: 6 }],
        },
      ],
    },
    {
      name: 'glibc from 2.41: the C side tests again',
      libc: 'glibc',
      files: {
        'nptl/cancellation.c': `long int
__internal_syscall_cancel (long int a1, long int nr)
{
  struct pthread *pd = THREAD_SELF;
  long int result = __syscall_cancel_arch (&pd->cancelhandling, nr, a1);
  __pthread_testcancel ();
  return result;
}
`,
      },
      errors: [{ messageId: 'afterWindow', data: { how: '__pthread_testcancel' }, line: 6, column: 3 }],
    },
    {
      name: 'musl in March 2011: the end of the region looks at the request',
      files: bracket('0'),
      errors: [
        {
          messageId: 'inRestore',
          data: { how: 'CANCELPT_END', uses: 1 },
          file: 'src/internal/libc.h',
          line: 3,
          column: 9,
          properties: ['W2'],
          flow: [
            { message: 'returns a new descriptor', file: 'src/unistd/dup.c', line: 6 },
            { message: 'sets the flag', line: 7 },
            { message: 'acts', line: 7 },
          ],
          related: [{ message: "used in 'dup'", file: 'src/unistd/dup.c', line: 7 }],
        },
      ],
    },
    {
      name: 'glibc: the function that switches back looks at the request, and a macro holds the bracket',
      libc: 'glibc',
      files: {
        'sysdeps/unix/sysdep.h': `#define LIBC_CANCEL_ASYNC() __pthread_enable_asynccancel ()
#define LIBC_CANCEL_RESET(oldtype) __pthread_disable_asynccancel (oldtype)
#define SYSCALL_CANCEL(...) \\
  ({ int sc_type = LIBC_CANCEL_ASYNC (); \\
     long int sc_ret = INLINE_SYSCALL_CALL (__VA_ARGS__); \\
     LIBC_CANCEL_RESET (sc_type); \\
     sc_ret; })
`,
        'nptl/cancellation.c': `void
__pthread_disable_asynccancel (int oldtype)
{
  if (cancel_enabled_and_canceled (THREAD_SELF->cancelhandling))
    __do_cancel ();
}
`,
        'io/dup.c': `#include <sysdep.h>
int
__dup (int fd)
{
  return SYSCALL_CANCEL (dup, fd);
}
`,
      },
      errors: [
        {
          messageId: 'inRestore',
          data: { how: '__pthread_disable_asynccancel', uses: 1 },
          file: 'nptl/cancellation.c',
          line: 2,
          column: 1,
          function: '__pthread_disable_asynccancel',
          related: [{ message: "used in '__dup'", file: 'io/dup.c', line: 5 }],
        },
      ],
    },
    {
      name: 'fixture: one of four functions that open',
      fixture: 'rules/result-discarded/musl/after-open',
      errors: [{ ...afterOpen, function: '__open_raw', file: 'src/temp/open_it.c', line: 14, column: 2 }],
    },
  ],
});
