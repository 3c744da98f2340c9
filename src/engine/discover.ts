/** Which files a run reads, and of which of them findings are wanted. */
import type { Problem } from '../ir/types.js';
import { compareText } from '../linter/compare.js';
import type { Notice } from '../linter/finding.js';
import { pathMatcher } from './glob.js';
import { EXTENSIONS, languageOf } from './languages.js';
import { fileProblem } from './read.js';
import { isCodeFile, type Given } from './root.js';
import { UserError } from './user-error.js';
import { relativeInside, walk } from './walk.js';

export interface Discovered {
  /** Every source of the tree that belongs to the library or was asked for, sorted. */
  readonly files: readonly string[];
  /** Those among them whose findings are wanted. */
  readonly lint: ReadonlySet<string>;
  /** Those that were asked for by their own names. */
  readonly named: ReadonlySet<string>;
  readonly problems: readonly Problem[];
  readonly notices: readonly Notice[];
}

/**
 * Walks the tree and picks what was asked for. `never` are path patterns of files that are no part of the library
 * (tests); they are left out unless a path names one of them, or a folder that holds nothing else.
 * Throws a `UserError` for a path outside the root and when nothing is left to lint.
 */
export function discover(root: string, given: readonly Given[], never: readonly string[]): Discovered {
  const inside = given.map((one) => ({ ...one, path: insideOrThrow(root, one) }));
  const tree = walk(root);
  const found = new Set(tree.files);
  const problems = [...tree.problems];
  const notices = [...tree.notices];
  const isNever = pathMatcher(never);
  const lint = new Set<string>();
  const explicit = new Set<string>();
  const named = new Set<string>();

  for (const one of inside) {
    switch (one.kind) {
      case 'file':
        if (languageOf(one.path) === undefined)
          notices.push(leftOut(one.path, isCodeFile(one) ? BINARY : `it is not a ${EXTENSIONS.join(', ')} file`));
        else {
          lint.add(one.path);
          explicit.add(one.path);
          named.add(one.path);
        }
        break;
      case 'folder': {
        // A folder that the walk of the tree left out (node_modules) is linted when it is asked for.
        const wasWalked = tree.folders.has(one.path);
        const own = wasWalked ? undefined : walk(root, one.path);
        problems.push(...(own?.problems ?? []));
        notices.push(...(own?.notices ?? []));
        const below = own?.files ?? tree.files.filter((file) => isBelow(file, one.path));
        const wanted = below.filter((file) => !isNever(file));
        for (const file of wanted) lint.add(file);
        if (own !== undefined) for (const file of wanted) explicit.add(file);
        if (wanted.length === 0 && one.path !== '') {
          for (const file of below) {
            lint.add(file);
            explicit.add(file);
          }
        }
        break;
      }
      case 'broken':
        if (!problems.some((problem) => problem.at.file === one.path)) {
          problems.push(fileProblem('unreadable-file', `The file cannot be read: ${one.why ?? ''}`, one.path));
        }
        break;
      case 'other':
        if (languageOf(one.path) === undefined) notices.push(leftOut(one.path, one.why ?? ''));
        break;
    }
  }

  const isAsked = (file: string): boolean => inside.some((one) => file === one.path || isBelow(file, one.path));
  const asked = problems.filter((problem) => isAsked(problem.at.file));
  if (lint.size === 0 && asked.length === 0) throw new UserError(nothingToLint(given));
  return {
    files: [...new Set([...[...found].filter((file) => !isNever(file)), ...explicit])].sort(compareText),
    lint,
    named,
    problems: asked,
    notices,
  };
}

function insideOrThrow(root: string, one: Given): string {
  const path = relativeInside(root, one.real);
  if (path === undefined) throw new UserError(`${one.typed} is outside the root ${root}; name another with --root`);
  return path;
}

function isBelow(file: string, folder: string): boolean {
  return folder === '' || file.startsWith(`${folder}/`);
}

const BINARY = 'it is machine code, which is linted in a run of its own';

function leftOut(file: string, why: string): Notice {
  return { kind: 'skipped', message: `${file} is left out: ${why}` };
}

function nothingToLint(given: readonly Given[]): string {
  const shown = given.slice(0, 3).map((one) => one.typed);
  if (given.length > shown.length) shown.push('…');
  return `Nothing to lint: no ${EXTENSIONS.join(', ')} file of a library in ${shown.join(', ')}`;
}
