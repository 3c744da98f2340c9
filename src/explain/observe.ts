/** Runs a window's routine and notes, for each of its instructions, in which states it is come to and what a request does there. */
import type { Boundary, Path } from '../x86/window/path.js';
import type { Trial } from '../x86/window/trial.js';
import type { CallOutcome, Outcome } from './model.js';
import { beforeCall, behindCall, callOutcomes, ended, VDSO_OUTCOMES } from './outcomes.js';

/** What was seen at one address. */
export interface Seen {
  readonly depths: Set<number>;
  readonly outcomes: Outcome[];
  calls: readonly CallOutcome[];
}

export interface Observed {
  readonly at: ReadonlyMap<number, Seen>;
  /** The set of values with which the call is made, the first one where there is none. */
  readonly shown: 0 | 1;
}

/** The paths without a request and with one from the beginning. */
interface Paths {
  readonly clear: readonly Path[];
  readonly asked: readonly Path[];
}

/** Twice over, with both sets of values. */
export function observe(trial: Trial, routine: number): Observed {
  const at = new Map<number, Seen>();
  const see = (b: Pick<Boundary, 'machine' | 'pc'>): Seen => {
    const seen = at.get(b.pc) ?? { depths: new Set(), outcomes: [], calls: [] };
    at.set(b.pc, seen);
    seen.depths.add(trial.calling.places.stack - Number(b.machine.register(trial.calling.stackPointer)));
    return seen;
  };
  const sets = ([0, 1] as const).map((set): Paths => {
    const entry = trial.atEntry(routine, set);
    const clear = trial.follow(entry);
    const asked = trial.follow(trial.requested(entry));
    noteClear(trial, clear, see);
    // What only a set flag leads to is the way to cancelling.
    const before = new Set(clear.flatMap(({ boundaries }) => boundaries.map((b) => b.pc)));
    for (const { boundaries } of [...asked, ...fromInside(trial, clear)])
      for (const b of boundaries) if (!before.has(b.pc)) see(b).outcomes.push({ is: 'cancelling' });
    return { clear, asked };
  });
  const makesCall = ({ clear }: Paths): boolean => clear.some(({ end }) => end.kind === 'syscall');
  const shown = sets.findIndex(makesCall);
  return { at, shown: shown === -1 ? 0 : (shown as 0 | 1) };
}

function noteClear(trial: Trial, clear: readonly Path[], see: (b: Pick<Boundary, 'machine' | 'pc'>) => Seen): void {
  for (const path of clear) {
    const { boundaries, end } = path;
    for (const b of boundaries) see(b).outcomes.push(beforeCall(trial, b));
    const last = boundaries.at(-1);
    if (end.kind === 'vdso' && last) see(last).calls = VDSO_OUTCOMES;
    if (end.kind !== 'syscall' || !last) continue;
    const here = see(last);
    if (here.calls.length === 0) here.calls = callOutcomes(trial, path, end.event);
    for (const outcome of [{ kind: 'completed', result: 7n }, { kind: 'interrupted' }] as const) {
      for (const { boundaries: behind } of trial.follow(ended(path, end.event, outcome)))
        for (const b of behind) see(b).outcomes.push(behindCall(trial, b, outcome.kind));
    }
  }
}

/** The ways from the cancel target on, from each place inside. */
function fromInside(trial: Trial, clear: readonly Path[]): readonly Path[] {
  const { cancel } = trial.labels;
  if (cancel === undefined) return [];
  return clear
    .flatMap(({ boundaries }) => boundaries.filter((b) => trial.isInside(b.pc)))
    .flatMap(({ machine }) => {
      const there = machine.fork();
      there.pc = cancel;
      return trial.follow(there);
    });
}
