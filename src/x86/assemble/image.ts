/**
 * A program laid out in memory, ready to be simulated: what a source, an object or an executable becomes. Addresses are
 * numbers, as the simulator has them.
 */
import type { Target } from '../../ir/types.js';
import type { LoadedInstruction } from '../simulator/code.js';
import type { SymbolResolver } from '../simulator/values.js';

export interface ImageRegion {
  readonly name: string;
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
}

export interface Image {
  readonly target: Target;
  readonly regions: readonly ImageRegion[];
  /** Of a source: its instructions. An object's are decoded from its bytes. */
  readonly instructions: readonly LoadedInstruction[];
  readonly resolve?: SymbolResolver;
  /** Addresses by name. */
  readonly symbols: ReadonlyMap<string, number>;
  /** Names among them that functions have. */
  readonly functions: readonly string[];
  /** What is defined elsewhere, by the address that it was given. Nothing is there. */
  readonly outside: ReadonlyMap<number, string>;
  readonly unknown: readonly Unknown[];
  /** Address that execution of a program starts at. */
  readonly entry?: number;
  /** Address that %gs (i386) or %fs points to. */
  readonly threadPointer: number;
  /** What stands at an address in the source. */
  readonly sourceAt?: (address: number) => string | undefined;
}

/** Where things are put that have no address of their own. */
export const PLACES = {
  i386: { image: 0x08048000, shared: 0x56555000, tls: 0xb7f00000, stack: 0xbfff0000, outside: 0x70000000 },
  x86_64: { image: 0x00400000, shared: 0x555555554000, tls: 0x7ffff7f00000, stack: 0x7ffffffe0000, outside: 0x70000000 },
} as const;

export const PAGE = 4096;

export function pageUp(address: number): number {
  return Math.ceil(address / PAGE) * PAGE;
}

/** Gives symbols that are defined elsewhere addresses where nothing is. */
export class Outside {
  readonly names = new Map<number, string>();
  private readonly addresses = new Map<string, number>();

  constructor(private readonly start: number) {}

  address(name: string): number {
    let address = this.addresses.get(name);
    if (address === undefined) {
      address = this.start + 16 * this.addresses.size;
      this.addresses.set(name, address);
      this.names.set(address, name);
    }
    return address;
  }
}

/** Names for addresses: the nearest symbol at or before one, in the same region. */
export class AddressNames {
  private readonly sorted: readonly (readonly [number, string])[];

  constructor(private readonly image: Image) {
    const functions = new Set(image.functions);
    const rank = (name: string): number => (functions.has(name) ? 0 : 1);
    const best = new Map<number, string>();
    for (const [name, address] of image.symbols) {
      const known = best.get(address);
      if (known === undefined || rank(name) < rank(known)) best.set(address, name);
    }
    this.sorted = [...best].sort((a, b) => a[0] - b[0]);
  }

  /** `name+4`, or undefined where no symbol is near. */
  of(address: number): string | undefined {
    const outside = this.image.outside.get(address);
    if (outside !== undefined) return outside;
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sorted[middle]?.[0] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    const found = this.sorted[low - 1];
    if (!found || !this.isTogether(found[0], address)) return undefined;
    const distance = address - found[0];
    return distance === 0 ? found[1] : `${found[1]}+${distance}`;
  }

  private isTogether(one: number, other: number): boolean {
    if (one === other) return true;
    const within = (address: number): ImageRegion | undefined =>
      this.image.regions.find((r) => address >= r.address && address < r.address + r.size);
    const region = within(one);
    // The instructions of a source are in no region.
    return region ? region === within(other) : within(other) === undefined && other - one < 0x100000;
  }
}
