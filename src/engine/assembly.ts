/** Assembly files of a tree: `.s` as it lies, `.S` through the tree's macros. */
import type { Knowledge } from '../c/knowledge.js';
import type { LineMaps } from '../cpp/preprocess.js';
import type { LiftedFile, Target } from '../ir/types.js';

export interface AssemblyRequest {
  readonly file: string;
  readonly text: string;
  readonly targets: readonly Target[];
  readonly knowledge: Knowledge;
  readonly lines: LineMaps;
}

export function liftAssemblyFile(_request: AssemblyRequest): LiftedFile[] {
  return [];
}
