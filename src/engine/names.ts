/**
 * Names besides those that functions are written with: aliases, macros that rename a function or hide it behind another, and
 * what the libraries export.
 */
import type { OutlinedFunction } from '../c/outline.js';
import type { Knowledge } from '../c/knowledge.js';
import { plainBody } from '../cpp/definitions.js';
import { push } from '../ir/push.js';
import type { Alias, Lifted, Target } from '../ir/types.js';
import type { Libc } from '../libc/types.js';
import type { OtherName, Program } from '../points/program.js';
import type { SyscallList } from './syscall-lists.js';
import { Sought, type KnownTree } from './units.js';

/** `weak_alias (of, alias)` in a file. A version behind the name (`read@GLIBC_2.0`) is none of the name. */
export function otherName(file: string, macro: string, args: readonly string[], libc: Libc): OtherName[] {
  const known = libc.aliases.find((a) => a.name === macro);
  if (!known) return [];
  const [of, alias] = [bareName(args[known.of]), bareName(args[known.alias])];
  if (of === undefined || alias === undefined || of === alias) return [];
  return [{ alias, of, weak: known.weak, compat: known.compat === true, file }];
}

/**
 * `#define f g` in front of `int f (void) { … }`, or of `weak_alias (h, f)`: the function's name is `g`. Also where a file
 * that includes this one has the macro.
 */
export function namedByMacro(
  name: string,
  of: string,
  { file, unit, knowledge }: { readonly file: string; readonly unit: readonly string[]; readonly knowledge: Knowledge },
): (OtherName & { readonly ofFile: string })[] {
  return knowledge.table.all(name).flatMap((d) => {
    if ((d.file !== file && !unit.includes(d.file)) || d.params !== undefined) return [];
    const body = plainBody(d).trim();
    // `#ifdef g` in front of it: `g` is a macro too, of a build that is not this one.
    const isAsked = d.guards.some((g) => g.condition?.match(/\w+/g)?.includes(body) === true);
    return !/^[A-Za-z_]\w*$/.test(body) || body === name || body === of || isAsked
      ? []
      : [{ alias: body, of, weak: false, compat: false, file: d.file, ofFile: file }];
  });
}

/**
 * Whether no function has the name, since a macro of its unit takes its place (`#define NFTW_NAME nftw`), or one makes the
 * whole declarator (`DL_START (x) { … }`). Of names in small letters that is not said: they are often redefined for a
 * part of a file only.
 */
export function isMacroName(
  { name, isBare }: OutlinedFunction,
  unit: readonly string[],
  { table }: Knowledge,
): boolean {
  if (!/[A-Z]/.test(name)) return false;
  return table.all(name).some((d) => (d.params === undefined ? unit.includes(d.file) : isBare === true));
}

/** `BP_SYM (name)`: a macro around the name. */
const bareName = (arg: string | undefined): string | undefined =>
  arg === undefined ? undefined : (/^\w+\s*\(\s*(\w+)\s*\)$/.exec(arg)?.[1] ?? arg);

/** Macros that do nothing but call a function by another name. */
export function hiddenNames({ table, roles }: Knowledge): Program['hiddenBy'] {
  const known = new Map<string, ReadonlyMap<string, string>>();
  const find = (name: string, target: Target): ReadonlyMap<string, string> => {
    const out = new Map<string, string>();
    if (roles.of(name).length > 0) return out;
    for (const d of table.view(target, 'c').candidates(name)) {
      const to = d.params && /^\s*([A-Za-z_]\w*)\s*\([\w\s,]*\)\s*$/.exec(plainBody(d))?.[1];
      if (to !== undefined && to !== name && d.file.endsWith('.c')) out.set(d.file, to);
    }
    return out;
  };
  return (name, file, target) => {
    const key = `${target} ${name}`;
    let files = known.get(key);
    if (!files) known.set(key, (files = find(name, target)));
    return files.get(file);
  };
}

/** Macros that give a defined function another name. */
export function renamings(
  knowledge: Knowledge,
  defined: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, string[]>();
  for (const [name, definitions] of knowledge.table.names()) {
    if (!defined.has(name)) continue;
    for (const d of definitions) {
      const body = d.params === undefined ? plainBody(d) : '';
      if (/^[A-Za-z_]\w*$/.test(body) && body !== name && out.get(body)?.includes(name) !== true) push(out, body, name);
    }
  }
  return out;
}

/** False for another name of what was to be lifted, and stands in an arm that no build compiles. */
export function isCompiled(
  functions: readonly Lifted[],
  wanted: ReadonlyMap<string, ReadonlySet<string>>,
): (name: OtherName) => boolean {
  const lifted = new Set(functions.map((f) => `${f.nameAt.file} ${f.name}`));
  return ({ of, ofFile }) =>
    ofFile === undefined || wanted.get(ofFile)?.has(of) !== true || lifted.has(`${ofFile} ${of}`);
}

/** The outline knows of an alias whether it is for old programs only. */
export function isNew(known: readonly OtherName[]): (alias: Alias) => boolean {
  const keys = new Set(known.map((n) => `${n.file} ${n.alias} ${n.of}`));
  return ({ alias, of, at }) => !keys.has(`${at.file} ${alias} ${of}`);
}

/**
 * Exported names of which the files that are built for a target do not say by themselves where they are defined; undefined
 * where it is not known what is exported.
 */
export function soughtNames(
  exported: ReadonlySet<string> | undefined,
  { outlines, built }: KnownTree,
  tables: readonly SyscallList[],
  libc: Libc,
  targets: readonly Target[],
): Sought | undefined {
  if (!exported) return undefined;
  const made = tables.flatMap((t) => [...t.functions.map((f) => f.name), ...t.names.map((n) => n.alias)]);
  const missing = new Set<string>();
  for (const target of targets) {
    const known = new Set(made);
    const aliases = new Map<string, string[]>();
    for (const [file, { functions, uses }] of outlines) {
      if (built.get(file)?.includes(target) !== true) continue;
      for (const f of functions) if (!f.isStatic && !file.endsWith('.h')) known.add(f.name);
      for (const u of uses) for (const n of otherName(file, u.macro, u.args, libc)) push(aliases, n.of, n.alias);
    }
    // Another name for something is known when that is.
    for (const name of known) for (const alias of aliases.get(name) ?? []) known.add(alias);
    for (const name of exported) if (!known.has(name)) missing.add(name);
  }
  return new Sought(missing);
}
