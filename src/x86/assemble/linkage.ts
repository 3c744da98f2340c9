/** What a linker makes besides the sections: the global offset table and places for thread-local variables. */
import { Outside, PAGE, PLACES, type ImageRegion, type Unknown } from './image.js';
import { fieldSize, relocate, type RelocatedSymbol, type Tables } from './relocate.js';

export interface Piece {
  readonly address: number;
  /** A copy that may be changed. */
  readonly data: Uint8Array;
}

/** An entry with everything that it refers to found. */
export interface FoundRelocation {
  readonly address: number;
  readonly typeName: string;
  readonly symbol: RelocatedSymbol;
  /** Undefined where it stands in the place. */
  readonly addend: bigint | undefined;
  /** Why the symbol's address is not known. */
  readonly reason?: string;
}

/** Applies relocations and gathers what could not be. */
export class Linkage implements Tables {
  readonly outside: Outside;
  readonly unknown: Unknown[] = [];
  private readonly entries = new Map<string, number>();
  private readonly values: bigint[] = [];
  private readonly threadSlots = new Map<string, number>();

  constructor(
    private readonly machine: 'i386' | 'x86_64',
    private readonly isX32: boolean,
    readonly got: number,
    readonly base: number,
    /** Bytes below the thread pointer that the object's own thread-local variables take. */
    private readonly threadSize: number,
  ) {
    this.outside = new Outside(PLACES[machine].outside);
  }

  private get slot(): number {
    return this.machine === 'i386' || this.isX32 ? 4 : 8;
  }

  entry(symbol: RelocatedSymbol, kind: 'address' | 'threadOffset'): number {
    const key = `${kind} ${symbol.name} ${symbol.address ?? ''}`;
    let index = this.entries.get(key);
    if (index === undefined) {
      index = this.values.length;
      this.entries.set(key, index);
      this.values.push(BigInt((kind === 'address' ? symbol.address : symbol.threadOffset) ?? 0));
    }
    // The first three entries are the dynamic linker's.
    return this.got + (3 + index) * 8;
  }

  /** A place for a thread-local variable that is defined elsewhere. */
  threadSlot(name: string): number {
    let offset = this.threadSlots.get(name);
    if (offset === undefined) {
      offset = -(Math.ceil(this.threadSize / 16) * 16 + 16 * (this.threadSlots.size + 1));
      this.threadSlots.set(name, offset);
    }
    return offset;
  }

  /** Writes one relocation's value into the piece that holds its place. */
  apply(found: FoundRelocation, piece: Piece): void {
    const { address, typeName, symbol } = found;
    if (typeName.endsWith('_NONE')) return;
    const size = fieldSize(this.machine, typeName);
    const at = address - piece.address;
    if (size === undefined || found.reason !== undefined) {
      this.unknown.push({ address, size: size ?? 8, reason: found.reason ?? `${typeName} against ${symbol.name}` });
      return;
    }
    if (at < 0 || at + size > piece.data.length) return;
    const addend = found.addend ?? readSigned(piece.data, at, size);
    const patch = relocate(this.machine, typeName, { address, addend, symbol }, this, this.isX32);
    if (patch) writeValue(piece.data, at, patch.size, patch.value);
    else this.unknown.push({ address, size, reason: `${typeName} against ${symbol.name}` });
  }

  /** The global offset table, once everything has been applied. */
  region(): ImageRegion {
    const data = new Uint8Array((3 + this.values.length) * 8);
    this.values.forEach((value, n) => {
      writeValue(data, (3 + n) * 8, this.slot === 4 ? 4 : 8, value);
    });
    const size = Math.ceil(data.length / PAGE) * PAGE;
    return { name: '.got', address: this.got, size, data, writable: true, executable: false };
  }
}

export function readSigned(data: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let n = size - 1; n >= 0; n--) value = (value << 8n) | BigInt(data[at + n] ?? 0);
  return BigInt.asIntN(8 * size, value);
}

export function writeValue(data: Uint8Array, at: number, size: number, value: bigint): void {
  for (let n = 0; n < size; n++) data[at + n] = Number((value >> BigInt(8 * n)) & 0xffn);
}

/** The region below and at the thread pointer: variables below it, the word at it its own address (psABI, TLS). */
export function threadRegion(
  machine: 'i386' | 'x86_64',
  isX32: boolean,
  initial: Uint8Array,
  size: number,
): { readonly region: ImageRegion; readonly pointer: number } {
  const below = Math.ceil((size + PAGE) / PAGE) * PAGE;
  const start = PLACES[machine].tls;
  const pointer = start + below;
  const data = new Uint8Array(below + PAGE);
  data.set(initial.subarray(0, size), below - Math.ceil(size / 16) * 16);
  writeValue(data, below, machine === 'i386' || isX32 ? 4 : 8, BigInt(pointer));
  return {
    region: { name: 'thread', address: start, size: data.length, data, writable: true, executable: false },
    pointer,
  };
}
