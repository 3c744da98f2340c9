/** From a span of a parsed unit to its origin in files. */
import type { PreparedText } from '../cpp/prepared.js';
import type { Origin } from '../ir/types.js';
import type { Span } from './syntax.js';

/** A span from an assembler macro stands at the use and names the macro; the preprocessor's own macros come first. */
export function originOf(prepared: PreparedText, span: Span): Origin {
  const origin = prepared.origin(span.start, span.end);
  if (!span.definition) return origin;
  const body = prepared.origin(span.definition.start, span.definition.end);
  return {
    at: origin.at,
    definition: body.definition ?? body.at,
    macros: [...(origin.macros ?? []), ...(span.macros ?? [])],
  };
}
