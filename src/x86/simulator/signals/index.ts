/** Signals of either mode. */
import type { Machine } from '../machine.js';
import type { SyscallEvent } from '../syscalls.js';
import * as i386 from './i386.js';
import type { Delivered, Delivery, Returned } from './types.js';
import * as x86_64 from './x86-64.js';

export type { Delivered, Delivery, Frame, Returned } from './types.js';

/**
 * Interrupts the program where it is: saves its registers in a frame on its stack and enters the handler. A boundary
 * that holds back interrupts (`machine.interruptible`) is the caller's to respect.
 */
export function deliverSignal(machine: Machine, delivery: Delivery): Delivered {
  return machine.mode === 'i386' ? i386.deliver(machine, delivery) : x86_64.deliver(machine, delivery);
}

const SIGRETURN = 119n;
const RT_SIGRETURN = { int80: 173n, syscall: 15n } as const;

/** Carries out a system call that returns from a handler; undefined when the call is another one. */
export function signalReturn(machine: Machine, { entry }: SyscallEvent): Returned | undefined {
  const number = machine.register(entry === 'int80' ? 'eax' : 'rax');
  if (machine.mode === 'i386') {
    if (number === SIGRETURN) return i386.sigreturn(machine);
    return number === RT_SIGRETURN.int80 ? i386.rtSigreturn(machine) : undefined;
  }
  return entry === 'syscall' && number === RT_SIGRETURN.syscall ? x86_64.rtSigreturn(machine) : undefined;
}
