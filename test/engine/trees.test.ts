/** Whole libcs, where `npm run trees` has put them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { analyse, type Analysis } from '../../src/engine/analyse.js';
import { pathMatcher } from '../../src/engine/glob.js';
import { walk } from '../../src/engine/walk.js';
import { successors } from '../../src/ir/builder.js';
import { printLifted } from '../../src/ir/print.js';
import type { Lifted } from '../../src/ir/types.js';
import { X86_TARGETS as TARGETS } from '../../src/libc/targets.js';
import { glibc } from '../../src/libc/glibc.js';
import { musl } from '../../src/libc/musl.js';
import type { Libc } from '../../src/libc/types.js';
import { uclibcNg } from '../../src/libc/uclibc-ng.js';
import { project } from '../cli/program.js';

/** Runs the tests only where the tree is, and says so where it is not. */
function withTree(tree: string, tests: (root: string) => void): void {
  const root = join(project, 'trees', tree);
  if (existsSync(root)) describe(tree, () => tests(root));
  else test.skip(`${tree}: not in trees/ (npm run trees -- ${tree} fetches it)`, () => undefined);
}

function filesOf(root: string, libc: Libc): string[] {
  const isNever = pathMatcher(libc.files.never.map((n) => n.pattern));
  return walk(root).files.filter((file) => !isNever(file));
}

function analysed(root: string, libc: Libc, files = filesOf(root, libc)): Promise<Analysis> {
  return analyse({ root, files, lint: new Set(files), targets: TARGETS, libc, workers: 0 });
}

const find = (done: Analysis, file: string, name: string): Lifted[] =>
  done.project.functions.filter((f) => f.name === name && f.extent.file === file);

/** The kinds of operation in a function, each once, sorted. */
const kinds = (f: Lifted | undefined): string[] =>
  [...new Set((f?.blocks ?? []).flatMap((b) => b.ops.map((op) => op.op)))].sort();

function expectSound(done: Analysis): void {
  for (const f of done.project.functions) {
    f.blocks.forEach((block, i) => {
      if (block.id !== i || successors(block.end).some((to) => f.blocks[to] === undefined))
        throw new Error(`${f.extent.file} ${f.name}: block ${String(i)} leads nowhere`);
    });
    expect(f.targets.length).toBeGreaterThan(0);
  }
}

const notWhole = (done: Analysis): string[] =>
  done.project.functions
    .filter((f) => f.kind !== 'macro' && f.notUnderstood > 0)
    .map((f) => `${f.extent.file} ${f.name}`);

withTree('musl-1.2.5', (root) => {
  let done: Analysis;
  beforeAll(async () => {
    done = await analysed(root, musl);
  }, 120_000);

  test('every function that concerns cancellation is lifted whole', () => {
    expect(notWhole(done)).toEqual([]);
    expect(done.stats.relatedNotWhole).toBe(0);
    expect(done.stats.related).toBeGreaterThan(100);
    expect(done.stats.unknownMacros).toBe(0);
    expect(done.project.problems).toEqual([]);
  });

  test('all of it is sound', () => expectSound(done));

  test('the mechanism is there', () => {
    expect(find(done, 'src/thread/__syscall_cp.c', '__syscall_cp').map((f) => f.targets)).toEqual([[...TARGETS]]);
    expect(kinds(find(done, 'src/thread/pthread_cancel.c', '__syscall_cp_c')[0])).toEqual(
      expect.arrayContaining(['act', 'load-flag', 'window-call']),
    );
    expect(find(done, 'src/thread/pthread_cancel.c', 'cancel_handler')).toHaveLength(1);
    for (const target of TARGETS)
      expect(find(done, `src/thread/${target}/syscall_cp.s`, '__syscall_cp_asm').map((f) => f.targets)).toEqual([
        [target],
      ]);
  });

  test('marked calls are cancellable system calls', () => {
    for (const [file, name, number] of [
      ['src/unistd/close.c', 'close', 'SYS_close'],
      ['src/unistd/read.c', 'read', 'SYS_read'],
      ['src/fcntl/openat.c', 'openat', 'SYS_openat'],
    ] as const) {
      const calls = find(done, file, name).flatMap((f) =>
        f.blocks.flatMap((b) => b.ops.flatMap((op) => (op.op === 'syscall' && op.cancellable ? [op.number] : []))),
      );
      expect(calls).toEqual([{ k: 'name', name: number }]);
    }
  });

  test('the order of the files makes no difference', async () => {
    const files = filesOf(root, musl);
    const all = (a: Analysis): string =>
      [...a.project.functions.map(printLifted), ...a.project.aliases.map((x) => JSON.stringify(x))].join('\n');
    const other = await analysed(root, musl, [...files].reverse());
    expect(all(other) === all(done)).toBe(true);
  }, 120_000);
});

withTree('glibc-2.41', (root) => {
  let done: Analysis;
  beforeAll(async () => {
    done = await analysed(root, glibc);
  }, 240_000);

  test('at most six functions that concern cancellation are not lifted whole', () => {
    expect(notWhole(done).length).toBeLessThanOrEqual(6);
    expect(done.stats.relatedNotWhole).toBe(notWhole(done).length);
    expect(done.stats.related).toBeGreaterThan(200);
  });

  test('all of it is sound', () => expectSound(done));

  test('the mechanism is there', () => {
    const [internal] = find(done, 'nptl/cancellation.c', '__internal_syscall_cancel');
    expect(kinds(internal)).toEqual(expect.arrayContaining(['load-flag', 'window-call']));
    expect(find(done, 'nptl/cancellation.c', '__syscall_cancel')).toHaveLength(1);
    expect(kinds(find(done, 'nptl/cancellation.c', '__syscall_do_cancel')[0])).toContain('act');
    expect(find(done, 'nptl/pthread_cancel.c', '__pthread_cancel').length).toBeGreaterThan(0);
    const windows = done.project.functions.filter((f) => f.name === '__syscall_cancel_arch' && f.kind === 'assembly');
    expect(windows.map((f) => [f.extent.file, f.targets])).toEqual([
      ['sysdeps/unix/sysv/linux/i386/syscall_cancel.S', ['i386']],
      ['sysdeps/unix/sysv/linux/x86_64/syscall_cancel.S', ['x86_64', 'x32']],
    ]);
  });

  test('a call that is tried again is a loop around the call', () => {
    const [f] = find(done, 'sysdeps/posix/system.c', 'cancel_handler');
    const waits = f!.blocks
      .flatMap((b) => b.ops)
      .filter((op) => op.op === 'call' && (op.callee ?? '').includes('waitpid'));
    expect(waits.map((op) => op.origin.macros)).toEqual([['TEMP_FAILURE_RETRY']]);
  });
});

withTree('uclibc-ng-1.0.35', (root) => {
  let done: Analysis;
  beforeAll(async () => {
    done = await analysed(root, uclibcNg);
  }, 120_000);

  test('every function that concerns cancellation is lifted whole', () => {
    expect(notWhole(done)).toEqual([]);
    expect(done.stats.related).toBeGreaterThan(150);
  });

  test('all of it is sound', () => expectSound(done));

  test('functions that a macro makes are there, around their plain twins', () => {
    const [close] = find(done, 'libc/sysdeps/linux/common/close.c', 'close');
    expect([close?.kind, kinds(close)]).toEqual(['generated', expect.arrayContaining(['async', 'call'])]);
  });
});
