/** The section header table (gABI, "Sections"). */
import { Bytes, small } from './bytes.js';
import { SHT, type Header, type Section } from './elf.js';
import { ObjectError } from './error.js';
import { StringTable, type NameBudget } from './names.js';

/** Escapes for tables with more entries than the header's 16 bits can say. */
const SHN_XINDEX = 0xffff;

/** Beyond this no linker makes sense of an object; a C++ library with a section a function has some ten thousand. */
const MAX_SECTIONS = 1 << 18;

export function readSections(bytes: Bytes, header: Header, budget: NameBudget): readonly Section[] {
  const { is64, sectionOffset: start, sectionEntry } = header;
  if (start === 0) return [];
  const expected = is64 ? 64 : 40;
  if (sectionEntry !== expected && (header.sectionCount > 0 || sectionEntry !== 0)) {
    throw new ObjectError(`section headers have ${sectionEntry} bytes, not ${expected}`);
  }
  // Their real number is the first section's size where it does not fit the header.
  const count =
    header.sectionCount > 0
      ? header.sectionCount
      : small(is64 ? bytes.u64(start + 32) : BigInt(bytes.u32(start + 20)), 'the section header table');
  if (count > MAX_SECTIONS) throw new ObjectError(`${count} sections are too many`);
  const table = new Bytes(bytes.part(start, count * expected, 'the section header table'));
  const raw: Unnamed[] = [];
  for (let n = 0; n < count; n++) raw.push(is64 ? section64(bytes, table, n) : section32(bytes, table, n));
  refuseOverlaps(raw);
  const first = raw[0];
  const names = header.nameSection === SHN_XINDEX && first ? first.link : header.nameSection;
  const strings = raw[names];
  if (names !== 0 && strings?.type !== SHT.strtab) throw new ObjectError('the table of section names is missing');
  const table2 = new StringTable(names === 0 || !strings ? NONE : strings.data, budget, 'the table of section names');
  return raw.map(({ nameOffset, ...section }) => ({ ...section, name: names === 0 ? '' : table2.at(nameOffset) }));
}

const NONE = new Uint8Array(0);

type Unnamed = Omit<Section, 'name'> & { readonly nameOffset: number };

function section32(bytes: Bytes, table: Bytes, index: number): Unnamed {
  const at = index * 40;
  const type = table.u32(at + 4);
  const offset = table.u32(at + 16);
  const size = BigInt(table.u32(at + 20));
  return {
    index,
    nameOffset: table.u32(at),
    type,
    flags: BigInt(table.u32(at + 8)),
    address: BigInt(table.u32(at + 12)),
    offset,
    size,
    link: table.u32(at + 24),
    info: table.u32(at + 28),
    alignment: BigInt(table.u32(at + 32)),
    entrySize: table.u32(at + 36),
    data: contents(bytes, index, type, offset, size),
  };
}

function section64(bytes: Bytes, table: Bytes, index: number): Unnamed {
  const at = index * 64;
  const type = table.u32(at + 4);
  const what = `section ${index}`;
  const size = table.u64(at + 32);
  const offset = type === SHT.nobits || type === SHT.null ? 0 : small(table.u64(at + 24), what);
  return {
    index,
    nameOffset: table.u32(at),
    type,
    flags: table.u64(at + 8),
    address: table.u64(at + 16),
    offset,
    size,
    link: table.u32(at + 40),
    info: table.u32(at + 44),
    alignment: table.u64(at + 48),
    entrySize: small(table.u64(at + 56), what),
    data: contents(bytes, index, type, offset, size),
  };
}

function contents(bytes: Bytes, index: number, type: number, offset: number, size: bigint): Uint8Array {
  // The size of section 0 is the number of sections where that is large.
  if (type === SHT.nobits || type === SHT.null || size === 0n) return NONE;
  const what = `section ${index}`;
  return bytes.part(offset, small(size, what), what);
}

/** gABI: "Sections in a file may not overlap. No byte in a file resides in more than one section." */
function refuseOverlaps(sections: readonly Unnamed[]): void {
  const placed = sections.filter((section) => section.data.length > 0).sort((a, b) => a.offset - b.offset);
  for (let n = 1; n < placed.length; n++) {
    const before = placed[n - 1];
    const here = placed[n];
    if (before && here && here.offset < before.offset + before.data.length) {
      throw new ObjectError(`sections ${before.index} and ${here.index} overlap`);
    }
  }
}
