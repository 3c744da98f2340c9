/** What a linker makes besides the sections: the global offset table and places for thread-local variables. */
import { ObjectError } from '../object/error.js';
import { PAGE, pageUp, PLACES, type ImageRegion, type Unknown } from './image.js';
import { Outside } from './outside.js';
import { fieldSize, relocate, type RelocatedSymbol, type Tables } from './relocate.js';

/** Bytes of thread-local variables; no library comes near it. */
export const MAX_THREAD = 1 << 24;

/** Bytes for a thread-local variable of another file, whose size is not known. */
export const THREAD_SLOT = 16;

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
  /** A weak symbol that nobody defines is 0; whether somebody does is not known here. A call is told by its name. */
  readonly isMaybeZero?: boolean;
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
    /** Bytes below the thread pointer that the object's own thread-local variables take, with their alignment. */
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
      offset = -(this.threadSize + THREAD_SLOT * (this.threadSlots.size + 1));
      if (offset < -MAX_THREAD) throw new ObjectError('the thread-local variables take too much memory');
      this.threadSlots.set(name, offset);
    }
    return offset;
  }

  /** Bytes below the object's own variables that those of other objects take. */
  get threadElsewhere(): number {
    return THREAD_SLOT * this.threadSlots.size;
  }

  /** What is known of the thread-local variables that are defined elsewhere: nothing. */
  unknownThreadSlots(pointer: number): readonly Unknown[] {
    return [...this.threadSlots].map(([name, offset]) => elsewhere(name, pointer + offset));
  }

  /** Writes one relocation's value into the piece that holds its place, or notes why it is not known. */
  apply(found: FoundRelocation, piece: Piece): void {
    const { address, symbol } = found;
    if (found.typeName.endsWith('_NONE')) return;
    const at = address - piece.address;
    // In `mov name@GOT, %eax`, without a base register, it is the address of the entry (Intel386 psABI, GOT32X).
    const isBare = /^R_386_GOT32X?$/.test(found.typeName) && ((piece.data[at - 1] ?? 0) & 0xc7) === 5;
    const typeName = isBare ? 'R_386_GOT32_ADDRESS' : found.typeName;
    const size = fieldSize(this.machine, typeName);
    const note = (reason: string): void => {
      this.unknown.push({ address, size: size ?? 8, reason });
    };
    if (found.reason !== undefined) return note(found.reason);
    if (found.isMaybeZero && !isCall(this.machine, typeName))
      return note(`whether ${symbol.name} is defined is not known`);
    if (size === undefined) return note(notApplied(`${typeName} against ${symbol.name}`));
    if (at < 0 || at + size > piece.data.length)
      return note(notApplied(`${typeName} against ${symbol.name}, which has no bytes`));
    const addend = found.addend ?? readSigned(piece.data, at, size);
    const patch = relocate(this.machine, typeName, { address, addend, symbol }, this, this.isX32);
    if (typeof patch === 'string') note(notApplied(patch));
    else writeValue(piece.data, at, patch.size, patch.value);
  }

  /** The global offset table, once everything has been applied. */
  region(): ImageRegion {
    const data = new Uint8Array((3 + this.values.length) * 8);
    this.values.forEach((value, n) => {
      writeValue(data, (3 + n) * 8, this.slot === 4 ? 4 : 8, value);
    });
    return { name: '.got', address: this.got, size: data.length, data, writable: true, executable: false };
  }
}

/** The bytes of a thread-local variable of another file. */
export function elsewhere(name: string, address: number): Unknown {
  return { address, size: THREAD_SLOT, reason: `the value of ${name}, which is defined elsewhere` };
}

function notApplied(what: string): string {
  return `relocation ${what} is not applied`;
}

/** Types that the assembler gives to the target of a call or a jump. */
function isCall(machine: 'i386' | 'x86_64', typeName: string): boolean {
  return machine === 'i386' ? /_(?:PC32|PLT32|JUMP_SLOT)$/.test(typeName) : /_(?:PLT32|JUMP_SLOT)$/.test(typeName);
}

function readSigned(data: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let n = size - 1; n >= 0; n--) value = (value << 8n) | BigInt(data[at + n] ?? 0);
  return BigInt.asIntN(8 * size, value);
}

export function writeValue(data: Uint8Array, at: number, size: number, value: bigint): void {
  for (let n = 0; n < size; n++) data[at + n] = Number((value >> BigInt(8 * n)) & 0xffn);
}

/**
 * The region below and at the thread pointer: variables below it, the word at it its own address ("ELF Handling For
 * Thread-Local Storage", variant II). `initial` is the object's own, which begins `size` bytes below; below it is room
 * for those of other objects. Behind the pointer a libc has a structure of its own, of which nothing is known: zeros.
 */
export function threadRegion(
  machine: 'i386' | 'x86_64',
  isX32: boolean,
  initial: Uint8Array,
  size: number,
  elsewhereSize: number,
): { readonly region: ImageRegion; readonly pointer: number } {
  const below = pageUp(size + elsewhereSize);
  const start = isX32 ? PLACES.x32Tls : PLACES[machine].tls;
  const pointer = start + below;
  const data = new Uint8Array(below + PAGE);
  data.set(initial.subarray(0, size), below - size);
  writeValue(data, below, machine === 'i386' || isX32 ? 4 : 8, BigInt(pointer));
  return {
    region: { name: 'thread', address: start, size: data.length, data, writable: true, executable: false },
    pointer,
  };
}
