/** A machine with an image in its memory: put at the beginning of a function, then run step by step. */
import type { CodeDecoder } from '../x86/decode/decoder.js';
import { pageDown, pageUp, PAGE, PLACES, type Image } from '../x86/load/image.js';
import { writeValue } from '../x86/load/linkage.js';
import { outsideAt } from '../x86/load/outside.js';
import type { MachineEvent } from '../x86/simulator/events.js';
import { createMachine, type Machine } from '../x86/simulator/machine.js';
import { READ, WRITE } from '../x86/simulator/memory.js';
import { registerNames } from '../x86/simulator/registers.js';
import { syscallRequest } from '../x86/simulator/syscalls.js';
import type { Mode } from '../x86/table/match.js';
import { memoryChanges, Registers } from './changes.js';
import { memoryOf } from './memory.js';
import type { Step, Stop, Why } from './trace.js';
import { UnknownBytes } from './unknown.js';

/** What a function returns to: nothing is there. */
export const RETURN_TO = 0x6fff_fff0;

/** Below the stack pointer; a libc's own threads have 128 KiB or more. */
const STACK_SIZE = 1 << 20;

/** Words above the return address that hold a value of their own each, so that it can be told where one came from. */
const STACK_WORDS = 16;

export class Simulation {
  readonly machine: Machine;
  readonly mode: Mode;
  private readonly unknown: UnknownBytes;
  private readonly registers: readonly string[];

  constructor(
    readonly image: Image,
    decoder: CodeDecoder,
  ) {
    this.mode = image.target === 'i386' ? 'i386' : 'x86_64';
    this.registers = this.mode === 'i386' ? registerNames(4).slice(0, 8) : registerNames(8);
    this.unknown = new UnknownBytes(image.unknown);
    this.machine = createMachine({
      mode: this.mode,
      decode: (bytes, address) => decoder.decode(bytes, address),
      ...(image.source ? { resolve: image.source.resolve } : {}),
      memory: [
        { start: PLACES[this.mode].stack + PAGE - STACK_SIZE, size: STACK_SIZE, permissions: READ | WRITE },
        ...memoryOf(image.regions),
      ],
    });
    this.machine.load(image.source?.instructions ?? []);
    if (this.mode === 'i386') this.machine.state.gsBase = image.threadPointer;
    else this.machine.state.fsBase = image.threadPointer;
    this.machine.recording = true;
    this.registers.forEach((name, n) => {
      this.machine.setRegister(
        name,
        BigInt(
          `0x${(n + 1)
            .toString(16)
            .repeat(2 * this.word)
            .slice(-2 * this.word)}`,
        ),
      );
    });
  }

  /** Bytes of an address on the stack. */
  private get word(): 4 | 8 {
    return this.mode === 'i386' ? 4 : 8;
  }

  /** Puts the machine where a caller of the function would have it, with arguments that stand out. */
  enterFunction(address: number): void {
    // On entry the stack is aligned to 16 bytes behind the return address (psABI, "The Stack Frame").
    const top = PLACES[this.mode].stack - this.word;
    this.setStackPointer(top);
    this.write(top, BigInt(RETURN_TO));
    for (let n = 1; n <= STACK_WORDS; n++) this.write(top + n * this.word, 0xa0000000n + BigInt(n));
    this.machine.pc = address;
  }

  /** Puts the machine where the kernel has it when a program starts: an argument count, a name, no environment. */
  enterProgram(address: number): void {
    const { machine, word } = this;
    const top = PLACES[this.mode].stack;
    const name = top + 16 * word;
    for (const register of this.registers) machine.setRegister(register, 0);
    machine.memory.poke(name, Buffer.from('program\0'));
    [1, name, 0, 0, 0, 0].forEach((value, n) => {
      this.write(top + n * word, BigInt(value));
    });
    this.setStackPointer(top);
    machine.pc = address;
  }

  private setStackPointer(address: number): void {
    this.machine.setRegister(this.mode === 'i386' ? 'esp' : 'rsp', address);
  }

  private write(address: number, value: bigint): void {
    const bytes = new Uint8Array(this.word);
    writeValue(bytes, 0, bytes.length, value);
    this.machine.memory.poke(address, bytes);
  }

