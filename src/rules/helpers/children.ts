/** The side of a fork that runs in the child, and what acts on a request there. */
import { normal } from '../../ir/analysis/facts.js';
import { operations } from '../../ir/analysis/reach.js';
import { valuesOf } from '../../ir/analysis/values.js';
import { bare, some } from '../../ir/expressions.js';
import type { BlockId, Expr, Lifted, Op, Target } from '../../ir/types.js';
import type { Project } from '../../linter/project.js';
import { ways, type Given } from '../../points/node.js';
import { actsItself, siteOf } from '../../points/sites.js';
import { linkedPrograms } from '../../points/linked.js';

const NOTHING: Given = new Map();

export interface ChildSite {
  readonly f: Lifted;
  readonly op: Op;
  readonly call: string;
  readonly targets: readonly Target[];
}

/** The first site of each function that acts in a child, whatever becomes of the child. */
export function childSites(project: Project): readonly ChildSite[] {
  const forks = new Set(project.libc.balance?.forks);
  const out = new Map<Lifted, { op: Op; call: string; targets: Target[] }>();
  for (const { target, points } of linkedPrograms(project)) {
    for (const f of project.program?.functions ?? []) {
      if (!f.targets.includes(target) || f.kind === 'macro' || f.name === 'main') continue;
      const child = childBlocks(f, forks);
      if (child.size === 0) continue;
      const node = points.node(f);
      const found = operations(f).find(({ op, place }) => {
        const site = child.has(place.block) && !points.states.isOffAt(f, place) ? siteOf(op, place) : undefined;
        return site && (actsItself(op) || points.callees(site, node).some((c) => points.acts(c)));
      })?.op;
      if (!found) continue;
      const known = out.get(f);
      if (known) known.targets.push(target);
      else out.set(f, { op: found, call: nameOf(found), targets: [target] });
    }
  }
  return [...out].map(([f, one]) => ({ f, ...one }));
}

const nameOf = (op: Op): string =>
  op.op === 'call' ? (op.callee ?? 'the call') : op.op === 'syscall' ? op.via : 'how' in op ? op.how : op.op;

/** Blocks that only the child runs: behind the arm of a branch that asks whether the result of a fork is 0. */
function childBlocks(f: Lifted, forks: ReadonlySet<string>): ReadonlySet<BlockId> {
  const ids = new Set(
    operations(f).flatMap(({ op }) => (op.op === 'call' && forks.has(op.callee ?? '') ? [op.id] : [])),
  );
  const only = new Set<BlockId>();
  if (ids.size === 0) return only;
  const isFork = (e: Expr): boolean => {
    const x = bare(e);
    if (x.k === 'result') return ids.has(x.op);
    return x.k === 'name' && valuesOf(f, x.name).some((v) => some(v, (y) => y.k === 'result' && ids.has(y.op)));
  };
  for (const { end } of f.blocks) {
    if (end.t !== 'branch') continue;
    const { expr, positive } = normal(end.condition);
    if (expr.k !== 'binary' || expr.operator !== '==' || !isFork(expr.left)) continue;
    if (expr.right.k !== 'int' || expr.right.value !== 0n) continue;
    const [child, parent] = positive ? [end.then, end.otherwise] : [end.otherwise, end.then];
    const both = reached(f, parent);
    for (const id of reached(f, child)) if (!both.has(id)) only.add(id);
  }
  return only;
}

function reached(f: Lifted, from: BlockId): ReadonlySet<BlockId> {
  const out = new Set<BlockId>();
  const work = [from];
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    if (out.has(id)) continue;
    out.add(id);
    const end = f.blocks[id]?.end;
    // `while (0)` leads nowhere: the parent does not come back to the child's side by it.
    if (end) work.push(...ways(end, NOTHING, () => undefined));
  }
  return out;
}
