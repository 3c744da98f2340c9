/**
 * A function that POSIX requires to be a cancellation point (XSH 2.9.5.2, first list), in which nothing acts on a
 * request: a thread that waits there can only be cancelled when it comes back by itself.
 */
import { disables } from '../ir/analysis/cancel-state.js';
import { operations } from '../ir/analysis/reach.js';
import type { Lifted, Op, Target } from '../ir/types.js';
import { defineRule } from './define-rule.js';
import { linkedPrograms, type Linked } from '../points/linked.js';
import type { Node } from '../points/node.js';
import type { Points } from '../points/points.js';
import { publicFunction } from '../points/public-names.js';
import { canceller, kernel, victim } from './helpers/steps.js';

export default defineRule<'plain' | 'disabled'>({
  id: 'point-missing',
  meta: {
    category: 'set',
    description: 'A function that must be a cancellation point, and in which nothing acts on a request',
    explanation:
      'POSIX lists the functions that programs may count on to be cancellation points. A thread that waits in one of them must be cancelled there: nobody else can end the wait, and code that cancels and joins waits for ever.',
    messages: {
      plain: "'{name}' must be a cancellation point ({by}), and nothing in it acts on a request",
      disabled:
        "'{name}' must be a cancellation point ({by}), and disables cancellation for everything that could act on a request",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: [],
    references: ['POSIX.1-2008 XSH 2.9.5.2 Cancellation Points', 'pthreads(7), "Cancelation points"'],
  },
  needsProgram: true,
  run({ project, report }) {
    const found = new Map<Lifted, { name: string; by: string; targets: Target[] }>();
    for (const linked of linkedPrograms(project)) {
      for (const name of linked.lists.required) {
        const f = publicFunction(name, linked);
        if (!f || project.roles.has(name, 'test-cancel') || !isMissing(f, linked)) continue;
        const known = found.get(f);
        if (known?.targets.includes(linked.target) === true) continue;
        if (known) known.targets.push(linked.target);
        else found.set(f, { name, by: linked.lists.of(name).by, targets: [linked.target] });
      }
    }
    for (const [f, { name, by, targets }] of found) {
      // Built on another that is missing too: said there.
      if (callsOne(f, found, linkedPrograms(project))) continue;
      const off = operations(f).find(({ op }) => op.op === 'cancel-state' && disables(op))?.op;
      const at = (off ?? waitIn(f) ?? waitBelow(f, targets, linkedPrograms(project)))?.origin.at ?? f.nameAt;
      report({
        messageId: off ? 'disabled' : 'plain',
        data: { name, by },
        at,
        in: f,
        targets,
        flow: [
          victim(f.nameAt, `a thread calls '${name}' with cancellation enabled`),
          kernel(at, off ? 'from here on no request is acted upon' : 'it waits, or is about to'),
          canceller(at, 'pthread_cancel sets the flag'),
          victim(f.nameAt, 'the request stays pending until the call comes back by itself, and beyond'),
        ],
        anchor: name,
      });
    }
  },
});

/** Nothing in it acts, and not because it only fails, as the stub of a call that the kernel does not have. */
function isMissing(f: Lifted, { points, skips }: Linked): boolean {
  const node = points.node(f);
  if (points.acts(node) || !points.isWhole(node) || callsOld(node, points)) return false;
  return (skips.skips(node)?.length ?? 0) > 0;
}

/** Of what it calls only the version for old programs is known. */
function callsOld(node: Node, points: Points): boolean {
  const { linker, target } = points;
  const file = node.f.nameAt.file;
  return points
    .sites(node)
    .some(({ calls }) => calls !== undefined && linker.meaning(calls, file, target).isOld === true);
}

function callsOne(f: Lifted, found: ReadonlyMap<Lifted, unknown>, all: readonly Linked[]): boolean {
  return all.some(({ points }) => {
    const node = points.node(f);
    return points.sites(node).some((site) => points.callees(site, node).some((c) => c.f !== f && found.has(c.f)));
  });
}

/** The same in what it calls and does nothing else by: `wait` is a call of `wait4`. */
function waitBelow(f: Lifted, targets: readonly Target[], all: readonly Linked[]): Op | undefined {
  const linked = all.find((l) => l.target === targets[0]);
  if (!linked) return undefined;
  let node = linked.points.node(f);
  for (const seen = new Set([node]); ;) {
    const own = waitIn(node.f);
    if (own) return own;
    const callees = linked.points.sites(node).flatMap((site) => linked.points.callees(site, node));
    const [next, ...others] = new Set(callees);
    if (!next || others.length > 0 || seen.has(next)) return undefined;
    seen.add(next);
    node = next;
  }
}

/** The system call that should have been made through the marked wrapper. */
const waitIn = (f: Lifted): Op | undefined =>
  operations(f).find(({ op }) => op.op === 'syscall' && !op.cancellable)?.op;
