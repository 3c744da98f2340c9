/** What a set of signals holds where it is used: by which operation it was made, and whether the cancellation signal was added. */
import { after, operations, reach } from '../../ir/analysis/reach.js';
import { bare, some } from '../../ir/expressions.js';
import { printExpr } from '../../ir/print-expr.js';
import type { CallOp, Expr, Lifted, Op } from '../../ir/types.js';
import type { OwnSignals } from './own-signals.js';
import { partsOf } from './own-signals.js';

/** sigsetops(3), whatever the libc puts in front of the name. */
const ADDS = /(?:^|_)sigaddset$/;
const EMPTIES = /(?:^|_)sigemptyset$/;
/** Only the public one leaves signals out. */
const FILLS = 'sigfillset';
const READS =
  /(?:^|_)(?:sigismember|sigdelset|sigaction|sigprocmask|pthread_sigmask|sigtimedwait|sigwaitinfo|sigwait)$/;

/** A set as it is written: without the address that a call is given. */
export function setName(expr: Expr): string {
  const e = bare(expr);
  return printExpr(e.k === 'address' ? bare(e.of) : e);
}

/** The call puts the cancellation signal into the set. */
export function addsCancel(op: Op, set: string, f: Lifted, own: OwnSignals): boolean {
  if (op.op !== 'call' || !ADDS.test(op.callee ?? '')) return false;
  const [to, signal] = op.args;
  return to !== undefined && setName(to) === set && signal?.k === 'name' && own.isCancel(signal.name, f.targets);
}

/** The set is written by the operation, or given to somebody who may. */
function writes(op: Op, set: string): boolean {
  if (op.op === 'assign') return some(op.target, (e) => printExpr(e) === set);
  if (op.op === 'call' && READS.test(op.callee ?? '')) return false;
  return op.op === 'call' && op.args.some((arg) => bare(arg).k === 'address' && setName(arg) === set);
}

/** What a set is made of where it lacks the cancellation signal at an operation. */
export interface Lacking {
  readonly op: Op;
  readonly how: 'filled' | 'emptied';
}

/**
 * The operation that has made the set, when a way leads from it to its use on which the cancellation signal is not put in;
 * undefined where the set may hold it. `initial`: another operation that leaves it empty. `leavesOut`: sigfillset does.
 */
export function lacksCancel(
  f: Lifted,
  set: string,
  use: Op,
  own: OwnSignals,
  { leavesOut, initial }: { readonly leavesOut: boolean; readonly initial?: (op: Op) => boolean },
): Lacking | undefined {
  const makes = (op: Op): Lacking['how'] | undefined => {
    if (initial?.(op) === true) return 'emptied';
    if (op.op !== 'call' || op.args[0] === undefined || setName(op.args[0]) !== set) return undefined;
    if (EMPTIES.test(op.callee ?? '')) return 'emptied';
    return op.callee === FILLS && leavesOut ? 'filled' : undefined;
  };
  for (const { op, place } of operations(f)) {
    const how = makes(op);
    if (how === undefined) continue;
    if (after(f, place, { stopAt: (o) => writes(o, set) }).some((r) => r.op === use)) return { op, how };
  }
  return undefined;
}

/** A way leads to the operation on which the set is given the cancellation signal. */
export const holdsCancel = (f: Lifted, set: string, use: Op, own: OwnSignals): boolean =>
  operations(f).some(({ op, place }) => addsCancel(op, set, f, own) && after(f, place).some((r) => r.op === use)) ||
  own.named('set').includes(set);

/** The operation is come to without one that says the cancellation signal and names a part of the saved context. */
export function reachedUnsaved(f: Lifted, is: (op: Op) => boolean, own: OwnSignals): Op | undefined {
  const saves = (op: Op): boolean =>
    partsOf(op).some((e) => some(e, (x) => x.k === 'member' && x.field === 'uc_sigmask')) && own.tells(op);
  return reach(f, { block: 0, index: 0 }, { stopAt: saves }).find(({ op }) => is(op))?.op;
}

/** A function that an operation is given by its name. */
export function functionGiven(op: CallOp, functions: readonly Lifted[], file: string): Lifted | undefined {
  const names = op.args.flatMap((arg) => {
    const e = bare(arg);
    const name = e.k === 'address' ? e.of : e;
    return name.k === 'name' ? [name.name] : [];
  });
  return functions.find((f) => names.includes(f.name) && f.nameAt.file === file);
}
