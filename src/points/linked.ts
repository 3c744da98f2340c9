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

/** One for each target; none where the program was not asked for. */
export function linkedPrograms(project: Linkable): readonly Linked[] {
  let known = KNOWN.get(project);
  if (!known) {
    const { program, libc, roles, targets } = project;
    const linker = program && new Linker(program, libc.files, project.macroBody);
    const valueOf = (name: string, target: Target): bigint | undefined =>
      name === 'true' ? 1n : name === 'false' || name === 'NULL' ? 0n : program?.valueOf(name, target);
    known = linker
      ? targets.map((target) => {
          const points = new Points({ target, linker, roles, libc, valueOf });
          const lists = project.lists ?? POSIX_LISTS;
          return { target, points, skips: new SkipSearch(points, libc.singleThread ?? [], libc.numberPrefixes), lists };
        })
      : [];
    KNOWN.set(project, known);
  }
  return known;
}
