/** Why a machine stopped. `pc` is the address of the instruction, in the machine's state `pc` is what the processor would save. */
import type { FaultName } from './fault.js';

export type MachineEvent =
  /** A processor exception. Traps (#BP, #OF) leave the state behind the instruction, the others on it. */
  | {
      readonly kind: 'fault';
      readonly name: FaultName;
      readonly vector: number;
      readonly errorCode: number;
      /** Of a page fault. Negative: the kernel's half. */
      readonly address?: number;
      readonly pc: number;
    }
  /** A system call is about to be made; the state is still on the instruction. */
  | {
      readonly kind: 'syscall';
      readonly entry: 'int80' | 'syscall';
      readonly pc: number;
      /** Address after the instruction. */
      readonly after: number;
    }
  /** An instruction that is not simulated; nothing was done. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly pc: number }
  /** What comes next depends on an undefined value; nothing was done. */
  | { readonly kind: 'undefined'; readonly what: string; readonly pc: number }
  /** An address that the caller asked to stop at was reached. */
  | { readonly kind: 'stop'; readonly pc: number }
  /** The step limit was reached. */
  | { readonly kind: 'limit'; readonly pc: number };
