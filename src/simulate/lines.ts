/** The lines of a stream of bytes, of which no more than one is ever held. */

/** Longest line, in bytes. A vector that gives everything has less than a thousand. */
const MAX_LINE = 1 << 16;

/** Lines without their ends, as Latin-1; undefined for one that is too long. */
export async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string | undefined, void> {
  let open = '';
  let isTooLong = false;
  for await (const chunk of input) {
    const parts = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1').split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      const isLong = isTooLong || open.length + part.length > MAX_LINE;
      yield isLong ? undefined : open + part;
      open = '';
      isTooLong = false;
    }
    if (isTooLong || open.length + last.length > MAX_LINE) {
      open = '';
      isTooLong = true;
    } else open += last;
  }
  if (isTooLong) yield undefined;
  else if (open !== '') yield open;
}
