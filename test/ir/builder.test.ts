import { FunctionBuilder, successors } from '../../src/ir/builder.js';
import type { Terminator } from '../../src/ir/types.js';
import { call, here, int, name } from '../support/ir.js';

const show = (b: FunctionBuilder): unknown[] =>
  b
    .finish(here)
    .map((block) => [
      block.id,
      block.ops.map((op) => (op.op === 'call' ? op.callee : op.op)),
      block.end.t,
      ...successors(block.end),
    ]);

describe('a function that is built', () => {
  test('has an entry, and returns at its end', () => {
    expect(new FunctionBuilder().finish(here)).toEqual([{ id: 0, ops: [], end: { t: 'return', origin: here } }]);
  });

  test('numbers its operations and hands out their results', () => {
    const b = new FunctionBuilder();
    expect(b.result(b.emit(call('a')))).toEqual({ k: 'result', op: 0 });
    expect(b.emit(call('b'))).toBe(1);
    expect(b.finish(here)[0]?.ops.map((op) => op.id)).toEqual([0, 1]);
  });

  test('has its blocks in the order in which they were started', () => {
    const b = new FunctionBuilder();
    const [first, second] = [b.reserve(), b.reserve()];
    b.end({ t: 'branch', condition: int(1), then: first, otherwise: second, origin: here });
    b.start(second);
    b.emit(call('second'));
    b.start(first);
    b.emit(call('first'));
    b.goto(second, here);
    // Going back to a block does not move it.
    b.start(second);
    b.emit(call('more'));
    expect(show(b)).toEqual([
      [0, [], 'branch', 2, 1],
      [1, ['second', 'more'], 'return'],
      [2, ['first'], 'goto', 1],
    ]);
  });

  test('keeps the first end of a block', () => {
    const b = new FunctionBuilder();
    b.end({ t: 'return', value: int(1), origin: here });
    b.end({ t: 'unknown', text: 'goto *', origin: here });
    expect([b.isOpen, b.notUnderstood, show(b)]).toEqual([false, 0, [[0, [], 'return']]]);
  });

  test('drops what nothing leads to, and counts blocks anew', () => {
    const b = new FunctionBuilder();
    const [unused, next] = [b.reserve(), b.reserve()];
    b.goto(next, here);
    b.emit(call('dead'));
    b.start(unused);
    b.emit(call('dead too'));
    b.start(next);
    b.emit(call('alive'));
    expect(show(b)).toEqual([
      [0, [], 'goto', 1],
      [1, ['alive'], 'return'],
    ]);
  });

  test('has a block for a jump to what was never started', () => {
    const b = new FunctionBuilder();
    b.goto(b.reserve(), here);
    expect(show(b)).toEqual([
      [0, [], 'goto', 1],
      [1, [], 'return'],
    ]);
  });

  test('may go round', () => {
    const b = new FunctionBuilder();
    b.goto(b.current, here);
    expect(show(b)).toEqual([[0, [], 'goto', 0]]);
  });

  test('counts what was not understood', () => {
    const b = new FunctionBuilder();
    b.emit({ op: 'not-understood', text: '@', reason: 'why', origin: here });
    b.end({ t: 'unknown', text: 'goto *', origin: here });
    expect(b.notUnderstood).toBe(2);
  });

  test('refuses a block that it does not have', () => {
    expect(() => new FunctionBuilder().start(7)).toThrow('no block 7');
  });

  test('is built in one pass over a hundred thousand blocks', () => {
    const b = new FunctionBuilder();
    const start = performance.now();
    for (let i = 0; i < 100_000; i++) {
      const next = b.reserve();
      b.goto(next, here);
      b.start(next);
    }
    expect(b.finish(here)).toHaveLength(100_001);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

test.each<[string, Terminator, number[]]>([
  ['goto', { t: 'goto', to: 3, origin: here }, [3]],
  ['branch', { t: 'branch', condition: name('a'), then: 1, otherwise: 2, origin: here }, [1, 2]],
  [
    'switch',
    {
      t: 'switch',
      value: name('a'),
      cases: [
        { values: [int(1)], to: 4 },
        { values: [], to: 5 },
      ],
      origin: here,
    },
    [4, 5],
  ],
  ['return', { t: 'return', origin: here }, []],
  ['tail', { t: 'tail', target: name('f'), origin: here }, []],
  ['unreachable', { t: 'unreachable', origin: here }, []],
  ['unknown', { t: 'unknown', text: '', origin: here }, []],
])('a %s leads to its blocks', (_name, end, blocks) => {
  expect(successors(end)).toEqual(blocks);
});
