/**
 * Cleanup handlers on the paths of a function: which are pushed where it leaves, which are popped without having been
 * pushed, what a handler is given, and what it would have undone that nobody undoes.
 * Problem: for each such place, the way there. Handlers are told apart by the operation that pushed them.
 * Lattice: none; stacks of different paths are kept apart (paths.ts), no deeper than `MAX_DEPTH`.
 * Direction: forward. Cost: that of the walk.
 */
import { bare, mentionsName, some } from '../expressions.js';
import { printExpr } from '../print-expr.js';
import type { Expr, Lifted, Op, Terminator } from '../types.js';
import { constant } from './constants.js';
import { onPaths, walk, type Visit } from './paths.js';
import { operations } from './reach.js';

const MAX_DEPTH = 8;

/** An operation that pushes a handler, and what it says. */
export interface Push {
  readonly op: Op;
  readonly handler: Expr;
  readonly argument: Expr;
}

/** What a handler ends: `thing` in the words of the function that pushes it. */
export interface Undoing {
  readonly pair: number;
  readonly thing: string;
}

export interface CleanupVocabulary {
  readonly pushOf: (op: Op) => Push | undefined;
  /** The argument that says whether the handler runs. */
  readonly executeOf: (op: Op) => Expr | undefined;
  /** Pushes, waits and pops without running the handler. */
  readonly waitOf: (op: Op) => Push | undefined;
  readonly begins: (op: Op) => Undoing | undefined;
  readonly ends: (op: Op) => Undoing | undefined;
  readonly undoneBy: (push: Push) => readonly Undoing[];
}

export type Fault =
  | { readonly fault: 'left'; readonly push: Push; readonly end: Terminator; readonly visit: Visit<unknown> }
  | { readonly fault: 'entered'; readonly pop: Op; readonly visit: Visit<unknown> }
  | { readonly fault: 'late'; readonly push: Push; readonly name: string; readonly isUnset: boolean; readonly set: Op }
  | {
      readonly fault: 'undone';
      readonly push: Push;
      readonly pop: Op;
      readonly begin: Op;
      readonly thing: string;
      readonly end: Terminator;
    };

interface Owed {
  readonly push: Push;
  readonly pop: Op;
  readonly begin: Op;
}

type Given = 'unset' | 'constant' | 'set';

interface State {
  readonly stack: readonly Push[];
  readonly begun: ReadonlyMap<string, Op>;
  readonly owed: ReadonlyMap<string, Owed>;
  /** Variables that a handler is given by value. */
  readonly given: ReadonlyMap<string, Given>;
}

const isLocal = (name: string, f: Lifted): boolean => name in f.types && !f.params.includes(name);

/** Why nothing is known of a function whose handlers are more than are followed. */
export const TOO_MANY_HANDLERS = `it has more than ${String(MAX_DEPTH)} cleanup handlers on the stack at once`;

/** Undefined where the function has too many paths to tell. `onDeep`: paths with more handlers were not followed. */
export const cleanupFaults = (
  f: Lifted,
  words: CleanupVocabulary,
  onDeep: () => unknown = () => undefined,
): readonly Fault[] | undefined =>
  onPaths(
    (everyBranch) => faultsOn(f, words, everyBranch, onDeep),
    () => false,
  );

