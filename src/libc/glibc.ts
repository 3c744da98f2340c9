/**
 * glibc. To 2.40 cancellable calls are bracketed by switching to asynchronous cancelability (BZ 12683); from 2.41 they
 * go through `__syscall_cancel_arch`, a labelled window in assembly, and the handler unwinds from inside it.
 */
import { isForTarget, namesTarget } from './architectures.js';
import { NEVER, POSIX_BALANCE, POSIX_ROLES } from './common.js';
import { filesOf, homesOf, planOf } from './sysdeps-files.js';
import type { Balance, Libc, Named, OwnSignal, Role, ThreadExit } from './types.js';

/** Also spoken by uClibc-ng, whose threads library came from glibc. */
export const NPTL_ROLES: readonly Named<Role>[] = [
  {
    names: ['LIBC_CANCEL_ASYNC', 'CANCEL_ASYNC', '__(pthread|libc|librt)_enable_asynccancel', 'CENABLE'],
    is: { role: 'async-enable' },
    why: 'sysdep-cancel.h, nptl/cancellation.c to 2.40: asynchronous cancelability on',
  },
  {
    names: ['LIBC_CANCEL_RESET', 'CANCEL_RESET', '__(pthread|libc|librt)_disable_asynccancel', 'CDISABLE'],
    is: { role: 'async-restore' },
    why: 'sysdep-cancel.h, nptl/cancellation.c to 2.40: back to the type before',
  },
  {
    names: ['INLINE_SYSCALL'],
    is: { role: 'syscall', cancellable: false, number: 0, prefix: '__NR_', args: 2, returns: 'errno' },
    why: 'sysdep.h: raw call, second argument is the number of arguments',
  },
  {
    names: ['INTERNAL_SYSCALL'],
    is: { role: 'syscall', cancellable: false, number: 0, prefix: '__NR_', args: 2, returns: 'kernel' },
    why: 'sysdep.h: raw call without errno',
  },
  {
    names: ['INTERNAL_SYSCALL_NCS'],
    is: { role: 'syscall', cancellable: false, number: 0, args: 2, returns: 'kernel' },
    why: 'sysdep.h: raw call whose number is computed',
  },
  {
    names: ['__do_cancel', '__syscall_do_cancel'],
    is: { role: 'act', mayReturn: false },
    why: 'nptl/pthreadP.h, nptl/cancellation.c: unwinds the thread',
  },
  {
    names: ['__pthread_testcancel', 'CANCELLATION_P'],
    is: { role: 'test-cancel' },
    why: 'internal name of pthread_testcancel; nptl/pthreadP.h: the same as a macro',
  },
  {
    names: ['cancel_enabled_and_canceled(_and_async)?', 'CANCEL_ENABLED_AND_CANCELED(_AND_ASYNCHRONOUS)?'],
    is: { role: 'request-test' },
    why: 'nptl/descr.h, nptl/pthreadP.h: a request is pending and may be acted upon',
  },
  {
    names: ['atomic_load_(relaxed|acquire|consume)', 'atomic_forced_read'],
    is: { role: 'access', of: 0 },
    why: 'include/atomic.h: a load of what the pointer points to',
  },
  { names: ['THREAD_GETMEM'], is: { role: 'access', of: 1 }, why: 'tls.h: a load of a member of the thread structure' },
  {
    names: [
      '__libc_fatal',
      '__libc_assert_fail',
      '__fortify_fail',
      '__exit_thread',
      '__stack_chk_fail',
      '__chk_fail',
      '__pthread_unwind',
      '__pthread_unwind_next',
      'futex_fatal_error',
      '__libc_unwind_link_get_fail',
    ],
    is: { role: 'noreturn' },
    why: 'declared with the noreturn attribute',
  },
  {
    names: ['__libc_cleanup_push', 'pthread_cleanup_combined_push'],
    is: { role: 'cleanup-push', handler: 0, argument: 1 },
    why: 'libc-lockP.h, nptl/pthreadP.h',
  },
  {
    names: ['__libc_cleanup_region_start', '__pthread_cleanup_push'],
    is: { role: 'cleanup-push', handler: 1, argument: 2 },
    why: 'libc-lock.h: the first argument says whether at all; nptl/cleanup_compat.c: it is the buffer',
  },
  {
    names: ['__libc_cleanup_pop', '__libc_cleanup_region_end', 'pthread_cleanup_combined_pop'],
    is: { role: 'cleanup-pop', execute: 0 },
    why: 'libc-lock.h, libc-lockP.h, nptl/pthreadP.h',
  },
  {
    names: ['_+pthread_cleanup_pop_restore'],
    is: { role: 'passes', argument: 1 },
    why: 'nptl/cleanup_defer_compat.c: acts only where the type was asynchronous in front of the push',
  },
  {
    names: ['__pthread_cleanup_pop'],
    is: { role: 'cleanup-pop', execute: 1 },
    why: 'nptl/cleanup_compat.c: the first argument is the buffer',
  },
];

