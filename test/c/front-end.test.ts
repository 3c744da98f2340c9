import { MAX_NESTING, MAX_VARIANTS } from '../../src/c/front-end.js';
import { MAX_PARSE } from '../../src/c/tree-sitter.js';
import type { LiftedFile } from '../../src/ir/types.js';
import { glibc } from '../../src/libc/glibc.js';
import { body, lowered, Sources } from '../support/sources.js';

const lift = (text: string, targets: Parameters<Sources['lift']>[1] = ['x86_64']): LiftedFile =>
  new Sources({ 'src/f.c': text }).lift('src/f.c', targets);
const names = (file: LiftedFile): string[] => file.functions.map((f) => f.name);

describe('which functions are lifted', () => {
  test('those that hold a word of cancellation, and no others', () => {
    const file = lift(`int a(void) { return 1; }
int b(void) { return syscall_cp(SYS_x); }
int c(struct pthread *t) { return t->cancel; }
int d(void) { return __syscall(SYS_x); }
int e(void) { tkill(t, SIGCANCEL); }
int f(void) { /* syscall_cp */ "syscall_cp"; }`);
    expect(names(file)).toEqual(['b', 'c', 'e']);
    expect(file.problems).toEqual([]);
  });

  test('those of every kind of definition, with what is known of them', () => {
    const [f] = lift('static const char *\nf(int a, struct s *b) { __testcancel(); }').functions;
    expect(f).toMatchObject({
      kind: 'function',
      name: 'f',
      params: ['a', 'b'],
      returns: 'char *',
      types: { a: 'int', b: 'struct s *' },
      isStatic: true,
      targets: ['x86_64'],
      nameAt: { file: 'src/f.c', line: 2, column: 1, endLine: 2, endColumn: 2 },
      extent: { file: 'src/f.c', line: 1, column: 1, endLine: 2, endColumn: 42 },
      notUnderstood: 0,
    });
  });

  test('those that a macro makes, which stand where it is used', () => {
    const sources = new Sources({
      'src/h.h': '#define MAKE(name) int name(void) { return syscall_cp(SYS_##name); }\n',
      'src/f.c': 'int x;\nMAKE(pause)\nstatic MAKE(read)\n',
    });
    expect(
      sources.lift('src/f.c').functions.map((f) => [f.kind, f.name, sources.at(f.nameAt), sources.at(f.extent)]),
    ).toEqual([
      ['generated', 'pause', 'MAKE(pause)', 'MAKE(pause)'],
      ['generated', 'read', 'MAKE(read)', 'static MAKE(read)'],
    ]);
  });
});

describe('targets', () => {
  test('that give the same text share one function', () => {
    const file = lift('int f(void) { return syscall_cp(SYS_x); }', ['i386', 'x86_64', 'x32']);
    expect(file.functions.map((f) => f.targets)).toEqual([['i386', 'x86_64', 'x32']]);
  });

  test('that give different texts have functions of their own', () => {
    const file = lift(
      '#ifdef __i386__\n#define N 1\n#else\n#define N 2\n#endif\nint f(void) {\n#ifdef __LP64__\n__testcancel();\n#else\nreturn syscall_cp(SYS_x);\n#endif\n}',
      ['i386', 'x86_64', 'x32'],
    );
    expect(file.functions.map((f) => f.targets)).toEqual([['i386', 'x32'], ['x86_64']]);
  });

  test('that differ in inline assembly only have functions of their own', () => {
    const text = `int f(int a) {
__testcancel();
#ifdef __i386__
__asm__ volatile ("hlt");
#else
__asm__ volatile ("nop");
#endif
}`;
    expect(lift(text, ['i386', 'x86_64']).functions.map((f) => [f.targets, body(f)[2]])).toEqual([
      [['i386'], 'instruction hlt'],
      [['x86_64'], 'instruction nop'],
    ]);
  });

  test('come in the order in which they were asked for', () => {
    expect(lift('int f(void) { __testcancel(); }', ['x32', 'i386']).functions[0]?.targets).toEqual(['x32', 'i386']);
  });
});

describe('undecided conditionals', () => {
  test('give a function for each of their meanings', () => {
    const file = lift('int f(void) {\n#if A\na();\n#elif B\nb();\n#endif\n__testcancel();\n}');
    expect(file.functions.map((f) => body(f)[1])).toEqual([
      '%0 = call a()',
      '%0 = call b()',
      '%0 = test-cancel __testcancel',
    ]);
    expect(file.problems).toEqual([]);
  });

  test('elsewhere in the file leave a function alone', () => {
    expect(names(lift('#if A\nint x;\n#else\nint y;\n#endif\nint f(void) { __testcancel(); }'))).toEqual(['f']);
  });

  test('of more meanings than are looked at are reported', () => {
    const arms = Array.from({ length: MAX_VARIANTS }, (_, i) => `#elif A${String(i)}\ng(${String(i)});\n`).join('');
    const file = lift(`int f(void) {\n#if A\ng(9);\n${arms}#endif\n__testcancel();\n}`);
    expect(file.functions).toHaveLength(MAX_VARIANTS);
    expect(file.problems).toEqual([
      {
        kind: 'analysis-incomplete',
        message: 'This file has 6 meanings that depend on its configuration; 4 were analysed',
        at: { file: 'src/f.c', line: 1, column: 1, endLine: 1, endColumn: 1 },
      },
    ]);
  });

  test('that show only in one meaning of another are counted too', () => {
    const text =
      'int f(void) {\n#if A\n__testcancel();\n#else\n#if B\na();\n#elif C\nb();\n#else\nc();\n#endif\n__testcancel();\n#endif\n}';
    expect(lift(text).functions.map((f) => body(f)[1])).toEqual([
      '%0 = test-cancel __testcancel',
      '%0 = call b()',
      '%0 = call c()',
    ]);
  });
});

