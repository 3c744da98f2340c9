/**
 * newlib. Threads and system calls belong to the system that it is built for: its own `read` calls `_read`, which the tree
 * does not hold (libc/reent, libc/syscalls). What it decides about cancellation is stdio, which disables it while a stream
 * is locked (libc/stdio/local.h), and nftw. Cygwin's threads (winsup) are C++, which the tool does not read.
 */
import { isForTarget } from './architectures.js';
import { NEVER, POSIX_BALANCE, POSIX_ROLES } from './common.js';
import { architecture } from './targets.js';
import type { Target } from '../ir/types.js';
import type { Libc } from './types.js';

const MACHINE = 'newlib/libc/machine/';

/** What the system below provides (libc/include/_syslist.h, libc/reent), and what libc/posix asks of it besides. */
const SYSTEM = [
  ...'_close _execve _fcntl _fork _fstat _getpid _gettimeofday _isatty _kill _link _lseek _mkdir _open _read'.split(
    ' ',
  ),
  ...'_sbrk _stat _times _unlink _wait _write _open64 _lseek64 _fstat64 _stat64'.split(' '),
  ...'nanosleep clock_nanosleep select poll pause sigsuspend waitpid'.split(' '),
];

/** configure.host takes one folder of libc/machine; shared_x86 holds what the two of x86 include. */
function isOwnMachine(path: string, target: Target): boolean {
  const [folder = ''] = path.slice(MACHINE.length).split('/');
  return folder.startsWith('shared_') || architecture(target)?.folders.includes(folder) === true;
}

export const newlib: Libc = {
  name: 'newlib',
  title: 'newlib',
  signs: [
    [{ file: 'newlib/libc/include/newlib.h' }],
    [{ file: 'newlib/libc/include/_newlib_version.h' }],
    [{ file: 'newlib/libc/stdio/local.h', contains: '_newlib_flockfile_start' }],
    [{ file: 'newlib/libc/include/stdio.h', contains: '_reent' }],
  ],
  hasCancellation: true,
  roles: POSIX_ROLES,
  flags: [],
  windows: [],
  balance: {
    ...POSIX_BALANCE,
    pairs: [
      ...POSIX_BALANCE.pairs,
      { begin: ['_flockfile'], end: ['_funlockfile'], why: 'libc/include/sys/stdio.h' },
      { begin: ['__sfp_lock_acquire'], end: ['__sfp_lock_release'], why: 'libc/stdio/findfp.c' },
    ],
  },
  twins: [],
  topics: ['_STDIO_WITH_THREAD_CANCELLATION_SUPPORT'],
  system: SYSTEM,
  aliases: [],
  numberPrefixes: [],
  included: [],
  defines: {
    // A build with threads in the system: without them nobody can cancel (libc/stdio/local.h).
    __SINGLE_THREAD__: null,
    _POSIX_THREADS: '1',
    __rtems__: null,
    // The unlocked variants are other compilations of the same sources (libc/stdio/fputc_u.c).
    __IMPL_UNLOCKED__: null,
    // The system's calls have an underscore in front (libc/include/_syslist.h), and are not reentrant themselves (libc/reent).
    MISSING_SYSCALL_NAMES: null,
    REENTRANT_SYSCALLS_PROVIDED: null,
    _REENT_ONLY: null,
    __CYGWIN__: null,
    // GCC, config/linux.h: what makes `system` run a shell (libc/stdlib/system.c).
    unix: '1',
    NO_EXEC: null,
    HAVE_SYSTEM: null,
  },
  files: {
    never: [
      ...NEVER,
      { pattern: '{libgloss,winsup,etc,config,include}/**', why: 'the systems below, Cygwin, and what builds them' },
      {
        pattern: 'newlib/libc/sys/**',
        why: 'the systems below; sys/linux with its LinuxThreads went when i?86-pc-linux-gnu was given up (NEWS of 4.3.0)',
      },
      {
        pattern: 'newlib/libc/{stdlib,stdio}/nano-*',
        why: 'small variants, which configure takes on request only (--enable-newlib-nano-malloc, -nano-formatted-io)',
      },
      {
        pattern: 'newlib/libc/posix/{namespace,un-namespace}.h',
        why: 'gives calls the names of FreeBSD, in the sources that stand between the two',
      },
    ],
    selects: (path, target) => (path.startsWith(MACHINE) ? isOwnMachine(path, target) : isForTarget(path, target)),
    replaces: () => [],
    rank: (path) => (path.startsWith(MACHINE) ? 2 : 1),
  },
};