/** Also spoken by uClibc-ng. */
export const NPTL_BALANCE: Balance = {
  ...POSIX_BALANCE,
  self: [...POSIX_BALANCE.self, 'THREAD_SELF'],
  forks: [...POSIX_BALANCE.forks, '__fork', '__libc_fork', '__vfork', 'arch_fork', 'ARCH_FORK'],
  pairs: [
    ...POSIX_BALANCE.pairs,
    {
      begin: ['__pthread_mutex_lock', '__libc_lock_lock', '__libc_lock_lock_recursive', 'lll_lock', '_IO_lock_lock'],
      end: [
        '__pthread_mutex_unlock',
        '__libc_lock_unlock',
        '__libc_lock_unlock_recursive',
        'lll_unlock',
        '_IO_lock_unlock',
      ],
      why: 'libc-lockP.h, lowlevellock.h, stdio-lock.h: the internal locks',
    },
    { begin: ['_IO_flockfile'], end: ['_IO_funlockfile'], why: 'libio/libio.h: the lock of a stream' },
    {
      begin: ['__rtld_lock_lock_recursive'],
      end: ['__rtld_lock_unlock_recursive'],
      why: 'libc-lockP.h: the locks of the dynamic linker',
    },
  ],
};

/** Also spoken by uClibc-ng. */
export const NPTL_EXIT: ThreadExit = {
  runs: ['__pthread_unwind'],
  handlers: [],
  marks: [
    'EXITING_BITMASK',
    'EXITING_BIT',
    'TERMINATED_BITMASK',
    'TERMINATED_BIT',
    'cancel_exiting',
    'cancel_enabled_and_canceled',
    'cancel_enabled_and_canceled_and_async',
    'CANCEL_ENABLED_AND_CANCELED',
    'CANCEL_ENABLED_AND_CANCELED_AND_ASYNCHRONOUS',
  ],
  state: ['CANCELSTATE_BITMASK', 'CANCELSTATE_BIT', 'cancelstate', 'cancel_enabled'],
  type: ['CANCELTYPE_BITMASK', 'CANCELTYPE_BIT', 'canceltype', 'cancel_async_enabled'],
  why: 'nptl/descr.h: bits of cancelhandling, and what asks for them; in 2.34 and 2.35 state and type are members; pthreadP.h: __do_cancel unwinds',
};

