/** Real objects against `readelf -sWr`: every symbol and every relocation of every member. */
import { readFileSync } from 'node:fs';
import { readArchive } from '../../../src/x86/object/archive.js';
import { readElf, type ElfObject } from '../../../src/x86/object/elf.js';
import { nameOfType, relocationTables } from '../../../src/x86/object/relocations.js';
import { readSymbols, symbolSections, type ObjectSymbol } from '../../../src/x86/object/symbols.js';
import { hasProgram, libcArchives, output } from './support.js';

const TYPES = { none: 'NOTYPE', object: 'OBJECT', func: 'FUNC', section: 'SECTION', file: 'FILE', common: 'COMMON' };
const KINDS: Readonly<Record<ObjectSymbol['type'], string>> = { ...TYPES, tls: 'TLS', ifunc: 'IFUNC', other: '?' };
const PLACES = { undefined: 'UND', absolute: 'ABS', common: 'COM', other: '?' };

/** The lines that readelf prints, made from what was read. */
function lines(object: ElfObject): string[] {
  const made: string[] = [];
  const digits = object.is64 ? 16 : 8;
  const hex = (value: bigint, width = digits): string => value.toString(16).padStart(width, '0');
  for (const table of relocationTables(object)) {
    for (const { offset, type, symbol, addend } of table.entries) {
      const info = object.is64 ? (BigInt(symbol) << 32n) | BigInt(type) : BigInt(symbol * 256 + type);
      const sum = addend === undefined ? '' : addend < 0n ? `- ${(-addend).toString(16)}` : `+ ${addend.toString(16)}`;
      made.push(`R ${hex(offset)} ${hex(info, object.is64 ? 16 : 8)} ${nameOfType(object, type)} ${sum}`.trim());
    }
  }
  for (const section of symbolSections(object)) {
    for (const s of readSymbols(object, section)) {
      const place = typeof s.section === 'number' ? String(s.section) : PLACES[s.section];
      const words = [`${s.index}:`, hex(s.value), s.size, KINDS[s.type], s.binding.toUpperCase()];
      made.push([...words, s.visibility.toUpperCase(), place, s.name].join(' ').trim());
    }
  }
  return made;
}

/** The same lines from what readelf printed, by member. */
function printed(text: string): Map<string, string[]> {
  const members = new Map<string, string[]>();
  let list: string[] = [];
  let number = 0;
  for (const line of text.split('\n')) {
    const member = /^File: .*\((.*)\)$/.exec(line)?.[1];
    if (member !== undefined) members.set(`${number++} ${member}`, (list = []));
    const relocation = /^([0-9a-f]{8,16}) +([0-9a-f]{8,16}) +(R_\w+)(?: .*?(?:([+-]) ([0-9a-f]+))?)?$/.exec(line);
    if (relocation) {
      const [, offset = '', info = '', type = '', sign, addend] = relocation;
      // Without a symbol the addend stands alone.
      const alone = /^\S+ +\S+ +\S+ +([0-9a-f]+)$/.exec(line)?.[1];
      const sum = sign === undefined ? (alone === undefined ? '' : `+ ${alone}`) : `${sign} ${addend ?? ''}`;
      list.push(`R ${offset} ${info} ${type} ${sum}`.trim());
    }
    const symbol = /^ *(\d+:) ([0-9a-f]+) +(\w+) (\w+) +(\w+) +(\w+) +(?:\[.*\] +)?(\w+) ?(.*)$/.exec(line);
    if (symbol) {
      const [, index, value, size = '', type, bind, visibility, place, name = ''] = symbol;
      const words = [index, value, String(Number(size)), type, bind, visibility, place, name.replace(/ \[.*\]$/, '')];
      list.push(words.join(' ').trim());
    }
  }
  return members;
}

if (!hasProgram('readelf')) test.skip('readelf is not installed here', () => undefined);
else if (libcArchives.length === 0) test.skip('there is no libc.a here', () => undefined);
else {
  describe.each(libcArchives)('%s', (path) => {
    const { members, symbols } = readArchive(readFileSync(path));

    test('symbols and relocations are those that readelf prints', () => {
      const expected = [...printed(output('readelf', ['-sWr', path])).values()];
      expect(members).toHaveLength(expected.length);
      let checked = 0;
      members.forEach((member, n) => {
        const mine = lines(readElf(member.data));
        const theirs = expected[n] ?? [];
        // An object with both orders its tables by section number; readelf prints relocations first, too.
        if (mine.join('\n') !== theirs.join('\n'))
          expect({ member: member.name, lines: mine }).toEqual({ member: member.name, lines: theirs });
        checked += mine.length;
      });
      expect(checked).toBeGreaterThan(1000);
    });

    test("the archive's own symbol table is the one that nm prints", () => {
      const index = output('nm', ['--print-armap', path]).split('\n\n')[0] ?? '';
      const theirs = index
        .split('\n')
        .filter((line) => line.includes(' in '))
        .sort();
      const mine = [...symbols].flatMap(([name, found]) => found.map((one) => `${name} in ${one.name}`)).sort();
      expect(mine).toEqual(theirs);
    });
  });
}
