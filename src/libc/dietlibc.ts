/** dietlibc. The thread library's wrappers test for a request and then call the plain function (libpthread/pthread_sys_*.c). */
import { isForTarget, namesTarget } from './architectures.js';
import { NEVER, POSIX_BALANCE, POSIX_ROLES } from './common.js';
import { architecture } from './targets.js';
import type { Libc } from './types.js';

export const dietlibc: Libc = {
  name: 'dietlibc',
  title: 'diet libc',
  signs: [[{ file: 'dietfeatures.h' }, { file: 'diet.c' }]],
  hasCancellation: true,
  roles: [
    {
      names: ['__TEST_CANCEL', '__TEST_CANCEL_', '__thread_testcancel'],
      is: { role: 'test-cancel' },
      why: 'libpthread/thread_internal.h',
    },
    {
      names: ['__thread_setcanceltype'],
      is: { role: 'cancel-type', to: 0, saved: 1 },
      why: 'libpthread/thread_internal.h',
    },
    ...POSIX_ROLES,
  ],
  flags: [{ member: 'canceled', bits: [], why: 'struct _pthread_descr_struct: set by the signal handler' }],
  windows: [],
  asksState: [{ names: ['cancelstate'], is: 'asks', why: 'struct _pthread_descr_struct' }],
  cancelSignals: ['PTHREAD_SIG_CANCEL'],
  balance: {
    ...POSIX_BALANCE,
    words: [
      { member: 'cancelstate', kind: 'state', why: 'struct _pthread_descr_struct' },
      { member: 'canceltype', kind: 'type', why: 'struct _pthread_descr_struct' },
    ],
    self: [...POSIX_BALANCE.self, '__thread_self'],
  },
  twins: [
    { pattern: '^__libc_([a-z0-9_]+)$', why: 'unified.S: the plain call behind a wrapper of the thread library' },
  ],
  topics: ['PTHREAD_SIG_CANCEL', 'cancelstate', 'canceltype'],
  aliases: [],
  numberPrefixes: ['__NR_'],
  included: [],
  defines: { WANT_THREAD_SAFE: '1' },
  files: {
    never: [...NEVER, { pattern: 'contrib/**', why: 'programs' }],
    selects: isForTarget,
    homes: (target) => architecture(target)?.folders ?? [],
    replaces: () => [],
    // The thread library stands in front of libc.a, whose calls are weak (syscall_weak in ARCH/syscalls.h).
    rank: (path, target) => (path.startsWith('libpthread/') ? 3 : namesTarget(path, target) ? 2 : 1),
  },
};
