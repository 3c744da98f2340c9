import { scanDirectives, type Definition } from '../../src/cpp/definitions.js';
import { expandTokens, type OutToken } from '../../src/cpp/expand.js';
import { lex, type Dialect } from '../../src/cpp/lexer.js';

interface Options {
  readonly dialect?: Dialect;
  /** Names that are not to be expanded. */
  readonly leave?: readonly string[];
}

/** Expands `use` by the definitions, which are lines without their `#define`. */
function expand(definitions: string, use: string, { dialect = 'c', leave = [] }: Options = {}): OutToken[] {
  const header = definitions.replace(/^(?=.)/gm, '#define ');
  const byName = new Map(scanDirectives('f.h', header).definitions.map((d): [string, Definition] => [d.name, d]));
  return expandTokens(lex(use, dialect), {
    dialect,
    define: (name) => (leave.includes(name) ? undefined : byName.get(name)),
    onLimit: () => {
      throw new Error('limit');
    },
  });
}

/** The tokens as text, with a blank where one stood before. */
function text(definitions: string, use: string, options?: Options): string {
  return expand(definitions, use, options)
    .map((t, i) => (t.spaced && i > 0 ? ' ' : '') + t.text)
    .join('');
}

describe('a macro', () => {
  test.each<[string, string, string, string]>([
    ['without parameters is replaced', 'A 1 + 2', 'x A;', 'x 1 + 2;'],
    ['with parameters is left alone without arguments', 'F(x) x', 'F; F + F (1)', 'F; F + 1'],
    ['may be nothing', 'E', 'a E b', 'a b'],
    ['takes its arguments', 'F(a, b) b-a', 'F(1, 2 + 3)', '2 + 3-1'],
    ['keeps what stands in round brackets together', 'F(a, b) [a|b]', 'F((1, 2), g(3, 4))', '[(1, 2)|g(3, 4)]'],
    ['is not held up by square brackets', 'F(a, b) <a|b>', 'F([1, 2])', '<[1|2]>'],
    ['takes a missing argument for empty', 'F(a, b) <a|b>', 'F(1)', '<1|>'],
    ['takes an empty list for one empty argument', 'F(a) <a>', 'F()', '<>'],
    ['ignores arguments that it does not name', 'F(a) <a>', 'F(1, 2)', '<1>'],
    ['may have no parameters', 'F() one', 'F() F( )', 'one one'],
    ['is looked for in the result', 'A B\nB C\nC 3', 'A', '3'],
    ['is not expanded in itself', 'A A + 1\nB C\nC B', 'A B C', 'A + 1 B C'],
    ['is not expanded in itself by way of arguments', 'F(x) x F(1)', 'F(F(2))', '2 F(1) F(1)'],
    ['is expanded in an argument before that is put in', 'TWO 2\nF(x) x##x x', 'F(TWO)', 'TWOTWO 2'],
    ['may get its arguments from behind its expansion', 'F G\nG(x) <x>', 'F (1);', '<1>;'],
    ['may be opened in a body and closed in the text', 'F(x) G(x\nG(x, y) <x|y>', 'F(1), 2);', '<1|2>;'],
    ['may be given by name', 'CALL(f, x) f(x)\nG(x) <x>', 'CALL(G, 1)', '<1>'],
    ['may be called in its own arguments', 'MAX(a, b) (a>b?a:b)', 'MAX(MAX(1,2),3)', '((1>2?1:2)>3?(1>2?1:2):3)'],
    ['may be called over lines', 'F(a, b) a+b', 'F\n (1,\n2)', '1+2'],
    ['that never closes is left alone', 'F(x) <x>', 'F(1, (2)', 'F(1, (2)'],
    ['is not looked for in strings', 'A 1', '"A" \'A\' A', '"A" \'A\' 1'],
    ['named like a parameter is the parameter', 'x 1\nF(x) x', 'F(2) x', '2 1'],
  ])('%s', (_name, definitions, use, expected) => {
    expect(text(definitions, use)).toBe(expected);
  });

  test('ends at its line in assembly, but not inside its brackets', () => {
    expect(text('F(a) <a>', 'F\n(1)', { dialect: 'asm' })).toBe('F\n(1)');
    expect(text('F(a, b) <a|b>', 'F(1,\n2)', { dialect: 'asm' })).toBe('<1|2>');
    expect(text('LOAD(x) mov $x, %eax', 'LOAD(4)', { dialect: 'asm' })).toBe('mov $4, %eax');
  });

  test('is left alone where the caller does not want it', () => {
    expect(text('A B\nB 1', 'A B', { leave: ['B'] })).toBe('B B');
  });
});

