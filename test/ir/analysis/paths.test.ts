// Paths that can be, told by the calls that are passed on them.
import { normal } from '../../../src/ir/analysis/facts.js';
import { onPaths, trail, walk } from '../../../src/ir/analysis/paths.js';
import type { Expr, Lifted } from '../../../src/ir/types.js';
import { printExpr } from '../../../src/ir/print-expr.js';
import { functions } from '../../support/ir.js';

/** What is called on each path from entry to return, sorted. */
function paths(body: string, options: { endsWhenZero?: (e: Expr) => boolean; everyBranch?: boolean } = {}): string[] {
  const f: Lifted | undefined = functions(`int f(int n, struct s *p)\n{\n\tint i, x;\n\t__testcancel();\n${body}\n}`).f;
  if (!f) throw new Error('no function');
  const out: string[] = [];
  const whole = walk<string>(f, {
    ...options,
    entry: '',
    key: (s) => s,
    step: (s, op) => (op.op !== 'call' ? s : op.callee === 'stop' ? undefined : `${s}${op.callee ?? '?'}`),
    leave: (s, end) => out.push(end.t === 'return' ? s : `${s}!`),
  });
  return whole ? out.sort() : ['too many'];
}

test.each<[string, string, string[]]>([
  ['both arms', 'if (n) a(); else b();', ['a', 'b']],
  ['one condition twice', 'if (n) a(); if (n) b();', ['', 'ab']],
  ['a condition and its opposite', 'if (n == 0) a(); if (n) b();', ['a', 'b']],
  ['a comparison and its opposite', 'if (n < 3) a(); if (n >= 3) b();', ['a', 'b']],
  ['a null pointer in two forms', 'if (p != NULL) a(); if (!p) b();', ['a', 'b']],
  ['a member, across calls', 'if (p->x) a(); c(); if (p->x) b();', ['acb', 'c']],
  ['a variable that is assigned in between', 'if (n) a(); n = c(); if (n) b();', ['ac', 'acb', 'c', 'cb']],
  ['a variable whose address is given away', 'if (n) a(); c(&n); if (n) b();', ['ac', 'acb', 'c', 'cb']],
  ['a member that is assigned in between', 'if (p->x) a(); p->x = n; if (p->x) b();', ['', 'a', 'ab', 'b']],
  ['a variable that is given constants', 'x = 0; if (n) { a(); x = 1; } if (x) b();', ['', 'ab']],
  ['a value that a branch tells', 'if (n == 2) a(); if (n == 2 || n == 3) b();', ['', 'ab', 'b']],
  ['results of two calls', 'if (g()) a(); if (g()) b();', ['gg', 'ggb', 'gag', 'gagb'].sort()],
  ['a switch over a known value', 'x = 1; switch (x) { case 1: a(); break; case 2: b(); }', ['', 'a']],
  ['a path that is ended', 'if (n) { stop(); a(); } b();', ['b']],
  ['a path that does not come back', 'if (n) abort(); b();', ['abort!', 'b']],
])('%s', (_, body, expected) => {
  expect([...new Set(paths(body))]).toEqual(expected);
});

test('a loop is walked until nothing is new', () => {
  expect(paths('for (i = 0; i < n; i++) if (p->x) continue; else break; return 0;')).toEqual(['']);
  expect(paths('while (n--) a(); return 0;')).toEqual(['too many']);
});

test('every branch goes both ways where that is asked', () => {
  expect(paths('if (n) a(); if (n) b();', { everyBranch: true })).toEqual(['', 'a', 'ab', 'b']);
});

/** As many branches, each of which is asked for again further on. */
const twice = (count: number, call: string): string => {
  const all = Array.from({ length: count }, (_, i) => `if (n & ${String(1 << i)}) ${call};`).join(' ');
  return `${all} ${all}`;
};

test('too many paths to tell apart are few when every branch goes both ways', () => {
  const [few, many] = [twice(4, 'g()'), twice(15, 'p->x = n')];
  expect(paths(few)).not.toEqual(['too many']);
  expect(paths(many)).toEqual(['too many']);
  expect(paths(many, { everyBranch: true })).toEqual(['']);
});

test('what is in order when every branch goes both ways is in order, and nothing else is then known', () => {
  const only = (whole: string[] | undefined, every: string[] | undefined) => (everyBranch: boolean) =>
    everyBranch ? every : whole;
  const isInOrder = (one: string): boolean => one === 'right';
  expect(onPaths(only(['wrong'], []), isInOrder)).toEqual(['wrong']);
  expect(onPaths(only(undefined, ['right', 'right']), isInOrder)).toEqual(['right', 'right']);
  expect(onPaths(only(undefined, ['right', 'wrong']), isInOrder)).toBeUndefined();
  expect(onPaths(only(undefined, undefined), isInOrder)).toBeUndefined();
});

test('a path on which something is 0 is left out where that is asked', () => {
  const isX = (e: Expr): boolean => printExpr(e) === 'x';
  for (const test of ['if (x == 0) a(); else b();', 'if (!x) a(); else b();', 'if (x) b(); else a();'])
    expect(paths(test, { endsWhenZero: isX })).toEqual(['b']);
});

test('the way to a place is told in order', () => {
  const f = functions('int f(int n)\n{\n\t__testcancel();\n\tif (n) g();\n\treturn 0;\n}').f;
  const ways: number[][] = [];
  if (f)
    walk<string>(f, {
      entry: '',
      key: (s) => s,
      step: (s, op) => (op.op === 'call' ? 'called' : s),
      leave: (_s, _end, visit) => ways.push(trail(visit).map((v) => v.block.id)),
    });
  expect(ways.sort()).toEqual([
    [0, 1, 2],
    [0, 2],
  ]);
});

test.each<[Expr, string, boolean]>([
  [{ k: 'name', name: 'x' }, 'x == 0', false],
  [{ k: 'unary', operator: '!', of: { k: 'name', name: 'x' } }, 'x == 0', true],
  [
    { k: 'binary', operator: '!=', left: { k: 'name', name: 'x' }, right: { k: 'name', name: 'NULL' } },
    'x == 0',
    false,
  ],
  [{ k: 'binary', operator: '>=', left: { k: 'name', name: 'x' }, right: { k: 'int', value: 3n } }, 'x < 3', false],
])('conditions have one form: %#', (condition, key, positive) => {
  expect(normal(condition)).toMatchObject({ key, positive });
});
