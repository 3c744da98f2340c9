// What callers and callees say of the cancel state.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { analyse } from '../../src/engine/analyse.js';
import { musl } from '../../src/libc/musl.js';
import { linkedPrograms } from '../../src/points/linked.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Functions of the tree in which a request is acted upon. */
async function acting(text: string, more: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'states-')));
  folders.push(root);
  const files = { 'src/f.c': text, ...more };
  for (const [file, code] of Object.entries(files)) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), code);
  }
  const names = Object.keys(files);
  const lint = new Set(names);
  const { project } = await analyse({
    root,
    files: names,
    lint,
    targets: ['x86_64'],
    libc: musl,
    workers: 0,
    program: true,
  });
  return linkedPrograms(project).flatMap(({ points }) =>
    points.linker.program.functions.filter((f) => points.acts(points.node(f))).map((f) => f.name),
  );
}

const helper = 'static int helper(int fd) { return syscall_cp(SYS_read, fd); }\n';
const OFF = 'pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);';
const ON = 'pthread_setcancelstate(cs, 0);';
const protectedCall = `int f(int fd) { int cs; ${OFF} fd = helper(fd); ${ON} return fd; }\n`;
const deep = 'static int deep(int fd) { return helper(fd); }\n';

test.each([
  ['a helper that is only called with cancellation disabled is no point', helper + protectedCall, []],
  ['nor is one that such a helper calls', helper + deep + protectedCall.replace('= helper', '= deep'), []],
  ['nor one that calls itself', `${helper.replace('return', 'if (fd) helper(fd - 1); return')}${protectedCall}`, []],
  ['masked is as good', helper + protectedCall.replace('DISABLE', 'MASKED'), []],
  [
    'a caller with cancellation enabled makes it one',
    `${helper}${protectedCall}int g(int fd) { return helper(fd); }\n`,
    ['helper', 'g'],
  ],
  ['so does one path of the caller', helper + protectedCall.replace(OFF, `if (fd > 9) ${OFF}`), ['helper', 'f']],
  ['a call in front of the region', helper + protectedCall.replace('int cs;', 'int cs; helper(fd);'), ['helper', 'f']],
  ['a function that others may call', helper.replace('static ', '') + protectedCall, ['helper']],
  ['a function whose address is taken', `${helper}int (*p)(int) = helper;\n${protectedCall}`, ['helper']],
  ['a function that nobody calls', `${helper}${protectedCall.replace('helper(fd)', 'other(fd)')}`, ['helper']],
  [
    'cancellation is disabled by a helper, and its old state kept by that',
    `${helper}static int off(void) { int cs; ${OFF} return cs; }\nint f(int fd) { int cs = off(); fd = helper(fd); ${ON} return fd; }\n`,
    [],
  ],
  [
    'a helper that disables it on one way only',
    `${helper}static void off(int x) { int cs; if (x) ${OFF} }\nint f(int fd) { off(fd); return helper(fd); }\n`,
    ['helper', 'f'],
  ],
  [
    'a helper that puts it back',
    `${helper}static void same(void) { int cs; ${OFF} ${ON} }\nint f(int fd) { same(); return helper(fd); }\n`,
    ['helper', 'f'],
  ],
  [
    'helpers that call one another and leave it disabled',
    `static void b(int n);\nstatic void a(int n) { int cs; ${OFF} if (n) b(n); }\nstatic void b(int n) { int cs; ${OFF} a(n - 1); }\nint f(int fd) { b(fd); return syscall_cp(SYS_read, fd); }\n`,
    [],
  ],
  [
    'what runs in front of a fatal end',
    'int f(int fd) { if (fd < 0) { syscall_cp(SYS_write, 2); abort(); } return syscall(SYS_read, fd); }\n',
    [],
  ],
])('%s', async (_, text, expected) => {
  expect(await acting(text)).toEqual(expected);
});

test('a static function of another file with the same name is another', async () => {
  const other = `${helper}int g(int fd) { return helper(fd); }\n`;
  expect(await acting(helper + protectedCall, { 'src/g.c': other })).toEqual(['helper', 'g']);
});
