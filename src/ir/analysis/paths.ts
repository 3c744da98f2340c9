/**
 * Walks the paths of a function with a state of the asker's, and leaves out paths that contradict themselves.
 * Problem: "on some path …" answered without paths that cannot be, such as one that takes `if (x)` and later `if (!x)`.
 * Lattice: none. States are kept apart, together with what the branches taken say: conditions that stand in the
 * function twice or more, and variables that are given a constant. Memory is taken to keep its value until the
 * function itself assigns it, which leaves out more paths, never fewer.
 * Direction: forward from the entry, breadth-first, so that the way found is one of the shortest.
 * Termination: a block is entered once with the same state and the same facts; there are no more than `MAX_VISITS`
 * such, beyond which the answer is "not known".
 */
import { bare, some } from '../expressions.js';
import { printExpr } from '../print-expr.js';
import type { Block, BlockId, Expr, Lifted, Op, Terminator } from '../types.js';
import { constant } from './constants.js';

const MAX_VISITS = 20_000;

/** A visit of a block, with the visits before it. */
export interface Visit<S> {
  readonly block: Block;
  readonly before: Visit<S> | undefined;
  /** The state at the block's entry. */
  readonly state: S;
}

export interface Walk<S> {
  readonly entry: S;
  /** Tells states apart. */
  readonly key: (state: S) => string;
  /** The state after an operation; undefined ends the path. */
  readonly step: (state: S, op: Op) => S | undefined;
  /** Told of each place where a path leaves the function, and by which visits. */
  readonly leave: (state: S, end: Terminator, visit: Visit<S>) => void;
  /** Told of each operation at which `step` ended a path. */
  readonly stuck?: (op: Op, visit: Visit<S>) => void;
  /** A path is left out when a branch says that this expression is 0. */
  readonly endsWhenZero?: (expr: Expr) => boolean;
}

interface Facts {
  /** Conditions by their text: whether they hold. */
  readonly holds: ReadonlyMap<string, boolean>;
  readonly values: ReadonlyMap<string, bigint>;
}

interface Condition {
  readonly key: string;
  readonly expr: Expr;
  /** False where the branch asks the opposite of the key. */
  readonly positive: boolean;
}

const OPPOSITE: ReadonlyMap<string, string> = new Map([
  ['!=', '=='],
  ['>=', '<'],
  ['<=', '>'],
]);

/** A condition in one form: `x`, `x != 0` and `!(x == 0)` are the same. */
export function normal(condition: Expr): Condition {
  let expr = bare(condition);
  let positive = true;
  while (expr.k === 'unary' && expr.operator === '!') {
    positive = !positive;
    expr = bare(expr.of);
  }
  if (expr.k === 'binary' && OPPOSITE.has(expr.operator)) {
    expr = { ...expr, operator: OPPOSITE.get(expr.operator) ?? '' };
    positive = !positive;
  } else if (expr.k !== 'binary' || !/^([<>]|==)$/.test(expr.operator)) {
    expr = { k: 'binary', operator: '==', left: expr, right: { k: 'int', value: 0n } };
    positive = !positive;
  }
  if (expr.right.k === 'name' && expr.right.name === 'NULL') expr = { ...expr, right: { k: 'int', value: 0n } };
  return { key: printExpr(expr), expr, positive };
}

/** False where the function has too many paths to tell. */
export function walk<S>(f: Lifted, { entry, key, step, leave, stuck, endsWhenZero }: Walk<S>): boolean {
  const relevant = new Relevant(f);
  const [first] = f.blocks;
  if (!first) return true;
  const entered = new Set<string>();
  const queue: { readonly visit: Visit<S>; readonly facts: Facts }[] = [];
  const enter = (to: BlockId, state: S, facts: Facts, before: Visit<S> | undefined): void => {
    const block = f.blocks[to];
    const id = `${to} ${key(state)} ${[...facts.holds].sort().join()} ${[...facts.values].sort().join()}`;
    if (!block || entered.has(id)) return;
    entered.add(id);
    queue.push({ visit: { block, before, state }, facts });
  };
  enter(0, entry, { holds: new Map(), values: new Map() }, undefined);
  // The queue grows while it is walked.
  for (const { visit, facts: before } of queue) {
    if (entered.size > MAX_VISITS) return false;
    let state: S | undefined = visit.state;
    let facts = before;
    for (const op of visit.block.ops) {
      state = step(state, op);
      if (state === undefined) {
        stuck?.(op, visit);
        break;
      }
      facts = relevant.after(facts, op);
    }
    if (state === undefined) continue;
    const { end } = visit.block;
    switch (end.t) {
      case 'goto':
        enter(end.to, state, facts, visit);
        break;
      case 'branch': {
        const condition = normal(end.condition);
        const known = relevant.known(facts, condition);
        for (const taken of [true, false]) {
          if (known !== undefined && known !== taken) continue;
          if (taken === condition.positive && endsWhenZero && zeroTest(condition.expr, endsWhenZero)) continue;
          enter(taken ? end.then : end.otherwise, state, relevant.branch(facts, condition, taken), visit);
        }
        break;
      }
      case 'switch':
        for (const { to, values } of end.cases) {
          const value = values.length === 1 && values[0] ? constant(values[0], facts.values) : undefined;
          const known = constant(end.value, facts.values);
          if (known !== undefined && value !== undefined && known !== value) continue;
          if (value === 0n && endsWhenZero?.(bare(end.value))) continue;
          enter(to, state, facts, visit);
        }
        break;
      default:
        leave(state, end, visit);
    }
  }
  return true;
}

