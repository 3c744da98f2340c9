/**
 * Which files of uClibc-ng a build with NPTL takes. Some folders' make files list what they compile (Makefile.arch,
 * Makefile.commonarch), the others take every source of their folder; of a name that several folders have, the folder that
 * comes first wins (`filter-out` in libpthread/nptl/sysdeps/Makefile.in and libc/sysdeps/linux/common/Makefile.in). A file
 * that is not compiled by itself may still be included by one that is.
 */
import { architecture } from './targets.js';
import type { Target } from '../ir/types.js';
import type { BuildPlan, FileSelection, TreeView } from './types.js';

const NPTL = 'libpthread/nptl';
const LINUX = `${NPTL}/sysdeps/unix/sysv/linux`;
const LIBC = 'libc/sysdeps/linux';

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const stem = (path: string): string => baseOf(path).replace(/\.[csS]$/, '');
const isSource = (path: string): boolean => /\.[csS]$/.test(path);

interface Layer {
  readonly folder: string;
  /** The make file that lists what is compiled in the folder; undefined where every source is. */
  readonly rules?: string;
}

/** The folders of the thread library, first ones first. */
function layersOf(arch: string, family: string): readonly Layer[] {
  const own = family === '' ? [] : [{ folder: `${LINUX}/${arch}/${family}` }];
  const ownSysdeps = family === '' ? [] : [{ folder: `${NPTL}/sysdeps/${arch}/${family}` }];
  return [
    ...own,
    { folder: `${LINUX}/${arch}`, rules: `${LINUX}/${arch}/Makefile.arch` },
    { folder: LINUX, rules: `${LINUX}/Makefile.commonarch` },
    ...ownSysdeps,
    { folder: `${NPTL}/sysdeps/${arch}` },
    { folder: `${NPTL}/sysdeps/pthread`, rules: `${NPTL}/sysdeps/pthread/Makefile.in` },
    { folder: `${NPTL}/sysdeps/generic`, rules: `${NPTL}/sysdeps/generic/Makefile.in` },
    { folder: NPTL },
  ];
}

interface Listed {
  /** By the library that they are for: `libc`, `librt`, `libpthread`; a name without extension. */
  readonly names: ReadonlyMap<string, string>;
}

