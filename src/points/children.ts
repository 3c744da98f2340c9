/**
 * Code that runs in a child: the side of a fork on which its result is 0, and functions that are given to clone.
 * Problem: which calls there act on a request? The child has the state of the thread that made it, and its request: in a
 * copy, or, where it shares the memory, the very same.
 * Method: what a function does when the result is 0 and does not when it is another (ir/analysis/assume.ts).
 */
import { outcomeOf } from '../ir/analysis/assume.js';
import { operations } from '../ir/analysis/reach.js';
import type { Lifted, Op, Target } from '../ir/types.js';
import { POSIX_BALANCE } from '../libc/common.js';
import { linkedPrograms, type Linkable, type Linked } from './linked.js';
import { actsBy, actsItself, fatalCalls, siteOf } from './sites.js';

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

export interface Children {
  /** The first site of each function that acts in a child, whatever becomes of the child. */
  readonly sites: readonly ChildSite[];
  /** Functions with a fork whose sides are too many ways to tell apart. */
  readonly undecided: readonly Lifted[];
}

export function childSites(project: Linkable): Children {
  const forks = new Set((project.libc.balance ?? POSIX_BALANCE).forks);
  const out = new Map<Lifted, Omit<ChildSite, 'targets'> & { readonly targets: Target[] }>();
  const undecided = new Set<Lifted>();
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
      const [fork, ...more] = operations(f).flatMap(({ op }) => (isFork(op, forks) ? [op] : []));
      if (!fork) continue;
      const child = childOps(f, [fork, ...more], linked);
      if (!child) undecided.add(f);
      const found = child && actingIn(f, (op) => child.has(op), linked);
      if (found) note(f, target, { ...found, by: nameOf(fork), isFunction: false });
      else if (child) for (const to of endingCalls(f, (op) => child.has(op), linked)) endings.push({ f: to, op: fork });
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
  return { sites: [...out.values()], undecided: [...undecided] };
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

/** What only the child runs. Undefined where there are too many ways to tell. */
function childOps(f: Lifted, forks: readonly Op[], { points }: Linked): ReadonlySet<Op> | undefined {
  const behind = (fork: Op, gives: bigint): readonly Op[] | undefined =>
    outcomeOf(f, { op: fork.id, gives, constants: points.valueOf })?.ops.map((o) => o.op);
  const only = new Set<Op>();
  for (const fork of forks) {
    const [child, parent, failure] = [behind(fork, 0n), behind(fork, 1n), behind(fork, -1n)];
    if (!child || !parent || !failure) return undefined;
    const others = new Set([...parent, ...failure]);
    for (const op of child) if (!others.has(op)) only.add(op);
  }
  return only;
}
