// The formats draw the same window: nothing is left out, nothing in a source can break out of them.
import { readFileSync } from 'node:fs';
import { explainDot } from '../../src/explain/dot.js';
import { explain } from '../../src/explain/explain.js';
import { explainHtml } from '../../src/explain/html.js';
import { explainJson } from '../../src/explain/json.js';
import { openMachineCode } from '../../src/explain/machine-code.js';
import { explainSvg } from '../../src/explain/svg.js';
import { explainText } from '../../src/explain/text.js';
import { libcs } from '../../src/libc/index.js';
import { edit, musl386, musl64 } from '../rules/windows.js';
import { fixture } from '../x86/binary/support.js';
import { explained, instructions, plain64 } from './windows.js';

const right = explained(musl386, 'i386');
const wrong = explained(edit(musl64, '\tmovq %r9,%r10\n', '\tincl __calls(%rip)\n'), 'x86_64');
const all = [right, wrong, explained(plain64, 'x86_64', 'glibc')];

/** Characters that mean something to a terminal, to HTML and to DOT. */
const HOSTILE = `</script><b>"\\ \u001b[31m`;
const hostile = {
  ...right,
  file: HOSTILE,
  routine: HOSTILE,
  rows: right.rows.map((row) => (row.row === 'instruction' ? { ...row, text: HOSTILE } : { ...row, name: HOSTILE })),
  runs: [{ title: HOSTILE, states: [] }],
};

