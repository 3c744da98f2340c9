/**
 * Looks for code of a window's shape where no symbol tells where a window is: a function that begins with a straight
 * way to a system call, on which one jump, decided by a word in memory, leads elsewhere. Whether that is a window the
 * verifier judges.
 */
import type { CodeDecoder } from '../decode/decoder.js';
import { flowOf } from '../flow.js';
import type { AsmExpr } from '../syntax.js';
import type { CodeMap } from './code-map.js';

export interface Shape {
  /** Entry of the function. */
  readonly routine: number;
  /** The instruction that reads the word. */
  readonly start: number;
  /** Behind the system call. */
  readonly end: number;
  /** Where the jump leads. */
  readonly cancel: number;
  /** The functions that may be the one which acts upon a request, the likeliest first: the verifier tells. */
  readonly acting: readonly number[];
}

/** Bytes from a function's entry to its system call; musl's and glibc's have 44 at most, those of a compiler 120. */
const REACH = 192;
/** Instructions on the way to the function that acts: it is all that a cancel path does. */
const MOST_ON_PATH = 12;
/** Bytes behind the system call in which the cancel path belongs to the routine. */
const NEAR = 96;

const CALL = { i386: [0xcd, 0x80], x86_64: [0x0f, 0x05] } as const;
/** `call` and `jmp` to a distance of 32 bits. */
const IS_ENTERED_BY = new Set([0xe8, 0xe9]);

/** Addresses with the bytes of a system call instruction, in order. */
export function callsIn(map: CodeMap): readonly number[] {
  const bytes = Uint8Array.from(CALL[map.object.machine]);
  return map
    .code()
    .flatMap(({ section, address }) => placesOf(section.data, bytes).map((at) => address + at))
    .sort((a, b) => a - b);
}

/** Shapes around the calls. `called`: of functions that are called; else wherever a function may begin. */
export function* shapesAround(
  calls: readonly number[],
  map: CodeMap,
  decoder: CodeDecoder,
  entries: 'called' | 'possible',
): Generator<Shape> {
  // Ways overlap: each place is decoded once.
  const known = new Map<number, Decoded | undefined>();
  const decode: Decode = (address) => {
    if (!known.has(address)) known.set(address, decodeAt(map, decoder, address));
    return known.get(address);
  };
  for (const way of entries === 'called' ? called(calls, map) : possible(calls, map)) {
    const shape = shapeAt(decode, way);
    if (shape) yield shape;
  }
}

type Decoded = Extract<ReturnType<CodeDecoder['decode']>, { readonly ok: true }>;
type Decode = (address: number) => Decoded | undefined;

function placesOf(data: Uint8Array, bytes: Uint8Array): readonly number[] {
  const all = Buffer.from(data.buffer, data.byteOffset, data.length);
  const places: number[] = [];
  for (let at = all.indexOf(bytes); at !== -1; at = all.indexOf(bytes, at + 1)) places.push(at);
  return places;
}

interface Way {
  readonly entry: number;
  readonly call: number;
}

/** What is called or jumped to a little before a system call. */
function called(calls: readonly number[], map: CodeMap): readonly Way[] {
  const entries = new Map<number, number>();
  for (const { section, address } of map.code()) {
    const view = new DataView(section.data.buffer, section.data.byteOffset, section.data.length);
    for (let at = 0; at + 5 <= section.data.length; at++) {
      if (!IS_ENTERED_BY.has(view.getUint8(at))) continue;
      const entry = address + at + 5 + view.getInt32(at + 1, true);
      const call = firstFrom(calls, entry);
      if (call !== undefined && call - entry <= REACH) entries.set(entry, call);
    }
  }
  return [...entries].map(([entry, call]) => ({ entry, call })).sort((a, b) => a.call - b.call || b.entry - a.entry);
}

/** `ret`, `nop`, `int3`, and the last byte of a distance or of a longer `nop`: what a function in front may end with. */
const LAST_BYTES = new Set([0xc3, 0x90, 0xcc, 0x00, 0xff]);

/** Where a function may begin, the nearest to each call first. */
function* possible(calls: readonly number[], map: CodeMap): Generator<Way> {
  for (const call of calls) {
    const found = map.find(call);
    if (!found) continue;
    const { section, at } = found;
    for (let back = 1; back <= Math.min(REACH, at); back++) {
      const before = section.data[at - back - 1];
      if (before === undefined || LAST_BYTES.has(before) || (call - back) % 16 === 0)
        yield { entry: call - back, call };
    }
  }
}

/** The first number of a sorted list that is no less. */
function firstFrom(sorted: readonly number[], least: number): number | undefined {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? 0) < least) from = middle + 1;
    else to = middle;
  }
  return sorted[from];
}

function shapeAt(decode: Decode, { entry, call }: Way): Shape | undefined {
  let read: number | undefined;
  let isNumberGiven = false;
  let jump: { readonly start: number; readonly cancel: number } | undefined;
  let at = entry;
  while (at < call) {
    const one = decode(at);
    if (!one) return undefined;
    const flow = flowOf(one.instruction);
    if (flow.f === 'branch') {
      const cancel = addressOf(flow.target);
      if (jump || read === undefined || cancel === undefined) return undefined;
      jump = { start: read, cancel };
    } else if (flow.f !== 'next') return undefined;
    const { base, operands } = one.instruction;
    // Slots of the routine's own frame are no flag; the verifier sees it when some other read decides.
    if (operands.some((o) => o.k === 'memory' && !/^[er][sb]p$/.test(o.base ?? '')) && !/^(?:lea|nop)/.test(base))
      read = at;
    // Most system calls are made with a number of their own.
    const [source] = operands;
    const target = operands.at(-1);
    if (target?.k === 'register' && /^[er]ax$/.test(target.name))
      isNumberGiven = base.startsWith('mov') && (source?.k === 'register' || source?.k === 'memory');
    at += one.length;
  }
  const instruction = at === call ? decode(call) : undefined;
  if (!jump || !isNumberGiven || !instruction || (jump.cancel >= entry && jump.cancel <= call)) return undefined;
  const { start, cancel } = jump;
  const end = call + instruction.length;
  const left = leadsTo(decode, cancel);
  const isNear = cancel >= end && cancel - end <= NEAR;
  const acting = [...(left === undefined ? [] : [left]), ...(isNear ? [] : [cancel])];
  return { routine: entry, start, end, cancel, acting };
}

/** Where a straight way leaves for, by a jump or a call. */
function leadsTo(decode: Decode, from: number): number | undefined {
  let at = from;
  for (let n = 0; n < MOST_ON_PATH; n++) {
    const one = decode(at);
    const flow = one && flowOf(one.instruction);
    if (flow?.f === 'jump' || flow?.f === 'call') return addressOf(flow.target);
    if (!one || flow?.f !== 'next') return undefined;
    at += one.length;
  }
  return undefined;
}

const addressOf = (target: AsmExpr | undefined): number | undefined =>
  target?.k === 'int' ? Number(target.value) : undefined;

function decodeAt(map: CodeMap, decoder: CodeDecoder, address: number): Decoded | undefined {
  const found = map.find(address);
  const decoded = found && decoder.decode(found.section.data.subarray(found.at, found.at + 15), BigInt(address));
  return decoded?.ok === true ? decoded : undefined;
}
