/** For a tree that no data file recognises: POSIX's own names only. */
import { isForTarget } from './architectures.js';
import { NEVER, POSIX_ROLES } from './common.js';
import { CANCELHANDLING, NPTL_BALANCE, NPTL_ROLES } from './glibc.js';
import type { Libc } from './types.js';

export const generic: Libc = {
  name: 'generic',
  title: 'an unknown C library',
  signs: [],
  hasCancellation: true,
  roles: [...NPTL_ROLES, ...POSIX_ROLES],
  flags: [CANCELHANDLING],
  windows: [],
  balance: NPTL_BALANCE,
  twins: [],
  topics: ['SIGCANCEL'],
  aliases: [
    { name: 'weak_alias', of: 0, alias: 1, weak: true },
    { name: 'strong_alias', of: 0, alias: 1, weak: false },
  ],
  numberPrefixes: ['__NR_', 'SYS_'],
  included: [],
  defines: {},
  files: { never: NEVER, selects: isForTarget, replaces: () => [], rank: () => 0 },
};
