/** An executable or a shared object mapped as the kernel and the dynamic linker would, its relocations applied. */
import { PT, SHT, type ElfObject, type Segment } from '../object/elf.js';
import { ObjectError } from '../object/error.js';
import { nameOfType, readPackedRelocations, relocationTables } from '../object/relocations.js';
import { readSymbols, symbolSections, type ObjectSymbol } from '../object/symbols.js';
import { MAX_ADDRESS, pageUp, PAGE, PLACES, type Image, type ImageRegion } from './image.js';
import { Linkage, MAX_THREAD, threadRegion, type FoundRelocation, type Piece } from './linkage.js';
import { addressesByName, functionNames } from './symbol-addresses.js';

/** More memory than any program of a library wants. */
const MAX_SIZE = 1n << 32n;
/** Of the thread-local variables, in bytes. */
const MAX_ALIGNMENT = 1n << 21n;

interface Mapped extends Piece {
  readonly segment: Segment;
  /** In memory. */
  readonly size: number;
}

/** Maps the object. Throws an `ObjectError` where that cannot be done. */
export function loadProgram(object: ElfObject): Image {
  const { machine } = object;
  const isX32 = object.target === 'x32';
  refuseWithoutSections(object);
  const base = object.type === 'shared' ? PLACES[machine].shared : 0;
  const mapped = map(object, base);
  const end = mapped.reduce((most, one) => Math.max(most, one.address + one.size), 0);
  const tls = object.segments.find((one) => one.type === PT.tls);
  const threadSize = tls ? threadSizeOf(tls) : 0;
  const linkage = new Linkage(machine, isX32, pageUp(end) + PAGE, base, threadSize);
  applyAll(object, mapped, linkage, threadSize);
  const thread = threadRegion(
    machine,
    isX32,
    // Its bytes are those of a loaded segment, where they may have been relocated.
    tls ? bytesAt(mapped, Number(tls.address) + base, tls.data.length) : new Uint8Array(0),
    threadSize,
    linkage.threadElsewhere,
  );
  const symbols = symbolSections(object).flatMap((section) => readSymbols(object, section));
  return {
    target: object.target,
    regions: [...mapped.map(regionOf), linkage.region(), thread.region],
    symbols: addressesByName(symbols, (symbol) => addressOf(symbol, base)),
    functions: functionNames(symbols),
    outside: linkage.outside.names,
    unknown: [...linkage.unknown, ...linkage.unknownThreadSlots(thread.pointer)],
    ...(object.entry === 0n ? {} : { entry: Number(object.entry) + base }),
    threadPointer: thread.pointer,
  };
}

/** Relocations are found by the sections: without them a dynamic object would be taken for one that has none. */
function refuseWithoutSections(object: ElfObject): void {
  const isDynamic = object.segments.some((one) => one.type === PT.dynamic);
  if (isDynamic && object.sections.length === 0) throw new ObjectError('it has no section headers');
}

function map(object: ElfObject, base: number): readonly Mapped[] {
  const loads = object.segments.filter((one) => one.type === PT.load && one.memorySize > 0n);
  if (loads.length === 0) throw new ObjectError('nothing in it is loaded into memory');
  return loads.map((segment) => {
    const address = Number(segment.address) + base;
    const isTooLarge = segment.memorySize > MAX_SIZE;
    if (isTooLarge || address + Number(segment.memorySize) > MAX_ADDRESS[object.machine]) {
      throw new ObjectError('it takes too much memory');
    }
    return { segment, address, size: Number(segment.memorySize), data: new Uint8Array(segment.data) };
  });
}

/** The distance of the variables' beginning from the thread pointer: their size up to their alignment. */
function threadSizeOf({ memorySize, alignment }: Segment): number {
  if (memorySize > BigInt(MAX_THREAD)) throw new ObjectError('the thread-local variables take too much memory');
  const to = alignment === 0n ? 1n : alignment;
  if (to > MAX_ALIGNMENT) throw new ObjectError('the alignment of the thread-local variables is too large');
  return Number(((memorySize + to - 1n) / to) * to);
}

function bytesAt(mapped: readonly Mapped[], address: number, length: number): Uint8Array {
  const piece = mapped.find((one) => address >= one.address && address + length <= one.address + one.data.length);
  if (!piece) throw new ObjectError('the thread-local variables are in no segment that is loaded');
  return piece.data.subarray(address - piece.address, address - piece.address + length);
}

function regionOf({ segment, address, size, data }: Mapped): ImageRegion {
  const { writable, executable } = segment;
  return { name: 'segment', address, size, data, writable, executable };
}

function applyAll(object: ElfObject, mapped: readonly Mapped[], linkage: Linkage, threadSize: number): void {
  const { base } = linkage;
  const tables = new Map(symbolSections(object).map((section) => [section.index, section]));
  const apply = (found: FoundRelocation): void => {
    const { address } = found;
    const piece = mapped.find((one) => address >= one.address && address < one.address + one.size);
    if (!piece) throw new ObjectError('a relocation lies outside what is loaded');
    linkage.apply(found, piece);
  };
  const inBase: FoundRelocation['symbol'] = { name: 'its base', address: 0, size: 0n, threadOffset: -threadSize };
  for (const table of relocationTables(object)) {
    // A linker may leave the object's own relocations in (--emit-relocs); they are applied already.
    if (table.target !== 0 && !isDynamic(object, table.symbols)) continue;
    const section = tables.get(table.symbols);
    const symbols = section ? readSymbols(object, section) : [];
    for (const { offset, type, symbol: index, addend } of table.entries) {
      const symbol = index === 0 ? undefined : symbols[index];
      if (index !== 0 && !symbol) throw new ObjectError(`a relocation names symbol ${index}, which is not there`);
      const found = symbol ? find(symbol, linkage, threadSize) : { symbol: inBase };
      apply({ address: Number(offset) + base, typeName: nameOfType(object, type), addend, ...found });
    }
  }
  const typeName = object.machine === 'i386' ? 'R_386_RELATIVE' : 'R_X86_64_RELATIVE';
  for (const offset of readPackedRelocations(object)) {
    apply({ address: Number(offset) + base, typeName, addend: undefined, symbol: inBase });
  }
}

/** Whether a table of relocations goes by the dynamic linker's symbols, or by none. */
function isDynamic(object: ElfObject, symbols: number): boolean {
  return symbols === 0 || object.sections[symbols]?.type === SHT.dynsym;
}

function find(
  symbol: ObjectSymbol,
  linkage: Linkage,
  threadSize: number,
): Pick<FoundRelocation, 'symbol' | 'reason' | 'isMaybeZero'> {
  const { name, size, type } = symbol;
  const made = (address: number | undefined, threadOffset?: number) => ({
    symbol: { name, size, address, threadOffset },
  });
  if (type === 'ifunc') return { ...made(undefined), reason: `${name} is chosen when the program starts` };
  if (symbol.section === 'undefined') {
    if (type === 'tls') return made(undefined, linkage.threadSlot(name));
    return { ...made(linkage.outside.address(name)), isMaybeZero: symbol.binding === 'weak' };
  }
  if (type === 'tls') return made(undefined, Number(symbol.value) - threadSize);
  return made(addressOf(symbol, linkage.base));
}

function addressOf({ section, value }: ObjectSymbol, base: number): number | undefined {
  if (value >= 0x800000000000n) return undefined;
  if (section === 'absolute') return Number(value);
  return typeof section === 'number' ? Number(value) + base : undefined;
}
