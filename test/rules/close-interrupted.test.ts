// The shapes in which libcs have treated an interrupted close, and their neighbours that look alike.
import rule from '../../src/rules/close-interrupted.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const close = 'src/unistd/close.c';
const cancel = 'src/thread/pthread_cancel.c';

/** The C side of a window; `eintr` is the condition under which it acts. */
const wrapper = (
  eintr: string,
  before = '',
) => `long __syscall_cp_c(long nr, long a, long b, long c, long d, long e, long f)
{
	struct pthread *self = __pthread_self();
	long r;
${before}	r = __syscall_cp_asm(&self->cancel, nr, a, b, c, d, e, f);
	if (${eintr})
		r = __cancel();
	return r;
}
`;

const reported = { messageId: 'reported', function: 'close', properties: [] } as const;
const retried = { messageId: 'retried', properties: [] } as const;
const actedUpon = { messageId: 'actedUpon', properties: ['W12'] } as const;

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    {
      name: 'EINTR becomes success',
      files: {
        [close]: `int close(int fd)
{
	int r = __syscall_cp(SYS_close, fd);
	if (r == -EINTR) r = 0;
	return __syscall_ret(r);
}
`,
      },
    },
    {
      name: 'EINTR becomes EINPROGRESS, by a conditional expression',
      files: {
        [close]: `int close(int fd)
{
	int r = __syscall_cp(SYS_close, fd);
	return __syscall_ret(r == -EINTR ? -EINPROGRESS : r);
}
`,
      },
    },
    {
      name: 'EINTR in errno becomes success',
      files: {
        [close]: `int close(int fd)
{
	if (syscall_cp(SYS_close, fd) < 0 && errno != EINTR)
		return -1;
	return 0;
}
`,
      },
    },
    {
      name: 'EINTR in errno becomes EINPROGRESS',
      files: {
        [close]: `int close(int fd)
{
	int r = syscall_cp(SYS_close, fd);
	if (r == -1 && errno == EINTR)
		errno = EINPROGRESS;
	return r;
}
`,
      },
    },
    {
      name: 'EINTR is told by a switch',
      files: {
        [close]: `int close(int fd)
{
	int r = __syscall_cp(SYS_close, fd);
	switch (r) {
	case -EINTR:
	case -EINPROGRESS:
		return 0;
	default:
		return __syscall_ret(r);
	}
}
`,
      },
    },
    {
      name: 'glibc: an errno that a call sets is not known',
      libc: 'glibc',
      files: {
        'sysdeps/unix/sysv/linux/close.c': `int __close (int fd)
{
  int r = SYSCALL_CANCEL (close, fd);
  if (r < 0 && errno == EINTR)
    __set_errno (EINPROGRESS);
  return r;
}
weak_alias (__close, close)
`,
      },
    },
    {
      name: 'another function closes and looks at nothing',
      files: {
        'src/stdio/drop.c': `int __drop(int fd)
{
	int cs, r;
	__pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);
	r = __syscall(SYS_close, fd);
	__pthread_setcancelstate(cs, 0);
	return r;
}
`,
      },
    },
    {
      name: 'read is retried after EINTR',
      files: {
        'src/misc/fill.c': `long __fill(int fd, void *buf, unsigned long n)
{
	long r;
	do r = __syscall_cp(SYS_read, fd, buf, n);
	while (r == -EINTR);
	__syscall(SYS_close, fd);
	return r;
}
`,
      },
    },
    {
      name: 'a loop closes one descriptor after the other and skips those that are interrupted',
      files: {
        'src/process/closeall.c': `int __closeall(const int *fds, int n)
{
	int cs, failed = 0;
	__pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);
	for (int i = 0; i < n; i++) {
		long r = __syscall(SYS_close, fds[i]);
		if (r == -EINTR) continue;
		if (r) failed = 1;
	}
	__pthread_setcancelstate(cs, 0);
	return failed;
}
`,
      },
    },
    {
      name: 'only EAGAIN is retried',
      files: {
        [close]: `int close(int fd)
{
	int r;
	do r = __syscall_cp(SYS_close, fd);
	while (r == -EAGAIN);
	return r == -EINTR ? 0 : __syscall_ret(r);
}
`,
      },
    },
    {
      name: 'close is left out where EINTR is acted upon',
      files: { [cancel]: wrapper('r == -EINTR && nr != SYS_close && self->cancel') },
    },
    {
      name: 'close is left out by a negated comparison',
      files: { [cancel]: wrapper('r == -EINTR && !(nr == SYS_close) && self->cancel') },
    },
    {
      name: 'close is made raw before the window is entered',
      files: { [cancel]: wrapper('r == -EINTR && self->cancel', '\tif (nr == SYS_close) return __syscall(nr, a);\n') },
    },
    {
      name: 'close returns before the request is looked at',
      files: {
        [cancel]: wrapper('r == -EINTR && self->cancel').replace(
          '\tif (r',
          '\tif (nr == SYS_close) return r;\n\tif (r',
        ),
      },
    },
    { name: 'nothing is acted upon after the call', files: { [cancel]: wrapper('0') } },
    { name: 'fixture: EINTR is mapped to success', fixture: 'rules/close-interrupted/musl/mapped' },
  ],
  invalid: [
    {
      name: 'musl to 2012: the result is handed on',
      files: {
        [close]: `int close(int fd)
{
	return syscall_cp(SYS_close, fd);
}
`,
      },
      errors: [
        {
          ...reported,
          data: { name: 'close' },
          line: 3,
          column: 9,
          endLine: 3,
          endColumn: 34,
          targets: ['i386', 'x86_64'],
          flow: [
            { message: 'EINTR', line: 3 },
            { message: 'closes again', line: 3 },
          ],
        },
      ],
    },
    {
      name: 'the kernel result is handed on, although other errors are looked at',
      files: {
        [close]: `int close(int fd)
{
	long r = __syscall_cp(SYS_close, fd);
	if (r == -EBADF) __report(fd);
	return __syscall_ret(r);
}
`,
      },
      errors: [{ ...reported, data: { name: 'close' }, line: 3, column: 11 }],
    },
    {
      name: 'EINTR is looked at, and handed on',
      files: {
        [close]: `int close(int fd)
{
	int r = __syscall_cp(SYS_close, fd);
	if (r == -EINTR) __count();
	return __syscall_ret(r);
}
`,
      },
      errors: [{ ...reported, data: { name: 'close' }, line: 3, column: 10 }],
    },
    {
      name: 'glibc: the internal name',
      libc: 'glibc',
      files: {
        'sysdeps/unix/sysv/linux/close.c': `int
__close (int fd)
{
  return SYSCALL_CANCEL (close, fd);
}
weak_alias (__close, close)
`,
      },
      errors: [{ ...reported, function: '__close', data: { name: '__close' }, line: 4, column: 10 }],
    },
    {
      name: 'uClibc-ng: a twin within an asynchronous bracket',
      libc: 'uclibc-ng',
      files: {
        'libc/sysdeps/linux/common/close.c': `int close(int fd)
{
	int type = LIBC_CANCEL_ASYNC();
	int result = __close_nocancel(fd);
	LIBC_CANCEL_RESET(type);
	return result;
}
`,
      },
      errors: [{ ...reported, data: { name: 'close' }, line: 4, column: 15 }],
    },
    {
      name: 'a loop calls again while the kernel says EINTR',
      files: {
        'src/stdio/drop.c': `int __drop(int fd)
{
	int cs;
	long r;
	__pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);
	do r = __syscall(SYS_close, fd);
	while (r == -EINTR);
	__pthread_setcancelstate(cs, 0);
	return __syscall_ret(r);
}
`,
      },
      errors: [
        {
          ...retried,
          data: { name: '__drop' },
          line: 6,
          column: 9,
          function: '__drop',
          flow: [{ message: 'returns EINTR' }, { message: 'closed again' }],
        },
      ],
    },
    {
      name: 'a goto calls again while errno says EINTR',
      files: {
        [close]: `int close(int fd)
{
	int r;
again:
	r = syscall_cp(SYS_close, fd);
	if (r < 0 && errno == EINTR) goto again;
	return r;
}
`,
      },
      errors: [{ ...retried, data: { name: 'close' }, line: 5, column: 6 }],
    },
    {
      name: 'glibc: the twin is called again',
      libc: 'glibc',
      files: {
        'nptl/sem_drop.c': `static void
drop (int fd)
{
  int state;
  __pthread_setcancelstate (PTHREAD_CANCEL_DISABLE, &state);
  while (__close_nocancel (fd) == -1 && errno == EINTR)
    continue;
  __pthread_setcancelstate (state, NULL);
}
`,
      },
      errors: [{ ...retried, data: { name: 'drop' }, line: 6, column: 10 }],
    },
    {
      name: 'glibc from 2.41: EINTR of any call is acted upon',
      libc: 'glibc',
      files: {
        'nptl/cancellation.c': `long int
__internal_syscall_cancel (long int a1, long int a2, long int a3, long int a4,
			   long int a5, long int a6, long int nr)
{
  struct pthread *pd = THREAD_SELF;
  long int result = __syscall_cancel_arch (&pd->cancelhandling, nr, a1, a2, a3,
					   a4, a5, a6);
  int ch = atomic_load_relaxed (&pd->cancelhandling);
  if (result == -EINTR && cancel_enabled_and_canceled (ch))
    __syscall_do_cancel ();
  return result;
}
`,
      },
      errors: [
        {
          ...actedUpon,
          data: { name: '__internal_syscall_cancel' },
          line: 10,
          column: 5,
          endColumn: 27,
          flow: [
            { message: 'close releases the descriptor', line: 6 },
            { message: 'acted upon', line: 10 },
          ],
        },
      ],
    },
    {
      name: 'another call is left out, and close is not',
      files: { [cancel]: wrapper('r == -EINTR && nr != SYS_futex && self->cancel') },
      errors: [{ ...actedUpon, data: { name: '__syscall_cp_c' }, line: 7, column: 7 }],
    },
    {
      name: 'close is left out only while cancellation is masked',
      files: {
        [cancel]: wrapper(
          'r == -EINTR && self->cancel',
          '\tif (self->canceldisable && nr == SYS_close) return __syscall(nr, a);\n',
        ),
      },
      errors: [{ ...actedUpon, data: { name: '__syscall_cp_c' }, line: 8, column: 7 }],
    },
    {
      name: 'fixture: two wrappers of one tree',
      fixture: 'rules/close-interrupted/musl/wrappers',
      errors: [
        { ...retried, data: { name: '__file_drop' }, file: 'src/stdio/__file_drop.c', line: 8, column: 9 },
        { ...reported, data: { name: 'close' }, file: 'src/unistd/close.c', line: 6, column: 11 },
      ],
    },
  ],
});
