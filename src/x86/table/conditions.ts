/**
 * The sixteen conditions in the order of their encoding, so that a condition's number is its place here and the odd
 * ones are the opposites of those before them.
 */
export interface Condition {
  readonly names: readonly string[];
  readonly reads: string;
}

function condition(names: string, reads: string): Condition {
  return { names: names.split(' '), reads };
}

export const CONDITIONS: readonly Condition[] = [
  condition('o', 'o'),
  condition('no', 'o'),
  condition('b c nae', 'c'),
  condition('ae nb nc', 'c'),
  condition('e z', 'z'),
  condition('ne nz', 'z'),
  condition('be na', 'cz'),
  condition('a nbe', 'cz'),
  condition('s', 's'),
  condition('ns', 's'),
  condition('p pe', 'p'),
  condition('np po', 'p'),
  condition('l nge', 'so'),
  condition('ge nl', 'so'),
  condition('le ng', 'zso'),
  condition('g nle', 'zso'),
];

/** The number of a row's condition: `jne` and `setne` have 5. */
export function conditionOf(name: string, prefix: string): number {
  return CONDITIONS.findIndex((c) => c.names[0] === name.slice(prefix.length));
}
