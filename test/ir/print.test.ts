import { printDot } from '../../src/ir/dot.js';
import { printLifted } from '../../src/ir/print.js';
import { printExpr } from '../../src/ir/print-expr.js';
import type { Expr, Lifted, Op, Origin, Region } from '../../src/ir/types.js';

const name = (text: string): Expr => ({ k: 'name', name: text });
const int = (value: number): Expr => ({ k: 'int', value: BigInt(value) });

function at(line: number, column = 3, file = 'src/a.c'): Region {
  return { file, line, column, endLine: line, endColumn: column + 1 };
}

function origin(line: number): Origin {
  return { at: at(line) };
}

describe('expressions', () => {
  const sum: Expr = { k: 'binary', operator: '+', left: name('a'), right: int(-1) };
  it.each<[string, Expr]>([
    ['a + -1', sum],
    ['(a + -1) * b', { k: 'binary', operator: '*', left: sum, right: name('b') }],
    ['"a\\n"', { k: 'string', value: 'a\n' }],
    ['self->cancel', { k: 'member', base: name('self'), field: 'cancel', arrow: true }],
    ['(*p).x', { k: 'member', base: { k: 'deref', of: name('p') }, field: 'x', arrow: false }],
    ['(&a)[0]', { k: 'index', base: { k: 'address', of: name('a') }, index: int(0) }],
    ['a[i]', { k: 'index', base: name('a'), index: name('i') }],
    ['*p', { k: 'deref', of: name('p') }],
    ['&(a + -1)', { k: 'address', of: sum }],
    ['!x', { k: 'unary', operator: '!', of: name('x') }],
    ['(long) (a + -1)', { k: 'cast', type: 'long', of: sum }],
    ['a ? b : (c ? d : e)', conditional(name('a'), name('b'), conditional(name('c'), name('d'), name('e')))],
    ['%7', { k: 'result', op: 7 }],
    ['eax', { k: 'register', name: 'eax' }],
    ['[gs:16]', { k: 'memory', segment: 'gs', displacement: int(16) }],
    ['[-4(ebp,ecx,4)]:8', { k: 'memory', displacement: int(-4), base: 'ebp', index: 'ecx', scale: 4, width: 8 }],
    ['[(eax)]:4', { k: 'memory', base: 'eax', width: 4 }],
    ['{a b}', { k: 'unknown', text: 'a\n  b' }],
  ])('%s', (text, expr) => {
    expect(printExpr(expr)).toBe(text);
  });
});

function conditional(test: Expr, then: Expr, otherwise: Expr): Expr {
  return { k: 'conditional', test, then, otherwise };
}

const ops: readonly Op[] = [
  { op: 'assign', id: 0, origin: origin(2), target: name('x'), value: int(1) },
  { op: 'call', id: 1, origin: origin(3), callee: 'f', target: name('f'), args: [name('x')] },
  { op: 'call', id: 2, origin: origin(3), callee: undefined, target: name('p'), args: [] },
  {
    op: 'syscall',
    id: 3,
    origin: { at: at(4), definition: at(9, 1, 'src/b.h'), macros: ['OUTER', 'INNER'] },
    number: name('SYS_close'),
    args: [name('fd')],
    cancellable: true,
    via: '__syscall_cp',
    entry: 'wrapper',
    returns: 'kernel',
  },
  { op: 'load-flag', id: 4, origin: origin(5), flag: 'cancel', source: name('self') },
  { op: 'window-call', id: 5, origin: origin(5), callee: '__syscall_cp_asm', args: [int(0)] },
  { op: 'act', id: 6, origin: origin(5), how: '__cancel', args: [], mayReturn: true },
  { op: 'test-cancel', id: 7, origin: origin(5), how: 'pthread_testcancel' },
  { op: 'async', id: 8, origin: origin(5), to: 'enable', how: 'LIBC_CANCEL_ASYNC', args: [] },
  { op: 'cancel-state', id: 9, origin: origin(5), how: 'pthread_setcancelstate', to: int(1), saved: name('cs') },
  { op: 'cancel-type', id: 10, origin: origin(5), how: 'pthread_setcanceltype', to: int(0) },
  { op: 'cleanup-push', id: 11, origin: origin(5), how: 'pthread_cleanup_push', args: [name('g')] },
  { op: 'label', id: 12, origin: origin(5), name: '__cp_begin' },
  { op: 'instruction', id: 13, origin: origin(5), mnemonic: 'int', operands: [int(128)], text: 'int  $0x80' },
  { op: 'not-understood', id: 14, origin: origin(5), text: 'x ?:\n y', reason: 'no idea' },
];

