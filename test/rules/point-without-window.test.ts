// The mechanism of a libc without windows is told once, at its definition.
import rule from '../../src/rules/point-without-window.js';
import { RuleTester } from '../../src/testing/rule-tester.js';
import { at386, at64, glibcTree, gnu64, gnu64at, musl386, musl64 } from './windows.js';

/** glibc to 2.40: a macro brackets the call, functions in C switch. */
const sysdep = `#define SYSCALL_CANCEL(...) \\
  ({									\\
    long int sc_ret;							\\
    if (NO_SYSCALL_CANCEL_CHECKING)					\\
      sc_ret = INLINE_SYSCALL_CALL (__VA_ARGS__);			\\
    else								\\
      {									\\
	int sc_cancel_oldtype = LIBC_CANCEL_ASYNC ();			\\
	sc_ret = INLINE_SYSCALL_CALL (__VA_ARGS__);			\\
	LIBC_CANCEL_RESET (sc_cancel_oldtype);				\\
      }									\\
    sc_ret;								\\
  })
`;
const gnuUse = (name: string) => `#include <sysdep.h>
int
__${name} (int fd, void *p, int n)
{
  return SYSCALL_CANCEL (${name}, fd, p, n);
}
`;
const gnuTree = {
  'sysdeps/unix/sysdep.h': sysdep,
  'sysdeps/unix/sysv/linux/accept.c': gnuUse('accept'),
  'sysdeps/unix/sysv/linux/read.c': gnuUse('read'),
};

/** uClibc-ng: a macro at file scope makes the function. */
const uclibcTree = {
  'include/cancel.h': `#define __NC(name) __##name##_nocancel
#define CANCELLABLE_SYSCALL(res_type, name, param_list, params) \\
res_type name param_list { \\
	int oldtype = LIBC_CANCEL_ASYNC(); \\
	res_type result = __NC(name) params; \\
	LIBC_CANCEL_RESET(oldtype); \\
	return result; \\
}
`,
  'libc/sysdeps/linux/common/read.c': `#include <cancel.h>
CANCELLABLE_SYSCALL(ssize_t, read, (int fd, void *buf, size_t n), (fd, buf, n))
`,
  'libc/sysdeps/linux/common/write.c': `#include <cancel.h>
CANCELLABLE_SYSCALL(ssize_t, write, (int fd, const void *buf, size_t n), (fd, buf, n))
`,
};

/** glibc to 2.9: the handler goes by the mode, which lies in one word with the request. */
const gnuHandler = (asks = '') => `static void
sigcancel_handler (int sig)
{
  struct pthread *self = THREAD_SELF;
  int ch = atomic_load_relaxed (&self->cancelhandling);
  if (sig != SIGCANCEL)
    return;
${asks}  if ((ch & CANCELTYPE_BITMASK) != 0)
    __do_cancel ();
}
`;
const gnuRestore = (behind: string, off = 'THREAD_ATOMIC_AND (self, cancelhandling, ~CANCELTYPE_BITMASK);') => `void
__pthread_disable_asynccancel (int before)
{
  struct pthread *self = THREAD_SELF;
  int now;
  ${off}
  ${behind}
}
`;
const gnuMode = (behind: string, off?: string, asks?: string) => ({
  'nptl/init.c': gnuHandler(asks),
  'nptl/cancellation.c': gnuRestore(behind, off),
});
const gnuWaits = `now = THREAD_GETMEM (self, cancelhandling);
  while (now & CANCELED_BITMASK)
    {
      lll_futex_wait (&self->cancelhandling, now, LLL_PRIVATE);
      now = THREAD_GETMEM (self, cancelhandling);
    }`;
const gnuExchange = `now = THREAD_GETMEM (self, cancelhandling);
  while (1)
    {
      int next = now & ~CANCELTYPE_BITMASK;
      int seen = THREAD_ATOMIC_CMPXCHG_VAL (self, cancelhandling, next, now);
      if (seen == now)
        break;
      now = seen;
    }`;
