/** Machines for tests, from assembly text. Code at 0x1000 has no bytes; data at 0x10000, the stack ends at 0x24000. */
import fc from 'fast-check';
import type { Effect } from '../../../src/x86/simulator/effects.js';
import { createMachine, type Machine, type MachineOptions } from '../../../src/x86/simulator/machine.js';
import { READ, WRITE } from '../../../src/x86/simulator/memory.js';
import type { LoadedInstruction } from '../../../src/x86/simulator/code.js';
import type { Mode } from '../../../src/x86/table/match.js';
import type { Instruction, Width } from '../../../src/x86/syntax.js';
import { parse } from '../support.js';

export const CODE = 0x1000;
export const DATA = 0x10000;
export const STACK_TOP = 0x24000;
export const MODES = ['i386', 'x86_64'] as const;

export interface Program {
  readonly instructions: readonly LoadedInstruction[];
  readonly labels: ReadonlyMap<string, number>;
  /** The address behind the last instruction. */
  readonly end: number;
}

/** Every instruction takes four bytes. Operands are not checked: what the simulator says to them is tested too. */
export function program(text: string): Program {
  const labels = new Map<string, number>();
  const instructions: LoadedInstruction[] = [];
  let address = CODE;
  for (const statement of parse(text, { modes: [] }).statements) {
    if (statement.kind === 'label') labels.set(statement.name, address);
    else if (statement.kind === 'instruction') {
      instructions.push({ address, length: 4, instruction: statement.instruction });
      address += 4;
    } else throw new Error(`${statement.kind} in ${text}`);
  }
  return { instructions, labels, end: address };
}

export function instruction(text: string): Instruction {
  const [one] = program(text).instructions;
  if (!one) throw new Error(`no instruction in ${text}`);
  return one.instruction;
}

export type Registers = Readonly<Record<string, bigint | number>>;

export function machineOf(
  mode: Mode,
  text: string,
  registers: Registers = {},
  options: Partial<MachineOptions> = {},
): Machine {
  const { instructions, labels, end } = program(text);
  const machine = createMachine({
    mode,
    memory: [
      { start: DATA, size: 0x2000, permissions: READ | WRITE },
      { start: 0x20000, size: 0x4000, permissions: READ | WRITE },
    ],
    resolve: (name) => {
      const found = labels.get(name.replace(/[bf]$/, '')) ?? labels.get(name);
      return found === undefined ? undefined : BigInt(found);
    },
    ...options,
  });
  machine.load(instructions);
  machine.pc = CODE;
  machine.setRegister(mode === 'i386' ? 'esp' : 'rsp', STACK_TOP);
  for (const [name, value] of Object.entries(registers)) machine.setRegister(name, value);
  machine.stops.add(end);
  return machine;
}

/** Runs to the end of the text; anything else that stops it is a failure. */
export function runToEnd(machine: Machine): Machine {
  const event = machine.run(10_000);
  expect(event.kind).toBe('stop');
  return machine;
}

export function after(mode: Mode, text: string, registers: Registers = {}): Machine {
  return runToEnd(machineOf(mode, text, registers));
}

export function read(machine: Machine, address: number, width: Width): bigint {
  const bytes = machine.memory.peek(address, width);
  if (!bytes) throw new Error(`nothing at ${address}`);
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

export function write(machine: Machine, address: number, width: Width, value: bigint): void {
  machine.memory.poke(
    address,
    Uint8Array.from({ length: width }, (_, n) => Number((value >> BigInt(8 * n)) & 0xffn)),
  );
}

export const SUFFIX: Readonly<Record<Width, string>> = { 1: 'b', 2: 'w', 4: 'l', 8: 'q' };
export const ACCUMULATOR: Readonly<Record<Width, string>> = { 1: 'al', 2: 'ax', 4: 'eax', 8: 'rax' };
export const COUNTER: Readonly<Record<Width, string>> = { 1: 'cl', 2: 'cx', 4: 'ecx', 8: 'rcx' };

/** Values of a width, boundaries often. */
export function values(width: Width): fc.Arbitrary<bigint> {
  const bits = BigInt(8 * width);
  const top = 1n << (bits - 1n);
  const most = (1n << bits) - 1n;
  return fc.oneof(
    fc.bigInt(0n, most),
    fc.constantFrom(0n, 1n, 15n, 16n, 0x7fn, top - 1n, top, top + 1n, most - 1n, most),
  );
}

export const widths = fc.constantFrom<Width>(1, 2, 4, 8);

/** The mode that has the width: 64 bits only in x86_64, the rest in either. */
export function modes(width: Width): fc.Arbitrary<Mode> {
  return width === 8 ? fc.constant('x86_64') : fc.constantFrom<Mode>(...MODES);
}

export function mask(width: Width): bigint {
  return (1n << BigInt(8 * width)) - 1n;
}

export function signed(value: bigint, width: Width): bigint {
  return BigInt.asIntN(8 * width, value);
}

export const CF = 0x001;
export const PF = 0x004;
export const AF = 0x010;
export const ZF = 0x040;
export const SF = 0x080;
export const DF = 0x400;
export const OF = 0x800;
export const STATUS = 0x8d5;

/** ZF, SF and PF of a result, counted bit by bit. */
export function resultFlags(value: bigint, width: Width): number {
  const ones = (value & 0xffn).toString(2).replaceAll('0', '').length;
  return (value === 0n ? ZF : 0) | (signed(value, width) < 0n ? SF : 0) | (ones % 2 === 0 ? PF : 0);
}

export function flag(condition: boolean, bit: number): number {
  return condition ? bit : 0;
}

/** Registers and addresses that effects name, as words. */
export function words(effects: readonly Effect[]): string[] {
  return effects.map((effect) => {
    switch (effect.kind) {
      case 'register':
        return `${effect.access} %${effect.register}`;
      case 'memory':
        return `${effect.access} ${effect.address.toString(16)}:${effect.width}${effect.aligned ? '' : ' unaligned'}`;
      case 'flags':
        return `${effect.access} flags ${effect.mask.toString(16)}`;
      case 'undefined':
        return `undefined register ${effect.number}`;
      case 'undefinedMemory':
        return `undefined ${effect.address.toString(16)}:${effect.width}`;
    }
  });
}
