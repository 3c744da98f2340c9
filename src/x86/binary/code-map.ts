/** Where things of an object lie once it is laid out: symbols, sections, and the bytes of the file behind an address. */
import { PLACES, type Image } from '../load/image.js';
import { FLAG, sectionNamed, type ElfObject, type Section } from '../object/elf.js';
import { readSymbols, symbolSections, type ObjectSymbol } from '../object/symbols.js';

export interface DefinedSymbol {
  readonly symbol: ObjectSymbol;
  readonly address: number;
}

export class CodeMap {
  /** Every symbol that has an address in a section, in the order of the tables. */
  readonly symbols: readonly DefinedSymbol[];
  /** It has the table of all symbols, not only that of the dynamic linker. */
  readonly hasSymbols: boolean;
  private readonly bases = new Map<number, number>();

  constructor(
    readonly object: ElfObject,
    readonly image: Image,
  ) {
    for (const { section, address } of image.regions) if (section !== undefined) this.bases.set(section, address);
    const tables = symbolSections(object);
    this.hasSymbols = object.type === 'relocatable' || tables.some((one) => one.name === '.symtab');
    this.symbols = tables
      .flatMap((table) => readSymbols(object, table))
      .flatMap((symbol) => {
        const address = symbol.name === '' ? undefined : this.symbolAddress(symbol);
        return address === undefined ? [] : [{ symbol, address }];
      });
  }

  private symbolAddress({ section, value, type }: ObjectSymbol): number | undefined {
    if (typeof section !== 'number' || type === 'section' || type === 'file' || type === 'tls') return undefined;
    const base = this.object.type === 'relocatable' ? this.bases.get(section) : this.bias;
    return base === undefined || value >= 0x800000000000n ? undefined : base + Number(value);
  }

  /** What a program's own addresses are moved by. */
  private get bias(): number {
    return this.object.type === 'shared' ? PLACES[this.object.machine].shared : 0;
  }

  /** An address as the file itself has it: in an object that is not linked the distance from its section's beginning. */
  inFile(address: number): number {
    return this.object.type === 'relocatable' ? (this.find(address)?.at ?? address) : address - this.bias;
  }

  /** Address that a section was laid out at. */
  private addressOf(section: Section): number | undefined {
    return this.object.type === 'relocatable' ? this.bases.get(section.index) : Number(section.address) + this.bias;
  }

  /** The section that holds an address, and how far into it that is. */
  find(address: number): { readonly section: Section; readonly at: number } | undefined {
    for (const section of this.object.sections) {
      const start = this.addressOf(section);
      if ((section.flags & FLAG.alloc) === 0n || (section.flags & FLAG.tls) !== 0n || start === undefined) continue;
      if (address >= start && address - start < section.data.length) return { section, at: address - start };
    }
    return undefined;
  }

  /** Sections that are executed, as they lie in the file, with their addresses. */
  code(): readonly { readonly section: Section; readonly address: number }[] {
    return this.object.sections.flatMap((section) => {
      const address = (section.flags & FLAG.exec) === 0n ? undefined : this.addressOf(section);
      return address === undefined ? [] : [{ section, address }];
    });
  }

  /** A section of that name with its relocations applied. */
  linked(name: string): { readonly address: number; readonly data: Uint8Array } | undefined {
    const section = sectionNamed(this.object, name);
    const address = section && this.addressOf(section);
    if (section === undefined || address === undefined) return undefined;
    const data = bytesOf(this.image, address, section.data.length);
    return data && { address, data };
  }
}

/** Bytes of an image at an address, at most so many; undefined where the image has none. */
export function bytesOf({ regions }: Image, address: number, most: number): Uint8Array | undefined {
  const region = regions.find((one) => address >= one.address && address < one.address + one.data.length);
  return region?.data.subarray(address - region.address, address - region.address + most);
}
