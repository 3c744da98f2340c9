/**
 * Which cancel states a function may be in at each place.
 * Lattice: sets of states, growing: enabled, disabled, masked, and whatever it was when the function was entered. Saved
 * values are followed through local variables, each with such a set; what is kept elsewhere may be anything.
 * Direction: forward from the entry. A least fixed point over blocks; states that meet are united.
 * Calls: what one leaves behind is given by the caller of this (`after`), so that a summary by function is one set.
 * Cost: linear in the function's size times the depth of its loops and the number of its saved states.
 */
import { successors } from '../builder.js';
import { bare, some } from '../expressions.js';
import type { BlockId, CallOp, CancelStateOp, Expr, Lifted, Op, Terminator } from '../types.js';
import { operations, type Place } from './reach.js';

/** A set of states, as bits. */
export type States = number;
/** What it was at the entry. */
export const ENTRY: States = 1;
export const ENABLED: States = 2;
export const DISABLED: States = 4;
/** musl's: a request makes the call fail instead of unwinding. */
export const MASKED: States = 8;
const ANY: States = ENTRY | ENABLED | DISABLED | MASKED;

const CONSTANTS: ReadonlyMap<string, States> = new Map([
  ['PTHREAD_CANCEL_ENABLE', ENABLED],
  ['PTHREAD_CANCEL_DISABLE', DISABLED],
  ['PTHREAD_CANCEL_MASKED', MASKED],
]);

/** Whether no request is acted upon, in each of the states. */
export const isOff = (states: States): boolean => states !== 0 && (states & ~(DISABLED | MASKED)) === 0;

/** What states there are where those at the entry are known. */
export const from = (entry: States, states: States): States =>
  (states & ENTRY) === 0 ? states : (states & ~ENTRY) | entry;

/** Whether the state that is set is one in which no request is acted upon. */
export const disables = ({ to }: CancelStateOp): boolean => isOff(evaluate(to, () => ANY));

function evaluate(expr: Expr, held: (name: string) => States): States {
  const e = bare(expr);
  if (e.k === 'name') return CONSTANTS.get(e.name) ?? held(e.name);
  if (e.k === 'conditional') return evaluate(e.then, held) | evaluate(e.otherwise, held);
  if (e.k !== 'int') return ANY;
  // PTHREAD_CANCEL_ENABLE is 0 everywhere.
  return e.value === 0n ? ENABLED : e.value === 1n ? DISABLED : DISABLED | MASKED;
}

export interface StatesOf {
  /** Right before an operation. Nothing where the place cannot be come to. */
  readonly at: (place: Place) => States;
  /** Where the function is left for its caller. */
  readonly exit: States;
}

interface Now {
  readonly state: States;
  /** Variables that hold a saved state; others may hold any. */
  readonly held: ReadonlyMap<string, States>;
}

/** `after`: the states that a call leaves behind, as seen from its own entry; undefined where it changes nothing. */
export function cancelStates(f: Lifted, after: (op: CallOp) => States | undefined = () => undefined): StatesOf {
  const changes = (op: Op): boolean => op.op === 'cancel-state' || (op.op === 'call' && after(op) !== undefined);
  if (!operations(f).some(({ op }) => changes(op))) return unchanged(f);
  const isHeld = saved(f);
  const step = (now: Now, op: Op): Now => {
    const value = (name: string): States => now.held.get(name) ?? ANY;
    const hold = (name: string, states: States): Now['held'] => new Map(now.held).set(name, states);
    switch (op.op) {
      case 'cancel-state': {
        const into = op.saved && variable(op.saved);
        const held = into !== undefined && isHeld(into) ? hold(into, now.state) : now.held;
        return { state: evaluate(op.to, value), held };
      }
      case 'cancel-type': {
        const into = op.saved && variable(op.saved);
        return into === undefined || !now.held.has(into) ? now : { ...now, held: hold(into, ANY) };
      }
      case 'assign':
        if (op.target.k !== 'name' || !isHeld(op.target.name)) return now;
        return { ...now, held: hold(op.target.name, evaluate(op.value, value)) };
      case 'call': {
        const left = after(op);
        return left === undefined ? now : { ...now, state: from(now.state, left) };
      }
      default:
        return now;
    }
  };

  const entry = new Map<BlockId, Now>([[0, { state: ENTRY, held: new Map() }]]);
  const work: BlockId[] = [0];
  let exit: States = 0;
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    const block = f.blocks[id];
    const start = entry.get(id);
    if (!block || !start) continue;
    const now = block.ops.reduce(step, start);
    if (leaves(block.end)) exit |= now.state;
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
      return start ? (f.blocks[block]?.ops.slice(0, index) ?? []).reduce(step, start).state : 0;
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
    exit: blocks.some(({ id, end }) => reached.has(id) && leaves(end)) ? ENTRY : 0,
    at: ({ block }) => (reached.has(block) ? ENTRY : 0),
  };
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
  const held = new Map<string, States>();
  for (const [name, states] of a.held) {
    const other = b.held.get(name);
    if (other !== undefined) held.set(name, states | other);
  }
  return { state: a.state | b.state, held };
}

const same = (a: Now, b: Now): boolean =>
  a.state === b.state && a.held.size === b.held.size && [...a.held].every(([name, s]) => b.held.get(name) === s);
