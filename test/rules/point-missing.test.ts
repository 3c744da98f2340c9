// Every function that POSIX requires to be a cancellation point has something that acts on a request.
import rule from '../../src/rules/point-missing.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const read = {
  'src/unistd/read.c': 'ssize_t read(int fd, void *b, size_t n)\n{\n\treturn syscall_cp(SYS_read, fd, b, n);\n}\n',
};
const fsync = (body: string) => ({ ...read, 'src/unistd/fsync.c': `int fsync(int fd)\n{\n${body}}\n` });
const by = 'POSIX.1-2024';
const both = ['i386', 'x86_64'] as const;

/** Something that acts, in a tree in the shape of glibc. */
const acting = { 'io/read.c': 'int read (int fd)\n{\n  return SYSCALL_CANCEL (read, fd);\n}\n' };

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    { name: 'the marked wrapper', files: fsync('\treturn syscall_cp(SYS_fsync, fd);\n') },
    { name: 'a test for a request', files: fsync('\tpthread_testcancel();\n\treturn syscall(SYS_fsync, fd);\n') },
    {
      name: 'by way of another function',
      files: {
        'src/unistd/fsync.c':
          'static int sync_fd(int fd, int data)\n{\n\treturn syscall_cp(data ? SYS_fdatasync : SYS_fsync, fd);\n}\nint fsync(int fd)\n{\n\treturn sync_fd(fd, 0);\n}\n',
      },
    },
    {
      name: 'by way of another name in another file',
      files: {
        ...read,
        'src/unistd/readv.c':
          'ssize_t readv(int fd, const struct iovec *v, int n)\n{\n\treturn __read_some(fd, v, n);\n}\n',
        'src/unistd/some.c':
          'ssize_t some(int fd, const struct iovec *v, int n)\n{\n\treturn syscall_cp(SYS_readv, fd, v, n);\n}\nweak_alias(some, __read_some);\n',
      },
    },
    {
      name: 'a part of what it calls is not understood',
      notUnderstood: true,
      files: {
        ...read,
        'src/unistd/fsync.c':
          'static int sync_fd(int fd)\n{\n\treturn int syscall_cp(SYS_fsync, fd);\n}\nint fsync(int fd)\n{\n\treturn sync_fd(fd);\n}\n',
      },
    },
    { name: 'a stub that only fails', files: fsync('\terrno = ENOSYS;\n\treturn -1;\n') },
    {
      name: 'a function that need not be one',
      files: { ...read, 'src/unistd/dup.c': 'int dup(int fd)\n{\n\treturn syscall(SYS_dup, fd);\n}\n' },
    },
    {
      name: 'a cancel state that is restored before the call',
      files: fsync(
        '\tint cs;\n\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);\n\tnote(fd);\n\tpthread_setcancelstate(cs, 0);\n\treturn syscall_cp(SYS_fsync, fd);\n',
      ),
    },
    {
      name: 'glibc 2.9: only the version for old programs is in C',
      libc: 'glibc',
      files: {
        ...acting,
        'nptl/old_pthread_cond_wait.c':
          'int __pthread_cond_wait_2_0 (pthread_cond_2_0_t *cond, pthread_mutex_t *m)\n{\n  return INLINE_SYSCALL_CALL (futex, cond, m);\n}\ncompat_symbol (libpthread, __pthread_cond_wait_2_0, pthread_cond_wait, GLIBC_2_0);\n',
      },
    },
    {
      name: 'glibc of 2003: of what it calls only the version for old programs is in C',
      libc: 'glibc',
      files: {
        ...acting,
        'nptl/old_pthread_cond_wait.c':
          'int __pthread_cond_wait_2_0 (pthread_cond_2_0_t *cond, pthread_mutex_t *m)\n{\n  return INLINE_SYSCALL_CALL (futex, cond, m);\n}\ncompat_symbol (libpthread, __pthread_cond_wait_2_0, pthread_cond_wait, GLIBC_2_0);\n',
        'sysdeps/pthread/aio_suspend.c':
          'int aio_suspend (const struct aiocb *const list[], int n)\n{\n  return pthread_cond_wait (list[0], n);\n}\n',
      },
    },
    {
      name: 'glibc 2.9: an inline function that goes on to what the assembly defines',
      libc: 'glibc',
      files: {
        ...acting,
        'socket/bits/socket2.h':
          'extern __inline ssize_t\nrecv (int fd, void *b, size_t n, int flags)\n{\n  return INLINE_SYSCALL_CALL (recv, fd, b, n, flags);\n}\n',
      },
    },
    {
      name: 'glibc to 2.28: a call that Linux does not have only fails',
      libc: 'glibc',
      files: {
        ...acting,
        'sysdeps/unix/sysv/linux/i386/getmsg.c':
          'int getmsg (int fd, struct strbuf *c, struct strbuf *d, int *flags)\n{\n  return INLINE_SYSCALL (getpmsg, 5, fd, c, d, -1, flags);\n}\n',
        'sysdeps/unix/sysv/linux/syscalls.list': 'putpmsg - putpmsg i:ippii putpmsg\n',
      },
    },
  ],
  invalid: [
    {
      name: 'a plain call',
      files: fsync('\treturn syscall(SYS_fsync, fd);\n'),
      errors: [
        {
          messageId: 'plain',
          file: 'src/unistd/fsync.c',
          data: { name: 'fsync', by },
          line: 3,
          column: 9,
          endColumn: 31,
          function: 'fsync',
          targets: both,
          flow: [
            { message: "calls 'fsync'", line: 1, column: 5 },
            { message: 'it waits', line: 3, column: 9 },
            { message: 'sets the flag', line: 3, column: 9 },
            { message: 'stays pending', line: 1, column: 5 },
          ],
        },
      ],
    },
    {
      name: 'two on one plain function are told at the one',
      files: {
        ...read,
        'src/signal/sigtimedwait.c':
          'int sigtimedwait(const sigset_t *s, siginfo_t *i, const struct timespec *t)\n{\n\treturn syscall(SYS_rt_sigtimedwait, s, i, t, 8);\n}\nint sigwaitinfo(const sigset_t *s, siginfo_t *i)\n{\n\treturn sigtimedwait(s, i, 0);\n}\n',
      },
      errors: [
        {
          messageId: 'plain',
          file: 'src/signal/sigtimedwait.c',
          data: { name: 'sigtimedwait', by },
          line: 3,
          column: 9,
          targets: both,
        },
      ],
    },
    {
      name: 'everything is done with cancellation disabled',
      files: fsync(
        '\tint cs, r;\n\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);\n\tr = syscall_cp(SYS_fsync, fd);\n\tpthread_setcancelstate(cs, 0);\n\treturn r;\n',
      ),
      errors: [
        {
          messageId: 'disabled',
          file: 'src/unistd/fsync.c',
          data: { name: 'fsync', by },
          line: 4,
          column: 2,
          targets: both,
        },
      ],
    },
    {
      name: 'on one target only',
      files: {
        ...fsync(
          '#ifdef __i386__\n\treturn syscall(SYS_fsync, fd);\n#else\n\treturn syscall_cp(SYS_fsync, fd);\n#endif\n',
        ),
      },
      errors: [
        {
          messageId: 'plain',
          file: 'src/unistd/fsync.c',
          data: { name: 'fsync', by },
          line: 4,
          column: 9,
          targets: ['i386'],
        },
      ],
    },
    {
      name: 'a line of a table of system calls',
      libc: 'glibc',
      files: {
        'io/open.c':
          'int __libc_open (const char *f, int o)\n{\n  return SYSCALL_CANCEL (open, f, o);\n}\nweak_alias (__libc_open, open)\n',
        'sysdeps/unix/syscalls.list':
          '# File name\tCaller\tSyscall name\tArgs\tStrong name\tWeak names\nfsync\t-\tfsync\ti:i\t__libc_fsync\tfsync\nread\t-\tread\tCi:ibn\t__libc_read\tread\n',
      },
      errors: [
        {
          messageId: 'plain',
          file: 'sysdeps/unix/syscalls.list',
          data: { name: 'fsync', by },
          line: 2,
          column: 1,
          function: '__libc_fsync',
          targets: both,
        },
      ],
    },
  ],
});
