/** A tree as its build links it, for commands that ask about the whole of it. */
import { detectLibc } from '../libc/detect.js';
import type { Libc } from '../libc/types.js';
import type { Problem } from '../ir/types.js';
import type { Project } from '../linter/project.js';
import type { Lists } from '../posix/index.js';
import { analyse } from './analyse.js';
import { discoverFor } from './discover.js';
import { findRoot, lookUp } from './root.js';
import { targetsIn, type TargetChoice } from './targets.js';
import { UserError } from './user-error.js';

export interface LinkTreeRequest {
  readonly cwd: string;
  /** The folder, as typed. */
  readonly path: string;
  readonly targets: TargetChoice;
  readonly libc: Libc | undefined;
  /** Absolute, where it is known. */
  readonly root: string | undefined;
  readonly lists: Lists | undefined;
  readonly libcs: readonly Libc[];
  readonly onProgress?: (phase: string, done: number, total: number) => void;
}

export interface LinkedTree {
  readonly project: Project;
  readonly libc: Libc;
  readonly problems: readonly Problem[];
}

/** Throws a `UserError` where there is no folder, no libc, or one without cancellation. */
export async function linkTree(request: LinkTreeRequest): Promise<LinkedTree> {
  const { cwd, path, targets, libcs, onProgress } = request;
  const given = lookUp(cwd, [path]);
  const [one] = given;
  if (one?.kind !== 'folder') throw new UserError(`${path} is no folder: the inventory is made of a whole tree`);
  const root = request.root ?? (request.libc ? one.real : findRoot(given, libcs));
  const libc = request.libc ?? detectLibc(root, libcs);
  if (!libc) throw new UserError(`No known libc was recognised in ${path}; if it is one, name it with --libc`);
  if (!libc.hasCancellation)
    throw new UserError(`${libc.title} has no thread cancellation, and so no cancellation points`);
  const whole = root === one.real ? given : lookUp(root, ['.']);
  const files = discoverFor(libc, root, whole);
  const { project } = await analyse({
    root,
    files: files.files,
    lint: new Set(files.files),
    targets: targetsIn(root, libc, targets),
    libc,
    workers: 'auto',
    program: true,
    everyName: true,
    ...(request.lists ? { lists: request.lists } : {}),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  return { project, libc, problems: [...files.problems, ...project.problems] };
}