const ROLES: readonly Named<Role>[] = [
  {
    names: ['SYSCALL_CANCEL'],
    is: { role: 'syscall', cancellable: true, number: 0, prefix: '__NR_', args: 1, returns: 'errno' },
    why: 'sysdeps/unix/sysdep.h: the marked wrapper, with errno',
  },
  {
    names: ['INTERNAL_SYSCALL_CANCEL'],
    is: { role: 'syscall', cancellable: true, number: 0, prefix: '__NR_', args: 1, returns: 'kernel' },
    why: 'sysdeps/unix/sysdep.h: the marked wrapper',
  },
  {
    names: ['SOCKETCALL_CANCEL'],
    is: { role: 'syscall', cancellable: true, number: 0, prefix: '__NR_', args: 1, returns: 'errno' },
    why: 'sysdeps/unix/sysv/linux/socketcall.h',
  },
  {
    names: ['__syscall_cancel'],
    is: { role: 'syscall', cancellable: true, number: 6, args: 0, returns: 'errno' },
    why: 'nptl/cancellation.c from 2.41: the function behind SYSCALL_CANCEL; the number comes last',
  },
  {
    names: ['__internal_syscall_cancel'],
    is: { role: 'syscall', cancellable: true, number: 6, args: 0, returns: 'kernel' },
    why: 'nptl/cancellation.c from 2.41: the function behind INTERNAL_SYSCALL_CANCEL; the number comes last',
  },
  {
    names: ['INLINE_SYSCALL_CALL'],
    is: { role: 'syscall', cancellable: false, number: 0, prefix: '__NR_', args: 1, returns: 'errno' },
    why: 'sysdeps/unix/sysdep.h: raw call',
  },
  {
    names: ['INTERNAL_SYSCALL_CALL'],
    is: { role: 'syscall', cancellable: false, number: 0, prefix: '__NR_', args: 1, returns: 'kernel' },
    why: 'sysdeps/unix/sysdep.h: raw call',
  },
  {
    names: ['INTERNAL_SYSCALL_NCS_CALL'],
    is: { role: 'syscall', cancellable: false, number: 0, args: 1, returns: 'kernel' },
    why: 'sysdeps/unix/sysdep.h: raw call whose number is computed',
  },
  {
    names: ['SOCKETCALL', 'INTERNAL_SOCKETCALL'],
    is: { role: 'syscall', cancellable: false, number: 0, prefix: '__NR_', args: 1, returns: 'errno' },
    why: 'sysdeps/unix/sysv/linux/socketcall.h',
  },
  {
    names: ['__syscall_cancel_arch'],
    is: { role: 'window-call', flag: 0, number: 1 },
    why: 'nptl/cancellation.c from 2.41',
  },
  {
    names: ['FCNTL_ADJUST_CMD'],
    is: { role: 'passes', argument: 0 },
    why: 'sysdeps/unix/sysv/linux/fcntl.c: the command itself, but where 32-bit and 64-bit locks have other numbers',
  },
  {
    names: ['CHECK_SIGSET', 'CHECK_SIGSET_NULL_OK', '__ptrvalue'],
    is: { role: 'passes', argument: 0 },
    why: 'sysdeps/generic/bp-checks.h to 2.17: the pointer, checked where a build has bounded ones',
  },
  ...NPTL_ROLES,
  ...POSIX_ROLES,
  {
    names: ['__libc_ptf_call', '__libc_ptf_call_always', '__libc_maybe_call'],
    is: { role: 'applies', function: 0, arguments: 1 },
    why: 'libc-lockP.h to 2.33: calls a function of libpthread where the program has it; without threads nobody cancels',
  },
];

export const CANCELHANDLING = {
  member: 'cancelhandling',
  bits: ['CANCELED_BITMASK', 'CANCELED_BIT', 'CANCELING_BITMASK', 'CANCELING_BIT', 'TCB_CANCELED_BITMASK'],
  mode: {
    bits: ['CANCELTYPE_BITMASK', 'CANCELTYPE_BIT', 'TCB_CANCELTYPE_BITMASK'],
    updates: [
      'THREAD_ATOMIC_(AND|CMPXCHG_VAL)',
      'atomic_(and|exchange|compare_exchange|compare_and_exchange|fetch_and)(_[a-z]+)*',
    ],
    why: 'nptl/descr.h: the cancel type lies next to the request, except in 2.34 and 2.35; tls.h and include/atomic.h: what changes it',
  },
  why: 'nptl/descr.h: one word for state, type, request and exit; only these bits are a request',
} as const;

export const CANCELSTATE: Named<'asks'> = {
  names: ['CANCELSTATE_BITMASK', 'CANCELSTATE_BIT', 'cancel_enabled'],
  is: 'asks',
  why: 'nptl/descr.h: the bit of cancelhandling that is set while cancellation is disabled, and the function that looks at it',
};

