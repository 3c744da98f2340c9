/**
 * A routine about to be called: every register, parameter and stack slot holds a value of its own, so that one taken for
 * another shows.
 */
import { PAGE, pageDown, pageUp, type Image, type ImageRegion } from '../load/image.js';
import { createMachine, type Machine } from '../simulator/machine.js';
import { EXECUTE, READ, WRITE, type Region } from '../simulator/memory.js';
import type { SymbolResolver } from '../simulator/values.js';
import { setUndefinedBytes } from '../simulator/undefined.js';
import { AF, CF, OF, PF, SF, ZF } from '../table/flags.js';
import type { WindowConvention } from '../../libc/types.js';
import { PARAMETERS, type Calling, type Places } from './calling.js';

/** Bytes of stack on both sides of the stack pointer. */
export const HALF_STACK = 0x8000;

/** AT_SYSINFO in the thread's control block (i386 tcbhead_t; musl's `sysinfo`). */
const SYSINFO = 0x10;

export interface Sentinels {
  /** Values by register. */
  readonly registers: ReadonlyMap<string, bigint>;
  /** The number and the six arguments. */
  readonly passed: readonly bigint[];
  readonly places: Places;
}

/** The values of one of the two sets. */
export function sentinels(calling: Calling, set: 0 | 1): Sentinels {
  let n = 0;
  const next = (): bigint => {
    n++;
    const low = BigInt(set === 0 ? 0x51000000 + n * 0x10203 : 0xe7000000 - n * 0x30201);
    const high = BigInt(set === 0 ? 0x1c000000 + n * 0x511 : 0x93000000 + n * 0x713);
    return calling.word === 4 ? low : (high << 32n) | low;
  };
  const registers = new Map([...calling.preserved, ...calling.scratch].map((name) => [name, next()]));
  return { registers, passed: Array.from({ length: PARAMETERS - 1 }, next), places: calling.places };
}

export interface EntryRequest {
  readonly image: Image;
  readonly calling: Calling;
  readonly convention: WindowConvention;
  readonly routine: number;
  readonly values: Sentinels;
  readonly set: 0 | 1;
  /** Words that hold 0 before the routine stores something there; the routine is given the first. */
  readonly saved?: { readonly stackPointer: number; readonly pc: number } | undefined;
}

/** The machine at the routine's first instruction, with the flag as it is while there is no request. */
export function atEntry({ image, calling, convention, routine, values, set, saved }: EntryRequest): Machine {
  const { word, parameters, stackPointer, places } = calling;
  const machine = createMachine({
    mode: calling.mode,
    memory: [
      ...image.regions.map(regionOf),
      { start: pageDown(places.flag), size: PAGE, permissions: READ | WRITE, fill: () => (set === 0 ? 0xa5 : 0) },
      {
        start: places.stack - HALF_STACK,
        size: 2 * HALF_STACK,
        permissions: READ | WRITE,
        fill: (at) => (at * 73 + (set === 0 ? 41 : 187)) & 255,
      },
    ],
    resolve: withConstants(image, convention),
  });
  machine.load(image.source?.instructions ?? []);
  knowNothingOf(machine, image, convention, places.vdso);
  for (const [name, value] of values.registers) machine.setRegister(name, value);
  // The arithmetic flags are the caller's, whatever they are.
  if (set === 1) machine.state.flags |= ZF | CF | SF | OF | PF | AF;
  setFlag(machine, calling, convention, convention.flag.clear[set]);
  machine.setRegister(stackPointer, places.stack);
  poke(machine, places.stack, word, BigInt(places.caller));
  const stored = saved ? [saved.stackPointer, saved.pc] : [];
  for (const at of stored) poke(machine, at, word, 0n);
  [BigInt(Math.min(places.flag, ...stored)), ...values.passed].forEach((value, i) => {
    const name = parameters[i];
    if (name !== undefined) machine.setRegister(name, value);
    else poke(machine, places.stack + word * (1 + i - parameters.length), word, value);
  });
  machine.pc = routine;
  machine.recording = true;
  return machine;
}

/** Bytes of the caller's frame that belong to the routine: its parameters. */
export function parameterSlots({ word, parameters, places }: Calling): readonly [number, number] {
  return [places.stack + word, places.stack + word * (1 + PARAMETERS - parameters.length)];
}

export function setFlag(machine: Machine, { places }: Calling, { flag }: WindowConvention, value: number): void {
  poke(machine, places.flag, flag.width, BigInt(value));
}

function poke(machine: Machine, address: number, width: number, value: bigint): void {
  const bytes = Uint8Array.from({ length: width }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
  machine.memory.poke(address, bytes);
}

/** The value of a stack slot or another word, undefined where nothing is mapped. */
export function peek(machine: Machine, address: number, width: number): bigint | undefined {
  const bytes = machine.memory.peek(address, width);
  return bytes?.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Whole pages around a region. */
function regionOf({ address, size, data, writable, executable }: ImageRegion): Region {
  const start = pageDown(address);
  return {
    start,
    size: pageUp(address + size) - start,
    permissions: READ | (writable ? WRITE : 0) | (executable ? EXECUTE : 0),
    fill: (at) => data[at - address] ?? 0,
  };
}

/** The build makes some constants from tables, so that no source defines them. */
function withConstants(image: Image, { constants }: WindowConvention): SymbolResolver {
  const resolve = image.source?.resolve;
  return (name, modifier, address) => {
    const value = constants?.[name];
    return value === undefined ? resolve?.(name, modifier, address) : BigInt(value);
  };
}

/** Nothing is known of the thread's memory but its own address, which the ABI keeps at its start, and where the kernel's page is. */
function knowNothingOf(machine: Machine, image: Image, { handler }: WindowConvention, vdso: number): void {
  const usesThread = image.source?.instructions.some(({ instruction: { operands } }) =>
    operands.some((o) =>
      /^[fg]s$/.test(
        (o.k === 'memory'
          ? o.segment
          : o.k === 'indirect' && o.through.k === 'memory'
            ? o.through.segment
            : undefined) ?? '',
      ),
    ),
  );
  if (usesThread !== true) return;
  const { state, mode } = machine;
  const base = image.threadPointer;
  if (mode === 'i386') state.gsBase = base;
  else state.fsBase = base;
  const word = image.target === 'x86_64' ? 8 : 4;
  const self = handler?.self ?? [0];
  const isKnown = (i: number): boolean =>
    self.includes(Math.floor(i / word)) || (mode === 'i386' && i >= SYSINFO && i < SYSINFO + 4);
  setUndefinedBytes(
    state,
    Array.from({ length: PAGE }, (_, i) => [base + i, isKnown(i) ? 0 : 0xff] as const),
  );
  state.uncertain = true;
  for (const n of self) poke(machine, base + n * word, word, BigInt(base));
  if (mode === 'i386') poke(machine, base + SYSINFO, 4, BigInt(vdso));
}

/** Memory of another file is read: it is there, and nothing is known of it. True when that explains the fault. */
export function mapUnknown(machine: Machine, image: Image, address: number): boolean {
  const page = address - (address % PAGE);
  if (!image.outside.has(page) || machine.memory.isMapped(page)) return false;
  machine.memory.map({ start: page, size: PAGE, permissions: READ | WRITE });
  setUndefinedBytes(
    machine.state,
    Array.from({ length: PAGE }, (_, i) => [page + i, 0xff] as const),
  );
  machine.state.uncertain = true;
  return true;
}
