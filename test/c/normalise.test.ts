import { normalise, normaliseBody } from '../../src/c/normalise.js';
import { parseC } from '../../src/c/tree-sitter.js';
import { toText } from '../../src/cpp/preprocess.js';
import { glibc } from '../../src/libc/glibc.js';
import { musl } from '../../src/libc/musl.js';
import { Sources } from '../support/sources.js';

interface Prepared {
  readonly text: string;
  readonly asm: readonly string[];
}

/** The text that the parser gets for the body of a function with these statements, by the macros of the header. */
function body(statements: string, header = '', libc = musl): Prepared {
  const file = `${header}\nvoid f(void) { ${statements} }`;
  const sources = new Sources({ 'src/f.c': file }, libc);
  const view = sources.table.view('x86_64', 'c');
  const { tokens } = sources.preprocess('src/f.c', { expands: () => false });
  const { tokens: normal, asm } = normalise(tokens, sources.knowledge, view);
  const { text } = toText('src/f.c', normaliseBody(normal), sources.lines);
  // What is handed over must be C that the parser knows.
  expect(parseC(text).damaged).toBe(false);
  const inner = /^void f\(void\) \{ ?(.*?) ?\}$/s.exec(text.trim())?.[1] ?? text;
  return {
    text: inner,
    asm: asm.map(
      (a) => (a.isVolatile ? 'volatile ' : '') + (a.isGoto ? 'goto ' : '') + a.tokens.map((t) => t.text).join(' '),
    ),
  };
}

