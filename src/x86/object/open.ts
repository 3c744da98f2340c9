/** Everything that a file of machine code says, read at once: for whoever wants to know that all of it is sound. */
import { isArchive, readArchive } from './archive.js';
import { readElf, type ElfObject } from './elf.js';
import { buildId } from './notes.js';
import { relocationTables, type RelocationTable } from './relocations.js';
import { readSymbols, symbolSections, type ObjectSymbol } from './symbols.js';

export interface WholeObject {
  /** Of a member of an archive. */
  readonly member?: string;
  readonly object: ElfObject;
  readonly symbols: readonly ObjectSymbol[];
  readonly relocations: readonly RelocationTable[];
  readonly buildId: string | undefined;
}

/** Reads an object, or each member of an archive. Throws an `ObjectError` for whatever is wrong. */
export function* readAll(data: Uint8Array): Generator<WholeObject> {
  if (!isArchive(data)) {
    yield whole(data);
    return;
  }
  for (const { name, data: content } of readArchive(data).members) yield { member: name, ...whole(content) };
}

function whole(data: Uint8Array): WholeObject {
  const object = readElf(data);
  return {
    object,
    symbols: symbolSections(object).flatMap((section) => readSymbols(object, section)),
    relocations: relocationTables(object),
    buildId: buildId(object),
  };
}
