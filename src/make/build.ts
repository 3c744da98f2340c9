/**
 * What the make files of a tree compile, and with which flags: each folder is read as its build reads it, its own file
 * with those that it includes. Only what the libc's data names is read; what the user gives to configure is not known.
 */
import type { LineMap } from '../cpp/prepared.js';
import type { Region, Target } from '../ir/types.js';
import type { BuildConvention, FileSelection } from '../libc/types.js';
import { parseMake, type Statement, type Text } from './syntax.js';
import type { OnLimit } from '../ir/limits.js';
import { Variables, type Answer, type Place, type Word } from './variables.js';

/** A source that the rules compile in a folder. */
export interface Compilation {
  /** The folder that is built: `io`. */
  readonly folder: string;
  /** The source that is taken: `sysdeps/unix/sysv/linux/open.c`. */
  readonly source: string;
  /** The word that lists it. */
  readonly listed: Region;
  /** Whether one of the flags is in force. */
  readonly gives: (flags: readonly string[]) => Answer;
  /** So much was to be expanded for the folder that the rest counts as not known. */
  readonly isCut: boolean;
  /** The assignments of its own flags. */
  readonly own: readonly Region[];
  /** The source with the most alike name that is given one of the flags in the file that lists this one. */
  readonly alike: (flags: readonly string[]) => { readonly source: string; readonly at: Region } | undefined;
  /** Where it is given one of the flags in another folder, which does not compile it. */
  readonly elsewhere: (flags: readonly string[]) => { readonly folder: string; readonly at: Region } | undefined;
}

export interface BuildRules {
  readonly compilations: (target: Target) => readonly Compilation[];
}

export interface BuildRequest {
  readonly convention: BuildConvention;
  readonly files: FileSelection;
  /** Of every make file of the tree. */
  readonly texts: ReadonlyMap<string, string>;
  /** Every source that a build for the target may take. */
  readonly sources: (target: Target) => Iterable<string>;
  readonly lines: (file: string) => LineMap | undefined;
  readonly onLimit: OnLimit;
}

export function readBuild(request: BuildRequest): BuildRules {
  const known = new Map<Target, readonly Compilation[]>();
  const parsed = new Map<string, readonly Statement[]>();
  const statements = (file: string): readonly Statement[] => {
    let found = parsed.get(file);
    if (!found) parsed.set(file, (found = parseMake(request.texts.get(file) ?? '', told(request, file))));
    return found;
  };
  return {
    compilations: (target) => {
      let found = known.get(target);
      if (!found) known.set(target, (found = new TargetBuild(request, target, statements).compilations()));
      return found;
    },
  };
}

/** Tells of a limit in a make file where it stands. */
const told =
  ({ lines, onLimit }: BuildRequest, file: string) =>
  (message: string, { at, text }: Text): void => {
    const region = lines(file)?.region(file, at, at + text.length);
    if (region) onLimit(message, region);
  };

const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const withoutExtension = (name: string): string => name.replace(/\.\w+$/, '');

interface Folder {
  readonly name: string;
  readonly variables: Variables;
  readonly listed: ReadonlyMap<string, Word>;
  /** Nothing else can be listed. */
  readonly isWhole: boolean;
}

class TargetBuild {
  private readonly byBase = new Map<string, string[]>();
  /** Files by falling rank, for each kind of include line. */
  private readonly included: readonly { readonly line: RegExp; readonly files: readonly string[] }[];

  constructor(
    private readonly request: BuildRequest,
    private readonly target: Target,
    private readonly statements: (file: string) => readonly Statement[],
  ) {
    const { convention, files, texts, sources } = request;
    for (const file of sources(target)) {
      const base = withoutExtension(baseOf(file));
      const list = this.byBase.get(base);
      if (list) list.push(file);
      else this.byBase.set(base, [file]);
    }
    const rank = (file: string): number => files.rank(file, target);
    const selected = [...texts.keys()].filter((file) => files.selects(file, target));
    this.included = convention.includes.map((one) => {
      const test = new RegExp(one.files);
      const found = selected.filter((file) => test.test(file));
      return { line: new RegExp(one.line), files: found.sort((a, b) => rank(b) - rank(a) || (a < b ? -1 : 1)) };
    });
  }

  compilations(): readonly Compilation[] {
    const folders = [...this.request.texts.keys()].flatMap((file) => this.folder(file) ?? []);
    return folders.flatMap((folder) =>
      [...folder.listed].flatMap(([base, word]) => {
        const source = this.sourceOf(base, folder.name);
        return source === undefined ? [] : [this.compilation(folder, base, word, source, folders)];
      }),
    );
  }

