/**
 * ELF objects of i386, x86_64 and x32 (System V gABI, chapter 4, "Object Files"; psABI of Intel386 and AMD64). Every
 * offset, size and index is checked before it is followed, and nothing takes more time or memory than the file's size
 * warrants.
 */
import type { Target } from '../../ir/types.js';
import { Bytes, small } from './bytes.js';
import { ObjectError } from './error.js';
import { EM_386, EM_X86_64, machineName, otherFormat } from './machines.js';
import { NameBudget, StringTable } from './names.js';
import { readSections } from './sections.js';
import { readSegments } from './segments.js';

export type ObjectType = 'relocatable' | 'executable' | 'shared';

export interface Section {
  readonly index: number;
  readonly name: string;
  /** sh_type. */
  readonly type: number;
  /** sh_flags (`FLAG`). */
  readonly flags: bigint;
  readonly address: bigint;
  readonly offset: number;
  /** In memory. A section without file contents may be of any size. */
  readonly size: bigint;
  readonly link: number;
  readonly info: number;
  readonly alignment: bigint;
  readonly entrySize: number;
  /** The contents in the file; none for SHT_NOBITS. */
  readonly data: Uint8Array;
}

/** Section types (gABI, "Sections", sh_type). */
export const SHT = {
  null: 0,
  symtab: 2,
  strtab: 3,
  rela: 4,
  note: 7,
  nobits: 8,
  rel: 9,
  dynsym: 11,
  group: 17,
  symtabShndx: 18,
  /** Packed relative relocations. */
  relr: 19,
} as const;

/** Section flags (gABI, sh_flags). */
export const FLAG = { write: 1n, alloc: 2n, exec: 4n, compressed: 0x800n, tls: 0x400n } as const;

/** A part of the file that is mapped when the program runs (PT_LOAD), and others that say where things are. */
export interface Segment {
  readonly type: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  readonly address: bigint;
  readonly memorySize: bigint;
  readonly alignment: bigint;
  readonly data: Uint8Array;
}

export const PT = { load: 1, dynamic: 2, interp: 3, note: 4, tls: 7 } as const;

export interface ElfObject {
  readonly type: ObjectType;
  readonly machine: 'i386' | 'x86_64';
  /** What runs it: x32 is 64-bit code in a 32-bit object. */
  readonly target: Target;
  readonly is64: boolean;
  readonly entry: bigint;
  readonly sections: readonly Section[];
  readonly segments: readonly Segment[];
  /** Size of the whole file. */
  readonly size: number;
  /** What all names of the file may still take. */
  readonly names: NameBudget;
}

/** The header's numbers that the rest is found by. */
export interface Header {
  readonly is64: boolean;
  readonly sectionOffset: number;
  readonly sectionCount: number;
  readonly sectionEntry: number;
  readonly nameSection: number;
  readonly segmentOffset: number;
  readonly segmentCount: number;
  readonly segmentEntry: number;
}

const MAGIC = 0x464c457f;
const TYPES: ReadonlyMap<number, ObjectType> = new Map([
  [1, 'relocatable'],
  [2, 'executable'],
  [3, 'shared'],
]);

export function isElf(data: Uint8Array): boolean {
  return data.length >= 4 && new Bytes(data).u32(0) === MAGIC;
}

/** Reads an object. Throws an `ObjectError` with one line about what is wrong with it. */
export function readElf(data: Uint8Array): ElfObject {
  if (!isElf(data)) {
    const other = otherFormat(data);
    throw new ObjectError(other === undefined ? 'not an ELF object' : `this is ${other}, not an ELF object`);
  }
  const bytes = new Bytes(data);
  const { machine, type } = identify(bytes);
  const is64 = bytes.u8(4) === 2;
  if (machine === 'i386' && is64) throw new ObjectError('a 64-bit object for i386, which does not exist');
  const header = is64 ? header64(bytes) : header32(bytes);
  const names = new NameBudget(data.length);
  return {
    type,
    machine,
    target: machine === 'i386' ? 'i386' : is64 ? 'x86_64' : 'x32',
    is64,
    entry: is64 ? bytes.u64(24) : BigInt(bytes.u32(24)),
    sections: readSections(bytes, header, names),
    segments: readSegments(bytes, header),
    size: data.length,
    names,
  };
}

function identify(bytes: Bytes): { machine: 'i386' | 'x86_64'; type: ObjectType } {
  const wide = bytes.u8(4);
  const order = bytes.u8(5);
  if (wide !== 1 && wide !== 2) throw new ObjectError(`unknown ELF class ${wide}`);
  if (order !== 1 && order !== 2) throw new ObjectError(`unknown ELF byte order ${order}`);
  const number = order === 1 ? bytes.u16(18) : bytes.u8(18) * 256 + bytes.u8(19);
  if (order === 2 || (number !== EM_386 && number !== EM_X86_64)) {
    const known = order === 2 && (number === EM_386 || number === EM_X86_64);
    throw new ObjectError(
      known
        ? 'a big-endian object for x86, which does not exist'
        : `the code is for ${machineName(number)}, not for i386 or x86_64`,
    );
  }
  if (bytes.u8(6) !== 1) throw new ObjectError(`unknown ELF version ${bytes.u8(6)}`);
  const type = TYPES.get(bytes.u16(16));
  if (type === undefined) {
    throw new ObjectError(bytes.u16(16) === 4 ? 'this is a core dump' : `unknown ELF object type ${bytes.u16(16)}`);
  }
  return { machine: number === EM_386 ? 'i386' : 'x86_64', type };
}

/** gABI figure 4-3. */
function header32(bytes: Bytes): Header {
  return {
    is64: false,
    segmentOffset: bytes.u32(28),
    sectionOffset: bytes.u32(32),
    segmentEntry: bytes.u16(42),
    segmentCount: bytes.u16(44),
    sectionEntry: bytes.u16(46),
    sectionCount: bytes.u16(48),
    nameSection: bytes.u16(50),
  };
}

function header64(bytes: Bytes): Header {
  return {
    is64: true,
    segmentOffset: small(bytes.u64(32), 'the program header table'),
    sectionOffset: small(bytes.u64(40), 'the section header table'),
    segmentEntry: bytes.u16(54),
    segmentCount: bytes.u16(56),
    sectionEntry: bytes.u16(58),
    sectionCount: bytes.u16(60),
    nameSection: bytes.u16(62),
  };
}

/** The section of that name, where there is one. */
export function sectionNamed(object: ElfObject, name: string): Section | undefined {
  return object.sections.find((section) => section.name === name);
}

const tables = new WeakMap<Section, StringTable>();

/** The string table that a section's sh_link names. */
export function linkedStrings(object: ElfObject, section: Section): StringTable {
  const strings = object.sections[section.link];
  if (strings?.type !== SHT.strtab) {
    throw new ObjectError(`section ${section.index} names section ${section.link} as its string table, which is none`);
  }
  let table = tables.get(strings);
  if (!table)
    tables.set(strings, (table = new StringTable(strings.data, object.names, `string table ${strings.index}`)));
  return table;
}
