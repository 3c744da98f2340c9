/**
 * Whether calling a name may act on a request.
 * Problem: a name acts when an operation that it can reach acts, or calls what acts.
 * Method: the functions and macros that a call can get to are looked at once for each set of constant arguments,
 * following only branches that those allow; what acts is then passed on to the callers, so that calls in a circle and
 * the order of the questions make no difference. Calls through a member that is assigned a function somewhere in the
 * tree are followed.
 * Cost: linear in the calls that are reached. No recursion: chains of calls may be long.
 */
import { successors } from '../builder.js';
import type { BlockId, CallOp, Expr, Lifted, Terminator } from '../types.js';
import { constant, type Known } from './constants.js';
import { operations, reach } from './reach.js';

export type Acting = (name: string, args?: readonly Expr[]) => boolean;

export function actingNames(functions: readonly Lifted[]): Acting {
  const byName = new Map<string, Lifted[]>();
  for (const f of functions) {
    const list = byName.get(f.name);
    if (list) list.push(f);
    else byName.set(f.name, [f]);
  }
  const pointers = functionPointers(functions, byName);
  const acting = new Set<string>();
  const callers = new Map<string, Set<string>>();
  const seen = new Set<string>();

  const mark = (first: string): void => {
    const work = [first];
    for (let key = work.pop(); key !== undefined; key = work.pop()) {
      if (acting.has(key)) continue;
      acting.add(key);
      work.push(...(callers.get(key) ?? []));
    }
  };

  const acts = (name: string, args: Arguments): boolean => {
    const first: Call = { key: keyOf(name, args), name, args };
    const work = [first];
    for (let call = work.pop(); call; call = work.pop()) {
      const { key } = call;
      if (seen.has(key)) continue;
      seen.add(key);
      for (const f of byName.get(call.name) ?? []) {
        const { direct, calls } = lookInside(f, call.args, pointers);
        if (direct) mark(key);
        for (const inner of calls) {
          const known = callers.get(inner.key) ?? new Set<string>();
          callers.set(inner.key, known.add(key));
          if (acting.has(inner.key)) mark(key);
          work.push(inner);
        }
      }
    }
    return acting.has(first.key);
  };

  return (name, args = []) =>
    acts(
      name,
      args.map((a) => constant(a)),
    );
}

type Arguments = readonly (bigint | undefined)[];

interface Call {
  readonly key: string;
  readonly name: string;
  readonly args: Arguments;
}

function keyOf(name: string, args: Arguments): string {
  return `${name}(${args.map(String).join()})`;
}

/** What a function does when it is called with these arguments: whether it acts itself, and whom it calls. */
function lookInside(
  f: Lifted,
  args: Arguments,
  pointers: ReadonlyMap<string, ReadonlySet<string>>,
): { direct: boolean; calls: readonly Call[] } {
  const known: Known = new Map(f.params.flatMap((p, i) => (args[i] === undefined ? [] : [[p, args[i]]])));
  const follow = (end: Terminator): readonly BlockId[] => {
    const value = end.t === 'branch' ? constant(end.condition, known) : undefined;
    return end.t === 'branch' && value !== undefined ? [value === 0n ? end.otherwise : end.then] : successors(end);
  };
  const ops = reach(f, { block: 0, index: 0 }, { follow }).map((r) => r.op);
  const calls = ops.flatMap((op): Call[] => {
    if (op.op === 'async') return [{ key: keyOf(op.how, []), name: op.how, args: [] }];
    if (op.op !== 'call') return [];
    const given = op.args.map((a) => constant(a, known));
    return calledBy(op, pointers).map((name) => ({ key: keyOf(name, given), name, args: given }));
  });
  return { direct: ops.some((op) => op.op === 'act' || op.op === 'test-cancel'), calls };
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
