/**
 * How a tree makes its cancellable system calls: which macros and functions switch to asynchronous cancelability
 * around them, and who uses those. A use is counted where a function of the library makes it, not in the macros between.
 */
import { asyncRegions } from '../../ir/analysis/regions.js';
import { operations } from '../../ir/analysis/reach.js';
import type { Lifted, Op, Origin, Region, Target } from '../../ir/types.js';
import type { Project } from '../../linter/project.js';

/** A place where the mechanism is spelled out. */
export interface Holder {
  readonly name: string;
  readonly at: Region;
  /** The macro or function, where it was lifted as such. */
  readonly lifted: Lifted | undefined;
  readonly uses: readonly Use[];
  /** `switch`: it is what turns asynchronous cancelability on; `bracket`: it holds the whole region. */
  readonly kind: 'bracket' | 'switch';
}

export interface Use {
  readonly at: Region;
  readonly function: string;
  readonly targets: readonly Target[];
}

/** Adds a use. A function whose meaning differs between targets is lifted once for each: it is one use still. */
export function addUse(uses: Use[], use: Use): void {
  const same = uses.findIndex((u) => u.function === use.function && place(u.at) === place(use.at));
  const known = uses[same];
  if (!known) uses.push(use);
  else uses[same] = { ...known, targets: [...new Set([...known.targets, ...use.targets])] };
}

/** What a call by this name leads to: a window, or a region of asynchronous cancelability; undefined when neither was found. */
export type Leads = 'window' | 'async' | undefined;

/** Follows macros and functions by name. A window found anywhere decides. */
export function leadsOf(functions: readonly Lifted[]): (name: string) => Leads {
  const byName = new Map<string, Lifted[]>();
  for (const f of functions) {
    const list = byName.get(f.name);
    if (list) list.push(f);
    else byName.set(f.name, [f]);
  }
  const known = new Map<string, Leads>();
  const visit = (name: string): Leads => {
    if (known.has(name)) return known.get(name);
    known.set(name, undefined);
    let found: Leads;
    for (const f of byName.get(name) ?? []) {
      for (const { op } of operations(f)) {
        const next = leadsByOp(op);
        const one = next === 'window' || next === 'async' ? next : next === undefined ? undefined : visit(next.name);
        if (one === 'window') found = 'window';
        else found ??= one;
      }
    }
    known.set(name, found);
    return found;
  };
  return visit;
}

function leadsByOp(op: Op): Leads | { readonly name: string } {
  switch (op.op) {
    case 'window-call':
      return 'window';
    case 'async':
      return 'async';
    case 'syscall':
      return op.cancellable ? { name: op.via } : undefined;
    case 'call':
      return op.callee === undefined ? undefined : { name: op.callee };
    default:
      return undefined;
  }
}

/** Macros and functions that hold or are the asynchronous bracket, each with its uses; most used first. */
export function holdersOf(project: Project): Holder[] {
  const { functions, roles } = project;
  const leads = leadsOf(functions);
  const holders = new Map<
    string,
    { name: string; at: Region; lifted: Lifted | undefined; uses: Use[]; kind: Holder['kind'] }
  >();
  const add = (key: string, name: string, at: Region, lifted: Lifted | undefined, kind: Holder['kind']): Use[] => {
    let holder = holders.get(key);
    if (!holder) holders.set(key, (holder = { name, at, lifted, uses: [], kind }));
    return holder.uses;
  };
  const macros = new Map<string, Lifted[]>();
  for (const f of functions) if (f.kind === 'macro') macros.set(f.name, [...(macros.get(f.name) ?? []), f]);
  const bracket = (name: string): Lifted | undefined => macros.get(name)?.find((m) => asyncRegions(m).length > 0);
  for (const f of functions) {
    if (roles.has(f.name, 'async-enable')) add(`switch ${f.name} ${place(f.nameAt)}`, f.name, f.nameAt, f, 'switch');
    if (f.kind === 'macro') {
      if (asyncRegions(f).length > 0 && !roles.has(f.name, 'async-enable'))
        add(`macro ${f.name}`, f.name, f.nameAt, f, 'bracket');
      continue;
    }
    if (roles.has(f.name, 'async-enable', 'async-restore')) continue;
    const seen = new Set<string>();
    for (const { op } of operations(f)) {
      const key = `${place(op.origin.at)} ${op.op}`;
      if (seen.has(key)) continue;
      const use: Use = { at: op.origin.at, function: f.name, targets: f.targets };
      if (op.op === 'syscall' && op.cancellable && leads(op.via) === 'async') {
        seen.add(key);
        const macro = bracket(op.via) ?? macros.get(op.via)?.[0];
        addUse(add(`macro ${op.via}`, op.via, macro?.nameAt ?? op.origin.at, macro, 'bracket'), use);
      } else if (op.op === 'async' && op.to === 'enable') {
        seen.add(key);
        const outer = outermost(op.origin, roles.has.bind(roles));
        const macro = outer === undefined ? undefined : macros.get(outer)?.[0];
        const at = macro?.nameAt ?? op.origin.definition ?? op.origin.at;
        if (outer !== undefined) addUse(add(`macro ${outer}`, outer, at, macro, 'bracket'), use);
        else addUse(add(`function ${f.name} ${place(f.nameAt)}`, f.name, op.origin.at, f, 'bracket'), use);
      }
    }
  }
  return [...holders.values()].sort(
    (a, b) => order(a) - order(b) || b.uses.length - a.uses.length || compare(place(a.at), place(b.at)),
  );
}

/** A macro that holds the bracket for others comes first, then what switches, then functions that spell it out themselves. */
function order(holder: Holder): number {
  if (holder.kind === 'switch') return 1;
  return holder.lifted === undefined || holder.lifted.kind === 'macro' ? 0 : 2;
}

/** The macro that a hand-written use goes through, unless that macro is the switch itself. */
function outermost(origin: Origin, has: Project['roles']['has']): string | undefined {
  const [outer] = origin.macros ?? [];
  return outer !== undefined && !has(outer, 'async-enable') ? outer : undefined;
}

const place = (r: Region): string => `${r.file}:${String(r.line).padStart(7, '0')}:${String(r.column)}`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
