/**
 * Names of files as text. A name on disk is a row of bytes; nearly always it is UTF-8, and where it is not, each byte
 * that does not fit becomes a lone surrogate (0xff: U+DCFF), so that no file is lost and every name has its way back.
 */
import { Buffer, isUtf8 } from 'node:buffer';

const FIRST = 0xdc80;
const LAST = 0xdcff;

/** A surrogate that is no half of a pair. */
const LONE = /\p{Surrogate}/u;

/** A name's bytes as text. */
export function pathFromBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length > 0) text += bytes.toString('utf8', at, at + length);
    else text += String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
    at += Math.max(1, length);
  }
  return text;
}

/** The bytes that `pathFromBytes` made this text from. */
export function pathToBytes(text: string): Buffer {
  if (!LONE.test(text)) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0);
    const isByte = character.length === 1 && code >= FIRST && code <= LAST;
    parts.push(isByte ? Buffer.from([code - 0xdc00]) : Buffer.from(character, 'utf8'));
  }
  return Buffer.concat(parts);
}

/** What to hand to `node:fs`: the text where that is the name, its bytes otherwise. */
export function fsPath(text: string): string | Buffer {
  return LONE.test(text) ? pathToBytes(text) : text;
}

/** Length of the valid UTF-8 sequence at an offset, 0 where there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  }
  return 0;
}
