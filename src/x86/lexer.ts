/**
 * The lowest layer of the GNU assembler's syntax: comments, statement ends, and a cursor over one statement. Comments
 * are replaced by blanks of the same length, so that every offset stays true.
 */

const QUOTE = 34; // "
const APOSTROPHE = 39; // '
const BACKSLASH = 92;
const NEWLINE = 10;
const SEMICOLON = 59;

export interface CleanText {
  /** The text with its comments and line continuations blanked; the same length. */
  readonly text: string;
  /** Offset of a block comment that is never closed. */
  readonly openComment?: number;
}

const INTERESTING = /["'#/\\]/g;

/** Blanks comments (block comments, `#`, `//`, and `/` at a line's start) and `\`-newlines. Linear. */
export function blankComments(text: string): CleanText {
  const parts: string[] = [];
  let copied = 0;
  let openComment: number | undefined;
  const blank = (from: number, to: number): void => {
    parts.push(text.slice(copied, from), ' '.repeat(to - from));
    copied = to;
  };
  INTERESTING.lastIndex = 0;
  for (let found = INTERESTING.exec(text); found !== null; found = INTERESTING.exec(text)) {
    const at = found.index;
    let next = at + 1;
    switch (found[0]) {
      case '"':
        next = endOfString(text, at, text.length);
        break;
      case "'":
        next = endOfCharacter(text, at);
        break;
      case '#':
        next = endOfLine(text, at);
        blank(at, next);
        break;
      case '/':
        if (text[at + 1] === '*') {
          const close = text.indexOf('*/', at + 2);
          if (close === -1) openComment = at;
          next = close === -1 ? text.length : close + 2;
          blank(at, next);
        } else if (text[at + 1] === '/' || startsLine(text, at)) {
          next = endOfLine(text, at);
          blank(at, next);
        }
        break;
      default:
        if (text[next] === '\n') next += 1;
        else if (text[next] === '\r' && text[next + 1] === '\n') next += 2;
        else break;
        blank(at, next);
    }
    INTERESTING.lastIndex = next;
  }
  const clean = copied === 0 ? text : parts.join('') + text.slice(copied);
  return openComment === undefined ? { text: clean } : { text: clean, openComment };
}

function endOfLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline === -1 ? text.length : newline;
}

/** A lone `/` is a comment only as the first thing on a line. Blanks are few, so looking back is cheap. */
function startsLine(text: string, at: number): boolean {
  for (let back = at - 1; back >= 0; back--) {
    const code = text.charCodeAt(back);
    if (code === NEWLINE) return true;
    if (code !== 32 && code !== 9) return false;
    if (at - back > 256) return false;
  }
  return true;
}

/** Offset after the string that starts at `at`; a string that is not closed ends at its line's end. */
export function endOfString(text: string, at: number, limit: number): number {
  for (let i = at + 1; i < limit; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE) return i + 1;
    else if (code === NEWLINE) return i;
  }
  return limit;
}

/** Offset after a character constant: `'a`, `'a'`, `'\n'`. */
export function endOfCharacter(text: string, at: number): number {
  let next = at + 1;
  if (text.charCodeAt(next) === BACKSLASH) next++;
  const code = text.charCodeAt(next);
  if (Number.isNaN(code) || code === NEWLINE) return next > text.length ? text.length : next;
  next++;
  return text.charCodeAt(next) === APOSTROPHE ? next + 1 : next;
}

/** Offset of the newline or `;` that ends the statement starting at `at`, or the end of the text. */
export function endOfStatement(text: string, at: number): number {
  const length = text.length;
  for (let i = at; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code === NEWLINE || code === SEMICOLON) return i;
    if (code === QUOTE) i = endOfString(text, i, length) - 1;
    else if (code === APOSTROPHE) i = endOfCharacter(text, i) - 1;
  }
  return length;
}

/** True for what separates words: blank, tab, carriage return, form feed, vertical tab. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 13 || code === 12 || code === 11;
}

/** True for a character that may start a symbol. */
export function startsSymbol(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code === 46 || code >= 128;
}

/** True for a character inside a symbol: as above, digits and `$`. */
export function isSymbolPart(code: number): boolean {
  return startsSymbol(code) || (code >= 48 && code <= 57) || code === 36;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/**
 * A position in one statement. A parser that cannot go on calls `fail`; the first reason is kept, and `undefined`
 * travels up.
 */
export class Cursor {
  reason: string | undefined;
  /** Nodes made for the current expression: bounds recursion here and in whatever walks the tree later. */
  nodes = 0;

  constructor(
    readonly text: string,
    public at: number,
    readonly end: number,
    /** An inline assembly template: `%%` marks registers and `%0` operands. */
    readonly template = false,
    /** Names that `.set` made stand for a register. */
    readonly registerAliases: ReadonlyMap<string, string> = NO_ALIASES,
  ) {}

  /** Always `undefined`, typed as what the caller would have given. */
  fail<T>(reason: string): T | undefined {
    this.reason ??= reason;
    return undefined;
  }

  skipBlanks(): void {
    while (this.at < this.end && isBlank(this.text.charCodeAt(this.at))) this.at++;
  }

  /** Code of the character here, or -1 at the end. */
  peek(ahead = 0): number {
    return this.at + ahead < this.end ? this.text.charCodeAt(this.at + ahead) : -1;
  }

  atEnd(): boolean {
    this.skipBlanks();
    return this.at >= this.end;
  }

  /** Takes the character if it is the next one after blanks. */
  take(character: string): boolean {
    this.skipBlanks();
    if (this.at >= this.end || this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  /** Takes a symbol's characters, perhaps none. */
  takeSymbol(): string {
    const start = this.at;
    if (!startsSymbol(this.peek())) return '';
    while (isSymbolPart(this.peek())) this.at++;
    return this.text.slice(start, this.at);
  }

  rest(): string {
    return this.text.slice(this.at, this.end);
  }
}

const NO_ALIASES: ReadonlyMap<string, string> = new Map();