describe('# and ##', () => {
  test.each<[string, string, string, string]>([
    ['# makes a string of the argument as written', 'S(x) #x', 'S(a  +\tb)', '"a + b"'],
    ['# takes the end of a line for a blank', 'S(x) #x', 'S(a\nb)', '"a b"'],
    [
      '# escapes quotes and backslashes in literals only',
      'S(x) #x',
      'S("a\\n" \'"\' \\ b)',
      '"\\"a\\\\n\\" \'\\"\' \\ b"',
    ],
    ['# does not expand', 'A 1\nS(x) #x', 'S(A)', '"A"'],
    ['# through a second macro does', 'A 1\nS(x) #x\nT(x) S(x)', 'T(A)', '"1"'],
    ['# takes the variable part as written', 'S(...) #__VA_ARGS__', 'S(a, b,c)', '"a, b,c"'],
    ['# is plain without parameters', 'A #x', 'A', '#x'],
    ['# is plain before what is no parameter', 'F(x) #y x', 'F(1)', '#y 1'],
    ['## joins', 'J(a, b) a##b', 'J(x, 1) J(+, +) J(., 5)', 'x1 ++ .5'],
    ['## joins in macros without parameters', 'A x ## y', 'A', 'xy'],
    ['## joins several', 'J(a, b, c) a ## b ## c', 'J(x, y, z)', 'xyz'],
    ['## joins only what is next to it', 'J(a, b) a ## b', 'J(1 2, 3 4)', '1 23 4'],
    ['## does not expand what it joins', 'x 1\nJ(a, b) a ## b', 'J(x, y)', 'xy'],
    ['## makes names that are then expanded', 'xy 1\nJ(a, b) a ## b', 'J(x, y)', '1'],
    ['## with nothing on the left', 'J(a, b) a ## b', 'J(, y)', 'y'],
    ['## with nothing on the right', 'J(a, b) a ## b;', 'J(x, )', 'x;'],
    ['## with nothing on either side does not touch its neighbours', 'J(a, b, c) x a ## b ## c', 'J(, , z)', 'x z'],
    ['## with nothing at all', 'J(a, b) <a ## b>', 'J(,)', '<>'],
    ['## of a string that # makes', 'W(x) L ## #x', 'W(a)', 'L"a"'],
    ['## at an end is a token', 'A(x) x ##', 'A(1)', '1 ##'],
    ['## of an argument that is a joiner is none', 'F(x) a x b', 'F(##)', 'a ## b'],
  ])('%s', (_name, definitions, use, expected) => {
    expect(text(definitions, use)).toBe(expected);
  });

  test('gives the joined token the kind of its text', () => {
    const kinds = expand('J(a, b) a##b', 'J(x, 1) J(1, x) J(+, +) J(x, +)').map((t) => [t.text, t.kind]);
    expect(kinds).toEqual([
      ['x1', 'identifier'],
      ['1x', 'number'],
      ['++', 'punctuator'],
      ['x+', 'punctuator'],
    ]);
  });
});

