/** Which files a run reads, and of which of them findings are wanted. */
import type { Problem } from '../ir/types.js';
import type { Libc } from '../libc/types.js';
import { compareText } from '../linter/compare.js';
import type { Notice } from '../linter/finding.js';
import { pathMatcher } from './glob.js';
import { EXTENSIONS, languageOf, type Language } from './languages.js';
import { fileProblem } from './read.js';
import { isCodeFile, type Given } from './root.js';
import { UserError } from './user-error.js';
import { relativeInside, walk } from './walk.js';

interface Leaves {
  readonly language: Language;
  readonly why: string;
}

export interface Discovered {
  /** Every source of the tree that belongs to the library or was asked for, sorted. */
  readonly files: readonly string[];
  /** Those among them whose findings are wanted. */
  readonly lint: ReadonlySet<string>;
  /** Those that were asked for by their own names. */
  readonly named: ReadonlySet<string>;
  readonly problems: readonly Problem[];
  readonly notices: readonly Notice[];
  /** The patterns of `ignore` that match no file of the tree. */
  readonly unusedPatterns: readonly string[];
}

/** The files of a run over the tree of a libc: make files are read only where its data says how. */
export function discoverFor(libc: Libc, root: string, given: readonly Given[], ignore?: readonly string[]): Discovered {
  const never = libc.files.never.map((one) => one.pattern);
  const leaves = libc.build
    ? undefined
    : { language: 'make' as const, why: `make files of ${libc.title} are not read` };
  return discover(root, given, never, ignore, leaves);
}

/**
 * Walks the tree and picks what was asked for. `never` are path patterns of files that are no part of the library
 * (tests); they are left out unless a path names one of them, or a folder that holds nothing else. Of files that match
 * `ignore` no findings are wanted, whoever names them: they are read, since others build on them. `leaves`: a language
 * that is no source in this tree.
 * Throws a `UserError` for a path outside the root and when nothing is left to lint.
 */
export function discover(
  root: string,
  given: readonly Given[],
  never: readonly string[],
  ignore: readonly string[] = [],
  leaves?: Leaves,
): Discovered {
  const inside = given.map((one) => ({ ...one, path: insideOrThrow(root, one) }));
  const isSource = (file: string): boolean => leaves === undefined || languageOf(file) !== leaves.language;
  const walked = walk(root);
  const tree = { ...walked, files: walked.files.filter(isSource) };
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
        if (leaves && !isSource(one.path)) notices.push(leftOut(one.path, leaves.why));
        else if (languageOf(one.path) === undefined)
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
        const below = own?.files.filter(isSource) ?? tree.files.filter((file) => isBelow(file, one.path));
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

  const isIgnored = pathMatcher(ignore);
  const ignored = [...lint].filter(isIgnored);
  for (const file of ignored) lint.delete(file);
  if (ignored.length > 0) notices.push(ignoredFiles(ignored));

  const isAsked = (file: string): boolean =>
    inside.some((one) => file === one.path || isBelow(file, one.path)) && !isIgnored(file);
  const asked = problems.filter((problem) => isAsked(problem.at.file));
  if (lint.size === 0 && asked.length === 0 && ignored.length === 0) throw new UserError(nothingToLint(given));
  return {
    files: [...new Set([...[...found].filter((file) => !isNever(file)), ...explicit])].sort(compareText),
    lint,
    named,
    problems: asked,
    notices,
    unusedPatterns: ignore.filter((pattern) => !tree.files.some(pathMatcher([pattern]))),
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

function ignoredFiles(files: readonly string[]): Notice {
  const what = files.length === 1 ? `${files[0] ?? ''} is` : `${String(files.length)} files are`;
  return { kind: 'skipped', message: `${what} left out of the findings, by "ignore" of the configuration` };
}

function nothingToLint(given: readonly Given[]): string {
  const shown = given.slice(0, 3).map((one) => one.typed);
  if (given.length > shown.length) shown.push('…');
  return `Nothing to lint: no ${EXTENSIONS.join(', ')} file of a library in ${shown.join(', ')}`;
}
