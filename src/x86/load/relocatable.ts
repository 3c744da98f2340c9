/** A relocatable object laid out as a linker would: sections in order, relocations applied, the rest given addresses. */
import { FLAG, SHT, type ElfObject, type Section } from '../object/elf.js';
import { ObjectError } from '../object/error.js';
import { nameOfType, relocationTables } from '../object/relocations.js';
import { readSymbols, symbolSections, type ObjectSymbol } from '../object/symbols.js';
import { PAGE, pageUp, PLACES, type Image, type ImageRegion } from './image.js';
import { Linkage, MAX_THREAD, threadRegion, type FoundRelocation, type Piece } from './linkage.js';
import { addressesByName, functionNames } from './symbol-addresses.js';

/** More memory than an object of a library can want. */
const MAX_SIZE = 1 << 30;
const MAX_ALIGNMENT = 1 << 21;

interface Placed extends Piece {
  readonly section: Section;
  readonly size: number;
  /** Of a thread-local section: its distance from the beginning of all of them. */
  readonly threadAt: number | undefined;
}

/**
 * Lays the object out. What is defined elsewhere has addresses in the order in which it is referred to, behind those of
 * the names that are given. Throws an `ObjectError` where that cannot be done.
 */
export function layOutRelocatable(object: ElfObject, elsewhere: readonly string[] = []): Image {
  const { machine } = object;
  const isX32 = object.target === 'x32';
  const { placed, end, threadSize, threadData } = place(object);
  const commons = new Map<number, number>();
  const tables = symbolSections(object);
  const [table] = tables;
  const symbols = table ? readSymbols(object, table) : [];
  const bss = placeCommons(symbols, commons, end);
  const got = pageUp(bss.end);
  const linkage = new Linkage(machine, isX32, got, 0, threadSize);
  for (const name of elsewhere) linkage.outside.address(name);
  const find = new Finder(symbols, placed, commons, linkage, threadSize);
  for (const relocations of relocationTables(object)) {
    const target = placed.get(relocations.target);
    if (!target || relocations.symbols !== table?.index) continue;
    for (const { offset, type, symbol, addend } of relocations.entries) {
      if (offset >= BigInt(target.size)) throw new ObjectError('a relocation lies outside its section');
      const found = find.symbol(symbol);
      linkage.apply(
        { address: target.address + Number(offset), typeName: nameOfType(object, type), addend, ...found },
        target,
      );
    }
  }
  const regions = [...placed.values()].filter((one) => one.threadAt === undefined).map(regionOf);
  if (bss.end > end) regions.push(memoryOf('common', end, bss.end - end));
  const thread = threadRegion(machine, isX32, threadData(), threadSize, linkage.threadElsewhere);
  return {
    target: object.target,
    regions: [...regions, linkage.region(), thread.region],
    symbols: addressesByName(symbols, (symbol) => find.addressOf(symbol)),
    functions: functionNames(symbols),
    outside: linkage.outside.names,
    unknown: [...linkage.unknown, ...linkage.unknownThreadSlots(thread.pointer)],
    threadPointer: thread.pointer,
  };
}

function memoryOf(name: string, address: number, size: number): ImageRegion {
  return { name, address, size, data: new Uint8Array(0), writable: true, executable: false };
}

function regionOf({ section, address, size, data }: Placed): ImageRegion {
  return {
    name: section.name,
    section: section.index,
    address,
    size,
    data,
    writable: (section.flags & FLAG.write) !== 0n,
    executable: (section.flags & FLAG.exec) !== 0n,
  };
}

function place(object: ElfObject) {
  const placed = new Map<number, Placed>();
  let at: number = PLACES[object.machine].image;
  const start = at;
  let threadSize = 0;
  let threadAlignment = 16;
  for (const section of object.sections) {
    if ((section.flags & FLAG.alloc) === 0n || section.type === SHT.group) continue;
    if ((section.flags & FLAG.compressed) !== 0n) throw new ObjectError(`section ${section.index} is compressed`);
    const size = memorySize(section);
    const alignment = alignmentOf(section);
    const isThread = (section.flags & FLAG.tls) !== 0n;
    // A copy, also of a Buffer, whose `slice` makes none.
    const data = new Uint8Array(section.data);
    if (isThread) {
      threadSize = Math.ceil(threadSize / alignment) * alignment;
      threadAlignment = Math.max(threadAlignment, alignment);
      placed.set(section.index, { section, address: 0, size, data, threadAt: threadSize });
      threadSize += size;
    } else {
      // Each on pages of its own, so that each can have its own permissions.
      at = Math.ceil(pageUp(at) / alignment) * alignment;
      placed.set(section.index, { section, address: at, size, data, threadAt: undefined });
      at += size;
    }
    if (at - start > MAX_SIZE || threadSize > MAX_SIZE) throw new ObjectError('the object takes too much memory');
  }
  threadSize = Math.ceil(threadSize / threadAlignment) * threadAlignment;
  const threadData = (): Uint8Array => {
    const bytes = new Uint8Array(threadSize);
    for (const { threadAt, data } of placed.values()) if (threadAt !== undefined) bytes.set(data, threadAt);
    return bytes;
  };
  if (threadSize > MAX_THREAD) throw new ObjectError('the thread-local variables take too much memory');
  return { placed, end: at, threadSize, threadData };
}

