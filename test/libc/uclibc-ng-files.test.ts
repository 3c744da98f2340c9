/** What uClibc-ng's make files list, and which folder wins, on a small tree and on the released one. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FileSelection, TreeView } from '../../src/libc/types.js';
import { uclibcNg } from '../../src/libc/uclibc-ng.js';

const root = join(import.meta.dirname, '../..');
const nptl = 'libpthread/nptl';
const linux = `${nptl}/sysdeps/unix/sysv/linux`;

function inMemory(files: Readonly<Record<string, string>>): TreeView {
  const paths = Object.keys(files);
  return {
    texts: new Map(Object.entries(files).filter(([path]) => /\.[chS]$/.test(path))),
    isFolder: (path) => paths.some((p) => p.startsWith(`${path}/`)),
    text: (path) => files[path],
  };
}

function selection(tree: TreeView, targets: readonly string[]): FileSelection {
  const plan = uclibcNg.planned?.read(tree, targets);
  if (!plan || !uclibcNg.planned) throw new Error('no plan');
  return uclibcNg.planned.files(plan);
}

const FILES: Readonly<Record<string, string>> = {
  'extra/Configs/Config.in':
    'config TARGET_SUBARCH\n\tstring\n\tdefault "i586" if CONFIG_586\n\tdefault "i686" if CONFIG_686\n\tdefault ""\n\nsource "x"\n',
  'extra/Configs/Config.i386': 'choice\n\tprompt "Family"\n\tdefault CONFIG_686\n\nconfig CONFIG_586\n\tbool "586"\n',
  [`${linux}/Makefile.commonarch`]:
    'libpthread_linux_CSRC := # pt-open.c\nlibpthread_linux_CSRC += sem_wait.c sem_post.c \\\n\traise.c\nlibc_linux_CSRC += getpid.c\nlibrt_linux_CSRC += mq_notify.c\nCFLAGS-accept.c = -fexceptions\n',
  [`${linux}/i386/Makefile.arch`]: 'libpthread_linux_arch_SSRC = pthread_once.S\nlibc_linux_arch_CSRC = fork.c\n',
  [`${linux}/accept.c`]: '',
  [`${linux}/pt-open.c`]: '',
  [`${linux}/sem_wait.c`]: '',
  [`${linux}/sem_post.c`]: '#include "../../../pthread/post-common.c"\n',
  [`${linux}/getpid.c`]: '',
  [`${linux}/mq_notify.c`]: '',
  [`${linux}/fork.c`]: '',
  [`${linux}/i386/fork.c`]: '#include "../fork.c"\n',
  [`${linux}/i386/unlisted.c`]: '',
  [`${linux}/i386/pthread_once.S`]: '',
  [`${linux}/i386/i486/sem_wait.S`]: '',
  [`${linux}/i386/i586/sem_wait.S`]: '#include "../i486/sem_wait.S"\n',
  [`${linux}/i386/i686/sem_wait.S`]: '#include "../i486/sem_wait.S"\n',
  [`${nptl}/sysdeps/pthread/Makefile.in`]: 'libpthread_pthread_CSRC = pthread_once.c pthread_cond_wait.c\n',
  [`${nptl}/sysdeps/pthread/pthread_once.c`]: '',
  [`${nptl}/sysdeps/pthread/pthread_cond_wait.c`]: '',
  [`${nptl}/sysdeps/pthread/post-common.c`]: '',
  [`${nptl}/sysdeps/pthread/timer.c`]: '',
  [`${nptl}/pthread_join.c`]: '',
  'libc/sysdeps/linux/i386/Makefile.arch': 'CSRC-y := brk.c\nSSRC-$(UCLIBC_HAS_X) += vfork.S\nCSRC- += left-out.c\n',
  'libc/sysdeps/linux/i386/brk.c': '',
  'libc/sysdeps/linux/i386/left-out.c': '',
  'libc/sysdeps/linux/i386/vfork.S': '',
  'libc/sysdeps/linux/i386/crt1.S': '',
  'libc/sysdeps/linux/common/brk.c': '',
  'libc/sysdeps/linux/common/vfork.c': '',
  'libc/sysdeps/linux/common/fork.c': '',
  'libc/sysdeps/linux/common/getpid.c': '',
  'libc/sysdeps/linux/common/accept.c': '',
  'librt/mq_notify.c': '',
  'librt/mq_open.c': '',
};

test('a source is compiled where its name is listed, once, and with what it includes', () => {
  const files = selection(inMemory(FILES), ['i386']);
  const left = Object.keys(FILES).filter((path) => /\.[cS]$/.test(path) && !files.selects(path, 'i386'));
  expect(left.sort()).toEqual(
    [
      'libc/sysdeps/linux/common/brk.c',
      'libc/sysdeps/linux/common/fork.c',
      'libc/sysdeps/linux/common/getpid.c',
      'libc/sysdeps/linux/common/vfork.c',
      'libc/sysdeps/linux/i386/left-out.c',
      `${nptl}/sysdeps/pthread/pthread_once.c`,
      `${nptl}/sysdeps/pthread/timer.c`,
      `${linux}/accept.c`,
      `${linux}/i386/i586/sem_wait.S`,
      `${linux}/i386/unlisted.c`,
      `${linux}/pt-open.c`,
      `${linux}/sem_wait.c`,
      'librt/mq_notify.c',
    ].sort(),
  );
});

test('of two definitions the folder that is searched first counts', () => {
  const files = selection(inMemory(FILES), ['i386']);
  const rank = (path: string): number => files.rank(path, 'i386');
  expect(rank(`${linux}/timer_delete.c`)).toBeGreaterThan(rank(`${nptl}/sysdeps/pthread/timer_delete.c`));
  expect(rank('libc/sysdeps/linux/common/accept.c')).toBeGreaterThan(rank('libc/inet/socketcalls.c'));
});

test('a tree without NPTL has no plan', () => {
  expect(uclibcNg.planned?.read(inMemory({ 'libc/inet/a.c': '' }), ['i386'])).toBeUndefined();
});

const tree = join(root, 'trees/uclibc-ng-1.0.35');
(existsSync(tree) ? test : test.skip)('in 1.0.35 the socket calls are those of libc/inet', () => {
  const names = readdirSync(tree, { recursive: true, encoding: 'utf8' }).filter((path) => /\.[chS]$/.test(path));
  const text = (path: string): string | undefined =>
    existsSync(join(tree, path)) ? readFileSync(join(tree, path), 'latin1') : undefined;
  const view: TreeView = {
    texts: new Map(names.map((path) => [path, text(path) ?? ''])),
    isFolder: (path) => statSync(join(tree, path), { throwIfNoEntry: false })?.isDirectory() === true,
    text,
  };
  const files = selection(view, ['i386', 'x86_64']);
  for (const name of ['accept', 'connect', 'creat', 'msync', 'nanosleep', 'recv', 'sendto'])
    expect([name, files.selects(`${linux}/${name}.c`, 'x86_64')]).toEqual([name, false]);
  expect(files.selects(`${linux}/i386/i686/pthread_cond_wait.S`, 'i386')).toBe(true);
  expect(files.selects(`${nptl}/sysdeps/pthread/pthread_cond_wait.c`, 'i386')).toBe(false);
  expect(files.selects(`${nptl}/sysdeps/pthread/pthread_cond_wait.c`, 'x86_64')).toBe(true);
});
