/** The system call and the way back to the caller, for each way in which the call can end. W2 and W6. */
import type { ProofStep } from '../../ir/proof.js';
import type { Machine } from '../simulator/machine.js';
import { EINTR, finishSyscall, type SyscallEvent, type SyscallOutcome } from '../simulator/syscalls.js';
import { isAsked } from './arguments.js';
import { damage, whose, type Damage } from './caller.js';
import { ENTRY_SP } from './entry.js';
import type { Path } from './path.js';
import { lastBranch, lastWrite } from './search.js';
import { SENT, type Trial } from './trial.js';

const FINISHED = 'the kernel finishes the call, for instance an open, and returns a new descriptor';
const ENOENT = 2;

export function afterCall(trial: Trial, before: Path, event: SyscallEvent): void {
  // A value that no register holds.
  const completed = trial.calling.word === 4 ? 0x2d3c4b5an : 0x1e2d3c4b5a697887n;
  const outcomes: readonly [SyscallOutcome, bigint][] = [
    [{ kind: 'completed', result: completed }, completed],
    [{ kind: 'failed', error: ENOENT }, BigInt(-ENOENT)],
    [{ kind: 'interrupted' }, BigInt(-EINTR)],
  ];
  for (const [outcome, result] of outcomes) {
    const done = before.machine.fork();
    finishSyscall(done, event, outcome);
    const paths = trial.follow(done);
    for (const path of paths) afterwards(trial, { before, path, event, result });
    // A request that comes now is for the next cancellation point, unless the call has had no effect.
    if (outcome.kind === 'interrupted' || paths.some(({ end }) => trial.acts(end))) continue;
    for (const path of trial.follow(trial.requested(done))) keepsResult(trial, path, event);
  }
}

interface Afterwards {
  /** Up to the call, and behind it. */
  readonly before: Path;
  readonly path: Path;
  readonly event: SyscallEvent;
  readonly result: bigint;
}

function afterwards(trial: Trial, after: Afterwards): void {
  const { path, event } = after;
  const { boundaries, end } = path;
  for (const b of boundaries) {
    if (!b.interruptible) continue;
    trial.boundaries++;
    if (!trial.isInside(b.pc)) continue;
    trial.fault('lost-result', 'inside', b.pc, { call: trial.text(event.pc) }, [
      trial.step(event.pc, 'kernel', FINISHED),
      trial.step(b.pc, 'canceller', `${SENT} before this instruction`),
      trial.step(b.pc, 'victim', 'the handler sees a PC inside the window and acts: the descriptor is lost'),
    ]);
  }
  switch (end.kind) {
    case 'undecided':
      return trial.stuck(path, end.reason);
    case 'syscall':
      return secondCall(trial, after, end.event);
    case 'vdso':
      return trial.undecided(`a second system call is made at '${trial.text(boundaries.at(-1)?.pc)}'`);
    case 'left':
      if (trial.acts(end)) return wrongly(trial, path, event, end.name);
      return trial.undecided(`it goes on in '${end.name}' after the call`);
    case 'returned':
      return returned(trial, after);
  }
}

/** The caller must find everything as it was, and the result. */
function returned(trial: Trial, { before, path, event, result }: Afterwards): void {
  const { machine, boundaries } = path;
  const { word } = trial.calling;
  const wrong = damage(machine, trial.calling, trial.values, ENTRY_SP + word) ?? wrongResult(trial, machine, result);
  if (!wrong) return;
  const { register, found } = wrong;
  const last = boundaries.at(-1)?.pc ?? event.pc;
  const ran = [...before.boundaries, ...boundaries];
  const from = (register === undefined ? undefined : lastWrite(ran, register)?.pc) ?? last;
  const flow: ProofStep[] = [
    trial.step(event.pc, 'kernel', 'the call ends'),
    trial.step(last, 'victim', `the caller finds ${found}`),
  ];
  if (trial.text(from) !== trial.text(last))
    flow.splice(from < event.pc ? 0 : 1, 0, trial.step(from, 'victim', `'${trial.text(from)}' changes the register`));
  trial.fault('abi', 'damaged', from, { found }, flow);
}

function wrongResult(trial: Trial, machine: Machine, result: bigint): Damage | undefined {
  const { word, result: register } = trial.calling;
  const value = machine.register(register);
  if (BigInt.asUintN(8 * word, value) === BigInt.asUintN(8 * word, result)) return undefined;
  return { register, found: `%${register} with ${whose(value, trial.values)} in place of the result` };
}

function secondCall(trial: Trial, { before, path, event }: Afterwards, second: SyscallEvent): void {
  if (second.pc === event.pc || !trial.isInside(second.pc))
    return trial.undecided(`a second system call is made at '${trial.text(second.pc)}'`);
  // One of the two is not the caller's.
  const pc = isAsked(trial, before.machine, event) || !isAsked(trial, path.machine, second) ? second.pc : event.pc;
  trial.fault('foreign-code', 'secondCall', pc, {}, [
    trial.step(event.pc, 'kernel', 'the kernel finishes the first call'),
    trial.step(second.pc, 'canceller', `${SENT} before this instruction`),
    trial.step(second.pc, 'victim', 'the handler sees a PC inside the window and acts: the first call is lost'),
  ]);
}

/** With a request that came behind the call the routine must still return. */
function keepsResult(trial: Trial, { end, boundaries }: Path, event: SyscallEvent): void {
  if (end.kind !== 'left' || !trial.acts(end)) return;
  const branch = lastBranch(boundaries, trial.listing) ?? event.pc;
  trial.fault('lost-result', 'actsAfter', branch, { act: end.name }, [
    trial.step(event.pc, 'kernel', FINISHED),
    trial.step(event.pc, 'canceller', `${SENT} right behind the call`),
    trial.step(boundaries.at(-1)?.pc ?? branch, 'victim', `'${end.name}' is entered: the descriptor is lost`),
  ]);
}

/** Nobody has asked, and the routine acts behind the call. */
function wrongly(trial: Trial, { boundaries }: Path, event: SyscallEvent, act: string): void {
  const branch = lastBranch(boundaries, trial.listing) ?? event.pc;
  trial.fault('flag-check', 'wrongValue', branch, {}, [
    trial.step(event.pc, 'kernel', 'the call ends; there is no request'),
    trial.step(boundaries.at(-1)?.pc ?? branch, 'victim', `'${act}' is entered although nobody asked for it`),
  ]);
}
