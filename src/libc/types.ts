/**
 * What the tool knows about one libc, as data. A rule or an analysis never names a function of a libc: it asks for
 * the role that a name plays. Each entry of a data file carries the reason or the place it was learnt from.
 */
import type { Target } from '../ir/types.js';

/** The part that a function-like name plays wherever it is called. */
export type Role =
  /**
   * Makes a system call. `number`: index of the argument that holds the number, or the number itself where the name
   * says it. `prefix`: text put before the argument's name to give the constant (`__NR_` for glibc's `read`).
   * `args`: index of the first argument of the call. `cancellable`: through the libc's marked wrapper.
   */
  | {
      readonly role: 'syscall';
      readonly cancellable: boolean;
      readonly number: number | string;
      readonly prefix?: string;
      readonly args: number;
      readonly returns: 'kernel' | 'errno';
      /** Cancellable only when this argument is non-zero (musl's `__alt_socketcall (.., cp, ..)`). */
      readonly cancellableWhen?: number;
    }
  /** Enters the labelled window: `flag` and `number` are argument indexes. */
  | { readonly role: 'window-call'; readonly flag: number; readonly number: number }
  /** Acts on the request. `whenArgument`: only when an argument has this name (`pthread_exit (PTHREAD_CANCELED)`). */
  | { readonly role: 'act'; readonly mayReturn: boolean; readonly whenArgument?: string }
  | { readonly role: 'test-cancel' }
  | { readonly role: 'async-enable' }
  | { readonly role: 'async-restore' }
  | { readonly role: 'cancel-state'; readonly to: number; readonly saved: number }
  | { readonly role: 'cancel-type'; readonly to: number; readonly saved: number }
  /** `handler` and `argument`: indexes of what is called when the thread is cancelled, and of what it is given. */
  | { readonly role: 'cleanup-push'; readonly handler: number; readonly argument: number }
  /** `execute`: index of the argument that says whether the handler runs now. */
  | { readonly role: 'cleanup-pop'; readonly execute: number }
  /** Given the state word (or the thread), says whether a request is pending: its call is a load of the flag. */
  | { readonly role: 'request-test' }
  /** Reads its first argument (`atomic_load_relaxed (&x)`, `THREAD_GETMEM (self, x)`): an access, not a call. */
  | { readonly role: 'access'; readonly of: number }
  /** Does not come back. */
  | { readonly role: 'noreturn' }
  /** Turns a kernel result into -1 and errno, or passes it through (`__syscall_ret`, `__glibc_unlikely`). */
  | { readonly role: 'passes'; readonly argument: number }
  /** Makes a function at file scope: `name` and, where it has them, `number` are argument indexes. */
  | {
      readonly role: 'generator';
      readonly name: number;
      readonly cancellable: boolean;
    };

/** The word that another thread sets to ask for cancellation. */
export interface RequestFlag {
  /** Member of the thread structure. */
  readonly member: string;
  /**
   * Names of the bits or masks that stand for a request, where the word holds other things too. Empty when the whole
   * word is the flag.
   */
  readonly bits: readonly string[];
  /** Asynchronous cancelability, where it is kept in the same word. */
  readonly mode?: ModeBits;
  readonly why: string;
}

/** The bits of a request's word that say that the signal handler may unwind at once. */
export interface ModeBits {
  readonly bits: readonly string[];
  /** Functions and macros that change a word they are given in one step: names, or regular expressions. */
  readonly updates: readonly string[];
  readonly why: string;
}

/** The request's word as a window's routine meets it. */
export interface WindowFlag {
  /** Bytes. */
  readonly width: 4;
  /** Every value but 0 is a request; else some bits are, and other bits mean other things. */
  readonly isWhole: boolean;
  /** Two values that are no request, and two that are one. */
  readonly clear: readonly [number, number];
  readonly set: readonly [number, number];
  readonly why: string;
}

/** A labelled window and the routine that holds it. */
export interface WindowConvention {
  /** Label at the first instruction from which a request is not lost. */
  readonly start: string;
  /** Label right after the syscall instruction. */
  readonly end: string;
  /** Where the handler redirects to, or undefined in the unwind design. */
  readonly cancel?: string;
  readonly routine: string;
  /** The word whose address the routine is given. */
  readonly flag: WindowFlag;
  /** What is known of the signal handler that checks for the window, for those that have been compiled. */
  readonly handler: {
    /** Number of the cancellation signal. */
    readonly signal: number;
    /** Words from the thread pointer on that hold the thread's own address. */
    readonly self: readonly number[];
    readonly why: string;
  };
  /** Constants that the routine is written with and no source defines. */
  readonly constants?: Readonly<Record<string, number>>;
  readonly why: string;
}

export interface Named<T> {
  /** Exact names, or a regular expression with `^` and `$` understood (`__syscall_cp[0-6]`). */
  readonly names: readonly string[];
  readonly is: T;
  readonly why: string;
}

