/** The linked program of a project on each target, made once for all that follow calls. */
import type { Target } from '../ir/types.js';
import type { Roles } from '../libc/roles.js';
import type { Libc } from '../libc/types.js';
import { POSIX_LISTS, type Lists } from '../posix/index.js';
import { Points } from './points.js';
import { Linker, type Program } from './program.js';
import { SkipSearch } from './skips.js';

/** The part of a project that is linked. */
export interface Linkable {
  readonly libc: Libc;
  readonly roles: Roles;
  readonly targets: readonly Target[];
  /** Others, to compare with. */
  readonly compared?: readonly Target[];
  readonly program?: Program;
  /** What must, may and must not be a cancellation point; default: what POSIX says. */
  readonly lists?: Lists;
  readonly macroBody: (name: string, target: Target) => string | undefined;
}

export interface Linked {
  readonly target: Target;
  readonly points: Points;
  readonly skips: SkipSearch;
  readonly lists: Lists;
}

const KNOWN = new WeakMap<Linkable, readonly Linked[]>();
const COMPARED = new WeakMap<Linkable, readonly Linked[]>();

/** One for each target; none where the program was not asked for. */
export function linkedPrograms(project: Linkable): readonly Linked[] {
  let known = KNOWN.get(project);
  if (!known) KNOWN.set(project, (known = link(project, project.targets)));
  return known;
}

/** With those of the targets that the others are compared with. */
export function comparedPrograms(project: Linkable): readonly Linked[] {
  let known = COMPARED.get(project);
  if (!known) COMPARED.set(project, (known = link(project, project.compared ?? [])));
  return [...linkedPrograms(project), ...known];
}

function link(project: Linkable, targets: readonly Target[]): readonly Linked[] {
  const { program, libc, roles } = project;
  if (!program || targets.length === 0) return [];
  const linker = new Linker(program, libc.files, project.macroBody);
  const valueOf = (name: string, target: Target): bigint | undefined =>
    name === 'true' ? 1n : name === 'false' || name === 'NULL' ? 0n : program.valueOf(name, target);
  return targets.map((target) => {
    const points = new Points({ target, linker, roles, libc, valueOf });
    const lists = project.lists ?? POSIX_LISTS;
    return { target, points, skips: new SkipSearch(points, libc.singleThread ?? [], libc.numberPrefixes), lists };
  });
}
