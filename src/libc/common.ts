/** Names that mean the same in every libc: POSIX's own, and the compiler's. */
import type { Balance, Named, Pair, Role } from './types.js';

export const POSIX_ROLES: readonly Named<Role>[] = [
  { names: ['pthread_testcancel'], is: { role: 'test-cancel' }, why: 'POSIX.1-2024 pthread_testcancel' },
  {
    names: ['pthread_setcancelstate', '__pthread_setcancelstate'],
    is: { role: 'cancel-state', to: 0, saved: 1 },
    why: 'POSIX.1-2024 pthread_setcancelstate, and the name used inside a libc',
  },
  {
    names: ['pthread_setcanceltype', '__pthread_setcanceltype'],
    is: { role: 'cancel-type', to: 0, saved: 1 },
    why: 'POSIX.1-2024 pthread_setcanceltype, and the name used inside a libc',
  },
  {
    names: ['pthread_cleanup_push'],
    is: { role: 'cleanup-push', handler: 0, argument: 1 },
    why: 'POSIX.1-2024 pthread_cleanup_push',
  },
  {
    names: ['pthread_cleanup_pop'],
    is: { role: 'cleanup-pop', execute: 0 },
    why: 'POSIX.1-2024 pthread_cleanup_pop',
  },
  {
    names: ['_pthread_cleanup_push'],
    is: { role: 'cleanup-push', handler: 1, argument: 2 },
    why: 'musl include/pthread.h, glibc nptl/cleanup_compat.c: what the macro calls, with a buffer in front',
  },
  {
    names: ['_pthread_cleanup_pop'],
    is: { role: 'cleanup-pop', execute: 1 },
    why: 'musl include/pthread.h, glibc nptl/cleanup_compat.c: what the macro calls, with a buffer in front',
  },
  {
    names: ['pthread_exit', '__pthread_exit'],
    is: { role: 'act', mayReturn: false, whenArgument: 'PTHREAD_CANCELED' },
    why: 'a libc acts on a request by exiting with the value that POSIX gives to cancelled threads',
  },
  {
    names: [
      'abort',
      '_exit',
      '_Exit',
      'exit',
      'longjmp',
      'siglongjmp',
      '_longjmp',
      'pthread_exit',
      '__pthread_exit',
      '__builtin_unreachable',
      '__builtin_trap',
    ],
    is: { role: 'noreturn' },
    why: 'POSIX and the compiler: these do not come back',
  },
  {
    names: [
      '__builtin_expect',
      '__glibc_unlikely',
      '__glibc_likely',
      'likely',
      'unlikely',
      '__unlikely',
      '__likely',
      '__predict_true',
      '__predict_false',
    ],
    is: { role: 'passes', argument: 0 },
    why: 'branch hints have the value of their first argument',
  },
];

const LOCKS: readonly Pair[] = [
  { begin: ['pthread_mutex_lock'], end: ['pthread_mutex_unlock'], why: 'POSIX.1-2024 pthread_mutex_lock' },
  {
    begin: ['pthread_rwlock_rdlock', 'pthread_rwlock_wrlock'],
    end: ['pthread_rwlock_unlock'],
    why: 'POSIX.1-2024 pthread_rwlock_rdlock, pthread_rwlock_wrlock',
  },
  { begin: ['pthread_spin_lock'], end: ['pthread_spin_unlock'], why: 'POSIX.1-2024 pthread_spin_lock' },
  { begin: ['flockfile'], end: ['funlockfile'], why: 'POSIX.1-2024 flockfile' },
];

/** The numbers are those of every libc that is known here. */
export const POSIX_BALANCE: Balance = {
  constants: [
    { name: 'PTHREAD_CANCEL_ENABLE', kind: 'state', value: 0n, means: 'enabled' },
    { name: 'PTHREAD_CANCEL_DISABLE', kind: 'state', value: 1n, means: 'disabled' },
    { name: 'PTHREAD_CANCEL_DEFERRED', kind: 'type', value: 0n, means: 'deferred' },
    { name: 'PTHREAD_CANCEL_ASYNCHRONOUS', kind: 'type', value: 1n, means: 'asynchronous' },
  ],
  words: [],
  self: ['pthread_self'],
  forks: ['fork', 'vfork', '_Fork'],
  returnsTwice: ['setjmp', '_setjmp', 'sigsetjmp', '__sigsetjmp', 'getcontext'],
  waitsWithHandler: [],
  pairs: LOCKS,
};

/** Files that no libc builds into its library. */
export const NEVER = [
  {
    pattern: '{**/,}{test,tests,testsuite,benchtests,examples,example,doc,docs,debian}/**',
    why: 'tests, examples and documentation',
  },
  { pattern: '{**/,}{tst-,test-,bug-,tstgetln,bench-}*', why: 'test and benchmark programs' },
] as const;
