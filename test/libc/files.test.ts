/** Which files of a tree a target's build takes, by their paths alone. */
import { pathMatcher } from '../../src/engine/glob.js';
import type { Target } from '../../src/ir/types.js';
import { X86_TARGETS as TARGETS } from '../../src/libc/targets.js';
import { ARCHITECTURES, isForExactTarget, isForTarget, namesTarget } from '../../src/libc/architectures.js';
import { glibc } from '../../src/libc/glibc.js';
import { libcs } from '../../src/libc/index.js';
import { musl } from '../../src/libc/musl.js';
import type { Libc } from '../../src/libc/types.js';
import { uclibcNg } from '../../src/libc/uclibc-ng.js';

/** `i386 x86_64 x32` for a file of all of them. */
const targets = (libc: Libc, path: string): string => TARGETS.filter((t) => libc.files.selects(path, t)).join(' ');
const isNever = (libc: Libc, path: string): boolean => pathMatcher(libc.files.never.map((n) => n.pattern))(path);

describe('folders that name an instruction set', () => {
  test('leave out files of others', () => {
    expect(TARGETS.filter((t) => isForTarget('sysdeps/x86/a.c', t))).toEqual(['i386', 'x86_64', 'x32']);
    expect(TARGETS.filter((t) => isForTarget('sysdeps/x86_64/a.c', t))).toEqual(['x86_64', 'x32']);
    expect(TARGETS.filter((t) => isForTarget('sysdeps/x86_64/x32/a.c', t))).toEqual(['x32']);
    expect(TARGETS.filter((t) => isForTarget('sysdeps/i386/i686/a.c', t))).toEqual(['i386']);
    expect(TARGETS.filter((t) => isForTarget('sysdeps/aarch64/a.c', t))).toEqual([]);
    // The file's own name says nothing.
    expect(TARGETS.filter((t) => isForTarget('src/i386', t))).toEqual(['i386', 'x86_64', 'x32']);
  });

  test('are exact where the libc has one folder for each', () => {
    expect(TARGETS.filter((t) => isForExactTarget('arch/x86_64/a.h', t))).toEqual(['x86_64']);
    expect(TARGETS.filter((t) => isForExactTarget('src/thread/x32/a.s', t))).toEqual(['x32']);
    expect(TARGETS.filter((t) => isForExactTarget('src/thread/a.c', t))).toEqual(['i386', 'x86_64', 'x32']);
  });

  test('name the target or not', () => {
    const named = (path: string): Target[] => TARGETS.filter((t) => namesTarget(path, t));
    expect(named('sysdeps/x86_64/a.c')).toEqual(['x86_64', 'x32']);
    expect(named('sysdeps/unix/a.c')).toEqual([]);
    expect(named('a/i386')).toEqual([]);
  });

  test('are no words that libcs use for other things', () => {
    const ordinary = [
      'generic',
      'linux',
      'unix',
      'nptl',
      'common',
      'include',
      'bits',
      'posix',
      'thread',
      'src',
      'sysv',
      'ieee754',
    ];
    expect(ordinary.filter((folder) => ARCHITECTURES.has(folder))).toEqual([]);
  });
});

