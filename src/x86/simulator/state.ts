/**
 * What an instruction works on. Every general register has eight bytes, in the processor's order, in one buffer that
 * is seen through three views; in i386 the upper halves stay zero, so that both modes share all code. A 64-bit value
 * passes through functions as its low half, with its upper half in `high`.
 */
import { ALWAYS } from '../table/flags.js';
import type { Effect } from './effects.js';
import type { MachineEvent } from './events.js';
import { Memory } from './memory.js';
import type { Mode } from '../table/match.js';

/** The part of the state that arithmetic changes. */
export interface FlagRegister {
  /** In the places that EFLAGS has them. */
  flags: number;
  /** Flags whose value is not defined; their bits in `flags` mean nothing. */
  undefinedFlags: number;
  /** Upper half of the 64-bit value that was read or computed last. */
  high: number;
}

/** Numbers of the registers, as instructions encode them. */
export const AX = 0;
export const CX = 1;
export const DX = 2;
export const BX = 3;
export const SP = 4;
export const BP = 5;
export const SI = 6;
export const DI = 7;

export const SEGMENTS: readonly string[] = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'];

/** Selectors of a Linux process, in the order of SEGMENTS, as a 64-bit kernel gives them. */
const SELECTORS = {
  i386: [0x2b, 0x23, 0x2b, 0x2b, 0x00, 0x63],
  x86_64: [0x00, 0x33, 0x2b, 0x00, 0x00, 0x00],
} as const;

export class State implements FlagRegister {
  readonly r32 = new Int32Array(32);
  readonly r16 = new Uint16Array(this.r32.buffer);
  readonly r8 = new Uint8Array(this.r32.buffer);
  /** Undefined bits of the registers. */
  readonly undefined32 = new Int32Array(32);
  readonly undefined8 = new Uint8Array(this.undefined32.buffer);
  /** Undefined bits of memory bytes by address. Never changed in place, so that marks can keep it. */
  undefinedMemory: ReadonlyMap<number, number> = NOTHING;
  /** Whether any of those two holds an undefined bit. */
  uncertain = false;
  flags = ALWAYS;
  undefinedFlags = 0;
  high = 0;
  /** Address of the next instruction. */
  pc = 0;
  fsBase = 0;
  gsBase = 0;
  readonly selectors: Uint16Array;
  /** The instruction before loaded %ss: no interruption until the next one is done. */
  shadow = false;
  /** What stopped the instruction that answered EVENT. */
  event: MachineEvent | undefined;
  /** Where effects go, while they are recorded. */
  effects: Effect[] = [];
  memory: Memory;

  constructor(
    readonly mode: Mode,
    memory?: Memory,
  ) {
    this.memory = memory ?? new Memory(mode === 'i386' ? 32 : 48);
    this.selectors = Uint16Array.from(SELECTORS[mode]);
  }
}

const NOTHING: ReadonlyMap<number, number> = new Map();

/** What a compiled instruction answers. */
export const NEXT = 0;
/** `pc` is set. */
export const JUMP = 1;
/** One iteration is done and the instruction is not finished. */
export const AGAIN = 2;
/** Depends on or makes undefined values: nothing was done, and the careful way must be taken. */
export const CAREFUL = 3;
/** `event` is set. */
export const EVENT = 4;
export type Outcome = typeof NEXT | typeof JUMP | typeof AGAIN | typeof CAREFUL | typeof EVENT;

export type Run = (s: State) => Outcome;
