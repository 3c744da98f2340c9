/**
 * System calls: what the kernel takes from the registers, and the ways in which a call that a signal meets can end
 * (K1 to K5 of docs/windows.md). A machine stops with the state on the instruction; `finishSyscall` moves it on.
 */
import type { MachineEvent } from './events.js';
import type { Machine } from './machine.js';
import { CX, type State } from './state.js';

export type SyscallEvent = MachineEvent & { readonly kind: 'syscall' };

/** The registers of a call: its number, then the six arguments. */
export const SYSCALL_REGISTERS = {
  int80: ['eax', 'ebx', 'ecx', 'edx', 'esi', 'edi', 'ebp'],
  syscall: ['rax', 'rdi', 'rsi', 'rdx', 'r10', 'r8', 'r9'],
} as const;

export interface SyscallRequest {
  readonly number: bigint;
  readonly arguments: readonly bigint[];
  /** Registers of these that hold an undefined bit: what the kernel would get is not known. */
  readonly undefined: readonly string[];
}

export function syscallRequest(machine: Machine, entry: SyscallEvent['entry']): SyscallRequest {
  const names: readonly string[] = SYSCALL_REGISTERS[entry];
  const [number = 0n, ...rest] = names.map((name) => machine.register(name));
  return { number, arguments: rest, undefined: names.filter((name) => machine.undefinedBits(name) !== 0n) };
}

export const EINTR = 4;

/**
 * How a call ends.
 *
 * - `before` (K1): the signal arrives in front of the instruction. Nothing has happened.
 * - `restarted` (K2): the call blocked and had no effect; it is made again after the handler. The kernel has moved the
 *   program counter back onto the instruction.
 * - `interrupted` (K3): the same, but the call gives EINTR.
 * - `completed` (K4): wholly or partly done, with a result.
 * - `failed` (K5): with an error number.
 */
export type SyscallOutcome =
  | { readonly kind: 'before' | 'restarted' | 'interrupted' }
  | { readonly kind: 'completed'; readonly result: bigint }
  | { readonly kind: 'failed'; readonly error: number };

const R11 = 11;

/**
 * What `syscall` itself does to the registers: the address behind it to %rcx, the flags to %r11. They keep that when
 * the call is restarted. `int $0x80` changes none.
 */
export function enterKernel(s: State, after: number): void {
  const write = (number: number, value: number, undefinedBits: number): void => {
    s.r32[2 * number] = value | 0;
    s.r32[2 * number + 1] = Math.floor(value / 0x100000000);
    s.undefined32[2 * number] = undefinedBits;
    s.undefined32[2 * number + 1] = 0;
  };
  write(CX, after, 0);
  write(R11, s.flags, s.undefinedFlags);
  if (s.undefinedFlags !== 0) s.uncertain = true;
}

/** Ends the call that the machine has stopped at. */
export function finishSyscall(machine: Machine, event: SyscallEvent, outcome: SyscallOutcome): void {
  if (outcome.kind === 'before') return;
  const { state } = machine;
  if (event.entry === 'syscall') enterKernel(state, event.after);
  if (outcome.kind === 'restarted') return;
  machine.setRegister(machine.mode === 'i386' ? 'eax' : 'rax', resultOf(outcome));
  machine.pc = event.after;
  machine.steps++;
}

function resultOf(outcome: SyscallOutcome): bigint {
  switch (outcome.kind) {
    case 'completed':
      return outcome.result;
    case 'failed':
      return BigInt(-outcome.error);
    default:
      return BigInt(-EINTR);
  }
}
