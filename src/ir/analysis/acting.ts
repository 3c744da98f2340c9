/**
 * Which names act on a request when they are called, by any way: a summary of each function and macro.
 * Lattice: a name acts or is not known to; a least fixed point over calls, so it ends after at most as many rounds as
 * there are names. Calls through a member that is assigned a function somewhere in the tree are followed.
 */
import type { Lifted } from '../types.js';
import { operations } from './reach.js';

/** Calling the name may act on a request. */
export type Acting = (name: string) => boolean;

export function actingNames(functions: readonly Lifted[]): Acting {
  const calls = new Map<string, Set<string>>();
  const acting = new Set<string>();
  const pointers = new Map<string, Set<string>>();
  const names = new Set(functions.map((f) => f.name));
  for (const f of functions) {
    const called = calls.get(f.name) ?? new Set<string>();
    calls.set(f.name, called);
    for (const { op } of operations(f)) {
      if (op.op === 'act' || op.op === 'test-cancel') acting.add(f.name);
      if (op.op === 'call') {
        if (op.callee !== undefined) called.add(op.callee);
        else if (op.target.k === 'member') called.add(`.${op.target.field}`);
      }
      if (op.op === 'async') called.add(op.how);
      if (op.op === 'assign' && op.target.k === 'member' && op.value.k === 'name' && names.has(op.value.name)) {
        const key = `.${op.target.field}`;
        const set = pointers.get(key) ?? new Set<string>();
        pointers.set(key, set.add(op.value.name));
      }
    }
  }
  for (let grown = true; grown;) {
    grown = false;
    for (const [name, called] of calls) {
      if (acting.has(name)) continue;
      const acts = [...called].some((c) => acting.has(c) || [...(pointers.get(c) ?? [])].some((p) => acting.has(p)));
      if (acts) {
        acting.add(name);
        grown = true;
      }
    }
  }
  return (name) => acting.has(name);
}