describe('the variable part', () => {
  test.each<[string, string, string, string]>([
    ['is __VA_ARGS__', 'F(...) <__VA_ARGS__>', 'F(1, 2)', '<1, 2>'],
    ['comes after the named parameters', 'F(a, ...) a:__VA_ARGS__', 'F(1, 2, 3)', '1:2, 3'],
    ['may have a name', 'F(a, rest...) a:rest', 'F(1, 2, 3)', '1:2, 3'],
    ['may be empty', 'F(a, ...) a:__VA_ARGS__;', 'F(1)', '1:;'],
    ['takes the comma before it along when it is empty', 'F(f, ...) f, ##__VA_ARGS__;', 'F(x)', 'x;'],
    ['keeps the comma before it when it is not', 'F(f, ...) f, ## __VA_ARGS__;', 'F(x, 1, 2)', 'x, 1, 2;'],
    ['takes the comma along under its own name too', 'F(f, rest...) f, ##rest;', 'F(x) F(x, 1)', 'x; x,1;'],
    ['is expanded', 'A 1\nF(...) <__VA_ARGS__>', 'F(A, A)', '<1, 1>'],
  ])('%s', (_name, definitions, use, expected) => {
    expect(text(definitions, use)).toBe(expected);
  });

  // The two ways in which libcs choose a macro by the number of arguments.
  test('lets a macro choose another by the number of arguments, as musl does', () => {
    const definitions = `
COUNT_X(a,b,c,d,n,...) n
COUNT(...) COUNT_X(__VA_ARGS__,3,2,1,0,)
JOIN_X(a,b) a##b
JOIN(a,b) JOIN_X(a,b)
CHOOSE(b,...) JOIN(b,COUNT(__VA_ARGS__))(__VA_ARGS__)
raw(...) CHOOSE(raw,__VA_ARGS__)
raw0(n) zero(n)
raw2(n,a,b) two(n,(long)(a),(long)(b))`;
    expect(text(definitions, 'raw(N); raw(N, x, f(y, z));')).toBe('zero(N); two(N,(long)(x),(long)(f(y, z)));');
  });

  test('lets a macro choose another by the number of arguments, as glibc does', () => {
    const definitions = `
MAKE0(name) MAKE (name, 0)
MAKE1(name, a1) MAKE (name, 1, a1)
MAKE2(name, a1, a2) MAKE (name, 2, a1, a2)
NARGS_X(a,b,c,d,n,...) n
NARGS(...) NARGS_X (__VA_ARGS__,3,2,1,0,)
CONCAT_X(a,b) a##b
CONCAT(a,b) CONCAT_X (a, b)
DISP(b,...) CONCAT (b,NARGS(__VA_ARGS__))(__VA_ARGS__)
CALL(...) DISP (MAKE, __VA_ARGS__)`;
    expect(text(definitions, 'CALL (read, fd, buf)')).toBe('MAKE (read, 2, fd, buf)');
    expect(text(definitions, 'CALL (pause)')).toBe('MAKE (pause, 0)');
  });
});

describe('every token', () => {
  /** Where a token is spelled, where its use stands, and the macros it came by. */
  const places = (definitions: string, use: string): unknown[] =>
    expand(definitions, use).map((t) => [
      t.text,
      t.definitionFile === undefined ? use.slice(t.start, t.end) : `${t.definitionFile}:${String(t.start)}`,
      t.use === undefined ? undefined : use.slice(t.use.start, t.use.end),
      t.macros?.join('>'),
    ]);

  test('of the text itself stands for itself', () => {
    expect(places('', 'a + 1')).toEqual([
      ['a', 'a', undefined, undefined],
      ['+', '+', undefined, undefined],
      ['1', '1', undefined, undefined],
    ]);
  });

  test('of a body is spelled there and stands at the use; an argument is spelled in the text', () => {
    expect(places('F(x) x + 1', '(F(ab))')).toEqual([
      ['(', '(', undefined, undefined],
      ['ab', 'ab', 'F(ab)', 'F'],
      ['+', 'f.h:15', 'F(ab)', 'F'],
      ['1', 'f.h:17', 'F(ab)', 'F'],
      [')', ')', undefined, undefined],
    ]);
  });

  test('stands at the outermost use', () => {
    expect(places('A B(1)\nB(x) x C\nC 3', 'A')).toEqual([
      ['1', 'f.h:12', 'A', 'A>B'],
      ['3', 'f.h:42', 'A', 'A>B>C'],
    ]);
    expect(places('F(x) x\nA 1', 'F(A)')).toEqual([['1', 'f.h:25', 'F(A)', 'F>A']]);
  });

  test('stands at a use that takes in arguments from behind it', () => {
    expect(places('F G\nG(x) x 2', 'F (1);').slice(0, 2)).toEqual([
      ['1', '1', 'F (1)', 'F>G'],
      ['2', 'f.h:27', 'F (1)', 'F>G'],
    ]);
  });
});
