/**
 * What the tool knows about one libc, as data. A rule or an analysis never names a function of a libc: it asks for
 * the role that a name plays. Each entry of a data file carries the reason or the place it was learnt from.
 */
import type { Target } from '../ir/types.js';
import type { OwnLibc } from './own.js';

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
  /** Calls the argument `function` with the bracketed list that is the argument `arguments`, or stands for such a call. */
  | { readonly role: 'applies'; readonly function: number; readonly arguments: number }
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
  /** What an architecture calls it instead, for each of the instructions by which it enters the kernel. */
  readonly ends?: { readonly labels: readonly string[]; readonly why: string };
  /** Where the handler redirects to, or undefined in the unwind design. */
  readonly cancel?: string;
  readonly routine: string;
  /** The word whose address the routine is given. */
  readonly flag: WindowFlag;
  /**
   * A macro that the headers of an architecture define as other than 0 where function pointers point to descriptors: the
   * address of a C function is no code there.
   */
  readonly descriptors?: { readonly macro: string; readonly why: string };
  /** The design without labels, where the libc has had it. */
  readonly saved?: SavedPlace;
  /** What is known of the signal handler that checks for the window, for those that have been compiled. */
  readonly handler?: {
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

/**
 * What a routine without labels stores for the handler, which then acts where the interrupted SP is the stored one and
 * the PC is not above the stored one. Words from the pointer that the routine is given, and members of the thread.
 */
export interface SavedPlace {
  readonly stackPointer: { readonly word: number; readonly member: string };
  readonly pc: { readonly word: number; readonly member: string };
  readonly flagWord: number;
  readonly why: string;
}

/**
 * What a name has to do with the signals that a library keeps for itself.
 * `signal`: one of them, besides those that send a request. `set`: a constant set that holds those that send a request.
 * `fills`: fills a set with every signal, the library's own too. `removes`: takes its own out of the set it is given.
 * `asks`: says whether a signal is one of its own. `wakes`: wakes a thread that waits for the caller. `starts`: what a new
 * thread runs first, in the file that defines pthread_create.
 */
export type OwnSignal = 'signal' | 'set' | 'fills' | 'removes' | 'asks' | 'wakes' | 'starts';

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
  /**
   * Calls that run a function somewhere else: `function` is the index of the argument that names it. It runs in a child
   * that begins with the state of the caller, unless the caller speaks of one of the `threads`: then in a new thread.
   */
  readonly runs?: readonly {
    readonly names: readonly string[];
    readonly function: number;
    readonly threads: readonly string[];
    readonly why: string;
  }[];
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

/** What runs before a thread can be made: nobody can have asked for anything there. */
export interface StartUp {
  /** Functions that the kernel, the dynamic linker or the first instructions of a program enter. */
  readonly entries: readonly string[];
  /** Functions that run what others have written, or make threads: what runs behind them may meet requests. */
  readonly ends: readonly string[];
  readonly why: string;
}

/** How a thread leaves, by pthread_exit or by acting on a request, and what says so. */
export interface ThreadExit {
  /** Functions that begin to run the cleanup handlers of the thread. */
  readonly runs: readonly string[];
  /** Members of the thread structure that hold the list of handlers, where the function that leaves calls them itself. */
  readonly handlers: readonly string[];
  /** Bits of the request's word that say that the thread is leaving, and functions that ask for one of them. */
  readonly marks: readonly string[];
  /** Members, bits and functions that stand for the cancel state, and for the cancel type. */
  readonly state: readonly string[];
  readonly type: readonly string[];
  readonly why: string;
}

/** How the tree's make files say what is compiled, and with which flags. Patterns are regular expressions. */
export interface BuildConvention {
  /** Name of the files that say what a folder builds. */
  readonly rules: string;
  /** The variable that such a file sets to its folder, and that files for many folders ask. */
  readonly folder: string;
  /** An include line that matches `line` reads every file that matches `files`. */
  readonly includes: readonly { readonly line: string; readonly files: string; readonly why: string }[];
  /** Variables whose words are sources to compile for a library, without their extension. */
  readonly lists: string;
  /** A word that matches stands for a second object of the source that is group 1. */
  readonly copies?: string;
  /** Sources that any folder may compile, besides its own. */
  readonly sharedSources: string;
  /** Variables with the flags of one source; `%` is its name without the extension. The first is what people write. */
  readonly flags: readonly string[];
  /** Variables with the flags of all. */
  readonly allFlags: readonly string[];
  /** Variables that the build makes, and that hold neither sources in C nor flags for unwind tables. */
  readonly irrelevant: string;
  readonly tables: UnwindTables;
  readonly why: string;
}

/** Which flags of the compiler make a frame that a cancelled thread can unwind through. */
export interface UnwindTables {
  /** Each is enough where the frame is left by a call. */
  readonly atCalls: readonly string[];
  /** Is enough where a signal's handler unwinds from between two instructions of it. */
  readonly anywhere: readonly string[];
  readonly why: string;
}

/** A tree's sign of being this libc. Every condition must hold. */
export interface Sign {
  /** Path relative to the root. */
  readonly file: string;
  /** Text that the file must hold. */
  readonly contains?: string;
  /** Text that it must not hold. */
  readonly lacks?: string;
  /** There must be no such file, nor folder. */
  readonly isAbsent?: true;
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
  /** The signals that the library keeps for itself, and how it makes sets with and without them. */
  readonly ownSignals?: readonly Named<OwnSignal>[];
  readonly balance?: Balance;
  readonly exit?: ThreadExit;
  /** Regular expressions of names that do the same as group 1 (a system call) without being a cancellation point. */
  readonly twins: readonly { readonly pattern: string; readonly why: string }[];
  /** Names that a text must hold for its functions to concern cancellation, besides those with a role or a flag. */
  readonly topics: readonly string[];
  /** The name of the files, in any folder, that list what the libraries export. */
  readonly versionLists?: { readonly name: string; readonly why: string };
  /** Undefined where unwinding needs nothing of the build, or the build is not read. */
  readonly build?: BuildConvention;
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
  /** Functions that the system below provides, outside of the tree: whether they act on a request is not known. */
  readonly system?: readonly string[];
  /** Names that hold while the process has one thread, whom nobody else can cancel. */
  readonly singleThread?: readonly string[];
  /**
   * Why no request is pending where one of these names holds, where that is so: a thread may cancel itself, and a libc may
   * or may not end the single-threaded time with that.
   */
  readonly noneWhileSingle?: { readonly why: string };
  readonly startUp?: StartUp;
  /**
   * Words (regular expressions) of a declaration by which the libc keeps a name from programs, so that nobody else calls
   * the function. In front of a name in brackets they are no use of it.
   */
  readonly hidden?: { readonly words: readonly string[]; readonly why: string };
  /** Macros at file scope that declare another name for a function: `of` and `alias` are argument indexes. */
  readonly aliases: readonly {
    readonly name: string;
    readonly of: number;
    readonly alias: number;
    readonly weak: boolean;
    /** Only programs linked against an old version get it. */
    readonly compat?: true;
  }[];
  /**
   * Macros at file scope that define a function which is one of several, chosen when the program is loaded: indexes of the
   * arguments that name it and that choose.
   */
  readonly chosen?: readonly { readonly name: string; readonly symbol: number; readonly by: number }[];
  /** Prefixes of system call constants (`SYS_`, `__NR_`). */
  readonly numberPrefixes: readonly string[];
  /** Headers that the build puts in front of every file. */
  readonly included: readonly string[];
  /** Preprocessor names with a known value in the build that ships (`_LIBC`: 1), undefined ones as null. */
  readonly defines: Readonly<Record<string, string | null>>;
  /** The same where it depends on the target; counts before `defines`. */
  readonly definesFor?: Readonly<Partial<Record<Target, Readonly<Record<string, string | null>>>>>;
  /** Which files belong to a build for a target, by their paths. */
  readonly files: FileSelection;
  /** Where the tree itself says which files those are: read once a run, and gone by instead of `files`. */
  readonly planned?: {
    /** Undefined where the tree does not say. */
    readonly read: (tree: TreeView, targets: readonly Target[]) => BuildPlan | undefined;
    readonly files: (plan: BuildPlan) => FileSelection;
  };
  /** Of a libc that a configuration gives: its data, and the name of the known libc that the rest is taken from. */
  readonly own?: { readonly data: OwnLibc; readonly base: string };
}

/** A tree as a libc's build looks at it before it compiles anything. Paths are relative to the root. */
export interface TreeView {
  /** Every source, header and table. */
  readonly texts: ReadonlyMap<string, string>;
  readonly isFolder: (path: string) => boolean;
  /** Any file; undefined where there is none. */
  readonly text: (path: string) => string | undefined;
}

/** What a build for each target takes. Plain data, since threads are given it. */
export type BuildPlan = Readonly<
  Record<
    Target,
    {
      /** Folders in which files are looked for, first ones first. */
      readonly order: readonly string[];
      /** Files in them, and others, that another of the same name stands before. */
      readonly hidden: readonly string[];
      /** `LIST SOURCE`: lines of tables of which nothing is made. */
      readonly omitted: readonly string[];
      /** Sources that are compiled as a part of another, and that one. */
      readonly parts: readonly (readonly [part: string, whole: string])[];
      /** Hidden headers in whose place stands one that takes definitions from the kernel's, which the tree does not have. */
      readonly outside: readonly string[];
    }
  >
>;

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
  /** Whether the line of a table of system calls that stands for a source is built; default yes. */
  readonly makes?: (list: string, source: string, target: Target) => boolean;
  /** Folders of which a tree that can be built for the target has at least one. */
  readonly homes?: (target: Target) => readonly string[];
  /** Whether what a file of other targets defines may be defined for this one too, by headers that the tree does not have. */
  readonly hasFromOutside?: (path: string, target: Target) => boolean;
}
