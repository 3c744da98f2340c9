/**
 * A function that is a cancellation point on some targets and not on others, because one of them has a definition of its
 * own: programs that are tested on one cannot be cancelled, or are cancelled by surprise, on the other.
 */
import type { Lifted, Region, Target } from '../ir/types.js';
import type { Defined } from '../points/program.js';
import { defineRule } from './define-rule.js';
import { comparedPrograms, type Linked } from '../points/linked.js';
import { publicNames } from '../points/public-names.js';
import { victim } from './helpers/steps.js';

interface Side {
  readonly target: Target;
  readonly acts: boolean;
  /** It only fails, which says nothing. */
  readonly isStub: () => boolean;
  /** Everything that it calls was understood, so that it does not act for certain. */
  readonly isWhole: () => boolean;
  readonly lifted: Lifted | undefined;
  readonly defined: Defined | undefined;
}

export default defineRule<'differs' | 'alone'>({
  id: 'point-differs',
  meta: {
    category: 'set',
    description: 'A function that is a cancellation point on some targets and not on others',
    explanation:
      'Whether a function acts on requests is a part of its interface. A definition for one architecture that forgets it, as hand-written system calls in assembly do, makes programs hang or leak there and nowhere else.',
    messages: {
      differs: "'{name}' acts on a request on {acting}, and this definition of it for {other} does not",
      alone:
        "'{name}' acts on a request on {acting}, by this definition of it, and on {other} it does not: what callers hold across it is lost there",
    },
    severity: 'warn',
    presets: ['recommended', 'strict', 'all'],
    precision: 'medium',
    properties: [],
    references: ['POSIX.1-2008 XSH 2.9.5.2 Cancellation Points'],
  },
  needsProgram: true,
  comparesTargets: true,
  run({ project, report }) {
    const all = comparedPrograms(project);
    const [first] = all;
    if (!first || all.length < 2) return;
    const names = new Set(all.flatMap((linked) => publicNames(linked).all));
    for (const name of [...names].sort()) {
      // What must be one and is none is told as such.
      if (first.lists.of(name).standing === 'required') continue;
      const sides = all.flatMap((linked) => side(name, linked));
      const acting = sides.filter((s) => s.acts);
      const [one] = acting;
      if (!one || acting.length === sides.length) continue;
      const others = sides.filter(
        (s) => !s.acts && s.isWhole() && !s.isStub() && acting.some((a) => fileOf(a) !== fileOf(s)),
      );
      // Where only a few act, it is they that are not like the rest.
      const isAlone = acting.length < others.length;
      for (const alike of others.length === 0 ? [] : byFile(isAlone ? acting : others)) {
        const [odd] = alike;
        const [usual] = isAlone ? others : acting;
        const regionOf = project.program?.regionOf;
        const at = odd && regionOf && placeOf(odd, regionOf);
        const there = usual && regionOf && placeOf(usual, regionOf);
        if (!at || !there) continue;
        const on = alike.map((s) => s.target);
        const acts = `on ${(isAlone ? odd : usual).target} a request is acted upon here`;
        const waits = `on ${(isAlone ? usual : odd).target} it stays pending`;
        report({
          messageId: isAlone ? 'alone' : 'differs',
          data: {
            name,
            acting: listed(isAlone ? on : acting.map((s) => s.target)),
            other: listed(isAlone ? others.map((s) => s.target) : on),
          },
          at,
          ...(odd.lifted ? { in: odd.lifted } : {}),
          targets: on,
          flow: isAlone ? [victim(there, waits), victim(at, acts)] : [victim(there, acts), victim(at, waits)],
          anchor: name,
        });
      }
    }
  },
});

function side(name: string, { target, points, skips }: Linked): Side[] {
  const { lifted, defined, isOld } = points.linker.meaning(name, '', target);
  if (isOld === true) return [];
  const actsIn = (f: Lifted | undefined): boolean => f !== undefined && points.acts(points.node(f));
  const f = lifted?.kind === 'macro' ? undefined : lifted;
  const acts = actsIn(f);
  // Not decided which of two it is, one that acts and one that does not.
  if (points.linker.possible(name, target).some((one) => actsIn(one.lifted) !== acts)) return [];
  if (f) {
    const node = points.node(f);
    const isStub = (): boolean => f.kind === 'function' && (skips.skips(node)?.length ?? 0) === 0;
    return [{ target, acts, isStub, isWhole: () => points.isWhole(node), lifted: f, defined }];
  }
  return defined ? [{ target, acts: false, isStub: () => false, isWhole: () => true, lifted: undefined, defined }] : [];
}

/** Those of one definition together. */
function byFile(sides: readonly Side[]): readonly (readonly Side[])[] {
  const groups = new Map<string | undefined, Side[]>();
  for (const one of sides) groups.set(fileOf(one), [...(groups.get(fileOf(one)) ?? []), one]);
  return [...groups.values()];
}

const LISTED = 4;

/** All of a few targets, else how many more there are. */
const listed = (targets: readonly Target[]): string =>
  targets.length <= LISTED
    ? targets.join(', ')
    : `${targets.slice(0, LISTED - 1).join(', ')} and ${String(targets.length - LISTED + 1)} more`;

const fileOf = ({ lifted, defined }: Side): string | undefined => lifted?.nameAt.file ?? defined?.file;

const placeOf = ({ lifted, defined }: Side, regionOf: (d: Defined) => Region): Region | undefined =>
  lifted?.nameAt ?? (defined && regionOf(defined));
