/**
 * Which cancel states and types a function may be in at each place.
 * Lattice: sets of pairs, growing. Of the state: enabled, disabled, masked, and whatever it was when the function was
 * entered. Of the type: deferred, asynchronous, and what it was at the entry. Saved values are followed through local variables, each with a set of its own; a state that is kept elsewhere may be any, and
 * a type that is kept elsewhere counts as one that was there before: asynchronous is only what the code itself makes so.
 * Direction: forward from the entry. A least fixed point over blocks; sets that meet are united.
 * Calls: what one leaves behind is given by the caller of this (`after`), so that a summary by function is one set.
 * Cost: linear in the function's size times the depth of its loops and the number of its saved states.
 */
import { successors } from '../builder.js';
import { bare, some } from '../expressions.js';
import type { BlockId, CallOp, CancelStateOp, CancelTypeOp, Expr, Lifted, Op, Terminator } from '../types.js';
import type { Kind } from './cancel-balance.js';
import { operations, type Place } from './reach.js';

/** A set of states and types, as bits. */
export type Values = number;
/** What it was at the entry. */
export const ENTRY: Values = 1;
export const ENABLED: Values = 2;
export const DISABLED: Values = 4;
/** musl's: a request makes the call fail instead of unwinding. */
export const MASKED: Values = 8;
/** Nobody is there yet who could ask. Only what a function is entered with; no setter changes it. */
export const ALONE: Values = 16;
export const ENTRY_TYPE: Values = 32;
export const DEFERRED: Values = 64;
export const ASYNCHRONOUS: Values = 128;

const STATES: readonly Values[] = [ENTRY, ENABLED, DISABLED, MASKED, ALONE];
const TYPES: readonly Values[] = [ENTRY_TYPE, DEFERRED, ASYNCHRONOUS];
const STATE: Values = ENTRY | ENABLED | DISABLED | MASKED;
const TYPE: Values = ENTRY_TYPE | DEFERRED | ASYNCHRONOUS;
const ANY: Values = ENTRY | ENABLED | DISABLED | MASKED | ENTRY_TYPE | DEFERRED;

const CONSTANTS: ReadonlyMap<string, Values> = new Map([
  ['PTHREAD_CANCEL_ENABLE', ENABLED | DEFERRED],
  ['PTHREAD_CANCEL_DISABLE', DISABLED | ASYNCHRONOUS],
  ['PTHREAD_CANCEL_MASKED', MASKED],
  ['PTHREAD_CANCEL_DEFERRED', ENABLED | DEFERRED],
  ['PTHREAD_CANCEL_ASYNCHRONOUS', DISABLED | ASYNCHRONOUS],
]);

/** A set of pairs of a state and a type, as bits: one thread may be in any of them. */
export type Pairs = number;

/** Every pair of one of the states with one of the types; a type is what it was at the entry where none is given. */
export function pairsOf(values: Values): Pairs {
  const types = TYPES.filter((t) => (values & t) !== 0);
  let out = 0;
  STATES.forEach((state, s) => {
    if ((values & state) !== 0) for (const t of types.length > 0 ? types : [ENTRY_TYPE]) out |= bit(s, t);
  });
  return out;
}

const bit = (state: number, type: Values): Pairs => 1 << (state * TYPES.length + TYPES.indexOf(type));

interface Pair {
  readonly state: Values;
  readonly type: Values;
}

const ALL: readonly { readonly bit: Pairs; readonly pair: Pair }[] = STATES.flatMap((state, s) =>
  TYPES.map((type) => ({ bit: bit(s, type), pair: { state, type } })),
);

/** By the set: few of the 32,768 there are ever come up. */
const MEMBERS: (readonly Pair[] | undefined)[] = [];

const each = (pairs: Pairs): readonly Pair[] =>
  (MEMBERS[pairs] ??= ALL.flatMap((one) => ((pairs & one.bit) === 0 ? [] : [one.pair])));

/** The states and the types of a set. */
export const valuesIn = (pairs: Pairs): Values => each(pairs).reduce((all, p) => all | p.state | p.type, 0);

/** Whether it is possible that nobody is there yet. */
export const mayBeAlone = (pairs: Pairs): boolean => each(pairs).some(({ state }) => state === ALONE);

/** What a function is entered with. */
export const AT_ENTRY: Pairs = pairsOf(ENTRY | ENTRY_TYPE);
/** What a thread begins with. */
export const AT_START: Pairs = pairsOf(ENABLED | DEFERRED);

/** Whether no request is acted upon, in each of the states. */
export const isOff = (pairs: Pairs): boolean =>
  pairs !== 0 && each(pairs).every(({ state }) => (state & (DISABLED | MASKED | ALONE)) !== 0);

