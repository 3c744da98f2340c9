/** Relocations, with the addend in the entry (SHT_RELA) or in the place that is relocated (SHT_REL). */
import { Bytes } from './bytes.js';
import { SHT, type ElfObject, type Section } from './elf.js';
import { ObjectError } from './error.js';
import { relocationName } from './relocation-names.js';

export interface Relocation {
  /** In a relocatable object an offset in its section, else an address. */
  readonly offset: bigint;
  readonly type: number;
  /** Index in the symbol table that the section of relocations names; 0 for none. */
  readonly symbol: number;
  /** Undefined where it stands in the place itself. */
  readonly addend: bigint | undefined;
}

export interface RelocationTable {
  readonly section: Section;
  /** Index of the section that the entries apply to; 0 where they say addresses. */
  readonly target: number;
  /** Index of the symbol table. */
  readonly symbols: number;
  readonly entries: readonly Relocation[];
}

export function relocationTables(object: ElfObject): readonly RelocationTable[] {
  return object.sections
    .filter((section) => section.type === SHT.rel || section.type === SHT.rela)
    .map((section) => ({
      section,
      target: section.info,
      symbols: section.link,
      entries: readRelocations(object, section),
    }));
}

/** `R_386_PC32` and the like. */
export function nameOfType(object: ElfObject, type: number): string {
  return relocationName(object.machine, type);
}

export function readRelocations(object: ElfObject, table: Section): readonly Relocation[] {
  const { is64 } = object;
  const hasAddend = table.type === SHT.rela;
  const entry = (is64 ? 16 : 8) + (hasAddend ? (is64 ? 8 : 4) : 0);
  if (table.entrySize !== entry) throw new ObjectError(`relocations have ${table.entrySize} bytes, not ${entry}`);
  if (table.data.length % entry !== 0) throw new ObjectError('a table of relocations ends within a relocation');
  const bytes = new Bytes(table.data);
  const list: Relocation[] = [];
  for (let at = 0; at < table.data.length; at += entry) {
    // r_info: the symbol above, the type below (gABI, "Relocation": ELF32_R_SYM, ELF64_R_SYM).
    if (is64) {
      list.push({
        offset: bytes.u64(at),
        type: bytes.u32(at + 8),
        symbol: bytes.u32(at + 12),
        addend: hasAddend ? bytes.i64(at + 16) : undefined,
      });
    } else {
      const info = bytes.u32(at + 4);
      list.push({
        offset: BigInt(bytes.u32(at)),
        type: info & 0xff,
        symbol: info >>> 8,
        addend: hasAddend ? BigInt(bytes.i32(at + 8)) : undefined,
      });
    }
  }
  return list;
}

/**
 * Addresses of the words that packed relative relocations (SHT_RELR) add the base to. An even entry is an address; an
 * odd one says with its bits which of the next 31 or 63 words follow (gABI, "Relocation Table", SHT_RELR).
 */
export function readPackedRelocations(object: ElfObject): readonly bigint[] {
  const word = object.is64 ? 8 : 4;
  const places: bigint[] = [];
  for (const table of object.sections.filter((section) => section.type === SHT.relr)) {
    if (table.data.length % word !== 0) throw new ObjectError('a table of relocations ends within a relocation');
    const bytes = new Bytes(table.data);
    let next = 0n;
    for (let at = 0; at < table.data.length; at += word) {
      const entry = object.is64 ? bytes.u64(at) : BigInt(bytes.u32(at));
      if ((entry & 1n) === 0n) {
        places.push(entry);
        next = entry + BigInt(word);
        continue;
      }
      for (let bit = 1; bit < 8 * word; bit++) {
        if (((entry >> BigInt(bit)) & 1n) === 1n) places.push(next + BigInt((bit - 1) * word));
      }
      next += BigInt((8 * word - 1) * word);
    }
  }
  return places;
}
