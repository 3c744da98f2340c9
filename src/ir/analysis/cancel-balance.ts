/**
 * Cancel state and type on the paths of a function, from what its caller had to what it leaves behind.
 * Problem: at which places does a function leave with another state or type than it was entered with, and whose doing
 * is it? Saved values are followed through variables.
 * Lattice: for each of state, type and the variables that hold one: the value at the entry, a number, never set, or not
 * known. States of different paths are kept apart (paths.ts), hence no join.
 * Direction: forward. Cost: that of the walk. What another function is given, or is stored outside, is not followed:
 * from there on it is not known, and nothing is said of it.
 */
import { bare, mentionsName, mentionsResult, some } from '../expressions.js';
import type { AssignOp, AsyncOp, CancelStateOp, CancelTypeOp, Expr, Lifted, Op, Terminator } from '../types.js';
import { constant } from './constants.js';
import { onPaths, walk, type Visit } from './paths.js';
import { operations } from './reach.js';
import { valuesOf } from './values.js';

export type Kind = 'state' | 'type';
const KINDS: readonly Kind[] = ['state', 'type'];

/** An operation that sets the state or the type. */
export type Setter = CancelStateOp | CancelTypeOp | AsyncOp | AssignOp;

export type Value =
  | { readonly v: 'entry'; readonly kind: Kind }
  | { readonly v: 'number'; readonly of: bigint }
  /** A variable that nothing has been stored in. */
  | { readonly v: 'unset' }
  | { readonly v: 'unknown' };

export interface Setting {
  readonly value: Value;
  /** Whose doing it is; undefined at the entry. */
  readonly by: Setter | undefined;
  /** What was there before. */
  readonly before: Setting | undefined;
}

export interface Leaving {
  readonly kind: Kind;
  readonly setting: Setting;
  readonly end: Terminator;
  readonly visit: Visit<unknown>;
}

/** What the libc's data says. */
export interface Vocabulary {
  readonly numberOf: (constant: string) => bigint | undefined;
  readonly wordOf: (member: string) => Kind | undefined;
  readonly isSelf: (name: string) => boolean;
  readonly forks: (name: string) => boolean;
  readonly returnsTwice: (name: string) => boolean;
  /** Calling it leaves another state or type behind. */
  readonly changes: (name: string) => boolean;
}

interface State {
  readonly state: Setting;
  readonly type: Setting;
  readonly variables: ReadonlyMap<string, Value>;
}

const UNKNOWN: Value = { v: 'unknown' };

export function kindOf(op: Op, f: Lifted, words: Vocabulary): Kind | undefined {
  if (op.op === 'cancel-state') return 'state';
  if (op.op === 'cancel-type' || op.op === 'async') return 'type';
  return op.op === 'assign' ? ownWord(op.target, f, words) : undefined;
}

/** `self->canceldisable`, where self is the running thread. */
export function ownWord(expr: Expr, f: Lifted, words: Pick<Vocabulary, 'wordOf' | 'isSelf'>): Kind | undefined {
  if (expr.k !== 'member') return undefined;
  const kind = words.wordOf(expr.field);
  if (kind === undefined) return undefined;
  const isSelf = (e: Expr): boolean =>
    (e.k === 'name' && words.isSelf(e.name)) ||
    (e.k === 'result' &&
      operations(f).some(({ op }) => op.id === e.op && op.op === 'call' && words.isSelf(op.callee ?? '')));
  const base = bare(expr.base);
  const held = base.k === 'name' && !words.isSelf(base.name) ? valuesOf(f, base.name) : [base];
  return held.length > 0 && held.every((e) => isSelf(bare(e))) ? kind : undefined;
}

/** Stands for a place that is no variable of the function: the caller's, or in an object. No variable is called so. */
const HANDED = '*';

/** The variable that a setter saves the old value in, or `HANDED`. */
export function savedIn(op: Setter, f: Lifted): string | undefined {
  if (op.op === 'async' || op.op === 'assign' || !op.saved) return undefined;
  const saved = bare(op.saved);
  if (saved.k === 'int' || (saved.k === 'name' && saved.name === 'NULL')) return undefined;
  return saved.k === 'address' && saved.of.k === 'name' && isLocal(saved.of.name, f) ? saved.of.name : HANDED;
}

const isLocal = (name: string, f: Lifted): boolean => name in f.types && !f.params.includes(name);

const isSetter = (op: Op): op is Setter =>
  op.op === 'cancel-state' || op.op === 'cancel-type' || op.op === 'async' || op.op === 'assign';

/** Variables and results that somebody else gets to know: what becomes of the value is then not known. */
function escaping(f: Lifted, words: Vocabulary): (e: Expr) => boolean {
  const given: Expr[] = [];
  for (const { op } of operations(f)) {
    if (op.op === 'assign' && !(op.target.k === 'name' && isLocal(op.target.name, f)) && !kindOf(op, f, words))
      given.push(op.value);
    else if (op.op === 'call' || op.op === 'syscall' || op.op === 'cleanup-push') given.push(...op.args);
  }
  for (const { end } of f.blocks) if (end.t === 'return' && end.value) given.push(end.value);
  return (e) =>
    given.some((g) => (e.k === 'name' ? mentionsName(g, e.name) : e.k === 'result' && mentionsResult(g, e.op)));
}

/** Undefined where the function has too many paths to tell. */
export const leavings = (f: Lifted, words: Vocabulary): readonly Leaving[] | undefined =>
  onPaths((everyBranch) => leavingsOn(f, words, everyBranch), isRestored);

