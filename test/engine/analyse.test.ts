import { chmodSync } from 'node:fs';
import { analyse, type Analysis } from '../../src/engine/analyse.js';
import { printLifted } from '../../src/ir/print.js';
import type { Target } from '../../src/ir/types.js';
import { X86_TARGETS as TARGETS } from '../../src/libc/targets.js';
import { musl } from '../../src/libc/musl.js';
import type { Libc } from '../../src/libc/types.js';
import { removeTrees, tree } from '../cli/program.js';

afterAll(removeTrees);

type Files = Readonly<Record<string, string | Uint8Array>>;

async function analysed(
  files: Files,
  {
    targets = TARGETS,
    libc = musl,
    order = Object.keys(files).sort(),
  }: { targets?: readonly Target[]; libc?: Libc; order?: readonly string[] } = {},
): Promise<Analysis> {
  const root = tree(files).path;
  return analyse({ root, files: order, lint: new Set(order), targets, libc, workers: 0 });
}

/** Everything that rules see, as text. */
function all({ project }: Analysis): string {
  return JSON.stringify([project.functions.map(printLifted), project.aliases, project.problems], null, 1);
}

const names = ({ project }: Analysis): string[] =>
  project.functions.map((f) => `${f.extent.file} ${f.kind} ${f.name} ${f.targets.join()}`);

const MINI: Files = {
  'arch/i386/syscall_arch.h': '#define HAVE_SOCKETCALL 1\n',
  'arch/x86_64/syscall_arch.h': '#define WINDOW_ARGUMENTS 6\n',
  'arch/x32/syscall_arch.h': '#define WINDOW_ARGUMENTS 6\n',
  'src/internal/syscall.h': `#define syscall_cp(...) __syscall_ret(__syscall_cp(__VA_ARGS__))
#ifdef HAVE_SOCKETCALL
#define connect_by(fd) syscall_cp(SYS_socketcall, fd)
#else
#define connect_by(fd) syscall_cp(SYS_connect, fd)
#endif
`,
  'src/network/connect.c':
    '#include "syscall.h"\nint connect(int fd) { return connect_by(fd); }\nweak_alias(connect, __connect);\n',
  'src/thread/syscall_cp.c':
    'long __syscall_cp_asm() { return __syscall(SYS_x); }\nvoid generic_window(void) { __cancel(); }\n',
  'src/thread/x86_64/syscall_cp.s':
    '.globl __syscall_cp_asm\n__syscall_cp_asm:\n__cp_begin:\n\tsyscall\n__cp_end:\n\tret\n',
  'src/thread/mips/syscall_cp.s': '__cp_begin:\n\tsyscall\n__cp_end:\n',
  'src/string/strlen.c': 'unsigned long strlen(const char *s) { return 0; }\n',
  'include/pthread.h': 'void pthread_testcancel(void);\n',
};

describe('a tree', () => {
  test('is lifted file by file for the targets that build it', async () => {
    const done = await analysed(MINI);
    expect(names(done)).toEqual([
      'src/internal/syscall.h macro syscall_cp i386,x86_64,x32',
      'src/internal/syscall.h macro connect_by i386',
      // Whether the header of i386 is seen here is not known, so that its arm may hold or not.
      'src/internal/syscall.h macro connect_by i386,x86_64,x32',
      'src/network/connect.c function connect i386',
      'src/network/connect.c function connect x86_64,x32',
      // Replaced on x86_64 by the assembly.
      'src/thread/syscall_cp.c function __syscall_cp_asm i386,x32',
      'src/thread/syscall_cp.c function generic_window i386,x32',
      'src/thread/x86_64/syscall_cp.s assembly __syscall_cp_asm x86_64',
    ]);
    expect(done.project.aliases.map((a) => [a.alias, a.of, a.targets])).toEqual([
      ['__connect', 'connect', ['i386', 'x86_64', 'x32']],
    ]);
    expect(done.project.problems).toEqual([]);
    const { files, filesLifted, functions, related, relatedNotWhole, unknownMacros } = done.stats;
    expect({ files, filesLifted, functions, related, relatedNotWhole, unknownMacros }).toEqual({
      files: 10,
      filesLifted: 5,
      functions: 8,
      related: 5,
      relatedNotWhole: 0,
      unknownMacros: 0,
    });
  });

  test('gives the same in whatever order its files come', async () => {
    const order = Object.keys(MINI).sort();
    const expected = all(await analysed(MINI));
    for (const other of [[...order].reverse(), [...order.slice(4), ...order.slice(0, 4)]])
      expect(all(await analysed(MINI, { order: other }))).toBe(expected);
  });

  test('is analysed for the targets that are asked for', async () => {
    expect(names(await analysed(MINI, { targets: ['x32'] }))).toEqual([
      'src/internal/syscall.h macro syscall_cp x32',
      'src/internal/syscall.h macro connect_by x32',
      'src/network/connect.c function connect x32',
      'src/thread/syscall_cp.c function __syscall_cp_asm x32',
      'src/thread/syscall_cp.c function generic_window x32',
    ]);
  });

  test('without files is empty', async () => {
    const done = await analysed({});
    expect([names(done), done.project.problems, done.stats.files]).toEqual([[], [], 0]);
  });
});

