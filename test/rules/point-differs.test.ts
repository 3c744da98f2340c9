// A function is a cancellation point on all targets or on none.
import rule from '../../src/rules/point-differs.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const c = (call: string) =>
  `int epoll_wait(int fd, void *ev, int n, int t)\n{\n\treturn ${call}(SYS_epoll_wait, fd, ev, n, t);\n}\n`;
const gnu = (name: string, body: string) => `int ${name} (int x)\n{\n  return ${body};\n}\n`;
const generic = { 'src/linux/epoll_wait.c': c('syscall_cp') };
const s = '.global epoll_wait\n.type epoll_wait,@function\nepoll_wait:\n\tmov $256,%eax\n\tint $128\n\tret\n';

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    { name: 'one definition for all', files: generic },
    { name: 'two that act', files: { ...generic, 'src/linux/i386/epoll_wait.c': c('syscall_cp') } },
    {
      name: 'in assembly that is not read',
      targets: ['x86_64', 'mips'],
      notUnderstood: true,
      files: { ...generic, 'src/linux/mips/epoll_wait.s': 'epoll_wait:\n\tjal __syscall_cp_asm\n' },
    },
    {
      name: 'a stub that only fails',
      files: {
        ...generic,
        'src/linux/i386/epoll_wait.c':
          'int epoll_wait(int fd, void *ev, int n, int t)\n{\n\terrno = ENOSYS;\n\treturn -1;\n}\n',
      },
    },
    {
      name: 'one that must be a cancellation point is told as missing',
      files: {
        'src/unistd/fsync.c': 'int fsync(int fd)\n{\n\treturn syscall_cp(SYS_fsync, fd);\n}\n',
        'src/unistd/i386/fsync.c': 'int fsync(int fd)\n{\n\treturn syscall(SYS_fsync, fd);\n}\n',
      },
    },
    {
      name: 'glibc 2.43, drem: two sources give the name under conditionals that are not decided',
      libc: 'glibc',
      files: {
        'sysdeps/i386/Implies': 'x86\n',
        'sysdeps/x86_64/Implies': 'x86\n',
        'math/w_drem_compat.c': `#if COMPAT\n${gnu('__drem_compat', 'SYSCALL_CANCEL (write, x)')}weak_alias (__drem_compat, drem)\n#endif\n`,
        'sysdeps/i386/fpu/e_drem.S': 'ENTRY (__drem)\n\tret\nEND (__drem)\n',
        'sysdeps/x86_64/fpu/e_drem.c': `${gnu('__drem', 'INLINE_SYSCALL_CALL (write, x)')}#if !COMPAT\nweak_alias (__drem, drem)\n#endif\n`,
      },
    },
  ],
  invalid: [
    {
      name: 'on other architectures than x86, each definition once',
      targets: ['i386', 'x86_64', 'aarch64', 'mips', 'sh'],
      files: {
        ...generic,
        'src/linux/mips/epoll_wait.c': c('syscall'),
        'src/linux/sh/epoll_wait.c': c('syscall'),
      },
      errors: [
        {
          messageId: 'differs',
          file: 'src/linux/mips/epoll_wait.c',
          data: { name: 'epoll_wait', acting: 'i386, x86_64, aarch64', other: 'mips' },
          targets: ['mips'],
          line: 1,
          column: 5,
        },
        {
          messageId: 'differs',
          file: 'src/linux/sh/epoll_wait.c',
          data: { name: 'epoll_wait', acting: 'i386, x86_64, aarch64', other: 'sh' },
          targets: ['sh'],
          line: 1,
          column: 5,
        },
      ],
    },
    {
      name: 'where one acts and the others do not, it is the one',
      targets: ['i386', 'x86_64', 'arm', 'mips', 'sh', 's390x'],
      files: { 'src/linux/epoll_wait.c': c('syscall'), 'src/linux/mips/epoll_wait.c': c('syscall_cp') },
      errors: [
        {
          messageId: 'alone',
          file: 'src/linux/mips/epoll_wait.c',
          data: { name: 'epoll_wait', acting: 'mips', other: 'i386, x86_64, arm and 2 more' },
          targets: ['mips'],
          line: 1,
          column: 5,
        },
      ],
    },
    {
      name: 'in assembly',
      files: { ...generic, 'src/linux/i386/epoll_wait.s': s },
      errors: [
        {
          messageId: 'differs',
          file: 'src/linux/i386/epoll_wait.s',
          data: { name: 'epoll_wait', acting: 'x86_64', other: 'i386' },
          line: 3,
          column: 1,
          targets: ['i386'],
          flow: [
            { message: 'a request is acted upon', file: 'src/linux/epoll_wait.c', line: 1, column: 5 },
            { message: 'it stays pending', file: 'src/linux/i386/epoll_wait.s', line: 3, column: 1 },
          ],
        },
      ],
    },
    {
      name: 'in C',
      files: {
        ...generic,
        'src/linux/x86_64/epoll_wait.c': c('syscall'),
      },
      errors: [
        {
          messageId: 'differs',
          file: 'src/linux/x86_64/epoll_wait.c',
          data: { name: 'epoll_wait', acting: 'i386', other: 'x86_64' },
          line: 1,
          column: 5,
          targets: ['x86_64'],
        },
      ],
    },
  ],
});
