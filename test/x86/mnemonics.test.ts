import { isPrefix, listedMnemonics, mnemonic } from '../../src/x86/mnemonics.js';
import { parse, shown } from './support.js';

test.each([
  ['mov', 'mov', undefined],
  ['movb', 'mov', 1],
  ['movw', 'mov', 2],
  ['movl', 'mov', 4],
  ['movq', 'mov', 8],
  ['cmpxchgl', 'cmpxchg', 4],
  ['pushq', 'push', 8],
  ['callq', 'call', 8],
  ['retl', 'ret', 4],
  ['jmpl', 'jmp', 4],
  ['cmovnel', 'cmovne', 4],
  ['stosl', 'stos', 4],
  // These only look as if they had a suffix.
  ['movsbl', 'movsbl', undefined],
  ['jl', 'jl', undefined],
  ['setl', 'setl', undefined],
  ['cmovl', 'cmovl', undefined],
  ['shld', 'shld', undefined],
  ['fldl', 'fld', undefined],
  ['fistpll', 'fistpll', undefined],
])('%s', (word, base, width) => {
  expect(mnemonic(word)).toEqual(width === undefined ? { base } : { base, width });
});

test.each(
  `vpternlogd vmovdqu64 vfmadd231ps vfnmsub132sd cmpeqps vcmpneq_oqpd kmovq kunpckbw vpcmpub vpcmpeqb aesenc vaesenc
   pclmulqdq f2xm1 fyl2xp1 endbr64 rdsspq incsspd rstorssp saveprevssp xsavec tzcntl sha256rnds2 vaddph prefetchnta`
    .trim()
    .split(/\s+/),
)('%s is an instruction', (word) => {
  expect(mnemonic(word)).toBeDefined();
});

test.each(
  'mvo movz1 pushx popx jnzz jmpb cal retn syscal sysentr ints vmovap cmpxchglq setlq lock hltl ENTRY int0x80'.split(
    ' ',
  ),
)('%s is none', (word) => {
  expect(mnemonic(word)).toBeUndefined();
});

test('a mistyped mnemonic is an unknown statement', () => {
  expect(shown('movk %eax, %ebx')).toEqual(['?? unknown mnemonic movk']);
  expect(shown('WEAK_ALIAS (a, b)')).toEqual(['?? unknown mnemonic weak_alias']);
});

test('mnemonics are read in any case and kept in lower case', () => {
  expect(shown('MOVL %EAX, %EBX')).toEqual(['movl %eax, %ebx']);
});

test('prefixes, on the same line and on their own', () => {
  expect(shown('lock cmpxchgl %ecx, (%edx)')).toEqual(['lock cmpxchgl %ecx, (%edx)']);
  expect(shown('rep; movsb')).toEqual(['rep movsb']);
  expect(shown('lock/incl (%eax)')).toEqual(['lock incl (%eax)']);
  expect(shown('bnd notrack jmp *%rax')).toEqual(['bnd notrack jmp *%rax']);
  expect(shown('{vex3} vaddps %xmm0, %xmm1, %xmm2')).toEqual(['{vex3} vaddps %xmm0, %xmm1, %xmm2']);
  const [statement] = parse('\tlock\n\torl $1, (%eax)').statements;
  expect(statement).toMatchObject({
    kind: 'instruction',
    instruction: { mnemonic: 'orl', base: 'or', width: 4, prefixes: ['lock'] },
    text: 'lock orl $1, (%eax)',
    span: { start: 1, end: 21 },
  });
});

test('a label between a prefix and its instruction keeps them apart, since a jump may skip the prefix', () => {
  expect(shown('je 0f; lock; 0: incl (%eax)')).toEqual(['je 0f', 'lock', '0:', 'incl (%eax)']);
});

test('branch hints', () => {
  expect(parse('jne,pn 1f').statements[0]).toMatchObject({ instruction: { base: 'jne', hint: 'pn' } });
  expect(shown('jne,px x')).toEqual(['?? missing operand']);
});

test('no listed word is also a prefix, and all are in lower case', () => {
  const words = listedMnemonics();
  expect(words.filter((word) => isPrefix(word))).toEqual([]);
  expect(words.filter((word) => !/^[a-z][a-z0-9_]*$/.test(word))).toEqual([]);
  expect(words.length).toBeGreaterThan(2000);
});
