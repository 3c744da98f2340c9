/**
 * Decides a labelled window by running its routine and delivering the signal at every boundary, in the place of the
 * handler: inside the window the request is acted upon, outside the routine goes on. Properties W1 to W8 and W10 of
 * docs/windows.md, twice over with two sets of values.
 */
import type { WindowProof } from '../../ir/proof.js';
import type { WindowConvention } from '../../libc/types.js';
import type { Image } from '../load/image.js';
import { placeSource } from '../load/source.js';
import { withoutVariables } from '../load/variables.js';
import { layOut } from '../layout.js';
import { checkBranch } from './acting.js';
import { isFaithful } from './arguments.js';
import { callingOf } from './calling.js';
import { checkFlag, checkValue } from './flag.js';
import { nothingElseInside } from './inside.js';
import { dataInWindow, withPadding } from './padding.js';
import { Trial, type VerifyRequest } from './trial.js';
import { leaves, throughVdso, withoutRequest } from './without-request.js';

export type { VerifyRequest } from './trial.js';

export interface OpenedWindow {
  readonly trial: Trial;
  /** Address of the routine's entry; undefined where none was found. */
  readonly routine: number | undefined;
  /**
   * The unit has no cancel target: that is another name of a function that acts, or the handler acts by itself. The
   * trial redirects to such a function, which is right for both where it finds what the caller left.
   */
  readonly isCancelElsewhere: boolean;
}

/** Lays the unit's window out, ready to be run; undefined where the unit has none. */
export function openWindow(request: VerifyRequest): OpenedWindow | undefined {
  const { unit, target, convention } = request;
  const placed = request.decoded?.image ?? withoutVariables(placeSource(unit, target));
  const label = (name: string): number | undefined => placed.symbols.get(name);
  const [start, end] = [label(convention.start), label(convention.end)];
  if (start === undefined || end === undefined) return undefined;
  const own = convention.cancel === undefined ? undefined : label(convention.cancel);
  const elsewhere =
    convention.cancel !== undefined && own === undefined && !request.decoded ? convention.cancel : undefined;
  const image =
    elsewhere === undefined ? placed : { ...placed, outside: new Map([...placed.outside, [CANCEL, elsewhere]]) };
  const cancel = elsewhere === undefined ? own : CANCEL;
  return {
    trial: new Trial(request, image, { start, end, cancel }),
    routine: routineAt(image, convention, start),
    isCancelElsewhere: elsewhere !== undefined,
  };
}

/** Without a request, the unit's window makes the system call that it was asked for, on every path. */
export function makesCall(request: VerifyRequest): boolean {
  const { trial, routine } = openWindow(request) ?? {};
  if (!trial || routine === undefined) return false;
  return ([0, 1] as const).every((set) =>
    trial
      .follow(trial.atEntry(routine, set))
      .every(({ end, machine }) => end.kind === 'syscall' && isFaithful(trial, machine, end.event)),
  );
}

/** Decides the unit's window on a target; undefined where the unit has none. */
export function verifyWindow(request: VerifyRequest): WindowProof | undefined {
  if (request.decoded) return prove(request);
  const { unit, padding } = withPadding(request.unit);
  return prove({ ...request, unit, padding });
}

function prove(request: VerifyRequest): WindowProof | undefined {
  const data = request.decoded ? undefined : dataInWindow(request.unit, request.convention);
  const opened = openWindow(request);
  if (!opened) return proveSaved(request);
  const { trial, routine, isCancelElsewhere } = opened;
  const { convention } = request;
  if (data !== undefined) trial.undecided(`'${data}' lies in it, and is not taken for instructions`);
  else if (routine === undefined) trial.undecided('no function begins in front of it');
  else for (const set of [0, 1] as const) verify(trial, routine, set);
  if (trial.isClean) nothingElseInside(trial);
  const proof = trial.proof();
  const faults = proof.faults.filter(({ kind }) => kind !== 'cancel-path');
  if (!isCancelElsewhere || faults.length === proof.faults.length) return proof;
  return { ...proof, faults, undecided: `there is no '${convention.cancel ?? ''}'` };
}

/** Decides a routine without labels that stores its SP and PC for the handler; undefined where it does not. */
function proveSaved(request: VerifyRequest): WindowProof | undefined {
  const { unit, target, convention } = request;
  const { saved } = convention;
  const layout = layOut(unit);
  const isDefined = layout.streams.some(({ items }) =>
    items.some(({ statement: s }) => s.kind === 'label' && s.name === convention.routine),
  );
  if (!saved || !isDefined || request.decoded) return undefined;
  const image = withoutVariables(placeSource(unit, target));
  const routine = image.symbols.get(convention.routine) ?? 0;
  const { word, places } = callingOf(target);
  const at = (n: number): number => places.flag + word * (n - saved.flagWord);
  const words = { stackPointer: at(saved.stackPointer.word), pc: at(saved.pc.word) };
  const labels = { start: routine, end: routine, cancel: undefined };
  const trial = new Trial(request, image, labels, words);
  const stores = trial.follow(trial.atEntry(routine, 0)).some(({ boundaries }) => {
    const written = boundaries.flatMap(({ effects }) =>
      effects.flatMap((e) => (e.kind === 'memory' && e.access === 'write' ? [e.address] : [])),
    );
    return written.includes(words.stackPointer) && written.includes(words.pc);
  });
  if (!stores) return undefined;
  for (const set of [0, 1] as const) verify(trial, routine, set);
  return { ...trial.proof(), isSaved: true };
}

/** An address that nothing has, for a cancel target of another file. */
const CANCEL = 0x6ffff000;

/** The function that the window lies in: the last one that begins at or before it. */
function routineAt(image: Image, convention: WindowConvention, start: number): number | undefined {
  const labels = new Set([convention.start, convention.end, convention.cancel]);
  const starts = image.functions
    .filter((name) => !labels.has(name))
    .flatMap((name) => image.symbols.get(name) ?? [])
    .filter((address) => address <= start);
  return starts.length === 0 ? image.symbols.get(convention.routine) : Math.max(...starts);
}

/** Flags whose only bit lies in one of the upper bytes, the sign among them. */
const EVERY_PART = [0x100, 0x10000, 0x80000000];

function verify(trial: Trial, routine: number, set: 0 | 1): void {
  const entry = trial.atEntry(routine, set);
  const clear = trial.follow(entry);
  const asked = trial.follow(trial.requested(entry));
  checkFlag(trial, clear, asked);
  if (trial.request.convention.flag.isWhole) {
    for (const value of EVERY_PART) checkValue(trial, trial.follow(trial.requested(entry, value)));
  }
  for (const path of asked) {
    const { end } = path;
    if (end.kind === 'vdso') throughVdso(trial, path);
    else if (end.kind === 'left' && !trial.acts(end)) leaves(trial, path, end.name);
    else if (end.kind === 'left') checkBranch(trial, path);
  }
  for (const path of clear) withoutRequest(trial, path);
}
