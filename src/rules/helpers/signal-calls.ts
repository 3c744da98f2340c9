/** Linux's calls on signals as a function makes them, by their own name or by whatever function a libc puts in front. */
import { operations } from '../../ir/analysis/reach.js';
import { valuesOf } from '../../ir/analysis/values.js';
import { bare } from '../../ir/expressions.js';
import type { Expr, Lifted, Op } from '../../ir/types.js';
import type { SignalUse } from '../../posix/index.js';
import type { Project } from '../../linter/project.js';
import { live } from './own-signals.js';

interface Call {
  readonly use: SignalUse;
  readonly argument: number;
}

/** Source: sigprocmask(2), sigsuspend(2), ppoll(2), sigtimedwait(2), sigaction(2). */
const CALLS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['rt_sigprocmask', { use: 'blocks', argument: 1 }],
  ['sigprocmask', { use: 'blocks', argument: 1 }],
  ['rt_sigsuspend', { use: 'suspends', argument: 0 }],
  ['ppoll', { use: 'suspends', argument: 3 }],
  ['ppoll_time64', { use: 'suspends', argument: 3 }],
  ['rt_sigtimedwait', { use: 'waits', argument: 0 }],
  ['rt_sigtimedwait_time64', { use: 'waits', argument: 0 }],
  ['rt_sigaction', { use: 'handles', argument: 0 }],
  ['sigaction', { use: 'handles', argument: 0 }],
]);

/** What the kernel is given of signals by an operation: the set, or the signal. */
export function kernelCall(op: Op, project: Project): { readonly use: SignalUse; readonly given: Expr } | undefined {
  if (op.op !== 'syscall' || op.number.k !== 'name') return undefined;
  const { name } = op.number;
  const prefix = project.libc.numberPrefixes.find((p) => name.startsWith(p)) ?? '';
  const call = CALLS.get(name.slice(prefix.length).replace(/^_+/, ''));
  const given = call && argumentsOf(op)[call.argument];
  return call && given && { use: call.use, given };
}

/** glibc's raw calls had a word for the error in front of the number of arguments: `INTERNAL_SYSCALL (x, err, 2, a, b)`. */
export function argumentsOf({ args }: Extract<Op, { op: 'syscall' }>): readonly Expr[] {
  const [first, ...others] = args;
  return first?.k === 'int' && first.value === BigInt(others.length) ? others : args;
}

/** The parameter that an expression is, by itself or through a variable or a hint; -1 where it is none. */
export function parameterOf(f: Lifted, expr: Expr, project: Project, depth = 0): number {
  const e = bare(expr);
  if (depth > 4) return -1;
  if (e.k === 'result') {
    const call = operations(f).find(({ op }) => op.id === e.op)?.op;
    const passes =
      call?.op === 'call' ? project.roles.of(call.callee ?? '').find((r) => r.role === 'passes') : undefined;
    const arg = call?.op === 'call' && passes?.role === 'passes' ? call.args[passes.argument] : undefined;
    return arg ? parameterOf(f, arg, project, depth + 1) : -1;
  }
  if (e.k !== 'name') return -1;
  const [value, ...others] = assignedTo(f, e.name);
  const parameter = f.params.indexOf(e.name);
  if (parameter !== -1) return value === undefined ? parameter : -1;
  return value && others.length === 0 ? parameterOf(f, value, project, depth + 1) : -1;
}

function assignedTo(f: Lifted, name: string): readonly Expr[] {
  const all = valuesOf(f, name);
  if (all.length === 0) return all;
  const run = new Set(live(f).flatMap((op) => (op.op === 'assign' ? [op.value] : [])));
  return all.filter((value) => run.has(value));
}

/** How a mask is changed by an operation, and by which set: `sigprocmask (SIG_UNBLOCK, &set, 0)`, or as a raw call. */
export function maskChange(op: Op, project: Project): { readonly how: string; readonly set: Expr } | undefined {
  const args =
    op.op === 'call' && /(?:^|_)(?:sigprocmask|pthread_sigmask)$/.test(op.callee ?? '')
      ? op.args
      : op.op === 'syscall' && kernelCall(op, project)?.use === 'blocks'
        ? argumentsOf(op)
        : [];
  const [how, set] = args;
  return how?.k === 'name' && set ? { how: how.name, set } : undefined;
}

/** The name of the variable that an expression is the address of, or that it is. */
export function variableOf(expr: Expr): string | undefined {
  const e = bare(expr);
  if (e.k === 'address' || e.k === 'member' || e.k === 'deref') return variableOf(e.k === 'member' ? e.base : e.of);
  return e.k === 'name' ? e.name : undefined;
}
