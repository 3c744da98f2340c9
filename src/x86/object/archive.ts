/**
 * `ar` archives (gABI does not describe them; System V, "Archive File", with GNU's long names): members behind headers
 * of 60 bytes of text, a symbol table as the member `/` or `/SYM64/`, long names in the member `//`.
 */
import { Bytes, small, textOf } from './bytes.js';
import { ObjectError } from './error.js';

export interface Member {
  readonly name: string;
  /** Of the header; the symbol table names members by it. */
  readonly offset: number;
  readonly data: Uint8Array;
}

export interface Archive {
  readonly members: readonly Member[];
  /** The members that define each symbol, in the order of the archive's symbol table. Empty without one. */
  readonly symbols: ReadonlyMap<string, readonly Member[]>;
}

const MAGIC = '!<arch>\n';
const THIN = '!<thin>\n';
const HEADER = 60;
const MAX_MEMBERS = 1 << 18;

function head(data: Uint8Array): string {
  return Buffer.from(data.subarray(0, 8)).toString('latin1');
}

export function isArchive(data: Uint8Array): boolean {
  const start = head(data);
  return start === MAGIC || start === THIN;
}

export function readArchive(data: Uint8Array): Archive {
  if (head(data) === THIN) {
    throw new ObjectError('this is a thin archive: its members are other files; make a full one with "ar"');
  }
  if (head(data) !== MAGIC) throw new ObjectError('not an archive');
  const bytes = new Bytes(data);
  const members: Member[] = [];
  let index: { readonly data: Uint8Array; readonly wide: boolean } | undefined;
  let long: Uint8Array | undefined;
  for (let at = MAGIC.length; at < data.length;) {
    // A last line feed pads to an even size.
    if (at + HEADER > data.length) {
      if (data.subarray(at).every((byte) => byte === 10)) break;
      throw new ObjectError('the archive ends within the header of a member');
    }
    const { name, size } = readHeader(bytes, at);
    const content = bytes.part(at + HEADER, size, `member ${members.length} of the archive`);
    if (name === '/' || name === '/SYM64/') index ??= { data: content, wide: name !== '/' };
    else if (name === '//') long ??= content;
    else members.push(member(name, at, content, long));
    if (members.length > MAX_MEMBERS) throw new ObjectError('the archive has too many members');
    at += HEADER + size + (size % 2);
  }
  return { members, symbols: index ? readIndex(index.data, index.wide, members) : new Map() };
}

function readHeader(bytes: Bytes, at: number): { name: string; size: number } {
  const text = Buffer.from(bytes.part(at, HEADER, 'a member')).toString('latin1');
  if (!text.endsWith('`\n')) throw new ObjectError(`there is no member of the archive at byte ${at}`);
  const digits = /^(\d+) *$/.exec(text.slice(48, 58))?.[1];
  if (digits === undefined) throw new ObjectError(`the member at byte ${at} of the archive has no size`);
  return { name: text.slice(0, 16).trimEnd(), size: Number(digits) };
}

function member(name: string, offset: number, data: Uint8Array, long: Uint8Array | undefined): Member {
  const reference = /^\/(\d+)$/.exec(name)?.[1];
  if (reference !== undefined) return { name: longName(long, Number(reference)), offset, data };
  // BSD puts a long name in front of the contents.
  const length = /^#1\/(\d+)$/.exec(name)?.[1];
  if (length !== undefined) {
    const size = Number(length);
    if (size > data.length) throw new ObjectError(`the name of the member at byte ${offset} lies outside it`);
    return { name: textOf(data.subarray(0, size)).replace(/\0+$/, ''), offset, data: data.subarray(size) };
  }
  return { name: name.replace(/\/$/, ''), offset, data };
}

const MAX_NAME = 4096;

function longName(long: Uint8Array | undefined, start: number): string {
  if (!long || start >= long.length) throw new ObjectError('the name of a member lies outside the table of long names');
  const end = long.subarray(start, start + MAX_NAME).indexOf(10);
  const name = long.subarray(start, end === -1 ? Math.min(long.length, start + MAX_NAME) : start + end);
  return textOf(name).replace(/\/$/, '');
}

/** A count, so many offsets of members, so many names: big-endian whatever the machine. */
function readIndex(
  data: Uint8Array,
  wide: boolean,
  members: readonly Member[],
): ReadonlyMap<string, readonly Member[]> {
  const bytes = new Bytes(data);
  const size = wide ? 8 : 4;
  const number = (at: number): number => (wide ? small(bytes.u64be(at), 'a member of the archive') : bytes.u32be(at));
  const count = number(0);
  // Each symbol takes its offset and at least the zero that ends its name.
  if (count > data.length / (size + 1)) throw new ObjectError('the symbol table of the archive is truncated');
  const byOffset = new Map(members.map((one) => [one.offset, one]));
  const symbols = new Map<string, Member[]>();
  let at = size * (count + 1);
  for (let n = 0; n < count; n++) {
    const end = data.indexOf(0, at);
    if (end === -1) throw new ObjectError('the symbol table of the archive is truncated');
    const name = textOf(data.subarray(at, end));
    at = end + 1;
    const found = byOffset.get(number(size * (n + 1)));
    if (!found) throw new ObjectError('the symbol table of the archive names a member that is not there');
    const list = symbols.get(name);
    if (!list) symbols.set(name, [found]);
    else if (list[list.length - 1] !== found) list.push(found);
  }
  return symbols;
}
