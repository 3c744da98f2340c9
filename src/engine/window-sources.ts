/**
 * The assembly files of a tree that hold a window, of every architecture: also of those whose assembly is not lifted. They
 * are read for their labels alone.
 */
import type { MacroTable } from '../cpp/macro-table.js';
import { plainBody } from '../cpp/definitions.js';
import type { LineMaps } from '../cpp/preprocess.js';
import { architectureIn } from '../libc/architectures.js';
import type { Libc, WindowConvention } from '../libc/types.js';
import type { WindowSource } from '../linter/project.js';

export function windowSources(
  texts: Iterable<readonly [string, string]>,
  libc: Libc,
  table: MacroTable,
  lines: LineMaps,
): WindowSource[] {
  const found: WindowSource[] = [];
  for (const [file, text] of texts) {
    if (!/\.[sS]$/.test(file)) continue;
    for (const convention of libc.windows) {
      const { start, end, cancel } = convention;
      if (!text.includes(start)) continue;
      const code = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => ' '.repeat(comment.length));
      const at = definedAt(code, start);
      const place = at === -1 ? undefined : lines(file)?.region(file, at, at + start.length);
      const architecture = architectureIn(file);
      if (!place || architecture === undefined) continue;
      const labels = [start, end, ...(cancel === undefined ? [] : [cancel])];
      found.push({
        convention,
        architecture,
        at: place,
        labels: new Set(labels.filter((label) => definedAt(code, label) !== -1)),
        hasDescriptors: hasDescriptors(architecture, convention, table),
      });
    }
  }
  return found;
}

/** Offset of the definition of a label; -1 where there is none. */
const definedAt = (code: string, label: string): number => code.search(new RegExp(`(?<![\\w.$])${label}[ \\t]*:`));

/** A header of the architecture gives the macro a value other than 0. */
const hasDescriptors = (architecture: string, { descriptors }: WindowConvention, table: MacroTable): boolean =>
  descriptors !== undefined &&
  table.all(descriptors.macro).some((d) => architectureIn(d.file) === architecture && !/^0?$/.test(plainBody(d)));
