/** Sources of a tree that have to be read with those that they include, to know which functions they define. */
import type { Knowledge } from '../c/knowledge.js';
import { nameOf } from '../c/front-end.js';
import { outline, type Outline, type OutlinedFunction, type OutlinedUse, type OutlineQuestions } from '../c/outline.js';
import { split } from '../c/split.js';
import { unitMeanings, type Unit } from '../c/unit.js';
import { normalise } from '../c/normalise.js';
import { plainBody } from '../cpp/definitions.js';
import { toText, type Included } from '../cpp/preprocess.js';
import { push } from '../ir/push.js';
import type { Target } from '../ir/types.js';
import { inTurns } from './turns.js';

/** What a unit defines besides what its files say by themselves. */
export interface Made {
  /** Each with the file that it stands in. */
  readonly functions: readonly (OutlinedFunction & { readonly file: string })[];
  readonly uses: readonly OutlinedUse[];
}

/** Shorter words are in every source. */
const SHORTEST = 3;
/** Names are made by short macros. */
const LONGEST_BODY = 200;
/** What macros add to a word: `_r`, `f64x`. */
const LONGEST_END = 5;
const LONGEST_HEAD = 3;

/** Names of which it is not known yet where they are defined. */
export class Sought {
  private readonly beginnings = new Set<string>();

  /** `inParts`: also words between underscores may be what a name is made of. */
  constructor(names: Iterable<string>, inParts = false) {
    for (const name of names) {
      if (inParts) for (const part of name.split('_')) if (part.length > SHORTEST) this.beginnings.add(part);
      const shortest = Math.max(SHORTEST, name.length - LONGEST_END, Math.ceil(name.length / 2));
      for (let end = shortest; end <= name.length; end++) this.beginnings.add(name.slice(0, end));
      // `isw##name`
      for (let from = 1; from <= LONGEST_HEAD && from + LONGEST_HEAD < name.length; from++)
        this.beginnings.add(name.slice(from));
    }
  }

  /** Whether one of the names begins with the word, and has little behind it. */
  holds(word: string): boolean {
    return this.beginnings.has(word.replace(/^_+/, '')) || this.beginnings.has(word);
  }
}

