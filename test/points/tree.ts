/** A small tree as it is linked, for tests. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { analyse } from '../../src/engine/analyse.js';
import type { Target } from '../../src/ir/types.js';
import { libcs } from '../../src/libc/index.js';
import type { Project } from '../../src/linter/project.js';
import { linkedPrograms } from '../../src/points/linked.js';

const folders: string[] = [];

/** For `afterAll`. */
export function removeTrees(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}

export interface TreeOptions {
  /** Default: x86_64. */
  readonly targets?: readonly Target[];
  readonly everyName?: boolean;
}

/** The tree with these files, in the manner of a libc. What has no extension is there, and is no source. */
export async function linkedTree(
  libcName: string,
  files: Readonly<Record<string, string>>,
  { targets = ['x86_64'], everyName = false }: TreeOptions = {},
): Promise<Project> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'points-')));
  folders.push(root);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const libc = libcs.find((l) => l.name === libcName);
  if (!libc) throw new Error(libcName);
  const names = Object.keys(files).filter((file) => /\.\w+$/.test(file));
  const { project } = await analyse({
    root,
    files: names,
    lint: new Set(names),
    targets,
    libc,
    workers: 0,
    program: true,
    everyName,
  });
  return project;
}

/** Functions of the tree in which a request is acted upon. */
export const acting = (project: Project): string[] =>
  linkedPrograms(project).flatMap(({ points }) =>
    points.linker.program.functions.filter((f) => f.kind !== 'macro' && points.acts(points.node(f))).map((f) => f.name),
  );
