/** The program as it is linked: which definition a name means in a build for a target. */
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
  /** Whether the name of a static function stands nowhere in its source but where it is called. */
  readonly isOnlyCalled: (f: Lifted) => boolean;
  /** Functions that are stored in a member of that name. */
  readonly stores: ReadonlyMap<string, readonly { readonly of: string; readonly file: string }[]>;
  /**
   * Names that may be used by a function that is allowed to be a cancellation point, other than through one that is not:
   * what acts in them is right for somebody.
   */
  readonly usedByPoints: ReadonlySet<string>;
  /** The integer that a constant stands for, by the definition that the build takes. */
  readonly valueOf: (name: string, target: Target) => bigint | undefined;
  readonly regionOf: (defined: Defined) => Region;
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

export class Linker {
  private readonly lifted = new Map<string, Lifted[]>();
  private readonly macros = new Map<string, Lifted[]>();
  private readonly names = new Map<string, OtherName[]>();
  private readonly known = new Map<string, Meaning>();

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
  meaning(name: string, file: string, target: Target, depth = 0): Meaning {
    const isFunction = this.program.defined.has(name) || this.names.has(name);
    const hidden = isFunction && depth < MAX_NAMES ? this.program.hiddenBy(name, file, target) : undefined;
    if (hidden !== undefined) return this.meaning(hidden, file, target, depth + 1);
    const own = this.inFile(name, file, target);
    if (own) return { defined: this.definedIn(name, file), lifted: own };
    for (const other of this.program.unitOf(file)) {
      const there = this.inFile(name, other, target);
      if (there?.isStatic === true) return { defined: this.definedIn(name, other), lifted: there };
    }
    const key = `${target} ${name}`;
    let found = this.known.get(key);
    if (!found) {
      // A name that stands for itself stands for nothing.
      this.known.set(key, NOTHING);
      this.known.set(key, (found = this.find(name, target, depth)));
    }
    return found;
  }

  private inFile(name: string, file: string, target: Target): Lifted | undefined {
    return this.lifted.get(`${file} ${name}`)?.find((f) => f.targets.includes(target));
  }

  private definedIn(name: string, file: string): Defined | undefined {
    return this.program.defined.get(name)?.find((d) => d.file === file);
  }

  /** The definition, or the alias, that the build takes: by rank of its file, and weak ones last. */
  private find(name: string, target: Target, depth: number): Meaning {
    if (depth > MAX_NAMES) return NOTHING;
    const rank = (file: string): number => this.files.rank(file, target);
    interface Choice {
      readonly file: string;
      readonly rank: number;
      readonly meaning: () => Meaning;
      /** A macro names it: which of several in its file are compiled is only known of those that were lifted. */
      readonly byMacro?: boolean;
    }
    const choices: Choice[] = [];
    for (const d of this.program.defined.get(name) ?? []) {
      if (!d.targets.includes(target) || (d.isStatic && !d.file.endsWith('.h'))) continue;
      const meaning = (): Meaning => ({ defined: d, lifted: this.inFile(name, d.file, target) });
      // What a header defines is inline, and stands for what is linked only where nothing else does.
      choices.push({ file: d.file, rank: rank(d.file) + (d.file.endsWith('.h') ? BEHIND_ALL : 0), meaning });
    }
    for (const f of this.lifted.get(name) ?? []) {
      if (!f.targets.includes(target)) continue;
      const meaning = (): Meaning => ({ defined: undefined, lifted: f });
      choices.push({ file: f.nameAt.file, rank: rank(f.nameAt.file), meaning });
    }
    for (const n of this.names.get(name) ?? []) {
      if (!this.files.selects(n.file, target)) continue;
      const meaning = (): Meaning => {
        const file = n.ofFile ?? n.file;
        const found =
          n.ofFile === undefined
            ? this.meaning(n.of, file, target, depth + 1)
            : { defined: this.definedIn(n.of, file), lifted: this.inFile(n.of, file, target) };
        // What was not lifted may be static all the same: another name is what makes it public.
        const whole =
          (found.defined ?? found.lifted) ? found : { defined: this.definedIn(n.of, file), lifted: undefined };
        return n.compat ? { ...whole, isOld: true } : whole;
      };
      const behind = n.compat ? 0.2 : n.weak ? 0.1 : 0;
      choices.push({ file: n.file, rank: rank(n.file) - behind, meaning, byMacro: n.ofFile !== undefined });
    }
    choices.sort((a, b) => b.rank - a.rank || (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
    let best: Meaning | undefined;
    for (const choice of choices) {
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
      const meaning = this.meaning(other, '', target, depth + 1);
      if (meaning.lifted) return meaning;
      best ??= meaning.defined && meaning;
    }
    if (best) return best;
    const macro = this.macros.get(name)?.find((f) => f.targets.includes(target));
    if (macro) return { defined: undefined, lifted: macro };
    const body = this.macroBody(name, target);
    return body !== undefined && /^[A-Za-z_]\w*$/.test(body) && body !== name
      ? this.meaning(body, '', target, depth + 1)
      : NOTHING;
  }
}