/** Also spoken by uClibc-ng. */
export const NPTL_SIGNALS: readonly Named<OwnSignal>[] = [
  { names: ['SIGSETXID', 'SIGTIMER'], is: 'signal', why: 'nptl/pthreadP.h, internal-signals.h' },
  {
    names: ['SIGALL_SET', 'sigall_set'],
    is: 'set',
    why: 'sysdeps/unix/sysv/linux/internal-signals.h: every signal',
  },
  {
    names: ['__sigfillset', 'internal_sigfillset'],
    is: 'fills',
    why: 'bits/sigset.h, sigsetops.h, internal-sigset.h: every bit, where sigfillset leaves out the own signals',
  },
  {
    names: ['clear_internal_signals', '__clear_internal_signals', '__nptl_clear_internal_signals'],
    is: 'removes',
    why: 'sysdeps/unix/sysv/linux/internal-signals.h from 2.27',
  },
  {
    names: ['is_internal_signal', '__is_internal_signal', '__nptl_is_internal_signal'],
    is: 'asks',
    why: 'sysdeps/unix/sysv/linux/internal-signals.h from 2.27',
  },
  {
    names: ['futex_wake', 'lll_futex_wake', 'lll_private_futex_wake'],
    is: 'wakes',
    why: 'nptl/lowlevellock.h, futex-internal.h',
  },
  { names: ['start_thread'], is: 'starts', why: 'nptl/pthread_create.c' },
];

/** A version as the kernel's headers write it (LINUX_VERSION_CODE). */
const kernel = (major: number, minor: number): string => String((major << 16) | (minor << 8));

