/** What a run tells: its steps, and why it stopped. */
import type { Instruction } from '../x86/syntax.js';

export interface Change<T> {
  readonly name: string;
  readonly before: T;
  readonly now: T;
  /** Bits that have no defined value now. */
  readonly undefined: T;
}

export interface MemoryChange {
  readonly address: number;
  readonly before: Uint8Array;
  readonly now: Uint8Array;
  /** Bits of each byte that have no defined value now. */
  readonly undefined: Uint8Array;
}

/** An instruction that was carried out, or one iteration of a repeated one. */
export interface Step {
  readonly address: number;
  readonly instruction: Instruction | undefined;
  readonly registers: readonly Change<bigint>[];
  /** EFLAGS. */
  readonly flags: Change<number> | undefined;
  readonly memory: readonly MemoryChange[];
}

export type Why =
  /** To where the function was called from. */
  | { readonly reason: 'return' }
  | {
      readonly reason: 'syscall';
      readonly entry: 'int80' | 'syscall';
      readonly number: bigint;
      readonly arguments: readonly bigint[];
      /** Registers among them that hold undefined bits. */
      readonly undefined: readonly string[];
    }
  /** Execution left for what is defined elsewhere. */
  | { readonly reason: 'outside'; readonly name: string }
  /** `address`: of a page fault. */
  | { readonly reason: 'fault'; readonly fault: string; readonly errorCode: number; readonly address?: number }
  /** The instruction is not simulated, or something that it takes is not known. */
  | { readonly reason: 'unknown'; readonly what: string }
  /** What comes next depends on a value that the manuals leave undefined. */
  | { readonly reason: 'undefined'; readonly what: string }
  | { readonly reason: 'limit' };

/** The instruction at the address was not carried out, or its result is not known. */
export type Stop = Why & { readonly at: number; readonly instruction: Instruction | undefined };
