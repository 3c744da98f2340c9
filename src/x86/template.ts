/**
 * The text of an inline assembly template, put together from the string literals it is written in, with the way from
 * each character back to the literal.
 */
import type { PreparedText } from '../cpp/prepared.js';

/** One part of a template. Offsets are in the text that holds the C code. */
export type TemplatePiece =
  /** A string literal as written, with its quotes and prefix. */
  | { readonly kind: 'literal'; readonly text: string; readonly start: number }
  /** Something between the literals whose text is not known (a macro that could not be expanded). */
  | { readonly kind: 'unknown'; readonly text: string; readonly start: number };

interface Run {
  /** Offset in the pasted text. */
  readonly at: number;
  readonly root: number;
  /** Characters of the source that one character here stands for; 1 where the run is as it is. */
  readonly width: number;
}

const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  v: '\v',
  f: '\f',
  a: '\x07',
  b: '\b',
  e: '\x1b',
};

/** Pastes the pieces. Unknown ones become an operand that nothing is known of, `%[name]`. */
export function pasteTemplate(source: PreparedText, pieces: readonly TemplatePiece[]): PreparedText {
  const parts: string[] = [];
  const runs: Run[] = [];
  let length = 0;
  const add = (text: string, root: number, width: number): void => {
    if (text === '') return;
    runs.push({ at: length, root, width });
    parts.push(text);
    length += text.length;
  };
  for (const piece of pieces) {
    if (piece.kind === 'unknown') {
      add(`%[${piece.text.replace(/\W+/g, '_')}]`, piece.start, piece.text.length);
      continue;
    }
    const open = piece.text.indexOf('"');
    const close = piece.text.lastIndexOf('"');
    if (open === -1 || close <= open) continue;
    for (let at = open + 1; at < close;) {
      const slash = piece.text.indexOf('\\', at);
      const stop = slash === -1 || slash >= close ? close : slash;
      add(piece.text.slice(at, stop), piece.start + at, 1);
      at = stop;
      if (at >= close) break;
      const { text, size } = unescape(piece.text, at, close);
      add(text, piece.start + at, size);
      at += size;
    }
  }
  const pasted = parts.join('');
  return { file: source.file, text: pasted, origin: (start, end) => source.origin(...range(runs, start, end)) };
}

function unescape(text: string, at: number, limit: number): { text: string; size: number } {
  const character = text[at + 1] ?? '';
  const number = /^\\(?:x([0-9a-fA-F]+)|([0-7]{1,3}))/.exec(text.slice(at, Math.min(limit, at + 8)));
  if (number) {
    const code = number[1] === undefined ? parseInt(number[2] ?? '0', 8) : parseInt(number[1], 16);
    return { text: String.fromCharCode(code & 0xff), size: number[0].length };
  }
  // A line that goes on.
  if (character === '\n') return { text: '', size: 2 };
  if (character === '\r' && text[at + 2] === '\n') return { text: '', size: 3 };
  return { text: SIMPLE[character] ?? character, size: 2 };
}

/** The stretch of the source that `[start, end)` of the pasted text came from. */
function range(runs: readonly Run[], start: number, end: number): [number, number] {
  const from = locate(runs, start);
  const last = locate(runs, Math.max(start, end - 1));
  return [from.root, Math.max(from.root, last.root + last.width)];
}

function locate(runs: readonly Run[], offset: number): { root: number; width: number } {
  let low = 0;
  let high = runs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((runs[middle]?.at ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const run = runs[low];
  if (!run) return { root: 0, width: 0 };
  return run.width === 1 ? { root: run.root + offset - run.at, width: 1 } : run;
}

/**
 * Decides what the compiler decides before the assembler sees a template: `%{`, `%|`, `%}` are those characters, and
 * of `{att|intel}` the first is taken. The length stays.
 */
export function chooseDialect(text: string): string {
  if (!/[{}]/.test(text)) return text;
  const out: string[] = [];
  /** For each open brace: whether what follows is the second alternative or later. */
  const open: { readonly at: number; other: boolean; bars: number }[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    const next = text[at + 1];
    const top = open[open.length - 1];
    if (character === '%' && (next === '{' || next === '}' || next === '|')) {
      out.push(top?.other === true ? '  ' : ` ${next}`);
      at++;
    } else if (character === '{') {
      open.push({ at: out.length, other: top?.other ?? false, bars: 0 });
      out.push(' ');
    } else if (character === '|' && top) {
      top.other = true;
      top.bars++;
      out.push(' ');
    } else if (character === '}' && top) {
      open.pop();
      // Braces without a bar are no alternatives: an asm without operands writes `{%k1}` as it is.
      if (top.bars === 0) out[top.at] = '{';
      out.push(top.bars === 0 ? '}' : ' ');
    } else out.push(top?.other === true && character !== '\n' ? ' ' : character);
  }
  return out.join('');
}