export const glibc: Libc = {
  name: 'glibc',
  title: 'GNU C Library',
  signs: [
    [
      { file: 'version.h', contains: 'VERSION' },
      { file: 'sysdeps/generic/sysdep.h' },
      { file: 'include/libc-symbols.h' },
    ],
  ],
  hasCancellation: true,
  roles: ROLES,
  flags: [CANCELHANDLING],
  windows: [
    {
      start: '__syscall_cancel_arch_start',
      end: '__syscall_cancel_arch_end',
      routine: '__syscall_cancel_arch',
      flag: {
        width: 4,
        isWhole: false,
        // CANCELED_BITMASK is bit 3; the cancel type (bit 1) and CANCELING_BITMASK (bit 2) alone are no request.
        clear: [0, 0x6],
        set: [0x8, 0xe],
        why: 'nptl/descr.h: cancelhandling holds state, type, request and exit',
      },
      handler: {
        signal: 32,
        self: [0, 2],
        why: 'sysdeps/unix/sysv/linux/internal-signals.h: SIGCANCEL; tcbhead_t (sysdeps/ARCH/nptl/tls.h) has tcb and self',
      },
      // sysdeps/nptl/descr-const.sym: the build takes it from nptl/descr.h.
      constants: { TCB_CANCELED_BITMASK: 0x8 },
      why: 'sysdeps/unix/sysv/linux/ARCH/syscall_cancel.S; cancellation-pc-check.h compares the interrupted PC with the labels',
    },
  ],
  asksState: [CANCELSTATE],
  cancelSignals: ['SIGCANCEL'],
  ownSignals: NPTL_SIGNALS,
  balance: NPTL_BALANCE,
  exit: NPTL_EXIT,
  twins: [
    { pattern: '^_*([a-z0-9_]+?)(?:64)?_nocancel$', why: 'not-cancel.h: the same call without a cancellation point' },
  ],
  topics: ['SIGCANCEL', 'sigcancel_handler', 'SINGLE_THREAD_P', 'cancellation_pc_check'],
  versionLists: { name: 'Versions', why: 'scripts/versions.awk: names by library and version, one folder each' },
  build: {
    rules: 'Makefile',
    folder: 'subdir',
    includes: [
      {
        line: '/Makeconfig$',
        files: '^Makeconfig$|(^|/)sysdeps/(.*/)?Makeconfig$',
        why: 'Makeconfig ends with the fragments of the sysdeps folders',
      },
      { line: '/Rules$', files: '(^|/)sysdeps/(.*/)?Makefile$', why: 'Rules, by way of Makerules' },
    ],
    lists: '(^|[-_])routines$|^aux$',
    sharedSources: '(^|/)sysdeps/',
    flags: ['CFLAGS-%.c', 'CFLAGS-%.o', 'CFLAGS-%.os'],
    allFlags: ['+cflags', 'default_cflags', 'sysdep-CFLAGS', 'CFLAGS', 'CFLAGS-.o', 'CFLAGS-.os'],
    // config.make.in: warnings and instruction sets; sysd-syscalls: what the lines of syscalls.list make.
    irrelevant: '^config-cflags-|^unix-(extra-)?syscalls$',
    tables: {
      atCalls: ['-fexceptions', '-funwind-tables', '-fasynchronous-unwind-tables'],
      anywhere: ['-fasynchronous-unwind-tables'],
      why: 'nptl/unwind.c: _Unwind_ForcedUnwind runs the handlers of the frames, and its stop function jumps to the end of the thread, or to the next old handler, at a frame without tables. GCC makes the tables by default on x86 (gcc/config/i386/i386-options.c), and not on arm, mips and sparc, where the fixes of 2019 to 2021 were found',
    },
    why: 'Makeconfig: CFLAGS-(name of the source) are added to the flags of each compilation in a folder; Makerules: the list variables',
  },
  members: {
    calls: [
      {
        names: ['JUMP[0-3]', 'WJUMP[0-3]'],
        member: 0,
        why: 'libio/libioP.h: calls a member of the table of operations that a stream has',
      },
    ],
    stores: [
      {
        name: 'JUMP_INIT',
        member: 0,
        of: 1,
        prefix: '__',
        why: 'libio/libioP.h: names the members in its first words',
      },
    ],
  },
  quietStreams: [
    {
      names: ['_*(IO_)?(new_)?fopen(64)?', '__fopen_internal', 'fdopen', '_IO_fdopen', '_IO_new_fdopen'],
      mode: 1,
      letter: 'c',
      why: 'manual/stdio.texi: "c" in the mode opens the stream with cancellation in its operations disabled',
    },
  ],
  singleThread: ['SINGLE_THREAD_P', 'RTLD_SINGLE_THREAD_P', 'SINGLE_THREAD_P_PIC'],
  aliases: [
    { name: 'weak_alias', of: 0, alias: 1, weak: true },
    { name: 'strong_alias', of: 0, alias: 1, weak: false },
    { name: 'versioned_symbol', of: 1, alias: 2, weak: false },
    { name: 'compat_symbol', of: 1, alias: 2, weak: false, compat: true },
    // sysdeps/generic/math_ldbl_opt.h: the same, where long double never changed.
    { name: 'ldbl_weak_alias', of: 0, alias: 1, weak: true },
    { name: 'ldbl_strong_alias', of: 0, alias: 1, weak: false },
    { name: 'libc_hidden_def', of: 0, alias: 0, weak: false },
  ],
  // include/libc-symbols.h
  chosen: [
    { name: 'libc_ifunc', symbol: 0, by: 1 },
    { name: 'libc_ifunc_redirected', symbol: 1, by: 2 },
    { name: 'libc_ifunc_hidden', symbol: 1, by: 2 },
    { name: 'libm_ifunc', symbol: 0, by: 1 },
    { name: 'libm_ifunc_redirected', symbol: 1, by: 2 },
  ],
  numberPrefixes: ['__NR_', 'SYS_'],
  // Makeconfig: every file is compiled with -include libc-symbols.h.
  included: ['include/libc-symbols.h'],
  defines: {
    // The library proper is what is linted, not the dynamic loader or the test programs (include/libc-symbols.h).
    _LIBC: '1',
    'IS_IN(libc)': '1',
    'IS_IN(rtld)': '0',
    'IS_IN(libpthread)': '0',
    'IS_IN(librt)': '0',
    'IS_IN(nscd)': '0',
    IS_IN_rtld: null,
    NOT_IN_libc: null,
    // Hurd's and LinuxThreads' builds are others.
    _HURD_: null,
    MODULE_NAME: 'libc',
    // --enable-kernel=3.2.0, the least that it takes since 2.26, and what distributions give.
    __LINUX_KERNEL_VERSION: kernel(3, 2),
    // configure's default: the cache of malloc for each thread.
    USE_TCACHE: '1',
    // Long double is wider than double on all that are linted.
    NO_LONG_DOUBLE: null,
    // Profiling builds put calls into every entry.
    PROF: null,
    // The shared library is position independent, and so is the static one of today's distributions.
    PIC: '1',
  },
  // arch_minimum_kernel of sysdeps/unix/sysv/linux/*/configure.ac, where it is more.
  definesFor: {
    aarch64: { __LINUX_KERNEL_VERSION: kernel(3, 7) },
    arc: { __LINUX_KERNEL_VERSION: kernel(5, 1) },
    csky: { __LINUX_KERNEL_VERSION: kernel(4, 20) },
    loongarch64: { __LINUX_KERNEL_VERSION: kernel(5, 19) },
    or1k: { __LINUX_KERNEL_VERSION: kernel(5, 4) },
    powerpc64: { __LINUX_KERNEL_VERSION: kernel(3, 10) },
    riscv32: { __LINUX_KERNEL_VERSION: kernel(5, 4) },
    riscv64: { __LINUX_KERNEL_VERSION: kernel(4, 15) },
    x32: { __LINUX_KERNEL_VERSION: kernel(3, 4) },
  },
  files: {
    never: [
      ...NEVER,
      {
        pattern: '{manual,localedata,po,conform,support,scripts,releng,advisories,ChangeLog.old}/**',
        why: 'documentation, data, test support',
      },
      { pattern: '{hurd,mach,htl}/**', why: 'the Hurd, another kernel' },
      { pattern: '{ports/,}sysdeps/{mach,htl,hurd}/**', why: 'the Hurd, another kernel' },
      {
        pattern: 'sysdeps/unix/syscall-template.S',
        why: 'compiled once a line of syscalls.list, with the macros that the line gives: it means nothing alone',
      },
      {
        pattern: 'malloc/{memusage,malloc-debug}.c',
        why: 'libraries that are loaded in front of this one and have malloc and mmap of their own',
      },
      {
        pattern: 'nscd/get*_r.c',
        why: 'the program nscd: the functions of the library once more, without asking nscd',
      },
      { pattern: '{locale/programs,timezone}/**', why: 'programs: localedef, locale, zic, zdump' },
      {
        pattern: '{catgets/gencat,debug/pcprofiledump,elf/sprof,elf/pldd,elf/pldd-xx,elf/ldconfig,iconv/iconv_prog}.c',
        why: 'programs',
      },
      {
        pattern: 'sysdeps/ieee754/ldbl-opt/nldbl-*',
        why: 'libnldbl_nonshared.a, the second names of functions for programs whose long double is a double',
      },
      { pattern: 'linuxthreads/**', why: 'the thread library before NPTL' },
    ],
    selects: (path, target) => {
      if (/(^|\/)(mach|hurd|htl)\//.test(path)) return false;
      // Other systems' folders, which no Implies of Linux names.
      if (/(^|\/)sysdeps\/unix\/(bsd|sysv\/(?!linux\/)[^/]+)\//.test(path)) return false;
      // Named in the Implies of the ports that once had another long double (alpha, powerpc, s390, sparc), never of x86.
      if (/(^|\/)sysdeps\/ieee754\/ldbl-(opt|64-128|128ibm|128)/.test(path)) return false;
      // Below x86_64, the folder 64 is the LP64 build and x32 the other.
      if (target === 'x32' && path.includes('/x86_64/64/')) return false;
      return isForTarget(path, target);
    },
    replaces: (path, target) => {
      // Of the folders below sysdeps the more specific one wins: linux/i386/f.S is built instead of linux/f.c.
      const parts = path.split('/');
      const base = (parts.pop() ?? '').replace(/\.[csS]$/, '');
      const out: string[] = [];
      while (parts.includes('sysdeps') && namesTarget(`${parts.join('/')}/`, target)) {
        parts.pop();
        for (const extension of ['c', 'S', 's']) out.push([...parts, `${base}.${extension}`].join('/'));
      }
      // An add-on's folders come before the core's: nptl/sysdeps/pthread/sigaction.c goes on to the core's by include_next.
      const own = /^nptl\/sysdeps\/pthread\/(\w+\.c)$/.exec(path)?.[1];
      if (own !== undefined) out.push(`sysdeps/unix/sysv/linux/${target}/${own}`);
      return out.filter((f) => f !== path);
    },
    rank: (path, target) => {
      const arch = namesTarget(path, target) ? 0.25 : 0;
      if (/(^|\/)sysdeps\/unix\/sysv\/linux\//.test(path)) return 6 + arch * 2;
      if (/(^|\/)sysdeps\/(nptl|pthread)\/|^nptl\//.test(path)) return 5 + arch;
      if (/(^|\/)sysdeps\/unix\//.test(path)) return 4 + arch;
      if (/(^|\/)sysdeps\/generic\//.test(path)) return 0;
      if (/(^|\/)sysdeps\//.test(path)) return 2 + arch * 4;
      return 1;
    },
    homes: homesOf,
  },
  planned: { read: planOf, files: (plan) => filesOf(plan, glibc.files) },
};
