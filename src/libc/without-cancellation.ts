/** C libraries that have no thread cancellation: there is nothing to lint, and the tool says so instead of "clean". */
import { isForTarget } from './architectures.js';
import type { Libc, Sign } from './types.js';

function without(name: string, title: string, why: string, signs: readonly (readonly Sign[])[]): Libc {
  return {
    name,
    title,
    signs,
    hasCancellation: false,
    whyNone: why,
    roles: [],
    flags: [],
    windows: [],
    twins: [],
    topics: [],
    aliases: [],
    numberPrefixes: ['__NR_', 'SYS_'],
    included: [],
    defines: {},
    files: { never: [], selects: isForTarget, replaces: () => [], rank: () => 0 },
  };
}

export const bionic = without(
  'bionic',
  'bionic',
  'bionic has no pthread_cancel (docs/status.md lists it as not implemented)',
  [[{ file: 'libc/bionic/pthread_create.cpp' }]],
);

export const klibc = without('klibc', 'klibc', 'klibc has no threads', [[{ file: 'usr/klibc/Kbuild' }]]);
