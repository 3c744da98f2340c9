/** A program in the simulator, held to its trace on the processor boundary by boundary. */
import { readFileSync } from 'node:fs';
import { loadDecoder } from '../../src/x86/decode/decoder.js';
import { readElf } from '../../src/x86/object/elf.js';
import type { Decode } from '../../src/x86/simulator/code.js';
import { createMachine, type Machine } from '../../src/x86/simulator/machine.js';
import { PAGE, READ, WRITE } from '../../src/x86/simulator/memory.js';
import { registerNames } from '../../src/x86/simulator/registers.js';
import { setUndefinedBytes } from '../../src/x86/simulator/undefined.js';
import { printInstruction } from '../../src/x86/print.js';
import { flagNames } from '../../src/x86/table/flags.js';
import { Kernel, regionsOf } from './kernel.js';
import type { Boundary, Trace } from './programs.js';
import type { Target } from './support.js';

const decoders = { i386: await loadDecoder(32), x86_64: await loadDecoder(64) };
const decode: Decode = (bytes, address, mode) => decoders[mode].decode(bytes, address);

/** Room for frames and calls below the first stack pointer. */
const STACK = 64 * PAGE;
const SP = 4;

export interface Replayed {
  readonly steps: number;
  /** Instructions seen, by mnemonic. */
  readonly mnemonics: ReadonlySet<string>;
  /** The first difference with the states around it. */
  readonly difference: string | undefined;
}

/** The ways that the simulator has to run an instruction: the quick one, one with effects, one that looks for undefined bits. */
export const WAYS = ['plain', 'effects', 'undefined'] as const;
export type Way = (typeof WAYS)[number];

/** Runs the program as far as it goes like on the processor. */
export function replay(path: string, target: Target, trace: Trace, way: Way): Replayed {
  const machine = started(path, target, trace);
  machine.recording = way === 'effects';
  if (way === 'undefined') {
    setUndefinedBytes(machine.state, [[lowest(trace), 0xff]]);
    machine.state.uncertain = true;
  }
  const kernel = new Kernel(machine);
  const mnemonics = new Set<string>();
  let last = '';
  let before: string | undefined;
  const ended = (difference: string | undefined): Replayed => ({ steps: machine.steps, mnemonics, difference });
  for (const [n, happening] of trace.happenings.entries()) {
    if (happening.kind === 'signal') {
      kernel.deliver(happening.signal, happening.floatingPoint);
      last = `the delivery of signal ${happening.signal}`;
      continue;
    }
    // The first boundary is where both begin, and the first of a handler is the delivery's.
    if (n > 0 && trace.happenings[n - 1]?.kind !== 'signal') {
      last = instructionAt(machine, mnemonics);
      const event = machine.run(1);
      if (event.kind === 'syscall') {
        const status = kernel.call(event, happening.kind === 'step' ? (happening.registers[0] ?? 0n) : 0n);
        if (status !== undefined) {
          const text = `exit ${status}`;
          if (happening.kind === 'end' && happening.text === text) return ended(undefined);
          return ended(`after ${last}: the simulator's program ends with ${text}`);
        }
      } else if (event.kind !== 'limit') return ended(`at ${last}: the simulator stops: ${JSON.stringify(event)}`);
    }
    if (happening.kind === 'end') return ended(`after ${last}: on the processor: ${happening.text}`);
    const different = differences(machine, happening);
    if (different.length > 0) {
      return ended(
        [
          `step ${n}, after ${last}`,
          ...different,
          `before:    ${before ?? 'the start'}`,
          `processor: ${told(happening)}`,
        ]
          .concat(`simulator: ${told(boundaryOf(machine))}`)
          .join('\n'),
      );
    }
    before = told(happening);
  }
  return ended('the trace has no end');
}

function firstOf(trace: Trace): Boundary {
  const [first] = trace.happenings;
  if (first?.kind !== 'step') throw new Error('the trace does not begin');
  return first;
}

/** The first byte of the stack's region, which no program reaches. */
function lowest(trace: Trace): number {
  const sp = Number(firstOf(trace).registers[SP]);
  return sp - (sp % PAGE) - STACK;
}

function started(path: string, target: Target, trace: Trace): Machine {
  const program = readElf(readFileSync(path));
  const first = firstOf(trace);
  const sp = Number(first.registers[SP]);
  const start = lowest(trace);
  const end = Math.ceil((sp + trace.stack.length) / PAGE) * PAGE;
  const machine = createMachine({
    mode: target,
    decode,
    memory: [...regionsOf(program), { start, size: end - start, permissions: READ | WRITE }],
  });
  machine.memory.poke(sp, trace.stack);
  names(target).forEach((name, n) => {
    machine.setRegister(name, first.registers[n] ?? 0n);
  });
  trace.selectors.forEach((selector, n) => (machine.state.selectors[n] = selector));
  machine.state.flags = first.flags;
  machine.pc = Number(program.entry);
  return machine;
}

function names(target: Target): readonly string[] {
  return target === 'i386' ? registerNames(4).slice(0, 8) : registerNames(8);
}

function instructionAt(machine: Machine, mnemonics: Set<string>): string {
  const { pc, mode, memory } = machine;
  const decoded = decode(memory.peek(pc, 15) ?? new Uint8Array(0), BigInt(pc), mode);
  if (!decoded.ok) return `nothing at ${pc.toString(16)}`;
  mnemonics.add(decoded.instruction.mnemonic);
  return printInstruction(decoded.instruction);
}

function boundaryOf(machine: Machine): Boundary {
  return {
    pc: BigInt(machine.pc),
    registers: names(machine.mode).map((name) => machine.register(name)),
    flags: machine.state.flags,
  };
}

/** What differs outside of what is undefined. */
function differences(machine: Machine, native: Boundary): string[] {
  const mine = boundaryOf(machine);
  const found = names(machine.mode).flatMap((name, n) => {
    const [a = 0n, b = 0n] = [native.registers[n], mine.registers[n]];
    return a === b || ((a ^ b) & ~machine.undefinedBits(name)) === 0n ? [] : [`%${name}: ${hex(a)}, not ${hex(b)}`];
  });
  if (mine.pc !== native.pc) found.push(`the next instruction: ${hex(native.pc)}, not ${hex(mine.pc)}`);
  const flags = (mine.flags ^ native.flags) & ~machine.state.undefinedFlags;
  if (flags !== 0) found.push(`flags: ${flagNames(flags) || hex(BigInt(flags))}`);
  return found;
}

function told({ pc, registers, flags }: Boundary): string {
  return `${hex(pc)}: ${registers.map(hex).join(' ')} flags ${hex(BigInt(flags))}`;
}

function hex(value: bigint): string {
  return value.toString(16);
}