/** Whether a request may be acted upon at once, wherever the thread is. */
export const isAsynchronous = (pairs: Pairs): boolean =>
  each(pairs).some(({ state, type }) => type === ASYNCHRONOUS && (state & (ENTRY | ENABLED)) !== 0);

/** What there is where the pairs at the entry are known. */
export function from(entry: Pairs, pairs: Pairs): Pairs {
  let out = 0;
  for (const { state, type } of each(pairs)) {
    for (const at of each(entry))
      out |= pairsOf(
        (state === ENTRY || at.state === ALONE ? at.state : state) | (type === ENTRY_TYPE ? at.type : type),
      );
  }
  return out;
}

/** Behind what may have made threads, or asked: the state is what every thread begins with. */
export const notAlone = (pairs: Pairs): Pairs =>
  each(pairs).reduce((all, { state, type }) => all | pairsOf((state === ALONE ? ENABLED : state) | type), 0);

/** What there is behind a setter; what is no state, or no type, may be any. */
const withState = (pairs: Pairs, to: Values): Pairs =>
  each(pairs).reduce((all, { type }) => all | pairsOf(((to & STATE) === 0 ? STATE : to & STATE) | type), 0);
const withType = (pairs: Pairs, to: Values): Pairs =>
  each(pairs).reduce((all, { state }) => all | pairsOf(state | ((to & TYPE) === 0 ? ANY & TYPE : to & TYPE)), 0);

/** Whether the state that is set is one in which no request is acted upon. */
export const disables = ({ to }: CancelStateOp): boolean =>
  (evaluate(to, () => ANY) & STATE & ~(DISABLED | MASKED)) === 0;

/** Whether the type that is set is asynchronous. */
export const makesAsynchronous = ({ to }: CancelTypeOp): boolean => (evaluate(to, () => ANY) & TYPE) === ASYNCHRONOUS;

function evaluate(expr: Expr, held: (name: string) => Values): Values {
  const e = bare(expr);
  if (e.k === 'name') return CONSTANTS.get(e.name) ?? held(e.name);
  if (e.k === 'result') return held(resultName(e.op));
  if (e.k === 'conditional') return evaluate(e.then, held) | evaluate(e.otherwise, held);
  if (e.k !== 'int') return ANY;
  // PTHREAD_CANCEL_ENABLE and PTHREAD_CANCEL_DEFERRED are 0 everywhere.
  return e.value === 0n ? ENABLED | DEFERRED : (e.value === 1n ? DISABLED : DISABLED | MASKED) | ASYNCHRONOUS;
}

/** No variable is called so. */
const resultName = (op: number): string => `%${String(op)}`;

/** Whether an operation may change the state or the type by itself. */
export const isSetter = (op: Op, { wordOf }: Surroundings = {}): boolean =>
  op.op === 'cancel-state' ||
  op.op === 'cancel-type' ||
  op.op === 'async' ||
  (op.op === 'assign' && wordOf?.(op.target) !== undefined);

/** What is known of a function besides its own operations. */
export interface Surroundings {
  /** What a call leaves behind, as seen from its own entry; undefined where it changes nothing. */
  readonly after?: (op: CallOp) => Pairs | undefined;
  /** Which of the two an expression is, where it is the running thread's own word for it. */
  readonly wordOf?: (expr: Expr) => Kind | undefined;
}

export interface StatesOf {
  /** Right before an operation. Nothing where the place cannot be come to. */
  readonly at: (place: Place) => Pairs;
  /** Where the function is left for its caller. */
  readonly exit: Pairs;
}

interface Now {
  readonly pairs: Pairs;
  /** Variables and results that hold a saved state or type; others may hold any. */
  readonly held: ReadonlyMap<string, Values>;
}

