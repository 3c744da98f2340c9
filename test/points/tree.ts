/** A small tree as it is linked, for tests. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { analyse } from '../../src/engine/analyse.js';
import { libcs } from '../../src/libc/index.js';
import type { Project } from '../../src/linter/project.js';
import { linkedPrograms } from '../../src/points/linked.js';

const folders: string[] = [];

/** For `afterAll`. */
export function removeTrees(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}

/** The tree with these files, in the manner of a libc, linked for x86_64. `lint`: default all. */
export async function linkedTree(
  libcName: string,
  files: Readonly<Record<string, string>>,
  lint: readonly string[] = Object.keys(files),
): Promise<Project> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'points-')));
  folders.push(root);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const libc = libcs.find((l) => l.name === libcName);
  if (!libc) throw new Error(libcName);
  const { project } = await analyse({
    root,
    files: Object.keys(files),
    lint: new Set(lint),
    targets: ['x86_64'],
    libc,
    workers: 0,
    program: true,
  });
  return project;
}

/** Functions of the tree in which a request is acted upon. */
export const acting = (project: Project): string[] =>
  linkedPrograms(project).flatMap(({ points }) =>
    points.linker.program.functions.filter((f) => f.kind !== 'macro' && points.acts(points.node(f))).map((f) => f.name),
  );
