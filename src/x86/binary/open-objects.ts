/** The objects of a file of machine code, laid out and ready to be looked through. */
import { isArchive, readArchive } from '../object/archive.js';
import { isElf, readElf } from '../object/elf.js';
import { ObjectError } from '../object/error.js';
import { layOut } from '../load/open.js';
import { readSymbols, symbolSections } from '../object/symbols.js';
import { CodeMap } from './code-map.js';

export interface OpenedObject {
  /** Of an archive. */
  readonly member: string | undefined;
  /** Where in the file it begins. */
  readonly at: number;
  readonly map: CodeMap;
}

export interface Opened {
  readonly objects: readonly OpenedObject[];
  /** How many objects were looked through. */
  readonly count: number;
  /** What could not be read, a line each. */
  readonly wrong: readonly string[];
}

/** Opens an object, or those members of an archive that define one of the names. */
export function openObjects(data: Uint8Array, names: ReadonlySet<string>): Opened {
  const objects: OpenedObject[] = [];
  const wrong: string[] = [];
  let count = 0;
  const open = (content: Uint8Array, member: string | undefined): void => {
    try {
      const object = readElf(content);
      count++;
      const isWanted =
        member === undefined ||
        symbolSections(object).some((table) => readSymbols(object, table).some((symbol) => names.has(symbol.name)));
      if (!isWanted) return;
      const at = content.byteOffset - data.byteOffset;
      objects.push({ member, at, map: new CodeMap(object, layOut(object)) });
    } catch (error) {
      if (!(error instanceof ObjectError)) throw error;
      wrong.push(member === undefined ? error.message : `member ${member}: ${error.message}`);
    }
  };
  if (!isArchive(data)) open(data, undefined);
  else {
    try {
      // Members that are no objects (a list of names) are no code.
      for (const { name, data: content } of readArchive(data).members) if (isElf(content)) open(content, name);
    } catch (error) {
      if (!(error instanceof ObjectError)) throw error;
      wrong.push(error.message);
    }
  }
  return { objects, count, wrong };
}
