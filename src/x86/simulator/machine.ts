/**
 * A machine: a state, its code, and ways to run it. It stops at events (faults, system calls, what is not simulated,
 * decisions on undefined values) and never goes on by itself after one, so that the caller decides.
 *
 * A plain run takes the fast form of each instruction. The careful form is taken while effects are recorded, while an
 * undefined bit is about, and when the fast form answers that it would need or make one.
 */
import { Code, type Decode, type Entry, type LoadedInstruction } from './code.js';
import type { Effect } from './effects.js';
import type { MachineEvent } from './events.js';
import { explore, settle } from './explore.js';
import { Declined, Fault, VECTORS } from './fault.js';
import { isRepeated } from './prefixes.js';
import { mark, restoreRegisters, undoTo, type Mark } from './marks.js';
import type { Memory } from './memory.js';
import { type Region } from './memory.js';
import { registerPlace } from './registers.js';
import { AGAIN, CAREFUL, EVENT, JUMP, NEXT, State, type Outcome } from './state.js';
import { hasUndefined, registerBits } from './undefined.js';
import type { Mode } from '../table/match.js';
import { DF, RF, TF } from '../table/flags.js';
import type { Instruction } from '../syntax.js';
import type { SymbolResolver } from './values.js';

export interface MachineOptions {
  readonly mode: Mode;
  readonly memory?: readonly Region[];
  /** Reads instructions from memory where none is loaded. */
  readonly decode?: Decode;
  /** Values of the symbols in loaded instructions. */
  readonly resolve?: SymbolResolver;
}

export class Machine {
  readonly mode: Mode;
  readonly state: State;
  private readonly code: Code;
  /** Steps done since the machine was made; an iteration of a repeated instruction is one. */
  steps = 0;
  /** Record the effects of each step. */
  recording = false;
  /** Addresses to stop at when they are reached. */
  readonly stops = new Set<number>();

  constructor(options: MachineOptions, from?: { readonly state: State; readonly code: Code }) {
    this.mode = options.mode;
    this.state = from?.state ?? new State(options.mode);
    this.code = from?.code ?? new Code(options);
    for (const region of options.memory ?? []) this.state.memory.map(region);
    this.state.memory.onCodeWrite = (address, width) => this.code.changed(address, width);
  }

  get memory(): Memory {
    return this.state.memory;
  }

  /** Address of the next instruction. */
  get pc(): number {
    return this.state.pc;
  }

  set pc(address: number) {
    this.state.pc = address;
  }

  /** Effects of the last step, while they are recorded. */
  get effects(): readonly Effect[] {
    return this.state.effects;
  }

  /** False right after an instruction that holds back interrupts: a signal cannot arrive here. */
  get interruptible(): boolean {
    return !this.state.shadow;
  }

  load(instructions: Iterable<LoadedInstruction>): void {
    this.code.load(instructions, this.memory);
  }

  /** The next instruction, and the address behind it; undefined where none can be fetched or is known. */
  get next(): { readonly instruction: Instruction; readonly end: number } | undefined {
    try {
      const { instruction, end } = this.code.at(this.state.pc, this.state.memory);
      return { instruction, end };
    } catch (error) {
      if (error instanceof Fault || error instanceof Declined) return undefined;
      throw error;
    }
  }

  /** Whether the next instruction is one that repeats itself: coming back to it is no jump. */
  get repeats(): boolean {
    const { instruction, match } = this.code.at(this.state.pc, this.memory);
    return match !== undefined && isRepeated(instruction.prefixes, match);
  }

  // Registers

  /** The value of a general register, unsigned. */
  register(name: string): bigint {
    const place = registerPlace(name);
    if (!place) throw new Error(`no register ${name}`);
    const { r32, r16, r8 } = this.state;
    const n = place.number;
    switch (place.width) {
      case 8:
        return (BigInt((r32[2 * n + 1] ?? 0) >>> 0) << 32n) | BigInt((r32[2 * n] ?? 0) >>> 0);
      case 4:
        return BigInt((r32[2 * n] ?? 0) >>> 0);
      case 2:
        return BigInt(r16[4 * n] ?? 0);
      case 1:
        return BigInt(r8[8 * n + place.offset] ?? 0);
    }
  }

