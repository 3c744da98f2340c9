/**
 * Test vectors: one instruction and a state, one a line, answered with the state after it in the line format of the
 * native oracle (test/oracle/README.md), so that the two can be compared line by line.
 */
import { RF, TF } from '../table/flags.js';
import type { Mode } from '../table/match.js';
import { enterKernel } from './syscalls.js';
import type { Decode } from './code.js';
import type { MachineEvent } from './events.js';
import { createMachine, type Machine } from './machine.js';
import type { Mark } from './marks.js';
import { EXECUTE, PAGE, READ, WRITE } from './memory.js';
import { registerNames } from './registers.js';

/** What a vector may set: CF PF AF ZF SF DF OF. */
const SETTABLE = 0xcd5;

const CODE = 0x08048000;
const DATA = 0x10000000;
const STACK = 0xbfff0000;
const TLS = 0xb7f00000;

/** What registers hold that a vector leaves out. */
const DEFAULTS: readonly bigint[] = [
  ...[0x11111111n, 0x22222222n, 0x33333333n, 0x44444444n, 0xbfff0800n, 0xbfff0900n, 0x10000100n, 0x10000200n],
  ...[8n, 9n, 10n, 11n, 12n, 13n, 14n, 15n].map((n) => n * 0x1111111111111111n),
];

/** A repeated instruction that is run whole stops after this many iterations. */
const MOST_ITERATIONS = 1 << 20;

/** The byte that an address of data, stack and TLS holds unless the vector says otherwise. */
export function background(address: number): number {
  return Math.imul(address, 2654435761) >>> 24;
}

export interface Vector {
  readonly id: string;
  readonly mode: Mode;
  readonly code: Uint8Array;
  readonly registers: ReadonlyMap<string, bigint>;
  readonly flags: number;
  readonly pc: number;
  readonly fsBase: number;
  readonly gsBase: number;
  readonly patches: readonly { readonly address: number; readonly bytes: Uint8Array }[];
  readonly whole: boolean;
}

/** What a vector led to. The undefined parts are those that no comparison may look at. */
export interface VectorResult {
  readonly vector: Vector;
  /** Undefined when nothing stopped the machine. */
  readonly event: MachineEvent | undefined;
  readonly pc: number;
  readonly registers: readonly bigint[];
  readonly flags: number;
  readonly steps: number;
  /** It jumped to itself. */
  readonly hangs: boolean;
  /** Bytes that changed, by address. */
  readonly memory: ReadonlyMap<number, number>;
  readonly undefinedFlags: number;
  /** Bits by register, in the order of `registers`. */
  readonly undefinedRegisters: readonly bigint[];
  readonly undefinedMemory: ReadonlySet<number>;
}

// Reading

function hex(text: string): bigint | undefined {
  return /^[0-9a-f]{1,16}$/i.test(text) ? BigInt(`0x${text}`) : undefined;
}

