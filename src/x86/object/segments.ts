/** The program header table (gABI, chapter 5, "Program Header"). */
import { Bytes, small } from './bytes.js';
import { PT, type Header, type Segment } from './elf.js';
import { ObjectError } from './error.js';

/** PN_XNUM stands for a number that does not fit; only core dumps have that many. */
const PN_XNUM = 0xffff;

export function readSegments(bytes: Bytes, header: Header): readonly Segment[] {
  const { is64, segmentOffset: start, segmentCount: count, segmentEntry } = header;
  if (start === 0 || count === 0) return [];
  if (count === PN_XNUM) throw new ObjectError('too many program headers');
  const expected = is64 ? 56 : 32;
  if (segmentEntry !== expected) throw new ObjectError(`program headers have ${segmentEntry} bytes, not ${expected}`);
  const table = new Bytes(bytes.part(start, count * expected, 'the program header table'));
  const segments: Segment[] = [];
  for (let n = 0; n < count; n++) segments.push(is64 ? segment64(bytes, table, n) : segment32(bytes, table, n));
  refuseOverlaps(segments, is64);
  return segments;
}

function segment32(bytes: Bytes, table: Bytes, index: number): Segment {
  const at = index * 32;
  const size = table.u32(at + 16);
  return {
    type: table.u32(at),
    ...permissions(table.u32(at + 24)),
    address: BigInt(table.u32(at + 8)),
    memorySize: BigInt(table.u32(at + 20)),
    alignment: BigInt(table.u32(at + 28)),
    data: contents(bytes, index, table.u32(at), table.u32(at + 4), size),
  };
}

function segment64(bytes: Bytes, table: Bytes, index: number): Segment {
  const at = index * 56;
  const what = `segment ${index}`;
  const type = table.u32(at);
  return {
    type,
    ...permissions(table.u32(at + 4)),
    address: table.u64(at + 16),
    memorySize: table.u64(at + 40),
    alignment: table.u64(at + 48),
    data: contents(bytes, index, type, small(table.u64(at + 8), what), small(table.u64(at + 32), what)),
  };
}

/** Only what is loaded must lie within the file: a debug file keeps the headers of what it left out. */
function contents(bytes: Bytes, index: number, type: number, offset: number, size: number): Uint8Array {
  if (size === 0) return new Uint8Array(0);
  if (type !== PT.load && offset + size > bytes.length) return new Uint8Array(0);
  return bytes.part(offset, size, `segment ${index}`);
}

function permissions(flags: number): Pick<Segment, 'readable' | 'writable' | 'executable'> {
  return { executable: (flags & 1) !== 0, writable: (flags & 2) !== 0, readable: (flags & 4) !== 0 };
}

function refuseOverlaps(segments: readonly Segment[], is64: boolean): void {
  const loaded = segments
    .map((segment, index) => ({ segment, index }))
    .filter(({ segment }) => segment.type === PT.load && segment.memorySize > 0n)
    .sort((a, b) => (a.segment.address < b.segment.address ? -1 : 1));
  const end = is64 ? 1n << 64n : 1n << 32n;
  loaded.forEach(({ segment, index }, n) => {
    if (segment.memorySize < BigInt(segment.data.length)) {
      throw new ObjectError(`segment ${index} is larger in the file than in memory`);
    }
    if (segment.address + segment.memorySize > end) throw new ObjectError(`segment ${index} lies outside memory`);
    const before = loaded[n - 1];
    if (before && segment.address < before.segment.address + before.segment.memorySize) {
      throw new ObjectError(`segments ${before.index} and ${index} overlap`);
    }
  });
}
