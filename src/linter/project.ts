/** What the rules work on: every lifted function of the tree, and the facts computed from them once. */
import type { Limits } from '../ir/limits.js';
import type { Alias, Lifted, Problem, Region, Target } from '../ir/types.js';
import type { WindowProof } from '../ir/proof.js';
import type { Linkable } from '../points/linked.js';
import type { Program } from '../points/program.js';
import type { BuildRules } from '../make/build.js';
import type { Roles } from '../libc/roles.js';
import type { Libc, WindowConvention } from '../libc/types.js';

/** An assembly file that holds a window, of any architecture. */
export interface WindowSource {
  readonly convention: WindowConvention;
  /** The folder that names the instruction set. */
  readonly architecture: string;
  /** The label at the window's start. */
  readonly at: Region;
  /** Those of the convention's labels that it defines. */
  readonly labels: ReadonlySet<string>;
  /** Whether a variant of the architecture's ABI has function pointers that point to descriptors. */
  readonly hasDescriptors: boolean;
}

export interface Project {
  readonly libc: Libc;
  /** The roles of names in that libc. */
  readonly roles: Roles;
  readonly targets: readonly Target[];
  /** Targets that are analysed only to compare the others with; nothing is reported of them alone. */
  readonly compared?: readonly Target[];
  /** Everything lifted, sorted by file, then position. */
  readonly functions: readonly Lifted[];
  readonly aliases: readonly Alias[];
  readonly problems: readonly Problem[];
  /** Limits that were reached, also by what rules ask for later. */
  readonly limits?: Limits;
  /**
   * The body of the object-like macro of that name in a build for the target, on one line. Undefined where there is none,
   * or where several definitions that differ may hold.
   */
  readonly macroBody: (name: string, target: Target) => string | undefined;
  /** Where that macro is defined: its name in the definition. */
  readonly macroAt: (name: string, target: Target) => Region | undefined;
  /** What the simulator decided about labelled windows in assembly, by file and target. */
  readonly proofs: readonly WindowProof[];
  /** Where the tree's windows are, whatever the architecture, sorted by file. */
  readonly windowSources: readonly WindowSource[];
  /** Everything that can lead to a cancellation point, where it was asked for. */
  readonly program?: Program;
  /** What must, may and must not be a cancellation point; default: what POSIX says. */
  readonly lists?: NonNullable<Linkable['lists']>;
  /** What the tree's make files compile, where the libc's data says how to read them. */
  readonly build?: BuildRules;
  /** Whether findings in this file are wanted (the paths given on the command line). */
  readonly isLinted: (file: string) => boolean;
}
