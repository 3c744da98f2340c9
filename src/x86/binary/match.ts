/**
 * Finds the code of an archive's member in a program or shared object without symbols: the same bytes, but for those
 * that a linker changes. Symbols then come from the member, and calls lead where the member's symbols say.
 */
import { fieldSize } from '../load/relocate.js';
import { nameOfType, relocationTables } from '../object/relocations.js';
import { readSymbols, symbolSections } from '../object/symbols.js';
import type { CodeMap } from './code-map.js';
import type { FoundWindow } from './found-window.js';

/** Shorter code is found by chance. */
const LEAST_BYTES = 16;

/** A symbol that the member's code refers to by its distance from there. */
interface Reference {
  readonly at: number;
  readonly name: string;
  readonly addend: number | undefined;
}

interface Pattern {
  readonly bytes: Uint8Array;
  /** Bytes that a linker changes. */
  readonly masked: ReadonlySet<number>;
  readonly references: readonly Reference[];
}

export type Matched =
  | { readonly found: FoundWindow }
  /** How many places have the code. */
  | { readonly places: number };

/** Looks for the routine of a member's window in other code of the same target. */
export function matchMember(window: FoundWindow, program: CodeMap): Matched {
  const { routine } = window;
  const pattern = routine && patternOf(window.map, routine.address, endOf(window));
  if (!pattern) return { places: 0 };
  const places = program
    .code()
    .flatMap(({ section, address }) =>
      occurrences(section.data, pattern).map((at) => ({ data: section.data, at, address: address + at })),
    );
  const [place] = places;
  if (!place || places.length > 1) return { places: places.length };
  const moved = (address: number): number => address - routine.address + place.address;
  const acting = new Map<number, string>();
  for (const { at, name, addend } of pattern.references) {
    const distance = new DataView(place.data.buffer, place.data.byteOffset + place.at + at, 4).getInt32(0, true);
    if ([...window.map.image.outside.values()].includes(name))
      acting.set(place.address + at + distance - (addend ?? -4), name);
  }
  return {
    found: {
      map: program,
      convention: window.convention,
      labels: new Map([...window.labels].map(([name, address]) => [name, moved(address)])),
      routine: { name: routine.name, address: place.address },
      functions: new Map(),
      acting,
    },
  };
}

/** Where the routine ends: at its size, where that is known and holds the labels, else at the next function. */
function endOf({ map, routine, labels, functions }: FoundWindow): number {
  const start = routine?.address ?? 0;
  const size = map.symbols.find((one) => one.address === start && one.symbol.size > 0n)?.symbol.size ?? 0n;
  const sized = start + Number(size);
  if ([...labels.values()].every((at) => at <= sized)) return sized;
  const found = map.find(start);
  const last = found ? start + found.section.data.length - found.at : start;
  return Math.min(last, ...[...functions.keys()].filter((at) => at > start));
}

function patternOf(map: CodeMap, start: number, end: number): Pattern | undefined {
  const found = map.find(start);
  if (!found) return undefined;
  const { section, at } = found;
  const bytes = section.data.subarray(at, at + end - start);
  const masked = new Set<number>();
  const references: Reference[] = [];
  const [table] = symbolSections(map.object);
  const symbols = table ? readSymbols(map.object, table) : [];
  for (const { target, entries } of relocationTables(map.object)) {
    if (target !== section.index) continue;
    for (const { offset, type, symbol, addend } of entries) {
      const place = Number(offset) - at;
      if (place < 0 || place >= bytes.length) continue;
      const typeName = nameOfType(map.object, type);
      const size = fieldSize(map.object.machine, typeName) ?? 8;
      for (let n = 0; n < size; n++) masked.add(place + n);
      const name = symbols[symbol]?.name ?? '';
      if (/_(?:PC32|PLT32)$/.test(typeName))
        references.push({ at: place, name, addend: addend === undefined ? undefined : Number(addend) });
    }
  }
  return bytes.length - masked.size < LEAST_BYTES ? undefined : { bytes, masked, references };
}

/** Offsets at which the pattern is found: by its longest stretch that no linker changes, then by all of it. */
function occurrences(data: Uint8Array, { bytes, masked }: Pattern): readonly number[] {
  let [best, size] = [0, 0];
  for (let from = 0, at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && !masked.has(at)) continue;
    if (at - from > size) [best, size] = [from, at - from];
    from = at + 1;
  }
  const all = Buffer.from(data.buffer, data.byteOffset, data.length);
  const needle = bytes.subarray(best, best + size);
  const found: number[] = [];
  for (let at = all.indexOf(needle); at !== -1; at = all.indexOf(needle, at + 1)) {
    const start = at - best;
    if (start < 0 || start + bytes.length > data.length) continue;
    if (bytes.every((byte, n) => masked.has(n) || data[start + n] === byte)) found.push(start);
  }
  return found;
}
