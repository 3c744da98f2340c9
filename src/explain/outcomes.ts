/** What becomes of a request at each boundary, by delivering it there. */
import { actingFrom, type Problem } from '../x86/window/acting.js';
import type { Boundary, Path } from '../x86/window/path.js';
import type { Trial } from '../x86/window/trial.js';
import type { Machine } from '../x86/simulator/machine.js';
import { finishSyscall, type SyscallEvent, type SyscallOutcome } from '../x86/simulator/syscalls.js';
import { textOf } from './ends.js';
import { ORDER, type CallOutcome, type Outcome } from './model.js';

/** The worst of several; undefined of none. */
export function worst(outcomes: readonly Outcome[]): Outcome | undefined {
  return [...outcomes].sort((a, b) => ORDER.indexOf(b.is) - ORDER.indexOf(a.is))[0];
}

/** A request in front of an instruction that lies before the call. */
export function beforeCall(trial: Trial, { machine, pc }: Pick<Boundary, 'machine' | 'pc'>): Outcome {
  if (trial.isInside(pc)) return actedUpon(trial, machine);
  return (
    worst(
      trial.follow(trial.requested(machine)).map(({ end }): Outcome => {
        if (trial.acts(end)) return { is: 'found' };
        if (end.kind === 'syscall' || end.kind === 'vdso') return { is: 'requestLost' };
        if (end.kind === 'undecided') return { is: 'undecided', why: end.reason };
        return { is: 'damaged', why: end.kind === 'returned' ? 'the routine returns' : `it ${textOf(end, false)}` };
      }),
    ) ?? { is: 'undecided', why: 'nothing was run' }
  );
}

/** A request in front of an instruction behind a call that has ended like this. */
export function behindCall(
  trial: Trial,
  { machine, pc }: Pick<Boundary, 'machine' | 'pc'>,
  kind: SyscallOutcome['kind'],
): Outcome {
  const isOver = kind !== 'interrupted';
  if (trial.isInside(pc)) return isOver ? { is: 'resultLost' } : actedUpon(trial, machine);
  return (
    worst(
      trial.follow(trial.requested(machine)).map(({ end }): Outcome => {
        if (end.kind === 'returned') return { is: isOver ? 'kept' : 'interrupted' };
        if (trial.acts(end)) return isOver ? { is: 'resultLost' } : { is: 'found' };
        return { is: 'undecided', why: end.kind === 'undecided' ? end.reason : 'it does not return' };
      }),
    ) ?? { is: 'undecided', why: 'nothing was run' }
  );
}

function actedUpon(trial: Trial, machine: Machine): Outcome {
  const problem = actingFrom(trial, machine);
  return problem ? { is: 'damaged', why: inWords(problem) } : { is: 'acted' };
}

function inWords(problem: Problem): string {
  switch (problem.is) {
    case 'notActed':
      return `the routine ${problem.does}`;
    case 'frame':
      return `an unwinder finds ${problem.found}`;
    case 'damaged':
      return `'${problem.act}' finds ${problem.found}`;
  }
}

/** Of a result that no register holds. */
const RESULT = 7n;
const ENOENT = 2;

const ENDS: readonly { readonly id: CallOutcome['id']; readonly what: string; readonly outcome: SyscallOutcome }[] = [
  { id: 'K1', what: 'not made yet', outcome: { kind: 'before' } },
  { id: 'K2', what: 'interrupted, to be made again', outcome: { kind: 'restarted' } },
  { id: 'K3', what: 'interrupted, EINTR', outcome: { kind: 'interrupted' } },
  { id: 'K4', what: 'finished', outcome: { kind: 'completed', result: RESULT } },
  { id: 'K5', what: 'failed', outcome: { kind: 'failed', error: ENOENT } },
];

/** The machine when the kernel has done this with the call that a path ends at. */
export function ended({ machine }: Path, event: SyscallEvent, outcome: SyscallOutcome): Machine {
  const after = machine.fork();
  finishSyscall(after, event, outcome);
  if (outcome.kind === 'before' || outcome.kind === 'restarted') after.pc = event.pc;
  return after;
}

/** While a call by way of the vDSO waits, the PC is where no label reaches. */
export const VDSO_OUTCOMES: readonly CallOutcome[] = ENDS.slice(0, 2).map(({ id, what }) => ({
  ...{ id, what, pc: 'vdso', inside: false },
  outcome: { is: 'requestLost' },
}));

/** The five ways in which a signal can meet the call that a path ends at. */
export function callOutcomes(trial: Trial, path: Path, event: SyscallEvent): readonly CallOutcome[] {
  return ENDS.map(({ id, what, outcome }) => {
    const machine = ended(path, event, outcome);
    const isBefore = machine.pc === event.pc;
    const place = { machine, pc: machine.pc };
    const becomes = isBefore ? beforeCall(trial, place) : behindCall(trial, place, outcome.kind);
    return { id, what, pc: isBefore ? 'at' : 'behind', inside: trial.isInside(machine.pc), outcome: becomes };
  });
}
