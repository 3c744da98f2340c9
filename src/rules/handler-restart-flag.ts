/**
 * The cancellation signal installed without SA_RESTART. A thread that declines a request, because it has disabled
 * cancellation, gets EINTR from a call that it would have waited in. POSIX.1-2024 XSH 2.9.5.1: a request stays pending
 * while cancelability is disabled, and nothing else is to be noticed of it.
 */
import { operations } from '../ir/analysis/reach.js';
import { bare, some } from '../ir/expressions.js';
import type { CallOp, Expr, Lifted, Op, Region } from '../ir/types.js';
import { defineRule } from './define-rule.js';
import { cancelSignalsOf, signalIn } from './helpers/signals.js';
import { canceller, kernel, victim } from './helpers/steps.js';
import { unaskedSender } from './helpers/unasked-sender.js';

/** Functions that install a handler, whatever the libc puts in front of the name. */
const INSTALLS = /(?:^|_)sigaction$/;

export default defineRule<'noRestart'>({
  id: 'handler-restart-flag',
  meta: {
    category: 'handler',
    description: 'The cancellation signal installed without SA_RESTART',
    explanation:
      'A thread that has disabled cancellation is to notice nothing of a request until it enables it again. The signal reaches it all the same, and without SA_RESTART a call that waits returns EINTR. Programs that have no handlers of their own do not expect that.',
    messages: {
      noRestart:
        "The handler of '{signal}' is installed without SA_RESTART, and '{sender}' sends it whatever the cancel state: a thread with cancellation disabled gets EINTR from calls that wait",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: [],
    references: [
      'POSIX.1-2024 XSH 2.9.5.1 Cancelability States',
      'signal(7), "Interruption of system calls and library functions by signal handlers"',
    ],
  },
  run({ project, report }) {
    const signals = cancelSignalsOf(project);
    const sender = unaskedSender(project, signals);
    if (!sender) return;
    for (const f of project.functions) {
      if (f.kind === 'macro' || f.kind === 'assembly') continue;
      for (const { op } of operations(f)) {
        const signal = op.op === 'call' && INSTALLS.test(op.callee ?? '') ? signalIn(op.args, signals) : undefined;
        const at = signal !== undefined && op.op === 'call' ? flagsWithoutRestart(f, op) : undefined;
        if (signal === undefined || !at) continue;
        report({
          messageId: 'noRestart',
          data: { signal, sender: sender.f.name },
          at,
          in: f,
          flow: [
            victim(at, 'a thread has disabled cancellation and waits in a call'),
            canceller(sender.at, `'${sender.f.name}' sends the signal`),
            kernel(at, 'the handler runs and declines; the call is not made again and returns EINTR'),
          ],
          anchor: `noRestart ${signal}`,
        });
      }
    }
  },
});

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
