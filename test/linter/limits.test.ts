// Every limit of the analysis that is reached is told: as a notice, in the counts, and in SARIF.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lintTree } from '../../src/engine/lint-tree.js';
import { formatNotices } from '../../src/formatters/notices.js';
import { formatSarif } from '../../src/formatters/sarif.js';
import { formatStats } from '../../src/formatters/stats.js';
import { Limits } from '../../src/ir/limits.js';
import { generic, libcs } from '../../src/libc/index.js';
import type { LintResult } from '../../src/linter/finding.js';
import { parseMake } from '../../src/make/syntax.js';
import { Variables } from '../../src/make/variables.js';
import { rules } from '../../src/rules/index.js';

async function lint(libc: string, files: Readonly<Record<string, string>>, only: string): Promise<LintResult> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'limits-')));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const { result, faults } = await lintTree({
      cwd: root,
      paths: ['.'],
      root: '.',
      targets: ['x86_64'],
      libc: libcs.find((l) => l.name === libc)!,
      libcs,
      fallback: generic,
      rules: rules.filter((r) => r.id === only),
      severities: new Map([
        [only, 'warn'],
        ['analysis-incomplete', 'warn'],
      ]),
      inlineConfig: true,
      concurrency: 'off',
    });
    expect(faults).toEqual([]);
    return result;
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** `PLACE MESSAGE` of what was not analysed or decided. */
const told = ({ notices, findings }: LintResult): string[] => [
  ...notices.flatMap(({ kind, message, at }) =>
    kind === 'limit-reached' ? [`${at?.file ?? ''}:${String(at?.line)} ${message}`] : [],
  ),
  ...findings.flatMap(({ ruleId, message, at }) =>
    ruleId === 'analysis-incomplete' ? [`${at.file}:${String(at.line)} ${message}`] : [],
  ),
];

const many = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('');

const called = (acts: string): Readonly<Record<string, string>> => ({
  'src/f.c': `int f(int fd, int how)\n{\n\tif (how == 99) return ${acts};\n\treturn how;\n}\n`,
  'src/g.c': `int g(int fd)\n{\n\tSIGCANCEL;\n${many(30, (i) => `\tf(fd, ${String(i)});\n`)}\treturn 0;\n}\n`,
});

test('sets of constants that a function is called with', async () => {
  const result = await lint('musl', called('syscall_cp(SYS_read, fd)'), 'point-unexpected');
  expect(told(result)).toEqual([
    "src/f.c:1 'f' is called with more than 24 sets of constants: others count as any, and it as acting for them",
  ]);
  expect(formatStats(result)).toMatch(/^notices: limit-reached +1$/m);
  expect(formatNotices(result, { quiet: false, debug: false })).toBe(
    'cancelint: 1 limit(s) of the analysis were reached (--debug lists them)\n',
  );
  expect(formatNotices(result, { quiet: false, debug: true })).toMatch(/^cancelint: src\/f\.c:1:5: 'f' is called/);
  const context = {
    version: '0',
    homepage: undefined,
    rules: [],
    page: () => '',
    exitCode: 0 as const,
    color: false,
    quiet: false,
  };
  const log = JSON.parse(formatSarif(result, context)) as {
    runs: { invocations: { toolExecutionNotifications: { descriptor: { id: string } }[] }[] }[];
  };
  expect(log.runs[0]?.invocations[0]?.toolExecutionNotifications.map((n) => n.descriptor.id)).toEqual([
    'limit-reached',
  ]);
});

test('which cost nothing where nothing acts', async () => {
  expect(told(await lint('musl', called('syscall(SYS_read, fd)'), 'point-unexpected'))).toEqual([]);
});

test('names that stand for names', async () => {
  const chain = (count: number) => ({
    'src/f.c': `int f0(int fd)\n{\n\treturn syscall_cp(SYS_read, fd);\n}\n${many(count, (i) => `weak_alias(f${String(i)}, f${String(i + 1)});\n`)}`,
    'src/g.c': `int g(int fd)\n{\n\treturn f${String(count)}(fd);\n}\n`,
  });
  expect(told(await lint('musl', chain(7), 'point-unexpected'))).toEqual([]);
  const found = told(await lint('musl', chain(30), 'point-unexpected'));
  expect(found[0]).toMatch(
    /^src\/f\.c:1 What 'f\d+' means is not known: it stands for another name, more than 8 deep$/,
  );
});

test('constants that stand for constants', async () => {
  const chain = (count: number) => ({
    'src/internal/c.h': `#define C0 1\n${many(count, (i) => `#define C${String(i + 1)} C${String(i)}\n`)}`,
    'src/f.c': `int f(int fd, int how)\n{\n\tif (how == C${String(count)}) return syscall_cp(SYS_read, fd);\n\treturn how;\n}\n`,
    'src/g.c': `int g(int fd)\n{\n\treturn f(fd, C${String(count)});\n}\n`,
  });
  expect(told(await lint('musl', chain(8), 'point-unexpected'))).toEqual([]);
  expect(told(await lint('musl', chain(9), 'point-unexpected'))).toEqual([
    "src/internal/c.h:2 The value of 'C1' is not known: it is the name of a name, more than 8 deep",
  ]);
  // A circle is no chain: such a name stands for itself.
  const circle = { ...chain(0), 'src/internal/c.h': '#define C0 C1\n#define C1 C0\n' };
  expect(told(await lint('musl', circle, 'point-unexpected'))).toEqual([]);
});

