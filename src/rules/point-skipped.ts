/**
 * A function that POSIX requires to be a cancellation point, with a path from entry to return on which it is none: the
 * call that would have acted is only made when there is something to wait for.
 */
import type { Lifted, Region, Target, Terminator } from '../ir/types.js';
import type { Skip } from '../points/skips.js';
import { defineRule } from './define-rule.js';
import { linkedPrograms } from '../points/linked.js';
import { publicFunction } from '../points/public-names.js';
import { canceller, victim } from './helpers/steps.js';

interface Skipped {
  readonly names: string[];
  /** Who requires the first of them. */
  readonly by: string;
  readonly f: Lifted;
  readonly skip: Skip;
  readonly targets: Target[];
}

export default defineRule<'skips'>({
  id: 'point-skipped',
  meta: {
    category: 'set',
    description: 'A function that must be a cancellation point, with a path on which it acts on no request',
    explanation:
      'POSIX lets a thread rely on it that a pending request is acted upon in these functions, whether or not they have to wait. A loop around a call that never has to wait is otherwise never left: a consumer whose queue is always full cannot be cancelled.',
    messages: {
      skips:
        "'{names}' must be a cancellation point ({by}), and comes back from here without having looked for a request",
    },
    severity: 'warn',
    presets: ['recommended', 'strict', 'all'],
    precision: 'medium',
    properties: [],
    references: ['POSIX.1-2008 XSH 2.9.5.2 Cancellation Points', 'pthreads(7), "Cancelation points"'],
  },
  needsProgram: true,
  run({ project, report, incomplete }) {
    const found = new Map<string, Skipped>();
    for (const linked of linkedPrograms(project)) {
      const { target, points, skips, lists } = linked;
      for (const name of lists.required) {
        const f = publicFunction(name, linked);
        if (!f || lists.conditionOf(name) || project.roles.has(name, 'test-cancel')) continue;
        const node = points.node(f);
        // Which returns of a routine report an error is not to be told.
        if (!points.acts(node) || f.kind === 'assembly') continue;
        const paths = skips.skips(node);
        if (!paths) incomplete(f, `the paths of '${skips.causeOf(node).name}' could not all be followed`);
        const [skip] = paths ?? [];
        if (!skip) continue;
        const at = placeOf(skip);
        const key = `${at.file}:${String(at.line)}:${String(at.column)}`;
        const known = found.get(key) ?? { names: [], by: lists.of(name).by, f, skip, targets: [] };
        found.set(key, known);
        if (!known.names.includes(name)) known.names.push(name);
        if (!known.targets.includes(target)) known.targets.push(target);
      }
    }
    for (const { names, by, f, skip, targets } of found.values()) {
      const [name = ''] = names;
      report({
        messageId: 'skips',
        data: { names: names.join("', '"), by },
        at: placeOf(skip),
        in: skip.in,
        targets,
        flow: [
          canceller(f.nameAt, 'pthread_cancel sets the flag'),
          victim(f.nameAt, `the thread calls '${name}' with cancellation enabled`),
          ...skip.through.map((op) => victim(op.origin.at, 'and by way of this call comes')),
          victim(placeOf(skip), 'past the place where it would have acted'),
          victim(skip.end.origin.at, 'and back to its caller'),
        ],
        anchor: names.join(),
      });
    }
  },
});

/** The branch that turns away, else the return. */
const placeOf = (skip: Skip): Region => (skip.at ?? (skip.end satisfies Terminator)).origin.at;
