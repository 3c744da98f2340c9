/** From the bytes of machine code, whatever holds it, to an image. */
import { isArchive, readArchive, type Member } from '../object/archive.js';
import { isElf, readElf, type ElfObject } from '../object/elf.js';
import { ObjectError } from '../object/error.js';
import { otherFormat } from '../object/machines.js';
import { readSymbols, symbolSections } from '../object/symbols.js';
import type { Image } from './image.js';
import { loadProgram } from './program.js';
import { layOutRelocatable } from './relocatable.js';

/** Whether the bytes are machine code of some kind, and no source. */
export function isMachineCode(data: Uint8Array): boolean {
  return isElf(data) || isArchive(data) || otherFormat(data) !== undefined;
}

export interface Opened {
  readonly image: Image;
  /** Of an archive. */
  readonly member: string | undefined;
}

/**
 * Lays out an object, a program, or a member of an archive: the one that is named, or the one that defines the
 * function. Throws an `ObjectError` where that cannot be done.
 */
export function openCode(
  data: Uint8Array,
  wanted: { readonly member: string | undefined; readonly symbol: string | undefined },
): Opened {
  if (!isArchive(data)) {
    if (wanted.member !== undefined) throw new ObjectError('this is no archive, and has no members');
    return { image: layOut(readElf(data)), member: undefined };
  }
  const { name, data: content } = memberOf(data, wanted.member, wanted.symbol);
  return { image: layOut(readElf(content)), member: name };
}

/** Lays out whatever kind of object it is. */
export function layOut(object: ElfObject): Image {
  return object.type === 'relocatable' ? layOutRelocatable(object) : loadProgram(object);
}

function memberOf(data: Uint8Array, name: string | undefined, symbol: string | undefined): Member {
  const { members, symbols } = readArchive(data);
  if (name !== undefined) {
    const found = members.find((one) => one.name === name);
    if (!found) throw new ObjectError(`the archive has no member ${name}`);
    return found;
  }
  if (symbol === undefined) throw new ObjectError('name the function of the archive, as in FILE:FUNCTION');
  const [indexed] = symbols.get(symbol) ?? [];
  const found = indexed ?? members.find((one) => defines(one, symbol));
  if (!found) throw new ObjectError(`no member of the archive defines ${symbol}`);
  return found;
}

/** Also functions that the archive's symbol table leaves out, since they are seen in their file only. */
function defines(member: Member, name: string): boolean {
  if (!isElf(member.data)) return false;
  const object = readElf(member.data);
  return symbolSections(object).some((section) =>
    readSymbols(object, section).some((one) => one.name === name && typeof one.section === 'number'),
  );
}
