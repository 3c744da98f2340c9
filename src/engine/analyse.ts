/** From files to lifted functions: the front ends, run over the files of a tree that can matter. */
import type { Target } from '../ir/types.js';
import type { Libc } from '../libc/types.js';
import type { Notice, Stats } from '../linter/finding.js';
import type { Project } from '../linter/project.js';

export interface AnalyseRequest {
  /** Absolute path. */
  readonly root: string;
  /** Every C, header and assembly file of the tree, relative to the root with forward slashes, sorted. */
  readonly files: readonly string[];
  /** The files among them whose findings are wanted. */
  readonly lint: ReadonlySet<string>;
  readonly targets: readonly Target[];
  readonly libc: Libc;
  /** Number of worker threads; 0 runs everything in this one. The result does not depend on it. */
  readonly workers: number;
  readonly onProgress?: (phase: string, done: number, total: number) => void;
}

export interface Analysis {
  readonly project: Project;
  readonly notices: readonly Notice[];
  readonly stats: Stats;
}

export function analyse(request: AnalyseRequest): Promise<Analysis> {
  return Promise.resolve({
    project: {
      libc: request.libc,
      targets: request.targets,
      functions: [],
      aliases: [],
      problems: [],
      isLinted: (file) => request.lint.has(file),
    },
    notices: [],
    stats: { files: 0, bytes: 0, filesLifted: 0, functions: 0, related: 0, relatedNotWhole: 0, unknownMacros: 0, phases: {} },
  });
}
