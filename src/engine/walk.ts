/**
 * Every source below a folder. Links to folders are not followed, so a loop of links is harmless, and nothing but
 * regular files is ever opened. What cannot be read becomes a problem, what is left out on purpose a notice.
 */
import type { Buffer } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { Problem } from '../ir/types.js';
import { compareText } from '../linter/compare.js';
import type { Notice } from '../linter/finding.js';
import { fsPath, pathFromBytes } from '../linter/path-text.js';
import { languageOf } from './languages.js';
import { fileProblem, reason, whatItIs } from './read.js';

/** Folders that are no part of any source tree. */
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['.git', 'node_modules']);

export interface Walked {
  /** Relative to the root with forward slashes, sorted by code unit. */
  readonly files: readonly string[];
  /** Every folder that was looked into, the start among them. */
  readonly folders: ReadonlySet<string>;
  readonly problems: readonly Problem[];
  readonly notices: readonly Notice[];
}

/** Walks a folder, given relative to the root (`''` is the root itself). The root is a real path. */
export function walk(root: string, start = ''): Walked {
  const files = new Set<string>();
  const seen = new Set<string>();
  const problems: Problem[] = [];
  const notices: Notice[] = [];
  const skip = (file: string, why: string): void => {
    notices.push({ kind: 'skipped', message: `${file} is left out: ${why}` });
  };

  const visitLink = (path: string): void => {
    let real: string;
    try {
      real = realPath(join(root, path));
      const stat = statSync(fsPath(real));
      if (stat.isDirectory()) return; // Not followed: what it leads to is found under its own name.
      if (!stat.isFile()) return skip(path, `it leads to ${whatItIs(stat)}`);
    } catch (error) {
      problems.push(fileProblem('unreadable-file', `The link leads nowhere: ${reason(error)}`, path));
      return;
    }
    const inside = relativeInside(root, real);
    if (inside === undefined) return skip(path, 'the link leads out of the tree');
    // A source is found under its own name as well; anything else is a source only by the link's name.
    const isFoundAnyway =
      languageOf(inside) !== undefined && !inside.split('/').some((part) => SKIPPED_FOLDERS.has(part));
    files.add(isFoundAnyway ? inside : path);
  };

  const visitFolder = (folder: string): string[] => {
    seen.add(folder);
    let entries: readonly Dirent<Buffer>[];
    try {
      entries = readdirSync(fsPath(join(root, folder)), { withFileTypes: true, encoding: 'buffer' });
    } catch (error) {
      problems.push(
        fileProblem('unreadable-file', `The folder cannot be read: ${reason(error)}`, folder === '' ? '.' : folder),
      );
      return [];
    }
    const folders: string[] = [];
    for (const entry of entries) {
      const name = pathFromBytes(entry.name);
      const path = folder === '' ? name : `${folder}/${name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED_FOLDERS.has(name)) folders.push(path);
      } else if (languageOf(name) === undefined) continue;
      else if (entry.isFile()) files.add(path);
      else if (entry.isSymbolicLink()) visitLink(path);
      else skip(path, `it is ${whatItIs(entry)}`);
    }
    return folders;
  };

  const pending = [start];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) pending.push(...visitFolder(next));
  return {
    files: [...files].sort(compareText),
    folders: seen,
    problems: problems.sort((a, b) => compareText(a.at.file, b.at.file)),
    notices: notices.sort((a, b) => compareText(a.message, b.message)),
  };
}

/** A real path relative to a real root with forward slashes, or nothing when it is not inside. The root itself is `''`. */
export function relativeInside(root: string, absolute: string): string | undefined {
  const path = relative(root, absolute);
  if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) return undefined;
  return sep === '/' ? path : path.split(sep).join('/');
}

/** The path with every link followed. Throws where it leads nowhere. */
export function realPath(absolute: string): string {
  return pathFromBytes(realpathSync.native(fsPath(absolute), { encoding: 'buffer' }));
}
