// At the instruction that enters the kernel, the number and the six arguments are in the kernel's registers.
import rule from '../../src/rules/window-syscall-arguments.js';
import { RuleTester } from '../../src/testing/rule-tester.js';
import { at386, at64, atX32, edit, glibcTree, gnu386, gnu386at, gnu64, gnu64at, musl386, musl64 } from './windows.js';

const common = { function: '__syscall_cp_asm', properties: ['W5'] } as const;
const gnu = { ...common, function: '__syscall_cancel_arch' } as const;

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    { name: 'musl on i386', files: { [at386]: musl386 } },
    { name: 'musl on x86_64', files: { [at64]: musl64 } },
    { name: 'musl on x32', files: { [atX32]: musl64 }, targets: ['x32'] },
    { name: 'glibc on i386', libc: 'glibc', files: glibcTree(gnu386at, gnu386) },
    {
      name: 'glibc on x86_64 and x32',
      libc: 'glibc',
      files: glibcTree(gnu64at, gnu64),
      targets: ['x86_64', 'x32'],
    },
    {
      name: 'the kernel takes half of the number',
      files: { [at64]: edit(musl64, 'movq %rsi,%rax', 'movl %esi,%eax') },
    },
    {
      name: 'in another order, by other registers',
      files: {
        [at64]: edit(
          musl64,
          '\tmovq %rdx,%rdi\n\tmovq %rcx,%rsi\n\tmovq %r8,%rdx\n',
          '\tmovq %r8,%r11\n\tmovq %rdx,%rdi\n\tmovq %r11,%rdx\n\tmovq %rcx,%rsi\n',
        ),
      },
    },
    {
      name: 'by sysenter, which takes arguments 5 and 6 elsewhere, is not judged',
      files: { [at386]: edit(musl386, 'int $0x80', 'call *%gs:16') },
    },
  ],
  invalid: [
    {
      name: 'argument 4 stays where C passes it',
      files: { [at64]: edit(musl64, '\tmovq %r9,%r10\n', '') },
      errors: [
        {
          ...common,
          messageId: 'wrong',
          data: { where: 'At', instruction: 'syscall', what: 'argument 4', found: "the caller's %r10", more: '' },
          line: 21,
          column: 2,
          endLine: 21,
          endColumn: 9,
          targets: ['x86_64'],
          flow: [{ message: "the kernel gets the caller's %r10 for argument 4", line: 21 }],
        },
      ],
    },
    {
      name: 'a register is overwritten before it is moved',
      files: {
        [at64]: edit(
          musl64,
          '\tmovq %rdx,%rdi\n\tmovq %rcx,%rsi\n\tmovq %r8,%rdx\n',
          '\tmovq %r8,%rdx\n\tmovq %rdx,%rdi\n\tmovq %rcx,%rsi\n',
        ),
      },
      errors: [
        {
          ...common,
          messageId: 'wrong',
          data: {
            where: 'After',
            instruction: 'movq %rdx,%rdi',
            what: 'argument 1',
            found: 'argument 3 of the call',
            more: '',
          },
          line: 17,
          column: 2,
          flow: [
            { message: "'movq %rdx,%rdi' leaves argument 3 of the call in the register", line: 17 },
            { message: 'the kernel gets argument 3 of the call for argument 1', line: 22 },
          ],
        },
      ],
    },
    {
      name: 'an argument is taken for an address',
      files: { [at64]: edit(musl64, 'movq 8(%rsp),%r8', 'movq 8(%r8),%r8') },
      errors: [
        {
          ...common,
          messageId: 'noCall',
          data: {
            instruction: 'movq 8(%r8),%r8',
            does: 'faults on an access through %r8, which holds argument 3 of the call',
          },
          line: 20,
          column: 2,
          flow: [{ message: 'the system call is not made', line: 20 }],
        },
      ],
    },
    {
      name: 'a second call behind the window, which has the first result for its number',
      files: { [at64]: edit(musl64, '__cp_end:\n', '__cp_end:\n\tsyscall\n') },
      errors: [
        {
          ...common,
          messageId: 'again',
          data: { instruction: 'syscall', what: 'the result of the first for its number' },
          line: 24,
          column: 2,
        },
      ],
    },
    {
      name: 'the call is made once more',
      files: {
        [at64]: edit(musl64, '__cp_end:\n', '__cp_end:\n\tmovq %r11,%rax\n\tsyscall\n')
          .replace('\tmovq %rsi,%rax\n', '\tpushq %rsi\n\tmovq %rsi,%rax\n')
          .replace('8(%rsp)', '16(%rsp)')
          .replace('\tmovq 16(%rsp),%r9', '\tmovq 24(%rsp),%r9')
          .replace('movq %r11,%rax', 'popq %rax')
          .replace('__cp_cancel:\n', '__cp_cancel:\n'),
      },
      errors: [
        {
          ...common,
          messageId: 'again',
          data: { instruction: 'syscall', what: 'the same number as the first, which was carried out' },
          line: 26,
          column: 2,
        },
      ],
    },
    {
      name: 'a slot is counted wrong',
      files: { [at386]: edit(musl386, 'movl 48(%esp),%ebp', 'movl 44(%esp),%ebp') },
      errors: [
        {
          ...common,
          messageId: 'wrong',
          data: {
            where: 'After',
            instruction: 'movl 44(%esp),%ebp',
            what: 'argument 6',
            found: 'argument 5 of the call',
            more: '',
          },
          line: 27,
          column: 2,
          targets: ['i386'],
        },
      ],
    },
    {
      name: 'half of a pointer',
      files: { [at64]: edit(musl64, 'movq 8(%rsp),%r8', 'movl 8(%rsp),%r8d') },
      errors: [
        {
          ...common,
          messageId: 'wrong',
          data: {
            where: 'After',
            instruction: 'movl 8(%rsp),%r8d',
            what: 'argument 5',
            found: 'the lower half of argument 5 of the call',
            more: '',
          },
          line: 20,
          column: 2,
        },
      ],
    },
    {
      name: 'two at once',
      libc: 'glibc',
      targets: ['x86_64', 'x32'],
      files: glibcTree(
        gnu64at,
        edit(gnu64, '\tmov\t8(%rsp), %r8\n\tmov\t16(%rsp), %r9\n', '\tmov\t16(%rsp), %r8\n\tmov\t24(%rsp), %r9\n'),
      ),
      errors: [
        {
          ...gnu,
          messageId: 'wrong',
          data: {
            where: 'After',
            instruction: 'mov 16(%rsp), %r8',
            what: 'argument 5',
            found: 'argument 6 of the call',
            more: '; argument 6 is wrong too',
          },
          file: gnu64at,
          line: 14,
          column: 2,
          targets: ['x86_64', 'x32'],
        },
      ],
    },
    {
      name: 'the number is gone',
      libc: 'glibc',
      files: glibcTree(gnu386at, edit(gnu386, '\tint\t$0x80\n', '\txorl\t%eax, %eax\n\tint\t$0x80\n')),
      errors: [
        {
          ...gnu,
          messageId: 'wrong',
          data: {
            where: 'After',
            instruction: 'xorl %eax, %eax',
            what: 'the number',
            found: 'another value',
            more: '',
          },
          file: gnu386at,
          line: 29,
          column: 2,
        },
      ],
    },
    {
      name: 'a program of 64 bits enters like one of 32',
      files: { [at64]: edit(musl64, '\tsyscall\n', '\tint $0x80\n') },
      errors: [
        {
          ...common,
          messageId: 'entry',
          data: { instruction: 'int $0x80' },
          line: 22,
          column: 2,
          flow: [{ message: 'one of a 32-bit program', line: 22 }],
        },
      ],
    },
    {
      name: 'fixture: four arguments are enough for most calls',
      fixture: 'rules/window-syscall-arguments/musl/four-arguments',
      errors: [
        {
          ...common,
          messageId: 'wrong',
          data: {
            where: 'At',
            instruction: 'syscall',
            what: 'argument 5',
            found: 'argument 3 of the call',
            more: '; argument 6 is wrong too',
          },
          file: at64,
          line: 19,
          column: 2,
        },
      ],
    },
  ],
});