const lifted: Lifted = {
  kind: 'function',
  name: 'f"1"',
  params: ['fd'],
  returns: 'int',
  types: { x: 'long', fd: 'int' },
  nameAt: at(1, 5),
  extent: at(1),
  isStatic: true,
  targets: ['i386', 'x86_64'],
  blocks: [
    { id: 0, ops, end: { t: 'branch', condition: name('x'), then: 1, otherwise: 2, origin: origin(6) } },
    {
      id: 1,
      ops: [],
      end: {
        t: 'switch',
        value: name('x'),
        cases: [
          { values: [int(1), int(2)], to: 3 },
          { values: [], to: 4 },
        ],
        origin: origin(7),
      },
    },
    { id: 2, ops: [], end: { t: 'goto', to: 3, origin: origin(7) } },
    { id: 3, ops: [], end: { t: 'return', value: int(0), origin: origin(8) } },
    { id: 4, ops: [], end: { t: 'tail', target: name('__cancel'), condition: name('x'), origin: origin(8) } },
    { id: 5, ops: [], end: { t: 'unreachable', origin: origin(8) } },
    { id: 6, ops: [], end: { t: 'unknown', text: 'jmp *%eax', origin: origin(8) } },
  ],
  notUnderstood: 2,
};

it('--print-ir', () => {
  expect(printLifted(lifted).replace(/ {2,};/g, ' ;')).toBe(`static function f"1"(fd)
  at src/a.c:1:5
  targets i386, x86_64
  returns int
  type fd: int
  type x: long
  not understood: 2
b0:
  x = 1 ; 2:3
  %1 = call f(x) ; 3:3
  %2 = call *p() ; 3:3
  %3 = syscall SYS_close(fd) cancellable via __syscall_cp entry wrapper returns kernel ; 4:3 in OUTER > INNER from src/b.h:9:1
  %4 = load-flag cancel from self ; 5:3
  %5 = window-call __syscall_cp_asm(0) ; 5:3
  %6 = act __cancel() may-return ; 5:3
  %7 = test-cancel pthread_testcancel ; 5:3
  %8 = async enable LIBC_CANCEL_ASYNC() ; 5:3
  %9 = cancel-state 1 by pthread_setcancelstate saved cs ; 5:3
  %10 = cancel-type 0 by pthread_setcanceltype ; 5:3
  cleanup-push pthread_cleanup_push(g) ; 5:3
  label __cp_begin ; 5:3
  instruction int $0x80 ; 5:3
  not-understood {x ?: y} because no idea ; 5:3
  if x then b1 else b2 ; 6:3
b1:
  switch x 1 or 2: b3, default: b4 ; 7:3
b2:
  goto b3 ; 7:3
b3:
  return 0 ; 8:3
b4:
  tail __cancel when x ; 8:3
b5:
  unreachable ; 8:3
b6:
  unknown {jmp *%eax} ; 8:3
`);
});

it('--print-cfg', () => {
  const dot = printDot(lifted);
  expect(dot).toMatch(/^digraph "f\\"1\\"" \{\n/);
  expect(dot.match(/^ {2}b\d+ -> .*$/gm)).toEqual([
    '  b0 -> b1 [label="x"];',
    '  b0 -> b2 [label="else"];',
    '  b1 -> b3 [label="1 or 2"];',
    '  b1 -> b4 [label="default"];',
    '  b2 -> b3;',
  ]);
  expect(dot).toContain('b3 [label="b3\\lreturn 0\\l"];');
});
