/** The program as it is linked: which definition a name means in a build for a target. */
import type { OnLimit } from '../ir/limits.js';
import type { Lifted, Region, Target } from '../ir/types.js';
import type { FileSelection } from '../libc/types.js';

/** A function's definition, lifted or not. */
export interface Defined {
  readonly name: string;
  readonly file: string;
  /** Offset of the name in the file. */
  readonly at: number;
  readonly isStatic: boolean;
  /** The name is a macro's: the linker knows the function by what the macro stands for. */
  readonly isMacro?: true;
  readonly targets: readonly Target[];
}

/** `weak_alias (of, alias)` in a file. */
export interface OtherName {
  readonly alias: string;
  readonly of: string;
  readonly weak: boolean;
  readonly compat: boolean;
  readonly file: string;
  /** Where the function is, if not in `file` itself: a source that it includes. */
  readonly ofFile?: string;
}

export interface Program {
  /** Everything lifted: what concerns cancellation, and what may call it. Macros too. */
  readonly functions: readonly Lifted[];
  /** Every function of the tree by its name. */
  readonly defined: ReadonlyMap<string, readonly Defined[]>;
  readonly otherNames: readonly OtherName[];
  /** Functions that a macro calls by another name in their definitions too (`#define __wait4_time64 __wait4`), by that name. */
  readonly renamed: ReadonlyMap<string, readonly string[]>;
  /** Names that the tree's version scripts export, where it has such. */
  readonly exported: ReadonlySet<string> | undefined;
  /** Sources that are compiled as one with a file, because one includes the other. */
  readonly unitOf: (file: string) => readonly string[];
  /**
   * Whether programs cannot call the function, and its name stands nowhere on the target but where lifted functions call
   * it, where it is stored in one of the members, which only lifted functions call, and in `runs` other places.
   */
  readonly isClosed: (f: Lifted, members: readonly string[], runs: number, target: Target) => boolean;
  /** Names of functions that are declared not to come back. */
  readonly noreturn: ReadonlySet<string>;
  /** Names whose call may run what others have written, or make threads (libc/types.ts, `StartUp`), by names alone. */
  readonly endsStartUp: ReadonlySet<string>;
  /** Functions that are stored in a member of that name. */
  readonly stores: ReadonlyMap<string, readonly { readonly of: string; readonly file: string }[]>;
  /**
   * Names that may be used by a function that is allowed to be a cancellation point, other than through one that is not:
   * what acts in them is right for somebody.
   */
  readonly usedByPoints: ReadonlySet<string>;
  /** Names that may lead to a cancellation point, by names alone: such a function that is not lifted was not understood. */
  readonly leads: ReadonlySet<string>;
  /** The integer that a constant stands for, by the definition that the build takes. */
  readonly valueOf: (name: string, target: Target) => bigint | undefined;
  readonly regionOf: (defined: Defined) => Region;
  readonly onLimit: OnLimit;
  /** The function that a name stands for in a file that has a macro of that name: `#define close(fd) __close_nocancel (fd)`. */
  readonly hiddenBy: (name: string, file: string, target: Target) => string | undefined;
}

/** What a name means: its definition, and the lifted function where it was lifted. */
export interface Meaning {
  readonly defined: Defined | undefined;
  readonly lifted: Lifted | undefined;
  /** Only programs linked against an old version get it: what others get is not known. */
  readonly isOld?: true;
}

interface Choice {
  readonly file: string;
  readonly rank: number;
  readonly weak: boolean;
  readonly meaning: () => Meaning;
  /** A macro names it: which of several in its file are compiled is only known of those that were lifted. */
  readonly byMacro?: boolean;
}

const NOTHING: Meaning = { defined: undefined, lifted: undefined };
/** Below the rank of every file. */
const BEHIND_ALL = -10_000;
/** Names that stand for names that stand for names. */
const MAX_NAMES = 8;

/** `{ __set_errno (ENOSYS); return NULL; }` */
function isLacking({ blocks: [only, ...others] }: Lifted): boolean {
  const [op, ...rest] = only?.ops ?? [];
  if (others.length > 0 || rest.length > 0 || op === undefined) return false;
  const values = op.op === 'assign' ? [op.value] : op.op === 'call' ? op.args : [];
  return values.some((v) => v.k === 'name' && v.name === 'ENOSYS');
}

