/** W7: one read of the flag, of its width and through the pointer that was passed, decides whether the call is made. */
import type { ProofStep } from '../../ir/proof.js';
import { OTHER, whose } from './caller.js';
import type { Path } from './path.js';
import { flagRead, lastBranch, overlaps } from './search.js';
import { stopped } from './stopped.js';
import type { Trial } from './trial.js';

/** How far from the flag memory still belongs to the same structure. */
const NEAR = 0x100;

/** Compares the paths without and with a request at the beginning. */
export function checkFlag(trial: Trial, clear: readonly Path[], asked: readonly Path[]): void {
  for (const path of [...clear, ...asked]) {
    checkWidth(trial, path);
    checkPointer(trial, path);
    if (flagRead(path.boundaries) === -1 && !isAround(path)) checkBeside(trial, path);
  }
  const calls = clear.filter(({ end }) => end.kind === 'syscall');
  const [first] = calls;
  // A way that has not been followed to its end may read it.
  const isWhole = clear.every(({ end }) => end.kind !== 'undecided' && end.kind !== 'fault');
  if (first && isWhole && calls.every((path) => flagRead(path.boundaries) === -1)) {
    const pc = first.boundaries.at(-1)?.pc ?? trial.labels.start;
    trial.fault('flag-check', 'noRead', pc, {}, [trial.step(pc, 'victim', 'makes the call: the flag was never read')]);
  }
  const isIgnored = asked.some((path) => path.end.kind === 'syscall' && !isAround(path));
  for (const path of clear) checkClear(trial, path, isIgnored);
  const stops = new Set(clear.flatMap(({ end, boundaries }) => (end.kind === 'fault' ? [boundaries.at(-1)?.pc] : [])));
  // Without a request it comes as far and no further: that is told.
  for (const path of asked)
    if (path.end.kind !== 'fault' || !stops.has(path.boundaries.at(-1)?.pc)) checkAsked(trial, path);
}

/** A way around the test that something other than the flag decides, for instance while there is one thread only. */
export function isAround({ isChoice, boundaries }: Path): boolean {
  return isChoice && flagRead(boundaries) === -1;
}

/** What reads the flag must read it as wide as it is, or a part that holds the request. */
function checkWidth(trial: Trial, { boundaries, end }: Path): void {
  const { flag } = trial.request.convention;
  const at = trial.calling.places.flag;
  boundaries.forEach(({ pc, effects }, i) => {
    if (end.kind === 'syscall' && i === boundaries.length - 1) return;
    for (const e of effects) {
      if (e.kind !== 'memory' || e.access !== 'read' || !overlaps(e, at, flag.width)) continue;
      const isOutside = e.address < at || e.address + e.width > at + flag.width;
      if (!isOutside && !(flag.isWhole && e.width < flag.width)) continue;
      const data = { width: e.width, flag: flag.width };
      trial.fault('flag-check', 'width', pc, data, [
        trial.step(pc, 'victim', `reads ${String(e.width)} byte(s) of a flag that has ${String(flag.width)}`),
      ]);
    }
  });
}

/** Memory beside the flag is read in its place. */
function checkBeside(trial: Trial, { boundaries }: Path): void {
  const { flag } = trial.calling.places;
  for (const { pc, effects } of boundaries) {
    for (const e of effects) {
      if (e.kind !== 'memory' || e.access !== 'read' || Math.abs(e.address - flag) > NEAR) continue;
      const by = e.address - flag;
      trial.fault('flag-check', 'beside', pc, { by: `${by < 0 ? '-' : '+'} ${String(Math.abs(by))}` }, [
        trial.step(pc, 'victim', 'reads other memory of the thread'),
      ]);
    }
  }
}

