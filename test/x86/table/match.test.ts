/** Which operands, widths and spellings exist. What a correct assembler says about whole sources is compared elsewhere. */
import { check, type Mode } from '../../../src/x86/table/match.js';
import { ROWS, rowsNamed } from '../../../src/x86/table/index.js';
import { mnemonic } from '../../../src/x86/mnemonics.js';
import { instruction, MODES } from '../simulator/support.js';

function verdict(text: string, mode: Mode): string {
  const checked = check(instruction(text), mode);
  if (!checked.ok) return checked.known ? `no: ${checked.reason}` : 'unknown';
  const { row, width, source } = checked.match;
  const size = row.widths === '' ? '' : ` ${width * 8}`;
  return `${row.name}${size}${source === width || row.widths === '' ? '' : ` from ${source * 8}`}`;
}

test.each([
  ['movl %eax, %ecx', 'mov 32'],
  ['mov %al, %cl', 'mov 8'],
  ['movzbl %al, %ecx', 'movzx 32 from 8'],
  ['movzx %ax, %ecx', 'movzx 32 from 16'],
  ['movzb (%eax), %ecx', 'movzx 32 from 8'],
  ['movsb %al, %cx', 'movsx 16 from 8'],
  ['movsb', 'movs 8'],
  ['movsl', 'movs 32'],
  ['movsd', 'movs 32'],
  ['cmpsd', 'cmps 32'],
  ['pushl %eax', 'push 32'],
  ['push $1', 'push 32'],
  ['pushw $1', 'push 16'],
  ['salb %cl', 'shl 8'],
  ['jnae 0x10', 'jb'],
  ['cmovnbel %eax, %ecx', 'cmova 32'],
  ['imul $3, %eax', 'imul 32'],
  ['imulb %cl', 'imul 8'],
  ['addl $1, (%eax)', 'add 32'],
  // Without registers and suffix GNU as takes 32 bits.
  ['add $1, (%eax)', 'add 32'],
  ['cwtl', 'cwde'],
  ['bswap %eax', 'bswap 32'],
])('i386: %s is %s', (text, expected) => {
  expect(verdict(text, 'i386')).toBe(expected);
});

test.each([
  ['movq %rax, %rcx', 'mov 64'],
  ['movabs $0x1122334455667788, %rax', 'mov 64'],
  ['movslq %eax, %rcx', 'movsx 64 from 32'],
  ['push %rax', 'push 64'],
  ['call *%rax', 'call 64'],
  ['movb %sil, %r8b', 'mov 8'],
  ['leaq 8(%rip), %rax', 'lea 64'],
  ['syscall', 'syscall'],
])('x86_64: %s is %s', (text, expected) => {
  expect(verdict(text, 'x86_64')).toBe(expected);
});

test.each([
  ['movl %ax, %ecx', 'i386'],
  ['movb %eax, %ecx', 'i386'],
  ['addl (%eax), (%ecx)', 'i386'],
  ['addl %eax, $1', 'i386'],
  ['shll %dl, %eax', 'i386'],
  ['movl (%eax,%esp), %ecx', 'i386'],
  ['movl (%ax), %ecx', 'i386'],
  ['movw (%bx,%si,2), %cx', 'i386'],
  ['movq %rax, %rcx', 'i386'],
  ['movl %r8d, %eax', 'i386'],
  ['movb %sil, %al', 'i386'],
  ['bswap %ax', 'i386'],
  ['lea (%eax), %cl', 'i386'],
  ['push %al', 'i386'],
  ['addb $256, %al', 'i386'],
  ['int $256', 'i386'],
  ['aaa', 'x86_64'],
  ['pusha', 'x86_64'],
  ['pushl %eax', 'x86_64'],
  ['popl (%rax)', 'x86_64'],
  ['movl (%ax), %ecx', 'x86_64'],
  ['movl (%rax,%ecx), %edx', 'x86_64'],
  ['addq $0x100000000, %rax', 'x86_64'],
  ['bound %eax, (%rax)', 'x86_64'],
  ['cmpxchg8b %eax', 'i386'],
  ['lea %eax, %ecx', 'i386'],
] as const)('%s does not exist in %s', (text, mode) => {
  expect(verdict(text, mode)).toMatch(/^no: /);
});

test.each(['fld1', 'cpuid', 'movaps %xmm0, %xmm1', 'movd %xmm0, %eax', 'rdtsc', 'popcnt %eax, %ecx', 'sysenter'])(
  '%s is not in the table',
  (text) => {
    expect(verdict(text, 'i386')).toBe('unknown');
  },
);

test('every name and synonym is a mnemonic of the parser', () => {
  const names = new Set(ROWS.flatMap((row) => [row.name, ...(row.synonyms ?? [])]));
  expect([...names].filter((name) => mnemonic(name) === undefined && mnemonic(`${name}l`) === undefined)).toEqual([]);
});

test('names are found, others are not', () => {
  expect(rowsNamed('jnz').map((row) => row.name)).toEqual(['jne']);
  expect(rowsNamed('toString')).toEqual([]);
  expect(MODES).toHaveLength(2);
});
