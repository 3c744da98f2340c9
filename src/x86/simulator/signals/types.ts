/** Delivery of a signal as Linux does it: a frame on the stack that the handler's return takes back. */

export interface Delivery {
  readonly signal: number;
  /** Address of the handler. */
  readonly handler: number;
  /** SA_SIGINFO: the handler gets `siginfo_t *` and `ucontext_t *`. Always so in x86_64. */
  readonly siginfo?: boolean;
  /** SA_RESTORER: where the handler returns to. */
  readonly restorer: number;
  /** Signals that are blocked where the program was interrupted; restored by the return. */
  readonly blocked?: bigint;
  readonly code?: number;
  /** Of the sender. */
  readonly pid?: number;
  readonly uid?: number;
  /** SA_ONSTACK: the stack of sigaltstack, used unless it is in use already. */
  readonly stack?: { readonly base: number; readonly size: number };
  /**
   * Bytes of floating-point state that the processor saves with its `xsave`, which the kernel puts above the frame: 0
   * without it. They move the frame, but they are not simulated: memory there stays as it was, and the frame's pointer
   * to them is null.
   */
  readonly floatingPoint?: number;
}

/** Where the parts of a frame lie, for a handler that is a model and not code. */
export interface Frame {
  /** What the stack pointer is in the handler. */
  readonly address: number;
  /** Of `siginfo_t` and `ucontext_t`; undefined in an i386 frame without them. */
  readonly info?: number;
  readonly context?: number;
  /** Of the saved registers: `struct sigcontext`. */
  readonly registers: number;
  /** Of each saved register, by name, and of `pc` and `flags`. */
  readonly slots: ReadonlyMap<string, number>;
}

/** `delivered`, or why not: the frame does not fit on the stack, for which Linux kills the program with SIGSEGV. */
export type Delivered = { readonly ok: true; readonly frame: Frame } | { readonly ok: false; readonly reason: string };

export type Returned =
  { readonly ok: true; readonly blocked: bigint } | { readonly ok: false; readonly reason: string };
