/** The object reader on small objects, whole and spoilt. */
import { readArchive } from '../../../src/x86/object/archive.js';
import { isElf, readElf, sectionNamed } from '../../../src/x86/object/elf.js';
import { ObjectError } from '../../../src/x86/object/error.js';
import { readAll } from '../../../src/x86/object/open.js';
import { nameOfType } from '../../../src/x86/object/relocations.js';
import { EHDR, fixture, le32, patched, SHDR, sectionField } from './fixtures.js';

const i386 = fixture('window-i386.o');

/** The one line of the error. */
function complaint(data: Uint8Array): string {
  try {
    Array.from(readAll(data));
  } catch (error) {
    if (error instanceof ObjectError) return error.message;
    throw error;
  }
  return 'no complaint';
}

/** A 32-bit field of a section of the i386 object changed. */
function withField(index: number, field: number, value: number): Uint8Array {
  return patched(i386, sectionField(i386, index, field), ...le32(value));
}

function indexOf(name: string): number {
  return sectionNamed(readElf(i386), name)?.index ?? -1;
}

describe('what is read', () => {
  test.each([
    ['window-i386.o', 'i386', 'i386', false, 'relocatable'],
    ['window-x86_64.o', 'x86_64', 'x86_64', true, 'relocatable'],
    ['window-x32.o', 'x86_64', 'x32', false, 'relocatable'],
    ['program-i386', 'i386', 'i386', false, 'executable'],
  ])('%s', (name, machine, target, is64, type) => {
    expect(readElf(fixture(name))).toMatchObject({ machine, target, is64, type });
  });

  test('sections, symbols and relocations', () => {
    const [one] = readAll(i386);
    expect(one?.object.sections.map((s) => s.name)).toEqual([
      '',
      '.text',
      '.rel.text',
      '.data',
      '.rel.data',
      '.bss',
      '.symtab',
      '.strtab',
      '.shstrtab',
    ]);
    expect(one?.symbols.find((s) => s.name === 'window')).toMatchObject({
      type: 'func',
      binding: 'global',
      section: 1,
      size: 21n,
    });
    expect(one?.symbols.find((s) => s.name === 'cancel')).toMatchObject({ section: 'undefined', visibility: 'hidden' });
    const types = one?.relocations.map((t) => t.entries.map((e) => nameOfType(one.object, e.type)));
    expect(types).toEqual([['R_386_PC32'], ['R_386_32', 'R_386_32']]);
  });

  test('addends stand in the entry or in the place', () => {
    const [narrow] = readAll(i386);
    const [wide] = readAll(fixture('window-x86_64.o'));
    expect(narrow?.relocations[1]?.entries.map((e) => e.addend)).toEqual([undefined, undefined]);
    expect(wide?.relocations[1]?.entries.map((e) => e.addend)).toEqual([0n, 4n]);
  });

  test('segments and the build id of a program', () => {
    const [program] = readAll(fixture('program-i386'));
    expect(program?.buildId).toBe('00112233');
    expect(program?.object.segments.some((s) => s.executable)).toBe(true);
  });

  test('members of an archive and its symbol table', () => {
    const { members, symbols } = readArchive(fixture('two.a'));
    expect(members.map((m) => m.name)).toEqual(['window-i386.o', 'a-member-with-a-long-name.o']);
    expect(symbols.get('window')?.map((m) => m.name)).toEqual(members.map((m) => m.name));
  });
});

describe('what is refused, in one line', () => {
  test('what is no object', () => {
    expect(isElf(new Uint8Array(3))).toBe(false);
    expect(complaint(new Uint8Array(0))).toBe('not an ELF object');
    expect(complaint(Buffer.from('MZ\x90\0'))).toBe('this is a Windows program, not an ELF object');
    expect(complaint(Uint8Array.from([0xcf, 0xfa, 0xed, 0xfe]))).toBe('this is a Mach-O object, not an ELF object');
  });

  test('another machine is named', () => {
    expect(complaint(patched(i386, EHDR.machine, 183, 0))).toBe('the code is for AArch64, not for i386 or x86_64');
    expect(complaint(patched(i386, EHDR.machine, 0x12, 0x34))).toMatch(/^the code is for machine number 13330/);
    const mips = patched(patched(i386, EHDR.order, 2), EHDR.machine, 0, 8);
    expect(complaint(mips)).toBe('the code is for MIPS, not for i386 or x86_64');
    expect(complaint(patched(i386, EHDR.class, 2))).toBe('a 64-bit object for i386, which does not exist');
  });

  test('every truncation', () => {
    for (const name of ['window-i386.o', 'window-x86_64.o', 'two.a']) {
      const data = fixture(name);
      for (let size = 0; size < data.length - 1; size++) {
        // Cut right behind a member an archive is whole.
        if (name === 'two.a' && complaint(data.subarray(0, size)) === 'no complaint') continue;
        expect(complaint(data.subarray(0, size))).toMatch(/^[^\n]{5,100}$/);
      }
    }
    expect(complaint(i386.subarray(0, 100))).toBe('the section header table lies outside the file');
  });

  test('tables that overlap, are too large or too many', () => {
    const text = indexOf('.text');
    const data = indexOf('.data');
    expect(complaint(withField(data, SHDR.offset, 0x34))).toBe(`sections ${text} and ${data} overlap`);
    expect(complaint(withField(text, SHDR.size, 0x7fffffff))).toBe(`section ${text} lies outside the file`);
    expect(complaint(withField(text, SHDR.offset, 0xffffffff))).toBe(`section ${text} lies outside the file`);
    const many = patched(withField(0, SHDR.size, 0x7fffffff), EHDR.shnum, 0, 0);
    expect(complaint(many)).toBe('2147483647 sections are too many');
  });

  test('tables that name themselves or nothing', () => {
    const symbols = indexOf('.symtab');
    expect(complaint(withField(symbols, SHDR.link, symbols))).toBe(
      `section ${symbols} names section ${symbols} as its string table, which is none`,
    );
    expect(complaint(withField(symbols, SHDR.link, 0xffff))).toMatch(/as its string table, which is none$/);
    expect(complaint(patched(i386, EHDR.shstrndx, 1, 0))).toBe('the table of section names is missing');
    expect(complaint(withField(symbols, SHDR.entsize, 0))).toBe('symbols have 0 bytes, not 16');
    expect(complaint(withField(symbols, SHDR.size, 17))).toBe('the symbol table ends within a symbol');
    expect(complaint(withField(indexOf('.text'), SHDR.name, 0xffffff))).toBe(
      'a name lies outside the table of section names',
    );
  });

  test('archives', () => {
    expect(complaint(fixture('thin.a'))).toBe(
      'this is a thin archive: its members are other files; make a full one with "ar"',
    );
    const two = fixture('two.a');
    expect(complaint(patched(two, 8 + 48, 0x78))).toBe('the member at byte 8 of the archive has no size');
    expect(complaint(patched(two, 8 + 58, 0))).toBe('there is no member of the archive at byte 8');
    expect(complaint(patched(two, 8 + 60, 0x7f))).toBe('the symbol table of the archive is truncated');
    expect(complaint(patched(two, 8 + 64, 0x7f))).toBe(
      'the symbol table of the archive names a member that is not there',
    );
  });
});
