/**
 * Which functions and macros may lead to a cancellation point, told by names alone: whatever calls a name that leads to
 * one, directly or through members, macros and aliases. More than there are, since nothing is known of cancel states and
 * of conditionals yet; it is what is worth lifting.
 */
import type { Outline } from '../c/outline.js';
import { push } from '../ir/push.js';
import { isOpen, type Lists, type Standing } from '../posix/index.js';

export interface CandidatesRequest {
  readonly outlines: ReadonlyMap<string, Outline>;
  /** Names that each macro's body calls. */
  readonly macros: Iterable<readonly [name: string, calls: readonly string[]]>;
  /** Another name, and what it stands for. */
  readonly aliases: Iterable<readonly [alias: string, of: string]>;
  /** A name at which a request is acted upon. */
  readonly isPoint: (name: string) => boolean;
  /** A name whose call does not come back: nothing behind it is of use to its callers. */
  readonly isNoreturn: (name: string) => boolean;
  /** A name that sets the cancel state or type: its callers are in another one behind it. */
  readonly isSetter: (name: string) => boolean;
  /** Names that run a function in a child: what gives it to them says with which state it begins. */
  readonly runs: readonly string[];
  /** Names that end the time before threads. */
  readonly ends: readonly string[];
  /** Of these, what must be a cancellation point is wanted whatever it calls. */
  readonly lists: Lists;
  /** Only what calls a function of these files, and what those callers call. */
  readonly around?: ReadonlySet<string>;
  /** Functions of these files that no outline has. */
  readonly alsoAround?: readonly string[];
}

export interface Candidates {
  /** Functions by the file that defines them. */
  readonly functions: ReadonlyMap<string, ReadonlySet<string>>;
  readonly macros: ReadonlySet<string>;
  readonly usedByPoints: ReadonlySet<string>;
  /** Names that have to do with the files that were asked for; undefined where all have. */
  readonly near: ReadonlySet<string> | undefined;
  /** What leads to one of `ends`. */
  readonly endsStartUp: ReadonlySet<string>;
  /** Every name that leads to a point, by names alone. */
  readonly leads: ReadonlySet<string>;
}

/** Who calls whom, by name. */
class Names {
  private readonly users = new Map<string, string[]>();
  private readonly used = new Map<string, string[]>();

  add(user: string, name: string): void {
    push(this.users, name, user);
    push(this.used, user, name);
  }

  all(): Iterable<string> {
    return this.users.keys();
  }

  usersOf(name: string): readonly string[] {
    return this.users.get(name) ?? [];
  }

  /** Everything that leads to one of the names, those among them. `passes`: whether its users are looked at too. */
  above(from: Iterable<string>, passes: (name: string) => boolean = () => true): Set<string> {
    return closure(from, (name) => (passes(name) ? (this.users.get(name) ?? []) : []));
  }

  /** Everything that the names lead to, those among them. */
  below(from: Iterable<string>, passes: (name: string) => boolean = () => true): Set<string> {
    return closure(from, (name) => (passes(name) ? (this.used.get(name) ?? []) : []));
  }
}

function closure(from: Iterable<string>, next: (name: string) => readonly string[]): Set<string> {
  const out = new Set<string>();
  const work = [...from];
  for (let name = work.pop(); name !== undefined; name = work.pop()) {
    if (out.has(name)) continue;
    out.add(name);
    for (const one of next(name)) work.push(one);
  }
  return out;
}

export function candidates(request: CandidatesRequest): Candidates {
  const { outlines, isPoint, isNoreturn, isSetter, lists, around } = request;
  const also = new Set(lists.required);
  const names = new Names();
  const macros = new Set<string>();
  const aliases = [...request.aliases];
  for (const { functions, stores } of outlines.values()) {
    for (const f of functions) for (const call of f.calls) names.add(f.name, call);
    for (const [member, of] of stores) names.add(`->${member}`, of);
  }
  for (const [name, calls] of request.macros) {
    macros.add(name);
    for (const call of calls) names.add(name, call);
  }
  for (const [alias, of] of aliases) names.add(alias, of);

  const leads = names.above([...names.all()].filter(isPoint), (name) => !isNoreturn(name) || isPoint(name));
  const wanted = new Set(also);
  for (const name of names.above([...names.all()].filter(isSetter), (name) => !isNoreturn(name))) wanted.add(name);
  for (const run of request.runs) for (const user of names.usersOf(run)) wanted.add(user);
  for (const [alias, of] of aliases) if (also.has(alias)) wanted.add(of);
  const near = around && nearTo(around, request.alsoAround ?? [], outlines, names, aliases);
  const isWanted = (name: string): boolean =>
    (leads.has(name) || wanted.has(name)) && (near === undefined || near.has(name));

  const functions = new Map<string, ReadonlySet<string>>();
  for (const [file, { functions: defined }] of outlines) {
    const own = defined.map((f) => f.name).filter(isWanted);
    if (own.length > 0) functions.set(file, new Set(own));
  }
  return {
    functions,
    macros: new Set([...macros].filter(isWanted)),
    usedByPoints: usedByPoints(names, aliases, leads, lists),
    near,
    endsStartUp: names.above(request.ends),
    leads,
  };
}

function nearTo(
  files: ReadonlySet<string>,
  more: readonly string[],
  outlines: ReadonlyMap<string, Outline>,
  names: Names,
  aliases: readonly (readonly [alias: string, of: string])[],
): ReadonlySet<string> {
  const own = [...more, ...[...files].flatMap((file) => outlines.get(file)?.functions.map((f) => f.name) ?? [])];
  const known = new Set(own);
  const others = aliases.flatMap(([alias, of]) => (known.has(alias) ? [of] : []));
  return names.below(names.above([...own, ...others]));
}

const ALLOWED: readonly Standing[] = ['required', 'may'];

/** Without the functions that must not be cancellation points, and what is called through them alone. */
function usedByPoints(
  names: Names,
  aliases: readonly (readonly [alias: string, of: string])[],
  leads: ReadonlySet<string>,
  lists: Lists,
): ReadonlySet<string> {
  const says = (name: string, what: readonly Standing[]): boolean => lists.isOneOf(name, what);
  const forbidden = new Set<string>();
  for (const [alias, of] of aliases) if (says(alias, ['forbidden']) && !says(alias, ALLOWED)) forbidden.add(of);
  const isRight = (name: string): boolean =>
    !forbidden.has(name) && (says(name, ALLOWED) || !says(name, ['forbidden']));
  const used = names.below(
    // Nothing is known of open ones, so that what acts in them may be right for nobody.
    [...leads].filter((name) => says(name, ALLOWED) && !isOpen(name)),
    (name) => leads.has(name) && isRight(name),
  );
  return new Set([...used].filter(isRight));
}
