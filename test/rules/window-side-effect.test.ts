// Between the start of the window and the call nothing is written that others can see.
import rule from '../../src/rules/window-side-effect.js';
import { RuleTester } from '../../src/testing/rule-tester.js';
import { at386, at64, atX32, edit, glibcTree, gnu386, gnu386at, gnu64, gnu64at, musl386, musl64 } from './windows.js';

/** The x86_64 window with one more instruction inside. */
const inside = (text: string): string => edit(musl64, '\tmovq %r9,%r10\n', `\tmovq %r9,%r10\n\t${text}\n`);
const write = { messageId: 'write', function: '__syscall_cp_asm', properties: ['W8'], targets: ['x86_64'] } as const;

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
      name: 'a write in front of the window',
      files: { [at64]: edit(musl64, '__cp_begin:\n', '\tincl __calls(%rip)\n__cp_begin:\n') },
    },
    {
      name: 'a write behind the call',
      files: { [at64]: edit(musl64, '__cp_end:\n', '__cp_end:\n\tincl __calls(%rip)\n') },
    },
    { name: "the routine's own frame", files: { [at64]: inside('movq %r9,-8(%rsp)') } },
    { name: 'a push and a pop', files: { [at64]: inside('pushq %r9\n\tpopq %r10') } },
    {
      name: "one of the routine's parameters on the stack",
      files: { [at386]: edit(musl386, '\tint $0x80\n', '\tmovl %eax,24(%esp)\n\tint $0x80\n') },
    },
    { name: 'memory is read', files: { [at64]: inside('movl __calls(%rip),%r11d') } },
  ],
  invalid: [
    {
      name: 'a counter of the libc',
      files: { [at64]: inside('incl __calls(%rip)') },
      errors: [
        {
          ...write,
          data: { instruction: 'incl __calls(%rip)', what: 'memory that others see' },
          line: 20,
          column: 2,
          endLine: 20,
          endColumn: 20,
          flow: [{ message: 'when the call is called off after this, the write has happened', line: 20 }],
        },
      ],
    },
    {
      name: 'the flag is taken back',
      files: { [at64]: edit(musl64, '\tjnz __cp_cancel\n', '\tjnz __cp_cancel\n\tmovl $0,(%rdi)\n') },
      errors: [{ ...write, data: { instruction: 'movl $0,(%rdi)', what: 'the flag' }, line: 15, column: 2 }],
    },
    {
      name: "the caller's frame",
      files: { [at64]: inside('movq %r9,64(%rsp)') },
      errors: [
        { ...write, data: { instruction: 'movq %r9,64(%rsp)', what: "the caller's frame" }, line: 20, column: 2 },
      ],
    },
    {
      name: 'glibc on i386: a word of the thread structure',
      libc: 'glibc',
      files: glibcTree(gnu386at, edit(gnu386, '\tjne\t1f\n', '\tjne\t1f\n\tmovl\t$1, %gs:64\n')),
      errors: [
        {
          ...write,
          function: '__syscall_cancel_arch',
          targets: ['i386'],
          data: { instruction: 'movl $1, %gs:64', what: 'memory that others see' },
          file: gnu386at,
          line: 22,
          column: 2,
        },
      ],
    },
    {
      name: 'fixture: the stack pointer is noted for the handler',
      fixture: 'rules/window-side-effect/musl/noted',
      errors: [
        {
          ...write,
          data: { instruction: 'mov %rsp,8(%rdi)', what: 'memory that others see' },
          file: at64,
          line: 13,
          column: 2,
        },
      ],
    },
  ],
});