test('ways behind an interrupted close', async () => {
  const asks = many(12, (i) => `\tif (n & ${String(1 << i)}) x${String(i)} = 1;\n\telse x${String(i)} = 2;\n`);
  const names = many(12, (i) => `, x${String(i)} = 0`);
  const sum = many(12, (i) => ` + x${String(i)}`);
  const text = `int close(int fd)\n{\n\tint n = fd${names};\n\tint r = syscall_cp(SYS_close, fd);\n${asks}\treturn r${sum};\n}\n`;
  expect(told(await lint('musl', { 'src/close.c': text }, 'close-interrupted'))).toEqual([
    "src/close.c:1 close-interrupted has not been decided for 'close': it has more than 2000 ways behind the call to tell apart",
  ]);
});

test('cleanup handlers on the stack at once', async () => {
  const text = `int f(int fd)\n{\n${many(9, () => '\tpthread_cleanup_push(undo, &fd);\n')}\tfd++;\n${many(9, () => '\tpthread_cleanup_pop(0);\n')}\treturn fd;\n}\n`;
  expect(told(await lint('musl', { 'src/f.c': text }, 'cleanup-unbalanced'))).toEqual([
    "src/f.c:1 cleanup-unbalanced has not been decided for 'f': it has more than 8 cleanup handlers on the stack at once",
  ]);
});

test('paths past a cancellation point', async () => {
  const asks = many(15, (i) => `\tif (n & ${String(1 << i)}) *p = 1;\n`);
  const text = `int pause(void)\n{\n\tconst int n = m;\n\tint *p = q;\n${asks}\tsyscall_cp(SYS_pause);\n${asks}\treturn 0;\n}\n`;
  expect(told(await lint('musl', { 'src/pause.c': text }, 'point-skipped'))).toEqual([
    "src/pause.c:1 point-skipped has not been decided for 'pause': the paths of 'pause' could not all be followed",
  ]);
});

describe('of make files', () => {
  const source = {
    'sysdeps/unix/sysv/linux/accept.c':
      '#include <sysdep-cancel.h>\n\nint\naccept (int fd)\n{\n  return SYSCALL_CANCEL (accept, fd);\n}\n',
  };
  const make = (lines: string) => ({
    ...source,
    'io/Makefile': `subdir := io\ninclude ../Makeconfig\nroutines := accept\ninclude ../Rules\n${lines}`,
  });

  test('are told of the tree', async () => {
    const deep = `v0 = -fexceptions -fasynchronous-unwind-tables\n${many(30, (i) => `v${String(i + 1)} = $(v${String(i)})\n`)}CFLAGS-accept.c += $(v30)\n`;
    expect(told(await lint('glibc', make(deep), 'unwind-tables-missing'))).toEqual([
      expect.stringMatching(
        /^io\/Makefile:\d+ A variable leads to variables more than 24 deep: what it holds is not known$/,
      ),
      "io/Makefile:3 unwind-tables-missing has not been decided for 'accept': the flags of 'sysdeps/unix/sysv/linux/accept.c' in io depend on the configuration",
    ]);
  });

  test('and too much to expand is no matter of the configuration', async () => {
    const doubling = `a0 = x x\n${many(60, (i) => `a${String(i + 1)} = $(a${String(i)})$(a${String(i)}) $(a${String(i)})\nb${String(i + 1)} := $(a${String(i + 1)})\n`)}CFLAGS-accept.c += $(a60)\n`;
    const found = told(await lint('glibc', make(doubling), 'unwind-tables-missing'));
    expect(found).toContain(
      'io/Makefile:1 More than 500000 words were to be expanded for one folder; a variable comes after that: what it holds is not known',
    );
    expect(found.at(-1)).toMatch(/the flags of '.*accept\.c' in io are too much to expand$/);
  });

  /** Messages of limits that reading the text and one variable of it reaches. */
  const reached = (text: string, name = 'a'): string[] => {
    const limits = new Limits();
    const at = (offset: number) => ({ file: 'Makefile', line: offset, column: 1, endLine: 1, endColumn: 1 });
    const statements = parseMake(text, (message, where) => {
      limits.reached(message, at(where.at));
    });
    const variables = new Variables(undefined, (message, where) => {
      limits.reached(message, at(where.at));
    });
    variables.read(statements, 'Makefile', () => undefined);
    variables.words(name);
    return limits.all().map((l) => l.message);
  };

  test.each<[string, string, RegExp]>([
    [
      'conditionals inside of one another',
      `${'ifdef x\n'.repeat(101)}a = b\n`,
      /more than 100 conditionals is not read/,
    ],
    ['arms of a conditional', `ifdef x\n${'else ifdef x\n'.repeat(2000)}`, /more than 1000 arms/],
    ['assignments that may be made', `ifdef x\n${'a = b\n'.repeat(200)}endif\n`, /'a' is set too often/],
    ['assignments that add', 'a += b\n'.repeat(3000), /'a' is set too often/],
    ['words', 'a += b c d e f g h i j k l m n\n'.repeat(1900), /'a' has more than 20000 words/],
    ['words of one line', `a = ${'b '.repeat(30_000)}\n`, /A variable has more than 20000 words/],
    [
      'characters',
      `b = ${'x'.repeat(3_000_000)}\na = $(b)$(b)\n`,
      /A variable has more than 20000 words or 4000000 characters/,
    ],
    ['variables that lead to variables', `a = $(a)\n`, /more than 24 deep/],
  ])('%s', (_, text, expected) => {
    expect(reached(text).join('\n')).toMatch(expected);
  });

  test('nothing is said of what keeps within them', () => {
    expect(reached(`${'ifdef x\n'.repeat(99)}a = b\n${'endif\n'.repeat(99)}a = b c $(d)\nd = e\n`)).toEqual([]);
  });
});
