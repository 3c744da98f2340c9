/** Lifts parsed assembly to the intermediate representation, one routine at a time. */
import type { Alias, LiftedFile, Problem, Region, Target } from '../ir/types.js';
import type { Libc } from '../libc/types.js';
import { Roles } from '../libc/roles.js';
import { layOut } from './layout.js';
import { liftRoutine, type RoutineContext } from './lift-routine.js';
import { splitRoutines } from './routines.js';
import type { AssemblyUnit } from './syntax.js';

export interface LiftRequest {
  readonly file: string;
  /** The targets that the unit was parsed for. */
  readonly targets: readonly Target[];
  readonly libc: Libc;
}

const knownRoles = new WeakMap<Libc, Roles>();

/** The roles of a libc, built once. */
export function rolesOf(libc: Libc): Roles {
  let roles = knownRoles.get(libc);
  if (!roles) knownRoles.set(libc, (roles = new Roles(libc)));
  return roles;
}

/** Lifts every routine of a unit. Problems of the unit are handed on with the routine that they are in. */
export function liftAssembly(unit: AssemblyUnit, request: LiftRequest): LiftedFile {
  const { file, targets, libc } = request;
  const layout = layOut(unit);
  const windowLabels = new Set(
    libc.windows.flatMap((w) => [w.start, w.end, ...(w.cancel === undefined ? [] : [w.cancel])]),
  );
  const context: RoutineContext = { unit, layout, roles: rolesOf(libc), targets };
  const problems: Problem[] = [];
  const aliases: Alias[] = [];
  const functions = layout.streams
    .filter((stream) => stream.executable)
    .flatMap((stream) => splitRoutines(stream, layout, windowLabels))
    .map((routine) => {
      for (const label of routine.aliases) {
        const at = unit.origin(label.span).at;
        aliases.push({ alias: label.name, of: routine.name, weak: layout.weak.has(label.name), at, targets });
      }
      const { lifted, problems: own } = liftRoutine(routine, context);
      problems.push(...own);
      return lifted;
    });
  for (const { alias, of, statement } of layout.aliases) {
    const weak = layout.weak.has(alias);
    if (!weak && !layout.globals.has(alias)) continue;
    aliases.push({ alias, of, weak, at: unit.origin(statement.span).at, targets });
  }
  const placed = unit.problems.map((problem): Problem => {
    const inside = functions.find((f) => contains(f.extent, problem.at));
    return inside ? { ...problem, function: inside.name } : problem;
  });
  return { file, functions, aliases, problems: [...placed, ...problems] };
}

function contains(outer: Region, inner: Region): boolean {
  if (outer.file !== inner.file) return false;
  const starts = outer.line < inner.line || (outer.line === inner.line && outer.column <= inner.column);
  return starts && (inner.line < outer.endLine || (inner.line === outer.endLine && inner.column < outer.endColumn));
}
