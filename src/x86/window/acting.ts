/** W4: wherever a request is acted upon, the routine that acts must find what the caller left. */
import type { ProofStep } from '../../ir/proof.js';
import type { Machine } from '../simulator/machine.js';
import { enterKernel } from '../simulator/syscalls.js';
import { damage, frameDamage } from './caller.js';
import type { Boundary, Path } from './path.js';
import { isCall, lastWrite } from './search.js';
import { stopped } from './stopped.js';
import { SENT, type Trial } from './trial.js';

/** What is wrong where a path has come to, or not come to, the routine that acts. */
export type Problem =
  | { readonly is: 'notActed'; readonly pc: number; readonly does: string }
  | { readonly is: 'frame'; readonly pc: number; readonly found: string }
  /** `at` is the instruction that the damage comes from. */
  | { readonly is: 'damaged'; readonly pc: number; readonly act: string; readonly found: string; readonly at: number };

/** The branch that a set flag takes. */
export function checkBranch(trial: Trial, path: Path): void {
  const problem = problemOf(trial, path);
  const first = path.boundaries[0]?.pc ?? trial.labels.start;
  if (problem)
    tell(trial, problem, 'branch', 'at' in problem ? problem.at : problem.pc, {}, [
      trial.step(first, 'canceller', 'pthread_cancel has set the flag before the call'),
    ]);
}

/** The handler acts at every boundary inside the window; the path makes the call. `read` is where it reads the flag. */
export function actInside(trial: Trial, path: Path, read: number): void {
  const inside = path.boundaries.filter((b) => b.interruptible && trial.accepts(b.machine));
  trial.boundaries += inside.length;
  // The handler itself ends the thread, on the stack as it is.
  if (trial.saved) return;
  const steps = (b: Boundary): ProofStep[] => arrival(trial, path, read, b);
  if (trial.labels.cancel === undefined) return unwindFrom(trial, inside, steps);
  inside.some((b, i) => {
    const problem = redirectFrom(trial, b.machine);
    if (!problem) return false;
    // The first place at which it is wrong: what the instruction in front of it did makes the difference.
    const before = inside[i - 1];
    const where = before ? 'behind' : 'in front of';
    tell(trial, problem, 'redirect', (before ?? b).pc, { where }, steps(b));
    return true;
  });
  restart(trial, path, steps);
}

/** The kernel is to make the call again: the state is that of the call, but for what its instruction has changed. */
function restart(trial: Trial, { boundaries, end, machine }: Path, steps: (b: Boundary) => ProofStep[]): void {
  const last = boundaries.at(-1);
  if (end.kind !== 'syscall' || end.event.entry !== 'syscall' || !last || !trial.isInside(last.pc)) return;
  const again = machine.fork();
  enterKernel(again.state, end.event.after);
  trial.boundaries++;
  const problem = redirectFrom(trial, again);
  if (!problem) return;
  const flow = [trial.step(last.pc, 'kernel', 'the call is interrupted and is to be made again'), ...steps(last)];
  tell(trial, problem, 'redirect', last.pc, { where: 'in a restart of' }, flow);
}

function arrival(trial: Trial, { boundaries }: Path, read: number, b: Boundary): ProofStep[] {
  const { cancel } = trial.request.convention;
  const then = cancel === undefined ? 'unwinds from here' : `goes on at '${cancel}'`;
  return [
    ...readStep(trial, boundaries, read, b),
    trial.step(b.pc, 'canceller', `${SENT} before this instruction`),
    trial.step(b.pc, 'victim', `the handler sees a PC inside the window and ${then}`),
  ];
}

/** The read of the flag, where it lies in front of a boundary. */
export function readStep(trial: Trial, boundaries: readonly Boundary[], read: number, until: Boundary): ProofStep[] {
  const b = boundaries[read];
  if (!b || boundaries.indexOf(until) <= read) return [];
  return [trial.step(b.pc, 'victim', `'${trial.text(b.pc)}' reads the flag: no request yet`)];
}

/** What is wrong when the handler acts upon a request at a boundary inside; undefined when nothing is. */
export function actingFrom(trial: Trial, machine: Machine): Problem | undefined {
  if (trial.labels.cancel !== undefined) return redirectFrom(trial, machine);
  const row = trial.rowAt(machine.pc);
  if (!row || row.unknown !== undefined) return { is: 'frame', pc: machine.pc, found: 'no call-frame information' };
  const found = frameDamage(machine, trial.calling, trial.values, row);
  return found === undefined ? undefined : { is: 'frame', pc: machine.pc, found };
}

function redirectFrom(trial: Trial, machine: Machine): Problem | undefined {
  const there = machine.fork();
  there.pc = trial.labels.cancel ?? 0;
  for (const path of trial.follow(there)) {
    const problem = problemOf(trial, path);
    if (problem) return problem;
  }
  return undefined;
}

