/** Names that mean the same in every libc: POSIX's own, and the compiler's. */
import type { Named, Role } from './types.js';

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
    names: ['pthread_cleanup_push', '_pthread_cleanup_push'],
    is: { role: 'cleanup-push' },
    why: 'POSIX.1-2024 pthread_cleanup_push',
  },
  {
    names: ['pthread_cleanup_pop', '_pthread_cleanup_pop'],
    is: { role: 'cleanup-pop' },
    why: 'POSIX.1-2024 pthread_cleanup_pop',
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

/** Files that no libc builds into its library. */
export const NEVER = [
  {
    pattern: '{**/,}{test,tests,testsuite,benchtests,examples,example,doc,docs,debian}/**',
    why: 'tests, examples and documentation',
  },
  { pattern: '{**/,}{tst-,test-,bug-,tstgetln,bench-}*', why: 'test and benchmark programs' },
] as const;
