/** What POSIX says of a function and cancellation. */

export type Standard = '2001' | '2008' | '2024';
export const STANDARDS: readonly Standard[] = ['2001', '2008', '2024'];

/**
 * `required`: shall be a cancellation point. `may`: may be one. `forbidden`: a function of that standard in neither list,
 * which shall not be one. `open`: a function of that standard that is not in the first list, where the second was not to be
 * had. `absent`: no function of that standard.
 */
export type Standing = 'required' | 'may' | 'forbidden' | 'open' | 'absent';

/** A function that must be a cancellation point only when an argument (counted from 0) is one of these constants. */
export interface Condition {
  readonly argument: number;
  readonly constants: readonly string[];
}

/** What one standard lists. A function is in both lists where an argument decides. */
export interface Lists {
  readonly section: string;
  /** Where the lists were read. */
  readonly source: string;
  readonly required: ReadonlySet<string>;
  readonly may: ReadonlySet<string>;
  /** Functions of which the second list, which was not read, may say something. */
  readonly open?: ReadonlySet<string>;
}
