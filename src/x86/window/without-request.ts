/** A call that begins without a request: the request comes at each boundary up to the system call. W1 and W3. */
import { damage } from './caller.js';
import { actInside, readStep } from './acting.js';
import { afterCall } from './after-call.js';
import { checkArguments } from './arguments.js';
import { isAround } from './flag.js';
import { checkWrites } from './inside.js';
import type { Boundary, Path } from './path.js';
import { flagRead, isCall } from './search.js';
import { stopped } from './stopped.js';
import { SENT, type Trial } from './trial.js';

export function withoutRequest(trial: Trial, path: Path): void {
  const { end, boundaries } = path;
  switch (end.kind) {
    case 'undecided':
    case 'fault':
    case 'circle':
    case 'ranOff':
      // Told with the flag's test, or noted.
      return;
    case 'vdso':
      return throughVdso(trial, path);
    case 'left':
      if (!trial.acts(end)) leaves(trial, path, end.name);
      return;
    case 'returned':
      return;
    case 'syscall':
      break;
  }
  const read = flagRead(boundaries);
  checkArguments(trial, path, end.event);
  actInside(trial, path, read);
  boundaries.forEach((b, i) => {
    if (!b.interruptible || trial.accepts(b.machine)) return;
    trial.boundaries++;
    if (read !== -1 && i > read) missAt(trial, path, i, read);
  });
  checkWrites(trial, boundaries);
  afterCall(trial, path, end.event);
}

/** The signal arrives outside the window, in front of the call: the routine must still find the flag. */
function missAt(trial: Trial, { boundaries }: Path, index: number, read: number): void {
  const b = boundaries[index];
  if (!b) return;
  for (const way of trial.follow(trial.requested(b.machine))) {
    const { end } = way;
    const does = stopped(trial, way);
    if (does !== undefined) trial.undecided(`with a request that arrives in front of '${trial.text(b.pc)}' it ${does}`);
    if (end.kind !== 'syscall') continue;
    const isAtCall = index === boundaries.length - 1;
    trial.fault('lost-request', isAtCall ? 'atCall' : 'between', b.pc, { read: trial.text(boundaries[read]?.pc) }, [
      ...readStep(trial, boundaries, read, b),
      trial.step(b.pc, 'canceller', `${SENT} before this instruction`),
      trial.step(b.pc, 'victim', 'the handler sees a PC outside the window and does nothing'),
      trial.step(end.event.pc, 'victim', 'the call is made and blocks although a request is pending'),
    ]);
  }
}

/** The path goes on in a function of another file that does not act upon requests. */
export function leaves(trial: Trial, path: Path, name: string): void {
  const last = path.boundaries.at(-1);
  const byCall = last !== undefined && isCall(last, trial.listing);
  if (last && trial.accepts(last.machine)) {
    return trial.fault('foreign-code', 'call', last.pc, { name, does: byCall ? 'calls' : 'jumps to' }, [
      trial.step(last.pc, 'victim', `'${name}' runs outside the window`),
      trial.step(last.pc, 'canceller', `${SENT} meanwhile: a request that arrives there is lost`),
    ]);
  }
  if (
    !byCall &&
    isAround(path) &&
    damage(path.machine, trial.calling, trial.values, trial.calling.places.stack) === undefined
  )
    return;
  trial.undecided(`it goes on in '${name}'`);
}

export function throughVdso(trial: Trial, { boundaries }: { readonly boundaries: readonly Boundary[] }): void {
  const last = boundaries.at(-1);
  if (last) trial.fault('vdso-entry', 'vdso', last.pc, {}, []);
}