  /** The folder that a file with rules builds, if it is a folder's own. */
  private folder(file: string): Folder | undefined {
    const { convention } = this.request;
    const path = file.slice(0, Math.max(0, file.lastIndexOf('/')));
    const names = this.statements(file).some((s) => s.s === 'assign' && s.name.text === convention.folder);
    if (baseOf(file) !== convention.rules || path === '' || !names) return undefined;
    const irrelevant = new RegExp(convention.irrelevant);
    const variables = new Variables(
      (variable) => irrelevant.test(variable),
      (message, at) => this.request.onLimit(message, this.region(at)),
    );
    const pending = [...this.included];
    const take = (one: (typeof pending)[number]): void => {
      pending.splice(pending.indexOf(one), 1);
      for (const other of one.files) variables.read(this.statements(other), other, () => undefined);
    };
    variables.read(this.statements(file), file, (paths) => {
      for (const one of [...pending]) if (one.line.test(paths)) take(one);
    });
    const [name] = variables.words(convention.folder);
    if (name?.text !== path) return undefined;
    const listed = new Map<string, Word>();
    let isWhole = !variables.isExhausted;
    const isList = new RegExp(convention.lists);
    const copies = convention.copies === undefined ? undefined : new RegExp(convention.copies);
    for (const variable of variables.names()) {
      if (!isList.test(variable)) continue;
      for (const word of variables.words(variable)) {
        if (word.text === undefined) isWhole = false;
        else {
          const source = copies?.exec(word.text)?.[1] ?? word.text;
          if (!listed.has(source)) listed.set(source, word);
        }
      }
    }
    return { name: path, variables, listed, isWhole };
  }

  /** Of the sources of that name, the one that the build finds first. */
  private sourceOf(base: string, folder: string): string | undefined {
    const { convention, files } = this.request;
    const shared = new RegExp(convention.sharedSources);
    const rank = (file: string): number => files.rank(file, this.target);
    return (this.byBase.get(base) ?? [])
      .filter((file) => shared.test(file) || file.slice(0, file.lastIndexOf('/')) === folder)
      .sort((a, b) => rank(b) - rank(a) || (a < b ? -1 : 1))[0];
  }

  private compilation(
    folder: Folder,
    base: string,
    word: Word,
    source: string,
    folders: readonly Folder[],
  ): Compilation {
    const { convention } = this.request;
    const own = convention.flags.map((name) => name.replace('%', base));
    const wordsOf = (names: readonly string[], { variables }: Folder): Word[] =>
      names.flatMap((name) => variables.words(name));
    return {
      folder: folder.name,
      source,
      listed: this.region(word.at),
      gives: (flags) => {
        // What configure or the user adds to the flags of every source is not the tree's.
        const everywhere = wordsOf(convention.allFlags, folder).filter((w) => w.text !== undefined);
        return answerOf([...everywhere, ...wordsOf(own, folder)], flags);
      },
      isCut: folder.variables.isExhausted,
      own: own.flatMap((name) => folder.variables.assignments(name).map((at) => this.region(at))),
      alike: (flags) => this.alike(folder, base, word.at.file, flags),
      elsewhere: (flags) => {
        for (const other of folders) {
          if (other === folder || !other.isWhole || other.listed.has(base)) continue;
          if (answerOf(wordsOf(own, other), flags) !== 'yes') continue;
          const at = own.flatMap((name) => other.variables.assignments(name))[0];
          if (at && !folders.some((f) => f.listed.has(base) && answerOf(wordsOf(own, f), flags) === 'yes'))
            return { folder: other.name, at: this.region(at) };
        }
        return undefined;
      },
    };
  }

  private alike(
    folder: Folder,
    base: string,
    file: string,
    flags: readonly string[],
  ): { source: string; at: Region } | undefined {
    const { variables, listed } = folder;
    const [pattern = ''] = this.request.convention.flags;
    const [head = '', tail = ''] = pattern.split('%');
    let best: { readonly source: string; readonly at: Place; readonly common: number } | undefined;
    for (const name of variables.names()) {
      if (!name.startsWith(head) || !name.endsWith(tail)) continue;
      const source = name.slice(head.length, name.length - tail.length);
      const at = variables.assignments(name).findLast((a) => a.file === file);
      if (!at || !listed.has(source) || answerOf(variables.words(name), flags) !== 'yes') continue;
      const common = commonLength(source, base);
      if (!best || common > best.common || (common === best.common && at.at > best.at.at))
        best = { source, at, common };
    }
    return best && { source: best.source, at: this.region(best.at) };
  }

  private region({ file, at, length }: Place): Region {
    const found = this.request.lines(file)?.region(file, at, at + length);
    return found ?? { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
  }
}

function commonLength(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
}

/** Whether one of the flags holds behind the last word: `-fno-x` ends `-fx`. */
function answerOf(words: readonly Word[], flags: readonly string[]): Answer {
  const answers = flags.map((flag): Answer => {
    const not = flag.replace(/^-f/, '-fno-');
    let now: Answer = 'no';
    for (const { text, isSure } of words) {
      if (text === undefined) now = now === 'no' ? 'unknown' : now;
      else if (text === flag) now = isSure ? 'yes' : now === 'yes' ? 'yes' : 'unknown';
      else if (text === not) now = isSure ? 'no' : now === 'no' ? 'no' : 'unknown';
    }
    return now;
  });
  return answers.includes('yes') ? 'yes' : answers.includes('unknown') ? 'unknown' : 'no';
}
