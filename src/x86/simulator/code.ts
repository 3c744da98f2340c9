/**
 * The instructions of a machine by address, compiled when they first run. Entries come from outside (parsed or decoded)
 * or from the bytes in memory, through a decoder. Forks share what is compiled until one of them changes code.
 */
import type { Instruction } from '../syntax.js';
import { flagMask } from '../table/flags.js';
import type { Match, Mode } from '../table/match.js';
import { compile } from './compile.js';
import { Declined } from './fault.js';
import type { Memory } from './memory.js';
import type { Run } from './state.js';
import type { SymbolResolver } from './values.js';

export interface LoadedInstruction {
  readonly address: number;
  readonly length: number;
  readonly instruction: Instruction;
}

export type Decoded =
  | { readonly ok: true; readonly instruction: Instruction; readonly length: number }
  /** `truncated`: the bytes end within an instruction. */
  | { readonly ok: false; readonly reason: 'truncated' | 'invalid' };

/** Decodes what stands at the start of the bytes. */
export type Decode = (bytes: Uint8Array, address: bigint, mode: Mode) => Decoded;

/** An instruction ready to run. A class, so that all have one layout (see `Place`): each step goes through one. */
export class Entry {
  /** Compiled when first asked for. */
  careful: Run | undefined = undefined;

  constructor(
    readonly address: number,
    /** Of the next instruction. */
    readonly end: number,
    readonly instruction: Instruction,
    readonly match: Match | undefined,
    readonly run: Run,
    /** Flags that it depends on, and that it changes in any way. */
    readonly reads: number,
    readonly writes: number,
  ) {}
}

export interface CodeOptions {
  readonly mode: Mode;
  readonly decode?: Decode;
  readonly resolve?: SymbolResolver;
}

interface Given extends LoadedInstruction {
  /** What memory had there when it was loaded. */
  readonly bytes: Uint8Array | undefined;
}

type Page = (Entry | undefined)[];

const LONGEST = 15;

export class Code {
  private pages = new Map<number, Page>();
  private given = new Map<number, Given>();
  private shared = false;
  private lastNumber = -1;
  private lastPage: Page = [];

  constructor(private readonly options: CodeOptions) {}

  fork(): Code {
    const other = new Code(this.options);
    other.pages = this.pages;
    other.given = this.given;
    this.shared = true;
    other.shared = true;
    return other;
  }

  load(instructions: Iterable<LoadedInstruction>, memory: Memory): void {
    this.own();
    for (const one of instructions) {
      this.drop(one.address, one.length);
      this.given.set(one.address, { ...one, bytes: memory.peek(one.address, one.length) });
      if (memory.isMapped(one.address)) memory.watchCode(one.address, one.length);
    }
  }

  /** The instruction at an address. Throws a fault of its fetch, or declines. */
  at(address: number, memory: Memory): Entry {
    // Most addresses are below 2^32, where a shift is much quicker than a division.
    const number = address >= 0 && address < 0x100000000 ? address >>> 12 : Math.floor(address / 4096);
    if (number !== this.lastNumber) {
      this.lastPage = this.page(number);
      this.lastNumber = number;
    }
    return this.lastPage[address & 4095] ?? this.enter(address, memory);
  }

  /** Bytes there have changed: what was compiled from them is forgotten. */
  changed(address: number, width: number): void {
    this.own();
    this.drop(address, width);
  }

  private page(number: number): Page {
    let page = this.pages.get(number);
    if (!page) {
      page = new Array<Entry | undefined>(4096).fill(undefined);
      this.pages.set(number, page);
    }
    return page;
  }

  private own(): void {
    if (!this.shared) return;
    this.pages = new Map([...this.pages].map(([number, page]) => [number, [...page]]));
    this.given = new Map(this.given);
    this.shared = false;
    this.lastNumber = -1;
  }

  /** Forgets entries that overlap the bytes. */
  private drop(address: number, width: number): void {
    for (let at = address - LONGEST; at < address + width; at++) {
      const page = this.pages.get(Math.floor(at / 4096));
      const entry = page?.[at & 4095];
      if (page && entry && entry.end > address) page[at & 4095] = undefined;
    }
  }

  private enter(address: number, memory: Memory): Entry {
    const found = this.find(address, memory);
    const entry = this.compiled(found);
    this.page(Math.floor(address / 4096))[address & 4095] = entry;
    return entry;
  }

  private find(address: number, memory: Memory): LoadedInstruction {
    const given = this.given.get(address);
    if (given && !hasChanged(given, memory)) return given;
    const { decode, mode } = this.options;
    if (!decode) {
      if (given) throw new Declined('the instruction was overwritten');
      memory.fetch(address);
      throw new Declined('no instruction is known here');
    }
    const bytes = this.bytesAt(address, memory);
    const decoded = decode(bytes, BigInt.asUintN(64, BigInt(address)), mode);
    if (!decoded.ok) {
      // An instruction that goes on where nothing can be fetched faults there.
      if (decoded.reason === 'truncated' && bytes.length < LONGEST) memory.fetch(address + bytes.length);
      throw new Declined('no instruction is encoded here');
    }
    memory.watchCode(address, decoded.length);
    return { address, length: decoded.length, instruction: decoded.instruction };
  }

  /** As many bytes as an instruction can have and may be fetched. */
  private bytesAt(address: number, memory: Memory): Uint8Array {
    const bytes = new Uint8Array(LONGEST);
    for (let n = 0; n < LONGEST; n++) {
      try {
        bytes[n] = memory.fetch(this.options.mode === 'i386' ? (address + n) >>> 0 : address + n);
      } catch (fault) {
        if (n === 0) throw fault;
        return bytes.subarray(0, n);
      }
    }
    return bytes;
  }

  private compiled({ address, length, instruction }: LoadedInstruction): Entry {
    const { mode, resolve } = this.options;
    const cx = { mode, address, length, careful: false, ...(resolve && { resolve }) };
    const end = mode === 'i386' ? (address + length) >>> 0 : address + length;
    try {
      const { run, match } = compile(instruction, cx);
      const { row } = match;
      const reads = flagMask(row.reads);
      const writes = flagMask(row.writes) | flagMask(row.undefined);
      return new Entry(address, end, instruction, match, run, reads, writes);
    } catch (error) {
      if (!(error instanceof Declined)) throw error;
      const { message } = error;
      const run: Run = () => {
        throw new Declined(message);
      };
      const entry = new Entry(address, end, instruction, undefined, run, 0, 0);
      entry.careful = run;
      return entry;
    }
  }

  /** The form that records effects and carries out what leaves values undefined. */
  careful(entry: Entry): Run {
    if (!entry.careful) {
      const { mode, resolve } = this.options;
      const length = entry.end - entry.address;
      const cx = { mode, address: entry.address, length, careful: true, ...(resolve && { resolve }) };
      entry.careful = compile(entry.instruction, cx).run;
    }
    return entry.careful;
  }
}

function hasChanged(given: Given, memory: Memory): boolean {
  if (!given.bytes) return false;
  const now = memory.peek(given.address, given.length);
  return !now || given.bytes.some((byte, n) => byte !== now[n]);
}