/** What every finding of a restore that returns early has. */
const early = {
  messageId: 'returnsEarly',
  data: { name: '__pthread_disable_asynccancel', word: 'cancelhandling' },
  file: 'nptl/cancellation.c',
  function: '__pthread_disable_asynccancel',
  targets: ['i386', 'x86_64'],
  properties: [],
} as const;

const dietTest = `#define __TEST_CANCEL() \\
  do { \\
    if (__thread_self()->canceled) __thread_testcancel(); \\
  } while (0)
`;
const dietUse = (name: string) =>
  `int ${name} (int fd, void *p, int n)\n{\n  __TEST_CANCEL();\n  return __libc_${name} (fd, p, n);\n}\n`;

const muslSyscallH = `long __syscall_cp(long, ...);
#define syscall_cp(...) __syscall_ret(__syscall_cp(__VA_ARGS__))
`;
const muslUse =
  '#include "syscall.h"\nlong read(int fd, void *p, long n)\n{\n\treturn syscall_cp(SYS_read, fd, p, n);\n}\n';
const muslCp = (body: string) => `#include "pthread_impl.h"
long (__syscall_cp)(long nr, long u, long v, long w, long x, long y, long z)
{
	${body}
}
`;
const muslWindow = muslCp('return __syscall_cp_asm(&__pthread_self()->cancel, nr, u, v, w, x, y, z);');

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    {
      name: 'musl: the marked wrapper leads to a window',
      files: {
        'src/internal/syscall.h': muslSyscallH,
        'src/thread/__syscall_cp.c': muslWindow,
        'src/unistd/read.c': muslUse,
        [at386]: musl386,
        [at64]: musl64,
      },
    },
    {
      name: 'musl: the marked wrapper calls another function that enters the window',
      files: {
        'src/internal/syscall.h': muslSyscallH,
        'src/thread/__syscall_cp.c': muslCp('return __syscall_cp_c(nr, u, v, w, x, y, z);'),
        'src/thread/pthread_cancel.c':
          'long __syscall_cp_c(long nr, long a)\n{\n\treturn __syscall_cp_asm(&__pthread_self()->cancel, nr, a);\n}\n',
        'src/unistd/read.c': muslUse,
      },
    },
    { name: 'one file whose marked wrapper is not there to be looked at', files: { 'src/unistd/read.c': muslUse } },
    {
      name: 'glibc from 2.41',
      libc: 'glibc',
      files: {
        ...glibcTree(gnu64at, gnu64),
        'sysdeps/unix/sysdep.h': `long int __syscall_cancel (long int, long int, long int, long int);
#define SYSCALL_CANCEL(name, a, b, c) __syscall_cancel ((long) (a), (long) (b), (long) (c), __NR_##name)
`,
        'nptl/cancellation.c':
          'long int\n__syscall_cancel (long int a, long int b, long int c, long int nr)\n{\n  return __syscall_cancel_arch (&THREAD_SELF->cancelhandling, nr, a, b, c);\n}\n',
        'sysdeps/unix/sysv/linux/read.c': gnuUse('read'),
      },
    },
    {
      name: 'glibc to 2.40: only a function that uses the bracket is linted',
      libc: 'glibc',
      files: gnuTree,
      lint: ['sysdeps/unix/sysv/linux/read.c'],
    },
    {
      name: 'the switch is there and nobody uses it',
      libc: 'glibc',
      files: {
        'nptl/cancellation.c':
          'int\n__pthread_enable_asynccancel (void)\n{\n  THREAD_SELF->cancelhandling |= CANCELTYPE_BITMASK;\n  return 0;\n}\n',
      },
    },
    {
      name: 'the program asks for asynchronous cancelability itself, by an argument',
      libc: 'glibc',
      files: {
        'nptl/pthread_setcanceltype.c':
          'int\n__pthread_settype (int type)\n{\n  int old;\n  __pthread_setcanceltype (type, &old);\n  return old;\n}\n',
      },
    },
    {
      name: 'one function tests before it calls, which is its own decision',
      libc: 'dietlibc',
      files: { 'libpthread/thread_internal.h': dietTest, 'libpthread/pthread_sys_read.c': dietUse('read') },
    },
    {
      name: 'two functions test, and the marked wrapper follows',
      files: {
        'src/unistd/a.c': 'long a(int fd)\n{\n\tpthread_testcancel();\n\treturn syscall_cp(SYS_fsync, fd);\n}\n',
        'src/unistd/b.c': 'long b(int fd)\n{\n\tpthread_testcancel();\n\treturn syscall_cp(SYS_fdatasync, fd);\n}\n',
      },
    },
    {
      name: 'two functions test, and what follows cannot wait',
      libc: 'dietlibc',
      files: {
        'libpthread/a.c': 'int a (int fd)\n{\n  __TEST_CANCEL();\n  return __libc_dup (fd);\n}\n',
        'libpthread/b.c': 'int b (int fd)\n{\n  __TEST_CANCEL();\n  return __libc_isatty (fd);\n}\n',
      },
    },
    {
      name: 'the marked wrapper leads to nothing and nobody uses it',
      files: {
        'src/internal/syscall.h': muslSyscallH,
        'src/thread/__syscall_cp.c': muslCp('return __syscall(nr, u); __testcancel();'),
      },
    },
    {
      name: 'glibc from 1a7f254b: the mode is switched off, and the signal of a request waited for',
      libc: 'glibc',
      files: gnuMode(gnuWaits),
    },
    {
      name: 'glibc from 9437b427: the same behind a compare-and-exchange',
      libc: 'glibc',
      files: gnuMode(
        `while ((now & (CANCELING_BITMASK | CANCELED_BITMASK)) == CANCELING_BITMASK)
    now = atomic_load_relaxed (&self->cancelhandling);`,
        gnuExchange,
      ),
    },
    {
      name: 'the request is waited for inside the loop of the exchange',
      libc: 'glibc',
      files: gnuMode(
        '',
        gnuExchange.replace(
          '        break;',
          `        {
          ${gnuWaits}
          break;
        }`,
        ),
      ),
    },
    {
      name: 'a macro of the libc asks for the request',
      libc: 'glibc',
      files: gnuMode('if (CANCEL_ENABLED_AND_CANCELED (THREAD_GETMEM (self, cancelhandling))) for (;;) ;'),
    },
    {
      name: 'another function is left to wait',
      libc: 'glibc',
      files: gnuMode('wait_for_signal (self);'),
    },
    {
      name: 'glibc 2.34: the mode lies in a byte of its own',
      libc: 'glibc',
      files: gnuMode('', 'self->canceltype = PTHREAD_CANCEL_DEFERRED;'),
    },
    {
      name: 'glibc 26cfbb71: the handler asks whether cancellation is enabled, so that a late signal does no harm',
      libc: 'glibc',
      files: gnuMode('', undefined, '  if ((ch & CANCELSTATE_BITMASK) != 0)\n    return;\n'),
    },
    {
      name: 'no handler that goes by the mode is to be seen',
      libc: 'glibc',
      files: { 'nptl/cancellation.c': gnuRestore('') },
    },
    {
      name: 'other bits of the word are cleared',
      libc: 'glibc',
      files: gnuMode('', 'THREAD_ATOMIC_AND (self, cancelhandling, ~SETXID_BITMASK);'),
    },
    {
      name: 'fixture: a restore that waits',
      libc: 'glibc',
      fixture: 'rules/point-without-window/glibc/waits-for-signal',
    },
    { name: 'fixture: a window in C', libc: 'glibc', fixture: 'rules/window-not-verified/glibc/in-c' },
  ],
  invalid: [
    {
      name: 'glibc to 2.40: the macro, with its uses in two files',
      libc: 'glibc',
      files: gnuTree,
      errors: [
        {
          messageId: 'asynchronous',
          data: { name: 'SYSCALL_CANCEL', uses: 2, files: 2 },
          file: 'sysdeps/unix/sysdep.h',
          line: 1,
          column: 9,
          endLine: 1,
          endColumn: 23,
          function: 'SYSCALL_CANCEL',
          targets: ['i386', 'x86_64'],
          properties: ['W1', 'W2'],
          flow: [
            { message: 'switched on', line: 8 },
            { message: 'finishes the call', line: 9 },
            { message: 'sends', line: 9 },
            { message: 'the descriptor is lost', line: 10 },
          ],
          related: [
            { message: "used in '__accept'", file: 'sysdeps/unix/sysv/linux/accept.c', line: 5 },
            { message: "used in '__read'", file: 'sysdeps/unix/sysv/linux/read.c', line: 5 },
          ],
        },
      ],
    },
    {
      name: 'glibc to 2.40: the header alone is linted, and still knows its uses',
      libc: 'glibc',
      files: gnuTree,
      lint: ['sysdeps/unix/sysdep.h'],
      errors: [
        {
          messageId: 'asynchronous',
          data: { name: 'SYSCALL_CANCEL', uses: 2, files: 2 },
          file: 'sysdeps/unix/sysdep.h',
          line: 1,
          column: 9,
        },
      ],
    },
    {
      name: 'glibc to 2.40: the header is not linted, and the switch is',
      libc: 'glibc',
      files: {
        ...gnuTree,
        'nptl/cancellation.c':
          'int\n__pthread_enable_asynccancel (void)\n{\n  THREAD_SELF->cancelhandling |= CANCELTYPE_BITMASK;\n  return 0;\n}\n',
      },
      lint: ['nptl', 'sysdeps/unix/sysv'],
      errors: [
        {
          messageId: 'asynchronous',
          data: { name: '__pthread_enable_asynccancel', uses: 2, files: 2 },
          file: 'nptl/cancellation.c',
          line: 2,
          column: 1,
        },
      ],
    },
    {
      name: 'a function spells the bracket out',
      libc: 'glibc',
      files: {
        'misc/wait_it.c': `int
__wait_it (int fd)
{
  int old = __pthread_enable_asynccancel ();
  int r = INLINE_SYSCALL_CALL (fsync, fd);
  __pthread_disable_asynccancel (old);
  return r;
}
`,
      },
      errors: [
        {
          messageId: 'asynchronous',
          data: { name: '__wait_it', uses: 1, files: 1 },
          line: 4,
          column: 13,
          function: '__wait_it',
        },
      ],
    },
    {
      name: 'uClibc-ng: the macro that makes functions',
      libc: 'uclibc-ng',
      files: uclibcTree,
      errors: [
        {
          messageId: 'asynchronous',
          data: { name: 'CANCELLABLE_SYSCALL', uses: 2, files: 2 },
          file: 'include/cancel.h',
          line: 4,
          column: 16,
          targets: ['i386', 'x86_64'],
        },
      ],
    },
    {
      name: 'musl in April 2011: the region of two macros',
      files: {
        'src/internal/libc.h': '#define CANCELPT_BEGIN cancelpt(1)\n#define CANCELPT_END cancelpt(-1)\n',
        'src/unistd/dup.c':
          '#include "libc.h"\nint dup(int fd)\n{\n\tint r;\n\tCANCELPT_BEGIN;\n\tr = syscall(SYS_dup, fd);\n\tCANCELPT_END;\n\treturn r;\n}\n',
      },
      errors: [
        {
          messageId: 'asynchronous',
          data: { name: 'CANCELPT_BEGIN', uses: 1, files: 1 },
          file: 'src/internal/libc.h',
          line: 1,
          column: 9,
        },
      ],
    },
    {
      name: 'dietlibc: a test in front of each call',
      libc: 'dietlibc',
      files: {
        'libpthread/thread_internal.h': dietTest,
        'libpthread/pthread_sys_read.c': dietUse('read'),
        'libpthread/pthread_sys_write.c': dietUse('write'),
      },
      errors: [
        {
          messageId: 'plainTest',
          data: { name: '__TEST_CANCEL', uses: 2, files: 2 },
          file: 'libpthread/thread_internal.h',
          line: 1,
          column: 9,
          endColumn: 22,
          properties: ['W1'],
          flow: [
            { message: 'finds no request', file: 'libpthread/pthread_sys_read.c', line: 3 },
            { message: 'sends', file: 'libpthread/pthread_sys_read.c', line: 4 },
            { message: 'blocks', file: 'libpthread/pthread_sys_read.c', line: 4 },
          ],
          related: [
            { message: "used in 'read'", file: 'libpthread/pthread_sys_read.c', line: 3 },
            { message: "used in 'write'", file: 'libpthread/pthread_sys_write.c', line: 3 },
          ],
        },
      ],
    },
    {
      name: 'musl: the marked wrapper makes the call raw',
      files: {
        'src/internal/syscall.h': muslSyscallH,
        'src/thread/__syscall_cp.c': muslCp(
          'return __pthread_self()->cancel ? -EINTR : __syscall(nr, u, v, w, x, y, z);',
        ),
        'src/unistd/read.c': muslUse,
      },
      errors: [
        {
          messageId: 'leadsNowhere',
          data: { name: '__syscall_cp', targets: 'i386 and x86_64', uses: 1, files: 1 },
          file: 'src/thread/__syscall_cp.c',
          line: 2,
          column: 7,
          function: '__syscall_cp',
          properties: ['W1'],
          related: [{ message: "used in 'read'", file: 'src/unistd/read.c', line: 4 }],
        },
      ],
    },
    {
      name: 'glibc to 2.9: the restore returns although a request has been made',
      libc: 'glibc',
      files: gnuMode(''),
      errors: [
        {
          ...early,
          line: 6,
          column: 3,
          flow: [
            { message: "pthread_cancel finds the mode asynchronous in 'cancelhandling'", line: 6 },
            { message: 'the mode is cleared', line: 6 },
            { message: 'returns while the signal is on its way', line: 8 },
            { message: 'disables cancellation', line: 8 },
            { message: 'the signal is sent', line: 8 },
            { message: 'although cancellation is disabled', file: 'nptl/init.c', line: 9 },
          ],
          related: [],
        },
      ],
    },
    {
      name: 'the same by a compare-and-exchange',
      libc: 'glibc',
      files: gnuMode('', gnuExchange),
      errors: [{ ...early, line: 10, column: 18 }],
    },
    {
      name: 'the same by an assignment',
      libc: 'glibc',
      files: gnuMode('', 'self->cancelhandling &= ~CANCELTYPE_BITMASK;'),
      errors: [{ ...early, line: 6, column: 3 }],
    },
    {
      name: 'a request is waited for in front of the update only',
      libc: 'glibc',
      files: gnuMode('', `${gnuWaits}\n  THREAD_ATOMIC_AND (self, cancelhandling, ~CANCELTYPE_BITMASK);`),
      errors: [{ ...early, line: 12, column: 3 }],
    },
    {
      name: 'one finding where the build decides between two ways of switching off',
      libc: 'glibc',
      files: gnuMode(
        '',
        `
#ifdef THREAD_ATOMIC_AND
  THREAD_ATOMIC_AND (self, cancelhandling, ~CANCELTYPE_BITMASK);
#else
  ${gnuExchange}
#endif`,
      ),
      errors: [{ ...early, line: 8, column: 3, related: [{ message: 'another configuration', line: 14 }] }],
    },
    {
      name: 'fixture: two functions that return early',
      libc: 'glibc',
      fixture: 'rules/point-without-window/glibc/returns-early',
      errors: [
        { ...early, file: 'nptl/mode.c', line: 12, column: 11 },
        {
          ...early,
          data: { name: '__librt_disable_asynccancel', word: 'cancelhandling' },
          function: '__librt_disable_asynccancel',
          file: 'nptl/mode.c',
          line: 20,
          column: 5,
        },
      ],
    },
    {
      name: 'fixture: a marker that is the raw call',
      fixture: 'rules/point-without-window/musl/raw-marker',
      errors: [
        {
          messageId: 'leadsNowhere',
          data: { name: 'syscall_cp', targets: 'i386 and x86_64', uses: 1, files: 1 },
          file: 'src/internal/syscall.h',
          line: 2,
          column: 9,
        },
      ],
    },
  ],
});
