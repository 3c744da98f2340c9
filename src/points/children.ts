/**
 * Code that runs in a child: the side of a fork on which its result is 0, and functions that are given to clone.
 * Problem: which calls there act on a request? The child has the state of the thread that made it, and its request: in a
 * copy, or, where it shares the memory, the very same.
 * Method: what a function does when the result is 0 and does not when it is another (ir/analysis/sides.ts).
 */
import { operations, type Place } from '../ir/analysis/reach.js';
import { opsBehind } from '../ir/analysis/sides.js';
import type { Lifted, Op, Target } from '../ir/types.js';
import { POSIX_BALANCE } from '../libc/common.js';
import { linkedPrograms, type Linkable, type Linked } from './linked.js';
import { actsBy, actsItself, fatalCalls, returning, siteOf } from './sites.js';

export interface ChildSite {
  readonly f: Lifted;
  readonly op: Op;
  /** What acts. */
  readonly call: string;
  /** What makes the child: `fork`, `__clone`. */
  readonly by: string;
  /** The child has no memory of its own: it is a function that shares that of its caller. */
  readonly isFunction: boolean;
  readonly targets: readonly Target[];
}

/**
 * The first site of each function that acts in a child. A child that comes back to the caller goes on as the program, and
 * is cancelled as that.
 */
export function childSites(project: Linkable): readonly ChildSite[] {
  const forkNames = new Set((project.libc.balance ?? POSIX_BALANCE).forks);
  const out = new Map<Lifted, Omit<ChildSite, 'targets'> & { readonly targets: Target[] }>();
  const note = (f: Lifted, target: Target, found: Omit<ChildSite, 'f' | 'targets'>): void => {
    const known = out.get(f);
    if (known) known.targets.push(target);
    else out.set(f, { f, ...found, targets: [target] });
  };
  for (const linked of linkedPrograms(project)) {
    const { target, points } = linked;
    const endings: { readonly f: Lifted; readonly op: Op }[] = [];
    for (const f of project.program?.functions ?? []) {
      if (!f.targets.includes(target) || f.kind === 'macro' || f.name === 'main') continue;
      const forks = operations(f).filter(({ op }) => isFork(op, forkNames));
      const [fork] = forks;
      if (!fork) continue;
      const child = childOps(
        f,
        forks.map((one) => one.place),
        linked,
      );
      const isInside = (op: Op): boolean => child.has(op);
      const found = actingIn(f, isInside, linked);
      if (found) note(f, target, { ...found, by: nameOf(fork.op), isFunction: false });
      else for (const to of endingCalls(f, isInside, linked)) endings.push({ f: to, op: fork.op });
    }
    const seen = new Set<Lifted>();
    const work = [...points.states.children(), ...endings];
    for (let child = work.shift(); child; child = work.shift()) {
      const { f, op } = child;
      if (seen.has(f)) continue;
      seen.add(f);
      const found = actingIn(f, () => true, linked);
      if (found) note(f, target, { ...found, by: nameOf(op), isFunction: true });
      else for (const to of endingCalls(f, () => true, linked)) work.push({ f: to, op });
    }
  }
  return [...out.values()];
}

/** fork(2), vfork(2), clone(2): by a name of the libc, or as the system call itself. */
function isFork(op: Op, forks: ReadonlySet<string>): boolean {
  if (op.op === 'call') return forks.has(op.callee ?? '');
  return op.op === 'syscall' && op.number.k === 'name' && /^(SYS|__NR)_(v?fork|clone3?)$/.test(op.number.name);
}

const nameOf = (op: Op): string => (op.op === 'call' ? (op.callee ?? '') : op.op === 'syscall' ? op.via : '');

function actingIn(
  f: Lifted,
  isInside: (op: Op) => boolean,
  { points }: Linked,
): { readonly op: Op; readonly call: string } | undefined {
  const node = points.node(f);
  for (const { op, place } of operations(f)) {
    const site = isInside(op) && !points.states.isOffAt(f, place) ? siteOf(op, place) : undefined;
    if (!site) continue;
    if (actsItself(op)) return { op, call: actsBy(site)[0] ?? '' };
    if (points.callees(site, node).some((c) => points.acts(c))) return { op, call: site.calls ?? 'the call' };
  }
  return undefined;
}

/** Helpers that a child calls for the rest of its life: nothing comes back from them that would act in the caller. */
function endingCalls(f: Lifted, isInside: (op: Op) => boolean, { points }: Linked): readonly Lifted[] {
  const isFatal = fatalCalls(points.linker.program);
  return operations(f).flatMap(({ op }) => {
    const to =
      op.op === 'call' && isInside(op) && isFatal(op) ? points.named(op.callee ?? '', f.nameAt.file) : undefined;
    return to?.isStatic === true && to !== f ? [to] : [];
  });
}

/** What only the child runs, and behind which it never comes back. */
function childOps(f: Lifted, forks: readonly Place[], { points }: Linked): ReadonlySet<Op> {
  const comesBack = returning(f, fatalCalls(points.linker.program));
  const only = new Set<Op>();
  for (const fork of forks) {
    const [child, parent, failure] = [opsBehind(f, fork, 0n), opsBehind(f, fork, 1n), opsBehind(f, fork, -1n)];
    for (const op of child) if (!parent.has(op) && !failure.has(op)) only.add(op);
  }
  for (const { op, place } of operations(f)) if (comesBack.has(place.block)) only.delete(op);
  return only;
}
