/** What the libraries of a tree export, by the version lists in its folders (glibc's `Versions`). */
import { join } from 'node:path';
import type { Libc } from '../libc/types.js';
import { readSource, SourceError } from './read.js';

/** Names between the braces of a version: `GLIBC_2.0 { read; write; }`. Undefined where the tree has no such list. */
export function exportedNames(root: string, files: Iterable<string>, libc: Libc): ReadonlySet<string> | undefined {
  const { versionLists } = libc;
  if (versionLists === undefined) return undefined;
  const folders = new Set<string>(['']);
  for (const file of files) folders.add(file.slice(0, file.lastIndexOf('/') + 1));
  const names = new Set<string>();
  for (const folder of folders) {
    const text = textOf(join(root, folder, versionLists.name));
    for (const m of text.replace(/#.*/g, '').matchAll(/([A-Za-z_]\w*)\s*;/g)) names.add(m[1] ?? '');
  }
  return names.size > 0 ? names : undefined;
}

/** A folder without a list exports nothing of its own. */
function textOf(path: string): string {
  try {
    return readSource(path).text;
  } catch (error) {
    if (error instanceof SourceError) return '';
    throw error;
  }
}