describe('normalising', () => {
  test.each<[string, string, string]>([
    // Attributes and qualifiers.
    ['int a __attribute__((aligned(4))) = 3;', 'int a = 3;', 'drops attributes'],
    ['__extension__ long long a;', 'long long a;', 'drops __extension__'],
    ['char *restrict a, *__restrict b;', 'char * a, * b;', 'drops restrict'],
    ['_Thread_local int a; static __thread int b;', 'int a; static int b;', 'drops thread-local storage'],
    ['_Noreturn void g(void); _Alignas(8) char c;', 'void g(void); char c;', 'drops _Noreturn and _Alignas'],
    [
      '__const char a; __volatile__ int b; __signed__ c; __inline int d();',
      'const char a; volatile int b; signed c; inline int d();',
      'renames qualifiers of GNU C',
    ],
    ['typeof(a + 1) b; __typeof__ (c) *d;', 'int b; int *d;', 'takes any typeof for int'],
    ['__auto_type a = b;', 'int a = b;', 'takes __auto_type for int'],
    // asm.
    ['register long a __asm__("r10") = 4;', 'register long a = 4;', 'drops the register of a variable'],
    [
      'extern int g(int) __asm__("h"); extern T *k(void) asm("l");',
      'extern int g(int); extern T *k(void);',
      "drops the assembler's name of a function",
    ],
    // Arguments that are types or operators.
    ['a = va_arg(b, unsigned long);', 'a = va_arg(b, 0);', 'replaces a type argument'],
    ['a = va_arg(b, struct s *);', 'a = va_arg(b, 0);', 'replaces a pointer type'],
    ['a = va_arg(b, T *) + va_arg(b, T **);', 'a = va_arg(b, 0) + va_arg(b, 0);', 'replaces a pointer to a named type'],
    ['CALL(f, g, (int (*)(void)));', 'CALL(f, g, 0);', 'replaces the type of a pointer to a function'],
    ['CALL (f, ());', 'CALL (f, 0);', 'replaces an empty list of arguments'],
    ['f(a, &b MORE); g(a, (int) MORE);', 'f(a, &b); g(a, (int) MORE);', 'drops a macro that adds arguments'],
    ['f(PREFIX DIR "/a" SEP "b");', 'f( "/a" "b");', 'drops macros among the pieces of a string'],
    [
      'double _Complex a; float complex b; c = __real__ a + __imag__ a; complex (1);',
      'double a; float b; c = a + a; complex (1);',
      'takes complex numbers for real ones',
    ],
    ['OP(a, |=, b); OP(a, &&, b);', 'OP(a, 0, b); OP(a, 0, b);', 'replaces an operator'],
    ['f(a * b, -c, *d, (int)e);', 'f(a * b, -c, *d, (int)e);', 'keeps expressions'],
    ['f(g(h(a, int), +), b);', 'f(g(h(a, 0), 0), b);', 'looks into nested calls'],
    ['a = offsetof(struct s, m) + __builtin_offsetof(T, a.b[1]);', 'a = 0 + 0;', 'replaces offsetof'],
    [
      'a = (int (*)(void))b; c = (T (*)(U *))d;',
      'a = (int (*)(void))b; c = (T (*)(U *))d;',
      'keeps casts to the address of a function',
    ],
    ['int (*p)(const char *, ...) = q;', 'int (*p)(const char *, ...) = q;', 'keeps the dots of a prototype'],
    ['a = sizeof(struct s) + sizeof (int);', 'a = sizeof(struct s) + sizeof (int);', 'keeps sizeof'],
    ['a = _Generic(b, int: 1, default: 2);', 'a = _Generic(b, int: 1, default: 2);', 'keeps generic selections'],
    // Labels and cases.
    [
      'switch (a) { case 1 ... 5: b; }',
      'switch (a) { case __builtin_cancelint_range ( 1 , 5 ): b; }',
      'makes a call of a range',
    ],
    [
      'switch (a) { case B ? 1 : 2 ... C + 1: b; }',
      'switch (a) { case __builtin_cancelint_range ( B ? 1 : 2 , C + 1 ): b; }',
      'finds the colon of a range',
    ],
    ['static int a[] = { [1 ... 5] = 2 };', 'static int a[] = { [1 ... 5] = 2 };', 'keeps ranges of designators'],
    [
      'void *a = &&b, *c = d ? &&e : &&f; b: e: f: g(&&b - &&e, h && i);',
      'void *a = b, *c = d ? e : f; b: e: f: g(b - e, h && i);',
      'takes the address of a label for its name',
    ],
    ['goto *a[b]; c:;', '__builtin_cancelint_goto (a[b] ); c:;', 'makes a call of a computed goto'],
    // Semicolons.
    ['MACRO(a) b();', 'MACRO(a) ; b();', 'adds a semicolon between a macro and a statement'],
    ['if (a) MACRO(b) else c();', 'if (a) MACRO(b) ; else c();', 'adds one in front of else'],
    ['MACRO(a)', 'MACRO(a) ;', 'adds one at the end of a block'],
    ['return MACRO(a) + b;', 'return MACRO(a) + b;', 'adds none in an expression'],
    [
      'a = (T){ g(1) }; U b[] = { g(2), { g(3) } }; c((T){ g(4) }); return (T){ g(5) };',
      'a = (T){ g(1) }; U b[] = { g(2), { g(3) } }; c((T){ g(4) }); return (T){ g(5) };',
      'adds none in initialisers',
    ],
    ['int g(int); T h(U a);', 'int g(int); T h(U a);', 'adds none to declarations'],
    ['each(a, b) { c(); }', 'while ( each(a, b) ) { c(); }', 'takes an unknown macro that heads a block for a loop'],
    [
      'if (a) { b(); } for (;;) { c(); } do { d(); } while (e);',
      'if (a) { b(); } for (;;) { c(); } do { d(); } while (e);',
      'leaves control statements alone',
    ],
  ])('%j gives %j: it %s', (statements, expected) => {
    expect(body(statements).text).toBe(expected);
  });

  test('keeps asm statements aside, in order', () => {
    const { text, asm } = body(
      'asm("a"); if (b) __asm__ __volatile__ ("c" : "=r"(d)); M(e) asm goto ("f" :::: g); g: asm volatile("h" "i"); else_: asm("");',
    );
    expect(text.match(/__builtin_cancelint_asm \( \d \)/g)).toHaveLength(5);
    expect(asm).toEqual(['"a"', 'volatile "c" : "=r" ( d )', 'goto "f" : : : : g', 'volatile "h" "i"', '""']);
  });

  test('drops macros that are attributes only', () => {
    const header = `#define hidden __attribute__((__visibility__("hidden")))
#define ATTR(x) __attribute__((x))
#define NOTHING
#define TWO hidden inline
#define VALUE 1
#define SELF SELF
#define FILE_H`;
    expect(body('hidden int a; int b ATTR(aligned(1)) = 1; NOTHING c(); TWO int d();', header).text).toBe(
      'int a; int b = 1; c(); int d();',
    );
    expect(body('a = VALUE + SELF + FILE_H;', header).text).toBe('a = VALUE + SELF + FILE_H;');
  });

  test('keeps the call of a function that is an empty macro somewhere', () => {
    const header = '#define debug(x, y)\n#define UNUSED(x)';
    expect(body('debug(a, g()); (void) debug(b, 1); if (c) debug(d, 2); e = debug(f, 3);', header).text).toBe(
      'debug(a, g()); (void) debug(b, 1); if (c) debug(d, 2); e = debug(f, 3);',
    );
    expect(body('int a UNUSED(b) = 1;', header).text).toBe('int a = 1;');
  });

  test.each([
    ['__libc_ptf_call (f, (a, g (b)), 0);', 'f (a, g (b));'],
    ['r = __libc_maybe_call (*f, (), -1) < 0;', 'r = *f () < 0;'],
    ['__libc_ptf_call_always (f, (__libc_ptf_call (g, (a), 0)));', 'f (g (a));'],
    ['__libc_ptf_call (f, a, 0);', '__libc_ptf_call (f, a, 0);'],
    ['__libc_ptf_call (f);', '__libc_ptf_call (f);'],
  ])('writes %j as the call that it stands for', (statements, expected) => {
    expect(body(statements, '', glibc).text).toBe(expected);
  });

  test('knows no names but its own, whatever objects have', () => {
    expect(body('int constructor = toString(hasOwnProperty, __proto__);').text).toBe(
      'int constructor = toString(hasOwnProperty, __proto__);',
    );
  });

  test('drops assembly at file scope', () => {
    const sources = new Sources({ 'src/f.c': '__asm__ (".text"); int a; asm("x")\nint b;' });
    const { tokens } = sources.preprocess('src/f.c');
    const done = normalise(tokens, sources.knowledge, sources.table.view('x86_64', 'c'));
    expect([done.tokens.map((t) => t.text).join(' '), done.asm]).toEqual(['int a ; int b ;', []]);
  });
});
