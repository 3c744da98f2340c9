/** Reports what the simulator found wrong with windows, once for all targets of a file that have the same fault. */
import type { FaultKind, WindowFault } from '../../ir/proof.js';
import type { Target } from '../../ir/types.js';
import type { Project } from '../../linter/project.js';
import type { Report } from '../define-rule.js';
import { windowsOf, type Window } from './windows.js';

export interface Proved {
  readonly fault: WindowFault;
  readonly window: Window;
  readonly targets: readonly Target[];
}

/** The faults of a kind, each with the targets that have it. */
export function faultsOf(project: Project, kind: FaultKind): readonly Proved[] {
  return windowsOf(project).flatMap((window) => {
    const found = new Map<string, { fault: WindowFault; targets: Target[] }>();
    for (const { fault, target } of faultsIn(project, window)) {
      if (fault.kind !== kind) continue;
      const key = JSON.stringify([fault.messageId, fault.data, fault.at]);
      const known = found.get(key);
      if (known) known.targets.push(target);
      else found.set(key, { fault, targets: [target] });
    }
    return [...found.values()].map((one) => ({ ...one, window }));
  });
}

function faultsIn(project: Project, window: Window): { readonly fault: WindowFault; readonly target: Target }[] {
  return proofsOf(project, window).flatMap(({ faults, target }) => faults.map((fault) => ({ fault, target })));
}

/** The proofs of a window: those of its file, for the targets that the routine was lifted for. */
export function proofsOf(project: Project, { convention, routine }: Window): Project['proofs'] {
  return project.proofs.filter(
    (p) => p.start === convention.start && p.file === routine.nameAt.file && routine.targets.includes(p.target),
  );
}

/** The report of a fault, for a rule whose messages have the fault's ids. */
export function reportOf<Id extends string>(
  { fault, window, targets }: Proved,
  properties: readonly string[],
): Report<Id> {
  return {
    // The ids are held against the rule's messages by its tests: each has an invalid case.
    messageId: fault.messageId as Id,
    data: { routine: window.routine.name, start: window.convention.start, end: window.convention.end, ...fault.data },
    at: fault.at,
    in: window.routine,
    targets,
    properties,
    flow: fault.flow,
    anchor: fault.anchor,
  };
}
