/**
 * What the simulator decided about a cancellation window: plain data, so that rules need not know the simulator. The
 * properties W1 to W10 are those of docs/windows.md.
 */
import type { Region, Target } from './types.js';

/** What is wrong, by what comes of it. */
export type FaultKind =
  /** W1, W3: a request can be missed. */
  | 'lost-request'
  /** W2: a finished call can be thrown away. */
  | 'lost-result'
  /** W4: the stack, a register or the call-frame information is wrong where the request is acted upon. */
  | 'cancel-path'
  /** W5: the kernel does not get what the caller passed. */
  | 'syscall-arguments'
  /** W6: the caller does not get back what the ABI promises. */
  | 'abi'
  /** W7: the branch does not depend on the flag as it must. */
  | 'flag-check'
  /** W8: something that others can see is written before the call. */
  | 'side-effect'
  /** W10: something else lies inside the window. */
  | 'foreign-code'
  /** W9: a compiled handler takes something else for the window. */
  | 'handler'
  /** The kernel is entered at an address that no label can cover. */
  | 'vdso-entry';

/** One step of an interleaving. */
export interface ProofStep {
  readonly at: Region;
  readonly message: string;
  readonly thread: 'victim' | 'canceller' | 'kernel';
}

export interface WindowFault {
  readonly kind: FaultKind;
  /** Which of the rule's messages says it, and what fills that. */
  readonly messageId: string;
  readonly data: Readonly<Record<string, string | number>>;
  /** The instruction or label to change. */
  readonly at: Region;
  /** The text there. */
  readonly anchor: string;
  readonly flow: readonly ProofStep[];
}

/** A window on one target. */
export interface WindowProof {
  /** Label at its start, as the libc's convention names it. */
  readonly start: string;
  readonly file: string;
  readonly target: Target;
  /** One for each kind at most: the one with the shortest interleaving. Empty and `undecided` unset: proved. */
  readonly faults: readonly WindowFault[];
  /** Why nothing, or not all, could be decided. */
  readonly undecided: string | undefined;
  /** Instructions that were simulated, and boundaries at which a request was delivered. */
  readonly steps: number;
  readonly boundaries: number;
  /** The routine has no labels: it stores its SP and PC for the handler, which is taken to compare with both. */
  readonly isSaved?: true;
}
