/** Vectors, one a line: reading them, and the lines that answer them. What they compute is compared with the processor elsewhere. */
import { answerVector, background, parseVector } from '../../../src/x86/simulator/vectors.js';
import type { Decode } from '../../../src/x86/simulator/code.js';
import { instruction } from './support.js';

/** A table in place of a decoder: the bytes of the vectors here. */
const TEXT: Readonly<Record<string, string>> = {
  '01d8': 'addl %ebx, %eax',
  '4801d8': 'addq %rbx, %rax',
  '8903': 'movl %eax, (%ebx)',
  f3a4: 'rep movsb',
  f7f1: 'divl %ecx',
  '8b00': 'movl (%eax), %eax',
  cd80: 'int $0x80',
  cc: 'int3',
  ebfe: 'jmp 0x8048800',
  d9e8: 'fld1',
  '65a104000000': 'movl %gs:4, %eax',
};

const decode: Decode = (bytes) => {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const code = Object.keys(TEXT).find((key) => hex.startsWith(key));
  if (code === undefined) return { ok: false, reason: 'invalid' };
  return { ok: true, length: code.length / 2, instruction: instruction(TEXT[code]!) };
};

const answer = (line: string): string => answerVector(line, decode);

const REST = 'ecx=22222222 edx=33333333';
const POINTERS = 'esp=bfff0800 ebp=bfff0900 esi=10000100 edi=10000200';

test.each([
  ['a 01d8 eax=ffffffff ebx=1', `a ok eip=08048802 eax=00000000 ${REST} ebx=00000001 ${POINTERS} fl=00000257`],
  [
    'b 8903 eax=11223344 ebx=10000010',
    `b ok eip=08048802 eax=11223344 ${REST} ebx=10000010 ${POINTERS} fl=00000202 m=10000010:44332211`,
  ],
  // Bytes that were there already are no change.
  [
    'c 8903 eax=11223344 ebx=10000010 m=10000010:44ff22',
    `c ok eip=08048802 eax=11223344 ${REST} ebx=10000010 ${POINTERS} fl=00000202 m=10000011:33 m=10000013:11`,
  ],
  ['d cc', `d fault=03 err=0000 eip=08048801 eax=11111111 ${REST} ebx=44444444 ${POINTERS} fl=00000202`],
  [
    'e 8b00 eax=0',
    `e fault=0e err=0004 cr2=00000000 eip=08048800 eax=00000000 ${REST} ebx=44444444 ${POINTERS} fl=00000202`,
  ],
  ['f cd80 eax=4', `f syscall eip=08048802 eax=00000004 ${REST} ebx=44444444 ${POINTERS} fl=00000202`],
  ['g ebfe fl=cd5', `g hang eip=08048800 eax=11111111 ${REST} ebx=44444444 ${POINTERS} fl=00000ed7`],
  ['h d9e8', 'h unknown unknown instruction fld1'],
  ['i 90', 'i unknown no instruction is encoded here'],
  ['j zz', 'j bad-vector'],
  ['k 01d8 xyz=1', 'k bad-vector'],
  ['l 01d8 m=20000000:00', 'l bad-vector'],
  ['m', 'm bad-vector'],
])('%s', (line, expected) => {
  expect(answer(line)).toBe(expected);
});

test('repeated instructions, an iteration or whole', () => {
  const line = 'r f3a4 ecx=3 esi=10000000 edi=10000800 m=10000000:010203 m=10000800:000000';
  expect(answer(line)).toContain('r ok eip=08048800 eax=11111111 ecx=00000002');
  expect(answer(`${line} whole`)).toMatch(/^r ok eip=08048802 .* fl=00000202 steps=0003 m=10000800:010203$/);
});

test('64-bit vectors', () => {
  const line = answer('q 4801d8 bits=64 rax=ffffffffffffffff rbx=2 r15=7');
  expect(line).toMatch(/^q ok rip=0000000008048803 rax=0000000000000001 rcx=0000000022222222/);
  expect(line).toMatch(/r14=eeeeeeeeeeeeeeee r15=0000000000000007 fl=00000213$/);
});

test('the background and the thread-local page', () => {
  const expected = [4, 5, 6, 7].map((n) =>
    background(0xb7f00000 + n)
      .toString(16)
      .padStart(2, '0'),
  );
  expect(answer('t 65a104000000')).toContain(`eax=${expected.reverse().join('')}`);
});

test('a vector leaves nothing behind for the next', () => {
  const first = answer('n 8903 eax=0 ebx=10000010');
  answer('o 8903 eax=55555555 ebx=10000012 m=10000014:0102');
  expect(answer('n 8903 eax=0 ebx=10000010')).toBe(first);
});

test('undefined results are told apart', () => {
  expect(parseVector('x 01d8 fl=1 eip=8048900')).toMatchObject({ id: 'x', flags: 1, pc: 0x8048900, whole: false });
  expect(parseVector('x 01d8 eip=8048fff')).toBeUndefined();
});