const zeroTest = (expr: Expr, is: (e: Expr) => boolean): boolean =>
  expr.k === 'binary' && expr.operator === '==' && constant(expr.right) === 0n && is(bare(expr.left));

/** What is worth remembering of a path: the rest would only multiply the states. */
class Relevant {
  private readonly conditions = new Map<string, Expr>();
  private readonly names = new Set<string>();

  constructor(f: Lifted) {
    const count = new Map<string, number>();
    for (const { end } of f.blocks) {
      if (end.t === 'branch') {
        const { key, expr } = normal(end.condition);
        count.set(key, (count.get(key) ?? 0) + 1);
        if (count.get(key) === 2) this.conditions.set(key, expr);
        this.note(expr);
      } else if (end.t === 'switch') this.note(end.value);
    }
  }

  private note(expr: Expr): void {
    some(expr, (e) => {
      if (e.k === 'name') this.names.add(e.name);
      return false;
    });
  }

  known(facts: Facts, { key, expr, positive }: Condition): boolean | undefined {
    const value = constant(expr, facts.values);
    const holds = value === undefined ? facts.holds.get(key) : value !== 0n;
    return holds === undefined ? undefined : holds === positive;
  }

  branch(facts: Facts, { key, expr, positive }: Condition, taken: boolean): Facts {
    const holds = taken === positive;
    let { values } = facts;
    if (holds && expr.k === 'binary' && expr.operator === '==') {
      const name = bare(expr.left);
      const value = constant(expr.right);
      if (name.k === 'name' && value !== undefined) values = new Map(values).set(name.name, value);
    }
    if (!this.conditions.has(key)) return values === facts.values ? facts : { ...facts, values };
    return { holds: new Map(facts.holds).set(key, holds), values };
  }

  after(facts: Facts, op: Op): Facts {
    if (op.op === 'assign') {
      const { target } = op;
      const text = printExpr(target);
      const kept = this.without(facts, (e) => (e.k === target.k || target.k === 'deref') && printExpr(e) === text);
      const value = target.k === 'name' && this.names.has(target.name) ? constant(op.value) : undefined;
      const values = new Map(kept.values);
      if (target.k === 'name') {
        values.delete(target.name);
        // A counter would never repeat a state: only what is written as a constant counts.
        if (value !== undefined) values.set(target.name, value);
      }
      return { ...kept, values };
    }
    const addressed = new Set<string>();
    if ('args' in op) for (const arg of op.args) noteAddressed(arg, addressed);
    if ('saved' in op) noteAddressed(op.saved, addressed);
    const values = new Map([...facts.values].filter(([name]) => !addressed.has(name) && name !== 'errno'));
    return this.without(
      { ...facts, values: values.size === facts.values.size ? facts.values : values },
      (e) => (e.k === 'result' && e.op === op.id) || (e.k === 'name' && (addressed.has(e.name) || e.name === 'errno')),
    );
  }

  private without(facts: Facts, changes: (e: Expr) => boolean): Facts {
    const gone = [...facts.holds.keys()].filter((key) =>
      some(this.conditions.get(key) ?? { k: 'unknown', text: '' }, changes),
    );
    if (gone.length === 0) return facts;
    const holds = new Map(facts.holds);
    for (const key of gone) holds.delete(key);
    return { ...facts, holds };
  }
}

function noteAddressed(arg: Expr, names: Set<string>): void {
  some(arg, (e) => {
    if (e.k === 'address' && e.of.k === 'name') names.add(e.of.name);
    return false;
  });
}

/** The visits of a path, in order. */
export function trail<S>(visit: Visit<S>): Visit<S>[] {
  const out: Visit<S>[] = [];
  for (let v: Visit<S> | undefined = visit; v; v = v.before) out.push(v);
  return out.reverse();
}
