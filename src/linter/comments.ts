/** The comments of a source file, found by a scan that knows strings, so that a comment inside one is none. */
import type { Region } from '../ir/types.js';

export interface Comment {
  /** What stands between the comment's marks. */
  readonly text: string;
  readonly at: Region;
}

/** A line of a .S file that the C preprocessor reads: its # begins no comment. */
const PREPROCESSOR =
  /[ \t]*(?:define|undef|include|include_next|if|ifdef|ifndef|elif|else|endif|error|warning|pragma|line)\b/y;

export type CommentLanguage = 'c' | 'assembly' | 'make';

/** Comments in the order in which they stand. In assembly `#` begins a comment as well, and in make nothing else does. */
export function findComments(file: string, text: string, language: CommentLanguage): readonly Comment[] {
  if (language === 'make') return makeComments(file, text);
  return new Scanner(file, text, language === 'assembly').scan();
}

function makeComments(file: string, text: string): readonly Comment[] {
  return text.split('\n').flatMap((line, i) => {
    const end = line.endsWith('\r') ? line.length - 1 : line.length;
    const start = /(?<!\\)#/.exec(line)?.index;
    if (start === undefined) return [];
    const at = { file, line: i + 1, column: start + 1, endLine: i + 1, endColumn: end + 1 };
    return [{ text: line.slice(start + 1, end), at }];
  });
}

class Scanner {
  private at = 0;
  private line = 1;
  private lineStart = 0;
  private readonly comments: Comment[] = [];

  constructor(
    private readonly file: string,
    private readonly text: string,
    private readonly isAssembly: boolean,
  ) {}

  scan(): readonly Comment[] {
    // Only these characters can begin something that matters; all others are stepped over at once.
    const interesting = this.isAssembly ? /["'/#\n]/g : /["'/\n]/g;
    for (;;) {
      interesting.lastIndex = this.at;
      const next = interesting.exec(this.text);
      if (next === null) return this.comments;
      this.at = next.index;
      this.step(next[0]);
    }
  }

  private step(character: string): void {
    if (character === '\n') this.newLine();
    else if (character === '"') this.string('"');
    else if (character === "'") {
      if (this.isAssembly) this.character();
      else this.string("'");
    } else if (character === '#') {
      if (this.isPreprocessorLine()) this.at++;
      else this.lineComment(1);
    } else if (this.text.startsWith('//', this.at)) this.lineComment(2);
    else if (this.text.startsWith('/*', this.at)) this.blockComment();
    else this.at++;
  }

  private newLine(): void {
    this.at++;
    this.line++;
    this.lineStart = this.at;
  }

  /** A string ends at its quote; an unclosed one (an apostrophe in the prose of an #error) at the end of its line. */
  private string(quote: string): void {
    for (this.at++; this.at < this.text.length; this.at++) {
      const character = this.text[this.at];
      if (character === quote) {
        this.at++;
        return;
      }
      if (character === '\n') return;
      if (character === '\\') this.skipEscaped();
    }
  }

  /** Steps onto the character after a backslash; a line that goes on is counted. */
  private skipEscaped(): void {
    if (this.text.startsWith('\r\n', this.at + 1)) this.at++;
    this.at++;
    if (this.text[this.at] === '\n') {
      this.line++;
      this.lineStart = this.at + 1;
    }
  }

  /** In assembly `'` stands before one character and may stand after it. */
  private character(): void {
    this.at++;
    if (this.text[this.at] === '\n' || this.text[this.at] === '\r') return;
    this.at += this.text[this.at] === '\\' ? 2 : 1;
    if (this.text[this.at] === "'") this.at++;
  }

  private isPreprocessorLine(): boolean {
    if (this.text.slice(this.lineStart, this.at).trim() !== '') return false;
    PREPROCESSOR.lastIndex = this.at + 1;
    return PREPROCESSOR.test(this.text);
  }

  private lineComment(mark: number): void {
    const start = this.place();
    const from = this.at + mark;
    for (this.at = from; this.at < this.text.length && this.text[this.at] !== '\n'; this.at++) {
      // A line of C that ends in a backslash goes on; in assembly # ends with its line.
      if (this.text[this.at] === '\\' && mark === 2 && /^\r?\n/.test(this.text.slice(this.at + 1, this.at + 3)))
        this.skipEscaped();
    }
    if (this.text[this.at - 1] === '\r') this.at--;
    this.add(this.text.slice(from, Math.max(from, this.at)), start);
  }

  private blockComment(): void {
    const start = this.place();
    const from = this.at + 2;
    const close = this.text.indexOf('*/', from);
    const to = close === -1 ? this.text.length : close;
    for (let feed = this.text.indexOf('\n', from); feed !== -1 && feed < to; feed = this.text.indexOf('\n', feed + 1)) {
      this.line++;
      this.lineStart = feed + 1;
    }
    this.at = close === -1 ? to : close + 2;
    this.add(this.text.slice(from, to), start);
  }

  private place(): { readonly line: number; readonly column: number } {
    return { line: this.line, column: this.at - this.lineStart + 1 };
  }

  private add(text: string, start: { readonly line: number; readonly column: number }): void {
    const end = this.place();
    this.comments.push({ text, at: { file: this.file, ...start, endLine: end.line, endColumn: end.column } });
  }
}
