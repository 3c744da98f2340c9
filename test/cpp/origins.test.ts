/**
 * Every token of prepared text says where it comes from. Here the places are read back from the files, by line and
 * column, and must give the token, or the use of the macro that made it.
 */
import { lex } from '../../src/cpp/lexer.js';
import { asItIs, LineMap } from '../../src/cpp/prepared.js';
import type { Origin } from '../../src/ir/types.js';
import { Sources } from '../support/sources.js';

interface Placed {
  readonly text: string;
  readonly origin: Origin;
}

/** Tokens of the prepared text with their origins; the lexer is run again, so that places in the text count too. */
function placed(sources: Sources, file: string): Placed[] {
  const prepared = sources.prepare(file);
  return lex(prepared.text, 'c')
    .filter((t) => t.kind !== 'newline')
    .map((t) => ({ text: t.text, origin: prepared.origin(t.start, t.end) }));
}

const HEADER = `#define ONE 1
#define ADD(a, b) ((a) + (b))
#define NEXT(x) ADD (x, \\
\tONE)
#define SHOW(x, ...) show (#x, x ## _t, ## __VA_ARGS__)
#define EMPTY
`;

const SOURCE = `int f (void)
{
\tint a = ONE, b = ADD (ONE, 2); /* 𝛼 */ int c = NEXT (a);
  /* 𝛼𝛽 */ char *s = "𝛼\tβ"; int 𝛾 = ADD (𝛾, "𝛼"); d;
  EMPTY SHOW (int, a,
        b, ADD (
    1,
    2)); e;
  long \\
    line = ONE \\
  + ADD \\
    (3, \\
     4);
  return ADD (ADD (1, 2), NEXT (3));
}
`;

describe.each([
  ['line feeds', '\n'],
  ['carriage returns and line feeds', '\r\n'],
])('in files with %s, the origin of', (_name, newline) => {
  const file = 'src/f.c';
  const sources = new Sources({
    [file]: SOURCE.replaceAll('\n', newline),
    'src/h.h': HEADER.replaceAll('\n', newline),
  });
  const tokens = placed(sources, file);

  test('a token of the file is the token', () => {
    const own = tokens.filter((t) => t.origin.macros === undefined);
    for (const { text, origin } of own) expect(sources.at(origin.at)).toBe(text);
    expect(own.map((t) => t.text).join(' ')).toBe(
      'int f ( void ) { int a = , b = ; int c = ; char * s = "𝛼\tβ" ; int 𝛾 = ; d ; ; e ; long line = + ; return ; }',
    );
  });

  test('a token of a macro is the whole use, through the bracket that closes it', () => {
    const uses = tokens.flatMap((t) => (t.origin.macros ? [sources.at(t.origin.at).replace(/[\s\\]+/g, ' ')] : []));
    expect([...new Set(uses)]).toEqual([
      'ONE',
      'ADD (ONE, 2)',
      'NEXT (a)',
      'ADD (𝛾, "𝛼")',
      'SHOW (int, a, b, ADD ( 1, 2))',
      'ADD (3, 4)',
      'ADD (ADD (1, 2), NEXT (3))',
    ]);
  });

  test('a token of a body has its place in the body', () => {
    const spelled = tokens.filter((t) => t.origin.definition !== undefined);
    const odd = spelled.filter((t) => sources.at(t.origin.definition!) !== t.text).map((t) => t.text);
    // What # and ## make is spelled nowhere: it has the place of the parameter or of the left side.
    expect(odd).toEqual(['"int"']);
    expect(spelled.every((t) => t.origin.definition?.file === 'src/h.h')).toBe(true);
    expect(spelled.map((t) => t.text).join(' ')).toMatch(/^1 \( \( 1 \) \+ \( \) \) \( \( \) \+ \( 1 \) \) /);
  });

  test('an argument has no place in the body', () => {
    const given = tokens.filter((t) => t.origin.macros !== undefined && t.origin.definition === undefined);
    expect(given.map((t) => [t.text, t.origin.macros?.join('>')])).toEqual([
      ['2', 'ADD'],
      ['a', 'NEXT>ADD'],
      ['𝛾', 'ADD'],
      ['"𝛼"', 'ADD'],
      ['int_t', 'SHOW'],
      ['a', 'SHOW'],
      [',', 'SHOW'],
      ['b', 'SHOW'],
      [',', 'SHOW'],
      ['1', 'SHOW>ADD'],
      ['2', 'SHOW>ADD'],
      ['3', 'ADD'],
      ['4', 'ADD'],
      ['1', 'ADD>ADD'],
      ['2', 'ADD>ADD'],
      ['3', 'ADD>NEXT>ADD'],
    ]);
  });
});

