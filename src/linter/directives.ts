/**
 * Directives: comments in a source that silence findings.
 *
 *     cancelint-disable-next-line RULE[, RULE] -- why      the line after the comment
 *     cancelint-disable-line RULE -- why                   the comment's own line
 *     cancelint-disable RULE -- why                        from here to the end or to cancelint-enable RULE
 *
 * Without a rule they mean all.
 */
import type { Region } from '../ir/types.js';
import { findComments, type CommentLanguage } from './comments.js';

export const DIRECTIVE_KINDS = ['disable-next-line', 'disable-line', 'disable', 'enable'] as const;
export type DirectiveKind = (typeof DIRECTIVE_KINDS)[number];

/** What every directive begins with: a file without it needs no scan. */
const DIRECTIVE_MARK = 'cancelint-';

export interface Directive {
  /** As written after the mark; what is no `DirectiveKind` silences nothing and is reported. */
  readonly kind: string;
  /** Empty: every rule. */
  readonly rules: readonly string[];
  readonly justification: string;
  /** The whole comment. */
  readonly at: Region;
}

/** The directives of a file in the order in which they stand. */
export function findDirectives(file: string, text: string, language: CommentLanguage): readonly Directive[] {
  if (!text.includes(DIRECTIVE_MARK)) return [];
  const directives: Directive[] = [];
  for (const comment of findComments(file, text, language)) {
    // Blanks and ornaments may stand before it, words may not: prose that mentions a directive is none.
    const match = /^[\s*#/!]*cancelint-([a-z-]+)(?![\w:])([^]*)$/.exec(comment.text);
    if (match === null) continue;
    const [, kind = '', rest = ''] = match;
    const [, names = '', justification = ''] = /^([^]*?)(?:(?:^|\s)--+(?:\s([^]*))?)?$/.exec(rest) ?? [];
    directives.push({
      kind,
      rules: names.split(/[\s,*]+/).filter((name) => name !== ''),
      justification: justification.replace(/\s+\*?\s*/g, ' ').trim(),
      at: comment.at,
    });
  }
  return directives;
}

/** Whether the word after the mark is one that is known. */
export function isDirectiveKind(kind: string): kind is DirectiveKind {
  return (DIRECTIVE_KINDS as readonly string[]).includes(kind);
}
