/**
 * The macros of a whole tree, as a file of it sees them for one target and language. No include path is followed:
 * of several definitions the one in the same file wins, then the one whose file the libc's own build would take.
 */
import type { Target } from '../ir/types.js';
import { architecture } from '../libc/targets.js';
import type { Libc } from '../libc/types.js';
import { plainBody, type Definition, type Guard } from './definitions.js';
import { constantValue, evaluate, integer, valueOfBody, type Names, type Value } from './evaluate.js';
import type { Dialect } from './lexer.js';

/** What every compiler for the target defines (`gcc -dM -E -`, the part that libc sources ask for). */
const COMPILER: Readonly<Record<string, string>> = {
  __GNUC__: '12',
  __GNUC_MINOR__: '2',
  __STDC__: '1',
  __STDC_VERSION__: '201112',
  __STDC_HOSTED__: '1',
  __linux__: '1',
  __linux: '1',
  __gnu_linux__: '1',
  __unix__: '1',
  __unix: '1',
  __ELF__: '1',
  __OPTIMIZE__: '1',
  __CHAR_BIT__: '8',
  __ORDER_LITTLE_ENDIAN__: '1234',
  __ORDER_BIG_ENDIAN__: '4321',
  __BYTE_ORDER__: '1234',
};

/** Names that a compiler for another machine, language or system defines, and ours therefore does not. */
const FOREIGN =
  /^(__cplusplus|_MSC_VER|_WIN32|__MINGW32__|__CYGWIN__|__APPLE__|__MACH__|__FreeBSD__|__NetBSD__|__OpenBSD__|__sun|__GNU__|__(aarch64|arm|thumb|mips|mips64|powerpc|powerpc64|PPC|PPC64|s390|s390x|sparc|alpha|hppa|ia64|m68k|microblaze|nios2|or1k|riscv|sh|SH4|sh4|loongarch|csky|arc|hexagon|wasm|xtensa|ARM_EABI|ARMEB|AARCH64EB|ARCH64)(_.*|__.*)?|__i386__|__i386|__x86_64__|__x86_64|__amd64__|__LP64__|_LP64|_ILP32|__BIG_ENDIAN__)$/;

/** A name of a source may be one that every object has (`constructor`). */
function entry<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

const KEYWORD =
  /^(break|case|char|const|continue|default|do|double|else|enum|float|for|goto|if|int|long|return|short|signed|sizeof|static|struct|switch|typedef|union|unsigned|void|while)$/;

/** A source that gives a keyword another meaning (`#define return`) does so for itself. */
const isForItself = (d: Definition): boolean => KEYWORD.test(d.name) && d.file.endsWith('.c');

/** Conditions that hang on conditions beyond this depth are not decided. */
const MAX_DEPTH = 50;

/** Knowledge shared by every view: all definitions by name. */
export class MacroTable {
  private readonly byName = new Map<string, Definition[]>();
  private readonly views = new Map<string, MacroView>();

  constructor(
    definitions: Iterable<Definition>,
    readonly libc: Libc,
  ) {
    for (const definition of definitions) {
      if (isForItself(definition)) continue;
      const list = this.byName.get(definition.name);
      if (list) list.push(definition);
      else this.byName.set(definition.name, [definition]);
    }
  }

  all(name: string): readonly Definition[] {
    return this.byName.get(name) ?? [];
  }

  names(): Iterable<[string, readonly Definition[]]> {
    return this.byName.entries();
  }

  view(target: Target, dialect: Dialect): MacroView {
    const key = `${target} ${dialect}`;
    let view = this.views.get(key);
    if (!view) this.views.set(key, (view = new MacroView(this, target, dialect)));
    return view;
  }
}

export class MacroView implements Names {
  private readonly chosen = new Map<string, readonly Definition[]>();
  private readonly guardTruth = new Map<string, boolean | undefined>();
  private readonly valuesUnderWay = new Set<string>();
  private readonly values = new Map<string, { readonly value: Value }>();
  /** Of each other view: the names asked for, and whether they mean the same there. */
  private readonly agreements = new Map<MacroView, Map<string, boolean>>();
  private tableKnown: boolean | undefined;
  private depth = 0;

  constructor(
    private readonly table: MacroTable,
    readonly target: Target,
    readonly dialect: Dialect,
  ) {}

  /** Definitions that a build for the target may use, best first. */
  candidates(name: string): readonly Definition[] {
    const known = this.chosen.get(name);
    if (known) return known;
    // A guard may ask for the very name: while it is being chosen, every definition counts.
    const files = this.table.libc.files;
    const selected = this.table.all(name).filter((d) => files.selects(d.file, this.target));
    this.chosen.set(name, selected);
    const held = selected.filter((d) => this.holds(d.guards) !== false);
    const ranked = held
      .map((d) => ({ d, rank: files.rank(d.file, this.target) + (this.holds(d.guards) === true ? 0.5 : 0) }))
      .sort(
        (a, b) =>
          b.rank - a.rank || (a.d.file < b.d.file ? -1 : a.d.file > b.d.file ? 1 : a.d.nameStart - b.d.nameStart),
      )
      .map((r) => r.d);
    this.chosen.set(name, ranked);
    return ranked;
  }

  /** The definition that code in `file` means. */
  lookup(name: string, file: string, visible?: (definition: Definition) => boolean): Definition | undefined {
    const all = this.candidates(name);
    const list = visible ? all.filter(visible) : all;
    return list.find((d) => d.file === file) ?? list[0];
  }

  /** The definition of an object-like macro, the best of several; undefined where those that may hold do not agree. */
  agreed(name: string): Definition | undefined {
    const all = this.candidates(name);
    const bodies = new Set(all.map((d) => (d.params ? undefined : plainBody(d))));
    return bodies.size === 1 && !bodies.has(undefined) ? all[0] : undefined;
  }

