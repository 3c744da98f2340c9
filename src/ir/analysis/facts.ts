/**
 * What the branches and assignments on a path say, as far as a branch ahead asks for it.
 * Problem: a walk along paths that keeps all it has learnt apart has as many states as there are paths; which of it can
 * still decide a branch? Conditions that stand in the function twice or more, and variables that branches read, are
 * worth remembering until nothing ahead asks for them, or an operation changes them first.
 * Lattice: sets of keys, joined by union; direction: backward from the branches; at most as many rounds as there are
 * blocks, each of which looks at every block once.
 */
import { successors } from '../builder.js';
import { bare, some } from '../expressions.js';
import { printExpr } from '../print-expr.js';
import type { BlockId, Expr, Lifted, Op, Terminator } from '../types.js';
import { constant } from './constants.js';

/** Variables by name and their values, and conditions by their text: 1n when they hold and 0n when they do not. */
export type Facts = ReadonlyMap<string, bigint>;

export const NO_FACTS: Facts = new Map();

export interface Condition {
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

/** A value that no constant of a program has. */
const UNTOUCHED = 1n << 200n;

export interface Asked {
  /** What is returned counts as asked for. */
  readonly asksReturned?: boolean;
  /** Values of constants by name. */
  readonly constants?: (name: string) => bigint | undefined;
}

export class Relevant {
  /** Conditions that stand in the function twice or more, by their text. */
  private readonly conditions = new Map<string, Expr>();
  /** Variables that branches read. */
  private readonly names = new Set<string>();
  /** Of each block by its number: the branch's condition. */
  private readonly ends: readonly (Condition | undefined)[];
  /** Of each block by its number: what a branch in it or ahead of it asks for. */
  private readonly ahead: readonly ReadonlySet<string>[];

  constructor(
    private readonly f: Lifted,
    private readonly how: Asked = {},
  ) {
    const seen = new Set<string>();
    this.ends = f.blocks.map(({ end }) => (end.t === 'branch' ? normal(end.condition) : undefined));
    for (const condition of this.ends) {
      if (!condition) continue;
      if (seen.has(condition.key)) this.conditions.set(condition.key, condition.expr);
      seen.add(condition.key);
    }
    for (const expr of f.blocks.flatMap(({ end }) => this.returnedZero(end) ?? []))
      this.conditions.set(printExpr(expr), expr);
    for (const id of f.blocks.keys()) for (const name of this.read(id)) this.names.add(name);
    this.ahead = this.askedAhead();
  }

  /** The integer that an expression stands for, constants by name among them. */
  valueOf(expr: Expr, facts: Facts = NO_FACTS): bigint | undefined {
    const { constants } = this.how;
    const plain = constant(expr, facts);
    if (plain !== undefined || !constants) return plain;
    const known = new Map(facts);
    some(expr, (e) => {
      const value = e.k === 'name' && !known.has(e.name) ? constants(e.name) : undefined;
      if (e.k === 'name' && value !== undefined) known.set(e.name, value);
      return false;
    });
    return constant(expr, known);
  }

  /** The branch at the end of a block. */
  conditionOf(id: BlockId): Condition | undefined {
    return this.ends[id];
  }

  /** What is still asked for in a block or ahead of it, in the same order whatever the path. */
  asked(facts: Facts, id: BlockId): Facts {
    const ahead = this.ahead[id];
    if (facts.size === 0 || !ahead) return NO_FACTS;
    const kept = new Map<string, bigint>();
    for (const key of ahead) {
      const value = facts.get(key);
      if (value !== undefined) kept.set(key, value);
    }
    return kept;
  }

  /** Whether the branch is taken; undefined where the facts do not tell. */
  known(facts: Facts, { key, expr, positive }: Condition): boolean | undefined {
    const holds = this.valueOf(expr, facts) ?? facts.get(key);
    return holds === undefined ? undefined : (holds !== 0n) === positive;
  }

  /** The facts behind a branch. */
  branch(facts: Facts, { key, expr, positive }: Condition, taken: boolean): Facts {
    const holds = taken === positive;
    const after = new Map(facts);
    if (holds && expr.k === 'binary' && expr.operator === '==') {
      const name = bare(expr.left);
      const value = this.valueOf(expr.right);
      if (name.k === 'name' && value !== undefined) after.set(name.name, value);
    }
    if (this.conditions.has(key)) after.set(key, holds ? 1n : 0n);
    return after;
  }

