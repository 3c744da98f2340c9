/**
 * A program laid out in memory, ready to be simulated: what a source, an object or an executable becomes. Addresses are
 * numbers, as the simulator has them.
 */
import type { Target } from '../../ir/types.js';
import type { LoadedInstruction } from '../simulator/code.js';
import type { SymbolResolver } from '../simulator/values.js';

export interface ImageRegion {
  readonly name: string;
  /** Index of the section that it is, in an object that is not linked. */
  readonly section?: number;
  /** Need not be the beginning of a page. */
  readonly address: number;
  /** In memory; what `data` does not hold is zero. */
  readonly size: number;
  readonly data: Uint8Array;
  readonly writable: boolean;
  readonly executable: boolean;
}

/** Bytes that are not known, and why: a relocation that is not applied, a directive whose bytes are not worked out. */
export interface Unknown {
  readonly address: number;
  readonly size: number;
  readonly reason: string;
  /** Nothing of the file follows in this section. */
  readonly endsSection?: true;
}

/** What an image of a source has, where nothing is encoded, and one of machine code that is listed. */
export interface SourceCode {
  readonly instructions: readonly LoadedInstruction[];
  readonly resolve: SymbolResolver;
  /** Where the instructions are. Their bytes are not known. */
  readonly address: number;
  readonly size: number;
  /** Addresses that execution may come to other than from the instruction before: those of labels and behind calls. */
  readonly entries: ReadonlySet<number>;
  /** `file:line` of the instruction at an address. */
  readonly placeOf: (address: number) => string | undefined;
}

export interface Image {
  readonly target: Target;
  readonly regions: readonly ImageRegion[];
  readonly source?: SourceCode;
  /** Addresses by name. */
  readonly symbols: ReadonlyMap<string, number>;
  /** Names among them that functions have, in the order of the file. */
  readonly functions: readonly string[];
  /** What is defined elsewhere, by the address that it was given. Nothing is there. */
  readonly outside: ReadonlyMap<number, string>;
  /** In no order. They may overlap. */
  readonly unknown: readonly Unknown[];
  /** Address that execution of a program starts at. */
  readonly entry?: number;
  /** Address that %gs (i386) or %fs points to. */
  readonly threadPointer: number;
}

/** Where things are put that have no address of their own. */
export const PLACES = {
  i386: { image: 0x08048000, shared: 0x56555000, tls: 0xb7f00000, stack: 0xbfff0000, outside: 0x70000000 },
  x86_64: {
    image: 0x00400000,
    shared: 0x555555554000,
    tls: 0x7ffff7f00000,
    stack: 0x7ffffffe0000,
    // Within reach of 32-bit distances from the image.
    outside: 0x70000000,
  },
  /** An address that half a register holds. */
  x32Tls: 0xf7f00000,
} as const;

/** Where the addresses of an image end: the stack's page is far enough below the end of each address space. */
export const MAX_ADDRESS = { i386: 0x100000000, x86_64: 0x7fff00000000 } as const;

export const PAGE = 4096;

export function pageUp(address: number): number {
  return Math.ceil(address / PAGE) * PAGE;
}

export function pageDown(address: number): number {
  return Math.floor(address / PAGE) * PAGE;
}
