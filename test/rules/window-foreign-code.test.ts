// The window holds the way from the test to the call, and nothing else.
import rule from '../../src/rules/window-foreign-code.js';
import { RuleTester } from '../../src/testing/rule-tester.js';
import { at386, at64, atX32, edit, glibcTree, gnu386, gnu386at, gnu64, gnu64at, musl386, musl64 } from './windows.js';

const common = { function: '__syscall_cp_asm', properties: ['W10'], targets: ['x86_64'] } as const;
const inside = (text: string) => ({ [at64]: edit(musl64, '\tmovq %r9,%r10\n', `\tmovq %r9,%r10\n${text}`) });

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
      name: 'a function of the same file that comes back is followed',
      files: {
        [at64]: `${edit(musl64, '__cp_begin:\n', '\tcall 3f\n__cp_begin:\n')}3:\tmovl $0,%r11d\n\tret\n`,
      },
    },
    { name: 'a condition that both ways lead on from', files: inside('\tcmpl $200,%eax\n\tja 1f\n\tnop\n1:\n') },
    {
      name: 'bytes for alignment in front of the window',
      files: { [at64]: edit(musl64, '__cp_begin:\n', '\tnop\n__cp_begin:\n') },
    },
    {
      name: 'a second system call outside the window cannot be judged',
      files: { [at64]: edit(musl64, '__cp_end:\n', '__cp_end:\n\tmovl $24,%eax\n\tsyscall\n') },
    },
  ],
  invalid: [
    {
      name: 'a function is called',
      files: inside('\tcall __note\n'),
      errors: [
        {
          ...common,
          messageId: 'call',
          data: { instruction: 'call __note', does: 'calls', name: '__note' },
          line: 20,
          column: 2,
          endLine: 20,
          endColumn: 13,
          flow: [
            { message: "'__note' runs outside the window", line: 20 },
            { message: 'a request that arrives there is lost', line: 20 },
          ],
        },
      ],
    },
    {
      name: 'a jump to another function',
      files: inside('\tcmpl $0,__tracing(%rip)\n\tjne __slow\n'),
      errors: [
        {
          ...common,
          messageId: 'call',
          data: { instruction: 'jne __slow', does: 'jumps to', name: '__slow' },
          line: 21,
          column: 2,
        },
      ],
    },
    {
      name: 'a second system call',
      files: { [at64]: edit(musl64, '\tsyscall\n', '\tsyscall\n\tmovq %rax,%rdi\n\tmovl $3,%eax\n\tsyscall\n') },
      errors: [
        {
          ...common,
          messageId: 'secondCall',
          data: { instruction: 'syscall' },
          line: 25,
          column: 2,
          flow: [
            { message: 'finishes the first call', line: 22 },
            { message: 'sends the cancellation signal', line: 25 },
            { message: 'the first call is lost', line: 25 },
          ],
        },
      ],
    },
    {
      name: 'an instruction that no way leads to',
      files: { [at64]: edit(musl64, '\tmovq %rsi,%rax\n', '\tjmp 1f\n\tud2\n1:\tmovq %rsi,%rax\n') },
      errors: [
        {
          ...common,
          messageId: 'unreached',
          data: { instruction: 'ud2', routine: '__syscall_cp_asm' },
          line: 16,
          column: 2,
          flow: [{ message: 'the handler would act here', line: 16 }],
        },
      ],
    },
    {
      name: 'glibc on i386: the code of the cancel target lies between',
      libc: 'glibc',
      files: glibcTree(
        gnu386at,
        edit(gnu386, '\tmovl\t24(%esp), %eax\n', '\tjmp\t2f\n\tnop\n\tnop\n2:\tmovl\t24(%esp), %eax\n'),
      ),
      errors: [
        {
          ...common,
          function: '__syscall_cancel_arch',
          targets: ['i386'],
          messageId: 'unreached',
          data: { instruction: 'nop', routine: '__syscall_cancel_arch' },
          file: gnu386at,
          line: 23,
          column: 2,
        },
      ],
    },
    {
      name: 'fixture: a tracer is called',
      fixture: 'rules/window-foreign-code/musl/traced',
      errors: [
        {
          ...common,
          messageId: 'call',
          data: { instruction: 'call __trace_syscall', does: 'calls', name: '__trace_syscall' },
          file: at64,
          line: 20,
          column: 2,
        },
      ],
    },
  ],
});
