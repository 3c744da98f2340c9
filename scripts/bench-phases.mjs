/** Where the time of a run goes, for `npm run bench`: from what `cancelint --debug` prints on standard error. */

/** Steps that hold others, whose own time is what the others leave. */
const HOLDS = new Map([['analyse', /^(read|plan|directives|macros|scan|outline|lift|lift macros|make)$/]]);

/** `{ step: milliseconds }` of one run, each millisecond counted once; the rules together. */
export function phasesOf(notes) {
  const rows = [...notes.matchAll(/^debug: (.+?) +([\d.]+) ms$/gm)].map(([, name, ms]) => [name, Number(ms)]);
  const phases = new Map(rows.filter(([name]) => !name.startsWith('rule ')));
  for (const [outer, inner] of HOLDS) {
    if (!phases.has(outer)) continue;
    const held = [...phases].filter(([name]) => inner.test(name)).reduce((sum, [, ms]) => sum + ms, 0);
    phases.set(outer, Math.max(0, phases.get(outer) - held));
  }
  return phases;
}

/**
 * A row for every step of the runs of some trees, in per cent of a run's steps together (medians): `trees` is a list of
 * `{ tree, runs }`, `runs` what `phasesOf` gave of each.
 */
export function phaseRows(trees, median) {
  const names = [...new Set(trees.flatMap(({ runs }) => runs.flatMap((phases) => [...phases.keys()])))];
  const shares = (name) =>
    trees.map(({ runs }) => median(runs.map((phases) => (100 * (phases.get(name) ?? 0)) / total(phases))));
  return names.map((name) => [name, ...shares(name).map((share) => share.toFixed(0))]);
}

function total(phases) {
  return [...phases.values()].reduce((sum, ms) => sum + ms, 0);
}
