/** `.eh_frame` (LSB 5.0, "Exception Frames"): for each address of a function, where its caller's frame is. */
import { ObjectError } from '../object/error.js';
import type { FrameRow } from '../window/cfi.js';
import { Reader } from './frame-reader.js';
import { returnColumn, rowsOf, type FrameCode } from './frame-rules.js';

/** A common part (CIE). */
interface Common extends Omit<FrameCode, 'instructions'> {
  readonly initial: FrameRow;
  /** Of the addresses in the entries that use it. */
  readonly encoding: number;
  readonly hasData: boolean;
}

/** The rows of the functions that hold one of the addresses. The section is as it is linked, at its address. */
export function frameRowsAt(
  { data, address }: { readonly data: Uint8Array; readonly address: number },
  wanted: Iterable<number>,
  word: 4 | 8,
): ReadonlyMap<number, FrameRow> {
  const pcs = [...wanted].sort((a, b) => a - b);
  const [least = 0, most = 0] = [pcs[0], pcs.at(-1)];
  const commons = new Map<number, Common>();
  const rows = new Map<number, FrameRow>();
  for (const { at, body, id } of entries(data)) {
    if (id === 0) continue;
    const cie = at + 4 - id;
    let common = commons.get(cie);
    if (!common) commons.set(cie, (common = commonAt(data, cie, address, word)));
    const reader = new Reader(data.subarray(0, body.end));
    reader.at = body.start;
    const first = reader.pointer(common.encoding, address, word);
    const size = reader.pointer(common.encoding & 15, address, word) ?? 0;
    if (first === undefined || first > most || first + size <= least) continue;
    const inside = pcs.filter((pc) => pc >= first && pc < first + size);
    if (inside.length === 0) continue;
    if (common.hasData) reader.part(reader.unsigned());
    const code = { ...common, instructions: data.subarray(reader.at, body.end) };
    const table = rowsOf(code, first, common.initial, word);
    for (const pc of inside) {
      const row = table.findLast(({ from }) => from <= pc)?.row;
      if (row) rows.set(pc, row);
    }
  }
  return rows;
}

interface Entry {
  /** Of the length that it begins with. */
  readonly at: number;
  /** Behind its second word. */
  readonly body: { readonly start: number; readonly end: number };
  /** 0: a common part; else the distance back to it from here. */
  readonly id: number;
}

function* entries(data: Uint8Array): Generator<Entry> {
  const reader = new Reader(data);
  while (!reader.atEnd) {
    const { at } = reader;
    const length = reader.u32();
    if (length === 0) {
      // An end mark. Each object that was linked in may have one.
      continue;
    }
    if (length === 0xffffffff) throw new ObjectError('the call-frame information has an entry above 4 GiB');
    const end = reader.at + length;
    if (length < 4 || end > data.length) throw new ObjectError('the call-frame information is truncated');
    const id = reader.u32();
    yield { at, body: { start: reader.at, end }, id };
    reader.at = end;
  }
}

function commonAt(data: Uint8Array, at: number, address: number, word: 4 | 8): Common {
  if (at < 0 || at >= data.length) throw new ObjectError('the call-frame information names a part that is not there');
  const length = new Reader(data.subarray(at)).u32();
  const reader = new Reader(data.subarray(0, at + 4 + length));
  reader.at = at + 4;
  if (reader.u32() !== 0) throw new ObjectError('the call-frame information names a part that is not there');
  const version = reader.u8();
  const augmentation = reader.text();
  if (version !== 1 && version !== 3) throw new ObjectError(`call-frame information of version ${String(version)}`);
  const codeFactor = reader.unsigned();
  const dataFactor = reader.signed();
  const column = version === 1 ? reader.u8() : reader.unsigned();
  let encoding = 0;
  const hasData = augmentation.startsWith('z');
  if (hasData) {
    const behind = reader.unsigned() + reader.at;
    for (const letter of augmentation.slice(1)) {
      if (letter === 'R') encoding = reader.u8();
      else if (letter === 'L') reader.u8();
      else if (letter === 'P') reader.pointer(reader.u8(), address, word);
    }
    reader.at = behind;
  } else if (augmentation !== '') throw new ObjectError('the call-frame information has an unknown augmentation');
  const instructions = data.subarray(reader.at, at + 4 + length);
  const code = { codeFactor, dataFactor };
  const nothing: FrameRow = { register: word === 4 ? 'esp' : 'rsp', offset: 0, saved: new Map() };
  const before =
    column === returnColumn(word) ? nothing : { ...nothing, unknown: 'another column of the return address' };
  const row = rowsOf({ ...code, instructions }, 0, before, word).at(-1)?.row ?? before;
  return { ...code, initial: row, encoding, hasData };
}
