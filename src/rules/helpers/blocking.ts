/** System calls that are made outside a window and can wait for another party. */
import { namesIn } from '../../ir/expressions.js';
import type { Op } from '../../ir/types.js';
import { callName, mayBlock } from '../../libc/linux-calls.js';
import type { Project } from '../../linter/project.js';

export interface BlockingCall {
  /** The call's bare name. */
  readonly name: string;
  /** What it is made by. */
  readonly via: string;
}

/** A raw call, or the call of a non-cancelling twin; undefined for everything else. */
export function blockingCall(op: Op, project: Project): BlockingCall | undefined {
  if (op.op === 'syscall' && !op.cancellable && op.number.k === 'name') {
    const name = callName(op.number.name, project.libc.numberPrefixes);
    return mayBlock(name, namesIn(op.args)) ? { name, via: op.via } : undefined;
  }
  if (op.op === 'call' && op.callee !== undefined) {
    const name = project.roles.twinOf(op.callee);
    return name !== undefined && mayBlock(name, namesIn(op.args)) ? { name, via: op.callee } : undefined;
  }
  return undefined;
}
