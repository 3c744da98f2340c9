/** What is asked of functions: the lists that a tree adds, for functions of its own or in place of what POSIX says, else POSIX. */
import { conditionOf, isForbidden, newestOf, posixOf, REQUIRED } from './standing.js';
import type { Condition, Standing } from './types.js';

export interface OwnEntry {
  readonly names: readonly string[];
  /** Where it is said, for messages. */
  readonly source: string;
}

export interface OwnLists {
  readonly required?: readonly OwnEntry[];
  readonly may?: readonly OwnEntry[];
  readonly forbidden?: readonly OwnEntry[];
}

export interface Asked {
  readonly standing: Standing;
  /** Who says so, for messages: the newest standard that has the function, or the tree's source. */
  readonly by: string;
}

export class Lists {
  private readonly own = new Map<string, Asked>();
  /** Every function that must be a cancellation point, sorted. */
  readonly required: readonly string[];

  /** Of several lists that have a function the strictest counts. */
  constructor(lists: OwnLists = {}) {
    for (const standing of ['may', 'forbidden', 'required'] as const)
      for (const { names, source } of lists[standing] ?? [])
        for (const name of names) this.own.set(name, { standing, by: source });
    const required = [...this.own].filter(([, asked]) => asked.standing === 'required').map(([name]) => name);
    this.required = [...[...REQUIRED].filter((name) => !this.own.has(name)), ...required].sort();
  }

  of(name: string): Asked {
    const own = this.own.get(name);
    if (own) return own;
    const { standing, standard } = newestOf(name);
    return { standing, by: `POSIX.1-${standard}` };
  }

  /** What the tree's own lists say, where they have the function. */
  ownOf(name: string): Asked | undefined {
    return this.own.get(name);
  }

  /** In a list of functions that must not, or in POSIX and in none of its lists. */
  isForbidden(name: string): boolean {
    const own = this.own.get(name);
    return own ? own.standing === 'forbidden' : isForbidden(name);
  }

  /** The function is one of these, by the tree's own lists or by some standard. */
  isOneOf(name: string, what: readonly Standing[]): boolean {
    const own = this.own.get(name);
    if (own) return what.includes(own.standing);
    return Object.values(posixOf(name)).some((standing) => what.includes(standing));
  }

  /** What an argument has to be for the function to be required. */
  conditionOf(name: string): Condition | undefined {
    return this.own.has(name) ? undefined : conditionOf(name);
  }
}

/** POSIX alone. */
export const POSIX_LISTS = new Lists();