function faultsOn(
  f: Lifted,
  words: CleanupVocabulary,
  everyBranch: boolean,
  onDeep: () => unknown,
): readonly Fault[] | undefined {
  const faults: Fault[] = [];
  const pushes = operations(f).flatMap(({ op }) => words.pushOf(op) ?? words.waitOf(op) ?? []);
  const watched = new Set(
    pushes.flatMap(({ argument }) => {
      const e = bare(argument);
      return e.k === 'name' && isLocal(e.name, f) ? [e.name] : [];
    }),
  );
  const seen = new Set<string>();
  const once = (fault: Fault, ...ids: (number | string)[]): void => {
    const key = [fault.fault, ...ids].join();
    if (!seen.has(key)) faults.push(fault);
    seen.add(key);
  };
  const keyOf = ({ pair, thing }: Undoing): string => `${String(pair)} ${thing}`;

  const popped = (now: State, push: Push, pop: Op, runs: boolean | undefined): State => {
    const [begun, owed] = [new Map(now.begun), new Map(now.owed)];
    for (const undoing of words.undoneBy(push)) {
      const key = keyOf(undoing);
      const begin = begun.get(key);
      begun.delete(key);
      if (runs === false && begin) owed.set(key, { push, pop, begin });
    }
    return { ...now, begun, owed };
  };

  /** Assigned, or filled in by somebody who is given its address. */
  const assigned = (now: State, op: Op): State => {
    const names = [...watched].filter(
      (name) =>
        (op.op === 'assign' && op.target.k === 'name' && op.target.name === name) ||
        ('args' in op && op.args.some((a) => some(a, (e) => e.k === 'address' && mentionsName(e.of, name)))),
    );
    if (names.length === 0) return now;
    const given = new Map(now.given);
    for (const name of names) {
      const value = op.op === 'assign' ? op.value : undefined;
      const isConstant = value !== undefined && isConstantValue(value);
      const late = now.stack.find((p) => {
        const e = bare(p.argument);
        return e.k === 'name' && e.name === name;
      });
      const before = given.get(name) ?? 'unset';
      if (late && before !== 'set' && !isConstant)
        once({ fault: 'late', push: late, name, isUnset: before === 'unset', set: op }, late.op.id, name);
      // What the handler has been given stays what it was at the push.
      if (!late) given.set(name, isConstant ? 'constant' : 'set');
    }
    return { ...now, given };
  };

  const step = (before: State, op: Op): State | undefined => {
    const now = assigned(before, op);
    const push = words.pushOf(op);
    if (push) {
      if (now.stack.length < MAX_DEPTH) return { ...now, stack: [...now.stack, push] };
      onDeep();
      return undefined;
    }
    const execute = words.executeOf(op);
    if (execute) {
      const top = now.stack[now.stack.length - 1];
      if (!top) return undefined;
      const runs = constant(execute);
      return popped({ ...now, stack: now.stack.slice(0, -1) }, top, op, runs === undefined ? undefined : runs !== 0n);
    }
    const waited = words.waitOf(op);
    if (waited) return popped(now, waited, op, false);
    const [begin, end] = [words.begins(op), words.ends(op)];
    if (begin) return { ...now, begun: new Map(now.begun).set(keyOf(begin), op) };
    if (!end) return now;
    const [begun, owed] = [new Map(now.begun), new Map(now.owed)];
    begun.delete(keyOf(end));
    owed.delete(keyOf(end));
    return { ...now, begun, owed };
  };

  const whole = walk<State>(f, {
    everyBranch,
    entry: { stack: [], begun: new Map(), owed: new Map(), given: new Map() },
    key: ({ stack, begun, owed, given }) =>
      [
        stack.map((p) => p.op.id).join('/'),
        [...begun.keys()].sort().join(),
        [...owed]
          .map(([thing, o]) => `${thing} ${String(o.pop.id)}`)
          .sort()
          .join(),
        [...given]
          .map(([name, how]) => name + how)
          .sort()
          .join(),
      ].join(' '),
    step,
    leave: (now, end, visit) => {
      if (end.t !== 'return' && end.t !== 'tail') return;
      const top = now.stack[now.stack.length - 1];
      const { line, column } = end.origin.at;
      if (top) once({ fault: 'left', push: top, end, visit }, top.op.id, line, column);
      for (const [thing, owed] of now.owed)
        once({ fault: 'undone', ...owed, thing: thing.replace(/^\d+ /, ''), end }, owed.pop.id, thing);
    },
    stuck: (op, visit) => {
      if (words.executeOf(op)) once({ fault: 'entered', pop: op, visit }, op.id, visit.before?.block.id ?? -1);
    },
  });
  return whole ? faults : undefined;
}

/** A literal, a null pointer or the name of a constant. */
function isConstantValue(expr: Expr): boolean {
  const e = bare(expr);
  return constant(e) !== undefined || (e.k === 'name' && /^[A-Z][A-Z0-9_]*$/.test(e.name));
}

/** For messages: an argument as it is written. */
export const thingOf = (expr: Expr): string => printExpr(bare(expr));