const NAMING = /^\w+(\s*##\s*\w+)*\s*(\([\w\s,]*\))?$/;

const INCLUDE = /^[ \t]*#[ \t]*include(?:_next)?[ \t]*[<"]([^>"\n]+)[>"]/gm;
/** Names of files that define functions for others by macros, when they are headers. */
const isSource = (file: string): boolean => file.endsWith('.c');

/** What is known of a tree before its units are read. */
export interface KnownTree {
  readonly texts: ReadonlyMap<string, string>;
  readonly built: ReadonlyMap<string, readonly Target[]>;
  readonly outlines: ReadonlyMap<string, Outline>;
  readonly knowledge: Knowledge;
  readonly rank: (file: string, target: Target) => number;
}

class Units {
  private readonly byBase = new Map<string, string[]>();
  private readonly found = new Map<string, string | undefined>();
  private readonly included = new Map<string, readonly string[]>();
  private readonly words = new Map<string, readonly string[]>();
  /** Names and bodies of the macros of each source. */
  private readonly defined = new Map<string, string[]>();

  constructor(private readonly tree: KnownTree) {
    const { outlines, knowledge } = tree;
    for (const [, definitions] of knowledge.table.names()) {
      for (const d of definitions) {
        // Whole names, and what is pasted to names.
        if (!isSource(d.file) || !/^\w+$|##/.test(plainBody(d)) || plainBody(d).length > LONGEST_BODY) continue;
        push(this.defined, d.file, d.name);
        push(this.defined, d.file, plainBody(d));
      }
    }
    for (const file of outlines.keys()) {
      if (!isSource(file) && !this.isShared(file)) continue;
      push(this.byBase, file.slice(file.lastIndexOf('/') + 1), file);
    }
  }

  /**
   * The unit that a source makes; undefined where its files say by themselves what they define, or where it can define none
   * of the names that are sought.
   */
  of(file: string, sought: Sought | undefined): Unit | undefined {
    const text = this.tree.texts.get(file);
    if (text === undefined || !this.tree.outlines.has(file) || !isSource(file)) return undefined;
    const files = this.filesOf(file);
    const sources = files.filter(isSource);
    const isMade = sources.some((one) => this.definesByMacro(one, files) || this.usesOf(one).length > 0);
    if (!isMade || (sought && !sources.some((one) => this.wordsOf(one).some((word) => sought.holds(word)))))
      return undefined;
    return { file, text, include: (name, from) => this.part(name, from) };
  }

  /** Macros at file scope that define something. */
  private usesOf(file: string): readonly OutlinedUse[] {
    const { makers, roles } = this.tree.knowledge;
    const isChosen = (name: string): boolean => roles.libc.chosen?.some((c) => c.name === name) === true;
    return (this.tree.outlines.get(file)?.uses ?? []).filter((u) => makers.has(u.macro) || isChosen(u.macro));
  }

  /** What names may be made of: the words of the file's macros, and those given to macros that define. */
  private wordsOf(file: string): readonly string[] {
    let known = this.words.get(file);
    if (!known) {
      const made = [...(this.defined.get(file) ?? []), ...this.usesOf(file).flatMap((u) => u.args)];
      this.words.set(file, (known = made.flatMap((text) => text.match(/[A-Za-z_]\w*/g) ?? [])));
    }
    return known;
  }

  private part(name: string, from: string): Included | undefined {
    const file = this.resolve(name, from);
    const text = file === undefined ? undefined : this.tree.texts.get(file);
    return file === undefined || text === undefined ? undefined : { file, text };
  }

  /** The file and the sources that it includes, directly or not. */
  private filesOf(file: string): readonly string[] {
    const out = new Set<string>();
    const work = [file];
    for (let one = work.pop(); one !== undefined; one = work.pop()) {
      if (out.has(one)) continue;
      out.add(one);
      work.push(...this.includedBy(one));
    }
    return [...out];
  }

  private includedBy(file: string): readonly string[] {
    let known = this.included.get(file);
    if (!known) {
      const text = this.tree.texts.get(file) ?? '';
      const names = Array.from(text.matchAll(INCLUDE), (m) => m[1] ?? '');
      this.included.set(file, (known = names.flatMap((name) => this.resolve(name, file) ?? [])));
    }
    return known;
  }

  /** By the end of the path, as no include path is known: next to the file, from the root, else the best that is built. */
  private resolve(name: string, from: string): string | undefined {
    const key = `${from} ${name}`;
    if (!this.found.has(key)) this.found.set(key, this.search(name, from));
    return this.found.get(key);
  }

  private search(name: string, from: string): string | undefined {
    const path = name.replace(/^(\.\.?\/)+/, '');
    const all = (this.byBase.get(path.slice(path.lastIndexOf('/') + 1)) ?? []).filter(
      (one) => one !== from && `/${one}`.endsWith(`/${path}`),
    );
    const [target] = this.tree.built.get(from) ?? [];
    const folder = from.slice(0, from.lastIndexOf('/') + 1);
    const rank = (one: string): number =>
      one === path ? Infinity : one === folder + name ? 1e9 : target === undefined ? 0 : this.tree.rank(one, target);
    return all.sort((a, b) => rank(b) - rank(a) || (a < b ? -1 : 1))[0];
  }

  /** Whether a function of the file is named by a macro: one of these files', or one that makes names. */
  private definesByMacro(file: string, files: readonly string[]): boolean {
    const isNamed = ({ name }: OutlinedFunction): boolean =>
      this.tree.knowledge.table
        .all(name)
        .some((d) => files.includes(d.file) || (d.params && NAMING.test(plainBody(d))) === true);
    return this.tree.outlines.get(file)?.functions.some(isNamed) === true;
  }

  /** Whether a header defines a function whose name each file that includes it makes (`IFUNC_SELECTOR`). */
  private isShared(file: string): boolean {
    const isMacro = ({ name }: OutlinedFunction): boolean =>
      /^[A-Z0-9_]+$/.test(name) && this.tree.knowledge.table.all(name).some((d) => !d.params);
    return this.tree.outlines.get(file)?.functions.some(isMacro) === true;
  }
}

export type MadeUnit = { readonly unit: Unit } & Made;

/** Units between two turns of the event loop. */
const READ = 32;
/** Functions of units that functions of units call. */
const ROUNDS = 2;

/** By the source that makes it, every unit that may define one of the names, or a name that those call. */
export async function readUnits(
  tree: KnownTree,
  names: Sought,
  ask: OutlineQuestions,
): Promise<ReadonlyMap<string, MadeUnit>> {
  const { outlines, built, knowledge } = tree;
  const units = new Units(tree);
  const made = new Map<string, MadeUnit>();
  const known = new Set([...outlines.values()].flatMap((o) => o.functions.map((f) => f.name)));
  const isInternal = (name: string): boolean =>
    /^_+(?!builtin)/.test(name) && !known.has(name) && knowledge.table.all(name).length === 0;
  for (let round = 0, sought = names; round < ROUNDS; round++) {
    const found: Made[] = [];
    await inTurns([...outlines.keys()], READ, (file) => {
      const unit = made.has(file) ? undefined : units.of(file, sought);
      if (!unit) return;
      const one = outlineUnit(unit, ends(built.get(file) ?? []), knowledge, ask);
      made.set(file, { unit, ...without(one, outlines) });
      found.push(one);
    });
    for (const { functions } of found) for (const f of functions) known.add(f.name);
    const called = new Set(found.flatMap((m) => m.functions.flatMap((f) => f.calls)));
    sought = new Sought([...called].filter(isInternal), true);
  }
  return made;
}

/** Names hardly differ between targets, so that two of many have to do. */
export const ends = (targets: readonly Target[]): readonly Target[] => [
  ...new Set([...targets.slice(0, 1), ...targets.slice(-1)]),
];

/** What the files of the unit do not say by themselves. */
function without({ functions, uses }: Made, outlines: ReadonlyMap<string, Outline>): Made {
  const known = new Set<string>();
  for (const file of new Set(functions.map((f) => f.file)))
    for (const f of outlines.get(file)?.functions ?? []) known.add(`${file} ${f.name}`);
  return { functions: functions.filter((f) => !known.has(`${f.file} ${f.name}`)), uses };
}

/** Reads the unit for each of the targets. */
function outlineUnit(unit: Unit, targets: readonly Target[], knowledge: Knowledge, ask: OutlineQuestions): Made {
  const { libc } = knowledge.roles;
  const functions = new Map<string, OutlinedFunction & { file: string }>();
  const uses = new Map<string, OutlinedUse>();
  const seen = new Set<string>();
  const meanings = targets.flatMap((target) =>
    [...unitMeanings(unit, target, knowledge)].map((m) => ({ target, ...m })),
  );
  for (const { target, tokens: read } of meanings) {
    const view = knowledge.table.view(target, 'c');
    const { tokens } = normalise(read, knowledge, view);
    const { text } = toText(unit.file, tokens, () => undefined);
    if (seen.has(text)) continue;
    seen.add(text);
    const parts = split(tokens, libc, view, unit.text);
    const said = outline(text, ask);
    const places = new Map(
      parts.functions.flatMap((f) => {
        const name = nameOf(f);
        const token = f.tokens.find((t) => t.text === name);
        return token ? [[name, { token, f }] as const] : [];
      }),
    );
    for (const f of said.functions) {
      const found = places.get(f.name)?.token;
      if (functions.has(f.name) || !found) continue;
      functions.set(f.name, { ...f, at: found.use?.start ?? found.start, file: found.file ?? unit.file });
    }
    for (const use of said.uses) {
      uses.set(`${use.macro} ${use.args.join()}`, use);
      const chosen = libc.chosen?.find((c) => c.name === use.macro);
      const name = chosen && use.args[chosen.symbol];
      if (!chosen || name === undefined || functions.has(name)) continue;
      // What is called here chooses, and is over when the function is called: what it gives is what may be called then.
      const by = use.args[chosen.by]?.match(/[A-Za-z_]\w*(\s*\()?/g) ?? [];
      const selectors = by.flatMap((word) => (word.endsWith('(') ? word.replace(/\W+$/, '') : []));
      const among = selectors.flatMap((word) => places.get(word)?.f.tokens ?? []);
      const given = among.filter((t, i) => t.kind === 'identifier' && among[i + 1]?.text !== '(').map((t) => t.text);
      const calls = [...new Set([...by.filter((word) => !word.endsWith('(')), ...given])];
      functions.set(name, { name, at: 0, isStatic: false, calls, file: unit.file });
    }
  }
  return { functions: [...functions.values()], uses: [...uses.values()] };
}