function memorySize(section: Section): number {
  if (section.size > BigInt(MAX_SIZE)) throw new ObjectError(`section ${section.index} takes too much memory`);
  return Number(section.size);
}

function alignmentOf(section: Section): number {
  const { alignment, index } = section;
  if (alignment === 0n) return 1;
  if ((alignment & (alignment - 1n)) !== 0n) throw new ObjectError(`section ${index} has an alignment of ${alignment}`);
  if (alignment > BigInt(MAX_ALIGNMENT)) throw new ObjectError(`section ${index} has an alignment of ${alignment}`);
  return Number(alignment);
}

/** Gives variables without a section (SHN_COMMON) addresses. Their value is their alignment. */
function placeCommons(symbols: readonly ObjectSymbol[], commons: Map<number, number>, end: number): { end: number } {
  let at = pageUp(end);
  const first = at;
  for (const symbol of symbols) {
    if (symbol.section !== 'common') continue;
    const alignment = symbol.value > 0n && symbol.value <= BigInt(PAGE) ? Number(symbol.value) : 16;
    at = Math.ceil(at / alignment) * alignment;
    commons.set(symbol.index, at);
    if (symbol.size > BigInt(MAX_SIZE) || at - first > MAX_SIZE)
      throw new ObjectError('the object takes too much memory');
    at += Number(symbol.size);
  }
  return { end: at === first ? end : pageUp(at) };
}

type Found = Pick<FoundRelocation, 'symbol' | 'reason' | 'isMaybeZero'>;

/** Finds what symbols stand for. */
class Finder {
  private readonly known = new Map<number, Found>();

  constructor(
    private readonly symbols: readonly ObjectSymbol[],
    private readonly placed: ReadonlyMap<number, Placed>,
    private readonly commons: ReadonlyMap<number, number>,
    private readonly linkage: Linkage,
    private readonly threadSize: number,
  ) {}

  symbol(index: number): Found {
    let found = this.known.get(index);
    if (!found) this.known.set(index, (found = this.find(index)));
    return found;
  }

  private find(index: number): Found {
    const symbol = this.symbols[index];
    if (!symbol) throw new ObjectError(`a relocation names symbol ${index}, which is not there`);
    const { name, size, type } = symbol;
    const made = (address: number | undefined, threadOffset?: number): Found => ({
      symbol: { name, size, address, threadOffset },
    });
    if (index === 0) return made(0);
    if (type === 'ifunc') return { ...made(undefined), reason: `${name} is chosen when the program starts` };
    if (symbol.section === 'undefined') {
      if (type === 'tls') return made(undefined, this.linkage.threadSlot(name));
      if (name === '_GLOBAL_OFFSET_TABLE_') return made(this.linkage.got);
      return { ...made(this.linkage.outside.address(name)), isMaybeZero: symbol.binding === 'weak' };
    }
    const section = this.sectionOf(symbol);
    if (section?.threadAt !== undefined)
      return made(undefined, section.threadAt + Number(symbol.value) - this.threadSize);
    const address = this.addressOf(symbol);
    return address === undefined
      ? { ...made(undefined), reason: `${name} is in no section that is loaded` }
      : made(address);
  }

  private sectionOf(symbol: ObjectSymbol): Placed | undefined {
    const section = typeof symbol.section === 'number' ? this.placed.get(symbol.section) : undefined;
    return section && symbol.value <= BigInt(section.size) ? section : undefined;
  }

  /** Undefined for thread-local variables too, which have an address in each thread. */
  addressOf(symbol: ObjectSymbol): number | undefined {
    const common = this.commons.get(symbol.index);
    if (common !== undefined) return common;
    if (symbol.section === 'absolute') return Number(BigInt.asIntN(53, symbol.value));
    const section = this.sectionOf(symbol);
    return section && section.threadAt === undefined ? section.address + Number(symbol.value) : undefined;
  }
}
