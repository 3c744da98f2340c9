/** The windows in files of machine code: by symbols, or where a file has none by the code of another file's window. */
import type { Libc } from '../../libc/types.js';
import { rolesOf } from '../lift.js';
import { windowsBySymbols, type FoundWindow } from './found-window.js';
import { matchMember } from './match.js';
import { openObjects, type OpenedObject } from './open-objects.js';

export interface CodeFile {
  readonly file: string;
  readonly data: Uint8Array;
}

export interface FileWindow {
  readonly libc: Libc;
  /** What the object is called: `libc.a(close.o)`. */
  readonly name: string;
  readonly file: string;
  /** Where in the file the object begins. */
  readonly at: number;
  readonly window: FoundWindow;
  /** The object whose labels say where the window begins and ends, where that is another one. */
  readonly labelsOf?: string;
}

export interface FileProblem {
  readonly kind: 'parse-error' | 'analysis-incomplete';
  readonly file: string;
  readonly message: string;
}

export interface FoundWindows {
  readonly windows: readonly FileWindow[];
  readonly problems: readonly FileProblem[];
  /** Of files without a window. */
  readonly notices: readonly string[];
}

/** Looks for the windows of the libcs. Nothing throws: what cannot be read is among the problems. */
export function findWindows(files: readonly CodeFile[], libcs: readonly Libc[]): FoundWindows {
  const starts = new Set(libcs.flatMap((libc) => libc.windows.map((one) => one.start)));
  const windows: FileWindow[] = [];
  const problems: FileProblem[] = [];
  const notices: string[] = [];
  const stripped: { readonly file: string; readonly object: OpenedObject }[] = [];
  for (const { file, data } of files) {
    const { objects, count, wrong } = openObjects(data, starts);
    for (const message of wrong) problems.push({ kind: 'parse-error', file, message });
    const before = windows.length;
    for (const object of objects) {
      const name = object.member === undefined ? file : `${file}(${object.member})`;
      for (const libc of libcs) {
        const found = windowsBySymbols(object.map, rolesOf(libc));
        windows.push(...found.map((window) => ({ libc, name, file, at: object.at, window })));
      }
      const half = object.map.symbols.find(({ symbol }) => starts.has(symbol.name));
      if (half && windows.length === before)
        problems.push({
          kind: 'analysis-incomplete',
          file: name,
          message: `There is '${half.symbol.name}', and no label at the window's end in the same section`,
        });
    }
    const [only] = objects;
    if (count === 0 && wrong.length === 0) notices.push(`${file} holds no object`);
    if (windows.length > before || count === 0 || problems.some((one) => one.file.startsWith(file))) continue;
    if (only && !only.map.hasSymbols) stripped.push({ file, object: only });
    else notices.push(`${file} has no cancellation window: ${objectsWord(count)} ${[...starts].join(' or ')}`);
  }
  for (const { file, object } of stripped) {
    const found = inStripped(file, object, windows);
    if ('window' in found) windows.push(found);
    else problems.push(found);
  }
  return { windows, problems, notices };
}

function objectsWord(count: number): string {
  return count === 1 ? 'it does not define' : `none of its ${String(count)} objects defines`;
}

function inStripped(file: string, { at, map }: OpenedObject, known: readonly FileWindow[]): FileWindow | FileProblem {
  const told = (message: string): FileProblem => ({ kind: 'analysis-incomplete', file, message });
  const same = known.filter(({ window }) => window.map.image.target === map.image.target && window.map !== map);
  if (same.length === 0)
    return told(
      'It has no symbols, and no file of this run has a window to look for in it: give the libc.a of the same build, too',
    );
  for (const { libc, name, window } of same) {
    const matched = matchMember(window, map);
    if ('found' in matched) return { libc, name: file, file, at, window: matched.found, labelsOf: name };
    if (matched.places > 1)
      return told(
        `The code of '${window.routine?.name ?? '?'}' is in it ${String(matched.places)} times, so its window is not known`,
      );
  }
  return told(
    `It has no symbols, and the code of '${same[0]?.window.routine?.name ?? '?'}' of ${same[0]?.name ?? '?'} is not in it: its window was not found`,
  );
}