/** A read that ends the path goes through a value that is none of the routine's pointers. */
function checkPointer(trial: Trial, { boundaries, end }: Path): void {
  const last = boundaries.at(-1);
  if (end.kind !== 'fault' || !last || flagRead(boundaries) !== -1) return;
  const memory = trial.listing.at(last.pc)?.instruction.operands.find((o) => o.k === 'memory');
  const base = memory?.k === 'memory' ? memory.base : undefined;
  if (base === undefined || last.machine.undefinedBits(base) !== 0n) return;
  const found = whose(last.machine.register(base), trial.values);
  if (found === OTHER) return;
  trial.fault('flag-check', 'pointer', last.pc, { found, base: `%${base}` }, [
    trial.step(last.pc, 'victim', `reads through %${base}, which holds ${found}`),
  ]);
}

function checkClear(trial: Trial, path: Path, isIgnored: boolean): void {
  const { boundaries, end } = path;
  const last = boundaries.at(-1)?.pc ?? trial.labels.start;
  const does = stopped(trial, path);
  if (does !== undefined) return neverCalls(trial, path, does);
  if (end.kind === 'returned' && !isAround(path)) {
    const flow = [trial.step(last, 'victim', 'returns without a system call')];
    return trial.fault('flag-check', 'noCall', last, { does: 'leaves without a system call' }, flow);
  }
  if (end.kind !== 'left' || !trial.acts(end)) return;
  const entered = trial.step(last, 'victim', `'${end.name}' is entered although nobody asked for it`);
  const read = boundaries[flagRead(boundaries)]?.pc;
  if (read === undefined) {
    const flow = [trial.step(last, 'victim', 'the routine does not read the flag'), entered];
    return trial.fault('flag-check', 'always', lastBranch(boundaries, trial.listing) ?? last, {}, flow);
  }
  const flow = [trial.step(read, 'victim', `'${trial.text(read)}' reads the flag: there is no request`), entered];
  if (!isIgnored) return trial.fault('flag-check', 'wrongValue', read, {}, flow);
  trial.fault('flag-check', 'inverted', lastBranch(boundaries, trial.listing) ?? read, {}, flow);
}

/** The routine does not come as far as the call, although nobody has asked for it to be called off. */
function neverCalls(trial: Trial, { boundaries }: Path, does: string): void {
  const pc = boundaries.at(-1)?.pc ?? trial.labels.start;
  const flow = [trial.step(pc, 'victim', `the routine ${does}: the system call is not made`)];
  // Behind the read of the flag it is the arguments that are being moved.
  const moves = boundaries.some((b) => b.readsFlag);
  if (moves) trial.fault('syscall-arguments', 'noCall', pc, { does }, flow);
  else if (!trial.has('flag-check')) trial.fault('flag-check', 'noCall', pc, { does }, flow);
}

/** With another value that stands for a request the call must not be made either. */
export function checkValue(trial: Trial, asked: readonly Path[]): void {
  for (const path of asked) if (path.end.kind === 'syscall') checkAsked(trial, path);
}

function checkAsked(trial: Trial, path: Path): void {
  const { boundaries, end } = path;
  const stops = stopped(trial, path);
  if ((end.kind !== 'syscall' && end.kind !== 'returned' && stops === undefined) || isAround(path)) return;
  const last = boundaries.at(-1)?.pc ?? trial.labels.start;
  const first = boundaries[0]?.pc ?? trial.labels.start;
  const set: ProofStep = trial.step(first, 'canceller', 'pthread_cancel has set the flag before the call');
  if (end.kind !== 'syscall') {
    const does = stops ?? 'returns';
    return trial.fault('cancel-path', 'notActed', last, { does }, [
      set,
      trial.step(last, 'victim', `the routine ${does}: the request is not acted upon`),
    ]);
  }
  const at = boundaries[flagRead(boundaries)]?.pc ?? last;
  trial.fault('flag-check', 'ignored', at, {}, [
    set,
    trial.step(at, 'victim', 'the flag is set'),
    trial.step(last, 'victim', 'the call is made and blocks although a request is pending'),
  ]);
}
