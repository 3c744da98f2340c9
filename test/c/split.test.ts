import { normalise } from '../../src/c/normalise.js';
import { split, type Split } from '../../src/c/split.js';
import { glibc } from '../../src/libc/glibc.js';
import { musl } from '../../src/libc/musl.js';
import type { Libc } from '../../src/libc/types.js';
import { Sources } from '../support/sources.js';

function parts(text: string, libc: Libc = musl): Split {
  const sources = new Sources({ 'src/f.c': text }, libc);
  const view = sources.table.view('x86_64', 'c');
  const { tokens } = sources.preprocess('src/f.c', { expands: () => false });
  return split(normalise(tokens, sources.knowledge, view).tokens, libc, view, text);
}

const functions = (text: string): string[] => parts(text).functions.map((f) => f.tokens.map((t) => t.text).join(' '));

describe('functions', () => {
  test.each<[string, string, string[]]>([
    [
      'one after the other',
      'int f(void) { a; } static T *g(int b) { c; }',
      ['int f ( void ) { a ; }', 'static T * g ( int b ) { c ; }'],
    ],
    [
      'between declarations',
      'int x = 1, y[] = { 1, 2 }; struct s { int m; }; int f(void); int g(void) { }',
      ['int g ( void ) { }'],
    ],
    [
      'behind a union, an enumeration and an initialiser with braces in brackets',
      'union u { int a; } v; enum { A = f(1), B }; T t = F({ 1 }); int g(void) { }',
      ['int g ( void ) { }'],
    ],
    [
      'in the old style',
      'int f(a, b) int a; char *b; { c; } g(a) { d; }',
      ['int f ( a , b ) int a ; char * b ; { c ; }', 'g ( a ) { d ; }'],
    ],
    [
      'that return the address of a function',
      'int (*f(int a))(void) { b; }',
      ['int ( * f ( int a ) ) ( void ) { b ; }'],
    ],
    ['behind macros without semicolons', 'weak_alias (a, b) hidden_def (c)\nint f(void) { }', ['int f ( void ) { }']],
    ['behind stray braces', '} int f(void) { } } int g(void) { }', ['int f ( void ) { }', 'int g ( void ) { }']],
    [
      'with a brace that is never closed',
      'int f(void)\n{\n if (a) {\n}\nint g(void)\n{\n}\n',
      ['int f ( void ) { if ( a ) { }', 'int g ( void ) { }'],
    ],
    [
      'with a bracket that is never closed',
      'int f(void) { g(; } int h(void) { }',
      ['int f ( void ) { g ( ; }', 'int h ( void ) { }'],
    ],
    [
      'behind a bracket that is never closed',
      'int f(int a { b; }\nint h(void) { }',
      ['int f ( int a { b ; }', 'int h ( void ) { }'],
    ],
    [
      'behind a block that belongs to nothing',
      'int f(int a)\n{\n } case 1: {\n}\nint last(void)\n{\n}\n',
      ['int f ( int a ) { }', 'int last ( void ) { }'],
    ],
    [
      'behind what reads as old-style parameters with a value',
      'int f(int a) { } call(A, a) int a = 1;\nint f(void) {\n}\nint last(void)\n{\n}\n',
      ['int f ( int a ) { }', 'int f ( void ) { }', 'int last ( void ) { }'],
    ],
    [
      'behind a block given as a value',
      'int f(int a) { } = int f(void) {\n}\nint last(void)\n{\n}\n',
      ['int f ( int a ) { }', 'int last ( void ) { }'],
    ],
    ['behind members without a semicolon', 'struct s {\n int a;\n}\nint last(void)\n{\n}\n', ['int last ( void ) { }']],
    [
      'with the members of what they return',
      'struct s { int a; } f(void) { }',
      ['struct s { int a ; } f ( void ) { }'],
    ],
    ['not for an array in a declaration', 'int a[] = { f(1) }; int b[2] = { 1 };', []],
  ])('are found %s', (_name, text, expected) => {
    expect(functions(text)).toEqual(expected);
  });

  test('are found in a file that has no end of open brackets, up to a number of them', () => {
    const text = '(\n'.repeat(200_000);
    const start = performance.now();
    expect(parts(text).unclosed).toHaveLength(100);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test('are found behind many storage classes and parameters of the old style in one pass', () => {
    const start = performance.now();
    expect(functions('static '.repeat(50_000) + 'int f(void) { }')).toHaveLength(1);
    expect(functions(`int f(${'a,'.repeat(20_000)}a) ${'int a;'.repeat(20_000)} { }`)).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe('other names', () => {
  const aliases = (text: string, libc: Libc = musl): string[] =>
    parts(text, libc).aliases.map((a) => `${a.alias} of ${a.of}${a.weak ? ' weak' : ''}`);

  test('are declared at file scope, with and without semicolons', () => {
    expect(aliases('weak_alias(f, g); weak_alias (f, h)\nstrong_alias(f, i) int x; static weak_alias(f, j);')).toEqual([
      'g of f weak',
      'h of f weak',
      'i of f',
      'j of f weak',
    ]);
  });

  test('have their arguments in the order of the libc', () => {
    expect(aliases('versioned_symbol (libc, __f, f, GLIBC_2_34);\nlibc_hidden_def (f)', glibc)).toEqual(['f of __f']);
  });

  test('are not declared inside functions, nor by macros that only look so', () => {
    expect(aliases('int f(void) { weak_alias(a, b); } my_alias(c, d)')).toEqual([]);
  });
});
