import { scanDirectives } from '../../src/cpp/definitions.js';
import { MacroTable, type MacroView } from '../../src/cpp/macro-table.js';
import type { Dialect } from '../../src/cpp/lexer.js';
import type { Target } from '../../src/ir/types.js';
import { generic } from '../../src/libc/generic.js';
import { glibc } from '../../src/libc/glibc.js';
import { musl } from '../../src/libc/musl.js';
import type { Libc } from '../../src/libc/types.js';

function table(files: Readonly<Record<string, string>>, libc: Libc = musl): MacroTable {
  return new MacroTable(
    Object.entries(files).flatMap(([file, text]) => scanDirectives(file, text).definitions),
    libc,
  );
}

const view = (
  files: Readonly<Record<string, string>>,
  target: Target = 'x86_64',
  dialect: Dialect = 'c',
  libc: Libc = musl,
): MacroView => table(files, libc).view(target, dialect);

const filesOf = (v: MacroView, name: string): string[] => v.candidates(name).map((d) => d.file);

describe('MacroTable', () => {
  test('holds every definition of a name, in the order given', () => {
    const t = table({ 'a.h': '#define A 1\n#define B\n#define A 2', 'b.h': '#define A 3' });
    expect(t.all('A').map((d) => d.bodyText)).toEqual([' 1', ' 2', ' 3']);
    expect(t.all('C')).toEqual([]);
    expect([...t.names()].map(([name]) => name)).toEqual(['A', 'B']);
  });

  test('has one view for each target and language', () => {
    const t = table({});
    expect(t.view('i386', 'c')).toBe(t.view('i386', 'c'));
    expect(new Set([t.view('i386', 'c'), t.view('i386', 'asm'), t.view('x32', 'c')]).size).toBe(3);
  });

  test('knows no names but those defined, whatever they are called', () => {
    const v = view({ 'a.h': '#define constructor 1' });
    expect(v.candidates('constructor')).toHaveLength(1);
    expect(v.candidates('toString')).toEqual([]);
    expect(v.isDefined('hasOwnProperty')).toBeUndefined();
    expect(v.valueOf('toString', undefined)).toBeUndefined();
    expect(v.valueOf('__proto__', undefined)).toBeUndefined();
  });
});

describe('the definitions that a target may use', () => {
  const files = {
    'arch/generic/bits/x.h': '#define A generic',
    'arch/i386/x.h': '#define A i386',
    'arch/x86_64/x.h': '#define A x86_64',
    'arch/mips/x.h': '#define A mips',
    'src/internal/x.h': '#define A internal',
    'src/a.c': '#define A own',
    'include/x.h': '#define A public',
  };

  test('are those of files of the target, best first by the ranks of the libc', () => {
    expect(filesOf(view(files), 'A')).toEqual([
      'arch/x86_64/x.h',
      'arch/generic/bits/x.h',
      'src/internal/x.h',
      'src/a.c',
      'include/x.h',
    ]);
    expect(filesOf(view(files, 'i386'), 'A')[0]).toBe('arch/i386/x.h');
  });

  test('are without those whose conditionals are false', () => {
    const v = view({
      'a.h': `#if defined(__i386__)
#define A 1
#elif defined(__x86_64__)
#define A 2
#else
#define A 3
#endif`,
    });
    expect(v.candidates('A').map((d) => d.bodyText)).toEqual([' 2']);
  });

  test('prefer what certainly holds, then the file by name, then the place in it', () => {
    const v = view({
      'src/b.h': '#ifdef MAYBE\n#define A 1\n#endif\n#define A 2\n#define A 3',
      'src/a.h': '#define A 4',
    });
    expect(v.candidates('A').map((d) => d.bodyText)).toEqual([' 4', ' 2', ' 3', ' 1']);
  });

  test('are found where a condition asks for the very name', () => {
    const v = view({
      'a.h': '#ifndef A\n#define A 1\n#endif\n#ifndef B\n#define C\n#endif\n#ifndef C\n#define B\n#endif',
    });
    expect(v.candidates('A')).toHaveLength(1);
    expect(v.candidates('B')).toHaveLength(1);
    expect(v.candidates('C')).toHaveLength(1);
  });

  test('do not make the stack overflow when conditions hang on each other', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => `#ifdef A${String(i + 1)}\n#define A${String(i)} 1\n#endif`);
    expect(view({ 'a.h': chain.join('\n') }).candidates('A0')).toHaveLength(1);
  });
});

describe('lookup', () => {
  const files = { 'src/internal/x.h': '#define A internal', 'src/a.c': '#define A own', 'src/b.c': '' };

  test('takes the definition of the same file before all others', () => {
    expect(view(files).lookup('A', 'src/a.c')?.bodyText).toBe(' own');
    expect(view(files).lookup('A', 'src/b.c')?.bodyText).toBe(' internal');
    expect(view(files).lookup('B', 'src/b.c')).toBeUndefined();
  });

  test('takes only what the file can see', () => {
    expect(view(files).lookup('A', 'src/b.c', (d) => d.file === 'src/a.c')?.bodyText).toBe(' own');
    expect(view(files).lookup('A', 'src/b.c', () => false)).toBeUndefined();
  });
});

