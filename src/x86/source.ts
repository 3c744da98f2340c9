/**
 * A text that the parser reads: the file itself, or what an assembler macro or a repetition made. It knows the way
 * from its offsets back to the prepared text.
 */
import type { Span } from './syntax.js';

/** The stretch from `at` on came from `root`; `fixed`: all of it from that one place (a macro's argument). */
interface Piece {
  readonly at: number;
  readonly root: number;
  readonly fixed: boolean;
}

export class Source {
  private constructor(
    readonly text: string,
    private readonly pieces: readonly Piece[],
    /** Place of the outermost macro use that led here. */
    private readonly use: Span | undefined,
    readonly macros: readonly string[],
    /** How deep in macros and repetitions. */
    readonly depth: number,
  ) {}

  static file(text: string): Source {
    return new Source(text, [{ at: 0, root: 0, fixed: false }], undefined, [], 0);
  }

  /** What using macro `name` at `span` of this source made. */
  expansion(made: MadeText, span: Span, name: string): Source {
    const use = this.use ?? { start: span.start, end: span.end };
    return new Source(made.text, made.pieces, use, [...this.macros, name], this.depth + 1);
  }

  /** What a repetition inside this source made: it stands where its body stands. */
  repetition(made: MadeText): Source {
    return new Source(made.text, made.pieces, this.use, this.macros, this.depth + 1);
  }

  /** Offset in the prepared text of an offset here. */
  root(offset: number): number {
    let low = 0;
    let high = this.pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.pieces[middle]?.at ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const piece = this.pieces[low];
    if (!piece) return 0;
    return piece.fixed ? piece.root : piece.root + offset - piece.at;
  }

  span(start: number, end: number): Span {
    const from = this.root(start);
    const to = end > start ? this.root(end - 1) + 1 : from;
    const here = { start: from, end: Math.max(from, to) };
    if (!this.use) return here;
    return { start: this.use.start, end: this.use.end, definition: here, macros: this.macros };
  }
}

export interface MadeText {
  readonly text: string;
  readonly pieces: readonly Piece[];
}

/** Puts together the text of an expansion and remembers where each part came from. */
export class TextMaker {
  private readonly parts: string[] = [];
  private readonly pieces: Piece[] = [];
  private length = 0;

  /** `[start, end)` of `source`, as it stands there. */
  copy(source: Source, start: number, end: number): void {
    if (end <= start) return;
    // Where `source` is an expansion itself its parts are not contiguous: one piece a line is near enough.
    if (source.depth === 0) this.add(source.text.slice(start, end), source.root(start), false);
    else {
      for (let at = start; at < end;) {
        const newline = source.text.indexOf('\n', at);
        const stop = newline === -1 || newline >= end ? end : newline + 1;
        this.add(source.text.slice(at, stop), source.root(at), false);
        at = stop;
      }
    }
  }

  /** Text that stands for offset `at` of `source`. */
  insert(text: string, source: Source, at: number): void {
    if (text !== '') this.add(text, source.root(at), true);
  }

  private add(text: string, root: number, fixed: boolean): void {
    this.pieces.push({ at: this.length, root, fixed });
    this.parts.push(text);
    this.length += text.length;
  }

  made(): MadeText {
    if (this.pieces.length === 0) this.pieces.push({ at: 0, root: 0, fixed: true });
    return { text: this.parts.join(''), pieces: this.pieces };
  }
}
