/**
 * What a function does when one of its operations gives a certain value: "close returns EINTR: what then?"
 * Problem: which operations and returns follow, and what is returned.
 * Lattice: variables with one known value or none; a variable whose value is not known is not in the map.
 * Direction: forward from the entry, depth-first, each way for itself, following only branches that what is known allows.
 * Termination: a block is entered once with the same knowledge, and there are no more than `MAX_STATES` such pairs;
 * beyond that the answer is "not known". Calls forget errno and the variables whose address they get.
 */
import { successors } from '../builder.js';
import { mentionsName, namesIn, some } from '../expressions.js';
import type { AssignOp, BlockId, Expr, Lifted, Op, OpId, Terminator } from '../types.js';
import { constant } from './constants.js';
import { operations } from './reach.js';

const MAX_STATES = 2000;

/** Why nothing is known of a function that `outcomeOf` has given up. */
export const TOO_MANY_STATES = `it has more than ${String(MAX_STATES)} ways behind the call to tell apart`;

export interface Assumption {
  readonly op: OpId;
  readonly gives: bigint;
  /** What errno is afterwards, where the operation sets it. */
  readonly errno?: bigint;
  /** Variables with a known value at the entry. */
  readonly entry?: ReadonlyMap<string, bigint>;
  /** Values of constants by name. */
  readonly constants: (name: string) => bigint | undefined;
}

export interface Followed {
  readonly op: Op;
  /** Terminators passed since the assumed operation. */
  readonly way: readonly Terminator[];
  /** Variables assigned since then. */
  readonly changed: ReadonlySet<string>;
}

export interface Outcome {
  /** Operations that can run after the assumed one. It is among them where a loop leads back to it, and ends that way. */
  readonly ops: readonly Followed[];
  readonly returns: readonly Returned[];
}

/** What is returned, and errno then; undefined where they are not known. */
export interface Returned {
  readonly value: bigint | undefined;
  readonly errno: bigint | undefined;
}

interface State {
  readonly block: BlockId;
  readonly values: ReadonlyMap<string, bigint>;
  /** Undefined before the assumed operation. */
  readonly since: { readonly way: readonly Terminator[]; readonly changed: ReadonlySet<string> } | undefined;
}

/** Undefined where the function is too large to tell. */
export function outcomeOf(f: Lifted, assumption: Assumption): Outcome | undefined {
  const ops: Followed[] = [];
  const returns: Returned[] = [];
  const asked = askedNames(f);
  const call = operations(f).find(({ op }) => op.id === assumption.op)?.op;
  const given = new Set(call && 'args' in call ? namesIn(call.args) : []);
  const entered = new Set<string>();
  const work: State[] = [{ block: 0, values: new Map(assumption.entry), since: undefined }];
  for (let state = work.pop(); state; state = work.pop()) {
    const block = f.blocks[state.block];
    if (!block) continue;
    const key = keyOf(state, asked, given);
    if (entered.has(key)) continue;
    entered.add(key);
    if (entered.size > MAX_STATES) return undefined;
    const values = new Map(state.values);
    const fold = (e: Expr): bigint | undefined => constant(known(e, values, assumption));
    let way = state.since?.way;
    let changed: ReadonlySet<string> = state.since?.changed ?? new Set();
    const change = (name: string): void => {
      if (!changed.has(name)) changed = new Set(changed).add(name);
    };
    let again = false;
    for (const op of block.ops) {
      if (way) ops.push({ op, way, changed });
      if (op.id === assumption.op) {
        again = way !== undefined;
        if (again) break;
        way = [];
        if (assumption.errno !== undefined) values.set('errno', assumption.errno);
      } else if (op.op === 'assign') {
        assign(op.target, isCount(op) ? undefined : fold(op.value), values, change);
      } else if (op.op === 'call' || op.op === 'syscall' || op.op === 'window-call') {
        values.delete('errno');
        for (const arg of op.args) forgetAddressed(arg, values, change);
      }
    }
    if (again) continue;
    const { end } = block;
    if (end.t === 'return' && way) returns.push({ value: end.value && fold(end.value), errno: values.get('errno') });
    for (const to of allowed(end, fold))
      work.push({ block: to, values, since: way && { way: [...way, end], changed } });
  }
  return { ops, returns };
}

