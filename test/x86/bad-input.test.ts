import { parseAssembly } from '../../src/x86/parser.js';
import { asItIs } from '../../src/cpp/prepared.js';
import { lift, parse, shown } from './support.js';

/** Runs within the time, whatever comes out. */
function quickly<T>(work: () => T, limit = 3000): T {
  const start = performance.now();
  const result = work();
  expect(performance.now() - start).toBeLessThan(limit);
  return result;
}

const incomplete = (text: string): string[] =>
  parse(text).problems.flatMap((p) => (p.kind === 'analysis-incomplete' ? [p.message] : []));

test('a macro that uses itself', () => {
  expect(quickly(() => incomplete('.macro a\na\n.endm\na'))).toHaveLength(1);
});

test('a macro that uses itself twice', () => {
  expect(quickly(() => incomplete('.macro a\na\na\n.endm\na'), 10_000)[0]).toMatch(/nested too deeply/);
});

test('a macro whose argument grows', () => {
  expect(quickly(() => incomplete('.macro a x\na \\x\\x\\x\\x\\x\\x\\x\\x\n.endm\na b'), 10_000)).toHaveLength(1);
});

test.each([
  '.rept 1000000000\nnop\n.endr',
  '.rept 0x7fffffffffffffff\nnop\n.endr',
  '.rept 90000\n.rept 90000\nnop\n.endr\n.endr',
])('%j', (text) => {
  expect(quickly(() => incomplete(`${text}\nret`), 10_000)).toHaveLength(1);
});

test('what follows a repetition that is too large is still read', () => {
  expect(shown('.rept 1000000000\nnop\n.endr\nret')).toEqual(['?? repetition is too large', 'ret']);
});

test('a very long line', () => {
  const unit = quickly(() => parse(`ret\n.byte ${'1,'.repeat(10_000_000)}1\nhlt`));
  expect(unit.statements.map((s) => s.kind)).toEqual(['instruction', 'unknown', 'instruction']);
  expect(unit.problems.some((p) => p.kind === 'analysis-incomplete')).toBe(true);
});

test('very many statements', () => {
  const unit = quickly(() => parseAssembly(asItIs('t.s', 'a;'.repeat(100_000)), { limits: { statements: 1000 } }));
  expect(unit.statements).toHaveLength(1000);
  expect(unit.problems.length).toBeLessThan(210);
});

test('very many bad statements give a bounded number of problems', () => {
  const { problems, statements } = parse('frob\n'.repeat(10_000));
  expect(statements).toHaveLength(10_000);
  expect(problems).toHaveLength(101);
  expect(problems.at(-1)?.message).toBe('9900 more problems in this file');
});

test('a comment that is never closed', () => {
  expect(shown('ret /* and so on\nhlt')).toEqual(['?? comment is never closed', 'ret']);
});

test.each([
  ['.macro m\nret', ['?? .macro is never closed']],
  ['.rept 2\nret', ['?? .rept is never closed']],
  ['.if 1\nret', ['ret']],
  ['.string "abc\nret', ['?? unterminated string', 'ret']],
])('%j', (text, expected) => {
  expect(shown(text)).toEqual(expected);
  expect(parse(text).problems.length).toBeGreaterThan(0);
});

test.each([
  '\0\0\0',
  '\0mov %eax, %ebx',
  'mov %eax\0, %ebx',
  '\ufeffret',
  '\u{1f600}',
  "'",
  "'\n'",
  '"',
  '\\',
  '.',
  '..',
  '%',
  '$',
  '*',
  '(((((((',
  '.macro',
  '.macro m a:req:req\n.endm',
  '.irp\n.endr',
  '.irpc x\n.endr',
  '.set',
  '.set a',
  'a =',
  '.pushsection\n.popsection\n.popsection\n.previous',
  'jmp 99999999999999999999f',
  '1: jmp 1b; jmp 1f',
  '.if',
  'lock',
  'rep rep rep',
  '{vex',
])('%j is read without an exception', (text) => {
  expect(() => lift(`.type f,@function\nf:\n${text}\nret`)).not.toThrow();
});

test('deep nesting', () => {
  const deep = 20_000;
  quickly(() => {
    shown('.if 1\n'.repeat(deep) + 'ret\n' + '.endif\n'.repeat(deep));
    shown('.rept 1\n'.repeat(2000) + 'ret\n' + '.endr\n'.repeat(2000));
    shown(`.long ${'('.repeat(deep)}1${')'.repeat(deep)}`);
    shown(`mov ${'-'.repeat(deep)}1, %eax`);
    shown(`m ${'( a '.repeat(deep)}`);
    shown(`.macro m a\n.endm\nm ${'( a '.repeat(deep)}`);
  });
});