describe('the origin of a stretch', () => {
  const sources = new Sources({
    'src/h.h': '#define G(x) g (x); h (A); i ()\n#define A a\n#define Z z\n',
    'src/f.c': 'x = G (1) + y;\nZ G (2) Z;\n',
  });
  const prepared = sources.prepare('src/f.c');
  const of = (part: string, from = 0): Origin => {
    const start = prepared.text.indexOf(part, from);
    expect(start).toBeGreaterThanOrEqual(0);
    return prepared.origin(start, start + part.length);
  };

  test('of the file runs from its first token to the end of its last', () => {
    expect(prepared.text).toBe('x = g (1); h (a); i () + y;\nz g (2); h (a); i () z;\n');
    expect(of('x')).toEqual({ at: { file: 'src/f.c', line: 1, column: 1, endLine: 1, endColumn: 2 } });
    const whole = of('x = g (1); h (a); i () + y');
    expect(sources.at(whole.at)).toBe('x = G (1) + y');
    expect(whole.definition).toBeUndefined();
  });

  test('of one body runs in that body, over the macros inside it', () => {
    const { at, definition, macros } = of('g (1); h (a); i ()');
    expect([sources.at(at), sources.at(definition!), macros]).toEqual(['G (1)', 'g (x); h (A); i ()', ['G']]);
  });

  test('that begins in an inner macro stays there', () => {
    const { at, definition, macros } = of('a); i ()');
    expect([sources.at(at), sources.at(definition!), macros]).toEqual(['G (1)', 'a', ['G', 'A']]);
  });

  test('over several uses stands at all of them, and in the body of the first', () => {
    const { at, definition } = of('z g (2); h (a); i () z');
    expect(sources.at(at)).toBe('Z G (2) Z');
    expect(sources.at(definition!)).toBe('z');
  });

  test('outside the text stays inside the file', () => {
    const past = { file: 'src/f.c', line: 3, column: 1, endLine: 3, endColumn: 1 };
    expect(prepared.origin(10_000, 20_000).at).toEqual(past);
    const empty = new Sources({ 'src/e.c': '' }).prepare('src/e.c');
    expect(empty.origin(0, 5).at).toEqual({ file: 'src/e.c', line: 1, column: 1, endLine: 1, endColumn: 1 });
  });
});

describe('prepared text', () => {
  test('keeps tokens apart that came together by expansion', () => {
    const sources = new Sources({
      'src/h.h': '#define E\n#define MINUS -\n#define N 1\n#define W w\n#define F(x) x\n',
      'src/f.c': '-MINUS x; -E-y; a F(b)c; W N; >F(=)2; F(𝛼)b; F(L)"b"; F(0xe)+1; F(1)F(.)5; F(/)*p',
    });
    expect(sources.prepare('src/f.c').text).toBe('- - x; - -y; a b c; w 1; > =2; 𝛼 b; L "b"; 0xe +1; 1 . 5; / *p');
  });

  test('keeps lines, and squeezes blanks and comments to one', () => {
    const sources = new Sources({ 'src/f.c': 'a   /* x */ b\n\n  c\t\td; // e\n' });
    expect(sources.prepare('src/f.c').text).toBe('a b\n\nc d; \n');
  });
});

describe('LineMap', () => {
  test('counts lines and columns from one, in UTF-16 units', () => {
    const map = new LineMap('ab\n𝛼c\r\n\nd');
    expect([0, 2, 3, 5, 7, 8, 9, 10].map((at) => map.position(at))).toEqual([
      { line: 1, column: 1 },
      { line: 1, column: 3 },
      { line: 2, column: 1 },
      { line: 2, column: 3 },
      { line: 2, column: 5 },
      { line: 3, column: 1 },
      { line: 4, column: 1 },
      { line: 4, column: 2 },
    ]);
  });

  test('takes an end before the start for the start', () => {
    expect(new LineMap('abc').region('f', 2, 1)).toEqual({ file: 'f', line: 1, column: 3, endLine: 1, endColumn: 3 });
  });
});

test('a file as it is maps every stretch to itself', () => {
  const prepared = asItIs('f.s', 'a\nbc d\n');
  expect(prepared.text).toBe('a\nbc d\n');
  expect(prepared.origin(2, 4)).toEqual({ at: { file: 'f.s', line: 2, column: 1, endLine: 2, endColumn: 3 } });
});
