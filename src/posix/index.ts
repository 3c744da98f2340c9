/** What POSIX says of a function and cancellation. */
import { FUNCTIONS_2001, FUNCTIONS_2008 } from './functions.js';
import { MAY_2001, MAY_2008, NEW_2024, REMOVED_2008, REMOVED_2024, REQUIRED_2001, REQUIRED_2008 } from './points.js';

export type Standard = '2001' | '2008' | '2024';
export const STANDARDS: readonly Standard[] = ['2001', '2008', '2024'];

/**
 * `required`: shall be a cancellation point. `may`: may be one. `forbidden`: a function of that standard in neither list,
 * which shall not be one. `absent`: no function of that standard.
 */
export type Standing = 'required' | 'may' | 'forbidden' | 'absent';

/** A function that is a cancellation point only when an argument (counted from 0) is one of these constants. */
export interface Condition {
  readonly argument: number;
  readonly constants: readonly string[];
}

const CONDITIONS: ReadonlyMap<string, Condition> = new Map([
  ['fcntl', { argument: 1, constants: ['F_SETLKW'] }],
  ['lockf', { argument: 1, constants: ['F_LOCK'] }],
]);

function standing(
  name: string,
  required: ReadonlySet<string>,
  may: ReadonlySet<string>,
  all: ReadonlySet<string>,
): Standing {
  if (required.has(name)) return 'required';
  if (may.has(name)) return 'may';
  return all.has(name) ? 'forbidden' : 'absent';
}

/** What each standard says of the function. */
export function posixOf(name: string): Readonly<Record<Standard, Standing>> {
  const in2008 = REMOVED_2008.has(name) ? 'absent' : standing(name, REQUIRED_2008, MAY_2008, FUNCTIONS_2008);
  return {
    '2001': standing(name, REQUIRED_2001, MAY_2001, FUNCTIONS_2001),
    '2008': in2008,
    '2024': REMOVED_2024.has(name) ? 'absent' : NEW_2024.has(name) ? 'may' : in2008,
  };
}

/** What the newest standard says that has the function. */
export function newestOf(name: string): { readonly standing: Standing; readonly standard: Standard } {
  const all = posixOf(name);
  const standard = STANDARDS.findLast((s) => all[s] !== 'absent') ?? '2024';
  return { standing: all[standard], standard };
}

export function conditionOf(name: string): Condition | undefined {
  return CONDITIONS.get(name);
}

/** Every function that some standard requires to be a cancellation point. */
export const REQUIRED: ReadonlySet<string> = new Set([...REQUIRED_2001, ...REQUIRED_2008]);

/** In some standard, and in no standard's lists. */
export function isForbidden(name: string): boolean {
  const all = posixOf(name);
  const said = STANDARDS.map((s) => all[s]);
  return said.includes('forbidden') && said.every((one) => one === 'forbidden' || one === 'absent');
}
