/** What the linted files say about themselves before any front end looks at them: directives, and whether they are text. */
import { join } from 'node:path';
import type { Problem } from '../ir/types.js';
import type { Directive } from '../linter/directives.js';
import { findDirectives } from '../linter/directives.js';
import { languageOf } from './languages.js';
import { fileProblem, readSource, SourceError } from './read.js';

export interface LintedFiles {
  /** By file; files without a directive have no entry. */
  readonly directives: ReadonlyMap<string, readonly Directive[]>;
  readonly problems: readonly Problem[];
}

/**
 * `texts`: what the analysis has read of them. Nearly no file has a directive. A file that cannot be read is the analysis'
 * to report.
 */
export function lookAtFiles(
  root: string,
  files: Iterable<string>,
  texts: ReadonlyMap<string, string> = new Map(),
): LintedFiles {
  const directives = new Map<string, readonly Directive[]>();
  const problems: Problem[] = [];
  for (const file of files) {
    try {
      const text = texts.get(file) ?? readSource(join(root, file)).text;
      if (text.includes('\0'))
        problems.push(fileProblem('parse-error', 'The file holds NUL characters, so it is no text', file));
      const language = languageOf(file);
      if (language === undefined) continue;
      const found = findDirectives(file, text, language === 'table' ? 'assembly' : language);
      if (found.length > 0) directives.set(file, found);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
    }
  }
  return { directives, problems };
}
