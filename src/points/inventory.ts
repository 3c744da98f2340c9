/** The inventory: every public function, what POSIX says of it, what its code does on each target, and by which way. */
import type { Lifted, Region, Target } from '../ir/types.js';
import { documentedOf, POSIX_LISTS, posixOf, type Documented, type Standard, type Standing } from '../posix/index.js';
import { linkedPrograms, type Linkable, type Linked } from './linked.js';
import { actsItsOwnWay } from './own-way.js';
import type { Step } from './points.js';
import { actsBy } from './sites.js';
import { publicNames } from './public-names.js';

/**
 * `point`: every way that does not report an error acts. `conditional`: some way does. `unknown`: not decided, for the
 * reason in `because`.
 */
export type Status = 'point' | 'conditional' | 'no' | 'unknown';
export type Verdict = 'ok' | 'missing' | 'skipped' | 'unexpected' | 'differs' | 'unknown';

export interface Entry {
  readonly function: string;
  readonly filePath: string;
  readonly line: number;
  readonly posix: Readonly<Record<Standard, Standing>>;
  /** What manuals and libcs say of a function that POSIX does not list. */
  readonly documented?: readonly Documented[];
  /** What the tree's own lists say in place of POSIX. */
  readonly own?: { readonly standing: Standing; readonly source: string };
  readonly targets: Readonly<Partial<Record<Target, Status>>>;
  /** The shortest way on each target, from the function to what acts; equal ways once. */
  readonly via: readonly (readonly string[])[];
  readonly verdict: Verdict;
  readonly because: string;
}

interface Side {
  readonly target: Target;
  readonly status: Status;
  readonly at: Region;
  readonly via: readonly string[];
  readonly because: string;
  /** What acts does so only in functions that must not, which are told themselves. */
  readonly isElsewhere: boolean;
}

/** Sorted by name. */
export function inventory(project: Linkable): readonly Entry[] {
  const all = linkedPrograms(project);
  const names = new Set(all.flatMap((linked) => publicNames(linked).all));
  return [...names].sort().flatMap((name) => {
    const sides = all.flatMap((linked) => sideOf(name, linked, project) ?? []);
    const [first] = sides;
    return first ? [entryOf(name, first, sides, project)] : [];
  });
}

function sideOf(name: string, linked: Linked, project: Linkable): Side | undefined {
  const { target, points, skips, lists } = linked;
  const { lifted, defined } = points.linker.meaning(name, '', target);
  if (!lifted) {
    if (!defined || !project.program) return undefined;
    const { leads, regionOf } = project.program;
    const rest = { target, at: regionOf(defined), via: [], isElsewhere: false };
    // Not lifted, since nothing that it calls can lead to a cancellation point.
    if (!leads.has(defined.name)) return { ...rest, status: 'no', because: '' };
    return { ...rest, status: 'unknown', because: 'its definition was not found in its source' };
  }
  if (lifted.kind === 'macro') return undefined;
  const node = points.node(lifted);
  const at = lifted.nameAt;
  if (project.roles.has(name, 'test-cancel')) {
    return { target, status: 'point', at, via: [name], because: '', isElsewhere: false };
  }
  if (!points.acts(node)) {
    const unread = points.notWhole(node);
    if (!unread) return { target, status: 'no', at, via: [], because: '', isElsewhere: false };
    const told =
      unread.calls === undefined
        ? notWhole(unread.f)
        : `'${unread.calls}' is the system's, and the tree does not hold it`;
    const because = `${told}${unread.f === lifted || unread.calls !== undefined ? '' : ', which it may come to'}`;
    return { target, status: 'unknown', at, via: [], because, isElsewhere: false };
  }
  const via = wayOf(points.route(node));
  const isElsewhere = lists.isForbidden(name) && !actsBySelf(lifted, linked);
  const rest = { target, at, via, isElsewhere };
  if (lifted.kind === 'assembly')
    return { ...rest, status: 'conditional', because: 'which ways act is not told of assembly' };
  const ways = skips.skips(node);
  if (!ways) {
    return { ...rest, status: 'unknown', because: notFollowed(skips.causeOf(node)) };
  }
  const [skip] = ways;
  if (!skip) return { ...rest, status: 'point', because: '' };
  const { file, line } = (skip.at ?? skip.end).origin.at;
  return { ...rest, status: 'conditional', because: `a way past it turns off at ${file}:${String(line)}` };
}

/** The function or one that it calls, other than through public functions that must not. */
function actsBySelf(f: Lifted, linked: Linked): boolean {
  const node = linked.points.node(f);
  return linked.points
    .actingSites(node)
    .some(
      (site) =>
        site.member === undefined &&
        (linked.points.callees(site, node).length === 0 ||
          linked.points.callees(site, node).some((c) => linked.points.acts(c) && actsItsOwnWay(c, linked))),
    );
}

/** Why the ways of a function are not known. */
const notFollowed = (f: Lifted): string =>
  f.notUnderstood > 0 ? notWhole(f) : `'${f.name}' has too many ways to tell apart`;

const notWhole = (f: Lifted): string =>
  `${String(f.notUnderstood)} part(s) of '${f.name}' at ${f.nameAt.file}:${String(f.nameAt.line)} were not understood`;