/** Tells states apart by what branches and returns ask for, and by the arguments of the call that have changed. */
function keyOf({ block, values, since }: State, asked: ReadonlySet<string>, given: ReadonlySet<string>): string {
  const kept = [...values].filter(([name]) => asked.has(name)).map(([name, value]) => `${name}=${String(value)}`);
  const changed = since ? [...since.changed].filter((name) => given.has(name)).sort() : ['-'];
  return `${block} ${kept.sort().join()} ${changed.join()}`;
}

type Change = (name: string) => void;

/** Variables that a branch or a return reads, or that are given to such. */
function askedNames(f: Lifted): ReadonlySet<string> {
  const asked = new Set(['errno']);
  const ask = (...exprs: readonly (Expr | undefined)[]): void => {
    for (const name of namesIn(exprs.filter((e) => e !== undefined))) asked.add(name);
  };
  for (const { end } of f.blocks) {
    if (end.t === 'branch') ask(end.condition);
    else if (end.t === 'switch') ask(end.value, ...end.cases.flatMap((c) => c.values));
    else if (end.t === 'return') ask(end.value);
  }
  const given = operations(f).flatMap(({ op }) => (op.op === 'assign' && op.target.k === 'name' ? [op] : []));
  for (let before = -1; before < asked.size;) {
    before = asked.size;
    for (const { target, value } of given) if (target.k === 'name' && asked.has(target.name)) ask(value);
  }
  return asked;
}

/** `i = i + 1`: a counter that is followed would never repeat a state. */
const isCount = ({ target, value }: AssignOp): boolean => target.k === 'name' && mentionsName(value, target.name);

function assign(target: Expr, value: bigint | undefined, values: Map<string, bigint>, change: Change): void {
  if (target.k !== 'name') return;
  change(target.name);
  if (value === undefined) values.delete(target.name);
  else values.set(target.name, value);
}

function forgetAddressed(arg: Expr, values: Map<string, bigint>, change: Change): void {
  some(arg, (e) => {
    if (e.k !== 'address' || e.of.k !== 'name') return false;
    values.delete(e.of.name);
    change(e.of.name);
    return false;
  });
}

function allowed(end: Terminator, fold: (e: Expr) => bigint | undefined): readonly BlockId[] {
  if (end.t === 'branch') {
    const value = fold(end.condition);
    return value === undefined ? successors(end) : [value === 0n ? end.otherwise : end.then];
  }
  if (end.t !== 'switch') return successors(end);
  const value = fold(end.value);
  const cases = end.cases.map((c) => ({ to: c.to, values: c.values.map(fold) }));
  if (value === undefined || cases.some((c) => c.values.includes(undefined))) return successors(end);
  const chosen = cases.find((c) => c.values.includes(value)) ?? cases.find((c) => c.values.length === 0);
  return chosen ? [chosen.to] : [];
}

/** The expression with what is known put in. Folding of integers is left to `constant`. */
function known(expr: Expr, values: ReadonlyMap<string, bigint>, assumption: Assumption): Expr {
  const go = (e: Expr): Expr => known(e, values, assumption);
  switch (expr.k) {
    case 'result':
      return expr.op === assumption.op ? { k: 'int', value: assumption.gives } : expr;
    case 'name': {
      const value = values.get(expr.name) ?? assumption.constants(expr.name);
      return value === undefined ? expr : { k: 'int', value };
    }
    case 'unary':
    case 'cast':
      return { ...expr, of: go(expr.of) };
    case 'binary':
      return { ...expr, left: go(expr.left), right: go(expr.right) };
    case 'conditional': {
      const test = constant(go(expr.test));
      if (test === undefined) return expr;
      return go(test === 0n ? expr.otherwise : expr.then);
    }
    default:
      return expr;
  }
}
