/**
 * Text that is ready for a parser, with the way back to the files it was made from. The C and the assembly front end
 * both parse such text; only this knows whether a character stands in the file itself or came out of a macro.
 */
import type { Origin, Region } from '../ir/types.js';

export interface PreparedText {
  readonly file: string;
  readonly text: string;
  /**
   * Origin of the stretch `[start, end)` of `text`. Offsets in UTF-16 units. `end` is clamped to lie after `start`.
   * A stretch that came out of a macro stands `at` the macro's use and has the place in its body as `definition`.
   */
  origin(start: number, end: number): Origin;
}

/** Offsets of line starts, for turning an offset into a line and a column. */
export class LineMap {
  private readonly starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  /** Line and column of an offset, both from 1. */
  position(offset: number): { line: number; column: number } {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.starts[low] ?? 0) + 1 };
  }

  region(file: string, start: number, end: number): Region {
    const from = this.position(start);
    const to = this.position(Math.max(start, end));
    return { file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  }
}

/** A file's own text, unchanged: every offset maps to itself. */
export function asItIs(file: string, text: string): PreparedText {
  const lines = new LineMap(text);
  return { file, text, origin: (start, end) => ({ at: lines.region(file, start, end) }) };
}
