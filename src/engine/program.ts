/** Which functions of a tree are lifted besides those that concern cancellation, and the program that they make. */
import { callsOf, outline, type Outline, type OutlineQuestions } from '../c/outline.js';
import type { Knowledge } from '../c/knowledge.js';
import type { MacroView } from '../cpp/macro-table.js';
import { constantValue } from '../cpp/evaluate.js';
import { clean, plainBody, type Definition } from '../cpp/definitions.js';
import type { LineMaps } from '../cpp/preprocess.js';
import type { Limits } from '../ir/limits.js';
import { push } from '../ir/push.js';
import type { Alias, Lifted, Target } from '../ir/types.js';
import { POSIX_BALANCE } from '../libc/common.js';
import type { Libc } from '../libc/types.js';
import { candidates } from '../points/candidates.js';
import { actsItself } from '../points/sites.js';
import type { Defined, OtherName, Program } from '../points/program.js';
import type { Lists } from '../posix/index.js';
import { closedness } from './closedness.js';
import { exportedNames } from './exported.js';
import { languageOf } from './languages.js';
import {
  hiddenNames,
  isCompiled,
  isMacroName,
  isNew,
  namedByMacro,
  otherName,
  renamings,
  soughtNames,
} from './names.js';
import { outlineAssembly } from './outline-assembly.js';
import { readSyscallList } from './syscall-lists.js';
import { inTurns } from './turns.js';
import { ends, readUnits, type KnownTree, type Made, type MadeUnit } from './units.js';
import type { Unit } from '../c/unit.js';

export interface PlanRequest {
  readonly texts: ReadonlyMap<string, string>;
  readonly built: ReadonlyMap<string, readonly Target[]>;
  readonly libc: Libc;
  readonly knowledge: Knowledge;
  /** The files whose findings are wanted: what has nothing to do with them is not lifted. */
  readonly lint: ReadonlySet<string>;
  /** Absolute path. */
  readonly root: string;
  readonly lists: Lists;
  readonly limits: Limits;
  /** Whether every name that the libraries export is wanted, also those that only macros make. */
  readonly everyName: boolean;
  readonly targets: readonly Target[];
}

export interface Plan {
  /** Functions to lift by file. */
  readonly wanted: ReadonlyMap<string, ReadonlySet<string>>;
  /** Macros to lift. */
  readonly macros: ReadonlySet<string>;
  /** Whether a function or macro of that name calls, or is called from, what the linted files define. */
  readonly isNear: (name: string) => boolean;
  /** Whether the file has one of these. */
  readonly hasNear: (file: string) => boolean;
  /** The file defines no function, and has nothing at file scope that might. */
  readonly isEmpty: (file: string) => boolean;
  /** Functions to lift that a source defines together with those that it includes. */
  readonly units: readonly WantedUnit[];
  readonly program: (functions: readonly Lifted[], aliases: readonly Alias[], lines: LineMaps) => Program;
}

export interface WantedUnit {
  readonly unit: Unit;
  readonly names: ReadonlySet<string>;
  readonly targets: readonly Target[];
}

/** Files between two turns of the event loop. */
const OUTLINED = 256;

