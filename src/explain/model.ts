/** A cancellation window as it is explained: plain data, made by observe.ts and drawn by the formats. */
import type { Region, Target } from '../ir/types.js';

/** What becomes of a request that arrives in front of an instruction, from harmless to wrong. */
export type Outcome =
  /** The routine is on its way to cancelling already. */
  | { readonly is: 'cancelling' }
  /** The PC is outside, the handler does nothing, and the flag test still comes. */
  | { readonly is: 'found' }
  /** The PC is inside and the handler acts: the routine that acts finds what it must. */
  | { readonly is: 'acted' }
  /** The call is over. What it gave is returned, and the request is for the next cancellation point. */
  | { readonly is: 'kept' }
  /** The call was interrupted without effect: -EINTR is returned, and the caller of the window looks again. */
  | { readonly is: 'interrupted' }
  /** It could not be run to its end. */
  | { readonly is: 'undecided'; readonly why: string }
  /** The handler acts and the routine that acts finds something else than it must, or is not come to. */
  | { readonly is: 'damaged'; readonly why: string }
  /** A finished call is thrown away. */
  | { readonly is: 'resultLost' }
  /** The call is made and blocks although a request is pending. */
  | { readonly is: 'requestLost' };

/** From harmless to wrong; of several outcomes at one instruction the last one counts. */
export const ORDER: readonly Outcome['is'][] = [
  'cancelling',
  'found',
  'acted',
  'interrupted',
  'kept',
  'undecided',
  'damaged',
  'resultLost',
  'requestLost',
];

export const isWrong = ({ is }: Outcome): boolean => ORDER.indexOf(is) > ORDER.indexOf('undecided');

/** The ways in which a signal can meet a system call; K numbers as in docs/windows.md. */
export interface CallOutcome {
  readonly id: 'K1' | 'K2' | 'K3' | 'K4' | 'K5';
  /** What the kernel has done. */
  readonly what: string;
  /** Where the interrupted PC is then: at the instruction, behind it, or in the kernel's page. */
  readonly pc: 'at' | 'behind' | 'vdso';
  readonly inside: boolean;
  readonly outcome: Outcome;
}

export interface LabelRow {
  readonly row: 'label';
  readonly name: string;
  /** One of the window's labels. */
  readonly bound: 'start' | 'end' | 'cancel' | undefined;
}

/** Where an instruction of machine code lies. */
export interface CodePlace {
  /** As the file has it, hexadecimal: in an object that is not linked the distance from its section's beginning. */
  readonly address: string;
  /** Of its first byte in the file, from 0. */
  readonly offset: number;
  /** Hexadecimal, two digits each. */
  readonly bytes: string;
}

export interface InstructionRow {
  readonly row: 'instruction';
  /** Of the place on disk. */
  readonly at: Region;
  /** Of machine code only. */
  readonly code?: CodePlace;
  readonly text: string;
  readonly inside: boolean;
  /** Bytes that the stack has grown since the entry, for each state that a run came here in; none: no run came here. */
  readonly depths: readonly number[];
  readonly outcome: Outcome | undefined;
  /** Of an instruction that enters the kernel. */
  readonly calls: readonly CallOutcome[];
  /** Messages of the faults that stand here. */
  readonly faults: readonly string[];
}

export type Row = LabelRow | InstructionRow;

export interface Verdict {
  /** `W1` to `W12`. */
  readonly property: string;
  readonly name: string;
  readonly verdict: 'holds' | 'broken' | 'undecided' | 'elsewhere';
  /** What is broken, why it is undecided, or what decides it instead. */
  readonly text?: string;
}

export interface Explanation {
  readonly file: string;
  /** What all of it rests upon, where the file's symbols do not say where the window is: words that follow "holds". */
  readonly condition?: string;
  readonly target: Target;
  readonly libc: string;
  readonly routine: string;
  readonly start: string;
  readonly end: string;
  /** Undefined in the design that unwinds. */
  readonly cancel: string | undefined;
  readonly rows: readonly Row[];
  readonly verdicts: readonly Verdict[];
  readonly steps: number;
  readonly boundaries: number;
  readonly runs: readonly Run[];
}

/** One run of the routine, to be stepped through. */
export interface Run {
  /** `no request`, `a request in front of 'mov …'`. */
  readonly title: string;
  readonly states: readonly State[];
}

export interface State {
  /** Index of the row that comes next; undefined outside of the routine. */
  readonly row: number | undefined;
  /** Registers by name, hexadecimal. */
  readonly registers: Readonly<Record<string, string>>;
  /** Words from the stack pointer up to the return address at the entry, hexadecimal, lowest first. */
  readonly stack: readonly string[];
  readonly flag: string;
  /** What happens here, of whichever thread. */
  readonly events: readonly { readonly thread: 'victim' | 'canceller' | 'kernel'; readonly text: string }[];
}
