/** The names by which programs know a function: those that the linker gives it and that no libc keeps for itself. */
import type { Lifted } from '../ir/types.js';
import { isOfPosix } from '../posix/index.js';
import type { Linked } from './linked.js';

/**
 * The function that programs get by a public name. Undefined where only programs linked against an old version get it, and
 * where a header defines it: an inline function goes on to what is linked, by a name that the header alone knows.
 */
export function publicFunction(name: string, { points, target }: Linked): Lifted | undefined {
  const { lifted, isOld } = points.linker.meaning(name, '', target);
  return isOld === true || lifted?.nameAt.file.endsWith('.h') === true ? undefined : lifted;
}

const KNOWN = new WeakMap<Linked, PublicNames>();

export interface PublicNames {
  readonly all: readonly string[];
  readonly of: (f: Lifted) => readonly string[];
}

/** Sorted. Names in the implementation's own space (`_f`) are not public, unless POSIX has them (`_Exit`), nor what only a header
 * defines (unless it is exported), nor, where the tree lists what its libraries export, what is not listed; but
 * those that the tree's own lists of cancellation points name. */
export function publicNames(linked: Linked): PublicNames {
  let known = KNOWN.get(linked);
  if (!known) {
    const { program } = linked.points.linker;
    const names = new Set<string>();
    for (const [name, defined] of program.defined)
      if (
        defined.some(
          (d) => !d.isStatic && d.isMacro !== true && (!d.file.endsWith('.h') || program.exported?.has(name) === true),
        )
      )
        names.add(name);
    for (const { alias } of program.otherNames) names.add(alias);
    for (const f of program.functions) if (f.kind === 'generated' && !f.isStatic) names.add(f.name);
    const { exported } = program;
    const isPublic = (name: string): boolean =>
      (/^[A-Za-z]/.test(name) || isOfPosix(name)) && exported?.has(name) !== false;
    const all = [...names].filter((name) => isPublic(name) || linked.lists.ownOf(name) !== undefined).sort();
    const byFunction = new Map<Lifted, string[]>();
    for (const name of all) {
      const f = linked.points.named(name);
      if (!f || f.kind === 'macro' || f.isStatic) continue;
      const list = byFunction.get(f);
      if (list) list.push(name);
      else byFunction.set(f, [name]);
    }
    known = { all, of: (f) => byFunction.get(f) ?? [] };
    KNOWN.set(linked, known);
  }
  return known;
}