function leavingsOn(f: Lifted, words: Vocabulary, everyBranch: boolean): readonly Leaving[] | undefined {
  const ops = operations(f).map((o) => o.op);
  const tracked = new Set<string>();
  for (const op of ops) {
    if (kindOf(op, f, words) === undefined || !isSetter(op)) continue;
    const saved = savedIn(op, f);
    if (saved !== undefined && saved !== HANDED) tracked.add(saved);
    const to = bare(
      op.op === 'async' ? (op.args[0] ?? { k: 'unknown', text: '' }) : op.op === 'assign' ? op.value : op.to,
    );
    if (to.k === 'name' && isLocal(to.name, f)) tracked.add(to.name);
  }
  const escapes = escaping(f, words);
  const forked = new Set(ops.flatMap((op) => (op.op === 'call' && words.forks(op.callee ?? '') ? [op.id] : [])));
  const holdsFork = (e: Expr): boolean =>
    (e.k === 'result' && forked.has(e.op)) ||
    (e.k === 'name' && valuesOf(f, e.name).some((v) => some(v, (x) => x.k === 'result' && forked.has(x.op))));
  const out: Leaving[] = [];

  const evaluate = (expr: Expr, now: State): Value => {
    const e = bare(expr);
    if (e.k === 'name' && tracked.has(e.name)) return now.variables.get(e.name) ?? UNKNOWN;
    if (e.k === 'result') return now.variables.get(`%${String(e.op)}`) ?? UNKNOWN;
    const word = ownWord(e, f, words);
    if (word) return now[word].value;
    const of = e.k === 'name' ? words.numberOf(e.name) : constant(e);
    return of === undefined ? UNKNOWN : { v: 'number', of };
  };
  const stored = (now: State, name: string, value: Value): State => ({
    ...now,
    variables: new Map(now.variables).set(name, value),
  });
  const set = (now: State, kind: Kind, by: Setter, value: Value): State => ({
    ...now,
    [kind]: { value, by, before: { ...now[kind], before: undefined } },
  });
  const lost = (now: State): State => ({
    state: { value: UNKNOWN, by: undefined, before: undefined },
    type: { value: UNKNOWN, by: undefined, before: undefined },
    variables: new Map([...now.variables].map(([name]) => [name, UNKNOWN])),
  });

  const step = (now: State, op: Op): State => {
    switch (op.op) {
      case 'cancel-state':
      case 'cancel-type': {
        const kind: Kind = op.op === 'cancel-state' ? 'state' : 'type';
        const saved = savedIn(op, f);
        const handed = saved === HANDED || (saved !== undefined && escapes({ k: 'name', name: saved }));
        const next = set(now, kind, op, handed ? UNKNOWN : evaluate(op.to, now));
        return saved === undefined || saved === HANDED ? next : stored(next, saved, now[kind].value);
      }
      case 'async': {
        if (op.to === 'restore') {
          const [to] = op.args;
          return set(now, 'type', op, to ? evaluate(to, now) : { v: 'entry', kind: 'type' });
        }
        const handed = escapes({ k: 'result', op: op.id });
        const next = set(now, 'type', op, handed ? UNKNOWN : { v: 'number', of: 1n });
        return stored(next, `%${String(op.id)}`, now.type.value);
      }
      case 'assign': {
        const { target } = op;
        const kind = ownWord(target, f, words);
        if (kind) return set(now, kind, op, evaluate(op.value, now));
        if (target.k !== 'name' || !tracked.has(target.name)) return now;
        const value = escapes(target) ? UNKNOWN : evaluate(op.value, now);
        return stored(now, target.name, value);
      }
      case 'call': {
        const callee = op.callee ?? '';
        if (words.returnsTwice(callee) || words.changes(callee)) return lost(now);
        const taken = [...tracked].filter((name) =>
          op.args.some((a) => some(a, (e) => e.k === 'address' && mentionsName(e.of, name))),
        );
        return taken.reduce((s, name) => stored(s, name, UNKNOWN), now);
      }
      case 'not-understood':
        return lost(now);
      default:
        return now;
    }
  };

  const whole = walk<State>(f, {
    everyBranch,
    entry: {
      state: { value: { v: 'entry', kind: 'state' }, by: undefined, before: undefined },
      type: { value: { v: 'entry', kind: 'type' }, by: undefined, before: undefined },
      variables: new Map([...tracked].filter((n) => isLocal(n, f)).map((n) => [n, { v: 'unset' }])),
    },
    key: (s) =>
      `${settingKey(s.state)} ${settingKey(s.type)} ${[...s.variables]
        .map(([n, v]) => n + valueKey(v))
        .sort()
        .join()}`,
    step,
    endsWhenZero: (e) => forked.size > 0 && holdsFork(e),
    leave: (now, end, visit) => {
      if (end.t === 'return' || end.t === 'tail')
        for (const kind of KINDS) out.push({ kind, setting: now[kind], end, visit });
    },
  });
  return whole ? out : undefined;
}

const valueKey = (v: Value): string => (v.v === 'entry' ? v.kind : v.v === 'number' ? String(v.of) : v.v);
const settingKey = (s: Setting): string =>
  `${valueKey(s.value)}/${String(s.by?.id)}/${s.before ? settingKey(s.before) : ''}`;

/** Whether the function leaves with what it was entered with. */
export const isRestored = ({ kind, setting: { value } }: Leaving): boolean =>
  value.v === 'entry' && value.kind === kind;