export async function planProgram(request: PlanRequest): Promise<Plan> {
  const { texts, built, libc, knowledge, lint, root, lists, limits } = request;
  const ask = questions(libc, knowledge);
  const outlines = new Map<string, Outline>();
  await inTurns(texts, OUTLINED, ([file, text]) => {
    if (!built.get(file)?.length) return;
    if (/\.[ch]$/.test(file)) outlines.set(file, outline(text, ask));
    else if (/\.[sS]$/.test(file)) outlines.set(file, outlineAssembly(text));
  });
  const tables = [...texts].flatMap(([file, text]) => {
    const on = built.get(file) ?? [];
    return languageOf(file) === 'table' && on.length > 0 ? [readSyscallList(file, text, on, libc.files.makes)] : [];
  });
  const exported = exportedNames(root, texts.keys(), libc);
  const tree: KnownTree = { texts, built, outlines, knowledge, rank: libc.files.rank };
  // Without a list of what is exported nothing tells which names are missing.
  const sought = request.everyName ? soughtNames(exported, tree, tables, libc, ends(request.targets)) : undefined;
  const made = sought ? await readUnits(tree, sought, ask) : new Map<string, MadeUnit>();
  const names = [...outlines, ...made].flatMap(([file, o]) =>
    o.uses.flatMap((u) => otherName(file, u.macro, u.args, libc)),
  );
  names.push(...tables.flatMap((t) => t.names));
  const unitOf = units(texts, built);
  const byMacro: (OtherName & { readonly ofFile: string })[] = [];
  for (const [file, { functions }] of outlines)
    for (const f of functions)
      if (!f.isStatic && !file.endsWith('.h'))
        byMacro.push(...namedByMacro(f.name, f.name, { file, unit: unitOf(file), knowledge }));
  for (const n of names)
    for (const one of namedByMacro(n.alias, n.of, { file: n.file, unit: unitOf(n.file), knowledge }))
      byMacro.push({ ...one, weak: n.weak, compat: n.compat });
  names.push(...byMacro);
  const generated = tables.flatMap((t) => t.functions);
  const noreturn = new Set([...outlines.values()].flatMap((o) => o.noreturn));
  const points = new Set(generated.filter((f) => f.blocks.some((b) => b.ops.some(actsItself))).map((f) => f.name));
  const system = new Set(libc.system);
  const whole = new Map([...outlines].map(([file, o]) => [file, withMade(o, made.get(file))]));
  const found = candidates({
    outlines: whole,
    macros: macroCalls(knowledge, ask),
    aliases: names.map((n) => [n.alias, n.of] as const),
    // What the system does nobody knows here, and whoever comes to it has to be told so.
    isPoint: (name) => knowledge.isPoint(name) || points.has(name) || system.has(name),
    isNoreturn: (name) => noreturn.has(name) || knowledge.roles.has(name, 'noreturn'),
    isSetter: (name) => knowledge.roles.has(name, 'cancel-state', 'cancel-type'),
    runs: (libc.balance ?? POSIX_BALANCE).runs?.flatMap((r) => r.names) ?? [],
    ends: libc.startUp?.ends ?? [],
    lists,
    ...(lint.size < texts.size
      ? { around: lint, alsoAround: generated.filter((f) => lint.has(f.nameAt.file)).map((f) => f.name) }
      : {}),
  });
  const defined = new Map<string, Defined[]>();
  const stores = new Map<string, { of: string; file: string }[]>();
  for (const [file, { functions, stores: own }] of outlines) {
    for (const f of functions) {
      const { name, at, isStatic } = f;
      const isMacro = isMacroName(f, [file, ...unitOf(file)], knowledge);
      const one: Defined = { name, file, at, isStatic, targets: built.get(file) ?? [] };
      push(defined, name, isMacro ? { ...one, isMacro } : one);
    }
    for (const [member, of] of own) push(stores, member, { of, file });
  }
  for (const [file, { functions }] of made)
    for (const { name, at, isStatic, file: in_ } of functions)
      push(defined, name, { name, file: in_, at, isStatic, targets: built.get(file) ?? [] });
  return {
    wanted: found.functions,
    macros: found.macros,
    isNear: (name) => !found.near || found.near.has(name),
    hasNear: (file) => !found.near || hasOneOf(found.near, outlines.get(file)),
    isEmpty: (file) => {
      const own = outlines.get(file);
      return own?.functions.length === 0 && own.uses.length === 0;
    },
    units: [...made].flatMap(([file, { unit, functions }]) => {
      const wanted = found.functions.get(file);
      const own = functions.map((f) => f.name).filter((name) => wanted?.has(name) === true);
      return own.length > 0 ? [{ unit, names: new Set(own), targets: built.get(file) ?? [] }] : [];
    }),
    program: (functions, aliases, lines) => {
      const tooManyNames = (d: Definition): void => {
        const at = lines(d.file)?.region(d.file, d.nameStart, d.nameStart + d.name.length);
        if (at)
          limits.reached(
            `The value of '${d.name}' is not known: it is the name of a name, more than ${String(MAX_CONSTANTS)} deep`,
            at,
          );
      };
      return {
        functions: [...functions, ...generated],
        defined,
        stores,
        exported,
        unitOf,
        isClosed: closedness({ texts, built, libc, outlines, unitOf, exported, names }, functions),
        endsStartUp: found.endsStartUp,
        noreturn,
        usedByPoints: found.usedByPoints,
        leads: found.leads,
        otherNames: [
          ...names.filter(isCompiled(functions, found.functions)),
          ...aliases
            .filter(isNew(names))
            .map(({ alias, of, weak, compat, at }) => ({ alias, of, weak, compat: compat === true, file: at.file })),
        ],
        renamed: renamings(knowledge, defined),
        valueOf: (name, target) => valueIn(knowledge.table.view(target, 'c'), name, tooManyNames),
        onLimit: limits.reached,
        hiddenBy: hiddenNames(knowledge),
        regionOf: ({ file, at, name }) =>
          lines(file)?.region(file, at, at + name.length) ?? { file, line: 1, column: 1, endLine: 1, endColumn: 1 },
      };
    },
  };
}

