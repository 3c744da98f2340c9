/**
 * Text from outside made safe for a terminal. Names of files and words of sources may hold anything: control
 * characters that move the cursor, marks that turn the direction of writing, bytes that are no text.
 */

const HIDDEN =
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/gu;

/** The text on one line with everything that does not show written as an escape. */
export function visible(text: string): string {
  return text.replace(HIDDEN, escapeOf);
}

/** The same for JSON that may be looked at in a terminal: what it means does not change. */
export function visibleJson(json: string): string {
  return json.replace(/[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, unicodeEscape);
}

function escapeOf(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  // Bytes of a name that are no UTF-8 (src/linter/path-text.ts).
  if (code >= 0xdc80 && code <= 0xdcff) return hex(code - 0xdc00);
  return code <= 0xff ? hex(code) : unicodeEscape(character);
}

function hex(code: number): string {
  return `\\x${code.toString(16).padStart(2, '0')}`;
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
