/**
 * The intermediate representation: the one form that C functions, macro bodies, assembly and (later) object code are
 * lifted into, so that one rule serves them all. Nothing here knows a parser, a file system or a particular libc.
 *
 * Shape: a `Lifted` function is a list of basic blocks in source (for assembly: address) order. A block is a list of
 * operations and ends in exactly one terminator. Expressions are small immutable trees without side effects: every
 * call inside an expression has been pulled out into an operation of its own, and the expression refers to its
 * result by the operation's id.
 */

import type { WindowProof } from './proof.js';

/** A stretch of a file as it is on disk. Lines and columns count from 1, columns in UTF-16 units; the end is exclusive. */
export interface Region {
  /** Path relative to the tree's root, with forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly code?: CodePlace;
}

/**
 * Of a place in machine code, which has no lines: the file counts as one, and columns as its bytes. `Region.file` is then
 * what messages call it: `libc.a(close.o)`.
 */
export interface CodePlace {
  /** The file on disk that the bytes are counted in. */
  readonly file: string;
  /** `routine+0x1c`. */
  readonly name: string;
}

/**
 * Where an operation comes from. `at` is where a reader of the function sees it: the statement itself, or the macro's
 * use. `definition` is the place inside the macro's body (or of the included text) that spells it out, when there is one.
 */
export interface Origin {
  readonly at: Region;
  readonly definition?: Region;
  /** Names of the macros that were expanded to get here, outermost first. */
  readonly macros?: readonly string[];
}

/** An instruction set with its ABI, by the name that src/libc/targets.ts gives it (`x86_64`, `mipsn32`). */
export type Target = string;

export type OpId = number;

/** An expression. `text` of `unknown` is the source, for messages only. */
export type Expr =
  /** `unsigned`: written with a `u` suffix, which decides how it compares. */
  | { readonly k: 'int'; readonly value: bigint; readonly unsigned?: boolean }
  /** `value`: what the literal stands for, without quotes and escapes. */
  | { readonly k: 'string'; readonly value: string }
  /** A variable, a parameter, an enumerator, an unexpanded constant such as SYS_close, or a function's name. */
  | { readonly k: 'name'; readonly name: string }
  /** `base.field` and `base->field`; `arrow` tells them apart. */
  | { readonly k: 'member'; readonly base: Expr; readonly field: string; readonly arrow: boolean }
  | { readonly k: 'index'; readonly base: Expr; readonly index: Expr }
  | { readonly k: 'deref'; readonly of: Expr }
  | { readonly k: 'address'; readonly of: Expr }
  | { readonly k: 'unary'; readonly operator: string; readonly of: Expr }
  | { readonly k: 'binary'; readonly operator: string; readonly left: Expr; readonly right: Expr }
  | { readonly k: 'cast'; readonly type: string; readonly of: Expr }
  /** A C `?:` whose arms have no side effects (otherwise it is lowered to blocks). */
  | { readonly k: 'conditional'; readonly test: Expr; readonly then: Expr; readonly otherwise: Expr }
  /** The value that operation `op` produced. */
  | { readonly k: 'result'; readonly op: OpId }
  /** A machine register, by its full name in lower case without `%` (`eax`, `r10d`, `al`). */
  | { readonly k: 'register'; readonly name: string }
  /** A memory operand of an instruction. `displacement` may hold symbols. Width in bytes where it is known. */
  | {
      readonly k: 'memory';
      readonly segment?: string;
      readonly displacement?: Expr;
      readonly base?: string;
      readonly index?: string;
      readonly scale?: number;
      readonly width?: number;
    }
  | { readonly k: 'unknown'; readonly text: string };

/** How the kernel is entered. `wrapper`: by a C function or macro that is known to make the call. */
export type KernelEntry = 'int80' | 'syscall' | 'sysenter' | 'vdso' | 'wrapper';

interface OpBase {
  readonly id: OpId;
  readonly origin: Origin;
}

/** Assignment to a variable, a member or memory. `width` in bytes where known. */
export interface AssignOp extends OpBase {
  readonly op: 'assign';
  readonly target: Expr;
  readonly value: Expr;
}

/** A call of anything that has no operation of its own below. `callee` is a name where it is a plain one. */
export interface CallOp extends OpBase {
  readonly op: 'call';
  readonly callee: string | undefined;
  readonly target: Expr;
  readonly args: readonly Expr[];
}

/** A system call, made raw or through the libc's marked (cancellable) wrapper. */
export interface SyscallOp extends OpBase {
  readonly op: 'syscall';
  /** The number as written: `name` SYS_close or __NR_close, an `int`, or something computed. */
  readonly number: Expr;
  readonly args: readonly Expr[];
  readonly cancellable: boolean;
  /** The marker or raw macro or function, or the instruction's text. */
  readonly via: string;
  readonly entry: KernelEntry;
  /** `kernel`: -errno in the value itself. `errno`: -1 and errno. */
  readonly returns: 'kernel' | 'errno';
}

/** A read of the word that holds a cancellation request. `asks` tells what the bits tested say. */
export interface LoadFlagOp extends OpBase {
  readonly op: 'load-flag';
  /** The member or variable that is read. */
  readonly flag: string;
  readonly source: Expr;
  /** What reads it (`atomic_load_relaxed`); undefined for a plain read. */
  readonly via?: string;
}

/** A call of the C window routine (`__syscall_cp_asm`, `__syscall_cancel_arch`): the flag's address, the number and its arguments. */
export interface WindowCallOp extends OpBase {
  readonly op: 'window-call';
  readonly callee: string;
  readonly args: readonly Expr[];
}

/** The request is acted upon: the thread unwinds (or, in a masked state, the call fails). */
export interface ActOp extends OpBase {
  readonly op: 'act';
  readonly how: string;
  readonly args: readonly Expr[];
  readonly mayReturn: boolean;
}

/** `pthread_testcancel` and its internal names: reads the flag and acts when it is set. */
export interface TestCancelOp extends OpBase {
  readonly op: 'test-cancel';
  readonly how: string;
}

/** Asynchronous cancelability is switched on, or put back to what it was. */
export interface AsyncOp extends OpBase {
  readonly op: 'async';
  readonly to: 'enable' | 'restore';
  readonly how: string;
  readonly args: readonly Expr[];
}

/** The cancel state (enabled, disabled, masked) is set; the old one may be saved through the second argument. */
export interface CancelStateOp extends OpBase {
  readonly op: 'cancel-state';
  readonly how: string;
  readonly to: Expr;
  readonly saved?: Expr;
}

/** The cancel type (deferred, asynchronous) is set. */
export interface CancelTypeOp extends OpBase {
  readonly op: 'cancel-type';
  readonly how: string;
  readonly to: Expr;
  readonly saved?: Expr;
}

export interface CleanupOp extends OpBase {
  readonly op: 'cleanup-push' | 'cleanup-pop';
  readonly how: string;
  readonly args: readonly Expr[];
}

/** A label that has an address: an assembly label, or one emitted by inline assembly. */
export interface LabelOp extends OpBase {
  readonly op: 'label';
  readonly name: string;
}

/** A machine instruction with no operation of its own above, or one line of inline assembly. Operands in AT&T order (source first). */
export interface InstructionOp extends OpBase {
  readonly op: 'instruction';
  readonly mnemonic: string;
  readonly operands: readonly Expr[];
  /** As written, blanks squeezed. */
  readonly text: string;
}

/** A statement that was not understood. It is never dropped: a rule that meets it cannot say "clean". */
export interface NotUnderstoodOp extends OpBase {
  readonly op: 'not-understood';
  readonly text: string;
  readonly reason: string;
}

export type Op =
  | AssignOp
  | CallOp
  | SyscallOp
  | LoadFlagOp
  | WindowCallOp
  | ActOp
  | TestCancelOp
  | AsyncOp
  | CancelStateOp
  | CancelTypeOp
  | CleanupOp
  | LabelOp
  | InstructionOp
  | NotUnderstoodOp;

export type BlockId = number;

export type Terminator =
  | { readonly t: 'goto'; readonly to: BlockId; readonly origin: Origin }
  /** `condition` is non-zero → `then`. For assembly the condition names the mnemonic (`jne`) as an `unknown`. */
  | {
      readonly t: 'branch';
      readonly condition: Expr;
      readonly then: BlockId;
      readonly otherwise: BlockId;
      readonly origin: Origin;
    }
  | { readonly t: 'switch'; readonly value: Expr; readonly cases: readonly SwitchCase[]; readonly origin: Origin }
  | { readonly t: 'return'; readonly value?: Expr; readonly origin: Origin }
  /** Control leaves the function for another one and does not come back (`jmp __cancel`). */
  | { readonly t: 'tail'; readonly target: Expr; readonly condition?: Expr; readonly origin: Origin }
  /** After a call that does not return, `hlt`, `ud2`. */
  | { readonly t: 'unreachable'; readonly origin: Origin }
  /** A computed jump, or a jump to a place that could not be found. */
  | { readonly t: 'unknown'; readonly text: string; readonly origin: Origin };

/** `values` empty means default. */
export interface SwitchCase {
  readonly values: readonly Expr[];
  readonly to: BlockId;
}

export interface Block {
  readonly id: BlockId;
  readonly ops: readonly Op[];
  readonly end: Terminator;
}

/** What was lifted: a C function, a macro's body, a function generated by a macro, an assembly routine. */
export type LiftedKind = 'function' | 'macro' | 'generated' | 'assembly';

export interface Lifted {
  readonly kind: LiftedKind;
  readonly name: string;
  readonly params: readonly string[];
  /** Return type as written, blanks squeezed; empty for macros and assembly. */
  readonly returns: string;
  /** Declared types of parameters and locals by name, blanks squeezed (C only). */
  readonly types: Readonly<Record<string, string>>;
  /** The name in its definition. */
  readonly nameAt: Region;
  /** From the first token of the definition to its last. */
  readonly extent: Region;
  readonly isStatic: boolean;
  /** Targets this lifting holds for. */
  readonly targets: readonly Target[];
  /** Entry is the first block. */
  readonly blocks: readonly Block[];
  /** Number of `not-understood` operations and unknown terminators. */
  readonly notUnderstood: number;
}

/** `weak_alias (a, b)` and its kin: `alias` is another name for `of`. */
export interface Alias {
  readonly alias: string;
  readonly of: string;
  readonly weak: boolean;
  /** Only programs linked against an old version get it. */
  readonly compat?: boolean;
  readonly at: Region;
  readonly targets: readonly Target[];
}

/** What the front ends give back for one file. */
export interface LiftedFile {
  readonly file: string;
  readonly functions: readonly Lifted[];
  /** Functions lifted only because they were asked for by name: they may lead to one that concerns cancellation. */
  readonly callers?: readonly Lifted[];
  readonly aliases: readonly Alias[];
  readonly problems: readonly Problem[];
  /** What was decided about the labelled windows in it. */
  readonly proofs?: readonly WindowProof[];
}

/** What could not be read or understood, as a fact about a file. Becomes a finding or a notification. */
export interface Problem {
  readonly kind:
    'parse-error' | 'unreadable-file' | 'not-lifted' | 'unknown-macro' | 'analysis-incomplete' | 'unused-configuration';
  readonly message: string;
  readonly at: Region;
  /** The function it is in, where there is one. */
  readonly function?: string;
}
