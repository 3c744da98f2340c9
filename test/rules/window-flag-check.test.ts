// One read of the flag, of its width, decides whether the call is made.
import rule from '../../src/rules/window-flag-check.js';
import { RuleTester } from '../../src/testing/rule-tester.js';
import { at386, at64, atX32, edit, glibcTree, gnu386, gnu386at, gnu64, gnu64at, musl386, musl64 } from './windows.js';

const common = { function: '__syscall_cp_asm', properties: ['W7'] } as const;
const gnu = { ...common, function: '__syscall_cancel_arch', file: gnu64at, targets: ['x86_64', 'x32'] } as const;

/** The x86_64 window with another test. */
const test64 = (text: string) => ({ [at64]: edit(musl64, '\tcmpl $0,(%rdi)\n\tjnz __cp_cancel\n', text) });
const bit = (text: string) => glibcTree(gnu64at, edit(gnu64, 'testb\t$TCB_CANCELED_BITMASK, (%rdi)', text));

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
    {
      name: 'glibc on x86_64 and x32',
      libc: 'glibc',
      files: glibcTree(gnu64at, gnu64),
      targets: ['x86_64', 'x32'],
    },
    { name: 'the flag is loaded', files: test64('\tmovl (%rdi),%eax\n\torl %eax,%eax\n\tjne __cp_cancel\n') },
    {
      name: 'the flag is turned into another value',
      files: test64('\tmovl (%rdi),%eax\n\tnegl %eax\n\tjc __cp_cancel\n'),
    },
    {
      name: 'the flag is read twice',
      files: test64('\tcmpl $0,(%rdi)\n\tjne __cp_cancel\n\tcmpl $0,(%rdi)\n\tjne __cp_cancel\n'),
    },
    {
      name: 'an ordinary call is made where there is one thread only',
      files: {
        [at64]: edit(musl64, '__cp_begin:\n', '\tcmpl $0,__threads(%rip)\n\tje __syscall_plain\n__cp_begin:\n'),
      },
    },
    { name: 'glibc: the bit is tested in a word', libc: 'glibc', files: bit('testl\t$8, (%rdi)'), targets: ['x86_64'] },
    {
      name: 'glibc: the bit is copied to the carry',
      libc: 'glibc',
      files: glibcTree(
        gnu64at,
        edit(edit(gnu64, 'testb\t$TCB_CANCELED_BITMASK, (%rdi)', 'btl\t$3, (%rdi)'), '\tjne\t', '\tjc\t'),
      ),
      targets: ['x86_64'],
    },
  ],
  invalid: [
    {
      name: 'a flag whose highest bit is set is taken for a negative number',
      files: test64('\tcmpl $0,(%rdi)\n\tjg __cp_cancel\n'),
      errors: [{ ...common, messageId: 'ignored', data: { instruction: 'cmpl $0,(%rdi)' }, line: 13, column: 2 }],
    },
    {
      name: 'what the caller has left in the arithmetic flags leads around the test',
      files: test64('\tjz 1f\n\tcmpl $0,(%rdi)\n\tjnz __cp_cancel\n1:\n'),
      errors: [{ ...common, messageId: 'noRead', data: { instruction: 'syscall' }, line: 24, column: 2 }],
    },
    {
      name: 'the branch is missing',
      files: test64('\tcmpl $0,(%rdi)\n'),
      errors: [
        {
          ...common,
          messageId: 'ignored',
          data: { instruction: 'cmpl $0,(%rdi)' },
          line: 13,
          column: 2,
          endLine: 13,
          endColumn: 16,
          targets: ['x86_64'],
          flow: [
            { message: 'has set the flag before the call', line: 13 },
            { message: 'the flag is set', line: 13 },
            { message: 'blocks although a request is pending', line: 21 },
          ],
        },
      ],
    },
    {
      name: 'a bit that a request does not set',
      files: test64('\ttestl $2,(%rdi)\n\tjne __cp_cancel\n'),
      errors: [{ ...common, messageId: 'ignored', data: { instruction: 'testl $2,(%rdi)' }, line: 13, column: 2 }],
    },
    {
      name: 'glibc: the whole byte is taken for the request',
      libc: 'glibc',
      targets: ['x86_64', 'x32'],
      files: bit('cmpb\t$0, (%rdi)'),
      errors: [
        {
          ...gnu,
          messageId: 'wrongValue',
          data: { instruction: 'cmpb $0, (%rdi)' },
          line: 7,
          column: 2,
          flow: [
            { message: 'there is no request', line: 7 },
            { message: "'__syscall_do_cancel' is entered although nobody asked for it", line: 8 },
          ],
        },
      ],
    },
    {
      name: 'the branch goes the wrong way',
      files: test64('\tcmpl $0,(%rdi)\n\tjz __cp_cancel\n'),
      errors: [{ ...common, messageId: 'inverted', data: { instruction: 'jz __cp_cancel' }, line: 14, column: 2 }],
    },
    {
      name: 'the flag is looked for behind another argument',
      files: test64('\tcmpl $0,(%rsi)\n\tjnz __cp_cancel\n'),
      errors: [
        {
          ...common,
          messageId: 'pointer',
          data: { instruction: 'cmpl $0,(%rsi)', base: '%rsi', found: 'the number of the call' },
          line: 13,
          column: 2,
          flow: [{ message: 'reads through %rsi, which holds the number of the call', line: 13 }],
        },
      ],
    },
    {
      name: 'the slot of the pointer is counted wrong',
      files: { [at386]: edit(musl386, '\tmovl 20(%esp),%edx\n', '\tmovl 24(%esp),%edx\n') },
      errors: [
        {
          ...common,
          messageId: 'pointer',
          data: { instruction: 'movl (%edx),%ecx', base: '%edx', found: 'the number of the call' },
          line: 18,
          column: 2,
        },
      ],
    },
    {
      name: 'the word behind the flag',
      files: test64('\tcmpl $0,4(%rdi)\n\tjnz __cp_cancel\n'),
      errors: [
        {
          ...common,
          messageId: 'beside',
          data: { instruction: 'cmpl $0,4(%rdi)', by: '+ 4' },
          line: 13,
          column: 2,
        },
      ],
    },
    {
      name: 'always cancelled',
      files: test64('\tjmp __cp_cancel\n'),
      errors: [{ ...common, messageId: 'always', data: { instruction: 'jmp __cancel' }, line: 25, column: 2 }],
    },
    {
      name: 'eight bytes of four',
      files: test64('\tcmpq $0,(%rdi)\n\tjnz __cp_cancel\n'),
      errors: [
        {
          ...common,
          messageId: 'width',
          data: { instruction: 'cmpq $0,(%rdi)', width: 8, flag: 4 },
          line: 13,
          column: 2,
        },
      ],
    },
    {
      name: 'two bytes of four',
      files: { [at386]: edit(musl386, '\tmovl (%edx),%ecx\n', '\tmovzwl (%edx),%ecx\n') },
      errors: [
        {
          ...common,
          messageId: 'width',
          data: { instruction: 'movzwl (%edx),%ecx', width: 2, flag: 4 },
          line: 18,
          column: 2,
          targets: ['i386'],
        },
      ],
    },
    {
      name: 'no test at all',
      files: test64(''),
      errors: [{ ...common, messageId: 'noRead', data: { instruction: 'syscall' }, line: 20, column: 2 }],
    },
    {
      name: 'no call at all',
      files: { [at64]: edit(musl64, '\tsyscall\n', '') },
      errors: [
        {
          ...common,
          messageId: 'noCall',
          data: { instruction: 'ret', does: 'leaves without a system call' },
          line: 23,
          column: 2,
        },
      ],
    },
    {
      name: 'half the pointer to the flag',
      files: { [at64]: edit(musl64, '__cp_begin:\n', '\tmovl %edi,%edi\n__cp_begin:\n') },
      errors: [
        {
          ...common,
          messageId: 'pointer',
          data: { instruction: 'cmpl $0,(%rdi)', base: '%rdi', found: "the lower half of the flag's address" },
          line: 14,
          column: 2,
        },
      ],
    },
    {
      name: 'a register that holds no address',
      files: { [at64]: edit(musl64, '__cp_begin:\n', '\tmovl $7,%edi\n__cp_begin:\n') },
      errors: [
        {
          ...common,
          messageId: 'noCall',
          data: {
            instruction: 'cmpl $0,(%rdi)',
            does: 'faults on an access through %rdi, which holds no address',
          },
          line: 14,
          column: 2,
        },
      ],
    },
    {
      name: 'fixture: the width of a pointer',
      fixture: 'rules/window-flag-check/musl/wrong-width',
      errors: [
        {
          ...common,
          messageId: 'width',
          data: { instruction: 'mov (%rdi),%rax', width: 8, flag: 4 },
          file: at64,
          line: 10,
          column: 2,
        },
      ],
    },
  ],
});
