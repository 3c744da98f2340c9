/** uClibc-ng. Cancellable calls are made by a generator macro that switches to asynchronous cancelability (include/cancel.h). */
import { isForTarget, namesTarget } from './architectures.js';
import { NEVER, POSIX_ROLES } from './common.js';
import { CANCELHANDLING, CANCELSTATE, NPTL_BALANCE, NPTL_EXIT, NPTL_ROLES, NPTL_SIGNALS } from './glibc.js';
import { architecture } from './targets.js';
import type { Libc } from './types.js';
import { filesOf, planOf } from './uclibc-ng-files.js';

export const uclibcNg: Libc = {
  name: 'uclibc-ng',
  title: 'uClibc-ng',
  signs: [
    [{ file: 'Rules.mak', contains: 'uClibc' }, { file: 'libc/sysdeps/linux/common/bits/uClibc_config.h' }],
    [{ file: 'Rules.mak', contains: 'uClibc' }, { file: 'libc/Makefile.in' }],
  ],
  hasCancellation: true,
  roles: [
    {
      names: ['CANCELLABLE_SYSCALL'],
      is: { role: 'generator', name: 1, cancellable: true },
      why: 'include/cancel.h: defines the public function around its non-cancelling twin',
    },
    {
      names: ['_syscall[0-6]'],
      is: { role: 'generator', name: 1, cancellable: false },
      why: 'bits/syscalls-common.h: defines a function that makes the raw call',
    },
    {
      names: ['__syscall_error'],
      is: { role: 'passes', argument: 0 },
      why: 'libc/sysdeps/linux/common: -errno to -1 and errno',
    },
    {
      names: ['_+pthread_cleanup_push_defer'],
      is: { role: 'cleanup-push', handler: 1, argument: 2 },
      why: 'bits/uClibc_mutex.h, libpthread/nptl/cleanup_defer_compat.c: every lock of the library pushes its unlock',
    },
    {
      names: ['_+pthread_cleanup_pop_restore'],
      is: { role: 'cleanup-pop', execute: 1 },
      why: 'bits/uClibc_mutex.h, libpthread/nptl/cleanup_defer_compat.c',
    },
    ...NPTL_ROLES.filter((one) => one.is.role !== 'passes' || !one.names.some((n) => n.endsWith('pop_restore'))),
    ...POSIX_ROLES,
  ],
  flags: [CANCELHANDLING],
  windows: [],
  asksState: [CANCELSTATE],
  cancelSignals: ['SIGCANCEL'],
  ownSignals: NPTL_SIGNALS,
  balance: NPTL_BALANCE,
  exit: NPTL_EXIT,
  twins: [{ pattern: '^__([a-z0-9_]+)_nocancel$', why: 'include/cancel.h: __NC (name)' }],
  topics: ['SIGCANCEL', 'sigcancel_handler', 'CANCELABLE_SYSCALL', '__NC'],
  // A thread that cancels itself leaves them as they are (libpthread/nptl/pthread_cancel.c): a request may be pending.
  singleThread: ['SINGLE_THREAD_P', 'RTLD_SINGLE_THREAD_P'],
  startUp: {
    entries: ['__uClibc_main', '__uClibc_init'],
    ends: ['main', '_dl_app_init_array', '_init', 'pthread_create', '__pthread_create_2_1'],
    why: 'libc/misc/internals/__uClibc_main.c: up to the constructors of the program; the dynamic linker makes its own calls',
  },
  hidden: {
    words: ['attribute_hidden', 'lib[a-z]+_hidden_(?:proto|def|weak)'],
    why: 'include/libc-symbols.h: for the library alone, or a second name for it',
  },
  aliases: [
    { name: 'weak_alias', of: 0, alias: 1, weak: true },
    { name: 'strong_alias', of: 0, alias: 1, weak: false },
    { name: 'lt_strong_alias', of: 0, alias: 0, weak: false },
  ],
  numberPrefixes: ['__NR_', 'SYS_'],
  // Rules.mak: every file is compiled with -include libc-symbols.h.
  included: ['include/libc-symbols.h'],
  defines: {
    // The thread library of today's default configuration (extra/Configs/Config.in): NPTL, not LinuxThreads.
    __UCLIBC_HAS_THREADS__: '1',
    __UCLIBC_HAS_THREADS_NATIVE__: '1',
    __UCLIBC_HAS_LINUXTHREADS__: null,
    __NEW_THREADS: '1',
    _LIBC: '1',
    'IS_IN(libc)': '1',
    IS_IN_libc: '1',
    IS_IN_libpthread: null,
    IS_IN_librt: null,
    NOT_IN_libc: null,
    // Linux 2.6.0, the oldest kernel with what NPTL asks of it (bits/kernel-features.h compares in decimal).
    LINUX_VERSION_CODE: '132608',
  },
  files: {
    never: [
      ...NEVER,
      { pattern: '{extra,utils}/**', why: 'programs of the build and the target' },
      { pattern: 'libpthread/linuxthreads/**', why: 'the thread library that is not the default' },
    ],
    selects: isForTarget,
    homes: (target) => (architecture(target)?.folders ?? []).map((folder) => `libc/sysdeps/linux/${folder}`),
    replaces: () => [],
    rank: (path, target) =>
      namesTarget(path, target) ? 4 : path.startsWith('libpthread/') ? 3 : path.startsWith('include/') ? 2 : 1,
  },
  planned: { read: planOf, files: (plan) => filesOf(plan, uclibcNg.files) },
};
