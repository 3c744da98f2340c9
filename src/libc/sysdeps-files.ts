/**
 * Which files of glibc a build takes, from the order in which it searches `sysdeps`: of several with the same name the first
 * is compiled or included, and others only where that one includes them. A line of `syscalls.list` stands for a source in its
 * folder (sysdeps/unix/make-syscalls.sh).
 */
import type { Target } from '../ir/types.js';
import { homesOf, sysdepsOrder } from './sysdeps-order.js';
import type { BuildPlan, FileSelection, TreeView } from './types.js';

/** Folders of headers that lie in a searched folder, under the name by which they are included. */
const HEADER_FOLDER = /^(bits|sys|types|platform|include|asm|nfs|scsi|rpc|rpcsvc|arpa|protocols|finclude|net\w*)$/;

interface Placed {
  readonly path: string;
  /** The folder that is searched. */
  readonly folder: string;
  /** Its `include` folder goes before the folder itself (Makeconfig, `+sysdep-includes`). */
  readonly isInclude: boolean;
}

const isSource = (path: string): boolean => /\.[csS]$/.test(path);
/** Those of all searched folders are read (Makerules, `sysdep-makefiles`). */
const isMake = (path: string): boolean => /\/Make\w+$/.test(path);
const inSysdeps = (path: string): boolean => /^(?:\w+\/)?sysdeps\//.test(path);
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const stem = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\.[csS]$/, '');

/** `sysdeps/x86/bits/wordsize.h` is `bits/wordsize.h` in `sysdeps/x86`. */
function place(path: string): Placed & { readonly name: string } {
  const parts = path.split('/');
  let at = parts.length - 1;
  while (at > 1 && HEADER_FOLDER.test(parts[at - 1] ?? '')) at--;
  const isInclude = parts[at] === 'include' && at < parts.length - 1;
  return {
    path,
    folder: parts.slice(0, at).join('/'),
    isInclude,
    name: isSource(path) ? stem(path) : parts.slice(isInclude ? at + 1 : at).join('/'),
  };
}

