/** The objects of fixtures/x86/objects, and ways to spoil them. */
import { readFileSync } from 'node:fs';

export function fixture(name: string): Uint8Array {
  return Uint8Array.from(Buffer.from(readFileSync(`fixtures/x86/objects/${name}.base64`, 'latin1'), 'base64'));
}

export const FIXTURES = ['window-i386.o', 'window-x86_64.o', 'window-x32.o', 'program-i386', 'two.a'] as const;

/** A copy with some bytes replaced. */
export function patched(data: Uint8Array, at: number, ...bytes: readonly number[]): Uint8Array {
  const copy = data.slice();
  copy.set(bytes, at);
  return copy;
}

/** Fields of an ELF32 header and of its section headers, by their offsets (gABI, figures 4-3 and 4-8). */
export const EHDR = {
  class: 4,
  order: 5,
  type: 16,
  machine: 18,
  shoff: 32,
  phentsize: 42,
  shentsize: 46,
  shnum: 48,
  shstrndx: 50,
};
export const SHDR = { name: 0, type: 4, offset: 16, size: 20, link: 24, info: 28, entsize: 36, length: 40 };

/** Offset of a field of section `index` in an ELF32 object. */
export function sectionField(data: Uint8Array, index: number, field: number): number {
  const start = new DataView(data.buffer, data.byteOffset).getUint32(EHDR.shoff, true);
  return start + index * SHDR.length + field;
}

export function le32(value: number): readonly number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
}