describe('a file', () => {
  test('that cannot be read is a problem, and the others are analysed', async () => {
    const root = tree({ 'src/a.c': 'int f(void) { __testcancel(); }', 'src/b.c': 'int g(void) { __testcancel(); }' });
    chmodSync(root.join('src/a.c'), 0);
    const files = ['src/a.c', 'src/b.c', 'src/none.c'];
    const done = await analyse({
      root: root.path,
      files,
      lint: new Set(files),
      targets: ['i386'],
      libc: musl,
      workers: 0,
    });
    // Whoever runs the tests as root can read everything.
    const expected = process.getuid?.() === 0 ? ['src/none.c'] : ['src/a.c', 'src/none.c'];
    expect(done.project.problems.map((p) => [p.kind, p.at.file])).toEqual(expected.map((f) => ['unreadable-file', f]));
    expect(names(done)).toContain('src/b.c function g i386');
  });

  test('that is absurdly long is left alone, and that is said', async () => {
    const done = await analysed({
      'src/a.c': `int f(void) { __testcancel(); }\n${' '.repeat(8_000_000)}`,
      'src/b.c': 'int g(void) { __testcancel(); }',
    });
    expect(names(done)).toEqual(['src/b.c function g i386,x86_64,x32']);
    expect(done.project.problems.map((p) => [p.kind, p.at.file])).toEqual([['analysis-incomplete', 'src/a.c']]);
  });

  test('of any bytes is read', async () => {
    const bytes = new Uint8Array([...Array(256).keys()].flatMap((b) => [b, 10]));
    const text = new TextEncoder().encode('\nint f(void)\n{\n\t__testcancel();\n}\n');
    const done = await analysed({ 'src/a.c': new Uint8Array([...bytes, ...text]), 'src/b.S': bytes, 'src/c.h': bytes });
    expect(done.stats.files).toBe(3);
  });

  test('whose functions were not understood is counted', async () => {
    const done = await analysed({
      'src/a.c': 'int f(void) { __testcancel(); a @ b; }\nint g(void) { __testcancel(); }',
    });
    expect([done.stats.related, done.stats.relatedNotWhole]).toEqual([2, 1]);
    expect(done.project.problems.map((p) => [p.kind, p.function])).toEqual([['not-lifted', 'f']]);
  });
});

describe('a macro', () => {
  test('that holds the mechanism and is no statement is reported', async () => {
    const done = await analysed({
      'src/internal/a.h': '#define OPENS(x) { __cancel(); if (x) {\n#define PAIRED(x) pthread_cleanup_push(x, 0)\n',
    });
    expect(done.project.problems.map((p) => [p.kind, p.message, p.at.line, p.at.column])).toEqual([
      ['unknown-macro', "The body of macro 'OPENS' is no statement or expression", 1, 9],
    ]);
    expect(done.stats.unknownMacros).toBe(1);
  });

  test('that doubles forty times does not hold up the run, and is reported', async () => {
    const header = Array.from(
      { length: 40 },
      (_, i) => `#define A${String(i)} A${String(i + 1)} A${String(i + 1)}\n`,
    ).join('');
    const done = await analysed(
      {
        'src/internal/a.h': `${header}#define A40 __testcancel();\n`,
        'src/a.c': '#include "a.h"\nint f(void) { A0 }\nint g(void) { __testcancel(); }\n',
      },
      { targets: ['i386'] },
    );
    expect(done.project.problems.map((p) => p.kind)).toContain('analysis-incomplete');
    expect(names(done)).toContain('src/a.c function g i386');
  }, 60_000);

  test('that includes itself does not hold up the run', async () => {
    const done = await analysed({
      'src/a.h': '#include "b.h"\n#include "a.h"\n',
      'src/b.h': '#include "a.h"\n',
      'src/f.S': '#include "a.h"\n.globl __syscall_cp_asm\n__syscall_cp_asm:\n\tret\n',
    });
    expect(names(done)).toEqual(['src/f.S assembly __syscall_cp_asm i386,x86_64,x32']);
  });
});