/** What is begun and what undoes it, by the names of the functions; both are given the thing as their first argument. */
export interface Pair {
  readonly begin: readonly string[];
  readonly end: readonly string[];
  readonly why: string;
}

/** What a thread's cancel state, and what is begun and ended around it, are called besides the names with a role. */
export interface Balance {
  /** Constants by name: whether they are a state or a type, and which. Equal numbers mean the same of the same kind. */
  readonly constants: readonly {
    readonly name: string;
    readonly kind: 'state' | 'type';
    readonly value: bigint;
    readonly means: string;
  }[];
  /** Members of the thread structure that hold the state or the type. */
  readonly words: readonly { readonly member: string; readonly kind: 'state' | 'type'; readonly why: string }[];
  /** Functions and macros that give the running thread. */
  readonly self: readonly string[];
  /** Calls that come back in two processes, 0 in the child. */
  readonly forks: readonly string[];
  /** Calls that may come back a second time, with the state of then. */
  readonly returnsTwice: readonly string[];
  /** Functions that push a handler, wait, and pop it without running it; only with this number of arguments. */
  readonly waitsWithHandler: readonly {
    readonly name: string;
    readonly arguments: number;
    readonly handler: number;
    readonly argument: number;
    readonly why: string;
  }[];
  readonly pairs: readonly Pair[];
}

/** A tree's sign of being this libc. Every condition must hold. */
export interface Sign {
  /** Path relative to the root. */
  readonly file: string;
  /** Text that the file must hold. */
  readonly contains?: string;
  /** Text that it must not hold. */
  readonly lacks?: string;
}

export interface Libc {
  readonly name: string;
  readonly title: string;
  /** Alternatives, each a list of signs that hold together. */
  readonly signs: readonly (readonly Sign[])[];
  /** False for a libc that has no thread cancellation: nothing is linted, and that is said. */
  readonly hasCancellation: boolean;
  readonly whyNone?: string;
  readonly roles: readonly Named<Role>[];
  readonly flags: readonly RequestFlag[];
  readonly windows: readonly WindowConvention[];
  /** Members, constants and functions whose presence in a condition asks whether cancellation is enabled. */
  readonly asksState?: readonly Named<'asks'>[];
  /** Names of the signal by which a request is sent. */
  readonly cancelSignals?: readonly string[];
  readonly balance?: Balance;
  /** Regular expressions of names that do the same as group 1 (a system call) without being a cancellation point. */
  readonly twins: readonly { readonly pattern: string; readonly why: string }[];
  /** Names that a text must hold for its functions to concern cancellation, besides those with a role or a flag. */
  readonly topics: readonly string[];
  /** The name of the files, in any folder, that list what the libraries export. */
  readonly versionLists?: { readonly name: string; readonly why: string };
  /** Macros that call, or store, a function by the name of a member: the operations of streams. */
  readonly members?: {
    /** `member`: index of the argument that names the member. */
    readonly calls: readonly { readonly names: readonly string[]; readonly member: number; readonly why: string }[];
    /** `prefix`: what stands before the argument's name in the member's. */
    readonly stores: readonly {
      readonly name: string;
      readonly member: number;
      readonly of: number;
      readonly prefix: string;
      readonly why: string;
    }[];
  };
  /** Functions that open a stream on which nothing is a cancellation point, when the mode holds a letter. */
  readonly quietStreams?: readonly {
    readonly names: readonly string[];
    readonly mode: number;
    readonly letter: string;
    readonly why: string;
  }[];
  /** Names that hold while the process has one thread, whom nobody else can cancel. */
  readonly singleThread?: readonly string[];
  /** Macros at file scope that declare another name for a function: `of` and `alias` are argument indexes. */
  readonly aliases: readonly {
    readonly name: string;
    readonly of: number;
    readonly alias: number;
    readonly weak: boolean;
    /** Only programs linked against an old version get it. */
    readonly compat?: true;
  }[];
  /** Prefixes of system call constants (`SYS_`, `__NR_`). */
  readonly numberPrefixes: readonly string[];
  /** Headers that the build puts in front of every file. */
  readonly included: readonly string[];
  /** Preprocessor names with a known value in the build that ships (`_LIBC`: 1), undefined ones as null. */
  readonly defines: Readonly<Record<string, string | null>>;
  /** Which files belong to a build for a target. */
  readonly files: FileSelection;
}

export interface FileSelection {
  /** Path patterns (picomatch) that are never part of the library: tests, tools, other kernels. With the reason. */
  readonly never: readonly { readonly pattern: string; readonly why: string }[];
  /**
   * Tells whether a file is built for a target, by its path alone. Called with a path relative to the root.
   */
  readonly selects: (path: string, target: Target) => boolean;
  /** Files that this one is built instead of, for a target (musl's `src/x/ARCH/f.s` for `src/x/f.c`). */
  readonly replaces: (path: string, target: Target) => readonly string[];
  /** Higher wins when several files define the same macro or function for a target. */
  readonly rank: (path: string, target: Target) => number;
}
