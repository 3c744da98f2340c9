/** What a libc's data says of cancel state and cleanup, in the form that the analyses ask for. */
import type { Kind, Leaving, Vocabulary } from '../../ir/analysis/cancel-balance.js';
import { isRestored, kindOf, leavings } from '../../ir/analysis/cancel-balance.js';
import { operations } from '../../ir/analysis/reach.js';
import type { Lifted } from '../../ir/types.js';
import { POSIX_BALANCE } from '../../libc/common.js';
import type { Balance } from '../../libc/types.js';
import type { Project } from '../../linter/project.js';

export const balanceOf = (project: Project): Balance => project.libc.balance ?? POSIX_BALANCE;

/** Functions that are the mechanism: to set the state, or to act with it, is what they are for. */
const isMechanism = (f: Lifted, project: Project): boolean =>
  f.kind === 'macro' ||
  f.kind === 'assembly' ||
  project.roles.of(f.name).some((r) => r.role !== 'passes' && r.role !== 'noreturn');

export interface CancelWords extends Vocabulary {
  readonly constantOf: (name: string) => Balance['constants'][number] | undefined;
  readonly meaning: (kind: Kind, value: bigint) => string;
}

export function wordsOf(project: Project): CancelWords {
  const balance = balanceOf(project);
  const constants = new Map(balance.constants.map((c) => [c.name, c]));
  const kinds = new Map(balance.words.map((w) => [w.member, w.kind]));
  const self = new Set(balance.self);
  const forks = new Set(balance.forks);
  const twice = new Set(balance.returnsTwice);
  return {
    constantOf: (name) => constants.get(name),
    numberOf: (name) => constants.get(name)?.value,
    meaning: (kind, value) =>
      balance.constants.find((c) => c.kind === kind && c.value === value)?.means ?? String(value),
    wordOf: (member) => kinds.get(member),
    isSelf: (name) => self.has(name),
    forks: (name) => forks.has(name),
    returnsTwice: (name) => twice.has(name),
    changes: () => false,
  };
}

/** Functions that set the cancel state or type themselves, how to read them, and how each is left. */
export function statefulFunctions(project: Project): {
  /** Those of which something lies in a file that is linted. */
  readonly functions: readonly Lifted[];
  readonly words: CancelWords;
  /** Undefined for a function with too many paths to tell. */
  readonly leavingsOf: (f: Lifted) => readonly Leaving[] | undefined;
} {
  const words = wordsOf(project);
  const own = project.functions.filter(
    (f) => !isMechanism(f, project) && operations(f).some(({ op }) => kindOf(op, f, words) !== undefined),
  );
  // What leaves with another state than it was entered with, its callers have to know of.
  const alone = new Map<Lifted, readonly Leaving[] | undefined>();
  const leavingsAlone = (f: Lifted): readonly Leaving[] | undefined => {
    if (!alone.has(f)) alone.set(f, leavings(f, words));
    return alone.get(f);
  };
  const changing = new Map<string, boolean>();
  const changes = (name: string): boolean => {
    let known = changing.get(name);
    if (known === undefined) {
      known = own.some((f) => f.name === name && leavingsAlone(f)?.every(isRestored) !== true);
      changing.set(name, known);
    }
    return known;
  };
  const all = { ...words, changes };
  const callsChanging = (f: Lifted): boolean =>
    operations(f).some(({ op }) => op.op === 'call' && changes(op.callee ?? ''));
  return {
    functions: own.filter((f) => isLinted(f, project)),
    words: all,
    leavingsOf: (f) => (callsChanging(f) ? leavings(f, all) : leavingsAlone(f)),
  };
}

/** Whether a finding in the function may stand in a file that is linted. */
const isLinted = (f: Lifted, project: Project): boolean =>
  project.isLinted(f.nameAt.file) ||
  f.blocks.some(({ ops, end }) => [...ops, end].some(({ origin }) => project.isLinted(origin.at.file)));