/** The outline has a function of these names, or uses a macro with one of them: it may make another name for it. */
function hasOneOf(names: ReadonlySet<string>, outlined: Outline | undefined): boolean {
  return (
    outlined !== undefined &&
    (outlined.functions.some((f) => names.has(f.name)) ||
      outlined.uses.some(({ macro, args }) => [macro, ...args].some((word) => names.has(word))))
  );
}

const withMade = (own: Outline, made: Made | undefined): Outline =>
  made ? { ...own, functions: [...own.functions, ...made.functions] } : own;

/** Constants that stand for constants that stand for constants. */
const MAX_CONSTANTS = 8;

/** The integer behind a name, also by way of other names (`#define F_SETLKW F_SETLKW64`). */
function valueIn(view: MacroView, name: string, onLimit: (definition: Definition) => void): bigint | undefined {
  const passed = new Set<string>();
  for (let at = name; ;) {
    const [best] = view.candidates(at);
    if (!best || best.params !== undefined) return undefined;
    const body = plainBody(best);
    if (!/^[A-Za-z_]\w*$/.test(body)) return constantValue(body);
    passed.add(at);
    // What leads back to a name is not expanded any more (C11 6.10.3.4).
    if (passed.has(body)) return undefined;
    if (passed.size > MAX_CONSTANTS) {
      onLimit(best);
      return undefined;
    }
    at = body;
  }
}

const INCLUDED_SOURCE = /^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+\.c)[>"]/gm;

/** Sources that include one another, directly: by the end of the path, as no include path is known. */
function units(
  texts: ReadonlyMap<string, string>,
  built: ReadonlyMap<string, readonly Target[]>,
): (file: string) => readonly string[] {
  const byBase = new Map<string, string[]>();
  for (const file of texts.keys()) {
    if (!file.endsWith('.c') || !built.get(file)?.length) continue;
    push(byBase, file.slice(file.lastIndexOf('/') + 1), file);
  }
  const together = new Map<string, string[]>();
  for (const [file, text] of texts) {
    if (!built.get(file)?.length || !text.includes('.c')) continue;
    for (const m of text.matchAll(INCLUDED_SOURCE)) {
      const path = (m[1] ?? '').replace(/^(\.\.?\/)+/, '');
      for (const other of byBase.get(path.slice(path.lastIndexOf('/') + 1)) ?? []) {
        if (other === file || !`/${other}`.endsWith(`/${path}`)) continue;
        push(together, file, other);
        push(together, other, file);
      }
    }
  }
  return (file) => together.get(file) ?? [];
}

function questions(libc: Libc, knowledge: Knowledge): OutlineQuestions {
  const calls = (libc.members?.calls ?? []).map((c) => ({
    test: new RegExp(`^(?:${c.names.join('|')})$`),
    member: c.member,
  }));
  const stores = new Map((libc.members?.stores ?? []).map((s) => [s.name, s]));
  return {
    isMark: (word) => knowledge.isPoint(word),
    memberCall: (word) => calls.find((c) => c.test.test(word))?.member,
    memberStore: (word) => stores.get(word),
  };
}

function* macroCalls(
  knowledge: Knowledge,
  ask: OutlineQuestions,
): Generator<readonly [name: string, calls: readonly string[]]> {
  const numbered = new Map<string, string[]>();
  for (const [name, definitions] of knowledge.table.names()) {
    if (/\D\d$/.test(name) && definitions.some((d) => d.params)) push(numbered, name.slice(0, -1), name);
  }
  for (const [name, definitions] of knowledge.table.names()) {
    const calls = new Set<string>();
    for (const { bodyText, params } of definitions) {
      const body = clean(bodyText);
      const [name] = params === undefined ? (/^\s*[A-Za-z_]\w*\s*$/.exec(body) ?? []) : [];
      if (name !== undefined) calls.add(name.trim());
      else if (body.includes('(')) {
        for (const call of callsOf(body, ask)) calls.add(call);
        // `DISPATCH (f, a, b)` pastes `f` and the number of the other arguments together.
        for (const [, head = '', word = ''] of body.matchAll(/(\w+)\s*\(\s*(\w+)\s*,/g))
          if (knowledge.dispatches(head)) for (const one of numbered.get(word) ?? []) calls.add(one);
      }
    }
    calls.delete(name);
    if (calls.size > 0) yield [name, [...calls]];
  }
}
