/**
 * Preprocessing tokens of C and of preprocessed assembly, with their places. One linear pass, no regular expressions
 * with nested repetition: any bytes give tokens in time linear in their number.
 */

export type TokenKind = 'identifier' | 'number' | 'string' | 'char' | 'punctuator' | 'hash' | 'newline';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offsets into the file, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** White space or a comment stands before it. */
  readonly spaced: boolean;
}

/** `asm`: an apostrophe or a lone quote in a comment-like place is no character constant, `#` may start a comment. */
export type Dialect = 'c' | 'asm';

const THREE = new Set(['...', '<<=', '>>=']);
const TWO = new Set([
  '->',
  '++',
  '--',
  '<<',
  '>>',
  '<=',
  '>=',
  '==',
  '!=',
  '&&',
  '||',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '##',
]);

function isIdentifierStart(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95 || c === 36 || c > 127;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

/** Skips white space within a line, comments and line continuations. Returns the next offset; never passes a bare newline. */
function skipBlank(text: string, at: number, end: number): number {
  for (;;) {
    const c = text.charCodeAt(at);
    if (at >= end) return end;
    if (c === 32 || c === 9 || c === 13 || c === 12 || c === 11) at++;
    else if (c === 92 && text.charCodeAt(at + 1) === 10) at += 2;
    else if (c === 92 && text.charCodeAt(at + 1) === 13 && text.charCodeAt(at + 2) === 10) at += 3;
    else if (c === 47 && text.charCodeAt(at + 1) === 42) {
      const close = text.indexOf('*/', at + 2);
      at = close === -1 ? end : Math.min(end, close + 2);
    } else if (c === 47 && text.charCodeAt(at + 1) === 47) {
      at = endOfLogicalLine(text, at, end);
    } else return at;
  }
}

/** Offset of the newline that ends the logical line (continuations followed), or `end`. */
export function endOfLogicalLine(text: string, at: number, end: number): number {
  for (;;) {
    const newline = text.indexOf('\n', at);
    if (newline === -1 || newline >= end) return end;
    let last = newline - 1;
    if (text.charCodeAt(last) === 13) last--;
    if (text.charCodeAt(last) !== 92) return newline;
    at = newline + 1;
  }
}

function endOfQuoted(text: string, at: number, end: number, quote: number): number {
  let i = at + 1;
  while (i < end) {
    const c = text.charCodeAt(i);
    if (c === 92) i += text.charCodeAt(i + 1) === 13 && text.charCodeAt(i + 2) === 10 ? 3 : 2;
    else if (c === quote) return i + 1;
    else if (c === 10) return i;
    else i++;
  }
  return end;
}

/**
 * Tokens of `text[start, end)`. A `#` that is the first token of its line is a `hash`; newlines are tokens, because
 * directives and assembly end there. Comments become white space.
 */
export function lex(text: string, dialect: Dialect, start = 0, end = text.length): Token[] {
  const tokens: Token[] = [];
  let at = start;
  let lineStart = true;
  while (at < end) {
    const next = skipBlank(text, at, end);
    const spaced = next > at || at === start;
    at = next;
    if (at >= end) break;
    const c = text.charCodeAt(at);
    let stop = at + 1;
    let kind: TokenKind = 'punctuator';
    if (c === 10) kind = 'newline';
    else if (c === 35) {
      if (lineStart) kind = 'hash';
      else if (text.charCodeAt(at + 1) === 35) stop = at + 2;
    } else if (isIdentifierStart(c) && !(c === 36 && dialect === 'asm')) {
      kind = 'identifier';
      while (stop < end) {
        const d = text.charCodeAt(stop);
        if (!isIdentifierStart(d) && !isDigit(d)) break;
        stop++;
      }
    } else if (isDigit(c) || (c === 46 && isDigit(text.charCodeAt(at + 1)))) {
      kind = 'number';
      while (stop < end) {
        const d = text.charCodeAt(stop);
        const before = text.charCodeAt(stop - 1) | 32;
        const sign = (d === 43 || d === 45) && dialect === 'c' && (before === 101 || before === 112);
        if (!(isDigit(d) || isIdentifierStart(d) || (d === 46 && dialect === 'c') || sign)) break;
        if (d === 36) break;
        stop++;
      }
    } else if (c === 34) {
      kind = 'string';
      stop = Math.min(end, endOfQuoted(text, at, end, 34));
    } else if (c === 39) {
      const close = endOfQuoted(text, at, end, 39);
      // In assembly an apostrophe also stands in prose and as 'c without a closing quote.
      if (dialect === 'c' || (close - at <= 5 && text.charCodeAt(close - 1) === 39 && close - at > 2)) {
        kind = 'char';
        stop = Math.min(end, close);
      }
    } else if (THREE.has(text.slice(at, at + 3))) stop = at + 3;
    else if (TWO.has(text.slice(at, at + 2))) stop = at + 2;
    stop = Math.min(stop, end);
    tokens.push({ kind, text: text.slice(at, stop), start: at, end: stop, spaced });
    lineStart = kind === 'newline';
    at = stop;
  }
  return tokens;
}
