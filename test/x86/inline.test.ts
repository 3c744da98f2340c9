import { asItIs } from '../../src/cpp/prepared.js';
import { liftInlineAssembly } from '../../src/x86/inline.js';
import { chooseDialect, pasteTemplate, type TemplatePiece } from '../../src/x86/template.js';
import { musl } from '../../src/libc/musl.js';
import type { Op } from '../../src/ir/types.js';

/** Lifts the string literals of a C text; an identifier between them is a macro that is not known. */
function lift(c: string): Op[] {
  const pieces = [...c.matchAll(/"(?:[^"\\]|\\[\s\S])*"|[A-Z_]\w*/g)].map((m): TemplatePiece => ({
    kind: m[0].startsWith('"') ? 'literal' : 'unknown',
    text: m[0],
    start: m.index,
  }));
  return liftInlineAssembly(pasteTemplate(asItIs('t.c', c), pieces), { libc: musl });
}

function short(op: Op): string {
  switch (op.op) {
    case 'label':
      return `${op.name}:`;
    case 'instruction':
      return op.text;
    case 'syscall':
      return `<${op.entry}> ${op.via}`;
    case 'call':
      return `call ${op.callee ?? '*'}`;
    case 'not-understood':
      return `?? ${op.reason}`;
    default:
      return op.op;
  }
}

const shown = (c: string): string[] => lift(c).map(short);

test.each([
  ['"int $128"', ['<int80> int $128']],
  ['"int $0x80"', ['<int80> int $0x80']],
  ['"syscall\\n\\t"', ['<syscall> syscall']],
  ['"sysenter"', ['<sysenter> sysenter']],
  ['"movl %%eax,%%gs:%P1(,%2,8)"', ['movl %%eax,%%gs:%P1(,%2,8)']],
  ['"movl %%eax,4(%1,%%ecx)"', ['movl %%eax,4(%1,%%ecx)']],
  ['"call *%%gs:16"', ['<vdso> call *%%gs:16']],
  ['"call *%%gs:%P2"', ['<vdso> call *%%gs:%P2']],
  ['"call *_dl_sysinfo"', ['<vdso> call *_dl_sysinfo']],
  ['"movl %1, %%eax\\n\\tcall __libc_do_syscall"', ['movl %1, %%eax', '<wrapper> call __libc_do_syscall']],
  ['"call __kernel_vsyscall"', ['<vdso> call __kernel_vsyscall']],
  ['"xchg %%ebx,%%edx ; int $128 ; xchg %%ebx,%%edx"', ['xchg %%ebx,%%edx', '<int80> int $128', 'xchg %%ebx,%%edx']],
  ['"lock ; cmpxchg %3, %1"', ['lock cmpxchg %3, %1']],
  ['"lock; xadd%z0 %[value], %[place]"', ['lock xadd%z0 %[value], %[place]']],
  ['"mov %%gs:0,%0"', ['mov %%gs:0,%0']],
  ['"mov 4(%0), %k1; lea (%1,%2,4), %q0; add $%c2, %0"', ['mov 4(%0), %k1', 'lea (%1,%2,4), %q0', 'add $%c2, %0']],
  ['"mov %eax, %ebx"', ['mov %eax, %ebx']],
  ['"jmp %l[out]"', ['jmp %l[out]']],
  ['".L%=: dec %0; jnz .L%=b"', ['.L%=:', 'dec %0', 'jnz .L%=b'].slice(0, 2).concat('?? text after an operand')],
  ['""', []],
  ['".global win\\t\\nwin:\\n"', ['win:']],
  ['".pushsection .note, \\"\\", @note\\n.long 1\\nx: .popsection\\nnop"', ['nop']],
  ['".byte 0x0f, 0x05"', ['?? data where instructions run']],
  ['"{movl %1, %0|mov %0, %1}"', ['movl %1, %0']],
  ['"vmovups %0, %%zmm1%{%%k1%}"', ['vmovups %0, %%zmm1 {%%k1 }']],
])('%s', (c, expected) => {
  expect(shown(c)).toEqual(expected);
});

test('a macro that is not known is not understood, and what stands around it is', () => {
  expect(shown('LOADARGS_3 "\\n\\tmovl %1, %%eax\\n\\t" "int $0x80\\n\\t" RESTOREARGS_3')).toEqual([
    '?? text that is not known here',
    'movl %1, %%eax',
    '<int80> int $0x80',
    '?? text that is not known here',
  ]);
  expect(shown('"call " HELPER')).toEqual(['call *']);
});

test('the number of the system call', () => {
  expect(lift('"mov $6, %%eax; int $0x80"')[1]).toMatchObject({ number: { k: 'int', value: 6n } });
  expect(lift('"movl %1, %%eax; int $0x80"')[1]).toMatchObject({ number: { k: 'unknown', text: '%1' } });
});

test('places are those of the literals, across escapes and pieces', () => {
  const [first, second] = lift('asm ("nop\\n\\t"\n     "in" "t $128");');
  expect(first?.origin.at).toEqual({ file: 't.c', line: 1, column: 7, endLine: 1, endColumn: 10 });
  expect(second?.origin.at).toEqual({ file: 't.c', line: 2, column: 7, endLine: 2, endColumn: 18 });
});

test('escapes', () => {
  const text = (literal: string): string =>
    pasteTemplate(asItIs('t.c', literal), [{ kind: 'literal', text: literal, start: 0 }]).text;
  expect(text('"a\\n\\t\\"\\\\b"')).toBe('a\n\t"\\b');
  expect(text('"\\x41\\101\\\nB"')).toBe('AAB');
  expect(text('u8"x"')).toBe('x');
});

test('ids start where the caller says', () => {
  expect(liftInlineAssembly(asItIs('t.c', 'nop; nop'), { libc: musl, firstId: 7 }).map((op) => op.id)).toEqual([7, 8]);
});

test('alternatives of the dialect keep the length', () => {
  expect(chooseDialect('{ab|cd} x')).toBe(' ab     x');
  expect(chooseDialect('a{|b|c}d')).toBe('a      d');
  expect(chooseDialect('%%zmm1{%%k1}')).toBe('%%zmm1{%%k1}');
  expect(chooseDialect('%{x%}')).toBe(' {x }');
});