  /** The facts behind an operation. */
  after(facts: Facts, op: Op): Facts {
    if (op.op === 'assign') {
      const { target } = op;
      const kept = this.without(facts, isSame(target));
      if (target.k !== 'name' || !this.names.has(target.name)) return kept;
      // A counter would never repeat a state: only what is written as a constant counts.
      const value = this.valueOf(op.value);
      const after = new Map(kept);
      if (value === undefined) after.delete(target.name);
      else after.set(target.name, value);
      return after;
    }
    if (facts.size === 0) return facts;
    const addressed = new Set<string>(['errno']);
    if ('args' in op) for (const arg of op.args) noteAddressed(arg, addressed);
    if ('saved' in op) noteAddressed(op.saved, addressed);
    return this.without(
      facts,
      (e) => (e.k === 'result' && e.op === op.id) || (e.k === 'name' && addressed.has(e.name)),
    );
  }

  /** The facts that say nothing of an expression. */
  private without(facts: Facts, changes: (e: Expr) => boolean): Facts {
    const gone = [...facts.keys()].filter((key) => some(this.conditions.get(key) ?? { k: 'name', name: key }, changes));
    if (gone.length === 0) return facts;
    const kept = new Map(facts);
    for (const key of gone) kept.delete(key);
    return kept;
  }

  /** `x == 0` of a variable that is returned, where that is asked for. */
  private returnedZero(end: Terminator | undefined): Expr | undefined {
    if (this.how.asksReturned !== true || end?.t !== 'return' || !end.value) return undefined;
    const left = bare(end.value);
    return left.k === 'name' ? { k: 'binary', operator: '==', left, right: { k: 'int', value: 0n } } : undefined;
  }

  /** Variables that the end of a block reads. */
  private read(id: BlockId): Set<string> {
    const end = this.f.blocks[id]?.end;
    const names = new Set<string>();
    const returned = this.how.asksReturned === true && end?.t === 'return' ? end.value : undefined;
    const expr = end?.t === 'switch' ? end.value : (this.ends[id]?.expr ?? returned);
    if (expr)
      some(expr, (e) => {
        if (e.k === 'name') names.add(e.name);
        return false;
      });
    return names;
  }

  private askedAhead(): readonly ReadonlySet<string>[] {
    const { blocks } = this.f;
    const all = new Map([...this.conditions.keys(), ...this.names].map((key) => [key, UNTOUCHED]));
    const passes = blocks.map(({ ops }) => {
      const after = ops.reduce<Facts>((facts, op) => this.after(facts, op), all);
      return (key: string): boolean => after.get(key) === UNTOUCHED;
    });
    const asks = blocks.map(({ end }, id) => {
      const returned = this.returnedZero(end);
      const key = returned ? printExpr(returned) : this.ends[id]?.key;
      return key !== undefined && this.conditions.has(key) ? [key, ...this.read(id)] : [...this.read(id)];
    });
    const ahead = blocks.map(() => new Set<string>());
    for (let changed = true; changed;) {
      changed = false;
      for (let id = blocks.length - 1; id >= 0; id--) {
        const block = blocks[id];
        const own = ahead[id];
        if (!block || !own) continue;
        const before = own.size;
        const asked = [asks[id] ?? [], ...successors(block.end).map((to) => ahead[to] ?? [])];
        for (const keys of asked) for (const key of keys) if (!own.has(key) && passes[id]?.(key)) own.add(key);
        changed ||= own.size > before;
      }
    }
    return ahead;
  }
}

/** Whether another expression is written like this one. */
function isSame(expr: Expr): (e: Expr) => boolean {
  if (expr.k === 'name') return (e) => e.k === 'name' && e.name === expr.name;
  const text = printExpr(expr);
  return (e) => (e.k === expr.k || expr.k === 'deref') && printExpr(e) === text;
}

function noteAddressed(arg: Expr, names: Set<string>): void {
  some(arg, (e) => {
    if (e.k === 'address' && e.of.k === 'name') names.add(e.of.name);
    return false;
  });
}
