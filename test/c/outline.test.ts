/** What a text's words and brackets say of its functions. */
import fc from 'fast-check';
import { callsOf, outline, type OutlineQuestions } from '../../src/c/outline.js';

const ask: OutlineQuestions = {
  isMark: (word) => word === 'MARK',
  memberCall: (word) => (/^JUMP\d$/.test(word) ? 0 : undefined),
  memberStore: (word) => (word === 'JUMP_INIT' ? { member: 0, of: 1, prefix: '__' } : undefined),
};
const functions = (text: string): string[] =>
  outline(text, ask).functions.map((f) => `${f.isStatic ? 'static ' : ''}${f.name}: ${f.calls.join(' ')}`);

test.each<[string, string, string[]]>([
  ['a definition', 'int f(int a)\n{\n\treturn g(a) + h(1);\n}\n', ['f: g h']],
  ['a static one', 'static int f (void) { return 0; }', ['static f: ']],
  ['an old-style one', 'int\nf (a, list)\n     int a;\n     const struct s *const list[];\n{\n  g ();\n}\n', ['f: g']],
  ['attributes around', '__attribute__((noinline)) int f(int a) attribute_hidden {\n g();\n}\n', ['f: g']],
  ['prototypes and data', 'int g(int);\nextern int h(void);\nint t[] = { 1, 2 };\nstruct s { int (*p)(int); };\n', []],
  [
    'two arms that open one brace each',
    '#if A\nint f(int a) {\n#else\nint f(long a) {\n#endif\n  g();\n}\nint k(void)\n{\n  m();\n}\n',
    ['f: f g', 'k: m'],
  ],
  [
    'strings, comments and directives',
    'int f(void)\n{\n/* g() */ // h()\n#define X k()\n  return "m()"[0] + \'(\';\n}\n',
    ['f: '],
  ],
  [
    'members and marks',
    'void f(struct s *x) { x->read(1); (*x->write)(2); (g)(3); MARK; JUMP2 (__close, x); }',
    ['f: ->read ->write g MARK ->__close'],
  ],
  [
    'names in brackets',
    'long (f)(int a)\n{\n\treturn (long) (g)(a);\n}\nvoid (*h(int n, void (*p)(int)))(int)\n{\n\tk();\n}\n',
    ['f: g', 'h: k'],
  ],
  ['keywords', 'int f(int a) { if (a) while (a) return sizeof (a); }', ['f: ']],
])('%s', (_, text, expected) => {
  expect(functions(text)).toEqual(expected);
});

test('the place of a name', () => {
  const text = 'int a;\nstatic long\nname (int b)\n{\n}\n';
  expect(outline(text, ask).functions.map((f) => text.slice(f.at, f.at + 4))).toEqual(['name']);
});

test('aliases, also without semicolons between them', () => {
  const text = 'int f(void)\n{\n}\nweak_alias (f, g)\nhidden_def (f)\nversioned_symbol (libc, f, h, V_2);\nint k;\n';
  expect(outline(text, ask).uses.map((u) => `${u.macro} ${u.args.join()}`)).toEqual([
    'weak_alias f,g',
    'hidden_def f',
    'versioned_symbol libc,f,h,V_2',
  ]);
});

test('an alias at the end of a text needs no semicolon', () => {
  const text = 'int f(void)\n{\n}\nweak_alias (f, g)';
  expect(outline(text, ask).uses.map((u) => `${u.macro} ${u.args.join()}`)).toEqual(['weak_alias f,g']);
});

test('what is stored in members', () => {
  const text =
    'const struct ops o = { .read = my_read, .size = 4 };\nstatic const struct j t = { JUMP_INIT (write, my_write) };\nvoid f(struct ops *p) { p->close = my_close; p->n == 1; }\n';
  expect(outline(text, ask).stores).toEqual([
    ['read', 'my_read'],
    ['__write', 'my_write'],
    ['close', 'my_close'],
  ]);
});

test('functions that do not return', () => {
  expect(outline('extern void die (int) __attribute__ ((__noreturn__));\nvoid live (int);\n', ask).noreturn).toEqual([
    'die',
  ]);
});

test("a macro's body", () => {
  expect(callsOf('({ int r; do r = (x) (f (a)); while (r); r; })', ask)).toEqual(['x', 'f']);
  expect(callsOf('} while (g (1)); }', ask)).toEqual(['g']);
});

const UNITS = [
  'a',
  'b_',
  '(',
  '{',
  ')',
  '}',
  ';',
  '=',
  '"',
  "'",
  '/*',
  '*/',
  '//',
  '\\',
  '#',
  '\n',
  ' ',
  ',',
  '.',
  '->',
];

test('any text has an outline', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...UNITS), maxLength: 200 }), (text) => {
      const { functions: found } = outline(text, ask);
      return found.every((f) => text.startsWith(f.name, f.at));
    }),
    { numRuns: 2000 },
  );
});
