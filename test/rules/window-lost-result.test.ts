// W2 and W3: the window ends exactly behind the instruction that enters the kernel.
import rule from '../../src/rules/window-lost-result.js';
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
  saved64,
} from './windows.js';

const end = '__cp_end:\n';

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    { name: 'musl on i386', files: { [at386]: musl386 } },
    { name: 'musl on x86_64', files: { [at64]: musl64 } },
    { name: 'glibc on i386', libc: 'glibc', files: glibcTree(gnu386at, gnu386) },
    { name: 'glibc on x86_64', libc: 'glibc', files: glibcTree(gnu64at, gnu64) },
    { name: 'another label stands between', files: { [at64]: edit(musl64, end, `1:\n${end}`) } },
    { name: 'the interrupt is written in decimal', files: { [at386]: edit(musl386, 'int $0x80', 'int $128') } },
    {
      name: 'the end is no label of its own but the next instruction, and directives stand between',
      files: { [at64]: edit(musl64, end, `\t.globl __cp_end\n\t.hidden __cp_end\n${end}\tnop\n`) },
    },
    {
      name: 'the window ends in front of the system call, which is another rule',
      files: { [at64]: edit(edit(musl64, end, ''), '\tsyscall', `${end}\tsyscall`) },
    },
    {
      name: 'the window starts behind the system call, which is another rule',
      files: { [at64]: edit(edit(musl64, '__cp_begin:\n', ''), end, `__cp_begin:\n\tnop\n${end}`) },
    },
    {
      name: 'a second system call stands behind the window',
      files: { [at64]: edit(musl64, end, `${end}\tmovl $24,%eax\n\tsyscall\n`) },
    },
    {
      name: 'a second system call lies inside the window, which is another rule',
      files: { [at64]: edit(musl64, end, `\tmovl $24,%eax\n\tsyscall\n${end}`) },
    },
    {
      name: 'an interrupted call is given up when there is a request',
      files: {
        [at64]: edit(
          edit(musl64, '\tmovq %rsi,%rax\n', '\tmovq %rdi,-8(%rsp)\n\tmovq %rsi,%rax\n'),
          end,
          `${end}\tcmpq $-4,%rax\n\tjne 1f\n\tmovq -8(%rsp),%rdx\n\tcmpl $0,(%rdx)\n\tjne __cp_cancel\n1:\n`,
        ),
      },
    },
    { name: 'the end label is missing', files: { [at64]: edit(musl64, end, '') } },
    {
      name: 'fixture: the end is directly behind',
      libc: 'glibc',
      fixture: 'rules/window-lost-result/glibc/ends-exactly',
    },
  ],
  invalid: [
    {
      name: 'the design without labels: the stored address is the one behind the call',
      files: { [at64]: edit(saved64, '1:\tsyscall\n\tret\n', '\tsyscall\n1:\tret\n') },
      errors: [{ messageId: 'inside', data: { instruction: 'ret', call: 'syscall' }, line: 18, column: 4 }],
    },
    {
      name: 'padding between the call and the end of the window',
      files: { [at64]: edit(musl64, '__cp_end:\n', '\t.balign 16\n__cp_end:\n') },
      errors: [
        {
          messageId: 'inside',
          data: { instruction: '.balign 16 (where it pads)', call: 'syscall' },
          line: 23,
          column: 2,
        },
      ],
    },
    {
      name: 'the way back leads through the window',
      files: {
        [at64]: edit(
          edit(musl64, '\tmovq %rsi,%rax\n', '\tjmp 2f\n1:\n\tret\n2:\n\tmovq %rsi,%rax\n'),
          end + '\tret\n',
          end + '\tjmp 1b\n',
        ),
      },
      errors: [
        {
          messageId: 'inside',
          data: { instruction: 'ret', call: 'syscall' },
          line: 17,
          column: 2,
          endLine: 17,
          endColumn: 5,
          function: '__syscall_cp_asm',
          targets: ['x86_64'],
          properties: ['W2'],
          flow: [
            { message: 'finishes the call', line: 26 },
            { message: 'before this instruction', line: 17 },
            { message: 'the descriptor is lost', line: 17 },
          ],
        },
      ],
    },
    {
      name: 'the flag is tested again behind the call',
      files: { [at386]: edit(musl386, end, `${end}\tmovl 20(%esp),%edx\n\tcmpl $0,(%edx)\n\tjne __cp_cancel\n`) },
      errors: [
        {
          messageId: 'actsAfter',
          data: { instruction: 'jne __cp_cancel', act: '__cancel' },
          line: 32,
          column: 2,
          targets: ['i386'],
          properties: ['W2'],
          flow: [
            { message: 'finishes the call', line: 28 },
            { message: 'right behind the call', line: 28 },
            { message: 'the descriptor is lost', line: 43 },
          ],
        },
      ],
    },
    {
      name: 'a nop stands between the system call and the end',
      files: { [at64]: edit(musl64, end, `\tnop\n${end}`) },
      errors: [
        {
          messageId: 'endsLate',
          data: { end: '__cp_end', count: 1, call: 'syscall' },
          line: 24,
          column: 1,
          endLine: 24,
          endColumn: 9,
          function: '__syscall_cp_asm',
          targets: ['x86_64'],
          properties: ['W2', 'W3'],
          flow: [
            { message: 'finishes the call', line: 22 },
            { message: 'before the next instruction', line: 23 },
            { message: 'the descriptor is lost', line: 23 },
          ],
        },
      ],
    },
    {
      name: 'musl on i386: the end label stands behind the pops',
      files: {
        [at386]: edit(edit(musl386, end, ''), '\tpopl %ebp\n\tret\n', `\tpopl %ebp\n${end}\tret\n`),
      },
      errors: [{ messageId: 'endsLate', data: { end: '__cp_end', count: 4, call: 'int $0x80' }, line: 33, column: 1 }],
    },
    {
      name: 'the end label stands behind the return, so that the return lies inside',
      files: { [at64]: edit(edit(musl64, end, ''), '\tret\n', `\tret\n${end}`) },
      errors: [{ messageId: 'endsLate', data: { end: '__cp_end', count: 1, call: 'syscall' }, line: 24, column: 1 }],
    },
    {
      name: 'the end label is the last thing in its section',
      libc: 'glibc',
      files: glibcTree(
        gnu64at,
        edit(
          edit(gnu64, '__syscall_cancel_arch_end:\n', ''),
          'END (__syscall_cancel_arch)\n',
          '__syscall_cancel_arch_end:\nEND (__syscall_cancel_arch)\n',
        ),
      ),
      errors: [
        {
          messageId: 'endsLate',
          data: { end: '__syscall_cancel_arch_end', count: 1, call: 'syscall' },
          file: gnu64at,
          line: 19,
          column: 1,
        },
      ],
    },
    {
      name: 'musl on x32: the result is tested inside the window',
      files: { [atX32]: edit(musl64, end, `\ttestq %rax,%rax\n\tjs 1f\n1:\n${end}`) },
      targets: ['x32'],
      errors: [{ messageId: 'endsLate', data: { end: '__cp_end', count: 2, call: 'syscall' }, line: 26, column: 1 }],
    },
    {
      name: 'glibc on i386: a pop stands inside the window',
      libc: 'glibc',
      files: glibcTree(
        gnu386at,
        edit(
          edit(gnu386, '__syscall_cancel_arch_end:\n', ''),
          '\tpopl\t%ebp\n\tpopl\t%edi\n\tpopl\t%esi\n\tpopl\t%ebx\n\tret\n',
          '\tpopl\t%ebp\n__syscall_cancel_arch_end:\n\tpopl\t%edi\n\tpopl\t%esi\n\tpopl\t%ebx\n\tret\n',
        ),
      ),
      errors: [
        {
          messageId: 'endsLate',
          data: { end: '__syscall_cancel_arch_end', count: 1, call: 'int $0x80' },
          file: gnu386at,
          line: 32,
          column: 1,
        },
      ],
    },
    {
      name: 'fixture: the frame is popped inside',
      fixture: 'rules/window-lost-result/musl/ends-late',
      errors: [
        {
          messageId: 'endsLate',
          data: { end: '__cp_end', count: 4, call: 'int $128' },
          file: at386,
          line: 34,
          column: 1,
        },
      ],
    },
  ],
});
