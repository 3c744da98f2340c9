// Wherever a request is acted upon, the caller must find its stack, its registers and its return address again.
import rule from '../../src/rules/window-cancel-path.js';
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

const routine = '__syscall_cp_asm';
const gnuRoutine = '__syscall_cancel_arch';
const common = { function: routine, properties: ['W4'] } as const;
const gnu = { ...common, function: gnuRoutine, file: gnu386at, targets: ['i386'] } as const;

const target386 = '__cp_cancel:\n\tpopl %ebx\n\tpopl %esi\n\tpopl %edi\n\tpopl %ebp\n';
const cancels = (text: string) => ({ [at386]: edit(musl386, target386, `__cp_cancel:\n${text}`) });
const frame = (from: string, to: string) => glibcTree(gnu386at, edit(gnu386, from, to));
const ebpFrame = '\tcfi_rel_offset (ebp, 0)\n';

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
      name: 'the cancel target calls, and gives back to the caller what comes back',
      files: { [at64]: edit(musl64, '\tjmp __cancel\n', '\tsubq $8,%rsp\n\tcall __cancel\n\taddq $8,%rsp\n\tret\n') },
    },
    {
      name: 'the registers are taken back by their slots',
      files: cancels(
        '\tmovl (%esp),%ebx\n\tmovl 4(%esp),%esi\n\tmovl 8(%esp),%edi\n\tmovl 12(%esp),%ebp\n\taddl $16,%esp\n',
      ),
    },
    {
      name: 'glibc: the same frame by offsets from the CFA',
      libc: 'glibc',
      files: frame(`\tcfi_adjust_cfa_offset (4)\n${ebpFrame}`, '\t.cfi_def_cfa_offset 20\n\t.cfi_offset ebp, -20\n'),
    },
    {
      name: 'glibc: registers that an unwinder may not find are of no interest',
      libc: 'glibc',
      files: frame('\tmovl\t20(%esp), %ecx\n', '\tmovl\t20(%esp), %ecx\n\t.cfi_undefined eax\n'),
    },
  ],
  invalid: [
    {
      name: 'the cancel target leaves one word on the stack',
      files: cancels('\tpopl %esi\n\tpopl %edi\n\tpopl %ebp\n'),
      errors: [
        {
          ...common,
          messageId: 'branch',
          data: { instruction: 'jmp __cancel', act: '__cancel', found: '%esp 4 bytes too low' },
          line: 39,
          column: 2,
          endLine: 39,
          endColumn: 14,
          targets: ['i386'],
          flow: [
            { message: 'has set the flag before the call', line: 12 },
            { message: "'__cancel' is entered and finds %esp 4 bytes too low", line: 39 },
          ],
        },
      ],
    },
    {
      name: 'the cancel target takes one word too many',
      files: cancels('\tpopl %ebx\n\tpopl %esi\n\tpopl %edi\n\tpopl %ebp\n\tpopl %ecx\n'),
      errors: [
        {
          ...common,
          messageId: 'branch',
          data: { instruction: 'jmp __cancel', act: '__cancel', found: '%esp 4 bytes too high' },
          line: 41,
          column: 2,
        },
      ],
    },
    {
      name: 'two registers change places on the way to cancelling only',
      files: cancels('\tpopl %esi\n\tpopl %ebx\n\tpopl %edi\n\tpopl %ebp\n'),
      errors: [
        {
          ...common,
          messageId: 'branch',
          data: { instruction: 'popl %ebx', act: '__cancel', found: "%ebx with the caller's %esi" },
          line: 37,
          column: 2,
        },
      ],
    },
    {
      name: 'a push inside the window',
      files: { [at386]: edit(musl386, '\tint $0x80\n', '\tpushl %eax\n\tpopl %eax\n\tint $0x80\n') },
      errors: [
        {
          ...common,
          messageId: 'redirect',
          data: { where: 'behind', instruction: 'pushl %eax', act: '__cancel', found: '%esp 4 bytes too low' },
          line: 28,
          column: 2,
          flow: [
            { message: 'reads the flag: no request yet', line: 18 },
            { message: 'sends the cancellation signal', line: 29 },
            { message: "inside the window and goes on at '__cp_cancel'", line: 29 },
            { message: 'finds %esp 4 bytes too low', line: 42 },
          ],
        },
      ],
    },
    {
      name: 'the window starts while registers are still to be saved',
      files: {
        [at386]: edit(edit(musl386, '__cp_begin:\n', ''), '\tpushl %edi\n', '__cp_begin:\n\tpushl %edi\n'),
      },
      errors: [
        {
          ...common,
          messageId: 'redirect',
          data: { where: 'in front of', instruction: 'pushl %edi', act: '__cancel', found: '%esp 12 bytes too high' },
          line: 14,
          column: 2,
        },
      ],
    },
    {
      name: 'a register that the system call instruction destroys leads back to the stack',
      files: {
        [at64]: `.globl __cp_begin, __cp_end, __cp_cancel
.type __syscall_cp_asm,@function
__syscall_cp_asm:
	movq %rsp,%r11
__cp_begin:
	cmpl $0,(%rdi)
	jne __cp_cancel
	movq %rsi,%rax
	movq %rdx,%rdi
	movq %rcx,%rsi
	movq %r8,%rdx
	movq %r9,%r10
	movq 8(%rsp),%r8
	movq 16(%rsp),%r9
	syscall
__cp_end:
	ret
__cp_cancel:
	movq %r11,%rsp
	jmp __cancel
`,
      },
      errors: [
        {
          ...common,
          messageId: 'redirect',
          data: { where: 'in a restart of', instruction: 'syscall', act: '__cancel', found: '%rsp on no stack' },
          line: 15,
          column: 2,
        },
      ],
    },
    {
      name: 'the cancel target returns',
      files: { [at64]: edit(musl64, '\tjmp __cancel\n', '\tret\n') },
      errors: [
        {
          ...common,
          messageId: 'notActed',
          data: { instruction: 'ret', does: 'returns' },
          line: 26,
          column: 2,
          targets: ['x86_64'],
        },
      ],
    },
    {
      name: 'the design without labels: the cancel path writes through a register that holds nothing (musl 0.7.8)',
      files: { [at64]: edit(saved64, '2:\tcall __cancel\n', '2:\tmovq $0,(%r10)\n\tcall __cancel\n') },
      errors: [
        {
          ...common,
          messageId: 'notActed',
          data: {
            instruction: 'movq $0,(%r10)',
            does: "faults on an access through %r10, which holds the caller's %r10",
          },
          line: 19,
          column: 4,
        },
      ],
    },
    {
      name: 'the test leads back to itself',
      files: { [at64]: edit(musl64, 'jnz __cp_cancel', 'jnz __cp_begin') },
      errors: [
        {
          ...common,
          messageId: 'notActed',
          data: { instruction: 'jnz __cp_begin', does: 'runs in a circle' },
          line: 14,
          column: 2,
        },
      ],
    },
    {
      name: 'nothing stands at the cancel target',
      files: { [at64]: edit(musl64, '\tjmp __cancel\n', '') },
      notUnderstood: true,
      errors: [
        {
          ...common,
          messageId: 'notActed',
          data: { instruction: 'jnz __cp_cancel', does: 'runs on behind its end' },
          line: 14,
          column: 2,
        },
      ],
    },
    {
      name: 'what acts comes back to where nothing stands',
      files: { [at64]: edit(musl64, 'jmp __cancel', 'call __cancel') },
      errors: [
        {
          ...common,
          messageId: 'notActed',
          data: { instruction: 'call __cancel', does: "runs on behind its end when '__cancel' has come back" },
          line: 26,
          column: 2,
        },
      ],
    },
    {
      name: 'the cancel target goes to another function',
      files: { [at64]: edit(musl64, '\tjmp __cancel\n', '\tjmp __other\n') },
      errors: [
        {
          ...common,
          messageId: 'notActed',
          data: { instruction: 'jmp __other', does: "goes to '__other'" },
          line: 26,
          column: 2,
        },
      ],
    },
    {
      name: 'glibc on i386: the CFA is wrong at two instructions',
      libc: 'glibc',
      files: glibcTree(
        gnu386at,
        edit(
          edit(gnu386, '\tmovl\t20(%esp), %ecx\n', '\tcfi_adjust_cfa_offset (4)\n\tmovl\t20(%esp), %ecx\n'),
          '\tjne\t1f\n',
          '\tcfi_adjust_cfa_offset (-4)\n\tjne\t1f\n',
        ),
      ),
      errors: [
        {
          ...gnu,
          messageId: 'frame',
          data: {
            instruction: 'movl 20(%esp), %ecx',
            more: ' and at 1 more instruction',
            found: 'the CFA 4 bytes too high',
          },
          line: 20,
          column: 2,
          flow: [
            { message: 'sends the cancellation signal', line: 20 },
            { message: 'inside the window and unwinds from here', line: 20 },
          ],
        },
      ],
    },
    {
      name: 'glibc on i386: the slot of a register',
      libc: 'glibc',
      files: frame(ebpFrame, '\tcfi_rel_offset (ebp, 4)\n'),
      errors: [
        {
          ...gnu,
          messageId: 'frame',
          data: {
            instruction: 'movl 20(%esp), %ecx',
            more: ' and at 10 more instructions',
            found: "%ebp at CFA-16 with the caller's %edi",
          },
          line: 19,
          column: 2,
        },
      ],
    },
    {
      name: 'glibc on i386: a register that is saved and not told of, from where it is overwritten',
      libc: 'glibc',
      files: frame(ebpFrame, ''),
      errors: [
        {
          ...gnu,
          messageId: 'frame',
          data: { instruction: 'int $0x80', more: '', found: '%ebp with argument 6 of the call' },
          line: 28,
          column: 2,
        },
      ],
    },
    {
      name: 'glibc on i386: no frame any more',
      libc: 'glibc',
      files: glibcTree(
        gnu386at,
        edit(edit(gnu386, ebpFrame, `${ebpFrame}\tcfi_endproc\n`), 'END (', '\tcfi_startproc\nEND ('),
      ),
      errors: [
        {
          ...gnu,
          messageId: 'noFrame',
          data: { instruction: 'movl 20(%esp), %ecx' },
          line: 20,
          column: 2,
        },
      ],
    },
    {
      name: 'glibc on x86_64 and x32: the branch that a set flag takes',
      libc: 'glibc',
      targets: ['x86_64', 'x32'],
      files: glibcTree(
        gnu64at,
        edit(gnu64, '\tjne\t__syscall_do_cancel\n', '\tje\t1f\n\tpush\t%rbx\n\tjmp\t__syscall_do_cancel\n1:\n'),
      ),
      errors: [
        {
          ...common,
          function: gnuRoutine,
          messageId: 'branch',
          data: {
            instruction: 'jmp __syscall_do_cancel',
            act: '__syscall_do_cancel',
            found: '%rsp 8 bytes too low',
          },
          file: gnu64at,
          line: 10,
          column: 2,
          targets: ['x86_64', 'x32'],
        },
      ],
    },
    {
      name: 'fixture: one word off',
      fixture: 'rules/window-cancel-path/musl/one-word-off',
      errors: [
        {
          ...common,
          messageId: 'branch',
          data: { instruction: 'jmp __cancel', act: '__cancel', found: '%esp 4 bytes too low' },
          file: at386,
          line: 36,
          column: 2,
        },
      ],
    },
  ],
});