/** The names in the lists of a make file. A list whose name ends in `-` is of what is left out. */
function listed(text: string): Listed {
  const names = new Map<string, string>();
  const lines = text.replace(/\\\r?\n/g, ' ').split('\n');
  for (const line of lines) {
    const [, variable = '', value = ''] = /^\s*([\w.$()-]+)\s*[:+?]?=([^#]*)/.exec(line) ?? [];
    if (variable === '' || variable.endsWith('-') || /^(CFLAGS|ASFLAGS|subdirs|headers)/.test(variable)) continue;
    const library = /^(libc|librt|libpthread)(?![a-z])/.exec(variable)?.[1] ?? '';
    for (const word of value.split(/[\s,]+/)) {
      const name = /^([A-Za-z_][\w.-]*?)(?:\.[coSs])?\)*$/.exec(word)?.[1];
      if (name !== undefined) names.set(name, library);
    }
  }
  return { names };
}

/** The family of processors that the configuration takes when nobody chooses (extra/Configs/Config.in, TARGET_SUBARCH). */
function familyOf(tree: TreeView, arch: string): string {
  const chosen = /^\s*default\s+(CONFIG_\w+)/m.exec(tree.text(`extra/Configs/Config.${arch}`) ?? '')?.[1];
  if (chosen === undefined) return '';
  const [, options = ''] =
    /^config TARGET_SUBARCH\n((?:[ \t]+.*\n)*)/m.exec(tree.text('extra/Configs/Config.in') ?? '') ?? [];
  return new RegExp(`^\\s*default\\s+"(\\w*)"\\s+if\\s+${chosen}\\s*$`, 'm').exec(options)?.[1] ?? '';
}

const INCLUDE = /^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+\.[csS])[>"]/gm;

/** Sources by the end of the path under which another includes them. */
function includes(texts: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, string[]>();
  for (const [path, text] of texts) {
    if (!isSource(path)) continue;
    for (const [, name = ''] of text.matchAll(INCLUDE)) {
      const end = resolve(folderOf(path), name);
      const list = out.get(path);
      if (list) list.push(end);
      else out.set(path, [end]);
    }
  }
  return out;
}

/** A path from the root where the name says so, and else the end of one. */
function resolve(folder: string, name: string): string {
  if (!name.startsWith('.')) return name;
  const parts = folder.split('/');
  for (const one of name.split('/')) {
    if (one === '..') parts.pop();
    else if (one !== '.') parts.push(one);
  }
  return parts.join('/');
}

/** Undefined where the tree has no NPTL of that shape. */
export function planOf(tree: TreeView, targets: readonly Target[]): BuildPlan | undefined {
  if (tree.text(`${LINUX}/Makefile.commonarch`) === undefined) return undefined;
  const sources = [...tree.texts.keys()].filter((path) => isSource(path) && path.startsWith('lib'));
  const byFolder = new Map<string, string[]>();
  for (const path of sources) {
    const list = byFolder.get(folderOf(path));
    if (list) list.push(path);
    else byFolder.set(folderOf(path), [path]);
  }
  const included = includes(tree.texts);
  const plan: Record<Target, BuildPlan[Target]> = {};
  for (const target of targets) {
    const arch = (architecture(target)?.folders ?? []).find((folder) => tree.isFolder(`${LIBC}/${folder}`));
    if (arch !== undefined) plan[target] = planFor(arch, tree, byFolder, included);
  }
  return plan;
}

function planFor(
  arch: string,
  tree: TreeView,
  byFolder: ReadonlyMap<string, readonly string[]>,
  included: ReadonlyMap<string, readonly string[]>,
): BuildPlan[Target] {
  const layers = layersOf(arch, familyOf(tree, arch));
  const order = [...layers.map((l) => l.folder), `${LIBC}/${arch}`, `${LIBC}/common`];
  const hidden = new Set<string>();
  /** Names that the thread library compiles, and for which library. */
  const taken = new Map<string, string>();
  for (const { folder, rules } of layers) {
    const text = rules === undefined ? undefined : tree.text(rules);
    const names = text === undefined ? undefined : listed(text).names;
    const here: [string, string][] = [];
    for (const path of byFolder.get(folder) ?? []) {
      const name = stem(path);
      if (taken.has(name) || (names && !names.has(name))) hidden.add(path);
      else here.push([name, names?.get(name) ?? '']);
    }
    for (const [name, library] of here) taken.set(name, library);
  }
  // Other families of the processor.
  for (const [folder, paths] of byFolder)
    if (
      !order.includes(folder) &&
      (folder.startsWith(`${LINUX}/${arch}/`) || folder.startsWith(`${NPTL}/sysdeps/${arch}/`))
    )
      for (const path of paths) hidden.add(path);

  const rules = tree.text(`${LIBC}/${arch}/Makefile.arch`);
  const own = new Set<string>();
  const names = rules === undefined || rules.includes('$(wildcard') ? undefined : listed(rules).names;
  for (const path of byFolder.get(`${LIBC}/${arch}`) ?? []) {
    // What a program starts with is compiled by other rules (Makerules, CRT_SRC).
    if (names && !names.has(stem(path)) && !stem(path).startsWith('crt')) hidden.add(path);
    else own.add(stem(path));
  }
  for (const path of byFolder.get(`${LIBC}/common`) ?? [])
    if (own.has(stem(path)) || taken.get(stem(path)) === 'libc') hidden.add(path);
  for (const path of byFolder.get('librt') ?? []) if (taken.get(stem(path)) === 'librt') hidden.add(path);

  showIncluded(hidden, included);
  return { order, hidden: [...hidden], omitted: [] };
}

/** What something that is compiled includes is compiled with it. */
function showIncluded(hidden: Set<string>, included: ReadonlyMap<string, readonly string[]>): void {
  const work = [...included.keys()].filter((path) => !hidden.has(path));
  for (let from = work.pop(); from !== undefined; from = work.pop()) {
    for (const end of included.get(from) ?? []) {
      for (const path of hidden) {
        if (path !== end && !path.endsWith(`/${end}`)) continue;
        hidden.delete(path);
        work.push(path);
      }
    }
  }
}

/** The selection that a plan amounts to; `otherwise` says which files are never part of the library. */
export function filesOf(plan: BuildPlan, otherwise: FileSelection): FileSelection {
  const targets = new Map(
    Object.entries(plan).map(([target, { order, hidden }]) => [
      target,
      { hidden: new Set(hidden), index: new Map(order.map((folder, i) => [folder, (order.length - i) / 100])) },
    ]),
  );
  return {
    ...otherwise,
    selects: (path, target) => targets.get(target)?.hidden.has(path) !== true && otherwise.selects(path, target),
    rank: (path, target) => otherwise.rank(path, target) + (targets.get(target)?.index.get(folderOf(path)) ?? 0),
  };
}
