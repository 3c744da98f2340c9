/**
 * Decides a labelled window by running its routine and delivering the signal at every boundary, in the place of the
 * handler: inside the window the request is acted upon, outside the routine goes on. Properties W1 to W8 and W10 of
 * docs/windows.md, twice over with two sets of values.
 */
import type { WindowProof } from '../../ir/proof.js';
import type { WindowConvention } from '../../libc/types.js';
import type { Image } from '../load/image.js';
import { placeSource } from '../load/source.js';
import { checkBranch } from './acting.js';
import { isFaithful } from './arguments.js';
import { checkFlag, checkValue } from './flag.js';
import { nothingElseInside } from './inside.js';
import { Trial, type VerifyRequest } from './trial.js';
import { leaves, throughVdso, withoutRequest } from './without-request.js';

export type { VerifyRequest } from './trial.js';

export interface OpenedWindow {
  readonly trial: Trial;
  /** Address of the routine's entry; undefined where none was found. */
  readonly routine: number | undefined;
}

/** Lays the unit's window out, ready to be run; undefined where the unit has none. */
export function openWindow(request: VerifyRequest): OpenedWindow | undefined {
  const { unit, target, convention } = request;
  const image = request.decoded?.image ?? placeSource(unit, target);
  const label = (name: string): number | undefined => image.symbols.get(name);
  const [start, end] = [label(convention.start), label(convention.end)];
  if (start === undefined || end === undefined) return undefined;
  const cancel = convention.cancel === undefined ? undefined : label(convention.cancel);
  return { trial: new Trial(request, image, { start, end, cancel }), routine: routineAt(image, convention, start) };
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
  const opened = openWindow(request);
  if (!opened) return undefined;
  const { trial, routine } = opened;
  const { convention } = request;
  if (routine === undefined) trial.undecided('no function begins in front of it');
  else if (convention.cancel !== undefined && trial.labels.cancel === undefined)
    trial.undecided(`there is no '${convention.cancel}'`);
  else for (const set of [0, 1] as const) verify(trial, routine, set);
  if (trial.isClean) nothingElseInside(trial);
  return trial.proof();
}

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
    if (end.kind === 'undecided') trial.stuck(path, end.reason);
    else if (end.kind === 'vdso') throughVdso(trial, path);
    else if (end.kind === 'left' && !trial.acts(end)) leaves(trial, path, end.name);
    else if (end.kind === 'left') checkBranch(trial, path);
  }
  for (const path of clear) withoutRequest(trial, path);
}
