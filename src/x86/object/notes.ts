/** Notes (gABI, "Note Section"): name, type and description, each padded to four bytes. */
import { Bytes, textOf } from './bytes.js';
import { PT, SHT, type ElfObject } from './elf.js';
import { ObjectError } from './error.js';

export interface Note {
  readonly name: string;
  readonly type: number;
  readonly description: Uint8Array;
}

const BUILD_ID = 3;

/** The notes of one section or segment. */
export function readNotes(data: Uint8Array): readonly Note[] {
  const bytes = new Bytes(data);
  const notes: Note[] = [];
  for (let at = 0; at + 12 <= data.length;) {
    const nameSize = bytes.u32(at);
    const size = bytes.u32(at + 4);
    const name = bytes.part(at + 12, nameSize, 'the name of a note');
    const start = at + 12 + padded(nameSize);
    const description = bytes.part(start, size, 'the description of a note');
    notes.push({ name: textOf(name).replace(/\0.*$/s, ''), type: bytes.u32(at + 8), description });
    at = start + padded(size);
  }
  return notes;
}

function padded(size: number): number {
  return Math.ceil(size / 4) * 4;
}

/** The identity that the linker gave the file, in hexadecimal; undefined where it has none. */
export function buildId(object: ElfObject): string | undefined {
  const places = [
    ...object.sections.filter((section) => section.type === SHT.note).map((section) => section.data),
    ...object.segments.filter((segment) => segment.type === PT.note).map((segment) => segment.data),
  ];
  // Segments may lie over one another: all of them together are not read beyond the size of the file.
  let left = object.size;
  for (const data of places) {
    left -= data.length;
    if (left < 0) return undefined;
    for (const note of notesOrNone(data)) {
      if (note.name === 'GNU' && note.type === BUILD_ID) return Buffer.from(note.description).toString('hex');
    }
  }
  return undefined;
}

/** A note that makes no sense is no reason to leave the rest of the file alone. */
function notesOrNone(data: Uint8Array): readonly Note[] {
  try {
    return readNotes(data);
  } catch (error) {
    if (error instanceof ObjectError) return [];
    throw error;
  }
}
