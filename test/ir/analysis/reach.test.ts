import { after, operations, reach, returnAfter } from '../../../src/ir/analysis/reach.js';
import { successors } from '../../../src/ir/builder.js';
import type { Lifted, Op } from '../../../src/ir/types.js';
import { functionOf } from '../../support/ir.js';

const called = (op: Op): string => (op.op === 'call' ? (op.callee ?? '*') : op.op);

/** The place of the call of a name. */
function placeOf(f: Lifted, callee: string): { block: number; index: number } {
  const found = operations(f).find(({ op }) => called(op) === callee);
  if (!found) throw new Error(`no call of ${callee}`);
  return found.place;
}

const reached = (f: Lifted, from: string, options?: Parameters<typeof after>[2]): string[] =>
  after(f, placeOf(f, from), options).map((r) => called(r.op));

describe('after', () => {
  test('gives what runs behind an operation, nearest first', () => {
    const f = functionOf('p(); q(); if (a) { r(); } else { s(); } t();');
    expect(reached(f, 'p')).toEqual(['q', 'r', 's', 't']);
    expect(reached(f, 's')).toEqual(['t']);
    expect(reached(f, 't')).toEqual([]);
  });

  test('enters a loop again, with the operation itself', () => {
    const f = functionOf('while (a) { p(); q(); } r();');
    expect(reached(f, 'q')).toEqual(['p', 'q', 'r']);
  });

  test('gives nothing that only leads there', () => {
    expect(reached(functionOf('o(); if (a) { p(); return 1; } q();'), 'p')).toEqual([]);
  });

  test('stops behind what it is told to stop at, on that way only', () => {
    const f = functionOf('p(); if (a) { q(); r(); } s();');
    expect(reached(f, 'p', { stopAt: (op) => called(op) === 'q' })).toEqual(['q', 's']);
  });

  test('follows only what it is told to', () => {
    const f = functionOf('p(); if (a) { q(); } else { r(); } s();');
    const follow = (
      end: Parameters<NonNullable<NonNullable<Parameters<typeof after>[2]>['follow']>>[0],
    ): readonly number[] => (end.t === 'branch' ? [end.otherwise] : end.t === 'goto' ? [end.to] : []);
    expect(reached(f, 'p', { follow })).toEqual(['r', 's']);
  });

  test('tells what was passed on the way', () => {
    const f = functionOf('p(); q(); if (a) { r(); } s();');
    const [last] = after(f, placeOf(f, 'p')).filter((r) => called(r.op) === 's');
    // One of the shortest ways: past the branch.
    expect(last?.passed().map(called)).toEqual(['q']);
    expect(last?.way.map((end) => end.t)).toEqual(['branch']);
    const [inner] = after(f, placeOf(f, 'p')).filter((r) => called(r.op) === 'r');
    expect([inner?.passed().map(called), inner?.way.map((end) => end.t)]).toEqual([['q'], ['branch']]);
  });
});

describe('returnAfter', () => {
  const line = (source: string, options?: Parameters<typeof after>[2]): number | undefined => {
    const f = functionOf(source);
    return returnAfter(f, placeOf(f, 'p'), options)?.origin.at.line;
  };

  test('gives the return that is come to', () => {
    expect(line('p();')).toBeDefined();
    expect(line('p(); while (a) q(); return 1;')).toBeDefined();
  });

  test('gives nothing where no way leads to one', () => {
    expect(line('p(); for (;;) q();', { follow: (end) => (end.t === 'branch' ? [end.then] : successors(end)) })).toBe(
      undefined,
    );
    expect(line('p(); q(); return 1;', { stopAt: (op) => called(op) === 'q' })).toBe(undefined);
    expect(line('p(); abort();')).toBe(undefined);
  });
});

test('reach begins before the operation at its place', () => {
  const f = functionOf('p(); q();');
  expect(reach(f, { block: 0, index: 0 }).map((r) => called(r.op))).toEqual(['p', 'q']);
  expect(reach(f, { block: 7, index: 0 })).toEqual([]);
});

test('operations have their places', () => {
  const f = functionOf('p(); if (a) q();');
  expect(operations(f).map(({ op, place }) => [called(op), f.blocks[place.block]?.ops[place.index] === op])).toEqual([
    ['p', true],
    ['q', true],
  ]);
});

test('a function of many blocks is walked once', () => {
  const f = functionOf('if (a) p(); '.repeat(2000));
  const start = performance.now();
  expect(reach(f, { block: 0, index: 0 })).toHaveLength(2000);
  expect(performance.now() - start).toBeLessThan(2000);
});
