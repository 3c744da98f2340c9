/**
 * musl. Cancellable calls go through `__syscall_cp`, which enters a labelled window in assembly; the handler compares
 * the interrupted PC with the labels and redirects it (src/thread/pthread_cancel.c, src/thread/ARCH/syscall_cp.s).
 */
import { isForExactTarget, namesTarget } from './architectures.js';
import { NEVER, POSIX_BALANCE, POSIX_ROLES } from './common.js';
import type { Libc } from './types.js';

export const musl: Libc = {
  name: 'musl',
  title: 'musl',
  signs: [
    [
      { file: 'src/internal/syscall.h' },
      { file: 'src/thread/pthread_create.c' },
      { file: 'arch/generic/bits/fcntl.h' },
    ],
    // Before 2012 there was no arch/generic.
    [{ file: 'src/internal/libc.h' }, { file: 'src/thread/pthread_create.c' }, { file: 'include/pthread.h' }],
  ],
  hasCancellation: true,
  roles: [
    {
      names: ['syscall_cp'],
      is: { role: 'syscall', cancellable: true, number: 0, args: 1, returns: 'errno' },
      why: 'src/internal/syscall.h: the marked wrapper, with errno',
    },
    {
      names: ['__syscall_cp[0-6]?'],
      is: { role: 'syscall', cancellable: true, number: 0, args: 1, returns: 'kernel' },
      why: 'src/internal/syscall.h: the marked wrapper by number of arguments; `(__syscall_cp)` is the function behind it',
    },
    {
      names: ['socketcall_cp'],
      is: { role: 'syscall', cancellable: true, number: 0, prefix: 'SYS_', args: 1, returns: 'errno' },
      why: 'src/internal/syscall.h: socket calls, by socketcall(2) or directly',
    },
    {
      names: ['__socketcall_cp'],
      is: { role: 'syscall', cancellable: true, number: 0, prefix: 'SYS_', args: 1, returns: 'kernel' },
      why: 'src/internal/syscall.h: socket calls, by socketcall(2) or directly',
    },
    {
      names: ['__alt_socketcall'],
      is: { role: 'syscall', cancellable: true, number: 0, args: 3, returns: 'kernel', cancellableWhen: 2 },
      why: 'src/internal/syscall.h: the third argument says whether the call is cancellable',
    },
    {
      names: ['syscall'],
      is: { role: 'syscall', cancellable: false, number: 0, args: 1, returns: 'errno' },
      why: 'src/internal/syscall.h: raw call with errno, never a cancellation point',
    },
    {
      names: ['syscall[0-6]'],
      is: { role: 'syscall', cancellable: false, number: 0, args: 1, returns: 'errno' },
      why: 'src/internal/syscall.h of 2011: raw call with errno, by number of arguments',
    },
    {
      names: ['__syscall[0-6]?'],
      is: { role: 'syscall', cancellable: false, number: 0, args: 1, returns: 'kernel' },
      why: 'arch/ARCH/syscall_arch.h: raw call',
    },
    {
      names: ['socketcall'],
      is: { role: 'syscall', cancellable: false, number: 0, prefix: 'SYS_', args: 1, returns: 'errno' },
      why: 'src/internal/syscall.h: raw socket call',
    },
    {
      names: ['__socketcall'],
      is: { role: 'syscall', cancellable: false, number: 0, prefix: 'SYS_', args: 1, returns: 'kernel' },
      why: 'src/internal/syscall.h: raw socket call',
    },
    {
      names: ['__syscall_cp_asm'],
      is: { role: 'window-call', flag: 0, number: 1 },
      why: 'src/thread/pthread_cancel.c: C side of the window',
    },
    {
      names: ['CANCELPT_BEGIN'],
      is: { role: 'async-enable' },
      why: 'src/internal/libc.h of spring 2011: from here the handler may act at any instruction',
    },
    {
      names: ['CANCELPT_END'],
      is: { role: 'async-restore' },
      why: 'src/internal/libc.h of spring 2011: ends the region that CANCELPT_BEGIN opened',
    },
    {
      names: ['__cancel', '__cp_cancel'],
      is: { role: 'act', mayReturn: true },
      why: 'src/thread/pthread_cancel.c: unwinds, or returns -ECANCELED while cancellation is masked',
    },
    {
      names: ['docancel'],
      is: { role: 'act', mayReturn: false },
      why: 'src/thread/pthread_create.c of 2011: acts on the request',
    },
    {
      names: ['__testcancel', '__pthread_testcancel', 'testcancel'],
      is: { role: 'test-cancel' },
      why: 'internal names of pthread_testcancel',
    },
    {
      names: ['__syscall_ret'],
      is: { role: 'passes', argument: 0 },
      why: 'src/internal/syscall_ret.c: -errno to -1 and errno',
    },
    {
      names: ['a_crash', '__unmapself'],
      is: { role: 'noreturn' },
      why: 'arch/ARCH/atomic_arch.h, src/thread/__unmapself.c',
    },
    ...POSIX_ROLES,
  ],
  flags: [{ member: 'cancel', bits: [], why: 'struct pthread: an int that pthread_cancel sets to 1' }],
  windows: [
    {
      start: '__cp_begin',
      end: '__cp_end',
      cancel: '__cp_cancel',
      routine: '__syscall_cp_asm',
      flag: {
        width: 4,
        isWhole: true,
        clear: [0, 0],
        set: [1, 1],
        why: 'src/thread/pthread_cancel.c: an int that pthread_cancel sets to 1',
      },
      descriptors: { macro: 'DL_FDPIC', why: 'src/internal/dynlink.h, arch/sh/reloc.h: the FDPIC variants of an ABI' },
      saved: {
        stackPointer: { word: 0, member: 'cp_sp' },
        pc: { word: 1, member: 'cp_ip' },
        flagWord: 2,
        why: 'src/thread/cancel_impl.c of April 2011 to May 2012: `sp == self->cp_sp && ip <= self->cp_ip`, both 0 before',
      },
      handler: {
        signal: 33,
        self: [0],
        why: 'src/internal/pthread_impl.h: SIGCANCEL; struct pthread begins with self',
      },
      why: 'src/thread/pthread_cancel.c: the handler compares `pc >= __cp_begin && pc < __cp_end`',
    },
  ],
  asksState: [
    {
      names: ['canceldisable', 'PTHREAD_CANCEL_DISABLE', 'PTHREAD_CANCEL_MASKED'],
      is: 'asks',
      why: 'struct pthread: 0 is enabled, 1 disabled, 2 masked',
    },
  ],
  cancelSignals: ['SIGCANCEL'],
  ownSignals: [
    {
      names: ['SIGSYNCCALL', 'SIGSYSCALL', 'SIGTIMER'],
      is: 'signal',
      why: 'src/internal/pthread_impl.h: 32 to 34; SIGSYNCCALL was SIGSYSCALL in spring 2011',
    },
    {
      names: ['SIGPT_SET', 'SIGALL_SET'],
      is: 'set',
      why: 'src/internal/pthread_impl.h: SIGCANCEL and SIGSYNCCALL; every signal',
    },
    { names: ['sem_post', '__wake'], is: 'wakes', why: 'src/thread/synccall.c, src/internal/pthread_impl.h' },
    { names: ['start'], is: 'starts', why: 'src/thread/pthread_create.c' },
  ],
  balance: {
    ...POSIX_BALANCE,
    constants: [
      ...POSIX_BALANCE.constants,
      { name: 'PTHREAD_CANCEL_MASKED', kind: 'state', value: 2n, means: 'masked' },
    ],
    words: [
      { member: 'canceldisable', kind: 'state', why: 'struct pthread: 0 is enabled, 1 disabled, 2 masked' },
      { member: 'cancelasync', kind: 'type', why: 'struct pthread: 0 is deferred, 1 asynchronous' },
    ],
    self: [...POSIX_BALANCE.self, '__pthread_self'],
    runs: [
      {
        names: ['__clone'],
        function: 0,
        threads: ['CLONE_THREAD'],
        why: 'src/thread/ARCH/clone.s: runs the function on the new stack; without CLONE_THREAD in a child',
      },
    ],
    waitsWithHandler: [
      {
        name: '__timedwait',
        arguments: 7,
        handler: 4,
        argument: 5,
        why: 'src/thread/__timedwait.c from 2011 to 2015: waits with the handler pushed and pops it without running it',
      },
    ],
    pairs: [
      ...POSIX_BALANCE.pairs,
      { begin: ['a_inc'], end: ['a_dec'], why: 'src/internal/atomic.h: counts of waiters' },
      { begin: ['__lock', 'LOCK'], end: ['__unlock', 'UNLOCK'], why: 'src/internal/lock.h' },
    ],
  },
  exit: {
    runs: ['__pthread_unwind_next', '__pthread_do_unwind'],
    handlers: ['cancelbuf'],
    marks: [],
    state: ['canceldisable'],
    type: ['cancelasync'],
    why: 'src/thread/pthread_create.c: __pthread_exit calls the handlers from the list; in 2011 these two did',
  },
  startUp: {
    entries: ['_start_c', '_dlstart_c', '__dls2', '__dls2b', '__dls3', '__libc_start_main'],
    ends: [
      'main',
      'libc_start_main_stage2',
      '__libc_start_init',
      'do_init_fini',
      '_init',
      'pthread_create',
      'thrd_create',
    ],
    why: 'crt/crt1.c, ldso/dlstart.c, ldso/dynlink.c, src/env/__libc_start_main.c: from the first instruction to the constructors',
  },
  // No test of libc.threaded, libc.need_locks or libc.threads_minus_1 says that no request is pending: pthread_cancel of
  // the caller itself sets the flag and leaves them as they are, and they fall again when other threads have ended.
  hidden: {
    words: ['hidden'],
    why: 'src/include/features.h: visibility hidden, in the headers that the library alone includes',
  },
  twins: [],
  topics: ['SIGCANCEL', '__timedwait', 'canceldisable', 'cancelasync', 'cancelpoint', 'cancelpt', 'sem_post', '__wake'],
  aliases: [
    { name: 'weak_alias', of: 0, alias: 1, weak: true },
    { name: 'strong_alias', of: 0, alias: 1, weak: false },
    { name: 'LFS64', of: 0, alias: 0, weak: true },
  ],
  numberPrefixes: ['SYS_', '__NR_'],
  included: [],
  defines: {},
  files: {
    never: [...NEVER, { pattern: 'tools/**', why: 'programs of the build' }],
    selects: isForExactTarget,
    homes: (target) => [`arch/${target}`],
    replaces: (path, target) => {
      // Makefile: src/x/ARCH/f.c, .s or .S is built instead of src/x/f.c.
      const parts = path.split('/');
      const folder = parts[parts.length - 2];
      if (folder !== target || !/^(src|crt|ldso)$/.test(parts[0] ?? '')) return [];
      const base = (parts[parts.length - 1] ?? '').replace(/\.[csS]$/, '');
      return [[...parts.slice(0, -2), `${base}.c`].join('/')];
    },
    rank: (path, target) =>
      path.startsWith('arch/')
        ? namesTarget(path, target)
          ? 4
          : 3
        : path.startsWith('src/internal/')
          ? 2
          : path.startsWith('src/')
            ? 1
            : 0,
  },
};
