/**
 * close and EINTR on Linux: the descriptor is released before anything in close can be interrupted, so EINTR must
 * neither be acted upon, nor lead to another close of the same number, nor be told to the caller as "still open".
 */
import type { Returned } from '../ir/analysis/assume.js';
import { outcomeOf, TOO_MANY_STATES } from '../ir/analysis/assume.js';
import { operations } from '../ir/analysis/reach.js';
import { bare, some } from '../ir/expressions.js';
import type { Expr, Lifted, Op, Terminator, WindowCallOp } from '../ir/types.js';
import { callName, errorNumber } from '../libc/linux-calls.js';
import type { Project } from '../linter/project.js';
import { defineRule } from './define-rule.js';
import { kernel, victim } from './helpers/steps.js';

type MessageId = 'reported' | 'actedUpon' | 'retried';

export default defineRule<MessageId>({
  id: 'close-interrupted',
  meta: {
    category: 'result',
    description: 'An interrupted close that is acted upon, retried or reported as failed',
    explanation:
      'Linux takes the descriptor out of the table before close can be interrupted: after EINTR it is closed. A caller that is told EINTR by the standard may close it again, and closes what another thread has opened in between; a thread that is cancelled there leaves its cleanup handlers the same doubt. The result must be 0 or EINPROGRESS, and the request must be left pending.',
    messages: {
      reported:
        "'{name}' hands EINTR from the kernel to its caller, although Linux has closed the descriptor: a retry closes it twice",
      actedUpon:
        "'{name}' acts on a request after EINTR for every system call, close among them, although an interrupted close has closed the descriptor",
      retried:
        "'{name}' calls close again after EINTR, although Linux has closed the descriptor: the second call may close another thread's",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: ['W12'],
    references: [
      'close(2), Dealing with error returns from close()',
      'POSIX.1-2024 close: EINPROGRESS, or 0 where POSIX_CLOSE_RESTART is 0',
      'Linux fs/open.c',
    ],
  },
  run({ project, report, incomplete }) {
    for (const f of project.functions) {
      if (f.kind === 'macro' || f.kind === 'assembly') continue;
      for (const { op } of operations(f)) {
        if (op.op === 'window-call') {
          const acted = actsForClose(f, op, project, () => {
            incomplete(f, TOO_MANY_STATES);
          });
          if (!acted) continue;
          const at = acted.origin.at;
          const flow = [
            kernel(op.origin.at, 'close releases the descriptor, then waits and is interrupted: EINTR'),
            victim(at, 'the request is acted upon; a cleanup handler cannot know that the descriptor is gone'),
          ];
          report({
            messageId: 'actedUpon',
            data: { name: f.name },
            at,
            in: f,
            properties: ['W12'],
            flow,
            anchor: 'actedUpon',
          });
          continue;
        }
        if (!isClose(op, project) || !(isPublicClose(f) || f.blocks.some((b) => testsEintr(b.end)))) continue;
        const outcome = outcomeOf(f, { op: op.id, ...interrupted(op), constants: errorNumber });
        if (!outcome) {
          incomplete(f, TOO_MANY_STATES);
          continue;
        }
        const isSameDescriptor = (changed: ReadonlySet<string>): boolean =>
          op.op !== 'syscall' && op.op !== 'call' ? false : !op.args.some((a) => some(a, isOneOf(changed)));
        if (outcome.ops.some((o) => o.op === op && o.way.some(testsEintr) && isSameDescriptor(o.changed))) {
          const flow = [
            kernel(op.origin.at, 'close releases the descriptor and returns EINTR'),
            victim(op.origin.at, 'the number, by now perhaps of another file, is closed again'),
          ];
          report({ messageId: 'retried', data: { name: f.name }, at: op.origin.at, in: f, flow, anchor: 'retried' });
        } else if (isPublicClose(f) && outcome.returns.some(saysEintr)) {
          const flow = [
            kernel(op.origin.at, 'close releases the descriptor, then waits and is interrupted: EINTR'),
            victim(
              op.origin.at,
              'the caller is told EINTR, which by the standard may mean "still open", and closes again',
            ),
          ];
          report({ messageId: 'reported', data: { name: f.name }, at: op.origin.at, in: f, flow, anchor: 'reported' });
        }
      }
    }
  },
});

const EINTR = errorNumber('EINTR') ?? 0n;

/** What an interrupted close gives: -EINTR from the kernel, or -1 with errno. */
function interrupted(op: Op): { gives: bigint; errno?: bigint } {
  return op.op === 'syscall' && op.returns === 'kernel' ? { gives: -EINTR } : { gives: -1n, errno: EINTR };
}

/** In the way of the kernel, or in that of POSIX. */
const saysEintr = ({ value, errno }: Returned): boolean => value === -EINTR || (value === -1n && errno === EINTR);

const isOneOf =
  (names: ReadonlySet<string>) =>
  (e: Expr): boolean =>
    e.k === 'name' && names.has(e.name);

/** The operation that acts on a request when the window gives EINTR for close. */
function actsForClose(f: Lifted, window: WindowCallOp, project: Project, onLimit: () => void): Op | undefined {
  const role = project.roles.of(window.callee).find((r) => r.role === 'window-call');
  const number = window.args[role?.number ?? -1];
  const variable = number && bare(number);
  const numbers = new Map<string, bigint>();
  /** System call numbers differ from one another; which they are does not matter. */
  const numberOf = (name: string): bigint | undefined => {
    const call = callName(name, project.libc.numberPrefixes);
    if (call === name) return errorNumber(name);
    if (!numbers.has(call)) numbers.set(call, BigInt(FIRST_NUMBER + numbers.size));
    return numbers.get(call);
  };
  const close = numberOf(`${project.libc.numberPrefixes[0] ?? ''}close`);
  const entry = new Map(variable?.k === 'name' && close !== undefined ? [[variable.name, close]] : []);
  const outcome = outcomeOf(f, { op: window.id, gives: -EINTR, entry, constants: numberOf });
  if (!outcome) onLimit();
  return outcome?.ops.find(
    (o) =>
      o.op.op === 'act' &&
      o.way.some(testsEintr) &&
      // Where the number is computed, a condition that names close is taken to leave it out.
      (entry.size > 0 || !o.way.some((t) => namesClose(t, project))),
  )?.op;
}

/** Above every error number. */
const FIRST_NUMBER = 10_000;

/** The system call, by whatever way; or the twin that makes it. */
function isClose(op: Op, project: Project): boolean {
  if (op.op === 'syscall')
    return op.number.k === 'name' && callName(op.number.name, project.libc.numberPrefixes) === 'close';
  return op.op === 'call' && op.callee !== undefined && project.roles.twinOf(op.callee) === 'close';
}

/** POSIX's close itself, by its public name or the internal ones that every libc gives it. */
const isPublicClose = (f: Lifted): boolean => /^(__)?(libc_)?close$/.test(f.name);

const isEintr = (e: Expr): boolean => e.k === 'name' && e.name === 'EINTR';

function testsEintr(end: Terminator): boolean {
  if (end.t === 'branch') return some(end.condition, isEintr);
  return end.t === 'switch' && end.cases.some((c) => c.values.some((v) => some(v, isEintr)));
}

function namesClose(end: Terminator, project: Project): boolean {
  const isNumber = (e: Expr): boolean => e.k === 'name' && callName(e.name, project.libc.numberPrefixes) === 'close';
  return end.t === 'branch' && some(end.condition, isNumber);
}