/** `-DWRAPPER_INCLUDE='<nptl/sigaction.c>'`: a header or source that a make file names for one compilation. */
const GIVEN_INCLUDE = /-D(\w+)=["'\\]*<([^<>"'\n]+\.[chS])>/g;
const COMPUTED_INCLUDE = /^[ \t]*#[ \t]*include[ \t]+([A-Za-z_]\w*)[ \t]*$/gm;
const INCLUDE = /^[ \t]*#[ \t]*include(_next)?[ \t]*[<"]([^>"\n]+)[>"]/gm;

/** What includes name more exactly than by the search: files by their paths, and the next of the same name. */
class Named {
  /** By whom a file is included by its path. */
  readonly by = new Map<string, string[]>();
  readonly next = new Set<string>();
  /** Those of them whose path a make file gives, in a macro. */
  readonly byMacro = new Map<string, string[]>();

  constructor(texts: ReadonlyMap<string, string>) {
    const given = new Map<string, string[]>();
    for (const [path, text] of texts)
      if (isMake(path)) for (const [, macro = '', name = ''] of text.matchAll(GIVEN_INCLUDE)) push(given, macro, name);
    for (const [path, text] of texts) {
      if (given.size > 0 && isSource(path))
        for (const [, macro = ''] of text.matchAll(COMPUTED_INCLUDE))
          for (const name of given.get(macro) ?? []) {
            this.add(path, name, texts);
            if (texts.has(name)) push(this.byMacro, name, path);
          }
      if (!/include_next|sysdeps\/|\.[csS][>"]|"\.\.\//.test(text)) continue;
      for (const [, next, name = ''] of text.matchAll(INCLUDE)) {
        if (next !== undefined && name.endsWith(path.slice(path.lastIndexOf('/') + 1))) this.next.add(path);
        else if (name.includes('/')) this.add(path, name, texts);
        else if (isSource(name) && stem(name) === stem(path)) this.next.add(path);
      }
    }
  }

  private add(from: string, name: string, texts: ReadonlyMap<string, string>): void {
    const fromRoot = resolve('', name.replace(/^(\.\.?\/)+/, ''));
    const here = name.startsWith('.') ? resolve(folderOf(from), name) : undefined;
    for (const path of new Set([fromRoot, here]))
      if (path !== undefined && path !== from && texts.has(path)) {
        const list = this.by.get(path);
        if (list) list.push(from);
        else this.by.set(path, [from]);
      }
  }
}

function resolve(folder: string, name: string): string {
  const parts = folder === '' ? [] : folder.split('/');
  for (const one of name.split('/')) {
    if (one === '..') parts.pop();
    else if (one !== '.') parts.push(one);
  }
  return parts.join('/');
}

/** Reads the tree. Undefined where it has no `Implies`, so that nothing is known of its order. */
export function planOf(tree: TreeView, targets: readonly Target[]): BuildPlan | undefined {
  const orders = new Map<Target, readonly string[]>();
  for (const target of targets) {
    const order = sysdepsOrder(tree, target);
    if (order?.some((folder) => tree.text(`${folder}/Implies`) !== undefined)) orders.set(target, order);
  }
  if (orders.size === 0) return undefined;
  const named = new Named(tree.texts);
  const headers = new Map<string, Placed[]>();
  const sources = new Map<string, Placed[]>();
  const others = new Map<string, string[]>();
  const lists: { readonly folder: string; readonly path: string; readonly lines: readonly Line[] }[] = [];
  for (const [path, text] of tree.texts) {
    if (inSysdeps(path)) {
      if (path.endsWith('/syscalls.list')) lists.push({ folder: folderOf(path), path, lines: linesOf(text) });
      else if (!isMake(path)) {
        const one = place(path);
        push(isSource(path) ? sources : headers, one.name, one);
      }
    } else if (isSource(path) && path.split('/').length === 2) push(others, stem(path), path);
  }
  const plan: Record<Target, BuildPlan[Target]> = {};
  for (const [target, order] of orders) plan[target] = planFor(order, { tree, named, headers, sources, others, lists });
  return plan;
}

interface Line {
  readonly source: string;
  readonly caller: string;
  readonly call: string;
}

const linesOf = (text: string): Line[] =>
  text.split('\n').flatMap((line) => {
    const [source, caller, call, signature] = line.replace(/#.*$/, '').trim().split(/\s+/);
    return source && caller && call && signature ? [{ source, caller, call }] : [];
  });

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

interface Sorted {
  readonly tree: TreeView;
  readonly named: Named;
  readonly headers: ReadonlyMap<string, readonly Placed[]>;
  readonly sources: ReadonlyMap<string, readonly Placed[]>;
  readonly others: ReadonlyMap<string, readonly string[]>;
  readonly lists: readonly { readonly folder: string; readonly path: string; readonly lines: readonly Line[] }[];
}

function planFor(order: readonly string[], sorted: Sorted): BuildPlan[Target] {
  const { named, headers, sources, others } = sorted;
  const index = new Map(order.map((folder, i) => [folder, i]));
  const indexOf = (one: Placed): number => (index.get(one.folder) ?? Infinity) - (one.isInclude ? 0.5 : 0);
  const isNamed = (path: string): boolean =>
    named.by.get(path)?.some((from) => !inSysdeps(from) || index.has(place(from).folder)) === true;
  const hidden = new Set<string>();
  const outside: string[] = [];
  const isFromOutside = ({ path }: Placed): boolean =>
    Array.from((sorted.tree.texts.get(path) ?? '').matchAll(INCLUDE), (m) => m[2] ?? '').some(
      (name) => /^(?:asm|asm-generic|linux)\//.test(name) && !headers.has(name),
    );
  const search = (members: readonly Placed[]): readonly Placed[] => {
    const found = members
      .filter((m) => index.has(m.folder))
      .sort((a, b) => indexOf(a) - indexOf(b) || (a.path < b.path ? -1 : 1));
    let goesOn = true;
    for (const one of found) {
      if (goesOn) goesOn = named.next.has(one.path);
      else if (!isNamed(one.path)) hidden.add(one.path);
      else goesOn = named.next.has(one.path);
    }
    return found;
  };
  for (const members of headers.values()) {
    const found = search(members);
    const behind = found.filter((one) => hidden.has(one.path));
    if (behind.length > 0 && found.some((one) => !hidden.has(one.path) && isFromOutside(one)))
      outside.push(...behind.map((one) => one.path));
  }
  const first = new Map<string, number>();
  for (const [name, members] of sources) {
    const [best] = search(members);
    if (best) first.set(name, indexOf(best));
  }

  const made = new Map<string, string>();
  const omitted: string[] = [];
  const numbers = numbersOf(order, sorted.tree);
  const lists = sorted.lists
    .filter((l) => index.has(l.folder))
    .sort((a, b) => (index.get(a.folder) ?? 0) - (index.get(b.folder) ?? 0));
  for (const { folder, path, lines } of lists) {
    const at = index.get(folder) ?? 0;
    for (const { source, caller, call } of lines) {
      const isEarlier = (name: string): boolean => (first.get(name) ?? Infinity) < at;
      const hasNumber = call === '-' || numbers === undefined || numbers.has(call);
      if (isEarlier(source) || (caller !== '-' && isEarlier(caller)) || !hasNumber || made.has(source))
        omitted.push(`${path} ${source}`);
      else {
        made.set(source, path);
        for (const one of sources.get(source) ?? [])
          if (index.has(one.folder) && !isNamed(one.path)) hidden.add(one.path);
      }
    }
  }
  for (const [name, paths] of others)
    if (first.has(name) || made.has(name)) for (const path of paths) if (!isNamed(path)) hidden.add(path);
  return { order, hidden: [...hidden], omitted, parts: partsOf(named, index, hidden), outside };
}

/**
 * Sources that are compiled as a part of another, and that one: what those that are built include from folders that are not
 * searched (`#include "../i486/f.S"`), or a make file has them include, and what such a part includes in its turn.
 */
function partsOf(
  named: Named,
  index: ReadonlyMap<string, number>,
  hidden: ReadonlySet<string>,
): [part: string, whole: string][] {
  const isSearched = (path: string): boolean => !inSysdeps(path) || index.has(place(path).folder);
  const elsewhere = [...named.by].filter(([path]) => isSource(path) && !isSearched(path));
  const parts = new Map<string, string>();
  const wholeOf = (path: string): string | undefined =>
    hidden.has(path) ? undefined : (parts.get(path) ?? (isSearched(path) ? path : undefined));
  for (let size = -1; size < parts.size;) {
    size = parts.size;
    for (const [path, from] of [...named.byMacro, ...elsewhere]) {
      const whole = parts.has(path) ? undefined : from.map(wholeOf).find((one) => one !== undefined);
      if (whole !== undefined) parts.set(path, whole);
    }
  }
  return [...parts];
}

/** The system calls of the target, from the table in the tree; older trees take the kernel's headers, which are not there. */
function numbersOf(order: readonly string[], tree: TreeView): ReadonlySet<string> | undefined {
  const table = order.map((folder) => tree.texts.get(`${folder}/arch-syscall.h`)).find((text) => text !== undefined);
  return table === undefined
    ? undefined
    : new Set(Array.from(table.matchAll(/^[ \t]*#[ \t]*define[ \t]+__NR_(\w+)/gm), (m) => m[1] ?? ''));
}

/** The selection that a plan amounts to; `otherwise` says which files are never part of the library. */
export function filesOf(plan: BuildPlan, otherwise: FileSelection): FileSelection {
  const targets = new Map(
    Object.entries(plan).map(([target, { order, hidden, omitted, parts, outside }]) => [
      target,
      {
        parts: new Map(parts),
        outside: new Set(outside),
        index: new Map(order.map((folder, i) => [folder, i])),
        hidden: new Set(hidden),
        omitted: new Set(omitted),
        size: order.length,
      },
    ]),
  );
  const folders = new Map<string, string>();
  /** The searched folder of a file. */
  const searched = (path: string): string => {
    const own = folderOf(path);
    let known = folders.get(own);
    if (known === undefined) folders.set(own, (known = place(`${own}/h.h`).folder));
    return known;
  };
  return {
    ...otherwise,
    selects: (path, target) => {
      const own = targets.get(target);
      if (!own) return otherwise.selects(path, target);
      if (own.hidden.has(path)) return false;
      if (own.parts.has(path)) return true;
      return inSysdeps(path) ? own.index.has(searched(path)) : otherwise.selects(path, target);
    },
    replaces: (path, target) => (targets.has(target) ? [] : otherwise.replaces(path, target)),
    rank: (path, target) => {
      const own = targets.get(target);
      if (!own) return otherwise.rank(path, target);
      const whole = own.parts.get(path) ?? path;
      if (!inSysdeps(whole)) return 1;
      const at = own.index.get(searched(whole));
      if (at === undefined || at === own.size - 1) return 0;
      return 2 + own.size - at;
    },
    hasFromOutside: (path, target) => targets.get(target)?.outside.has(path) === true,
    makes: (list, source, target) => targets.get(target)?.omitted.has(`${list} ${source}`) !== true,
  };
}

export { homesOf };
