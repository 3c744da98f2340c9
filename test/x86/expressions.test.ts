import { Cursor } from '../../src/x86/lexer.js';
import { evaluate, parseExpression } from '../../src/x86/expressions.js';
import type { AsmExpr } from '../../src/x86/syntax.js';

function expression(text: string): AsmExpr {
  const cursor = new Cursor(text, 0, text.length);
  const found = parseExpression(cursor);
  if (!found || !cursor.atEnd()) throw new Error(cursor.reason ?? `left: ${cursor.rest()}`);
  return found;
}

const value = (text: string): bigint | undefined =>
  evaluate(expression(text), (name) => (name === 'four' ? 4n : undefined));

test.each([
  ['128', 128n],
  ['0x80', 128n],
  ['0X8f', 0x8fn],
  ['010', 8n],
  ['0b101', 5n],
  ['1U', 1n],
  ['0x1ULL', 1n],
  ["'a", 97n],
  ["'a'", 97n],
  ["'\\n'", 10n],
  ['-4095', -4095n],
  ['~0', -1n],
  ['!0', 1n],
  ['(1 << 0) | (1 << 2)', 5n],
  ['4*(2)+24', 32n],
  ['5*4', 20n],
  ['7 % 4', 3n],
  ['-7 / 2', -3n],
  ['1 << 63', -(1n << 63n)],
  ['-1 >> 60', 15n],
  ['four * 2', 8n],
  ['[1+2]*3', 9n],
  ['1 == 1', -1n],
  ['1 <> 1', 0n],
  ['1 != 2', -1n],
  ['2 >= 2', -1n],
  ['1 && 0 || 2', 1n],
])('%s is %s', (text, expected) => {
  expect(value(text)).toBe(expected);
});

test('| binds tighter than +, as the assembler has it and C has not', () => {
  expect(value('1+2|4')).toBe(7n);
  expect(value('4|1+1')).toBe(6n);
});

test('what depends on an address or is not known has no value', () => {
  for (const text of ['sym', '.', '1f-1b', 'four/0', 'four@GOTOFF']) expect(value(text)).toBeUndefined();
});

test('symbols, relocations and numeric labels', () => {
  expect(expression('foo')).toEqual({ k: 'symbol', name: 'foo' });
  expect(expression('foo@PLT')).toEqual({ k: 'symbol', name: 'foo', modifier: 'plt' });
  expect(expression('foo @GOT')).toEqual({ k: 'symbol', name: 'foo', modifier: 'got' });
  for (const modifier of 'GOTOFF GOT GOTPCREL gottpoff ntpoff indntpoff tpoff dtpoff tlsgd tlsldm TLSDESC'.split(' ')) {
    expect(expression(`x@${modifier}`)).toEqual({ k: 'symbol', name: 'x', modifier: modifier.toLowerCase() });
  }
  expect(expression('.Lx$1')).toEqual({ k: 'symbol', name: '.Lx$1' });
  expect(expression('"a b"')).toEqual({ k: 'symbol', name: 'a b' });
  expect(expression('12f')).toEqual({ k: 'numeric', label: '12', direction: 'f' });
  expect(expression('0b')).toEqual({ k: 'numeric', label: '0', direction: 'b' });
  expect(expression('sym-1b')).toEqual({
    k: 'binary',
    operator: '-',
    left: { k: 'symbol', name: 'sym' },
    right: { k: 'numeric', label: '1', direction: 'b' },
  });
  expect(expression('[1f-1b]')).toMatchObject({ k: 'binary', left: { label: '1', direction: 'f' } });
  expect(expression('_GLOBAL_OFFSET_TABLE_+[.-1b]')).toMatchObject({ operator: '+', right: { left: { k: 'here' } } });
});

test.each([
  ['', 'missing expression'],
  ['(1', 'missing )'],
  ['1 +', 'missing expression'],
  ['089', 'bad octal number'],
  ['12ab', 'bad number'],
  ['x@FOO', 'unknown relocation @foo'],
  ['%eax', 'register in an expression'],
  ['9'.repeat(500), 'number is too long'],
  ['('.repeat(100_000), 'expression is too long'],
  ['1+'.repeat(100_000) + '1', 'expression is too long'],
  ['-'.repeat(100_000) + '1', 'expression is too long'],
])('%.12s … is refused: %s', (text, reason) => {
  const cursor = new Cursor(text, 0, text.length);
  expect(parseExpression(cursor)).toBeUndefined();
  expect(cursor.reason).toBe(reason);
});
