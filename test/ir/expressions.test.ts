import { bare, mentionsName, mentionsResult, namesIn, some } from '../../src/ir/expressions.js';
import type { Expr } from '../../src/ir/types.js';
import { int, name } from '../support/ir.js';

/** One of every kind that has parts, with the name `deep` in the last of them. */
const WITH_PARTS: readonly [string, Expr][] = [
  ['a member', { k: 'member', base: name('deep'), field: 'm', arrow: true }],
  ['an index', { k: 'index', base: name('a'), index: name('deep') }],
  ['a dereference', { k: 'deref', of: name('deep') }],
  ['an address', { k: 'address', of: name('deep') }],
  ['a unary operator', { k: 'unary', operator: '!', of: name('deep') }],
  ['a binary operator', { k: 'binary', operator: '+', left: int(1), right: name('deep') }],
  ['a cast', { k: 'cast', type: 'long', of: name('deep') }],
  ['a choice', { k: 'conditional', test: int(1), then: int(2), otherwise: name('deep') }],
  ['a memory operand', { k: 'memory', displacement: name('deep'), base: 'eax' }],
];

test.each(WITH_PARTS)('%s is looked into', (_name, expr) => {
  expect(mentionsName(expr, 'deep')).toBe(true);
  expect(mentionsName(expr, 'other')).toBe(false);
  expect(some(expr, (e) => e === expr)).toBe(true);
});

test.each<[string, Expr]>([
  ['an integer', int(1)],
  ['a string', { k: 'string', value: 'deep' }],
  ['a result', { k: 'result', op: 1 }],
  ['a register', { k: 'register', name: 'deep' }],
  ['a memory operand of registers', { k: 'memory', base: 'deep', index: 'deep' }],
  ['something unknown', { k: 'unknown', text: 'deep' }],
])('%s mentions no name', (_name, expr) => {
  expect(mentionsName(expr, 'deep')).toBe(false);
});

test('a result is mentioned by its number', () => {
  const expr: Expr = {
    k: 'cast',
    type: 'int',
    of: { k: 'binary', operator: '<', left: { k: 'result', op: 3 }, right: int(0) },
  };
  expect([mentionsResult(expr, 3), mentionsResult(expr, 0)]).toEqual([true, false]);
});

test('names are listed in order, each time they stand', () => {
  expect(
    namesIn([
      { k: 'binary', operator: '+', left: name('a'), right: name('b') },
      { k: 'deref', of: name('a') },
    ]),
  ).toEqual(['a', 'b', 'a']);
});

test('a bare expression has no casts around it', () => {
  const inner: Expr = { k: 'deref', of: { k: 'cast', type: 'int *', of: name('a') } };
  expect(bare({ k: 'cast', type: 'long', of: { k: 'cast', type: 'int', of: inner } })).toBe(inner);
});
