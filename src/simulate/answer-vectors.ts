/** `cancelint simulate --vectors`: an answer for each line, piece by piece, however many there are. */
import { visible } from '../formatters/visible.js';
import { loadDecoder } from '../x86/decode/decoder.js';
import { VectorRunner } from '../x86/simulator/vectors.js';
import { linesOf } from './lines.js';

/** Longest name of a vector that is taken for one, and that is repeated in an answer. */
const MAX_ID = 200;

/** Characters of answers that are handed on together. */
const PIECE = 1 << 16;

/** Answers each line of the input in the line format of the native oracle (test/oracle/README.md). */
export async function* answerVectors(input: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoders = { i386: await loadDecoder(32), x86_64: await loadDecoder(64) };
  const runner = new VectorRunner((bytes, address, mode) => decoders[mode].decode(bytes, address));
  let piece = '';
  for await (const line of linesOf(input)) {
    piece += `${answer(runner, line)}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** A line that is none of a vector file's (too long, not of printable characters) is answered without being read. */
function answer(runner: VectorRunner, line: string | undefined): string {
  if (line === undefined) return '- bad-vector';
  const id = /^\s*(\S*)/.exec(line)?.[1] ?? '';
  if (id === '') return '- bad-vector';
  if (id.length > MAX_ID || /[^\t\r\x20-\x7e]/.test(line)) return `${visible(id.slice(0, MAX_ID))} bad-vector`;
  return runner.answer(line);
}
