import {
  bodyTokens,
  endOfDirective,
  plainBody,
  scanDirectives,
  type Definition,
  type Guard,
} from '../../src/cpp/definitions.js';

const scan = (text: string): readonly Definition[] => scanDirectives('a.h', text).definitions;
const names = (text: string): string[] => scan(text).map((d) => d.name);
const only = (text: string): Definition => {
  const found = scan(text);
  expect(found).toHaveLength(1);
  return found[0]!;
};
const guard = (condition: string | undefined, ...previous: string[]): Guard => ({ condition, previous });

describe('a definition', () => {
  test('has its name, its body and their places', () => {
    const text = '  #  define  ONE\t1 + 2  \nx';
    const d = only(text);
    expect(d).toMatchObject({ name: 'ONE', file: 'a.h', params: undefined, guards: [], bodyText: '\t1 + 2  ' });
    expect(text.slice(d.nameStart, d.bodyStart)).toBe('ONE');
    expect(text.slice(d.bodyStart, d.bodyEnd)).toBe(d.bodyText);
  });

  test('is function-like only when the bracket follows the name at once', () => {
    expect(only('#define F(a, b) a').params).toEqual(['a', 'b']);
    expect(only('#define F() a').params).toEqual([]);
    expect(only('#define F (a)')).toMatchObject({ params: undefined, bodyText: ' (a)' });
  });

  test.each<[string, string[]]>([
    ['#define F(...) x', ['...']],
    ['#define F(a, ...) x', ['a', '...']],
    ['#define F(fmt, args...) x', ['fmt', 'args...']],
    ['#define F(fmt, args ...) x', ['fmt', 'args...']],
    ['#define F(a, \\\n  b) x', ['a', 'b']],
    ['#define F(a /* first) */, b) x', ['a', 'b']],
  ])('has the parameters of %j', (text, params) => {
    expect(only(text).params).toEqual(params);
  });

  test('may have comments and continued lines before its name', () => {
    expect(names('#define /* c */ A 1\n#define \\\n B 2\n/* c */ # /**/ define C 3')).toEqual(['A', 'B']);
    expect(names('/* a\n b */ #define C 3\n  /* x */#define D\nint /* x */ #define E')).toEqual(['C', 'D']);
  });

  test('needs a name and the end of its parameters', () => {
    expect(names('#define\n#define 1 2\n#define F(a\n#define')).toEqual([]);
  });

  test('runs over continued lines, of either line end', () => {
    expect(only('#define A 1 \\\n + 2\n3').bodyText).toBe(' 1 \\\n + 2');
    expect(only('#define A 1 \\\r\n + 2\r\n3').bodyText).toBe(' 1 \\\r\n + 2\r');
  });

  test('runs on to the end of a comment that begins on its line', () => {
    expect(only('#define A 1 /* one\n two */ + 3\n4').bodyText).toBe(' 1 /* one\n two */ + 3');
  });

  test('is not ended or swallowed by what looks like a comment in a string', () => {
    expect(scan('#define A "/*"\n#define B "a//b" /* one\n two */\n#define C').map((d) => d.bodyText)).toEqual([
      ' "/*"',
      ' "a//b" /* one\n two */',
      '',
    ]);
  });
});

