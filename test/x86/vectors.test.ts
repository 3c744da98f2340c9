// The simulator against what a real processor answered (fixtures/x86/vectors), without needing one here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { loadDecoder } from '../../src/x86/decode/decoder.js';
import { answerVector, parseVector, printResult, VectorRunner } from '../../src/x86/simulator/vectors.js';
import type { Decode } from '../../src/x86/simulator/code.js';
import { ROWS } from '../../src/x86/table/index.js';
import { check } from '../../src/x86/table/match.js';
import { script } from '../oracle/support.js';
import type { Lines, Target } from '../oracle/support.js';

const { differences, readAnswer, readStored, undefinedDifferences, undefinedOf } =
  await script<Lines>('oracle/lines.mjs');

const decoders = { i386: await loadDecoder(32), x86_64: await loadDecoder(64) };
const decode: Decode = (bytes, address, mode) => decoders[mode].decode(bytes, address);

function stored(target: Target): string[] {
  const file = join('fixtures', 'x86', 'vectors', `${target}.txt.br`);
  return brotliDecompressSync(readFileSync(file)).toString('latin1').trimEnd().split('\n');
}

describe.each(['i386', 'x86_64'] as const)('%s', (target) => {
  const lines = stored(target);

  it('answers as the processor did, and leaves undefined what the manuals do', () => {
    const runner = new VectorRunner(decode);
    const found: string[] = [];
    for (const [number, text] of lines.entries()) {
      const { line, bits, answer } = readStored(text, String(number));
      const result = runner.run(parseVector(line)!);
      const different = [
        ...differences(answer, readAnswer(printResult(result)), bits, answer.undefined),
        ...undefinedDifferences(answer.undefined, undefinedOf(result)),
      ];
      if (different.length > 0) found.push(`${line}\n  ${different.join('\n  ')}`);
    }
    expect(found.slice(0, 20)).toEqual([]);
    expect(lines.length).toBeGreaterThanOrEqual(20_000);
  });

  it('has a vector for every row and form of the table', () => {
    const seen = new Set<string>();
    for (const text of lines) {
      const vector = parseVector(`x ${text.slice(0, text.indexOf(' >'))}`)!;
      const decoded = decode(vector.code, BigInt(vector.pc), target);
      if (!decoded.ok) continue;
      const checked = check(decoded.instruction, target);
      if (!checked.ok) continue;
      const { row, kinds, width } = checked.match;
      seen.add(formOf(row.name, kinds, row.widths === '' ? 0 : width));
    }
    expect(wanted(target).filter((form) => !seen.has(form))).toEqual([]);
  });
});

it('answers a line with a line', () => {
  expect(answerVector('one 90', decode)).toMatch(/^one ok eip=08048801 eax=11111111 .* fl=00000202$/);
  expect(answerVector('two zz', decode)).toBe('two bad-vector');
});

function formOf(name: string, kinds: readonly string[], width: number): string {
  return `${name} ${kinds.join(',')} ${width}`;
}

const WIDTHS: Readonly<Record<string, number>> = { b: 1, w: 2, l: 4, q: 8 };

/**
 * Forms that only text has, because bytes decode to another form of the same thing: operands in the other order, an
 * accumulator or an index register that need not be named, a destination named twice, a prefix for a width.
 */
const TEXT_ONLY = new RegExp(
  [
    '(?:xchg|test|bound) m,r',
    '(?:mul|div|idiv|imul) rm,a',
    'imul i,r',
    'sh[lr]d r,rm',
    '(?:movs|cmps|stos|lods|scas) (?:di|si)?',
    'xlat |aam |aad |nop (?:r,rm)?',
    'jmp t(?= 2)',
  ]
    .map((form) => `^(?:${form}) \\d$`)
    .join('|'),
);

/** Rows say which widths there are, not in which mode: these are i386's alone, or (of branches) differ by processor. */
const NOT_IN_X86_64 =
  /^(?:(?:push|pop) \S+|(?:pushf|popf|leave) |enter i16,i8) 4$|^pop sreg|^(?:jmp|call|ret) \S* [24]$/;

function wanted(target: Target): string[] {
  const forms = ROWS.filter((row) => row.mode === undefined || row.mode === target).flatMap((row) =>
    row.forms.flatMap((form) =>
      (row.widths === '' ? [''] : row.widths.split(''))
        .filter((suffix) => suffix !== 'q' || target === 'x86_64')
        .map((suffix) => formOf(row.name, form === '' ? [] : form.split(','), WIDTHS[suffix] ?? 0)),
    ),
  );
  // A 64-bit register is no operand of i386, whatever the row's own widths are.
  const other = target === 'i386' ? /r64/ : NOT_IN_X86_64;
  return [...new Set(forms)].filter((form) => !TEXT_ONLY.test(form) && !other.test(form));
}
