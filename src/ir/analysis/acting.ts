/**
 * Whether calling a name may act on a request.
 * Method: depth-first through the functions and macros of that name, following only branches that the constant
 * arguments of the call allow. Calls through a member that is assigned a function somewhere in the tree are followed.
 * A call that is already being asked for is taken not to act, so it ends; answers are kept by name and constants.
 */
import { successors } from '../builder.js';
import type { BlockId, CallOp, Expr, Lifted, Op, Terminator } from '../types.js';
import { constant, type Known } from './constants.js';
import { operations, reach } from './reach.js';

export type Acting = (name: string, args?: readonly Expr[]) => boolean;

export function actingNames(functions: readonly Lifted[]): Acting {
  const byName = new Map<string, Lifted[]>();
  for (const f of functions) byName.set(f.name, [...(byName.get(f.name) ?? []), f]);
  const pointers = functionPointers(functions, byName);
  const answers = new Map<string, boolean>();

  const acts = (name: string, args: readonly (bigint | undefined)[]): boolean => {
    const key = `${name}(${args.map(String).join()})`;
    let answer = answers.get(key);
    if (answer === undefined) {
      answers.set(key, false);
      answer = (byName.get(name) ?? []).some((f) => actsInside(f, args));
      answers.set(key, answer);
    }
    return answer;
  };

  const actsInside = (f: Lifted, args: readonly (bigint | undefined)[]): boolean => {
    const known: Known = new Map(f.params.flatMap((p, i) => (args[i] === undefined ? [] : [[p, args[i]]])));
    const follow = (end: Terminator): readonly BlockId[] => {
      const value = end.t === 'branch' ? constant(end.condition, known) : undefined;
      return end.t === 'branch' && value !== undefined ? [value === 0n ? end.otherwise : end.then] : successors(end);
    };
    return reach(f, { block: 0, index: 0 }, { follow }).some(({ op }) => opActs(op, known));
  };

  const opActs = (op: Op, known: Known): boolean => {
    if (op.op === 'act' || op.op === 'test-cancel') return true;
    if (op.op === 'async') return acts(op.how, []);
    if (op.op !== 'call') return false;
    const given = op.args.map((a) => constant(a, known));
    return calledBy(op, pointers).some((c) => acts(c, given));
  };

  return (name, args = []) =>
    acts(
      name,
      args.map((a) => constant(a)),
    );
}

function functionPointers(
  functions: readonly Lifted[],
  byName: ReadonlyMap<string, unknown>,
): Map<string, Set<string>> {
  const pointers = new Map<string, Set<string>>();
  for (const f of functions) {
    for (const { op } of operations(f)) {
      if (op.op !== 'assign' || op.target.k !== 'member' || op.value.k !== 'name' || !byName.has(op.value.name))
        continue;
      const set = pointers.get(op.target.field) ?? new Set<string>();
      pointers.set(op.target.field, set.add(op.value.name));
    }
  }
  return pointers;
}

function calledBy(op: CallOp, pointers: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  if (op.callee !== undefined) return [op.callee];
  return op.target.k === 'member' ? [...(pointers.get(op.target.field) ?? [])] : [];
}
