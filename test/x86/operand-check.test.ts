/** Instructions whose operands the table refuses are unknown statements of the parser, told with the reason. */
import { asItIs } from '../../src/cpp/prepared.js';
import { parseAssembly } from '../../src/x86/parser.js';
import type { Mode } from '../../src/x86/table/match.js';
import { parse, shown } from './support.js';

test.each([
  ['movl %eax', 'no such operands for movl'],
  ['movl %ax, %ecx', 'the registers and the suffix differ in width'],
  ['addl (%eax), (%ecx)', 'no such operands for addl'],
  ['movb $256, %al', 'the immediate does not fit'],
  ['push %al', 'push has no 8-bit form'],
  ['mov (%rax,%ecx), %edx', 'no such operands for mov'],
  ['int', 'no such operands for int'],
  ['ret %eax', 'no such operands for ret'],
  ['rep add %ecx, %eax', 'rep before add'],
])('%s: %s', (text, reason) => {
  expect(shown(`nop\n${text}\nnop`)).toEqual(['nop', `?? ${reason}`, 'nop']);
  expect(parse(text).problems).toMatchObject([{ kind: 'parse-error', message: `${reason}: ${text}` }]);
});

const kinds = (text: string, modes?: readonly Mode[]): string =>
  parse(text, modes && { modes })
    .statements.map(({ kind }) => kind)
    .filter((kind) => kind !== 'directive')
    .join(' ');

test('what one of the modes takes is in order where nothing is said', () => {
  expect(kinds('pusha\nmovq %rax, %rcx')).toBe('instruction instruction');
  expect(kinds('pusha\nmovq %rax, %rcx', ['i386'])).toBe('instruction unknown');
  expect(kinds('pusha\nmovq %rax, %rcx', ['x86_64'])).toBe('unknown instruction');
  expect(kinds('movl %eax', [])).toBe('instruction');
});

test('.code32, .code64 and .code16 say what follows', () => {
  expect(kinds('.code32\npusha\nsyscall\n.code64\npusha\nsyscall')).toBe('instruction unknown unknown instruction');
  expect(kinds('.code16\nmovl %eax\n.code64\nmovl %eax')).toBe('instruction unknown');
});

test.each(['movaps %eax, %xmm0', 'fld1 %eax', 'cpuid $1', 'rdtsc'])('nothing is said of %s', (text) => {
  expect(kinds(text)).toBe('instruction');
});

test.each(['mov%z0 %0, %1', 'movl %0, %1', 'addl %1, (%%eax)', 'call *%0', 'xchgl %b0, %2', 'movl %1, 4(%0)'])(
  'what the compiler fills in is not checked: %s',
  (text) => {
    const { statements } = parseAssembly(asItIs('t.s', text), { template: true });
    expect(statements.map(({ kind }) => kind)).toEqual(['instruction']);
  },
);

test.each(['rep movsb', 'repne scasb', 'rep ret', 'repz; ret', 'rep nop', 'rep bsf %eax, %ecx'])('%s', (text) => {
  expect(kinds(text)).toBe('instruction');
});

test('the rest of a template is', () => {
  const { statements } = parseAssembly(asItIs('t.s', 'movl %%ax, %%ecx'), { template: true });
  expect(statements).toMatchObject([{ kind: 'unknown', reason: 'the registers and the suffix differ in width' }]);
});
