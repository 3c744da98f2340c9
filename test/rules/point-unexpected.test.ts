// What POSIX does not list acts on no request, and neither does the child of a fork.
import rule from '../../src/rules/point-unexpected.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const open = {
  'src/fcntl/open.c': 'int open(const char *f, int o)\n{\n\treturn syscall_cp(SYS_open, f, o);\n}\n',
  'src/unistd/close.c': 'int close(int fd)\n{\n\treturn syscall_cp(SYS_close, fd);\n}\n',
};
const at = 'src/thread/sem_open.c';
const semOpen = (body: string) => ({ ...open, [at]: `sem_t *sem_open(const char *n, int f)\n{\n${body}}\n` });
const both = ['i386', 'x86_64'] as const;

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    { name: 'a plain call', files: semOpen('\treturn map(syscall(SYS_open, n, f));\n') },
    {
      name: 'with cancellation disabled',
      files: semOpen(
        '\tint cs, fd;\n\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);\n\tfd = open(n, f);\n\tpthread_setcancelstate(cs, 0);\n\treturn map(fd);\n',
      ),
    },
    {
      name: 'a function that may be one',
      files: {
        ...open,
        'src/stdio/fopen.c':
          'FILE *fopen(const char *n, const char *m)\n{\n\treturn fdopen(open(n, flags(m)), m);\n}\n',
      },
    },
    {
      name: 'an argument that makes it none',
      files: {
        ...semOpen(
          '\treturn map(get(n, 0));\n}\nint get(const char *n, int cancel)\n{\n\tif (cancel) return syscall_cp(SYS_open, n, 0);\n\treturn syscall(SYS_open, n, 0);\n',
        ),
      },
    },
    {
      name: 'a descriptor that is open already',
      files: {
        ...open,
        'src/stdio/fdopen.c': `FILE *fdopen(int fd, const char *m)
{
	int flags = fcntl(fd, F_GETFL);
	if (flags == -1) return 0;
	return __make(0, m, fd);
}
`,
        'src/stdio/fopen.c': 'FILE *fopen(const char *n, const char *m)\n{\n\treturn __make(n, m, -1);\n}\n',
        'src/stdio/make.c':
          'FILE *__make(const char *n, const char *m, int fd)\n{\n\tif (fd >= 0) return wrap(fd);\n\treturn wrap(open(n, flags(m)));\n}\n',
      },
    },
    {
      name: 'only on a way that does not come back',
      files: semOpen(
        '\tif (!n) {\n\t\topen("/dev/tty", 0);\n\t\tabort();\n\t}\n\treturn map(syscall(SYS_open, n, f));\n',
      ),
    },
    {
      name: 'what a member holds is not known',
      files: semOpen(
        '\treturn ops->open(n, f);\n}\nstatic int slow(const char *n, int f)\n{\n\treturn open(n, f);\n}\nstruct ops slow_ops = { .open = slow };\nint none(void)\n{\n\treturn 0;\n',
      ),
    },
    {
      name: 'a function that a child runs with cancellation disabled',
      files: {
        ...open,
        'src/process/spawn.c':
          'static int child(void *p)\n{\n\tclose(*(int *)p);\n\t_exit(127);\n}\nint spawn(int fd)\n{\n\tchar stack[1024];\n\tint cs;\n\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);\n\tfd = __clone(child, stack+sizeof stack, CLONE_VM|CLONE_VFORK, &fd);\n\tpthread_setcancelstate(cs, 0);\n\treturn fd;\n}\n',
      },
    },
    {
      name: 'the parent of a fork',
      files: {
        ...open,
        'src/legacy/run.c':
          'int run(int fd)\n{\n\tpid_t pid = fork();\n\tif (!pid) _exit(1);\n\tclose(fd);\n\treturn pid;\n}\n',
      },
    },
    {
      name: 'a stream on which nothing is a cancellation point',
      libc: 'glibc',
      files: {
        'libio/iofopen.c':
          'FILE *\nfopen (const char *n, const char *m)\n{\n  return make (SYSCALL_CANCEL (open, n, 0), m);\n}\nint\nfgetc (FILE *f)\n{\n  return SYSCALL_CANCEL (read, f, 0);\n}\n',
        'locale/setlocale.c':
          'char *\nsetlocale (int c, const char *l)\n{\n  FILE *f = fopen (l, "rce");\n  return fgetc (f) == 0 ? "C" : 0;\n}\n',
      },
    },
  ],
  invalid: [
    {
      name: 'a public function that acts',
      files: semOpen('\tint fd = open(n, f);\n\tclose(fd);\n\treturn map(fd);\n'),
      errors: [
        {
          messageId: 'reaches',
          file: at,
          data: { call: 'open', names: "'sem_open'" },
          line: 3,
          column: 11,
          function: 'sem_open',
          targets: both,
          flow: [
            { message: 'sets the flag', line: 3, column: 11 },
            { message: "'sem_open' never returns", line: 3, column: 11 },
          ],
          related: [{ message: 'here too', line: 4, column: 2 }],
        },
      ],
    },
    {
      name: 'the marked wrapper itself, in a function of its own',
      files: semOpen(
        '\treturn map(get(n));\n}\nstatic int get(const char *n)\n{\n\treturn syscall_cp(SYS_open, n, 0);\n',
      ),
      errors: [
        {
          messageId: 'reaches',
          file: at,
          data: { call: 'syscall_cp', names: "'sem_open'" },
          line: 7,
          column: 9,
          function: 'get',
          targets: both,
          flow: [
            { message: 'sets the flag', line: 7, column: 9 },
            { message: "'sem_open' comes here", line: 3, column: 13 },
            { message: 'never returns', line: 7, column: 9 },
          ],
        },
      ],
    },
    {
      name: 'a helper that is right for others is told where it is wrong',
      files: {
        ...open,
        'src/temp/name.c': 'int __name(char *t)\n{\n\treturn open(t, 2);\n}\n',
        'src/temp/mkstemp.c': 'int mkstemp(char *t)\n{\n\treturn __name(t);\n}\n',
        'src/temp/mktemp.c': 'char *mktemp(char *t)\n{\n\t__name(t);\n\treturn t;\n}\n',
      },
      errors: [
        {
          messageId: 'reaches',
          file: 'src/temp/mktemp.c',
          data: { call: '__name', names: "'mktemp'" },
          line: 3,
          column: 2,
          targets: both,
        },
      ],
    },
    {
      name: 'in the child of a fork',
      files: {
        ...open,
        'src/legacy/run.c':
          'int run(int fd)\n{\n\tpid_t pid = fork();\n\tif (pid != 0) return pid;\n\tclose(fd);\n\t_exit(1);\n}\n',
      },
      errors: [
        {
          messageId: 'inChild',
          file: 'src/legacy/run.c',
          data: { call: 'close' },
          line: 5,
          column: 2,
          function: 'run',
          targets: both,
        },
      ],
    },
    {
      // musl's posix_spawn, which disables cancellation for it; its child wrote to a pipe until 8f7bc690.
      name: 'a function that a child runs in the memory of its caller',
      files: {
        ...open,
        'src/process/spawn.c':
          'static int child(void *p)\n{\n\tclose(*(int *)p);\n\t_exit(127);\n}\nint spawn(int fd)\n{\n\tchar stack[1024];\n\treturn __clone(child, stack+sizeof stack, CLONE_VM|CLONE_VFORK, &fd);\n}\n',
      },
      errors: [
        {
          messageId: 'inFunction',
          file: 'src/process/spawn.c',
          data: { call: 'close', function: 'child', by: '__clone' },
          line: 3,
          column: 2,
          function: 'child',
          targets: both,
        },
      ],
    },
    {
      name: 'a descriptor of which nothing is known',
      files: {
        ...open,
        'src/stdio/fdopen.c': 'FILE *fdopen(int fd, const char *m)\n{\n\treturn __make(0, m, fd);\n}\n',
        'src/stdio/fopen.c': 'FILE *fopen(const char *n, const char *m)\n{\n\treturn __make(n, m, -1);\n}\n',
        'src/stdio/make.c':
          'FILE *__make(const char *n, const char *m, int fd)\n{\n\tif (fd >= 0) return wrap(fd);\n\treturn wrap(open(n, flags(m)));\n}\n',
      },
      errors: [
        {
          messageId: 'reaches',
          data: { call: '__make', names: "'fdopen'" },
          file: 'src/stdio/fdopen.c',
          line: 3,
          column: 9,
          targets: both,
        },
      ],
    },
    {
      // uClibc-ng libc/stdio/popen.c: a lock around the fork opens and closes a block.
      name: 'in the child of a fork within do … while (0)',
      files: {
        ...open,
        'src/legacy/run.c':
          'int run(int fd)\n{\n\tpid_t pid;\n\tdo {\n\t\tif ((pid = vfork()) == 0) {\n\t\t\tclose(fd);\n\t\t\t_exit(1);\n\t\t}\n\t} while (0);\n\treturn pid;\n}\n',
      },
      errors: [
        {
          messageId: 'inChild',
          data: { call: 'close' },
          file: 'src/legacy/run.c',
          line: 6,
          column: 4,
          targets: both,
        },
      ],
    },
  ],
});
