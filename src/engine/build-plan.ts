/** Which files a build takes, where the tree itself says so: its libc with the selection that follows from that. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../ir/types.js';
import type { BuildPlan, Libc, TreeView } from '../libc/types.js';
import { fsPath } from '../linter/path-text.js';
import { readSource, SourceError } from './read.js';

export interface PlannedLibc {
  readonly libc: Libc;
  readonly plan: BuildPlan | undefined;
}

/** The libc with the files that a plan gives it. */
export function withPlan(libc: Libc, plan: BuildPlan | undefined): Libc {
  return plan && libc.planned ? { ...libc, files: libc.planned.files(plan) } : libc;
}

export function planBuild(
  libc: Libc,
  root: string,
  texts: ReadonlyMap<string, string>,
  targets: readonly Target[],
): PlannedLibc {
  const plan = libc.planned?.read(viewOf(root, texts), targets);
  return { libc: withPlan(libc, plan), plan };
}

function viewOf(root: string, texts: ReadonlyMap<string, string>): TreeView {
  const folders = new Map<string, boolean>();
  return {
    texts,
    isFolder: (path) => {
      let known = folders.get(path);
      if (known === undefined) folders.set(path, (known = isFolder(join(root, path))));
      return known;
    },
    text: (path) => texts.get(path) ?? textOf(join(root, path)),
  };
}

export function isFolder(absolute: string): boolean {
  try {
    return statSync(fsPath(absolute)).isDirectory();
  } catch {
    return false;
  }
}

function textOf(absolute: string): string | undefined {
  try {
    return readSource(absolute).text;
  } catch (error) {
    if (error instanceof SourceError) return undefined;
    throw error;
  }
}