function unwindFrom(trial: Trial, inside: readonly Boundary[], steps: (b: Boundary) => ProofStep[]): void {
  const wrong: { readonly b: Boundary; readonly found: string }[] = [];
  for (const b of inside) {
    const row = trial.rowAt(b.pc);
    if (!row) return trial.fault('cancel-path', 'noFrame', b.pc, {}, steps(b));
    if (row.unknown !== undefined) return trial.undecided(`${row.unknown} is not evaluated`);
    const found = frameDamage(b.machine, trial.calling, trial.values, row);
    if (found !== undefined) wrong.push({ b, found });
  }
  const [first] = wrong;
  if (!first) return;
  const others = wrong.length - 1;
  const more = others === 0 ? '' : ` and at ${String(others)} more instruction${others === 1 ? '' : 's'}`;
  trial.fault('cancel-path', 'frame', first.b.pc, { found: first.found, more }, steps(first.b));
}

/** The path must come to the routine that acts, with the caller's state. */
function problemOf(trial: Trial, path: Path): Problem | undefined {
  const { end, machine, boundaries } = path;
  const last = boundaries.at(-1);
  const pc = last?.pc ?? trial.labels.cancel ?? trial.labels.start;
  const stops = stopped(trial, path);
  if (stops !== undefined) return { is: 'notActed', pc, does: stops };
  switch (end.kind) {
    case 'returned':
      return { is: 'notActed', pc, does: 'returns' };
    case 'syscall':
    case 'vdso':
      return { is: 'notActed', pc, does: 'makes the call' };
    case 'left':
      break;
    default:
      return undefined;
  }
  const act = end.name;
  if (!trial.acts(end)) {
    // What is called may come back, and the routine act then.
    const comesBack = last && isCall(last, trial.listing);
    if (comesBack) trial.undecided(`it goes on in '${act}'`);
    return comesBack ? undefined : { is: 'notActed', pc, does: `goes to '${act}'` };
  }
  if (trial.saved) return undefined;
  const damaged = (at: Machine, sp: number, ran: readonly Boundary[]): Problem | undefined => {
    const d = damage(at, trial.calling, trial.values, sp);
    if (!d) return undefined;
    const from = d.register === undefined ? undefined : lastWrite(ran, d.register);
    return { is: 'damaged', pc, act, found: d.found, at: from?.pc ?? pc };
  };
  if (!last || !isCall(last, trial.listing)) return damaged(machine, trial.calling.places.stack, boundaries);
  const row = trial.rowAt(last.pc);
  if (row && row.unknown === undefined) {
    const found = frameDamage(last.machine, trial.calling, trial.values, row);
    return found === undefined ? undefined : { is: 'frame', pc, found };
  }
  if (!trial.mayReturn(act)) return undefined;
  // It may come back, with cancellation masked: the caller must get its own back then.
  for (const one of trial.follow(cameBack(trial, machine, last))) {
    const breaks = stopped(trial, one);
    if (breaks !== undefined) return { is: 'notActed', pc, does: `${breaks} when '${act}' has come back` };
    if (['left', 'syscall', 'vdso'].includes(one.end.kind))
      return { is: 'notActed', pc, does: `goes on behind '${act}'` };
    if (one.end.kind === 'returned') {
      const problem = damaged(one.machine, trial.calling.places.stack + trial.calling.word, one.boundaries);
      if (problem) return problem;
    }
  }
  return undefined;
}

const ECANCELED = 125n;

/** The state behind a call of the routine that acts, when that returns. */
function cameBack(trial: Trial, machine: Machine, call: Boundary): Machine {
  const back = machine.fork();
  const { stackPointer, result, word } = trial.calling;
  back.pc = trial.listing.at(call.pc)?.after ?? 0;
  back.setRegister(stackPointer, back.register(stackPointer) + BigInt(word));
  back.setRegister(result, -ECANCELED);
  return back;
}

function tell(
  trial: Trial,
  problem: Problem,
  messageId: 'branch' | 'redirect',
  at: number,
  data: Readonly<Record<string, string>>,
  flow: readonly ProofStep[],
): void {
  const { pc } = problem;
  switch (problem.is) {
    case 'notActed':
      return trial.fault('cancel-path', 'notActed', pc, { does: problem.does }, [
        ...flow,
        trial.step(pc, 'victim', `the routine ${problem.does}: the request is not acted upon`),
      ]);
    case 'frame':
      return trial.fault('cancel-path', 'frame', pc, { found: problem.found, more: '' }, [
        ...flow,
        trial.step(pc, 'victim', `an unwinder finds ${problem.found}`),
      ]);
    case 'damaged': {
      const { act, found } = problem;
      return trial.fault('cancel-path', messageId, at, { found, act, ...data }, [
        ...flow,
        trial.step(pc, 'victim', `'${act}' is entered and finds ${found}`),
      ]);
    }
  }
}
