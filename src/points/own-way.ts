/** Whether a function acts by itself, or only in others that must not: these are told, and mended, on their own. */
import type { Lifted } from '../ir/types.js';
import type { Linked } from './linked.js';
import type { Node } from './node.js';
import { publicNames } from './public-names.js';

const OWN = new WeakMap<Linked, Map<Node, boolean>>();

/**
 * Whether a request is acted upon in the function, or in one that it calls and that is no public function that must not.
 * What acts in one of `through` does not count.
 */
export function actsItsOwnWay(node: Node, linked: Linked, through: readonly Lifted[] = []): boolean {
  let known = OWN.get(linked);
  if (!known) OWN.set(linked, (known = new Map<Node, boolean>()));
  if (!search(node, linked, [], known)) return false;
  return through.length === 0 || search(node, linked, through, new Map());
}

function search(node: Node, linked: Linked, through: readonly Lifted[], known: Map<Node, boolean>): boolean {
  const { points, lists } = linked;
  const one = known.get(node);
  if (one !== undefined) return one;
  known.set(node, false);
  const names = publicNames(linked).of(node.f);
  const isTold = names.length > 0 && names.every((n) => lists.isForbidden(n));
  const acts =
    !isTold &&
    !through.includes(node.f) &&
    points.actingSites(node).some((site) => {
      const callees = points.callees(site, node);
      if (site.member !== undefined) return false;
      return callees.length === 0 || callees.some((c) => points.acts(c) && search(c, linked, through, known));
    });
  known.set(node, acts);
  return acts;
}
