// Every way through a required cancellation point looks for a request.
import rule from '../../src/rules/point-skipped.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const at = 'src/thread/sem_wait.c';
const semWait = (body: string) => ({ [at]: `int sem_wait(sem_t *s)\n{\n${body}}\n` });
const data = { names: 'sem_wait', by: 'POSIX.1-2008' };
const both = ['i386', 'x86_64'] as const;

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    {
      name: 'a test in front',
      files: semWait('\tpthread_testcancel();\n\tif (!sem_trywait(s)) return 0;\n\treturn syscall_cp(SYS_futex, s);\n'),
    },
    {
      name: 'only errors come back early',
      files: semWait('\tif (!s) return -1;\n\treturn syscall_cp(SYS_futex, s);\n'),
    },
    {
      name: 'errno is set',
      files: semWait(
        '\tint r = 0;\n\tif (!s) {\n\t\terrno = EINVAL;\n\t\tr = broken(s);\n\t\treturn r;\n\t}\n\treturn syscall_cp(SYS_futex, s);\n',
      ),
    },
    {
      name: 'what is known not to be 0 is handed on',
      files: semWait('\tint err = prepare(s);\n\tif (err) return err;\n\treturn syscall_cp(SYS_futex, s);\n'),
    },
    {
      name: 'errno is set to what a call gave',
      files: semWait(
        '\tint r = prepare(s);\n\tif (r == 0) r = syscall_cp(SYS_futex, s);\n\tif (r != 0) errno = r;\n\treturn status(s);\n',
      ),
    },
    {
      name: "an error's number in a variable",
      files: {
        'src/thread/pthread_join.c':
          'int pthread_join(pthread_t t, void **res)\n{\n\tint r;\n\tif (!t) {\n\t\tr = ESRCH;\n\t\tgoto out;\n\t}\n\tr = syscall_cp(SYS_futex, t);\nout:\n\treturn r;\n}\n',
      },
    },
    {
      name: 'two paths that exclude each other',
      files: {
        'arch/generic/bits/errno.h': '#define ENOSYS 38\n',
        ...semWait(
          '\tint r = -ENOSYS;\n\tif (wide(s)) r = syscall_cp(SYS_futex_time64, s);\n\tif (r != -ENOSYS) return r;\n\treturn syscall_cp(SYS_futex, s);\n',
        ),
      },
    },
    {
      name: 'by a function that always acts',
      files: semWait(
        '\treturn sem_timedwait(s, 0);\n}\nint sem_timedwait(sem_t *s, const struct timespec *t)\n{\n\tpthread_testcancel();\n\treturn wait_for(s, t);\n',
      ),
    },
    {
      name: 'a function that is one only for some commands',
      files: {
        'src/fcntl/fcntl.c':
          'int fcntl(int fd, int cmd, long arg)\n{\n\tif (cmd == F_SETLKW) return syscall_cp(SYS_fcntl, fd, cmd, arg);\n\treturn syscall(SYS_fcntl, fd, cmd, arg);\n}\n',
      },
    },
    {
      name: 'a process with one thread',
      libc: 'glibc',
      files: {
        'nptl/sem_wait.c':
          'int\nsem_wait (sem_t *s)\n{\n  if (SINGLE_THREAD_P)\n    return INLINE_SYSCALL (futex, 1, s);\n  return SYSCALL_CANCEL (futex, s);\n}\n',
      },
    },
  ],
  invalid: [
    {
      name: 'errno is put back, and is no error',
      files: semWait(
        '\tint saved = errno;\n\tif (take(s)) {\n\t\terrno = saved;\n\t\treturn 0;\n\t}\n\treturn syscall_cp(SYS_futex, s);\n',
      ),
      errors: [{ messageId: 'skips', data, line: 4, column: 6, targets: both }],
    },
    {
      name: 'nothing to wait for',
      files: semWait('\tif (!sem_trywait(s)) return 0;\n\treturn syscall_cp(SYS_futex, s);\n'),
      errors: [
        {
          messageId: 'skips',
          data,
          line: 3,
          column: 7,
          function: 'sem_wait',
          targets: both,
          flow: [
            { message: 'sets the flag', line: 1, column: 5 },
            { message: "calls 'sem_wait'", line: 1, column: 5 },
            { message: 'past the place', line: 3, column: 7 },
            { message: 'back to its caller', line: 3, column: 23 },
          ],
        },
      ],
    },
    {
      name: 'a loop that need not be entered',
      files: {
        'src/thread/pthread_join.c':
          'int pthread_join(pthread_t t, void **res)\n{\n\twhile (t->tid) syscall_cp(SYS_futex, t);\n\tif (res) *res = t->result;\n\treturn 0;\n}\n',
      },
      errors: [
        { messageId: 'skips', data: { names: 'pthread_join', by: 'POSIX.1-2024' }, line: 3, column: 9, targets: both },
      ],
    },
    {
      name: 'in a function that is called',
      files: semWait(
        '\treturn wait_on(s, 0);\n}\nint wait_on(sem_t *s, const struct timespec *t)\n{\n\tif (take(s)) return 0;\n\treturn syscall_cp(SYS_futex, s, t);\n',
      ),
      errors: [
        {
          messageId: 'skips',
          data,
          line: 7,
          column: 6,
          function: 'wait_on',
          targets: both,
          flow: [
            { message: 'sets the flag', line: 1, column: 5 },
            { message: "calls 'sem_wait'", line: 1, column: 5 },
            { message: 'by way of this call', line: 3, column: 9 },
            { message: 'past the place', line: 7, column: 6 },
            { message: 'back to its caller', line: 3, column: 2 },
          ],
        },
      ],
    },
  ],
});
