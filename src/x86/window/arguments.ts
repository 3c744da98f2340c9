/** W5: the kernel gets the number and the six arguments that the caller passed. */
import type { Machine } from '../simulator/machine.js';
import { SYSCALL_REGISTERS, syscallRequest, type SyscallEvent } from '../simulator/syscalls.js';
import { whose } from './caller.js';
import type { Path } from './path.js';
import { lastWrite } from './search.js';
import type { Trial } from './trial.js';

export function checkArguments(trial: Trial, { boundaries, machine }: Path, event: SyscallEvent): void {
  if (trial.calling.mode === 'x86_64' && event.entry === 'int80') {
    return trial.fault('syscall-arguments', 'entry', event.pc, {}, [
      trial.step(event.pc, 'kernel', 'the kernel takes the call for one of a 32-bit program'),
    ]);
  }
  const wrong = wrongArguments(trial, machine, event);
  const [first, ...others] = wrong;
  if (!first) return;
  const from = lastWrite(boundaries, SYSCALL_REGISTERS[event.entry][first.index] ?? '')?.pc;
  const where = from === undefined ? 'At' : 'After';
  const more =
    others.length === 0
      ? ''
      : `; ${list(others.map(({ index }) => nameOf(index)))} ${others.length === 1 ? 'is' : 'are'} wrong too`;
  const what = nameOf(first.index);
  trial.fault('syscall-arguments', 'wrong', from ?? event.pc, { where, what, found: first.found, more }, [
    ...(from === undefined
      ? []
      : [trial.step(from, 'victim', `'${trial.text(from)}' leaves ${first.found} in the register`)]),
    trial.step(event.pc, 'kernel', `the kernel gets ${first.found} for ${what}`),
  ]);
}

/** The kernel gets the number and the arguments of the caller. */
export function isAsked(trial: Trial, machine: Machine, event: SyscallEvent): boolean {
  return wrongArguments(trial, machine, event).every(({ index }) => index !== 0);
}

/** The kernel gets the number and all arguments of the caller. */
export function isFaithful(trial: Trial, machine: Machine, event: SyscallEvent): boolean {
  return wrongArguments(trial, machine, event).length === 0;
}

interface WrongArgument {
  /** 0 is the number. */
  readonly index: number;
  readonly found: string;
}

function wrongArguments(trial: Trial, machine: Machine, event: SyscallEvent): readonly WrongArgument[] {
  const { number, arguments: got } = syscallRequest(machine, event.entry);
  return [number, ...got].flatMap((value, index) => {
    // The kernel takes the lower half of the number.
    const bits = index === 0 ? 32 : 8 * trial.calling.word;
    const isRight = BigInt.asUintN(bits, value) === BigInt.asUintN(bits, trial.values.passed[index] ?? 0n);
    return isRight ? [] : [{ index, found: whose(value, trial.values) }];
  });
}

const nameOf = (index: number): string => (index === 0 ? 'the number' : `argument ${String(index)}`);

function list(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
