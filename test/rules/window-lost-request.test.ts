// W1 and W3: where the window starts, that it holds the system call instruction, and that every path lies in it.
import rule from '../../src/rules/window-lost-request.js';
import { RuleTester } from '../../src/testing/rule-tester.js';
import {
  at386,
  at64,
  atX32,
  edit,
  glibcTree,
  gnu386,
  gnu386at,
  gnu64,
  gnu64at,
  musl386,
  musl64,
  saved386,
} from './windows.js';

const begin = '__cp_begin:\n';
const late386 = edit(edit(musl386, begin, ''), '\tjne __cp_cancel\n', `\tjne __cp_cancel\n${begin}`);

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    {
      name: 'fixture: three guards in front of the test',
      fixture: 'rules/window-lost-request/musl/guarded',
      targets: ['i386', 'x86_64', 'x32'],
    },
    { name: 'musl on i386', files: { [at386]: musl386 } },
    { name: 'musl on x86_64', files: { [at64]: musl64 } },
    { name: 'musl on x32', files: { [atX32]: musl64 }, targets: ['x32'] },
    { name: 'glibc on i386', libc: 'glibc', files: glibcTree(gnu386at, gnu386) },
    { name: 'glibc on x86_64', libc: 'glibc', files: glibcTree(gnu64at, gnu64) },
    { name: 'glibc on x32, from the same file', libc: 'glibc', targets: ['x32'], files: glibcTree(gnu64at, gnu64) },
    {
      name: 'other instructions stand in front of the window',
      files: {
        [at64]: edit(musl64, `__syscall_cp_asm:\n${begin}`, `__syscall_cp_asm:\n\tendbr64\n\tmovq %rdi,%r11\n${begin}`),
      },
    },
    {
      name: 'the window starts before the pointer to the flag is loaded',
      files: { [at386]: edit(edit(musl386, begin, ''), '\tmovl 20(', `${begin}\tmovl 20(`) },
    },
    {
      name: 'the window starts right behind the load of the flag: no PC lies between',
      files: { [at386]: edit(edit(musl386, begin, ''), '\ttestl', `${begin}\ttestl`) },
    },
    { name: 'one byte of the flag is tested', files: { [at64]: edit(musl64, 'cmpl $0,(%rdi)', 'testb $1,(%rdi)') } },
    {
      name: 'a bit of the flag is tested',
      files: { [at64]: edit(edit(musl64, 'cmpl $0,(%rdi)', 'btl $3,(%rdi)'), 'jnz', 'jc') },
    },
    {
      name: 'the flag is loaded, copied and tested',
      files: { [at64]: edit(musl64, 'cmpl $0,(%rdi)', 'movl (%rdi),%eax\n\tmovl %eax,%r11d\n\ttestl %r11d,%r11d') },
    },
    {
      name: 'the flag is compared with a register that holds zero',
      files: { [at64]: edit(musl64, 'cmpl $0,(%rdi)', 'xorl %eax,%eax\n\tmovl (%rdi),%r11d\n\tcmpl %eax,%r11d') },
    },
    {
      name: 'the branch is taken when there is no request',
      files: { [at64]: edit(musl64, '\tjnz __cp_cancel\n', '\tje 1f\n\tjmp __cp_cancel\n1:\n') },
    },
    {
      name: 'the flag is read in front of the window as well, and again inside',
      files: {
        [at64]: edit(
          musl64,
          `__syscall_cp_asm:\n${begin}`,
          `__syscall_cp_asm:\n\tcmpl $0,(%rdi)\n\tjne __cp_cancel\n${begin}`,
        ),
      },
    },
    {
      name: 'a condition in front of the window has nothing to do with the request',
      files: {
        [at64]: edit(
          musl64,
          `__syscall_cp_asm:\n${begin}`,
          `__syscall_cp_asm:\n\tcmpl $0,__trace(%rip)\n\tje 1f\n\tincl __calls(%rip)\n1:\n${begin}`,
        ),
      },
    },
    {
      name: 'a condition between the flag and the call that both ways lead on from',
      files: {
        [at64]: edit(musl64, '\tmovq 16(%rsp),%r9\n', '\tcmpq $200,%rax\n\tja 2f\n\tmovq 16(%rsp),%r9\n2:\n'),
      },
    },
    {
      name: 'an ordinary call is made in front of the window when there is one thread only',
      files: {
        [at64]: edit(
          musl64,
          `__syscall_cp_asm:\n${begin}`,
          `__syscall_cp_asm:\n\tcmpb $0,__threaded(%rip)\n\tjne 1f\n\tmovl %esi,%eax\n\tsyscall\n\tret\n1:\n${begin}`,
        ),
      },
    },
    {
      name: 'no instruction enters the kernel, so the order says nothing',
      files: { [at64]: edit(musl64, '\tsyscall\n', '') },
    },
    { name: 'the labels are missing', files: { [at64]: edit(edit(musl64, begin, ''), '__cp_end:\n', '') } },
    {
      name: 'ordinary code reads a flag and enters the kernel without a window',
      files: {
        [at64]: edit(musl64, '__syscall_cp_asm:\n__cp_begin:', '__syscall_fast:').replaceAll(
          '__syscall_cp_asm',
          '__syscall_fast',
        ),
      },
    },
    { name: 'fixture: the flag is read twice', fixture: 'rules/window-lost-request/musl/read-twice' },
  ],
  invalid: [
    {
      name: 'the design without labels: the stack pointer is stored after the flag has been read',
      files: {
        [at386]: edit(edit(saved386, '\tmovl %esp,(%edx)\n', ''), '\tjne 2f\n', '\tjne 2f\n\tmovl %esp,(%edx)\n'),
      },
      errors: [
        {
          messageId: 'between',
          data: { instruction: 'jne 2f', read: 'cmpl $0,8(%edx)' },
          line: 12,
          column: 2,
        },
      ],
    },
    {
      name: 'a part of the way lies behind the window',
      files: {
        [at64]: edit(
          edit(musl64, '\tmovq 8(%rsp),%r8\n', '\tjmp 2f\n1:\n'),
          '\tret\n',
          '\tret\n2:\n\tmovq 8(%rsp),%r8\n\tjmp 1b\n',
        ),
      },
      errors: [
        {
          messageId: 'between',
          data: { instruction: 'movq 8(%rsp),%r8', read: 'cmpl $0,(%rdi)' },
          line: 27,
          column: 2,
          endLine: 27,
          endColumn: 18,
          function: '__syscall_cp_asm',
          targets: ['x86_64'],
          properties: ['W1'],
          flow: [
            { message: "'cmpl $0,(%rdi)' reads the flag: no request yet", line: 13 },
            { message: 'sends the cancellation signal', line: 27 },
            { message: 'outside the window and does nothing', line: 27 },
            { message: 'blocks although a request is pending', line: 23 },
          ],
        },
      ],
    },
    {
      name: 'there is a second way, which makes the call behind the window',
      files: {
        [at64]: edit(
          edit(musl64, '\tsyscall\n', '\tcmpl $0,__fast(%rip)\n\tjne 1f\n\tsyscall\n'),
          '\tret\n',
          '\tret\n1:\n\tsyscall\n\tret\n',
        ),
      },
      errors: [
        {
          messageId: 'atCall',
          data: { instruction: 'syscall' },
          line: 28,
          column: 2,
          targets: ['x86_64'],
          properties: ['W1', 'W3'],
          flow: [
            { message: 'reads the flag', line: 13 },
            { message: 'sends the cancellation signal', line: 28 },
            { message: 'outside the window', line: 28 },
            { message: 'blocks', line: 28 },
          ],
        },
      ],
    },
    {
      name: 'musl on i386: the start label stands behind the branch',
      files: { [at386]: late386 },
      errors: [
        {
          messageId: 'startsLate',
          data: { start: '__cp_begin', read: 'movl (%edx),%ecx' },
          line: 20,
          column: 1,
          endLine: 20,
          endColumn: 11,
          function: '__syscall_cp_asm',
          targets: ['i386'],
          properties: ['W1'],
          flow: [
            { message: "'movl (%edx),%ecx' reads the flag", line: 17 },
            { message: 'sends the cancellation signal', line: 18 },
            { message: 'outside the window', line: 28 },
          ],
        },
      ],
    },
    {
      name: 'musl on x32: the start label stands behind the arguments',
      files: { [atX32]: edit(edit(musl64, begin, ''), '\tsyscall', `${begin}\tsyscall`) },
      targets: ['x32'],
      errors: [
        {
          messageId: 'startsLate',
          data: { start: '__cp_begin', read: 'cmpl $0,(%rdi)' },
          line: 21,
          column: 1,
          targets: ['x32'],
        },
      ],
    },
    {
      name: 'glibc on i386: the flag is tested in front of the start label',
      libc: 'glibc',
      files: glibcTree(
        gnu386at,
        edit(
          edit(gnu386, '__syscall_cancel_arch_start:\n', ''),
          '\tjne\t1f\n',
          '\tjne\t1f\n__syscall_cancel_arch_start:\n',
        ),
      ),
      errors: [
        {
          messageId: 'startsLate',
          data: { start: '__syscall_cancel_arch_start', read: 'testb $8, (%ecx)' },
          file: gnu386at,
          line: 21,
          column: 1,
          targets: ['i386'],
        },
      ],
    },
    {
      name: 'the end label stands in front of the system call',
      files: { [at64]: edit(edit(musl64, '__cp_end:\n', ''), '\tsyscall', '__cp_end:\n\tsyscall') },
      errors: [
        {
          messageId: 'endsEarly',
          data: { end: '__cp_end', call: 'syscall' },
          line: 22,
          column: 1,
          endColumn: 9,
          properties: ['W1', 'W3'],
          targets: ['x86_64'],
          flow: [
            { message: 'reads the flag', line: 13 },
            { message: 'sends', line: 23 },
            { message: 'blocks', line: 23 },
          ],
        },
      ],
    },
    {
      name: 'glibc on x86_64 and x32: the end label stands in front of the system call',
      libc: 'glibc',
      targets: ['x86_64', 'x32'],
      files: glibcTree(
        gnu64at,
        edit(edit(gnu64, '__syscall_cancel_arch_end:\n', ''), '\tsyscall', '__syscall_cancel_arch_end:\n\tsyscall'),
      ),
      errors: [
        {
          messageId: 'endsEarly',
          data: { end: '__syscall_cancel_arch_end', call: 'syscall' },
          file: gnu64at,
          line: 16,
          column: 1,
          targets: ['x86_64', 'x32'],
        },
      ],
    },
    {
      name: 'both labels stand behind the system call',
      files: { [at386]: edit(edit(musl386, begin, ''), '__cp_end:\n', `${begin}__cp_end:\n`) },
      errors: [
        {
          messageId: 'startsBehind',
          data: { start: '__cp_begin', call: 'int $0x80' },
          line: 28,
          column: 1,
          properties: ['W1', 'W3'],
        },
      ],
    },
    {
      name: 'the labels have changed places',
      files: {
        [at64]: musl64
          .replace('__cp_begin:\n', '__cp_tmp:\n')
          .replace('__cp_end:\n', '__cp_begin:\n')
          .replace('__cp_tmp:\n', '__cp_end:\n'),
      },
      errors: [{ messageId: 'startsBehind', data: { start: '__cp_begin', call: 'syscall' }, line: 23, column: 1 }],
    },
    {
      name: 'fixture: the window starts behind the branch',
      fixture: 'rules/window-lost-request/musl/starts-late',
      errors: [
        {
          messageId: 'startsLate',
          data: { start: '__cp_begin', read: 'cmpl $0,(%esi)' },
          file: at386,
          line: 20,
          column: 1,
        },
      ],
    },
  ],
});
