/** How the handler of the cancellation signal is installed: with SA_RESTART, or without. */
import { operations } from '../../ir/analysis/reach.js';
import { bare, some } from '../../ir/expressions.js';
import type { CallOp, Expr, Lifted, Op, Region } from '../../ir/types.js';
import type { Project } from '../../linter/project.js';
import { signalIn } from './signals.js';

/** Functions that install a handler, whatever the libc puts in front of the name. */
const INSTALLS = /(?:^|_)sigaction$/;

export interface Installed {
  readonly f: Lifted;
  /** Where the flags are set. */
  readonly at: Region;
  readonly signal: string;
}

/** Where a handler is installed for one of the signals without SA_RESTART. */
export function installedWithoutRestart(project: Project, signals: ReadonlySet<string>): Installed[] {
  return project.functions.flatMap((f) => {
    if (f.kind === 'macro' || f.kind === 'assembly') return [];
    return operations(f).flatMap(({ op }): Installed[] => {
      const signal = op.op === 'call' && INSTALLS.test(op.callee ?? '') ? signalIn(op.args, signals) : undefined;
      const at = signal !== undefined && op.op === 'call' ? flagsWithoutRestart(f, op) : undefined;
      return signal === undefined || !at ? [] : [{ f, at, signal }];
    });
  });
}

/** Where the flags of the structure that is given are set without SA_RESTART; undefined where one has it, or none is seen. */
function flagsWithoutRestart(f: Lifted, { args }: CallOp): Region | undefined {
  const given = args.map(bare).find((arg) => arg.k === 'address' && arg.of.k === 'name');
  const name = given?.k === 'address' && given.of.k === 'name' ? given.of.name : undefined;
  if (name === undefined) return undefined;
  const set = operations(f).flatMap(({ op }) => (op.op === 'assign' && setsFlags(op, name) ? [op] : []));
  const restarts = (value: Expr): boolean =>
    some(
      value,
      (e) => (e.k === 'name' && e.name === 'SA_RESTART') || (e.k === 'unknown' && /\bSA_RESTART\b/.test(e.text)),
    );
  return set.some(({ value }) => restarts(value)) ? undefined : set.at(-1)?.origin.at;
}

/** `sa.sa_flags = …`, or an initialiser that names the flags. */
function setsFlags({ target, value }: Extract<Op, { op: 'assign' }>, name: string): boolean {
  if (target.k === 'member')
    return target.field === 'sa_flags' && target.base.k === 'name' && target.base.name === name;
  return target.k === 'name' && target.name === name && value.k === 'unknown' && /\bsa_flags\b/.test(value.text);
}
