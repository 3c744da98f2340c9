/**
 * The windows in files of machine code: by symbols; where a file has none by the code of another file's window, or else
 * by the shape of its own.
 */
import type { Libc } from '../../libc/types.js';
import { rolesOf } from '../lift.js';
import { windowsByShape } from './by-shape.js';
import { labelNames, windowsBySymbols, type FoundWindow } from './found-window.js';
import { handlersIn, type FoundHandler } from './handler.js';
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
  /** What a proof rests upon, where that is not the file's own labels: words that follow "is proved". */
  readonly condition?: string;
}

export interface FileProblem {
  readonly kind: 'parse-error' | 'analysis-incomplete';
  readonly file: string;
  readonly message: string;
}

export interface FoundWindows {
  readonly windows: readonly FileWindow[];
  /** Functions that check for a window, in objects that are not linked. */
  readonly handlers: readonly FoundHandler[];
  readonly problems: readonly FileProblem[];
  /** Of files without a window, and of how one was found. */
  readonly notices: readonly { readonly kind: 'no-window' | 'window-found'; readonly message: string }[];
}

/** Looks for the windows of the libcs. Nothing throws: what cannot be read is among the problems. */
export async function findWindows(files: readonly CodeFile[], libcs: readonly Libc[]): Promise<FoundWindows> {
  const starts = new Set(libcs.flatMap((libc) => libc.windows.map((one) => one.start)));
  const windows: FileWindow[] = [];
  const handlers: FoundHandler[] = [];
  const problems: FileProblem[] = [];
  const notices: FoundWindows['notices'][number][] = [];
  const without = (message: string): unknown => notices.push({ kind: 'no-window', message });
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
        handlers.push(...handlersIn(object, name, file, libc));
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
    if (count === 0 && wrong.length === 0) without(`${file} holds no object`);
    if (windows.length > before || count === 0 || problems.some((one) => one.file.startsWith(file))) continue;
    if (only && !only.map.hasSymbols) stripped.push({ file, object: only });
    else without(`${file} has no cancellation window: ${objectsWord(count)} ${[...starts].join(' or ')}`);
  }
  for (const { file, object } of stripped) {
    const found = inStripped(file, object, windows) ?? (await byShape(file, object, libcs));
    notices.push(...(found.notices ?? []));
    if (found.window) windows.push(found.window);
    if (found.problem !== undefined) problems.push({ kind: 'analysis-incomplete', file, message: found.problem });
  }
  return { windows, handlers, problems, notices };
}

function objectsWord(count: number): string {
  return count === 1 ? 'it does not define' : `none of its ${String(count)} objects defines`;
}

interface InStripped {
  readonly window?: FileWindow;
  readonly problem?: string;
  readonly notices?: FoundWindows['notices'];
}

/** The window whose code is that of a window which symbols name; undefined where there is none such. */
function inStripped(file: string, { at, map }: OpenedObject, known: readonly FileWindow[]): InStripped | undefined {
  for (const { libc, name, window } of known) {
    if (window.map.image.target !== map.image.target || !window.map.hasSymbols) continue;
    const matched = matchMember(window, map);
    const condition = `if its handler has the labels of ${name}`;
    if ('found' in matched) return { window: { libc, name: file, file, at, window: matched.found, condition } };
    if (matched.places > 1) {
      const routine = window.routine?.name ?? '?';
      return {
        problem: `The code of '${routine}' is in it ${String(matched.places)} times, so its window is not known`,
      };
    }
  }
  return undefined;
}

const GIVE = 'give the libc.a of the same build, too';

async function byShape(file: string, { at, map }: OpenedObject, libcs: readonly Libc[]): Promise<InStripped> {
  if (map.object.sections.length === 0) return { problem: 'It has neither symbols nor section headers' };
  const { calls, found } = await windowsByShape(map, libcs);
  if (calls === 0) {
    const message = `${file} has no cancellation window: there is no system call instruction in it`;
    return { notices: [{ kind: 'no-window', message }] };
  }
  const ofCalls = `of ${String(calls)} place${calls === 1 ? '' : 's'} with the bytes of a system call instruction`;
  const [only] = found;
  if (!only) {
    const message = `It has no symbols, and none ${ofCalls} lies in code of the shape of a window: ${GIVE}`;
    return { problem: message };
  }
  const places = found.map(({ window }) => window.routine?.name ?? '?').join(', ');
  if (found.length > 1) {
    const message = `It has no symbols, and ${String(found.length)} functions of it have the shape of a window, so which is one is not known (${places}): ${GIVE}`;
    return { problem: message };
  }
  const [start, end] = labelNames(only.window.convention).map((name) => only.window.labels.get(name) ?? 0);
  const shown = (address = 0): string => `0x${map.inFile(address).toString(16)}`;
  const condition = `if the handler takes the window to begin at ${shown(start)} and to end at ${shown(end)}`;
  const message = `${file} has no symbols: 1 ${ofCalls} lies in code of the shape of a window, which begins at ${shown(only.window.routine?.address)}`;
  return {
    window: { ...only, name: file, file, at, condition },
    notices: [{ kind: 'window-found', message }],
  };
}
