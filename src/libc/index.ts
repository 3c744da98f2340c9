/** Every libc the tool knows, in the order in which their signs are looked for. */
import { dietlibc } from './dietlibc.js';
import { generic } from './generic.js';
import { glibc } from './glibc.js';
import { musl } from './musl.js';
import { newlib } from './newlib.js';
import type { Libc } from './types.js';
import { uclibcNg } from './uclibc-ng.js';
import { bionic, glibcWithoutNptl, klibc } from './without-cancellation.js';

export const libcs: readonly Libc[] = [glibcWithoutNptl, glibc, uclibcNg, dietlibc, bionic, newlib, klibc, musl];
export { generic };