describe('text', () => {
  test('a line an instruction, with its outcome, no wider than 100 columns', () => {
    for (const of of all) {
      const lines = explainText(of, false).split('\n');
      for (const { at, text } of instructions(of))
        expect(
          lines.filter((line) => line.startsWith(String(at.line).padStart(6)) && line.includes(text)),
        ).toHaveLength(1);
      expect(lines.filter((line) => line.length > 100)).toEqual([]);
      expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
    }
  });

  test("musl's manner on i386", () => {
    const text = explainText(right, false);
    expect(text).toContain('    16     16  |  movl (%edx)'.replace('16     16', '18     16'));
    expect(text).toMatch(/^ +\| +K2 interrupted, to be made again: PC here +the handler goes to __cp_cancel$/m);
    expect(text).toMatch(/^ +K4 finished: PC behind +the result is returned first$/m);
    expect(text).toMatch(/^W9 +the handler agrees +lint decides it from the C code$/m);
    expect(text).toMatch(/\nProved \(\d+ steps, a request at \d+ boundaries\)\n$/);
  });

  test('faults stand below their instructions, and the verdict says which properties are broken', () => {
    const text = explainText(wrong, false);
    expect(text).toMatch(/incl __calls\(%rip\).*\n +\^ 'incl __calls\(%rip\)' writes memory that others see inside/);
    expect(text).toMatch(/^W8 .* BROKEN$/m);
    expect(text).toMatch(/\nBroken: W5, W8 \(/);
  });

  test('colours only where they are wanted', () => {
    expect(explainText(wrong, false)).not.toContain('\u001b');
    expect(explainText(wrong, true)).toContain('\u001b[31mBROKEN');
  });

  test('control characters are shown and not sent', () => {
    expect(explainText(hostile, false)).not.toContain('\u001b');
    expect(explainText(hostile, false)).toContain('\\x1b[31m');
  });
});

describe('machine code', () => {
  const drawn = async (name: string, member?: string) =>
    explain(
      await openMachineCode({ file: 'libc', data: fixture(name), member, name: undefined, target: undefined, libcs }),
    )!;

  test('is drawn with addresses, as disassemblers have them, and says where its bytes are', async () => {
    const of = await drawn('redirect.a', 'redirect-0.o');
    const data = fixture('redirect.a');
    for (const { code, at, text } of instructions(of)) {
      const bytes = code!.bytes.split(' ').map((digits) => parseInt(digits, 16));
      expect([...data.subarray(code!.offset, code!.offset + bytes.length)]).toEqual(bytes);
      expect([at.column, at.endColumn]).toEqual([code!.offset + 1, code!.offset + 1 + bytes.length]);
      expect(explainText(of, false)).toMatch(new RegExp(`^ +${code!.address} .*${text.replace(/[^\w ]/g, '.')}`, 'm'));
      expect(explainHtml(of)).toContain(`title="byte ${code!.offset}: ${code!.bytes}">${code!.address}<`);
    }
    expect(instructions(of).find(({ text }) => text.startsWith('int'))?.code?.bytes).toBe('cd 80');
    expect(explainText(of, false)).toContain(`0x0 is byte ${instructions(of)[0]!.code!.offset} of libc.`);
    expect(explainDot(of)).toContain('"0x0: movl 4(%esp), %ecx"');
    expect(explainHtml(of)).toContain('<th>address<th>');
  });

  test('the same window is drawn the same from its source', async () => {
    const source = explained(`MISTAKE = 0\n${readFileSync('fixtures/x86/windows/redirect.s', 'utf8')}`, 'i386');
    const code = await drawn('redirect.a', 'redirect-0.o');
    const what = (of: typeof code) =>
      instructions(of).map(({ inside, depths, outcome, calls }) => ({ inside, depths, outcome, calls }));
    expect(what(code)).toEqual(what(source));
    expect(code.verdicts).toEqual(source.verdicts);
    expect(code.boundaries).toBe(source.boundaries);
  });

  test('the bar and the picture of a wide column', async () => {
    const of = await drawn('redirect-0.stripped.so');
    const wide = {
      ...of,
      rows: of.rows.map((row) =>
        row.row === 'instruction' && row.code
          ? { ...row, code: { ...row.code, address: `0x8000${row.code.address.slice(2)}` } }
          : row,
      ),
    };
    for (const one of [of, wide]) {
      const inside = one.rows.filter((row) => row.row === 'instruction' && row.inside).length;
      const lines = explainText(one, false).split('\n');
      expect(lines.filter((line) => /^ *0x\w+ +\d+ {2}\| {2}/.test(line))).toHaveLength(inside);
      expect(explainSvg(one).match(/fill="#e6f4ea"/g)).toHaveLength(1);
    }
  });

  test('what it rests upon is said wherever it is said to be proved', async () => {
    const of = await drawn('redirect-0.stripped.so');
    const condition = 'if the handler takes the window to begin at 0xdd and to end at 0x100';
    expect(of.condition).toBe(condition);
    const text = explainText(of, false).replace(/\n/g, ' ');
    expect(text).toContain(`The file has no symbols; what is said here holds ${condition}.`);
    expect(text).toContain(`Proved, ${condition} (`);
    expect(explainHtml(of)).toContain(`Proved, ${condition} (`);
  });
});

test('JSON is the model', () => {
  expect(JSON.parse(explainJson(wrong))).toEqual(JSON.parse(JSON.stringify(wrong)));
  expect(explainJson(hostile)).not.toContain('\u001b');
});

describe('DOT', () => {
  test('a node an instruction, those inside in the cluster, and an edge for each outcome', () => {
    for (const of of all) {
      const dot = explainDot(of);
      const [, cluster = ''] = /subgraph cluster_window \{(.*?)\n {2}\}/s.exec(dot) ?? [];
      const rows = instructions(of);
      expect(cluster.match(/^ +i\d+ \[/gm)).toHaveLength(rows.filter((row) => row.inside).length);
      expect(dot.match(/^ +i\d+ \[/gm)).toHaveLength(rows.length);
      const outcomes = rows.flatMap(({ calls, outcome }) =>
        calls.length > 0 ? calls.map((call) => call.outcome) : outcome ? [outcome] : [],
      );
      expect(dot.match(/ -> o\d+ /g)).toHaveLength(outcomes.length);
    }
  });

  test('names cannot end a label', () => {
    const dot = explainDot(hostile);
    // Every quote that is left ends or begins a string: with the strings taken out there is none.
    expect(dot.replace(/"(?:[^"\\]|\\.)*"/g, '')).not.toContain('"');
    expect(dot).not.toContain('\u001b');
  });
});

test('SVG shows every line of the text, escaped', () => {
  for (const of of [...all, hostile]) {
    const svg = explainSvg(of);
    const shown = [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, line = '']) =>
      line.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))),
    );
    expect(shown).toEqual(explainText(of, false).trimEnd().split('\n'));
    expect(svg.replace(/<\/?(?:svg|title|rect|g|text)\b[^<>]*>/g, '')).not.toContain('<');
  }
});

describe('HTML', () => {
  test('nothing is loaded', () => {
    for (const of of all) expect(explainHtml(of)).not.toMatch(/\b(?:src|href)=|@import|url\(|https?:/);
  });

  test('a source cannot put anything in', () => {
    const html = explainHtml(hostile);
    expect(html).not.toContain('<b>');
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(html).not.toContain('\u001b');
  });
});