  /** Sets a register as an instruction would: 32 bits clear the upper half. It is defined then. */
  setRegister(name: string, value: bigint | number): void {
    const place = registerPlace(name);
    if (!place) throw new Error(`no register ${name}`);
    const { state } = this;
    const { number, width } = place;
    const bits = BigInt(value);
    const low = Number(BigInt.asIntN(32, bits));
    const [definedLow, definedHigh] = registerBits({ kind: 'register', access: 'write', register: name, ...place });
    const n = 2 * number;
    state.undefined32[n] = (state.undefined32[n] ?? 0) & ~definedLow;
    state.undefined32[n + 1] = (state.undefined32[n + 1] ?? 0) & ~definedHigh;
    if (width === 1) state.r8[8 * number + place.offset] = low;
    else if (width === 2) state.r16[4 * number] = low;
    else {
      state.r32[n] = low;
      state.r32[n + 1] = width === 8 ? Number(BigInt.asIntN(32, bits >> 32n)) : 0;
    }
  }

  /** Undefined bits of a register. */
  undefinedBits(name: string): bigint {
    const place = registerPlace(name);
    if (!place) throw new Error(`no register ${name}`);
    const { undefined32 } = this.state;
    const whole =
      (BigInt((undefined32[2 * place.number + 1] ?? 0) >>> 0) << 32n) |
      BigInt((undefined32[2 * place.number] ?? 0) >>> 0);
    return BigInt.asUintN(place.width * 8, whole >> BigInt(8 * place.offset));
  }

  setUndefinedBits(name: string, bits: bigint): void {
    const place = registerPlace(name);
    if (!place) throw new Error(`no register ${name}`);
    const { state } = this;
    const n = 2 * place.number;
    const mask = (1n << BigInt(8 * place.width)) - 1n;
    const shift = BigInt(8 * place.offset);
    const whole = (BigInt((state.undefined32[n + 1] ?? 0) >>> 0) << 32n) | BigInt((state.undefined32[n] ?? 0) >>> 0);
    const next = (whole & ~(mask << shift)) | ((bits & mask) << shift);
    state.undefined32[n] = Number(BigInt.asIntN(32, next));
    state.undefined32[n + 1] = Number(BigInt.asIntN(32, next >> 32n));
    state.uncertain = hasUndefined(state);
  }

  /** The flags that a signal handler starts with: as they were, but up, and not stepping. */
  enterHandler(): void {
    const { state } = this;
    state.flags &= ~(DF | TF | RF);
    state.shadow = false;
    state.uncertain = hasUndefined(state);
  }

  // Running

  /** Does one step: an instruction, or an iteration of a repeated one. Undefined when nothing stopped it. */
  step(): MachineEvent | undefined {
    const { state } = this;
    try {
      return this.one(this.code.at(state.pc, state.memory));
    } catch (error) {
      return this.stopped(error);
    }
  }

  private one(entry: Entry): MachineEvent | undefined {
    const { state } = this;
    const outcome = this.recording || state.uncertain ? CAREFUL : this.plain(entry);
    const done = outcome === CAREFUL ? this.careful(entry) : outcome;
    if (typeof done !== 'number') return done;
    return this.finish(entry, done);
  }

  private plain(entry: Entry): Outcome {
    const { state } = this;
    if ((state.undefinedFlags & entry.reads) !== 0) return CAREFUL;
    state.shadow = false;
    return entry.run(state);
  }