/** The map's value for a key, made where there is none yet. */
function within<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

export class Linker {
  private readonly lifted = new Map<string, Lifted[]>();
  private readonly macros = new Map<string, Lifted[]>();
  private readonly names = new Map<string, OtherName[]>();
  private readonly known = new Map<string, Meaning>();
  /** What was asked for, by target, file and name. */
  private readonly meanings = new Map<Target, Map<string, Map<string, Meaning>>>();

  constructor(
    readonly program: Program,
    private readonly files: FileSelection,
    private readonly macroBody: (name: string, target: Target) => string | undefined,
  ) {
    const into = <T>(map: Map<string, T[]>, key: string, one: T): void => {
      const list = map.get(key);
      if (list) list.push(one);
      else map.set(key, [one]);
    };
    for (const f of program.functions) {
      if (f.kind === 'macro') into(this.macros, f.name, f);
      else into(this.lifted, `${f.nameAt.file} ${f.name}`, f);
      if (f.kind === 'generated') into(this.lifted, f.name, f);
    }
    for (const n of program.otherNames) into(this.names, n.alias, n);
    // Where conditionals were not decided, what only says that the system lacks something comes last.
    for (const list of this.lifted.values()) list.sort((a, b) => Number(isLacking(a)) - Number(isLacking(b)));
  }

  /** What code in a file means by a name. */
  meaning(name: string, file: string, target: Target): Meaning {
    const inFiles = within(this.meanings, target, () => new Map<string, Map<string, Meaning>>());
    const inFile = within(inFiles, file, () => new Map<string, Meaning>());
    return within(inFile, name, () => this.follow(name, file, target, 0));
  }

  private follow(name: string, file: string, target: Target, depth: number): Meaning {
    const isFunction = this.program.defined.has(name) || this.names.has(name);
    const hidden = isFunction ? this.program.hiddenBy(name, file, target) : undefined;
    if (hidden !== undefined && depth >= MAX_NAMES) this.tooMany(name, file);
    else if (hidden !== undefined) return this.follow(hidden, file, target, depth + 1);
    const own = this.inFile(name, file, target);
    if (own) return { defined: this.definedIn(name, file), lifted: own };
    for (const other of this.program.unitOf(file)) {
      const there = this.inFile(name, other, target);
      if (there?.isStatic === true) return { defined: this.definedIn(name, other), lifted: there };
    }
    const macro = this.macros.get(name)?.find((f) => f.targets.includes(target) && f.nameAt.file === file);
    if (macro && !isFunction) return { defined: undefined, lifted: macro };
    const key = `${target} ${name}`;
    let found = this.known.get(key);
    if (!found) {
      // A name that stands for itself stands for nothing.
      this.known.set(key, NOTHING);
      this.known.set(key, (found = this.find(name, target, depth)));
    }
    return found;
  }

  /**
   * Everything that the build may link under a name. Two sources that the build compiles both and that give the name alike,
   * weak or not, do so under conditionals that exclude each other: which of them it is was not decided.
   */
  possible(name: string, target: Target): readonly Meaning[] {
    const given = this.choices(name, target, 0)
      .filter((choice) => !choice.file.endsWith('.h'))
      .map((choice) => ({ ...choice, meaning: choice.meaning() }))
      .filter(({ meaning }) => (meaning.defined ?? meaning.lifted) !== undefined && meaning.isOld !== true);
    const [best] = given;
    return given
      .filter((one) => one === best || (one.weak === best?.weak && one.file !== best.file))
      .map((one) => one.meaning);
  }

  private inFile(name: string, file: string, target: Target): Lifted | undefined {
    return this.lifted.get(`${file} ${name}`)?.find((f) => f.targets.includes(target));
  }

  /** The conditionals around the definition take it out of the build: it was lifted, for other targets only. */
  private isLeftOut(name: string, file: string, target: Target): boolean {
    return this.lifted.get(`${file} ${name}`)?.some((f) => f.targets.includes(target)) === false;
  }