export function cancelStates(f: Lifted, around: Surroundings = {}): StatesOf {
  const { after, wordOf } = around;
  const changes = (op: Op): boolean => isSetter(op, around) || (op.op === 'call' && after?.(op) !== undefined);
  if (!operations(f).some(({ op }) => changes(op))) return unchanged(f);
  const isHeld = saved(f);
  const step = (now: Now, op: Op): Now => {
    const value = (name: string): Values => now.held.get(name) ?? ANY;
    const hold = (name: string, values: Values): Now['held'] => new Map(now.held).set(name, values);
    const read = (expr: Expr): Values => {
      const word = wordOf?.(bare(expr));
      return word === undefined ? evaluate(expr, value) : kept(now.pairs, word);
    };
    switch (op.op) {
      case 'cancel-state':
      case 'cancel-type': {
        const into = op.saved && variable(op.saved);
        const kind: Kind = op.op === 'cancel-state' ? 'state' : 'type';
        const pairs = kind === 'state' ? withState(now.pairs, read(op.to)) : withType(now.pairs, read(op.to));
        return { pairs, held: into !== undefined && isHeld(into) ? hold(into, kept(now.pairs, kind)) : now.held };
      }
      case 'async': {
        if (op.to === 'enable')
          return { pairs: withType(now.pairs, ASYNCHRONOUS), held: hold(resultName(op.id), kept(now.pairs, 'type')) };
        const [to] = op.args;
        return { ...now, pairs: withType(now.pairs, to ? read(to) : ENTRY_TYPE) };
      }
      case 'assign': {
        const word = wordOf?.(op.target);
        if (word === 'state') return { ...now, pairs: withState(now.pairs, read(op.value)) };
        if (word === 'type') return { ...now, pairs: withType(now.pairs, read(op.value)) };
        if (op.target.k !== 'name' || !isHeld(op.target.name)) return now;
        return { ...now, held: hold(op.target.name, read(op.value)) };
      }
      case 'call': {
        const left = after?.(op);
        return left === undefined ? now : { ...now, pairs: from(now.pairs, left) };
      }
      default:
        return now;
    }
  };

  const entry = new Map<BlockId, Now>([[0, { pairs: AT_ENTRY, held: new Map() }]]);
  const work: BlockId[] = [0];
  let exit: Pairs = 0;
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    const block = f.blocks[id];
    const start = entry.get(id);
    if (!block || !start) continue;
    const now = block.ops.reduce(step, start);
    if (leaves(block.end)) exit |= now.pairs;
    for (const to of successors(block.end)) {
      const known = entry.get(to);
      const joined = known ? join(known, now) : now;
      if (known && same(known, joined)) continue;
      entry.set(to, joined);
      work.push(to);
    }
  }
  return {
    exit,
    at: ({ block, index }) => {
      const start = entry.get(block);
      return start ? (f.blocks[block]?.ops.slice(0, index) ?? []).reduce(step, start).pairs : 0;
    },
  };
}

const leaves = (end: Terminator): boolean => end.t === 'return' || end.t === 'tail' || end.t === 'unknown';

/** The states of a function that leaves them alone, as nearly all do. */
function unchanged({ blocks }: Lifted): StatesOf {
  const reached = new Set<BlockId>();
  const work: BlockId[] = [0];
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    const block = blocks[id];
    if (!block || reached.has(id)) continue;
    reached.add(id);
    work.push(...successors(block.end));
  }
  return {
    exit: blocks.some(({ id, end }) => reached.has(id) && leaves(end)) ? AT_ENTRY : 0,
    at: ({ block }) => (reached.has(block) ? AT_ENTRY : 0),
  };
}

/** What is saved: a number of the one kind means nothing of the other. */
function kept(pairs: Pairs, kind: Kind): Values {
  const values = valuesIn(pairs);
  return kind === 'state' ? (values & STATE) | (ANY & TYPE) : (values & TYPE) | (ANY & STATE);
}

/** Tells whether cancellation is disabled for certain right before an operation, whatever the caller did. */
export function disabledAt(f: Lifted): (place: Place) => boolean {
  const states = cancelStates(f);
  return (place) => isOff(states.at(place));
}

const variable = (expr: Expr): string | undefined => {
  const e = bare(expr);
  return e.k === 'address' && e.of.k === 'name' ? e.of.name : undefined;
};

/** Local variables whose address nobody but the setters is given. */
function saved(f: Lifted): (name: string) => boolean {
  const taken = new Set<string>();
  const take = (e: Expr): void => {
    some(e, (x) => {
      if (x.k === 'address' && x.of.k === 'name') taken.add(x.of.name);
      return false;
    });
  };
  for (const { op } of operations(f)) {
    if (op.op === 'assign') {
      take(op.value);
      take(op.target);
    } else if ('args' in op) op.args.forEach(take);
  }
  return (name) => name in f.types && !f.params.includes(name) && !taken.has(name);
}

function join(a: Now, b: Now): Now {
  const held = new Map<string, Values>();
  for (const [name, values] of a.held) {
    const other = b.held.get(name);
    if (other !== undefined) held.set(name, values | other);
  }
  return { pairs: a.pairs | b.pairs, held };
}

const same = (a: Now, b: Now): boolean =>
  a.pairs === b.pairs && a.held.size === b.held.size && [...a.held].every(([name, s]) => b.held.get(name) === s);