describe('scanDirectives', () => {
  test('does not look into comments, strings and characters', () => {
    expect(
      names('/*\n#define A\n*/\n// \\\n#define B\nchar *s = "\\\n#define C\n";\nint c = \'"\';\n#define D\n'),
    ).toEqual(['D']);
  });

  test('takes an apostrophe in prose for no more than its line', () => {
    expect(names("#error don't\n#define A\nmov x # it's\n#define B\n\"\n#define C")).toEqual(['A', 'B', 'C']);
  });

  test('goes on behind a comment that never ends with nothing', () => {
    expect(names('#define A\n/* open\n#define B')).toEqual(['A']);
  });

  test('reads lines that end in carriage return and line feed', () => {
    expect(names('#ifdef X\r\n#define A 1\r\n#endif\r\n#define B\r\n')).toEqual(['A', 'B']);
    expect(scan('#ifdef X\r\n#define A 1\r\n#endif\r\n')[0]?.guards).toEqual([guard('defined(X)')]);
  });

  test('lists the names that are undefined', () => {
    expect(scanDirectives('a.h', '#undef A\n# undef B // b\n')).toEqual({ definitions: [], undefined: ['A', 'B'] });
  });

  test('gives every definition the conditionals around it', () => {
    const text = `#ifndef A_H /* guard */
#define A_H
#if X > 1 && \\
    Y // both
#define IF
#elif Z
#define ELIF
#else
#define ELSE
#endif
#endif
#define AFTER
`;
    const outer = guard('!defined(A_H)');
    // Comments and continued lines are blanks, so that the text of one condition is the same wherever it stands.
    const condition = scan(text)[1]?.guards[1]?.condition ?? '';
    expect(condition.replace(/\s+/g, ' ')).toBe('X > 1 && Y');
    expect(scan(text).map((d) => [d.name, d.guards])).toEqual([
      ['A_H', [outer]],
      ['IF', [outer, guard(condition)]],
      ['ELIF', [outer, guard('Z', condition)]],
      ['ELSE', [outer, guard(undefined, condition, 'Z')]],
      ['AFTER', []],
    ]);
  });

  test('survives conditionals that do not match', () => {
    expect(scan('#endif\n#else\n#elif A\n#define B\n#if C\n#define D').map((d) => [d.name, d.guards])).toEqual([
      ['B', []],
      ['D', [guard('C')]],
    ]);
  });

  test('tells no more than 256 conditionals apart, and leaves the rest undecided', () => {
    const deep = only(`${'#if 1\n'.repeat(300)}#define A`);
    expect(deep.guards).toHaveLength(257);
    expect(deep.guards[256]).toEqual(guard(''));
    const wide = only(`#if 0\n${'#elif 0\n'.repeat(300)}#define A`);
    expect(wide.guards[0]?.previous).toHaveLength(256);
    expect(wide.guards[0]?.previous[255]).toBe('');
  });
});

describe('endOfDirective', () => {
  test.each<[string, string]>([
    ['#a\nb', '#a'],
    ['#a // b /* c\nd */', '#a // b /* c'],
    ['#a /* b // c\nd */ e\nf', '#a /* b // c\nd */ e'],
    ['#a /* b */ /* c\n */ \\\n d\ne', '#a /* b */ /* c\n */ \\\n d'],
    ['#a "/*" b\nc', '#a "/*" b'],
    ["#a '\"' /* b\n */\nc", "#a '\"' /* b\n */"],
    ['#a "\\"/*"\nb', '#a "\\"/*"'],
    ["#a don't /* b\n */\nc", "#a don't /* b\n */"],
    ['#a /* b', '#a /* b'],
    ['#a \\\r\nb\r\nc', '#a \\\r\nb\r'],
    ['#a \\', '#a \\'],
  ])('of %j', (text, line) => {
    expect(text.slice(0, endOfDirective(text, 0))).toBe(line);
  });
});

describe('a body', () => {
  test('has its tokens at their places in the file, without line ends and comments', () => {
    const text = 'x\n#define A(x) x /* y */ + \\\n "z" // end\n';
    const tokens = bodyTokens(only(text));
    expect(tokens.map((t) => t.text)).toEqual(['x', '+', '"z"']);
    for (const t of tokens) expect(text.slice(t.start, t.end)).toBe(t.text);
  });

  test('is lexed anew for assembly', () => {
    const d = only('#define LOAD(x) mov $x, %eax');
    expect(bodyTokens(d, 'c').map((t) => t.text)).toEqual(['mov', '$x', ',', '%', 'eax']);
    expect(bodyTokens(d, 'asm').map((t) => t.text)).toEqual(['mov', '$', 'x', ',', '%', 'eax']);
    expect(bodyTokens(d, 'c').map((t) => t.text)).toEqual(['mov', '$x', ',', '%', 'eax']);
  });

  test('is plain on one line, with its strings whole', () => {
    expect(plainBody(only('#define A  "http://x" /* c */ \\\n  b // d'))).toBe('"http://x" b');
  });
});