  private finish(entry: Entry, outcome: Outcome): MachineEvent | undefined {
    const { state } = this;
    if (outcome === EVENT) return state.event;
    this.steps++;
    if (outcome === NEXT) state.pc = entry.end;
    if (this.stops.size > 0 && this.stops.has(state.pc)) return { kind: 'stop', pc: state.pc };
    return undefined;
  }

  /** The careful form: records effects, and works out what undefined values come to. */
  private careful(entry: Entry): MachineEvent | Outcome {
    const { state } = this;
    const run = this.code.careful(entry);
    const shadowed = state.shadow;
    state.shadow = false;
    let outcome;
    if (state.uncertain || (state.undefinedFlags & entry.reads) !== 0) {
      const open = state.memory.isJournalOpen;
      try {
        outcome = explore(state, entry, run);
      } finally {
        if (!open) state.memory.closeJournal();
      }
    } else outcome = settle(state, run);
    if (typeof outcome !== 'number') {
      state.shadow = shadowed;
      return { kind: 'undefined', what: outcome.depends, pc: entry.address };
    }
    if (this.recording) {
      if (entry.reads !== 0) state.effects.push({ kind: 'flags', access: 'read', mask: entry.reads });
      if (entry.writes !== 0) state.effects.push({ kind: 'flags', access: 'write', mask: entry.writes });
    }
    return outcome;
  }

  /** The event that an exception stands for. The state is on the instruction. */
  private stopped(error: unknown): MachineEvent {
    const { pc } = this.state;
    if (error instanceof Fault) {
      const { name, errorCode, address } = error;
      const event = { kind: 'fault', name, vector: VECTORS[name], errorCode, pc } as const;
      return address === undefined ? event : { ...event, address };
    }
    if (error instanceof Declined) return { kind: 'unknown', reason: error.message, pc };
    throw error;
  }

  /** Runs until an event, for at most so many steps. */
  run(limit: number): MachineEvent {
    const { state } = this;
    const end = this.steps + limit;
    try {
      while (this.steps < end) {
        const event = this.recording || state.uncertain ? this.step() : this.fast(end);
        if (event) return event;
      }
    } catch (error) {
      return this.stopped(error);
    }
    return { kind: 'limit', pc: state.pc };
  }

  /** The loop of plain runs: as little as possible around each instruction. */
  private fast(end: number): MachineEvent | undefined {
    const { state, code, stops } = this;
    const { memory } = state;
    const watched = stops.size > 0;
    let { steps } = this;
    try {
      while (steps < end) {
        const entry = code.at(state.pc, memory);
        if ((state.undefinedFlags & entry.reads) !== 0) {
          this.steps = steps;
          return this.one(entry);
        }
        state.shadow = false;
        const outcome = entry.run(state);
        if (outcome === NEXT) state.pc = entry.end;
        else if (outcome !== JUMP && outcome !== AGAIN) {
          this.steps = steps;
          if (outcome === EVENT) return state.event;
          return this.one(entry);
        }
        steps++;
        if (watched && stops.has(state.pc)) return { kind: 'stop', pc: state.pc };
      }
    } finally {
      this.steps = Math.max(this.steps, steps);
    }
    return undefined;
  }

  // Going back

  /** A place to go back to. Until `forgetMarks`, every write to memory is remembered. */
  mark(): Mark {
    return mark(this.state);
  }

  undoTo(to: Mark): void {
    undoTo(this.state, to);
    this.state.uncertain = hasUndefined(this.state);
  }

  forgetMarks(): void {
    this.state.memory.closeJournal();
  }

  /** A second machine in the same state, independent from here on. */
  fork(): Machine {
    const { state, mode } = this;
    const other = new State(mode, state.memory.fork());
    restoreRegisters(other, state);
    other.uncertain = state.uncertain;
    const machine = new Machine({ mode }, { state: other, code: this.code.fork() });
    machine.recording = this.recording;
    for (const stop of this.stops) machine.stops.add(stop);
    return machine;
  }
}

export function createMachine(options: MachineOptions): Machine {
  return new Machine(options);
}
