import { family, instructionsBetween, layoutOf, listing, type WindowLayout } from '../../../src/ir/analysis/windows.js';
import { asItIs } from '../../../src/cpp/prepared.js';
import type { Lifted, Target } from '../../../src/ir/types.js';
import { musl } from '../../../src/libc/musl.js';
import { liftAssembly } from '../../../src/x86/lift.js';
import { parseAssembly } from '../../../src/x86/parser.js';

function routine(lines: string, target: Target = 'x86_64'): Lifted {
  const text = `.globl __syscall_cp_asm\n.type __syscall_cp_asm,@function\n__syscall_cp_asm:\n${lines}\n`;
  const { functions } = liftAssembly(parseAssembly(asItIs('w.s', text)), {
    file: 'w.s',
    targets: [target],
    libc: musl,
  });
  expect(functions).toHaveLength(1);
  return functions[0]!;
}

const layout = (lines: string, target?: Target): WindowLayout =>
  layoutOf(routine(lines, target), '__cp_begin', '__cp_end');

/** A line of a listing as text: `label:`, an instruction, or the way that a block ends. */
function shown(l: WindowLayout, index: number): string {
  const line = l.lines[index];
  if (!line) return 'none';
  if (line.kind === 'label') return `${line.op.name}:`;
  if (line.kind === 'jump') return line.end.t;
  const { op } = line;
  return op.op === 'instruction' ? op.text : op.op;
}

const parts = (l: WindowLayout): string[] => [l.start, l.flagRead, l.branch, l.kernel, l.end].map((i) => shown(l, i));

const X86_64 = `__cp_begin:
\tmov (%rdi), %eax
\ttest %eax, %eax
\tjnz __cp_cancel
\tmov %rsi, %rax
\tsyscall
__cp_end:
\tret
__cp_cancel:
\tjmp __cancel`;

describe('the layout of a window', () => {
  test('has its labels, the read of the flag, the branch on it and the entry to the kernel', () => {
    expect(parts(layout(X86_64))).toEqual(['__cp_begin:', 'mov (%rdi), %eax', 'branch', 'syscall', '__cp_end:']);
  });

  test('has a comparison with memory for a read', () => {
    const lines = X86_64.replace('\tmov (%rdi), %eax\n\ttest %eax, %eax', '\tcmpl $0, (%rdi)');
    expect(parts(layout(lines))).toEqual(['__cp_begin:', 'cmpl $0, (%rdi)', 'branch', 'syscall', '__cp_end:']);
  });

  test('follows the flag through registers of any width', () => {
    const lines = X86_64.replace('\ttest %eax, %eax', '\tmov %eax, %ecx\n\tnop\n\ttest %cl, %cl');
    expect(parts(layout(lines))[1]).toBe('mov (%rdi), %eax');
  });

  test('has the last read before the kernel', () => {
    const again = '\tmov (%rdi), %eax\n\ttest %eax, %eax\n\tjnz __cp_cancel\n';
    const l = layout(X86_64.replace('\tmov %rsi', `${again}\tmov %rsi`));
    expect([shown(l, l.flagRead), l.flagRead > l.start + 2, l.branch < l.kernel]).toEqual([
      'mov (%rdi), %eax',
      true,
      true,
    ]);
  });

  test('is on i386 what it is on x86_64', () => {
    const l = layout(
      `\tmov 4(%esp), %ecx
__cp_begin:
\tmov (%ecx), %eax
\ttest %eax, %eax
\tjnz __cp_cancel
\tint $128
__cp_end:
\tret
__cp_cancel:
\tjmp __cancel`,
      'i386',
    );
    expect(parts(l)).toEqual(['__cp_begin:', 'mov (%ecx), %eax', 'branch', 'syscall', '__cp_end:']);
  });

  test('says what is not there', () => {
    const l = layout('\tmov %rsi, %rax\n\tsyscall\n\tret');
    expect([l.start, l.end, l.flagRead, l.branch]).toEqual([-1, -1, -1, -1]);
    expect(shown(l, l.kernel)).toBe('syscall');
    const none = layout('__cp_begin:\n\tnop\n__cp_end:\n\tret');
    expect([none.kernel, none.flagRead]).toEqual([-1, -1]);
  });

  test('has no read where the branch asks for something else', () => {
    const l = layout(X86_64.replace('\tmov (%rdi), %eax', '\tmov %rdx, %rax'));
    expect([l.flagRead, l.branch]).toEqual([-1, -1]);
  });

  test('lists what lies between two places', () => {
    const l = layout(X86_64);
    expect(instructionsBetween(l, l.branch, l.kernel).map((op) => (op.op === 'instruction' ? op.text : op.op))).toEqual(
      ['mov %rsi, %rax'],
    );
  });
});

test('a listing is in the order of addresses, without a line for falling through', () => {
  const f = routine(X86_64);
  const l = layoutOf(f, '', '');
  expect(listing(f).map((_, i) => shown(l, i))).toEqual([
    '__syscall_cp_asm:',
    '__cp_begin:',
    'mov (%rdi), %eax',
    'test %eax, %eax',
    'branch',
    'mov %rsi, %rax',
    'syscall',
    '__cp_end:',
    'return',
    '__cp_cancel:',
    'tail',
  ]);
});

test.each([
  ['a', ['rax', 'eax', 'ax', 'al', 'ah']],
  ['b', ['rbx', 'ebx', 'bx', 'bl']],
  ['si', ['rsi', 'esi', 'si', 'sil']],
  ['sp', ['rsp', 'esp', 'sp', 'spl']],
  ['r10', ['r10', 'r10d', 'r10w', 'r10b']],
  ['xmm0', ['xmm0']],
])('registers of the family %s', (name, registers) => {
  expect(registers.map(family)).toEqual(registers.map(() => name));
});
