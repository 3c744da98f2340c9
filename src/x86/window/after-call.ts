/** The system call and the way back to the caller, for each way in which the call can end. W2 and W6. */
import type { ProofStep } from '../../ir/proof.js';
import type { Machine } from '../simulator/machine.js';
import { EINTR, finishSyscall, syscallRequest, type SyscallEvent, type SyscallOutcome } from '../simulator/syscalls.js';
import { isAsked } from './arguments.js';
import { damage, whose, type Damage } from './caller.js';
import type { Path } from './path.js';
import { lastBranch, lastWrite } from './search.js';
import { stopped } from './stopped.js';
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
    if (!trial.accepts(b.machine)) continue;
    trial.fault('lost-result', 'inside', b.pc, { call: trial.text(event.pc) }, [
      trial.step(event.pc, 'kernel', FINISHED),
      trial.step(b.pc, 'canceller', `${SENT} before this instruction`),
      trial.step(b.pc, 'victim', 'the handler sees a PC inside the window and acts: the descriptor is lost'),
    ]);
  }
  const does = stopped(trial, path);
  if (does !== undefined) return neverReturns(trial, path, event, does);
  switch (end.kind) {
    case 'undecided':
    case 'fault':
    case 'circle':
    case 'ranOff':
      return;
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

function neverReturns(trial: Trial, { boundaries }: Path, event: SyscallEvent, does: string): void {
  const pc = boundaries.at(-1)?.pc ?? event.pc;
  trial.fault('abi', 'noReturn', pc, { does }, [
    trial.step(event.pc, 'kernel', 'the call ends'),
    trial.step(pc, 'victim', `the routine ${does}: the caller never gets the result`),
  ]);
}

/** The caller must find everything as it was, and the result. */
function returned(trial: Trial, { before, path, event, result }: Afterwards): void {
  const { machine, boundaries } = path;
  const { word } = trial.calling;
  const wrong =
    damage(machine, trial.calling, trial.values, trial.calling.places.stack + word) ??
    wrongResult(trial, machine, result);
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

function secondCall(trial: Trial, after: Afterwards, second: SyscallEvent): void {
  const { before, path, event } = after;
  if (second.pc === event.pc || !trial.accepts(path.machine)) return callsAgain(trial, after, second);
  // One of the two is not the caller's.
  const pc = isAsked(trial, before.machine, event) || !isAsked(trial, path.machine, second) ? second.pc : event.pc;
  trial.fault('foreign-code', 'secondCall', pc, {}, [
    trial.step(event.pc, 'kernel', 'the kernel finishes the first call'),
    trial.step(second.pc, 'canceller', `${SENT} before this instruction`),
    trial.step(second.pc, 'victim', 'the handler sees a PC inside the window and acts: the first call is lost'),
  ]);
}

/**
 * Another call behind the window. It may be a wanted one of the routine's own, but not when its number is what the first
 * call has returned, nor when it is the caller's once more although that has been carried out.
 */
function callsAgain(trial: Trial, { path, event, result }: Afterwards, second: SyscallEvent): void {
  const { number } = syscallRequest(path.machine, second.entry);
  const isNumber = (value: bigint | undefined): boolean =>
    value !== undefined && BigInt.asUintN(32, number) === BigInt.asUintN(32, value);
  const isResult = isNumber(result);
  const isOnceMore = isNumber(trial.values.passed[0]) && result >= 0n;
  if (path.isChoice || (!isResult && !isOnceMore))
    return trial.undecided(`a second system call is made at '${trial.text(second.pc)}'`);
  const what = isResult
    ? 'the result of the first for its number'
    : 'the same number as the first, which was carried out';
  trial.fault('syscall-arguments', 'again', second.pc, { what }, [
    trial.step(event.pc, 'kernel', FINISHED),
    trial.step(second.pc, 'victim', `a second call is made, with ${what}`),
  ]);
}

/** With a request that came behind the call the routine must still return. */
function keepsResult(trial: Trial, path: Path, event: SyscallEvent): void {
  const { end, boundaries } = path;
  const does = stopped(trial, path);
  if (does !== undefined) trial.undecided(`with a request that arrives right behind the call it ${does}`);
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
