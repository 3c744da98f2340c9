/** Questions to the lists of POSIX. */
import { FUNCTIONS } from './functions.js';
import { LISTS } from './points.js';
import { STANDARDS, type Condition, type Standard, type Standing } from './types.js';

/**
 * Footnotes of XSH 2.9.5.2. `F_OFD_SETLKW` came in 2024 and is none of the older standards' commands. pthreads(7) has the
 * one of `lockf` for 2001 too.
 */
const CONDITIONS: ReadonlyMap<string, Condition> = new Map([
  ['fcntl', { argument: 1, constants: ['F_SETLKW', 'F_OFD_SETLKW'] }],
  ['lockf', { argument: 1, constants: ['F_LOCK'] }],
]);

function standing(name: string, standard: Standard): Standing {
  const { required, may, open } = LISTS[standard];
  if (required.has(name)) return 'required';
  if (may.has(name)) return 'may';
  if (open?.has(name) === true) return 'open';
  return FUNCTIONS[standard].has(name) ? 'forbidden' : 'absent';
}

/** What each standard says of the function. */
export function posixOf(name: string): Readonly<Record<Standard, Standing>> {
  return { '2001': standing(name, '2001'), '2008': standing(name, '2008'), '2024': standing(name, '2024') };
}

/**
 * What is asked of the function: the newest standard that requires it to be a cancellation point, else the newest that
 * has it. A libc says by `_POSIX_VERSION` which one it follows, 2008 for all that are known here.
 */
export function newestOf(name: string): { readonly standing: Standing; readonly standard: Standard } {
  const all = posixOf(name);
  const standard =
    STANDARDS.findLast((s) => all[s] === 'required') ?? STANDARDS.findLast((s) => all[s] !== 'absent') ?? '2024';
  return { standing: all[standard], standard };
}

export function conditionOf(name: string): Condition | undefined {
  return CONDITIONS.get(name);
}

/** Every function that some standard requires to be a cancellation point. */
export const REQUIRED: ReadonlySet<string> = new Set(STANDARDS.flatMap((s) => [...LISTS[s].required]));

/** Whether some standard has the function. */
export const isOfPosix = (name: string): boolean => Object.values(posixOf(name)).some((said) => said !== 'absent');

/** In some standard, and in no standard's lists. */
export function isForbidden(name: string): boolean {
  const said = Object.values(posixOf(name));
  return said.includes('forbidden') && said.every((one) => one === 'forbidden' || one === 'absent');
}

/** New in the newest standard, whose second list was not read: whether it may be one is not known. */
export function isOpen(name: string): boolean {
  return Object.values(posixOf(name)).includes('open');
}