describe('a function that cannot be parsed', () => {
  test('is still there, not understood as a whole, and is reported', () => {
    const deep = `${'('.repeat(MAX_NESTING)}1${')'.repeat(MAX_NESTING)}`;
    const file = lift(`int f(void)\n{ __testcancel(); return ${deep}; }\nint g(void) { __testcancel(); }`);
    expect(names(file)).toEqual(['f', 'g']);
    expect(file.functions[0]).toMatchObject({
      name: 'f',
      notUnderstood: 1,
      targets: ['x86_64'],
      nameAt: { file: 'src/f.c', line: 1, column: 5, endLine: 1, endColumn: 6 },
      extent: { line: 1, column: 1, endLine: 2 },
    });
    expect(file.functions[0]?.blocks[0]?.ops[0]).toMatchObject({ op: 'not-understood', reason: 'it nests too deeply' });
    expect(file.problems.map((p) => [p.kind, p.message, p.function])).toEqual([
      ['not-lifted', "1 statement(s) of 'f' were not understood", 'f'],
    ]);
  });

  test('may nest as deep as compilers allow', () => {
    const depth = MAX_NESTING - 2;
    expect(lowered(`int f(void) { __testcancel(); return ${'('.repeat(depth)}1${')'.repeat(depth)}; }`)).toEqual([
      'b0:',
      '%0 = test-cancel __testcancel',
      'return 1',
    ]);
  });

  test('may be too long', () => {
    const file = lift(`int f(void) { __testcancel(); ${'g(1234567890);'.repeat(MAX_PARSE / 14)} }`);
    expect(file.functions[0]?.blocks[0]?.ops[0]).toMatchObject({ op: 'not-understood', reason: 'it is too long' });
  });

  test('may be too high without any brackets', () => {
    const file = lift(`int f(void) { __testcancel(); return ${'-'.repeat(5000)}1; }`);
    expect(file.functions.map((f) => [f.name, f.notUnderstood, f.blocks[0]?.ops[0]?.op])).toEqual([
      ['f', 1, 'not-understood'],
    ]);
  });
});

describe('the body of a macro', () => {
  const macro = (text: string, libc = glibc): string[] | undefined => {
    const sources = new Sources({ 'src/h.h': text }, libc);
    const [name] = [...sources.table.names()].map(([n]) => n);
    const lifted = sources.liftMacro(name ?? '');
    return lifted && body(lifted);
  };

  test('is lifted as statements over its parameters', () => {
    const sources = new Sources(
      { 'src/h.h': '#define CHECK(self, x) \\\n  do { if (x) __do_cancel (self); } while (0)\n' },
      glibc,
    );
    const lifted = sources.liftMacro('CHECK');
    expect(lifted).toMatchObject({
      kind: 'macro',
      name: 'CHECK',
      params: ['self', 'x'],
      returns: '',
      targets: ['x86_64'],
      notUnderstood: 0,
    });
    expect(sources.at(lifted!.nameAt)).toBe('CHECK');
    expect(sources.at(lifted!.extent)).toBe('CHECK(self, x) \\\n  do { if (x) __do_cancel (self); } while (0)');
    const [op] = lifted!.blocks.flatMap((b) => b.ops);
    expect(sources.at(op!.origin.at)).toBe('__do_cancel (self)');
  });

  test('is lifted as a value', () => {
    expect(
      macro('#define VALUE(x) ({ int t = LIBC_CANCEL_ASYNC (); int r = (x); LIBC_CANCEL_RESET (t); r; })'),
    ).toEqual([
      'b0:',
      '%0 = async enable LIBC_CANCEL_ASYNC()',
      't = %0',
      'r = x',
      '%3 = async restore LIBC_CANCEL_RESET(t)',
      'return',
    ]);
  });

  test('joins names as they stand, with the parameters unbound', () => {
    expect(macro('#define CALL(name, args...) INTERNAL_SYSCALL (name, 1, __NR_##name, ##args)')).toEqual([
      'b0:',
      '%0 = syscall __NR_name(__NR_name, args) plain via INTERNAL_SYSCALL entry wrapper returns kernel',
      'return',
    ]);
  });

  test('calls what it is another name for', () => {
    expect(macro('#define other_name __pthread_testcancel')).toEqual([
      'b0:',
      '%0 = test-cancel __pthread_testcancel',
      'return',
    ]);
  });

  test('may be an asm statement alone', () => {
    expect(macro('#define STOP() __asm__ __volatile__ ("hlt")')).toEqual(['b0:', 'instruction hlt', 'return']);
  });

  test('may be a function', () => {
    const sources = new Sources(
      { 'src/h.h': '#define MAKE(t, name) t name (void) { __pthread_testcancel (); }' },
      glibc,
    );
    expect(body(sources.liftMacro('MAKE')!)).toEqual(['b0:', '%0 = test-cancel __pthread_testcancel', 'return']);
  });

  test.each([
    ['nothing', '#define A'],
    ['an operator', '#define A(x) + x *'],
    ['half a block', '#define A(x) { __do_cancel (x);'],
    ['nested without end', `#define A(x) __do_cancel (${'('.repeat(300)}x${')'.repeat(300)})`],
  ])('that is %s is no function', (_name, text) => {
    expect(macro(text)).toBeUndefined();
  });
});