  /** The body of an object-like macro, on one line; undefined where the definitions that may hold do not agree. */
  bodyOf(name: string): string | undefined {
    const definition = this.agreed(name);
    return definition && plainBody(definition);
  }

  /** Whether a name means the same to another view: what it is defined as, whether it is, and its value in a condition. */
  agrees(other: MacroView, name: string): boolean {
    let known = this.agreements.get(other);
    if (!known) this.agreements.set(other, (known = new Map<string, boolean>()));
    let answer = known.get(name);
    if (answer === undefined) known.set(name, (answer = this.meansAlike(other, name)));
    return answer;
  }

  private meansAlike(other: MacroView, name: string): boolean {
    const [own, others] = [this.candidates(name), other.candidates(name)];
    return (
      own.length === others.length &&
      own.every((d, i) => d === others[i]) &&
      this.isDefined(name) === other.isDefined(name) &&
      this.valueOf(name, undefined) === other.valueOf(name, undefined)
    );
  }

  /** Whether all arms around a definition are taken; undefined where that cannot be told. */
  holds(guards: readonly Guard[]): boolean | undefined {
    let all: boolean | undefined = true;
    for (const guard of guards) {
      for (const earlier of guard.previous) {
        const t = this.condition(earlier);
        if (t === true) return false;
        if (t === undefined) all = undefined;
      }
      if (guard.condition !== undefined) {
        const t = this.condition(guard.condition);
        if (t === false) return false;
        if (t === undefined) all = undefined;
      }
    }
    return all;
  }

  private condition(text: string): boolean | undefined {
    if (this.guardTruth.has(text)) return this.guardTruth.get(text);
    if (this.depth >= MAX_DEPTH) return undefined;
    this.guardTruth.set(text, undefined);
    this.depth++;
    const t = evaluate(text, this);
    this.depth--;
    this.guardTruth.set(text, t);
    return t;
  }

  /** Value fixed by the compiler, the target or the libc's conventions: text, null for undefined, or not fixed. */
  private fixed(name: string): string | null | undefined {
    const own = this.given(name);
    if (own !== undefined) return own;
    if (name === '__ASSEMBLER__' || name === '__ASSEMBLY__') return this.dialect === 'asm' ? '1' : null;
    const machine = architecture(this.target);
    const compiler = machine && entry(machine.defines, name);
    if (compiler !== undefined) return compiler;
    const always = entry(COMPILER, name);
    if (always !== undefined) return always;
    return FOREIGN.test(name) && machine?.family?.test(name) !== true ? null : undefined;
  }

  /** What the libc's build gives a name on the target. */
  private given(name: string): string | null | undefined {
    const { definesFor, defines } = this.table.libc;
    const here = entry(definesFor?.[this.target] ?? {}, name);
    return here === undefined ? entry(defines, name) : here;
  }

  private isNumberName(name: string): string | undefined {
    return this.table.libc.numberPrefixes.find((p) => name.startsWith(p));
  }

  /** Whether the tree holds a table of system call numbers for this target. */
  private hasNumberTable(): boolean {
    if (this.tableKnown === undefined) {
      const probe = ['read', 'write', 'close', 'exit'];
      this.tableKnown = probe.some((p) =>
        this.table.libc.numberPrefixes.some((x) => this.candidates(x + p).length > 0),
      );
    }
    return this.tableKnown;
  }

  isDefined(name: string): boolean | undefined {
    const fixed = this.fixed(name);
    if (fixed !== undefined) return fixed !== null;
    const prefix = this.isNumberName(name);
    if (prefix !== undefined && this.hasNumberTable()) {
      const call = name.slice(prefix.length);
      return this.table.libc.numberPrefixes.some((p) => this.candidates(p + call).length > 0);
    }
    // A name that the tree defines for other targets only is not defined for this one.
    const all = this.table.all(name);
    if (all.length === 0 || this.candidates(name).length > 0) return undefined;
    return all.some((d) => this.table.libc.files.hasFromOutside?.(d.file, this.target) === true) ? undefined : false;
  }

  valueOf(name: string, call: string | undefined): Value {
    if (call !== undefined) {
      const own = this.given(`${name}(${call})`);
      if (own !== undefined) return own === null ? 0n : integer(own);
      const prereq = /^(\d+),(\d+)$/.exec(call);
      if (/^__GNUC_PREREQ$|^__glibc_has/.test(name)) return prereq ? (Number(prereq[1]) <= 12 ? 1n : 0n) : undefined;
      return undefined;
    }
    // Inside of another name's value, what is under way counts too.
    if (this.valuesUnderWay.size > 0) return this.find(name);
    let known = this.values.get(name);
    if (!known) this.values.set(name, (known = { value: this.find(name) }));
    return known.value;
  }

  private find(name: string): Value {
    const fixed = this.fixed(name);
    if (fixed !== undefined) return fixed === null ? 0n : integer(fixed);
    if (this.valuesUnderWay.has(name) || this.valuesUnderWay.size >= MAX_DEPTH) return undefined;
    this.valuesUnderWay.add(name);
    try {
      const candidates = this.candidates(name);
      if (candidates.length === 0) return this.isDefined(name) === false ? 0n : undefined;
      const values = new Set(candidates.map((d) => (d.params ? undefined : this.valueOfBody(plainBody(d)))));
      return values.size === 1 ? [...values][0] : undefined;
    } finally {
      this.valuesUnderWay.delete(name);
    }
  }

  private valueOfBody(body: string): Value {
    return constantValue(body) ?? valueOfBody(body, this);
  }
}
