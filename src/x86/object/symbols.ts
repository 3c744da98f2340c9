/** Symbol tables (gABI, "Symbol Table"). */
import { Bytes } from './bytes.js';
import { linkedStrings, SHT, type ElfObject, type Section } from './elf.js';
import { ObjectError } from './error.js';
import type { StringTable } from './names.js';

export type Binding = 'local' | 'global' | 'weak' | 'unique' | 'other';
export type SymbolType = 'none' | 'object' | 'func' | 'section' | 'file' | 'common' | 'tls' | 'ifunc' | 'other';
export type Visibility = 'default' | 'internal' | 'hidden' | 'protected';

export interface ObjectSymbol {
  readonly index: number;
  readonly name: string;
  readonly value: bigint;
  readonly size: bigint;
  readonly type: SymbolType;
  readonly binding: Binding;
  readonly visibility: Visibility;
  /** Index of the section that it is defined in, or what it is instead. */
  readonly section: number | 'undefined' | 'absolute' | 'common' | 'other';
}

const TYPES: readonly SymbolType[] = ['none', 'object', 'func', 'section', 'file', 'common', 'tls'];
const BINDINGS: readonly Binding[] = ['local', 'global', 'weak'];
const VISIBILITIES: readonly Visibility[] = ['default', 'internal', 'hidden', 'protected'];

/** GNU's own, in the range that is left to operating systems. */
const GNU_UNIQUE = 10;
const GNU_IFUNC = 10;

const SHN_LORESERVE = 0xff00;
const SHN_ABS = 0xfff1;
const SHN_COMMON = 0xfff2;
const SHN_XINDEX = 0xffff;

/** Sections that hold symbols: the full table where there is one, and that of the dynamic linker. */
export function symbolSections(object: ElfObject): readonly Section[] {
  const found = object.sections.filter((section) => section.type === SHT.symtab || section.type === SHT.dynsym);
  // "Currently, an object file may have only one section of each type" (gABI, sh_type).
  for (const type of [SHT.symtab, SHT.dynsym]) {
    if (found.filter((section) => section.type === type).length > 1) throw new ObjectError('two symbol tables');
  }
  return found;
}

/** The symbols of a table, the empty one at its beginning included. */
export function readSymbols(object: ElfObject, table: Section): readonly ObjectSymbol[] {
  const entry = object.is64 ? 24 : 16;
  if (table.entrySize !== entry) throw new ObjectError(`symbols have ${table.entrySize} bytes, not ${entry}`);
  if (table.data.length % entry !== 0) throw new ObjectError('the symbol table ends within a symbol');
  const bytes = new Bytes(table.data);
  const strings = linkedStrings(object, table);
  const extended = extendedIndexes(object, table);
  const symbols: ObjectSymbol[] = [];
  for (let index = 0; index * entry < table.data.length; index++) {
    const at = index * entry;
    symbols.push(symbol(object, bytes, strings, extended, at, index));
  }
  return symbols;
}

function symbol(
  object: ElfObject,
  bytes: Bytes,
  strings: StringTable,
  extended: Bytes | undefined,
  at: number,
  index: number,
): ObjectSymbol {
  const { is64 } = object;
  const info = bytes.u8(at + (is64 ? 4 : 12));
  const where = bytes.u16(at + (is64 ? 6 : 14));
  const section = place(where, index, extended);
  const type = typeOf(info & 15);
  const name = strings.at(bytes.u32(at));
  return {
    index,
    name: name === '' && type === 'section' && typeof section === 'number' ? nameOf(object, section) : name,
    value: is64 ? bytes.u64(at + 8) : BigInt(bytes.u32(at + 4)),
    size: is64 ? bytes.u64(at + 16) : BigInt(bytes.u32(at + 8)),
    type,
    binding: bindingOf(info >> 4),
    visibility: VISIBILITIES[bytes.u8(at + (is64 ? 5 : 13)) & 3] ?? 'default',
    section,
  };
}

/** A section's symbol has no name of its own. */
function nameOf(object: ElfObject, section: number): string {
  return object.sections[section]?.name ?? '';
}

function typeOf(value: number): SymbolType {
  return TYPES[value] ?? (value === GNU_IFUNC ? 'ifunc' : 'other');
}

function bindingOf(value: number): Binding {
  return BINDINGS[value] ?? (value === GNU_UNIQUE ? 'unique' : 'other');
}

function place(where: number, index: number, extended: Bytes | undefined): ObjectSymbol['section'] {
  if (where === 0) return 'undefined';
  if (where === SHN_ABS) return 'absolute';
  if (where === SHN_COMMON) return 'common';
  if (where === SHN_XINDEX) {
    if (!extended) throw new ObjectError('the table of large section indexes is missing');
    return extended.u32(index * 4);
  }
  return where < SHN_LORESERVE ? where : 'other';
}

/** Section indexes that do not fit a symbol's 16 bits stand in a table of their own (SHT_SYMTAB_SHNDX). */
function extendedIndexes(object: ElfObject, table: Section): Bytes | undefined {
  const found = object.sections.find((section) => section.type === SHT.symtabShndx && section.link === table.index);
  return found && new Bytes(found.data);
}