describe('isDefined', () => {
  test.each<[string, Target, Dialect, boolean | undefined]>([
    ['__i386__', 'i386', 'c', true],
    ['__i386__', 'x86_64', 'c', false],
    ['__x86_64__', 'x32', 'c', true],
    ['__LP64__', 'x86_64', 'c', true],
    ['__LP64__', 'x32', 'c', false],
    ['__ILP32__', 'x32', 'c', true],
    ['__ASSEMBLER__', 'i386', 'asm', true],
    ['__ASSEMBLER__', 'i386', 'c', false],
    ['__GNUC__', 'i386', 'c', true],
    ['__cplusplus', 'i386', 'c', false],
    ['__mips_hard_float', 'i386', 'c', false],
    ['__aarch64__', 'i386', 'c', false],
    ['_WIN32', 'i386', 'c', false],
    ['_GNU_SOURCE', 'i386', 'c', undefined],
  ])('%s for %s in %s is %s', (name, target, dialect, expected) => {
    expect(view({}, target, dialect).isDefined(name)).toBe(expected);
  });

  test('is no for a name that the tree defines for other targets only', () => {
    const files = { 'arch/mips/x.h': '#define HAS_X 1', 'arch/i386/x.h': '#define HAS_Y 1' };
    expect(view(files, 'i386').isDefined('HAS_X')).toBe(false);
    expect(view(files, 'i386').valueOf('HAS_X', undefined)).toBe(0n);
    // Defined somewhere for this target: whether it is where the question is asked is not known.
    expect(view(files, 'i386').isDefined('HAS_Y')).toBeUndefined();
    expect(view(files, 'x86_64').isDefined('HAS_Y')).toBe(false);
  });

  test('is not known where headers that the tree does not have may say so', () => {
    const files = { 'arch/mips/x.h': '#define HAS_X 1' };
    const outside: Libc = { ...musl, files: { ...musl.files, hasFromOutside: (path) => path === 'arch/mips/x.h' } };
    expect(view(files, 'i386', 'c', outside).isDefined('HAS_X')).toBeUndefined();
  });

  test('of a system call number is told by the table of numbers, when the tree has one', () => {
    const files = {
      'arch/i386/bits/syscall.h.in': '#define __NR_read 3\n#define __NR_socketcall 102',
      'arch/x86_64/bits/syscall.h.in': '#define __NR_read 0',
    };
    expect(view(files, 'i386').isDefined('SYS_socketcall')).toBe(true);
    expect(view(files, 'x86_64').isDefined('SYS_socketcall')).toBe(false);
    expect(view(files, 'x86_64').isDefined('__NR_pause')).toBe(false);
    expect(view({}, 'x86_64').isDefined('SYS_pause')).toBeUndefined();
  });

  test("follows the libc's own build", () => {
    expect(view({}, 'i386', 'c', glibc).isDefined('_LIBC')).toBe(true);
    expect(view({}, 'i386', 'c', glibc).isDefined('_HURD_')).toBe(false);
    expect(view({}, 'i386', 'c', generic).isDefined('_LIBC')).toBeUndefined();
  });
});

describe('valueOf', () => {
  test('is the one value of all definitions that may hold', () => {
    const v = view({
      'a.h': '#define A (0x10)\n#define B 1\n#define B 2\n#define C x\n#define D(x) 1',
      'b.h': '#define A 16 /* x */',
    });
    expect(['A', 'B', 'C', 'D', 'E'].map((name) => v.valueOf(name, undefined))).toEqual([
      16n,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('is that of the names that a body stands for', () => {
    const files = {
      'bits/wordsize.h':
        '#if defined __x86_64__ && !defined __ILP32__\n# define WORD 64\n#else\n# define WORD 32\n#endif',
      'bits/timesize.h': '#define TIME WORD',
      'a.h':
        '#define WIDE (TIME == 64)\n#define NARROW !WIDE\n#define SUM WORD + 1\n#define TWO WORD WORD\n#define ROUND ROUND',
    };
    const values = (target: Target): unknown[] =>
      ['TIME', 'WIDE', 'NARROW', 'SUM', 'TWO', 'ROUND'].map((name) => view(files, target).valueOf(name, undefined));
    expect(values('x86_64')).toEqual([64n, 1n, 0n, undefined, undefined, undefined]);
    expect(values('x32').slice(0, 3)).toEqual([32n, 0n, 1n]);
    const chain = Array.from({ length: 10_000 }, (_, i) => `#define N${String(i)} N${String(i + 1)}`).join('\n');
    expect(view({ 'a.h': chain }).valueOf('N0', undefined)).toBeUndefined();
  });

  test('is fixed by the compiler and the target', () => {
    expect(view({}, 'i386').valueOf('__SIZEOF_POINTER__', undefined)).toBe(4n);
    expect(view({}, 'x86_64').valueOf('__SIZEOF_POINTER__', undefined)).toBe(8n);
    expect(view({ 'a.h': '#define __x86_64__ 7' }, 'i386').valueOf('__x86_64__', undefined)).toBe(0n);
  });

  test("of a call is what the libc's build says, or a question for the compiler's version", () => {
    const v = view({}, 'i386', 'c', glibc);
    expect(v.valueOf('IS_IN', 'libc')).toBe(1n);
    expect(v.valueOf('IS_IN', 'rtld')).toBe(0n);
    expect(v.valueOf('__GNUC_PREREQ', '4,3')).toBe(1n);
    expect(v.valueOf('__GNUC_PREREQ', '99,0')).toBe(0n);
    expect(v.valueOf('UNKNOWN', '1')).toBeUndefined();
  });
});
