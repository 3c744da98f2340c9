/** Lists that a tree adds for functions of its own, or in place of what POSIX says. */
import { newestOf } from './standing.js';
import type { Standing } from './types.js';

export interface OwnLists {
  readonly required?: readonly string[];
  readonly may?: readonly string[];
  readonly mustNot?: readonly string[];
}

/** What the tree's own lists say of the function, else POSIX. Of several lists that have it the strictest counts. */
export function standingOf(name: string, own: OwnLists): Standing {
  if (own.required?.includes(name)) return 'required';
  if (own.mustNot?.includes(name)) return 'forbidden';
  if (own.may?.includes(name)) return 'may';
  return newestOf(name).standing;
}
