/** The signal by which a request is sent: where code names it, sends it and installs a handler for it. */
import { valuesOf } from '../../ir/analysis/values.js';
import { namesIn } from '../../ir/expressions.js';
import type { Expr, Lifted, Op } from '../../ir/types.js';
import type { Project } from '../../linter/project.js';

/** What sends a signal, whatever the libc puts in front of the name (signal(7), "Sending a signal"). */
const SENDS = /(?:^|_)(?:kill|tkill|tgkill|pthread_kill|pthread_kill_internal|sigqueue)$/;

export const cancelSignalsOf = (project: Project): ReadonlySet<string> => new Set(project.libc.cancelSignals ?? []);

/** The cancellation signal among the arguments of a call. */
export function signalIn(args: readonly Expr[], signals: ReadonlySet<string>): string | undefined {
  const names = args.flatMap((arg) => (arg.k === 'name' && signals.has(arg.name) ? [arg.name] : []));
  return names[0];
}

/** The cancellation signal that an operation sends to a thread that the function was given, by a function or a raw call. */
export function sentBy(op: Op, f: Lifted, signals: ReadonlySet<string>): string | undefined {
  const sends =
    (op.op === 'call' && SENDS.test(op.callee ?? '')) ||
    (op.op === 'syscall' && op.number.k === 'name' && SENDS.test(op.number.name));
  const signal = sends && 'args' in op ? signalIn(op.args, signals) : undefined;
  return signal !== undefined && 'args' in op && op.args.some((arg) => isGiven(f, arg)) ? signal : undefined;
}

/** It is made from a parameter, directly or through one variable. */
export function isGiven(f: Lifted, arg: Expr): boolean {
  const mentions = (e: Expr): boolean => namesIn([e]).some((name) => f.params.includes(name));
  return mentions(arg) || namesIn([arg]).some((name) => valuesOf(f, name).some(mentions));
}
