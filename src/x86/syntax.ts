/**
 * The form that parsed x86 assembly takes: statements with their places, and instructions without them, so that an
 * instruction decoded from bytes can be the same value as one that was parsed.
 */
import type { Origin, Problem, Target } from '../ir/types.js';
import type { PreparedText } from '../cpp/prepared.js';

/** A stretch `[start, end)` of the prepared text. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Where something stands. What an assembler macro gave stands at the macro's use; `definition` is then its place in
 * the macro's body, and `macros` names the macros, outermost first.
 */
export interface Span extends Stretch {
  readonly definition?: Stretch;
  readonly macros?: readonly string[];
}

export type UnaryOperator = '-' | '+' | '~' | '!';
export type BinaryOperator =
  | '*'
  | '/'
  | '%'
  | '<<'
  | '>>'
  | '|'
  | '&'
  | '^'
  | '!'
  | '+'
  | '-'
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | '&&'
  | '||';

/** An assembler expression: the value of an immediate, a displacement, a jump target or a directive's argument. */
export type AsmExpr =
  | { readonly k: 'int'; readonly value: bigint }
  /** `modifier` is the relocation after `@`, in lower case (`plt`, `gotoff`). */
  | { readonly k: 'symbol'; readonly name: string; readonly modifier?: string }
  /** `1f` and `1b`. */
  | { readonly k: 'numeric'; readonly label: string; readonly direction: 'f' | 'b' }
  /** `.`: the current address. */
  | { readonly k: 'here' }
  | { readonly k: 'unary'; readonly operator: UnaryOperator; readonly of: AsmExpr }
  | { readonly k: 'binary'; readonly operator: BinaryOperator; readonly left: AsmExpr; readonly right: AsmExpr }
  /** Operand of an inline assembly template (`%0`, `%P2`, `%[name]`): not known here. */
  | { readonly k: 'placeholder'; readonly text: string };

/** Register names are in lower case without `%`. `%0` of a template is a register name too, spelled with its `%`. */
export interface MemoryOperand {
  readonly k: 'memory';
  readonly segment?: string;
  readonly displacement?: AsmExpr;
  readonly base?: string;
  readonly index?: string;
  readonly scale: 1 | 2 | 4 | 8;
}

export interface RegisterOperand {
  readonly k: 'register';
  readonly name: string;
}

/** What AVX-512 writes in braces after an operand, in lower case and without `%` (`k1`, `z`, `1to8`). */
export type Decorations = readonly string[];

export type Operand =
  | (RegisterOperand & { readonly decorations?: Decorations })
  | { readonly k: 'immediate'; readonly value: AsmExpr }
  | (MemoryOperand & { readonly decorations?: Decorations })
  /** Direct target of a jump or call. */
  | { readonly k: 'target'; readonly value: AsmExpr }
  /** `*%eax`, `*%gs:16`, `*table(,%eax,4)`. */
  | { readonly k: 'indirect'; readonly through: RegisterOperand | MemoryOperand | PlaceholderOperand }
  /** `{rn-sae}` and `{sae}`. */
  | { readonly k: 'rounding'; readonly mode: string }
  | (PlaceholderOperand & { readonly decorations?: Decorations });

/** A whole operand that the template leaves to the compiler. */
export interface PlaceholderOperand {
  readonly k: 'placeholder';
  readonly text: string;
}

/** Width of an integer operation in bytes, as its suffix or its registers tell. */
export type Width = 1 | 2 | 4 | 8;

/**
 * One machine instruction. `mnemonic` is what was written, in lower case; `base` is the operation without the AT&T
 * size suffix (`movl` is `mov`), and `width` what the suffix said. Operands are in AT&T order, source first.
 */
export interface Instruction {
  readonly mnemonic: string;
  readonly base: string;
  readonly width?: Width;
  /** In lower case, in the order written. */
  readonly prefixes: readonly string[];
  readonly operands: readonly Operand[];
  /** Branch hint: `jne,pn`. */
  readonly hint?: 'pn' | 'pt';
}

export interface LabelStatement {
  readonly kind: 'label';
  /** For a numeric label its digits. */
  readonly name: string;
  readonly numeric: boolean;
  readonly span: Span;
}

export interface InstructionStatement {
  readonly kind: 'instruction';
  readonly instruction: Instruction;
  /** As written, blanks squeezed. */
  readonly text: string;
  readonly span: Span;
  /** One for each operand of the instruction. */
  readonly operandSpans: readonly Span[];
}

/** One argument of a directive: its text without blanks around it, and its value where it is an expression or register. */
export interface DirectiveArgument {
  readonly text: string;
  readonly value?: AsmExpr | RegisterOperand;
}

export interface DirectiveStatement {
  readonly kind: 'directive';
  /** With its dot, in lower case. */
  readonly name: string;
  readonly args: readonly DirectiveArgument[];
  readonly span: Span;
}

/** `name = expression`, `.set name, expression` and `.equ`. Assignment to `.` has the name `.`. */
export interface AssignmentStatement {
  readonly kind: 'assignment';
  readonly name: string;
  readonly value: AsmExpr | RegisterOperand;
  readonly span: Span;
}

/** Something that was not understood. It keeps its place among the others and says why. */
export interface UnknownStatement {
  readonly kind: 'unknown';
  readonly text: string;
  readonly reason: string;
  readonly span: Span;
}

export type Statement =
  LabelStatement | InstructionStatement | DirectiveStatement | AssignmentStatement | UnknownStatement;

/** A parsed file: its statements in order, with assembler macros expanded and conditionals decided. Empty statements leave no trace. */
export interface AssemblyUnit {
  readonly file: string;
  readonly statements: readonly Statement[];
  readonly problems: readonly Problem[];
  /** The place in files of something parsed from this unit. */
  readonly origin: (span: Span) => Origin;
  readonly prepared: PreparedText;
}

export type { Target };
