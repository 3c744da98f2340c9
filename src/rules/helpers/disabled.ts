/** Where cancellation is disabled for certain, as far as the project was linked. */
import { disabledAt } from '../../ir/analysis/cancel-state.js';
import type { Place } from '../../ir/analysis/reach.js';
import type { Lifted } from '../../ir/types.js';
import type { Project } from '../../linter/project.js';
import { linkedPrograms } from '../../points/linked.js';

/** On every target that the function is built for; with what callers bring and callees leave where the tree is linked. */
export function disabledIn(f: Lifted, project: Project): (place: Place) => boolean {
  const linked = linkedPrograms(project).filter(({ target }) => f.targets.includes(target));
  if (linked.length === 0) return disabledAt(f);
  return (place) => linked.every(({ points }) => points.states.isOffAt(f, place));
}
