// The caller gets back its stack pointer, its registers and the result of the call.
import rule from '../../src/rules/window-abi.js';
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

const end386 = '__cp_end:\n\tpopl %ebx\n\tpopl %esi\n\tpopl %edi\n\tpopl %ebp\n\tret\n';
const routine = '__syscall_cp_asm';
const damaged = { messageId: 'damaged', function: routine, properties: ['W6'] } as const;

/** The x86_64 window with more instructions in front of the call, or behind it. */
const before = (text: string): string => edit(musl64, '\tmovq %r9,%r10\n', `\tmovq %r9,%r10\n${text}`);
const behind = (text: string): string => edit(musl64, '__cp_end:\n', `__cp_end:\n${text}`);

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
    { name: 'registers that belong to the callee', files: { [at64]: behind('\tmovq %rdi,%rcx\n\txorl %edx,%edx\n') } },
    {
      name: 'a register that is saved and restored',
      files: { [at64]: before('\tpushq %rbx\n\tmovq %rdi,%rbx\n\tpopq %rbx\n') },
    },
    {
      name: 'the result goes by another register',
      files: { [at64]: behind('\tmovq %rax,%rdx\n\txorl %eax,%eax\n\tmovq %rdx,%rax\n') },
    },
    { name: 'the direction flag is set and cleared', files: { [at64]: behind('\tstd\n\tcld\n') } },
    {
      name: 'an inner frame is left by its frame pointer',
      files: {
        [at386]: edit(
          edit(musl386, end386, end386.replace('\tret', '\tleave\n\tret').replace('\tpopl %ebp\n', '')),
          '\tpushl %edi\n',
          '\tmovl %esp,%ebp\n\tpushl %edi\n',
        )
          .replace('\tmovl 48(%esp),%ebp\n', '')
          .replace('\tint $0x80\n', '\tpushl %ebp\n\tmovl 52(%esp),%ebp\n\tint $0x80\n')
          .replace('__cp_end:\n', '__cp_end:\n\tpopl %ebp\n'),
      },
    },
    {
      name: 'a routine that is no window',
      files: {
        [at64]: before('\txorl %ebx,%ebx\n').replace('__cp_begin:', '__fast:').replaceAll(routine, '__fast_call'),
      },
    },
  ],
  invalid: [
    {
      name: 'two registers are restored from the slots of each other',
      files: { [at386]: edit(musl386, end386, end386.replace('%ebx\n\tpopl %esi', '%esi\n\tpopl %ebx')) },
      errors: [
        {
          ...damaged,
          data: { instruction: 'popl %ebx', found: "%ebx with the caller's %esi" },
          line: 31,
          column: 2,
          endLine: 31,
          endColumn: 11,
          targets: ['i386'],
          flow: [
            { message: 'the call ends', line: 28 },
            { message: "'popl %ebx' changes the register", line: 31 },
            { message: "the caller finds %ebx with the caller's %esi", line: 34 },
          ],
        },
      ],
    },
    {
      name: 'the design without labels: the stored stack pointer is cleared through a lost pointer (musl 0.7.9)',
      files: { [at64]: edit(saved64, '1:\tsyscall\n', '1:\tsyscall\n\tmovq $0,(%rdi)\n') },
      errors: [
        {
          messageId: 'noReturn',
          function: routine,
          data: {
            instruction: 'movq $0,(%rdi)',
            does: 'faults on an access through %rdi, which holds argument 1 of the call',
          },
          line: 18,
          column: 2,
        },
      ],
    },
    {
      name: 'the result is taken for an address',
      files: { [at64]: behind('\tmovq (%rax),%rax\n') },
      errors: [
        {
          messageId: 'noReturn',
          function: routine,
          properties: ['W6'],
          data: {
            instruction: 'movq (%rax),%rax',
            does: 'faults on an access through %rax, which holds no address',
          },
          line: 24,
          column: 2,
          flow: [
            { message: 'the call ends', line: 22 },
            { message: 'the caller never gets the result', line: 24 },
          ],
        },
      ],
    },
    {
      name: 'a register of the caller is used and not saved',
      files: { [at64]: before('\tmovq %r9,%rbx\n') },
      errors: [
        {
          ...damaged,
          data: { instruction: 'movq %r9,%rbx', found: '%rbx with argument 4 of the call' },
          line: 20,
          column: 2,
          flow: [
            { message: 'changes the register', line: 20 },
            { message: 'the call ends', line: 23 },
            { message: 'the caller finds', line: 25 },
          ],
        },
      ],
    },
    {
      name: 'the upper half of the result is cut off',
      files: { [at64]: behind('\tmovl %eax,%eax\n') },
      errors: [
        {
          ...damaged,
          data: { instruction: 'movl %eax,%eax', found: '%rax with another value in place of the result' },
          line: 24,
          column: 2,
        },
      ],
    },
    {
      name: 'the direction flag stays set',
      files: { [at64]: behind('\tstd\n') },
      errors: [{ ...damaged, data: { instruction: 'std', found: 'the direction flag set' }, line: 24, column: 2 }],
    },
    {
      name: 'a word too many is taken off the stack',
      files: { [at386]: edit(musl386, end386, end386.replace('\tret', '\taddl $4,%esp\n\tret')) },
      errors: [{ ...damaged, data: { instruction: 'ret', found: '%esp 4 bytes too high' }, line: 35, column: 2 }],
    },
    {
      name: 'glibc on i386: a slot is counted wrong',
      libc: 'glibc',
      files: glibcTree(
        gnu386at,
        edit(
          gnu386,
          '__syscall_cancel_arch_end:\n\tpopl\t%ebp\n',
          '__syscall_cancel_arch_end:\n\tmovl\t4(%esp), %ebp\n\taddl\t$4, %esp\n',
        ),
      ),
      errors: [
        {
          ...damaged,
          function: '__syscall_cancel_arch',
          data: { instruction: 'movl 4(%esp), %ebp', found: "%ebp with the caller's %edi" },
          file: gnu386at,
          line: 32,
          column: 2,
        },
      ],
    },
    {
      name: 'glibc on x86_64 and x32: once for both',
      libc: 'glibc',
      targets: ['x86_64', 'x32'],
      files: glibcTree(gnu64at, edit(gnu64, '\tmov\t%r9, %r10\n', '\tmov\t%r9, %r10\n\tmov\t%r9, %r12\n')),
      errors: [
        {
          ...damaged,
          function: '__syscall_cancel_arch',
          data: { instruction: 'mov %r9, %r12', found: '%r12 with argument 4 of the call' },
          file: gnu64at,
          line: 14,
          column: 2,
          targets: ['x86_64', 'x32'],
        },
      ],
    },
    {
      name: 'fixture: restored from the wrong slot',
      fixture: 'rules/window-abi/musl/wrong-slot',
      errors: [
        {
          ...damaged,
          data: { instruction: 'movl 4(%esp),%edi', found: "%edi with the caller's %esi" },
          file: at386,
          line: 30,
          column: 2,
        },
      ],
    },
  ],
});
