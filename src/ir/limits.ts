/**
 * Limits of an analysis that a run has reached. Nothing is cut short without a word: what a limit costs is said here, told
 * as a notice and counted.
 */
import type { Region } from './types.js';

export interface Limit {
  /** What was not looked at any more, and what is assumed instead. */
  readonly message: string;
  readonly at: Region;
}

/** Called where a limit is reached. */
export type OnLimit = (message: string, at: Region) => void;

export class Limits {
  private readonly known = new Map<string, Limit>();

  readonly reached: OnLimit = (message, at) => {
    this.known.set(`${at.file} ${String(at.line)} ${String(at.column)} ${message}`, { message, at });
  };

  /** Each once, by file and place. */
  all(): readonly Limit[] {
    return [...this.known.values()].sort(
      ({ at: a, message: m }, { at: b, message: n }) =>
        (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
        a.line - b.line ||
        a.column - b.column ||
        (m < n ? -1 : m > n ? 1 : 0),
    );
  }
}
