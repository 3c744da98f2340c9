// Every window that is neither proved nor found wrong is said to be so, with the reason.
import rule from '../../src/rules/window-not-verified.js';
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
  saved64,
  savedHandler,
} from './windows.js';

const routine = '__syscall_cp_asm';
const place = { line: 11, column: 1, function: routine, properties: [] } as const;

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    {
      name: 'fixture: three guards in front of the test',
      fixture: 'rules/window-lost-request/musl/guarded',
      targets: ['i386', 'x86_64', 'x32'],
    },
    {
      name: 'musl: one window a target, all proved',
      files: { [at64]: musl64, [atX32]: musl64, [at386]: musl386 },
      targets: ['i386', 'x86_64', 'x32'],
    },
    {
      name: 'glibc on i386: the window and its call-frame information are proved',
      libc: 'glibc',
      files: glibcTree(gnu386at, gnu386),
    },
    {
      name: 'glibc: x86_64 and x32 share a file, proved on both',
      libc: 'glibc',
      targets: ['x86_64', 'x32'],
      files: glibcTree(gnu64at, gnu64),
    },
    {
      name: 'musl on x32 to 1.1: a function in C changes arguments and calls the window, which has another name',
      targets: ['x32'],
      files: {
        'src/thread/x32/syscall_cp_fixup.c':
          'long __syscall_cp_asm(volatile void *flag, long nr, long a)\n{\n\tif (!a) __testcancel();\n\treturn __syscall_cp_internal(flag, nr, a);\n}\n',
        [atX32]: musl64.replaceAll(routine, '__syscall_cp_internal'),
      },
    },
    {
      name: 'musl in 2012: no labels, the handler compares with what has been stored',
      files: { [at386]: saved386, [at64]: saved64, 'src/thread/cancel.c': savedHandler },
      targets: ['i386', 'x86_64'],
    },
    {
      name: 'the label that the handler goes to is another name of the function that acts',
      files: { [at64]: edit(musl64, '__cp_cancel:\n\tjmp __cancel\n', '') },
    },
    {
      name: 'padding in front of the call, whatever there is of it',
      files: { [at64]: edit(musl64, '\tmovq %rsi,%rax\n', '\t.p2align 4,,10\n\tmovq %rsi,%rax\n') },
    },
    {
      name: 'padding that is jumped over inside the window',
      files: { [at64]: edit(musl64, '\tmovq %rsi,%rax\n', '\tjmp 1f\n\t.balign 16\n1:\tmovq %rsi,%rax\n') },
    },
    {
      name: 'glibc: padding inside the window has the call-frame information of its place',
      libc: 'glibc',
      files: glibcTree(gnu386at, edit(gnu386, '\tint\t$0x80\n', '\t.balign 16\n\tint\t$0x80\n')),
    },
    {
      name: 'nothing enters the kernel, which another rule says',
      files: { [at64]: edit(musl64, '\tsyscall\n', '') },
    },
    {
      name: 'the flag is not read, which another rule says',
      files: { [at64]: edit(edit(musl64, '\tcmpl $0,(%rdi)\n', ''), '\tjnz __cp_cancel\n', '') },
    },
    {
      name: 'the branch does not depend on memory, which another rule says',
      files: { [at64]: edit(musl64, 'cmpl $0,(%rdi)', 'testq %rdi,%rdi') },
    },
    {
      name: 'an ordinary call is made in front of the window when there is one thread only',
      files: {
        [at64]: edit(
          musl64,
          '__syscall_cp_asm:\n',
          '__syscall_cp_asm:\n\tcmpb $0,__threaded(%rip)\n\tje __syscall_plain\n',
        ),
      },
    },
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
      name: 'of architectures that are not read, once for all',
      targets: ['x86_64', 'aarch64', 'mips'],
      notUnderstood: true,
      files: {
        [at64]: musl64,
        'src/thread/aarch64/syscall_cp.s': `${routine}:\n__cp_begin:\n\tsvc 0\n__cp_end:\n\tret\n__cp_cancel:\n\tb __cancel\n`,
        'src/thread/mips/syscall_cp.s': `${routine}:\n__cp_begin:\n\tsyscall\n__cp_end:\n\tjr $ra\n`,
      },
      errors: [
        {
          messageId: 'notRead',
          data: { routine, targets: 'aarch64, mips' },
          file: 'src/thread/aarch64/syscall_cp.s',
          line: 1,
          column: 1,
          function: routine,
          targets: ['aarch64', 'mips'],
          related: [{ message: 'for mips', file: 'src/thread/mips/syscall_cp.s', line: 1, column: 1 }],
        },
      ],
    },
    {
      name: 'a function of another file is called in front of the window',
      files: { [at64]: edit(musl64, '__cp_begin:\n', '\tcall __note\n__cp_begin:\n') },
      errors: [{ ...place, messageId: 'undecided', data: { routine, reason: "it goes on in '__note'" } }],
    },
    {
      name: 'an instruction that the simulator does not know',
      files: { [at64]: edit(musl64, '\tmovq %rsi,%rax\n', '\trdtsc\n\tmovq %rsi,%rax\n') },
      errors: [{ ...place, messageId: 'undecided', data: { routine, reason: "unknown instruction rdtsc at 'rdtsc'" } }],
    },
    {
      name: 'a way that only some arguments lead to',
      files: { [at64]: edit(musl64, '\tsyscall\n', '\tcmpl $200,%eax\n\tja 1f\n\tnop\n1:\tsyscall\n') },
      errors: [
        {
          ...place,
          messageId: 'undecided',
          data: { routine, reason: "no run has come to 'nop', which other arguments may lead to" },
        },
      ],
    },
    {
      name: 'the label that the handler goes to is in another file, and the window has moved the stack pointer',
      files: { [at386]: musl386.slice(0, musl386.indexOf('__cp_cancel:\n')) },
      errors: [{ ...place, messageId: 'undecided', data: { routine, reason: "there is no '__cp_cancel'" } }],
    },
    {
      name: 'bytes by hand at the end of the window',
      files: { [at64]: edit(musl64, '__cp_end:\n\tret\n', '__cp_end:\n\t.byte 0xc3\n\tret\n') },
      notUnderstood: true,
      errors: [{ ...place, messageId: 'notUnderstood', data: { routine, count: 1 } }],
    },
    {
      name: 'bytes that are jumped over inside the window',
      files: { [at64]: edit(musl64, '\tmovq %r9,%r10\n', '\tmovq %r9,%r10\n\tjmp 1f\n\t.byte 0x0f, 0x0b\n1:\n') },
      errors: [
        {
          ...place,
          messageId: 'undecided',
          data: { routine, reason: "'.byte 0x0f, 0x0b' lies in it, and is not taken for instructions" },
        },
      ],
    },
    {
      name: 'a loop in the window that takes more than a proof may cost',
      files: {
        [at64]: edit(
          musl64,
          '\tmovq %rsi,%rax\n',
          '\tmovl $900,%eax\n1:\tdecl %eax\n\tjnz 1b\n\tmovq %rsi,%rax\n',
        ).replace('__cp_cancel:\n', '__cp_cancel:\n\tmovl $900,%eax\n1:\tdecl %eax\n\tjnz 1b\n'),
      },
      errors: [
        {
          ...place,
          messageId: 'undecided',
          data: {
            routine,
            reason: "more than 200000 instructions would have to be run for it at 'jnz 1b'",
          },
        },
      ],
    },
    {
      name: 'more steps on one path than any window has',
      files: {
        [at64]: edit(musl64, '\tmovq %rsi,%rax\n', '\tmovl $9000,%eax\n1:\tdecl %eax\n\tjnz 1b\n\tmovq %rsi,%rax\n'),
      },
      errors: [
        { ...place, messageId: 'undecided', data: { routine, reason: "more than 2000 instructions at 'decl %eax'" } },
      ],
    },
    {
      name: 'a fault that depends on a variable may be none',
      files: {
        [at64]: edit(
          musl64,
          '\tmovq %rsi,%rax\n',
          '\tcmpb $0,__table(%rip)\n\tje 1f\n\tmovq (%rsi),%rax\n1:\tmovq %rsi,%rax\n',
        ),
      },
      errors: [
        { ...place, messageId: 'undecided', data: { routine, reason: "it faults (#GP) at 'movq (%rsi),%rax'" } },
      ],
    },
    {
      name: 'a lock that others may let go of',
      files: { [at64]: edit(musl64, '\tmovq %rsi,%rax\n', '1:\tcmpl $0,__lock(%rip)\n\tjne 1b\n\tmovq %rsi,%rax\n') },
      errors: [{ ...place, messageId: 'undecided', data: { routine, reason: "more than 32 paths at 'jne 1b'" } }],
    },
    {
      name: 'no symbol of the file is a function',
      files: { [at64]: edit(musl64, '.type __syscall_cp_asm,@function\n__syscall_cp_asm:\n', '') },
      errors: [
        {
          ...place,
          messageId: 'undecided',
          data: { routine: '.text', reason: 'no function begins in front of it' },
          function: '.text',
          line: 10,
        },
      ],
    },
    {
      name: 'glibc: call-frame information by an expression',
      libc: 'glibc',
      targets: ['i386'],
      files: glibcTree(gnu386at, edit(gnu386, 'cfi_rel_offset (ebx, 0)', '.cfi_escape 0x16, 3, 2, 0x77, 0')),
      errors: [
        {
          messageId: 'undecided',
          data: { routine: '__syscall_cancel_arch', reason: '.cfi_escape is not evaluated' },
          file: gnu386at,
          line: 4,
          column: 1,
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
      name: 'no labels, and the handler compares otherwise with what has been stored',
      files: { [at64]: saved64, 'src/thread/cancel.c': edit(savedHandler, 'pc <= self', 'pc < self') },
      errors: [{ ...place, file: at64, messageId: 'saved', data: { routine }, line: 4 }],
    },
    {
      name: 'no labels, and a call to another function in front of the stores',
      files: { [at64]: edit(saved64, '\tleaq', '\tcall __note\n\tleaq'), 'src/thread/cancel.c': savedHandler },
      errors: [
        {
          ...place,
          file: at64,
          messageId: 'noLabels',
          data: { routine, start: '__cp_begin', end: '__cp_end' },
          line: 4,
        },
      ],
    },
    {
      name: 'fixture: the design of 2012',
      fixture: 'rules/window-not-verified/musl/saved-address',
      errors: [
        {
          messageId: 'saved',
          data: { routine },
          file: at386,
          line: 4,
          column: 1,
        },
      ],
    },
  ],
});