  /** Writes whatever the permissions. What is not mapped becomes readable and writable first. */
  poke(address: number, bytes: Uint8Array): void {
    const { memory } = this.machine;
    for (let at = pageDown(address); at < pageUp(address + bytes.length); at += PAGE) {
      if (!memory.isMapped(at)) memory.map({ start: at, size: PAGE, permissions: READ | WRITE });
    }
    memory.poke(address, bytes);
  }

  /** Steps until something stops it, at most so many times. The state stays as it was before what stopped it. */
  *run(limit: number): Generator<Step, Stop> {
    const { machine } = this;
    const { state } = machine;
    const registers = new Registers(machine, this.registers);
    let sequel = machine.pc;
    for (let count = 0; ; count++) {
      const { pc } = machine;
      const next = machine.next;
      const stop = (why: Why): Stop => ({ ...why, at: pc, instruction: next?.instruction });
      const left = this.left(pc, sequel, next?.end ?? pc + 1) ?? (count >= limit ? LIMIT : undefined);
      if (left) return stop(left);
      const { flags, undefinedFlags } = state;
      const mark = machine.mark();
      const event = machine.step();
      const read = this.unknownRead();
      if (event || read !== undefined) {
        if (!event) machine.undoTo(mark);
        return stop(read === undefined && event ? this.whyOf(event) : { reason: 'unknown', what: read ?? '' });
      }
      const areFlagsSame = flags === state.flags && undefinedFlags === state.undefinedFlags;
      yield {
        address: pc,
        instruction: next?.instruction,
        registers: registers.changes(),
        flags: areFlagsSame
          ? undefined
          : { name: 'eflags', before: flags, now: state.flags, undefined: state.undefinedFlags },
        memory: memoryChanges(machine, mark),
      };
      machine.forgetMarks();
      sequel = next?.end ?? pc;
      if (machine.pc === pc) sequel = pc;
    }
  }

  /** Why the instruction at an address cannot be carried out; `sequel`: the address behind the one before. */
  private left(pc: number, sequel: number, end: number): Why | undefined {
    if (pc === RETURN_TO) return { reason: 'return' };
    const { outside, source } = this.image;
    const name = outside.get(pc);
    if (name !== undefined) return { reason: 'outside', name };
    const unknown = this.unknown.within(pc, end - pc);
    if (unknown !== undefined) return { reason: 'unknown', what: unknown };
    if (source && pc !== sequel && pc >= source.address && pc < source.address + source.size) {
      if (!source.entries.has(pc)) return { reason: 'unknown', what: 'a jump to an address that was computed' };
    }
    return undefined;
  }

  /** What the last step read and is not known. */
  private unknownRead(): string | undefined {
    const { source, outside } = this.image;
    for (const effect of this.machine.effects) {
      if (effect.kind !== 'memory') continue;
      const { address, width } = effect;
      const name = outsideAt(outside, address);
      if (name !== undefined && !this.machine.memory.isMapped(address)) {
        return `it ${effect.access === 'read' ? 'reads' : 'writes'} ${name}, which is defined elsewhere`;
      }
      if (effect.access !== 'read') continue;
      const unknown = this.unknown.within(address, width);
      if (unknown !== undefined) return `it reads what is not known: ${unknown}`;
      if (source && address + width > source.address && address < source.address + source.size) {
        return 'it reads the bytes of instructions, which a source does not have';
      }
    }
    return undefined;
  }

  private whyOf(event: MachineEvent): Why {
    switch (event.kind) {
      case 'fault': {
        const { name, errorCode, address } = event;
        return { reason: 'fault', fault: name, errorCode, ...(address === undefined ? {} : { address }) };
      }
      case 'syscall':
        return { reason: 'syscall', entry: event.entry, ...syscallRequest(this.machine, event.entry) };
      case 'unknown':
        return { reason: 'unknown', what: event.reason };
      case 'undefined':
        return { reason: 'undefined', what: event.what };
      case 'stop':
      case 'limit':
        return LIMIT;
    }
  }
}

const LIMIT: Why = { reason: 'limit' };
