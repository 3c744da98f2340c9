/** What a configuration says of a tree, as far as a run needs it, and what of it the tree does not bear out. */
import { relative, sep } from 'node:path';
import type { Problem, Region } from '../ir/types.js';
import type { Lists } from '../posix/index.js';

/** A place in the configuration; both count from 1. */
interface Place {
  readonly line: number;
  readonly column: number;
}

/** Words of which some file of the tree should hold one. */
export interface ExpectedWord {
  readonly words: readonly string[];
  /** What the configuration takes it for. */
  readonly what: string;
  readonly at: Place;
  /** It counts only where the tree is the libc that the configuration gives. */
  readonly isOfLibc: boolean;
}

export interface TreeConfig {
  /** Absolute. */
  readonly file: string;
  /** Files of which no findings are wanted. */
  readonly ignore: readonly { readonly pattern: string; readonly at: Place }[];
  readonly lists?: Lists;
  /** Where the signs of its own libc stand, if that has any. */
  readonly signs?: Place;
  readonly words: readonly ExpectedWord[];
}

export interface BorneOut {
  readonly root: string;
  /** The tree is the libc that the configuration gives, or was to be taken for another one. */
  readonly isOwn: boolean;
  readonly wasNamed: boolean;
  readonly missingWords: readonly string[];
  readonly unusedPatterns: readonly string[];
}

/** The words that count for this tree. */
export function expectedWords(config: TreeConfig | undefined, isOwn: boolean): readonly ExpectedWord[] {
  return config?.words.filter((one) => isOwn || !one.isOfLibc) ?? [];
}

/** What of the configuration has nothing to do with the tree. */
export function unusedConfiguration(config: TreeConfig, found: BorneOut): readonly Problem[] {
  // Also from outside, so that nothing printed depends on where the tree lies.
  const file = relative(found.root, config.file).split(sep).join('/');
  const problem = (message: string, { line, column }: Place): Problem => {
    const at: Region = { file, line, column, endLine: line, endColumn: column + 1 };
    return { kind: 'unused-configuration', message, at };
  };
  const problems: Problem[] = [];
  if (config.signs && !found.isOwn && !found.wasNamed)
    problems.push(
      problem('The tree has the signs of another libc, or of none: the conventions here are not used', config.signs),
    );
  const missing = new Set(found.missingWords);
  for (const { words, what, at } of expectedWords(config, found.isOwn)) {
    if (words.every((word) => missing.has(word)))
      problems.push(problem(`No file of the tree holds '${words.join("' or '")}', which is ${what} here`, at));
  }
  for (const { pattern, at } of config.ignore) {
    if (found.unusedPatterns.includes(pattern))
      problems.push(problem(`No file of the tree matches '${pattern}', so nothing is left out by it`, at));
  }
  return problems;
}
