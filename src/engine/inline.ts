/** The directives of the linted files. Nearly no file has one, so the bytes are looked at before they become text. */
import { join } from 'node:path';
import type { Directive } from '../linter/directives.js';
import { DIRECTIVE_MARK, findDirectives } from '../linter/directives.js';
import { languageOf } from './languages.js';
import { decode, readBytes, SourceError } from './read.js';

/** By file; files without a directive have no entry. A file that cannot be read is the analysis' to report. */
export function readDirectives(root: string, files: Iterable<string>): ReadonlyMap<string, readonly Directive[]> {
  const byFile = new Map<string, readonly Directive[]>();
  for (const file of files) {
    const language = languageOf(file);
    if (language === undefined) continue;
    try {
      const bytes = readBytes(join(root, file));
      if (!bytes.includes(DIRECTIVE_MARK)) continue;
      const directives = findDirectives(file, decode(bytes), language);
      if (directives.length > 0) byFile.set(file, directives);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
    }
  }
  return byFile;
}
