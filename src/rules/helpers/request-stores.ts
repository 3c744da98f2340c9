/** Where the word of a request is written, and what orders such a store among others. */
import { some } from '../../ir/expressions.js';
import type { Op } from '../../ir/types.js';
import type { Project } from '../../linter/project.js';
import { balanceOf } from './vocabulary.js';

/** The flag that an operation sets: by a store of anything but 0, or by a call that is given the word. */
export function flagSetBy(op: Op, flags: ReadonlySet<string>): string | undefined {
  if (op.op === 'assign') return isPlainStore(op, flags) && op.target.k === 'member' ? op.target.field : undefined;
  if (op.op !== 'call') return undefined;
  let flag: string | undefined;
  for (const arg of op.args) {
    some(arg, (e) => {
      const name = e.k === 'member' ? e.field : e.k === 'name' ? e.name : undefined;
      if (name !== undefined && flags.has(name)) flag ??= name;
      return false;
    });
  }
  return flag;
}

/** `t->cancel = 1` */
export const isPlainStore = (op: Op, flags: ReadonlySet<string>): boolean =>
  op.op === 'assign' &&
  op.target.k === 'member' &&
  flags.has(op.target.field) &&
  !(op.value.k === 'int' && op.value.value === 0n);

/** May order memory: anything but plain statements and the question which thread runs. */
export function ordersMemory(project: Project): (op: Op) => boolean {
  const self = new Set(balanceOf(project).self);
  return (op) =>
    op.op !== 'assign' &&
    op.op !== 'load-flag' &&
    op.op !== 'label' &&
    !(op.op === 'call' && self.has(op.callee ?? ''));
}
