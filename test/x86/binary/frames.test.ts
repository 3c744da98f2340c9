/** Call-frame information from machine code, held against that of the directives it was made from, and on its own. */
import { readFileSync } from 'node:fs';
import { asItIs } from '../../../src/cpp/prepared.js';
import { readArchive } from '../../../src/x86/object/archive.js';
import { readElf } from '../../../src/x86/object/elf.js';
import { layOut } from '../../../src/x86/load/open.js';
import { parseAssembly } from '../../../src/x86/parser.js';
import { CodeMap } from '../../../src/x86/binary/code-map.js';
import { frameRowsAt } from '../../../src/x86/binary/eh-frame.js';
import { rowsOf } from '../../../src/x86/binary/frame-rules.js';
import { disassemble } from '../../../src/x86/binary/disassemble.js';
import { loadDecoder } from '../../../src/x86/decode/decoder.js';
import { frameRows, type FrameRow } from '../../../src/x86/window/cfi.js';
import { fixture } from './support.js';

test.each([0, 1, 2])('unwind.s with mistake %i', async (mistake) => {
  const text = readFileSync('fixtures/x86/windows/unwind.s', 'utf8');
  const unit = parseAssembly(asItIs('unwind.s', `MISTAKE = ${String(mistake)}\n${text}`), { modes: ['x86_64'] });
  expect(unit.problems).toEqual([]);
  const said = [...frameRows(unit, 8).values()];

  const map = codeOf(readArchive(fixture('unwind.a')).members[mistake]?.data ?? new Uint8Array(0));
  const section = map.linked('.eh_frame');
  const entry = map.symbols.find(({ symbol }) => symbol.name === '__syscall_cancel_arch')?.address ?? 0;
  const decoded = disassemble({
    image: map.image,
    decoder: await loadDecoder(64),
    entries: [entry],
    whole: [],
    stops: new Map(),
  });
  const addresses = [...decoded.keys()].sort((a, b) => a - b);
  const rows = section ? frameRowsAt(section, addresses, 8) : new Map<number, FrameRow>();
  expect(addresses.map((at) => rows.get(at))).toEqual(said);
  expect(said).toHaveLength(15);
});

function codeOf(data: Uint8Array): CodeMap {
  const object = readElf(data);
  return new CodeMap(object, layOut(object));
}

describe('call-frame instructions', () => {
  const initial: FrameRow = { register: 'esp', offset: 4, saved: new Map() };
  const run = (...instructions: number[]) =>
    rowsOf({ instructions: Uint8Array.from(instructions), codeFactor: 1, dataFactor: -4 }, 100, initial, 4);

  test('advance, offset and restore', () => {
    // push %ebx; …; pop %ebx
    expect(run(0x41, 0x0e, 8, 0x83, 2, 0x02, 9, 0xc3, 0x0e, 4)).toEqual([
      { from: 100, row: initial },
      { from: 101, row: { register: 'esp', offset: 8, saved: new Map([['ebx', -8]]) } },
      { from: 110, row: initial },
    ]);
  });

  test('another register for the CFA, and a state that comes back', () => {
    expect(run(0x0c, 5, 8, 0x0a, 0x41, 0x0d, 4, 0x41, 0x0b).map(({ row }) => [row.register, row.offset])).toEqual([
      ['ebp', 8],
      ['esp', 8],
      ['ebp', 8],
    ]);
  });

  test('wide and signed numbers', () => {
    expect(run(0x13, 0x7d, 0x03, 0x2c, 0x01, 0x11, 3, 0x7f)).toEqual([
      { from: 100, row: { register: 'esp', offset: 12, saved: new Map() } },
      { from: 400, row: { register: 'esp', offset: 12, saved: new Map([['ebx', 4]]) } },
    ]);
  });

  test.each([
    ['an expression for the CFA', [0x0f, 1, 0x9c], 'DW_CFA 0xf'],
    ['a register kept in another', [0x09, 3, 1], 'DW_CFA 0x9'],
    ['a state that was not remembered', [0x0b], 'a state that was not remembered'],
    ['a return address elsewhere', [0x88, 3], 'another place of the return address'],
    ['a register that is none', [0x0d, 40], 'register 40'],
  ])('%s is not passed over', (_, instructions, unknown) => {
    expect(run(...instructions).at(-1)?.row.unknown).toBe(unknown);
  });
});
