/**
 * A function that must not be a cancellation point and reaches one with cancellation enabled: callers hold locks, memory
 * and descriptors across it, since POSIX tells them that nothing can happen there. The same in a child between fork and
 * exec, where acting on a request of the parent's thread unwinds the parent's frames in the wrong process.
 */
import type { Lifted, Op, Target } from '../ir/types.js';
import type { Node } from '../points/node.js';
import { childSites } from '../points/children.js';
import { actsItsOwnWay } from '../points/own-way.js';
import { defineRule } from './define-rule.js';
import { isOpen } from '../posix/index.js';
import { linkedPrograms, type Linked } from '../points/linked.js';
import { actsBy } from '../points/sites.js';
import { publicNames } from '../points/public-names.js';
import { canceller, victim } from './helpers/steps.js';

/** A place that acts, and the functions that come to it and must not. */
interface Culprit {
  readonly in: Lifted;
  readonly ops: Op[];
  readonly call: string;
  readonly names: Set<string>;
  /** Of those that the tree's own lists forbid: where that is said. */
  readonly sources: Map<string, string>;
  readonly targets: Set<Target>;
  readonly way: readonly Op[];
}

export default defineRule<'reaches' | 'inChild' | 'inFunction'>({
  id: 'point-unexpected',
  meta: {
    category: 'set',
    description: 'A function that must not be a cancellation point and reaches one',
    explanation:
      'POSIX names the functions that are cancellation points and those that may be; no other may. Programs hold locks, memory and descriptors across all others and push no cleanup handler for them. In the child of a fork a request acted upon runs the handlers of the parent in the wrong process.',
    messages: {
      reaches:
        "'{call}' acts on a request, and {names} must not be a cancellation point: what the caller holds is lost",
      inChild:
        "'{call}' acts on a request in the child of a fork: a request made to the thread that forked unwinds the child",
      inFunction:
        "'{call}' acts on a request in '{function}', which a child made by '{by}' runs: a request made to the thread that called it unwinds the child",
    },
    severity: 'warn',
    presets: ['recommended', 'strict', 'all'],
    precision: 'medium',
    properties: [],
    references: ['POSIX.1-2008 XSH 2.9.5.2 Cancellation Points', 'fork(2)'],
  },
  needsProgram: true,
  run({ project, report }) {
    const found = new Map<string, Culprit>();
    for (const linked of linkedPrograms(project)) {
      for (const name of publicNames(linked).all) {
        const f = linked.points.named(name);
        if (!f || !linked.lists.isForbidden(name) || project.roles.of(name).length > 0) continue;
        search(linked.points.node(f), linked, name, found);
      }
    }
    for (const { in: f, ops, call, names, sources, targets, way } of found.values()) {
      const [first, ...others] = ops;
      if (!first) continue;
      const [name = ''] = names;
      report({
        messageId: 'reaches',
        data: { call, names: told([...names], sources) },
        at: first.origin.at,
        in: f,
        targets: [...targets],
        flow: [
          canceller(first.origin.at, 'pthread_cancel sets the flag'),
          ...way.map((op) => victim(op.origin.at, `'${name}' comes here`)),
          victim(first.origin.at, `'${call}' acts on the request, and '${name}' never returns`),
        ],
        related: others.map((op) => ({ at: op.origin.at, message: 'here too' })),
        anchor: `reaches ${f.name}`,
      });
    }
    for (const { f, op, call, by, isFunction, targets } of childSites(project)) {
      report({
        messageId: isFunction ? 'inFunction' : 'inChild',
        data: isFunction ? { call, function: f.name, by } : { call },
        at: op.origin.at,
        in: f,
        targets,
        flow: [
          canceller(op.origin.at, 'pthread_cancel sets the flag of the thread that forks'),
          victim(
            op.origin.at,
            isFunction
              ? 'the child has the flag of its caller, or a copy, and acts on it: cleanup handlers run in the wrong process'
              : 'the child has a copy of the flag and acts on it, in frames of its parent',
          ),
        ],
        anchor: `${isFunction ? 'inFunction' : 'inChild'} ${f.name}`,
      });
    }
  },
});

/** Follows calls down to the place that acts, or to a public function that is allowed to. */
function search(from: Node, linked: Linked, name: string, found: Map<string, Culprit>): void {
  const { points, target, lists } = linked;
  const names = publicNames(linked);
  const seen = new Set<Node>([from]);
  const queue: { readonly node: Node; readonly way: readonly Op[]; readonly through: readonly Lifted[] }[] = [
    { node: from, way: [], through: [from.f] },
  ];
  for (const { node, way, through } of queue) {
    for (const site of points.actingSites(node)) {
      // What a member holds is not known for the one object at hand: a string's stream reads no file.
      if (site.member !== undefined) continue;
      const callees = points.callees(site, node).filter((c) => points.acts(c));
      // What acts only in another function that must not is told there, and what comes back here first on its way from here.
      if (callees.length > 0 && !callees.some((c) => actsItsOwnWay(c, linked, through))) continue;
      const known = callees.flatMap((c) => names.of(c.f));
      // Whether those may act at all nobody knows, so nothing is said of their callers.
      if (known.some((n) => isOpen(n) && lists.ownOf(n) === undefined)) continue;
      const isFine = callees.some((c) => c.f.kind !== 'macro' && points.linker.program.usedByPoints.has(c.f.name));
      if (callees.length === 0 || known.some((n) => !lists.isForbidden(n)) || (isFine && known.length === 0)) {
        const { f } = node;
        const key = `${f.nameAt.file} ${f.name}`;
        const call = site.calls ?? actsBy(site)[0] ?? '';
        const one: Culprit = found.get(key) ?? {
          in: f,
          ops: [],
          call,
          names: new Set(),
          sources: new Map(),
          targets: new Set(),
          way,
        };
        found.set(key, one);
        if (!one.ops.some((o) => o.origin.at.line === site.op.origin.at.line)) one.ops.push(site.op);
        one.names.add(name);
        if (lists.ownOf(name)) one.sources.set(name, lists.of(name).by);
        one.targets.add(target);
      } else if (known.length === 0) {
        for (const c of callees) {
          if (seen.has(c)) continue;
          seen.add(c);
          queue.push({ node: c, way: [...way, site.op], through: [...through, c.f] });
        }
      }
    }
  }
}

const SHOWN = 3;

function told(names: readonly string[], sources: ReadonlyMap<string, string>): string {
  const shown = names.slice(0, SHOWN).map((n) => `'${n}'${sources.has(n) ? ` (${sources.get(n) ?? ''})` : ''}`);
  return names.length > SHOWN ? `${shown.join(', ')} and ${String(names.length - SHOWN)} more` : shown.join(', ');
}
