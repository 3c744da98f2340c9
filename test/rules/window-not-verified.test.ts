// Every window that no other rule finds wrong is said to be not proved, with the reason.
import rule from '../../src/rules/window-not-verified.js';
import { RuleTester } from '../../src/testing/rule-tester.js';
import { at386, at64, atX32, edit, glibcTree, gnu386, gnu386at, gnu64, gnu64at, musl386, musl64 } from './windows.js';

const routine = '__syscall_cp_asm';
const place = { line: 11, column: 1, function: routine, properties: [] } as const;

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    {
      name: 'a window that is known to lose requests is decided',
      files: { [at64]: edit(edit(musl64, '__cp_begin:\n', ''), '\tsyscall', '__cp_begin:\n\tsyscall') },
    },
    {
      name: 'a window that is known to lose results is decided',
      files: { [at386]: edit(musl386, '__cp_end:\n', '\tnop\n__cp_end:\n') },
    },
    {
      name: 'a window that enters through the vDSO is decided',
      files: { [at386]: edit(musl386, 'int $0x80', 'call *%gs:16') },
    },
    {
      name: 'a routine that is no window',
      files: {
        [at64]: edit(musl64, '__syscall_cp_asm:\n__cp_begin:', '__syscall_fast:').replaceAll(routine, '__syscall_fast'),
      },
    },
    {
      name: 'a call of the window is no window',
      files: {
        'src/thread/cancel.c':
          'long __syscall_cp_c(long nr)\n{\n\treturn __syscall_cp_asm(&__pthread_self()->cancel, nr);\n}\n',
      },
    },
  ],
  invalid: [
    {
      name: 'musl on x32 to 1.1: a function in C changes arguments and calls the window, which has another name',
      targets: ['x32'],
      files: {
        'src/thread/x32/syscall_cp_fixup.c':
          'long __syscall_cp_asm(volatile void *flag, long nr, long a)\n{\n\tif (!a) __testcancel();\n\treturn __syscall_cp_internal(flag, nr, a);\n}\n',
        [atX32]: musl64.replaceAll(routine, '__syscall_cp_internal'),
      },
      errors: [
        {
          ...place,
          messageId: 'orderOnly',
          data: { routine: '__syscall_cp_internal' },
          function: '__syscall_cp_internal',
          file: atX32,
        },
      ],
    },
    {
      name: 'a function in C has the name of the window and no labels',
      files: {
        'src/thread/syscall_cp.c':
          'long __syscall_cp_asm(volatile int *flag, long nr, long a)\n{\n\tif (*flag) return __cancel();\n\treturn __syscall(nr, a);\n}\n',
      },
      errors: [
        {
          ...place,
          messageId: 'noLabels',
          data: { routine, start: '__cp_begin', end: '__cp_end' },
          line: 1,
          column: 6,
        },
      ],
    },
    {
      name: 'musl in 2012: the routine ends with the call that acts',
      files: {
        [at64]: `.global __syscall_cp_asm
.type __syscall_cp_asm,@function
__syscall_cp_asm:
	movl 16(%rdi),%eax
	testl %eax,%eax
	jnz 2f
	movq %rsi,%rax
	movq %rdx,%rdi
1:	syscall
	ret
2:	call __cancel
`,
      },
      errors: [{ ...place, messageId: 'noLabels', data: { routine, start: '__cp_begin', end: '__cp_end' }, line: 3 }],
    },
    {
      name: 'musl on i386: the order is right',
      files: { [at386]: musl386 },
      errors: [{ ...place, messageId: 'orderOnly', data: { routine }, endLine: 11, endColumn: 17, targets: ['i386'] }],
    },
    {
      name: 'one finding a file, with its targets',
      files: { [at64]: musl64, [atX32]: musl64, [at386]: musl386 },
      targets: ['i386', 'x86_64', 'x32'],
      errors: [
        { ...place, messageId: 'orderOnly', data: { routine }, file: at386, targets: ['i386'] },
        { ...place, messageId: 'orderOnly', data: { routine }, file: atX32, targets: ['x32'] },
        { ...place, messageId: 'orderOnly', data: { routine }, file: at64, targets: ['x86_64'] },
      ],
    },
    {
      name: 'glibc on i386: the order is right',
      libc: 'glibc',
      files: glibcTree(gnu386at, gnu386),
      errors: [
        { messageId: 'orderOnly', data: { routine: '__syscall_cancel_arch' }, file: gnu386at, line: 4, column: 1 },
      ],
    },
    {
      name: 'glibc: x86_64 and x32 share a file',
      libc: 'glibc',
      targets: ['x86_64', 'x32'],
      files: glibcTree(gnu64at, gnu64),
      errors: [
        {
          messageId: 'orderOnly',
          data: { routine: '__syscall_cancel_arch' },
          file: gnu64at,
          line: 4,
          column: 1,
          targets: ['x86_64', 'x32'],
        },
      ],
    },
    {
      name: 'glibc: a window in C with labels in inline assembly',
      libc: 'glibc',
      files: {
        'sysdeps/unix/sysv/linux/syscall_cancel.c': `long int
__syscall_cancel_arch (volatile int *ch, long int nr, long int a1)
{
  asm volatile (".globl __syscall_cancel_arch_start\\n__syscall_cancel_arch_start:");
  if (*ch & CANCELED_BITMASK)
    __syscall_do_cancel ();
  long int result = INTERNAL_SYSCALL_NCS_CALL (nr, a1);
  asm volatile (".globl __syscall_cancel_arch_end\\n__syscall_cancel_arch_end:");
  return result;
}
`,
      },
      errors: [{ messageId: 'inC', data: { routine: '__syscall_cancel_arch' }, line: 2, column: 1, endColumn: 22 }],
    },
    {
      name: 'musl in 2012: no labels, the handler compares with an address that was saved',
      files: { [at386]: edit(edit(musl386, '__cp_begin:\n', '\tmovl %esp,%gs:24\n'), '__cp_end:\n', '') },
      errors: [{ ...place, messageId: 'noLabels', data: { routine, start: '__cp_begin', end: '__cp_end' } }],
    },
    {
      name: 'only one of the labels is there',
      files: { [at64]: edit(musl64, '__cp_end:\n', '') },
      errors: [{ ...place, messageId: 'noLabels', data: { routine, start: '__cp_begin', end: '__cp_end' } }],
    },
    {
      name: 'an instruction that is not known',
      files: { [at386]: edit(musl386, '\tmovl 24(', '\tfrobnicate %eax\n\tmovl 24(') },
      notUnderstood: true,
      errors: [{ ...place, messageId: 'notUnderstood', data: { routine, count: 1 } }],
    },
    {
      name: 'instructions that are written as bytes',
      files: { [at386]: edit(musl386, 'int $0x80', '.byte 0xcd,0x80') },
      notUnderstood: true,
      errors: [{ ...place, messageId: 'notUnderstood', data: { routine, count: 1 } }],
    },
    {
      name: 'nothing enters the kernel',
      files: { [at64]: edit(musl64, '\tsyscall\n', '') },
      errors: [{ ...place, messageId: 'noCall', data: { routine } }],
    },
    {
      name: 'the flag is not read',
      files: { [at64]: edit(edit(musl64, '\tcmpl $0,(%rdi)\n', ''), '\tjnz __cp_cancel\n', '') },
      errors: [{ ...place, messageId: 'noFlagRead', data: { routine } }],
    },
    {
      name: 'the branch does not depend on memory',
      files: { [at64]: edit(musl64, 'cmpl $0,(%rdi)', 'testq %rdi,%rdi') },
      errors: [{ ...place, messageId: 'noFlagRead', data: { routine } }],
    },
    {
      name: 'fixture: the design of 2012',
      fixture: 'rules/window-not-verified/musl/saved-address',
      errors: [
        {
          messageId: 'noLabels',
          data: { routine, start: '__cp_begin', end: '__cp_end' },
          file: at386,
          line: 4,
          column: 1,
        },
      ],
    },
  ],
});
