import { outcomeOf, type Assumption } from '../../../src/ir/analysis/assume.js';
import { operations } from '../../../src/ir/analysis/reach.js';
import type { Lifted } from '../../../src/ir/types.js';
import { errorNumber } from '../../../src/libc/linux-calls.js';
import { functionOf } from '../../support/ir.js';

interface Told {
  readonly calls: readonly string[];
  readonly returns: readonly (string | undefined)[];
}

/** What happens when the call of `p` gives a value: later calls, and what is returned (`value/errno`, `?` unknown). */
function when(f: Lifted, gives: bigint, more: Partial<Assumption> = {}): Told | undefined {
  const assumed = operations(f).find(({ op }) => op.op === 'call' && op.callee === 'p');
  const outcome = outcomeOf(f, { op: assumed!.op.id, gives, constants: errorNumber, ...more });
  return (
    outcome && {
      calls: outcome.ops.flatMap(({ op }) => (op.op === 'call' ? [op.callee ?? '*'] : [])),
      returns: outcome.returns.map((r) => `${String(r.value ?? '?')}/${String(r.errno ?? '?')}`),
    }
  );
}

describe('what follows when an operation gives a value', () => {
  test('are the branches that it leads to', () => {
    const f = functionOf('int r = p(); if (r < 0) { q(); return -1; } s(); return r;');
    expect(when(f, -1n)).toEqual({ calls: ['q'], returns: ['-1/?'] });
    expect(when(f, 3n)).toEqual({ calls: ['s'], returns: ['3/?'] });
  });

  test('is decided by error numbers too', () => {
    const f = functionOf('int r = p(); if (r == -EINTR) r = 0; else if (r == -ENOSUCHNAME) q(); return r;');
    expect(when(f, -4n)).toEqual({ calls: [], returns: ['0/?'] });
    // A name that nobody knows may stand for any number. Ways that meet with the same knowledge are one.
    expect(when(f, -5n)).toEqual({ calls: ['q'], returns: ['-5/?'] });
  });

  test('knows errno until something else is called', () => {
    const f = functionOf(
      'int r = p(); if (r == -1 && errno == EINTR) return 1; q(); if (errno == EINTR) return 2; return 3;',
    );
    expect(when(f, -1n, { errno: 4n })).toEqual({ calls: [], returns: ['1/4'] });
    expect(when(f, -1n, { errno: 5n })).toEqual({ calls: ['q'], returns: ['3/?', '2/?'] });
  });

  test('forgets a variable whose address is given away', () => {
    const f = functionOf('int r = p(); q(&r); if (r) s(); return r;');
    expect(when(f, 0n)).toEqual({ calls: ['q', 's'], returns: ['?/?'] });
  });

  test('follows one arm of a switch, and all when it cannot tell', () => {
    const f = functionOf('switch (p()) { case 1: q(); break; case 2: s(); break; default: t(); } return 0;');
    expect(when(f, 1n)?.calls).toEqual(['q']);
    expect(when(f, 9n)?.calls).toEqual(['t']);
    const g = functionOf('switch (p()) { case X: q(); break; default: t(); } return 0;');
    expect([...(when(g, 1n)?.calls ?? [])].sort()).toEqual(['q', 't']);
  });

  test('ends where a loop comes back to the operation', () => {
    const f = functionOf('int r; do { r = p(); q(); } while (r == -1); return r;');
    expect(when(f, -1n)).toEqual({ calls: ['q', 'p'], returns: [] });
    expect(when(f, 0n)).toEqual({ calls: ['q'], returns: ['0/?'] });
  });

  test('begins with what is known at the entry', () => {
    const f = functionOf('if (a) { int r = p(); return r; } p2(); return 7;');
    expect(when(f, 1n, { entry: new Map([['a', 0n]]) })).toEqual({ calls: [], returns: [] });
    expect(when(f, 1n, { entry: new Map([['a', 2n]]) })).toEqual({ calls: [], returns: ['1/?'] });
  });

  test('tells what was passed and changed since', () => {
    const f = functionOf('int r = p(); int s = r; if (s) { s = 2; q(); }');
    const assumed = operations(f).find(({ op }) => op.op === 'call')!;
    const outcome = outcomeOf(f, { op: assumed.op.id, gives: 1n, constants: () => undefined });
    const [q] = outcome!.ops.filter(({ op }) => op.op === 'call');
    expect([[...q!.changed].sort(), q!.way.map((end) => end.t)]).toEqual([['r', 's'], ['branch']]);
  });

  test('is not told of a function with more states than can be looked at', () => {
    const f = functionOf(
      `int r = p(); ${Array.from({ length: 40 }, (_, i) => `if (x${String(i)}) y${String(i)} = 1; else y${String(i)} = 2;`).join(' ')} q(); ${Array.from({ length: 40 }, (_, i) => `if (y${String(i)} == 1) q();`).join(' ')}`,
    );
    expect(when(f, 1n)).toBeUndefined();
  });
});
