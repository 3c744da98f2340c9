/** Finds where blocks of statements (`.macro`, `.rept`, `.irp`) end. */
import { endOfStatement, isBlank, isSymbolPart, startsSymbol } from './lexer.js';

/** Offset of the next statement's first character from `at` on: blanks and newlines are skipped. */
export function skipToStatement(text: string, at: number): number {
  let start = at;
  while (start < text.length && (isBlank(text.charCodeAt(start)) || text.charCodeAt(start) === 10)) start++;
  return start;
}

/** The symbol at `at`, or nothing. */
export function leadingWord(text: string, at: number, stop: number): string {
  if (!startsSymbol(text.charCodeAt(at))) return '';
  let next = at;
  while (next < stop && isSymbolPart(text.charCodeAt(next))) next++;
  return text.slice(at, next);
}

/** The end of a block's body and the offset after the statement that closes it; blocks of the same kind nest. */
export function findBlockEnd(text: string, from: number, macro: boolean): { end: number; next: number } | undefined {
  const opens = macro ? /^\.macro$/i : /^\.(?:rept|rep|irp|irpc)$/i;
  const closes = macro ? /^\.endm(?:acro)?$/i : /^\.endr$/i;
  let depth = 1;
  for (let at = from; at < text.length;) {
    const start = skipToStatement(text, at);
    const end = endOfStatement(text, start);
    if (text.charCodeAt(start) === 46) {
      const word = leadingWord(text, start, end);
      if (opens.test(word)) depth++;
      else if (closes.test(word) && --depth === 0) return { end: start, next: end + 1 };
    }
    at = end + 1;
  }
  return undefined;
}