/** `read`, `__syscall_cp`, `SYS_read` */
function wayOf(steps: readonly Step[]): string[] {
  const last = steps.at(-1)?.site;
  return [...steps.map((s) => s.in.f.name), ...(last ? actsBy(last) : [])];
}

function entryOf(name: string, first: Side, sides: readonly Side[], project: Linkable): Entry {
  const via = new Map(sides.filter((s) => s.via.length > 0).map((s) => [s.via.join(' '), s.via]));
  const { verdict, because } = judge(name, sides, project);
  const own = project.lists?.ownOf(name);
  const documented = documentedOf(name);
  return {
    function: name,
    filePath: first.at.file,
    line: first.at.line,
    posix: posixOf(name),
    ...(documented.length > 0 ? { documented } : {}),
    ...(own ? { own: { standing: own.standing, source: own.by } } : {}),
    targets: Object.fromEntries(sides.map((s) => [s.target, s.status])),
    via: [...via.values()],
    verdict,
    because,
  };
}

function judge(name: string, sides: readonly Side[], project: Linkable): { verdict: Verdict; because: string } {
  const lists = project.lists ?? POSIX_LISTS;
  const { standing, by } = lists.of(name);
  const reasons = [...new Set(sides.flatMap((s) => (s.because === '' ? [] : [s.because])))].join('; ');
  const on = (...wanted: readonly Status[]): string => targetsOf(sides.filter((s) => wanted.includes(s.status)));
  // One that acts on ways that are not all known acts all the same.
  const acts = targetsOf(sides.filter((s) => s.via.length > 0));
  if (standing === 'required') {
    const missing = sides.filter((s) => s.status === 'no' && !isStub(name, s.target, project));
    if (missing.length > 0)
      return {
        verdict: 'missing',
        because: `${by} requires it, and nothing in it acts on ${missing.map((s) => s.target).join(', ')}`,
      };
    if (on('no') !== '') return { verdict: 'ok', because: 'it only fails' };
    if (on('unknown') !== '') return { verdict: 'unknown', because: reasons };
    const condition = lists.conditionOf(name);
    if (condition) return { verdict: 'ok', because: `required with ${condition.constants.join(', ')}` };
    return on('conditional') === '' ? { verdict: 'ok', because: '' } : { verdict: 'skipped', because: reasons };
  }
  if (lists.isForbidden(name) && acts !== '' && project.roles.of(name).length === 0) {
    if (sides.every((s) => s.isElsewhere || s.status === 'no'))
      return { verdict: 'unknown', because: 'only by way of members, or of another function that must not' };
    {
      const why = lists.ownOf(name) ? `${by} forbids it` : 'POSIX lists it nowhere';
      return { verdict: 'unexpected', because: `${why}, and it acts on ${acts}` };
    }
  }
  if (acts !== '' && on('no') !== '' && sides.some((s) => s.status === 'no' && !isStub(name, s.target, project)))
    return { verdict: 'differs', because: `it acts on ${acts} and not on ${on('no')}` };
  const isUnknown = sides.some((s) => s.status === 'unknown' && s.via.length === 0);
  return { verdict: isUnknown ? 'unknown' : 'ok', because: reasons };
}

const targetsOf = (sides: readonly Side[]): string => sides.map((s) => s.target).join(', ');

/** It comes back with errors only. */
function isStub(name: string, target: Target, project: Linkable): boolean {
  const linked = linkedPrograms(project).find((l) => l.target === target);
  const f = linked?.points.named(name);
  return linked !== undefined && f?.kind === 'function' && linked.skips.skips(linked.points.node(f))?.length === 0;
}

/** One way from a function to what acts, on one target, a line for each call. */
export interface Chain {
  readonly target: Target;
  readonly steps: readonly {
    readonly function: string;
    readonly at: Region;
    readonly calls: string;
    /** The function acts anywhere from here on, rather than in what it calls; nothing is called where `calls` is empty. */
    readonly isAsynchronous?: true;
  }[];
}

/** Every acting site of the function, each followed by the shortest way on. Undefined where there is no such function. */
export function chainsOf(name: string, project: Linkable): readonly Chain[] | undefined {
  const meanings = linkedPrograms(project).map((linked) => ({
    ...linked,
    ...linked.points.linker.meaning(name, '', linked.target),
  }));
  if (meanings.every((m) => !m.lifted && !m.defined)) return undefined;
  return meanings.flatMap(({ target, points, lifted }) => {
    if (!lifted) return [];
    const node = points.node(lifted);
    return points.actingSites(node).map((site): Chain => {
      const to = points.callees(site, node).find((c) => points.acts(c));
      const steps = [{ in: node, site, to }, ...(to ? points.route(to) : [])];
      return {
        target,
        steps: steps.map((s) => ({
          function: s.in.f.name,
          at: s.site.op.origin.at,
          calls: calledBy(s),
          ...(s.site.isAsynchronous ? { isAsynchronous: true } : {}),
        })),
      };
    });
  });
}

function calledBy({ site, to }: Step): string {
  if (to) return to.f.name;
  const [by = '', ...of] = actsBy(site);
  if (site.isAsynchronous) return of.length > 0 ? by : '';
  return of.length > 0 ? `${by} (${of.join(', ')})` : by;
}