function hexBytes(text: string, most: number): Uint8Array | undefined {
  if (!/^(?:[0-9a-f]{2})+$/i.test(text) || text.length > 2 * most) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** The region that holds all of a stretch. */
function isWithin(base: number, address: number, length: number): boolean {
  return address >= base && address + length <= base + PAGE;
}

/** Reads a line; undefined for one that is not a vector. */
export function parseVector(line: string): Vector | undefined {
  const [id = '', bytes = '', ...words] = line.trim().split(/\s+/);
  const code = hexBytes(bytes, 15);
  if (!code) return undefined;
  const registers = new Map<string, bigint>();
  const patches: { address: number; bytes: Uint8Array }[] = [];
  let [mode, flags, pc, fsBase, gsBase, whole]: [Mode, number, number, number, number, boolean] = [
    ...(['i386', 2, CODE + PAGE / 2, TLS, 0, false] as const),
  ];
  for (const word of words) {
    if (word === 'whole') whole = true;
    else if (word === 'bits=64') mode = 'x86_64';
    else if (word === 'bits=32') mode = 'i386';
    else if (word.startsWith('m=')) {
      const patch = parsePatch(word.slice(2));
      if (!patch || patches.length === 8) return undefined;
      patches.push(patch);
    } else {
      const [, name = '', text = ''] = /^(\w+)=(.*)$/.exec(word) ?? [];
      const value = hex(text);
      if (value === undefined) return undefined;
      if (name === 'fl') flags = Number(BigInt.asUintN(32, value));
      else if (name === (mode === 'i386' ? 'eip' : 'rip')) pc = Number(value);
      else if (mode === 'x86_64' && name === 'fsbase') fsBase = Number(value);
      else if (mode === 'x86_64' && name === 'gsbase') gsBase = Number(value);
      else if (namesOf(mode).includes(name)) registers.set(name, value);
      else return undefined;
    }
  }
  if (!isWithin(CODE, pc, code.length)) return undefined;
  return { id, mode, code, registers, flags, pc, fsBase, gsBase, patches, whole };
}

function parsePatch(text: string): { address: number; bytes: Uint8Array } | undefined {
  const [at = '', rest = ''] = text.split(':');
  const address = Number(hex(at) ?? -1n);
  const bytes = hexBytes(rest, 64);
  if (!bytes || ![DATA, STACK, TLS].some((base) => isWithin(base, address, bytes.length))) return undefined;
  return { address, bytes };
}

function namesOf(mode: Mode): readonly string[] {
  return mode === 'i386' ? registerNames(4).slice(0, 8) : registerNames(8);
}

// Running

/** A machine that vectors of one mode are run on, one after another: each leaves it as it found it. */
interface Bench {
  readonly machine: Machine;
  readonly start: Mark;
}

export class VectorRunner {
  private readonly benches = new Map<Mode, Bench>();

  constructor(private readonly decode: Decode) {}

  private bench(mode: Mode): Bench {
    let bench = this.benches.get(mode);
    if (!bench) {
      const machine = createMachine({
        mode,
        decode: this.decode,
        memory: [
          { start: CODE, size: PAGE, permissions: READ | EXECUTE, fill: () => 0xcc },
          ...[DATA, STACK, TLS].map((start) => ({ start, size: PAGE, permissions: READ | WRITE, fill: background })),
        ],
      });
      bench = { machine, start: machine.mark() };
      this.benches.set(mode, bench);
    }
    return bench;
  }

  run(vector: Vector): VectorResult {
    const { machine, start } = this.bench(vector.mode);
    const { state } = machine;
    const names = namesOf(vector.mode);
    names.forEach((name, n) => machine.setRegister(name, vector.registers.get(name) ?? DEFAULTS[n] ?? 0n));
    state.flags |= vector.flags & SETTABLE;
    if (vector.mode === 'x86_64') {
      state.fsBase = vector.fsBase;
      state.gsBase = vector.gsBase;
    } else state.gsBase = TLS;
    machine.pc = vector.pc;
    state.memory.poke(vector.pc, vector.code);
    for (const { address, bytes } of vector.patches) state.memory.poke(address, bytes);
    const before = state.memory.mark();
    machine.steps = 0;
    let event = machine.step();
    while (vector.whole && !event && machine.pc === vector.pc && machine.steps < MOST_ITERATIONS)
      event = machine.step();
    const again = !event && machine.pc === vector.pc;
    const memory = new Map<number, number>();
    for (const [address, [, now]] of state.memory.changedSince(before)) memory.set(address, now);
    if (event?.kind === 'syscall' && event.entry === 'syscall') enterKernel(state, event.after);
    const result = {
      vector,
      event,
      pc: event?.kind === 'syscall' ? event.after : machine.pc,
      registers: names.map((name) => machine.register(name)),
      flags: state.flags,
      steps: machine.steps,
      hangs: again && !machine.repeats,
      memory,
      undefinedFlags: state.undefinedFlags,
      undefinedRegisters: names.map((name) => machine.undefinedBits(name)),
      undefinedMemory: new Set(state.undefinedMemory.keys()),
    };
    machine.undoTo(start);
    return result;
  }

  /** The answer to a line, without its end. */
  answer(line: string): string {
    const vector = parseVector(line);
    if (!vector) return `${line.trim().split(/\s+/)[0] ?? ''} bad-vector`;
    return printResult(this.run(vector));
  }
}

const runners = new WeakMap<Decode, VectorRunner>();

/** The answer to a vector. The same decoder should be given each time: its machines are kept. */
export function answerVector(line: string, decode: Decode): string {
  let runner = runners.get(decode);
  if (!runner) {
    runner = new VectorRunner(decode);
    runners.set(decode, runner);
  }
  return runner.answer(line);
}

// Printing

function digits(value: bigint | number, count: number): string {
  return BigInt.asUintN(4 * count, BigInt(value))
    .toString(16)
    .padStart(count, '0');
}

/** `ID ok …`, `ID syscall …`, `ID fault=…` or `ID unknown REASON`. */
export function printResult(result: VectorResult): string {
  const { vector, event } = result;
  const { id, mode } = vector;
  const wide = mode === 'i386' ? 8 : 16;
  if (event && event.kind !== 'fault' && event.kind !== 'syscall') {
    const reason =
      event.kind === 'unknown' ? event.reason : event.kind === 'undefined' ? `depends on ${event.what}` : event.kind;
    return `${id} unknown ${reason}`;
  }
  const words = [id];
  if (event?.kind === 'fault') {
    words.push(`fault=${digits(event.vector, 2)}`, `err=${digits(event.errorCode, 4)}`);
    if (event.address !== undefined) words.push(`cr2=${digits(event.address, wide)}`);
  } else words.push(event ? 'syscall' : result.hangs ? 'hang' : 'ok');
  words.push(`${mode === 'i386' ? 'eip' : 'rip'}=${digits(result.pc, wide)}`);
  namesOf(mode).forEach((name, n) => words.push(`${name}=${digits(result.registers[n] ?? 0n, wide)}`));
  words.push(`fl=${digits(result.flags & ~(TF | RF), 8)}`);
  if (vector.whole) words.push(`steps=${digits(result.steps, 4)}`);
  return [...words, ...changes(result.memory)].join(' ');
}

/** `m=ADDRESS:BYTES` for each run of bytes that changed, region by region in the oracle's order. */
function changes(memory: ReadonlyMap<number, number>): string[] {
  const order = [DATA, STACK, TLS].map((base) => base / PAGE);
  const page = (address: number): number => order.indexOf(Math.floor(address / PAGE));
  const addresses = [...memory.keys()].sort((a, b) => page(a) - page(b) || a - b);
  const words: string[] = [];
  let next = Number.NaN;
  for (const address of addresses) {
    const byte = digits(memory.get(address) ?? 0, 2);
    if (address === next) words.push((words.pop() ?? '') + byte);
    else words.push(`m=${digits(address, 8)}:${byte}`);
    next = address + 1;
  }
  return words;
}
