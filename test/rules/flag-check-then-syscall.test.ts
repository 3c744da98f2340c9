// A test in C and a call that can wait: right through the marked wrapper, wrong when the call is made raw.
import rule from '../../src/rules/flag-check-then-syscall.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const at = 'src/misc/get_it.c';

const gets = (
  before: string,
  call = 'r = __syscall(SYS_read, fd, buf, n);',
) => `long __get_it(int fd, char *buf, unsigned long n)
{
	struct pthread *self = __pthread_self();
	int cs;
	long r = 0;
${before}	${call}
	return r;
}
`;

const lost = { test: 'pthread_testcancel', call: 'read', via: '__syscall' };
const testThenCall = { messageId: 'testThenCall', properties: ['W1'], function: '__get_it' } as const;

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    {
      name: 'the marked wrapper follows the test',
      files: { [at]: gets('\tpthread_testcancel();\n', 'r = __syscall_cp(SYS_read, fd, buf, n);') },
    },
    {
      name: 'the call cannot wait',
      files: { [at]: gets('\tpthread_testcancel();\n', 'r = __syscall(SYS_lseek, fd, 0, SEEK_CUR);') },
    },
    {
      name: 'the command cannot wait',
      files: { [at]: gets('\tpthread_testcancel();\n', 'r = __syscall(SYS_fcntl, fd, F_GETFL);') },
    },
    {
      name: 'threads are woken, not waited for',
      files: {
        [at]: gets('\tpthread_testcancel();\n', 'r = __syscall(SYS_futex, &self->lock, FUTEX_WAKE|FUTEX_PRIVATE, 1);'),
      },
    },
    {
      name: 'cancellation is disabled between the test and the call',
      files: { [at]: gets('\tpthread_testcancel();\n\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);\n') },
    },
    {
      name: 'cancellation is disabled around both',
      files: { [at]: gets('\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);\n\tpthread_testcancel();\n') },
    },
    {
      name: 'the raw call is made only where cancellation is disabled',
      files: { [at]: gets('\tpthread_testcancel();\n\tif (self->canceldisable)\n') },
    },
    {
      name: 'the raw call comes first',
      files: { [at]: gets('', 'r = __syscall(SYS_read, fd, buf, n);\n\tpthread_testcancel();') },
    },
    {
      name: 'the request is looked at again by the marked wrapper in front of the raw call',
      files: { [at]: gets('\tpthread_testcancel();\n\t__syscall_cp(SYS_poll, 0, 0, 10);\n') },
    },
    {
      name: 'the flag is read and nothing acts on it',
      files: { [at]: gets('\tif (self->cancel) n = 0;\n') },
    },
    {
      name: 'the C side of a window reads the flag after the call',
      files: {
        'src/thread/cancel.c': `long __syscall_cp_c(long nr, long a, long b, long c)
{
	struct pthread *self = __pthread_self();
	long r;
	int st = self->canceldisable;
	if (st == PTHREAD_CANCEL_DISABLE) return __syscall(nr, a, b, c);
	r = __syscall_cp_asm(&self->cancel, nr, a, b, c);
	if (r == -EINTR && nr != SYS_close && self->cancel && !self->canceldisable)
		r = __cancel();
	return r;
}
`,
      },
    },
    {
      name: 'dietlibc: two wrappers test and call, which is how the library works',
      libc: 'dietlibc',
      files: {
        'libpthread/pthread_sys_read.c':
          'int read (int fd, void *b, int n) { __TEST_CANCEL(); return __libc_read (fd, b, n); }\n',
        'libpthread/pthread_sys_write.c':
          'int write (int fd, void *b, int n) { __TEST_CANCEL(); return __libc_write (fd, b, n); }\n',
      },
    },
    {
      name: 'glibc: the twin is called where cancellation is disabled',
      libc: 'glibc',
      files: {
        'io/get_it.c': `ssize_t
__get_it (int fd, void *buf, size_t n)
{
  int ch = atomic_load_relaxed (&THREAD_SELF->cancelhandling);
  __pthread_testcancel ();
  if (!cancel_enabled (ch))
    return __read_nocancel (fd, buf, n);
  return SYSCALL_CANCEL (read, fd, buf, n);
}
`,
      },
    },
  ],
  invalid: [
    {
      name: 'a test and a raw call',
      files: { [at]: gets('\tpthread_testcancel();\n') },
      errors: [
        {
          ...testThenCall,
          data: lost,
          line: 7,
          column: 6,
          endLine: 7,
          endColumn: 37,
          targets: ['i386', 'x86_64'],
          flow: [
            { message: "'pthread_testcancel' finds no request", line: 6, column: 2 },
            { message: 'sends the cancellation signal', line: 7 },
            { message: "'read' blocks", line: 7 },
          ],
        },
      ],
    },
    {
      name: 'the flag is read by hand',
      files: { [at]: gets('\tif (self->cancel && !self->canceldisable) __cancel();\n') },
      errors: [{ ...testThenCall, data: { ...lost, test: 'cancel' }, line: 7, column: 6 }],
    },
    {
      name: 'a condition on something else stands between',
      files: { [at]: gets('\tpthread_testcancel();\n\tif (n > 4096) n = 4096;\n') },
      errors: [{ ...testThenCall, data: lost, line: 8, column: 6 }],
    },
    {
      name: 'cancellation is enabled again in front of the test',
      files: {
        [at]: gets(
          '\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);\n\t__lock_it();\n\tpthread_setcancelstate(cs, 0);\n\tpthread_testcancel();\n',
        ),
      },
      errors: [{ ...testThenCall, data: lost, line: 10, column: 6 }],
    },
    {
      name: 'a lock of a file is waited for',
      files: { [at]: gets('\tpthread_testcancel();\n', 'r = __syscall(SYS_fcntl, fd, F_SETLKW, buf);') },
      errors: [{ ...testThenCall, data: { ...lost, call: 'fcntl' }, line: 7, column: 6 }],
    },
    {
      name: 'a futex is waited for',
      files: { [at]: gets('\tpthread_testcancel();\n', 'r = __syscall(SYS_futex, &self->lock, FUTEX_WAIT, 0, 0);') },
      errors: [{ ...testThenCall, data: { ...lost, call: 'futex' }, line: 7, column: 6 }],
    },
    {
      name: 'the library has a window, and one function does without',
      files: {
        [at]: gets('\tpthread_testcancel();\n'),
        'src/thread/cancel.c':
          'long __syscall_cp_c(long nr)\n{\n\treturn __syscall_cp_asm(&__pthread_self()->cancel, nr);\n}\n',
      },
      errors: [{ ...testThenCall, data: lost, file: at, line: 7, column: 6 }],
    },
    {
      name: 'glibc: a test and a twin',
      libc: 'glibc',
      files: {
        'io/get_it.c': `ssize_t
__get_it (int fd, void *buf, size_t n)
{
  __pthread_testcancel ();
  return __read_nocancel (fd, buf, n);
}
`,
      },
      errors: [
        {
          ...testThenCall,
          data: { test: '__pthread_testcancel', call: 'read', via: '__read_nocancel' },
          line: 5,
          column: 10,
        },
      ],
    },
    {
      name: 'glibc: the request is looked at by its bits',
      libc: 'glibc',
      files: {
        'io/get_it.c': `ssize_t
__get_it (int fd, void *buf, size_t n)
{
  int ch = atomic_load_relaxed (&THREAD_SELF->cancelhandling);
  if (cancel_enabled_and_canceled (ch))
    __do_cancel ();
  return INLINE_SYSCALL_CALL (read, fd, buf, n);
}
`,
      },
      errors: [
        {
          ...testThenCall,
          data: { test: 'cancel_enabled_and_canceled', call: 'read', via: 'INLINE_SYSCALL_CALL' },
          line: 7,
          column: 10,
        },
      ],
    },
    {
      name: 'fixture: a wait in a loop',
      fixture: 'rules/flag-check-then-syscall/musl/by-hand',
      errors: [
        {
          ...testThenCall,
          function: '__join_it',
          data: { ...lost, call: 'futex' },
          file: 'src/thread/join_it.c',
          line: 8,
          column: 3,
        },
      ],
    },
  ],
});
