import { constant } from '../../../src/ir/analysis/constants.js';
import { operations } from '../../../src/ir/analysis/reach.js';
import { looksAt, valuesOf } from '../../../src/ir/analysis/values.js';
import { printExpr } from '../../../src/ir/print-expr.js';
import type { Expr, Lifted } from '../../../src/ir/types.js';
import { functionOf, int, name } from '../../support/ir.js';

/** For the first call, which names and conditions look at its result. */
function lookers(f: Lifted): (text: string) => boolean {
  const first = operations(f).find(({ op }) => op.op === 'call');
  const looks = looksAt(f, first!.op.id);
  return (text) => looks(name(text));
}

describe('looksAt', () => {
  test('follows copies, in any order and through any expression', () => {
    const looks = lookers(functionOf('int r = p(), s, t, u; t = s + 1; s = -(long)r; u = a;'));
    expect(['r', 's', 't', 'u', 'a'].filter(looks)).toEqual(['r', 's', 't']);
  });

  test('follows copies in a circle', () => {
    expect(['r', 's', 't'].filter(lookers(functionOf('r = p(); s = r; r = s; t = q();')))).toEqual(['r', 's']);
  });

  test('does not follow what is stored in memory', () => {
    expect(['x', 's'].filter(lookers(functionOf('x->m = p(); s = x->m;')))).toEqual([]);
  });

  test('follows a long chain that is written backwards in one pass', () => {
    const chain = Array.from({ length: 3000 }, (_, i) => `v${String(i)} = v${String(i + 1)};`).join(' ');
    const start = performance.now();
    const looks = lookers(functionOf(`${chain} v3000 = p();`));
    expect([looks('v0'), looks('v3000'), looks('w')]).toEqual([true, true, false]);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

test('valuesOf lists what a variable is given', () => {
  const f = functionOf('int r = 1; if (a) r = b; s = r; r += 2; x->r = 3;');
  expect(valuesOf(f, 'r').map(printExpr)).toEqual(['1', 'b', 'r + 2']);
  expect(valuesOf(f, 'none')).toEqual([]);
});

describe('constant', () => {
  const unsigned = (value: number): Expr => ({ k: 'int', value: BigInt(value), unsigned: true });
  const binary = (left: Expr, operator: string, right: Expr): Expr => ({ k: 'binary', operator, left, right });
  const unary = (operator: string, of: Expr): Expr => ({ k: 'unary', operator, of });
  const known = new Map([['two', 2n]]);

  test.each<[Expr, bigint | undefined]>([
    [int(3), 3n],
    [name('two'), 2n],
    [name('x'), undefined],
    [unary('-', int(3)), -3n],
    [unary('!', int(3)), 0n],
    [unary('!', int(0)), 1n],
    [unary('+', int(3)), 3n],
    [unary('~', int(3)), undefined],
    [{ k: 'cast', type: 'long', of: name('two') }, 2n],
    [binary(int(1), '+', name('two')), 3n],
    [binary(int(1), '-', name('two')), -1n],
    [binary(int(6), '&', name('two')), 2n],
    [binary(int(4), '|', name('two')), 6n],
    [binary(int(1), '*', int(1)), undefined],
    [binary(int(1), '==', int(1)), 1n],
    [binary(int(1), '!=', int(1)), 0n],
    [binary(unary('-', int(1)), '<', int(2)), 1n],
    // -1 is a large number where the other side is unsigned.
    [binary(unary('-', int(1)), '<', unsigned(2)), 0n],
    [binary(unary('-', int(1)), '>=', { k: 'cast', type: 'unsigned long', of: int(2) }), 1n],
    [binary(int(1), '<=', int(1)), 1n],
    [binary(int(1), '>', int(1)), 0n],
    [binary(int(0), '&&', name('x')), 0n],
    [binary(name('x'), '&&', int(0)), 0n],
    [binary(name('x'), '||', int(2)), 1n],
    [binary(int(2), '&&', int(3)), 1n],
    [binary(int(0), '||', int(0)), 0n],
    [binary(name('x'), '&&', int(1)), undefined],
    [{ k: 'string', value: '1' }, undefined],
  ])('of %o is %s', (expr, value) => {
    expect(constant(expr, known)).toBe(value);
  });
});