  private definedIn(name: string, file: string): Defined | undefined {
    return this.program.defined.get(name)?.find((d) => d.file === file);
  }

  private tooMany(name: string, file: string): void {
    const [other] = this.names.get(name) ?? [];
    const at = { file: file || (other?.file ?? ''), line: 1, column: 1, endLine: 1, endColumn: 1 };
    const message = `What '${name}' means is not known: it stands for another name, more than ${String(MAX_NAMES)} deep`;
    if (at.file !== '') this.program.onLimit(message, at);
  }

  /** The definitions and aliases of a name in the build, best first: by rank of the file, and weak ones last. */
  private choices(name: string, target: Target, depth: number): readonly Choice[] {
    const rank = (file: string): number => this.files.rank(file, target);
    const choices: Choice[] = [];
    for (const d of this.program.defined.get(name) ?? []) {
      if (!d.targets.includes(target) || (d.isStatic && !d.file.endsWith('.h'))) continue;
      if (this.isLeftOut(name, d.file, target)) continue;
      const meaning = (): Meaning => ({ defined: d, lifted: this.inFile(name, d.file, target) });
      // What a header defines is inline, and stands for what is linked only where nothing else does.
      choices.push({
        file: d.file,
        rank: rank(d.file) + (d.file.endsWith('.h') ? BEHIND_ALL : 0),
        weak: false,
        meaning,
      });
    }
    for (const f of this.lifted.get(name) ?? []) {
      if (!f.targets.includes(target)) continue;
      const meaning = (): Meaning => ({ defined: undefined, lifted: f });
      choices.push({ file: f.nameAt.file, rank: rank(f.nameAt.file), weak: false, meaning });
    }
    for (const n of this.names.get(name) ?? []) {
      if (!this.files.selects(n.file, target)) continue;
      const meaning = (): Meaning => {
        const file = n.ofFile ?? n.file;
        const found =
          n.ofFile === undefined
            ? this.follow(n.of, file, target, depth + 1)
            : { defined: this.definedIn(n.of, file), lifted: this.inFile(n.of, file, target) };
        // What was not lifted may be static all the same: another name is what makes it public.
        const whole =
          (found.defined ?? found.lifted) ? found : { defined: this.definedIn(n.of, file), lifted: undefined };
        return n.compat ? { ...whole, isOld: true } : whole;
      };
      const below = n.compat ? 0.2 : n.weak ? 0.1 : 0;
      choices.push({
        file: n.file,
        rank: rank(n.file) - below,
        weak: n.weak,
        meaning,
        byMacro: n.ofFile !== undefined,
      });
    }
    return choices.sort((a, b) => b.rank - a.rank || (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  }

  /** The definition, or the alias, that the build takes. */
  private find(name: string, target: Target, depth: number): Meaning {
    if (depth > MAX_NAMES) {
      this.tooMany(name, '');
      return NOTHING;
    }
    let best: Meaning | undefined;
    for (const choice of this.choices(name, target, depth)) {
      const meaning = choice.meaning();
      if (!(meaning.defined ?? meaning.lifted)) continue;
      if (choice.byMacro !== true || meaning.lifted) {
        best = meaning;
        break;
      }
      best ??= meaning;
    }
    if (best?.lifted) return best;
    // The definition by that name may be for other targets only.
    for (const other of this.program.renamed.get(name) ?? []) {
      if (this.macroBody(other, target) !== name) continue;
      const meaning = this.follow(other, '', target, depth + 1);
      if (meaning.lifted) return meaning;
      best ??= meaning.defined && meaning;
    }
    if (best) return best;
    // A macro of a source means nothing to other files.
    const macro = this.macros.get(name)?.find((f) => f.targets.includes(target) && f.nameAt.file.endsWith('.h'));
    if (macro) return { defined: undefined, lifted: macro };
    const body = this.macroBody(name, target);
    return body !== undefined && /^[A-Za-z_]\w*$/.test(body) && body !== name
      ? this.follow(body, '', target, depth + 1)
      : NOTHING;
  }
}
