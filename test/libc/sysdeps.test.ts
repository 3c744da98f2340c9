/** glibc's order of folders and what follows from it, held against its own configure and on a small tree. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { glibc } from '../../src/libc/glibc.js';
import { sysdepsOrder } from '../../src/libc/sysdeps-order.js';
import type { FileSelection, TreeView } from '../../src/libc/types.js';

const root = join(import.meta.dirname, '../..');

function onDisk(tree: string): TreeView {
  return {
    texts: new Map(),
    isFolder: (path) => statSync(join(tree, path), { throwIfNoEntry: false })?.isDirectory() === true,
    text: (path) => (existsSync(join(tree, path)) ? readFileSync(join(tree, path), 'utf8') : undefined),
  };
}

function inMemory(files: Readonly<Record<string, string>>): TreeView {
  const paths = Object.keys(files);
  return {
    texts: new Map(Object.entries(files).filter(([path]) => /\.[chsS]$|syscalls\.list$|Makefile$/.test(path))),
    isFolder: (path) => paths.some((p) => p.startsWith(`${path}/`)),
    text: (path) => files[path],
  };
}

describe('the order of glibc 2.41', () => {
  const tree = join(root, 'trees/glibc-2.41');
  const data = readFileSync(join(root, 'fixtures/sysdeps/glibc-2.41.txt'), 'utf8');
  const cases = data
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): [string, string[]] => {
      const [head = '', folders = ''] = line.split(': ');
      return [head.split(' ')[0] ?? '', folders.split(' ').map((folder) => `sysdeps/${folder}`)];
    });
  (existsSync(tree) ? test.each(cases) : test.skip.each(cases))('for %s is that of configure', (target, folders) => {
    expect(sysdepsOrder(onDisk(tree), target)).toEqual(folders);
  });
});

const linux = 'sysdeps/unix/sysv/linux';
const FILES: Readonly<Record<string, string>> = {
  'sysdeps/alpha/Implies': 'wordsize-64\n# ieee754/ldbl-128\n',
  'sysdeps/alpha/a.c': '',
  'sysdeps/x86_64/64/Implies-after': 'wordsize-64\n',
  'sysdeps/x86_64/Implies': 'x86\n../../evil\n',
  'sysdeps/x86/bits/b.h': '#define X86\n',
  'sysdeps/wordsize-64/w.c': '',
  'sysdeps/unix/sysv/linux/Implies': 'nptl\n',
  'sysdeps/nptl/fork.c': '',
  'sysdeps/generic/bits/b.h': '#define GENERIC\n',
  'sysdeps/generic/n.h': '',
  [`${linux}/bits/ioctls.h`]: '#define SIOCGIFINDEX 0x8933\n',
  [`${linux}/alpha/bits/ioctls.h`]: '#include <asm/ioctls.h>\n',
  'sysdeps/unix/n.h': '#include_next <n.h>\n',
  'sysdeps/posix/n.h': '',
  [`${linux}/poll.c`]: '#include <sysdeps/unix/../unix/poll.c>\n',
  'sysdeps/unix/poll.c': '',
  'io/poll.c': '',
  'io/chmod.c': '',
  'io/other.c': '',
  [`${linux}/Makefile`]: "CFLAGS-act.c = -DWRAPPER='<io/act.c>'\n",
  [`${linux}/x86_64/wait.S`]: '#include "../i486/wait.S"\n',
  [`${linux}/i486/wait.S`]: '',
  [`${linux}/i486/other.S`]: '',
  [`${linux}/act.c`]: '#ifdef WRAPPER\n# include WRAPPER\n#endif\n',
  'io/act.c': '',
  'sysdeps/unix/Makefile': '',
  'sysdeps/posix/Makefile': '',
  [`${linux}/alpha/wait4.c`]: '',
  [`${linux}/wait4.c`]: '',
  [`${linux}/syscalls.list`]: [
    'wait4 - wait4 Ci:iW __wait4 wait4',
    'chmod - chmod i:si __chmod chmod',
    'ioperm - ioperm i:iii ioperm',
    'gone EXTRA gone i: gone',
  ].join('\n'),
  [`${linux}/x86_64/arch-syscall.h`]: '#define __NR_wait4 61\n#define __NR_chmod 90\n#define __NR_ioperm 173\n',
  [`${linux}/alpha/arch-syscall.h`]: '#define __NR_wait4 365\n#define __NR_chmod 15\n',
};

describe('the files of a build', () => {
  const plan = glibc.planned?.read(inMemory(FILES), ['x86_64', 'alpha']);
  if (!plan || !glibc.planned) throw new Error('the tree has an order');
  const files: FileSelection = glibc.planned.files(plan);
  const selected = (path: string): string => ['x86_64', 'alpha'].filter((t) => files.selects(path, t)).join(' ');

  test('come from the folders that are implied, in their order', () => {
    expect(plan.alpha?.order).toEqual([
      `${linux}/alpha`,
      linux,
      'sysdeps/nptl',
      'sysdeps/unix/sysv',
      'sysdeps/unix',
      'sysdeps/alpha',
      'sysdeps/wordsize-64',
      'sysdeps/generic',
    ]);
    expect(selected('sysdeps/x86/bits/b.h')).toBe('x86_64');
    expect(selected('sysdeps/wordsize-64/w.c')).toBe('x86_64 alpha');
    expect(selected('sysdeps/posix/n.h')).toBe('');
    expect(selected('sysdeps/nptl/fork.c')).toBe('x86_64 alpha');
  });

  test('are the first of their name, and those that it includes', () => {
    expect(selected('sysdeps/generic/bits/b.h')).toBe('alpha');
    expect(selected('sysdeps/generic/n.h')).toBe('x86_64 alpha');
    expect(selected('sysdeps/unix/poll.c')).toBe('x86_64 alpha');
    expect(selected('io/poll.c')).toBe('');
    expect(selected('io/other.c')).toBe('x86_64 alpha');
  });

  test('are those that a make file has another include, and rank with it', () => {
    expect(selected('io/act.c')).toBe('x86_64 alpha');
    expect(files.rank('io/act.c', 'alpha')).toBe(files.rank(`${linux}/act.c`, 'alpha'));
    expect(files.rank('io/act.c', 'alpha')).toBeGreaterThan(files.rank('io/other.c', 'alpha'));
  });

  test('are those that a searched one includes from elsewhere, and rank with it', () => {
    expect(selected(`${linux}/i486/wait.S`)).toBe('x86_64');
    expect(selected(`${linux}/i486/other.S`)).toBe('');
    expect(files.rank(`${linux}/i486/wait.S`, 'x86_64')).toBe(files.rank(`${linux}/x86_64/wait.S`, 'x86_64'));
  });

  test('may have from the kernel what a header that is not searched defines', () => {
    const taken = ['x86_64', 'alpha'].map((t) => files.hasFromOutside?.(`${linux}/bits/ioctls.h`, t as 'alpha'));
    expect(taken).toEqual([false, true]);
    expect(files.hasFromOutside?.('sysdeps/generic/bits/b.h', 'x86_64')).toBe(false);
  });

  test('are the make files of all these folders', () => {
    expect(selected(`${linux}/Makefile`)).toBe('x86_64 alpha');
    expect(selected('sysdeps/unix/Makefile')).toBe('x86_64 alpha');
    expect(selected('sysdeps/posix/Makefile')).toBe('');
  });

  test('a line of syscalls.list is built where no source stands before it and the call has a number', () => {
    const list = `${linux}/syscalls.list`;
    const made = (source: string) => ['x86_64', 'alpha'].filter((t) => files.makes?.(list, source, t)).join(' ');
    expect(made('wait4')).toBe('x86_64');
    expect(made('chmod')).toBe('x86_64 alpha');
    expect(made('ioperm')).toBe('x86_64');
    expect(made('gone')).toBe('');
    expect(selected(`${linux}/wait4.c`)).toBe('');
    expect(selected('io/chmod.c')).toBe('');
  });

  test('rank as they are searched', () => {
    const ranks = [
      'sysdeps/generic/n.h',
      'io/other.c',
      'sysdeps/unix/n.h',
      `${linux}/poll.c`,
      `${linux}/alpha/wait4.c`,
    ];
    expect(ranks.map((p) => files.rank(p, 'alpha'))).toEqual(
      [...ranks.map((p) => files.rank(p, 'alpha'))].sort((a, b) => a - b),
    );
  });

  test('are guessed by their paths where the tree has no Implies', () => {
    expect(glibc.planned?.read(inMemory({ 'sysdeps/alpha/a.c': '' }), ['alpha'])).toBeUndefined();
  });
});