describe('musl', () => {
  test.each([
    ['src/thread/pthread_cancel.c', 'i386 x86_64 x32'],
    ['src/thread/i386/syscall_cp.s', 'i386'],
    ['src/thread/x86_64/syscall_cp.s', 'x86_64'],
    ['src/thread/x32/syscall_cp.s', 'x32'],
    ['src/thread/aarch64/syscall_cp.s', ''],
    ['arch/generic/bits/fcntl.h', 'i386 x86_64 x32'],
    ['arch/x86_64/syscall_arch.h', 'x86_64'],
    ['arch/riscv64/syscall_arch.h', ''],
  ])('%s is built for %j', (path, expected) => {
    expect(targets(musl, path)).toBe(expected);
  });

  test.each<[string, Target, string[]]>([
    ['src/thread/x86_64/syscall_cp.s', 'x86_64', ['src/thread/syscall_cp.c']],
    ['src/math/i386/fabs.c', 'i386', ['src/math/fabs.c']],
    ['src/thread/x86_64/syscall_cp.s', 'x32', []],
    ['src/thread/syscall_cp.c', 'x86_64', []],
    ['ldso/x86_64/start.S', 'x86_64', ['ldso/start.c']],
    ['arch/x86_64/atomic_arch.h', 'x86_64', []],
  ])('%s replaces for %s %j', (path, target, replaced) => {
    expect(musl.files.replaces(path, target)).toEqual(replaced);
  });

  test('ranks the architecture before the generic, and that before the sources', () => {
    const paths = ['include/a.h', 'src/thread/a.c', 'src/internal/a.h', 'arch/generic/a.h', 'arch/i386/a.h'];
    const ranks = paths.map((p) => musl.files.rank(p, 'i386'));
    expect([...ranks].sort((a, b) => a - b)).toEqual(ranks);
    expect(new Set(ranks).size).toBe(ranks.length);
  });

  test('never builds its tools', () => {
    expect(['tools/x.c', 'src/tools/x.c', 'src/thread/pthread_cancel.c'].map((p) => isNever(musl, p))).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('glibc', () => {
  const linux = 'sysdeps/unix/sysv/linux';

  test.each([
    ['nptl/pthread_cancel.c', 'i386 x86_64 x32'],
    [`${linux}/close.c`, 'i386 x86_64 x32'],
    [`${linux}/x86_64/syscall_cancel.S`, 'x86_64 x32'],
    [`${linux}/x86_64/64/syscalls.h`, 'x86_64'],
    [`${linux}/x86_64/x32/times.c`, 'x32'],
    [`${linux}/i386/syscall_cancel.S`, 'i386'],
    [`${linux}/aarch64/syscall_cancel.S`, ''],
    [`${linux}/mips/mips64/n32/syscall.S`, ''],
    ['sysdeps/mach/hurd/close.c', ''],
    ['sysdeps/htl/pthreadP.h', ''],
    ['hurd/intr-msg.c', ''],
  ])('%s is built for %j', (path, expected) => {
    expect(targets(glibc, path)).toBe(expected);
  });

  test('builds a more specific file instead of each less specific one', () => {
    expect(glibc.files.replaces(`${linux}/i386/syscall_cancel.S`, 'i386')).toEqual([
      `${linux}/syscall_cancel.c`,
      `${linux}/syscall_cancel.S`,
      `${linux}/syscall_cancel.s`,
    ]);
    expect(glibc.files.replaces(`${linux}/x86_64/x32/times.c`, 'x32')).toEqual([
      `${linux}/x86_64/times.c`,
      `${linux}/x86_64/times.S`,
      `${linux}/x86_64/times.s`,
      `${linux}/times.c`,
      `${linux}/times.S`,
      `${linux}/times.s`,
    ]);
    expect(glibc.files.replaces(`${linux}/close.c`, 'i386')).toEqual([]);
    expect(glibc.files.replaces('nptl/pthread_cancel.c', 'i386')).toEqual([]);
  });

  test('ranks Linux before the threads, those before Unix, and the generic last', () => {
    const paths = [
      'sysdeps/generic/sysdep.h',
      'include/unistd.h',
      'sysdeps/x86/sysdep.h',
      'sysdeps/unix/sysdep.h',
      'sysdeps/nptl/pthreadP.h',
      `${linux}/sysdep.h`,
      `${linux}/i386/sysdep.h`,
    ];
    const ranks = paths.map((p) => glibc.files.rank(p, 'i386'));
    expect([...ranks].sort((a, b) => a - b)).toEqual(ranks);
    expect(new Set(ranks).size).toBe(ranks.length);
  });

  test.each([
    ['nptl/tst-cancel1.c', true],
    ['nptl/test-mutex.c', true],
    ['posix/bug-glob2.c', true],
    ['manual/examples/a.c', true],
    ['hurd/intr-msg.c', true],
    ['sysdeps/unix/syscall-template.S', true],
    ['nptl/pthread_testcancel.c', false],
    ['misc/tsearch.c', false],
    [`${linux}/close.c`, false],
  ])('%s is no part of the library: %s', (path, expected) => {
    expect(isNever(glibc, path)).toBe(expected);
  });
});

describe('uClibc-ng', () => {
  test.each([
    ['libc/sysdeps/linux/common/close.c', 'i386 x86_64 x32'],
    ['libc/sysdeps/linux/i386/syscall.S', 'i386'],
    ['libc/sysdeps/linux/x86_64/syscall.S', 'x86_64 x32'],
    ['libpthread/nptl/sysdeps/unix/sysv/linux/sh/pthread_once.S', ''],
    ['libpthread/nptl/sysdeps/unix/sysv/linux/i386/i486/sem_wait.S', 'i386'],
  ])('%s is built for %j', (path, expected) => {
    expect(targets(uclibcNg, path)).toBe(expected);
  });

  test.each([
    ['libpthread/linuxthreads/cancel.c', true],
    ['extra/config/conf.c', true],
    ['utils/ldd.c', true],
    ['libpthread/nptl/cancellation.c', false],
    ['test/nptl/tst-cancel1.c', true],
  ])('%s is no part of the library: %s', (path, expected) => {
    expect(isNever(uclibcNg, path)).toBe(expected);
  });
});

test('no file replaces itself, in any libc', () => {
  const paths = [
    'src/thread/i386/a.s',
    'sysdeps/i386/a.S',
    'sysdeps/unix/sysv/linux/x86_64/a.c',
    'a.c',
    'libc/sysdeps/linux/i386/a.c',
  ];
  for (const libc of libcs)
    for (const target of TARGETS)
      for (const path of paths) expect(libc.files.replaces(path, target)).not.toContain(path);
});
