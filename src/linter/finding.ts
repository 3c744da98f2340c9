/** What a rule reports and what a formatter prints. Plain data: it crosses worker threads and is written as it is. */
import type { Region, Target } from '../ir/types.js';

export type Severity = 'warn' | 'error';

/** One step of an interleaving or a path. `thread`: who does it. */
export interface Step {
  readonly at: Region;
  readonly message: string;
  /** `victim` (the thread that is cancelled), `canceller`, or `kernel`; default `victim`. */
  readonly thread?: 'victim' | 'canceller' | 'kernel';
}

export interface Related {
  readonly at: Region;
  readonly message: string;
}

/** Why and by what a finding was silenced. */
export interface Suppression {
  readonly kind: 'inSource';
  readonly justification: string;
}

export interface Finding {
  readonly ruleId: string;
  readonly messageId: string;
  readonly severity: Severity;
  /** One or more full sentences without the final stop; the first stands alone. */
  readonly message: string;
  readonly at: Region;
  readonly function?: string;
  readonly targets: readonly Target[];
  /** The window properties broken (W1 to W12 of docs/windows.md). */
  readonly properties: readonly string[];
  readonly flow: readonly Step[];
  readonly related: readonly Related[];
  /** The statement or instruction that is reported, blanks squeezed: what a fingerprint is made of, so that moved lines keep it. */
  readonly anchor: string;
  readonly suppressed?: Suppression;
}

/** Something the run has to say that is no finding of a rule: a budget reached, a macro not known, a function not lifted. */
export interface Notice {
  readonly kind: string;
  readonly message: string;
  readonly at?: Region;
}

/** How far one file was understood. */
export interface FileStats {
  readonly file: string;
  /** Cancellation-related functions, and those with statements that were not understood. */
  readonly functions: number;
  readonly notWhole: number;
  readonly unknownMacros: number;
}

/** Counts that `--stats` prints. All whole numbers; times in milliseconds. */
export interface Stats {
  /** Every file that was lifted or holds a macro that was not understood, sorted by path. */
  readonly byFile: readonly FileStats[];
  readonly files: number;
  readonly bytes: number;
  readonly filesLifted: number;
  readonly functions: number;
  /** Cancellation-related functions, and those of them with statements that were not understood. */
  readonly related: number;
  readonly relatedNotWhole: number;
  readonly unknownMacros: number;
  readonly phases: Readonly<Record<string, number>>;
}

/** The result of a run, ready for a formatter. Findings are sorted by file, line, column, rule. */
export interface LintResult {
  /** Absolute path of the tree's root, for messages only: never written into JSON or SARIF. */
  readonly root: string;
  readonly libc: { readonly name: string; readonly title: string; readonly hasCancellation: boolean };
  readonly targets: readonly Target[];
  /** Number of files whose findings were wanted. */
  readonly filesLinted: number;
  readonly findings: readonly Finding[];
  readonly notices: readonly Notice[];
  readonly stats: Stats;
}
