/**
 * close and EINTR on Linux: the descriptor is released before anything in close can be interrupted, so EINTR must
 * neither be acted upon, nor lead to another close of the same number, nor be told to the caller as "still open".
 */
import { after, operations } from '../ir/analysis/reach.js';
import { looksAt } from '../ir/analysis/values.js';
import { mentionsName, some } from '../ir/expressions.js';
import type { Expr, Lifted, Op, Terminator } from '../ir/types.js';
import { callName } from '../libc/linux-calls.js';
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
  run({ project, report }) {
    for (const f of project.functions) {
      if (f.kind === 'macro' || f.kind === 'assembly') continue;
      for (const { op, place } of operations(f)) {
        if (op.op === 'window-call') {
          const acted = after(f, place).find(
            (r) => r.op.op === 'act' && r.way.some(testsEintr) && !r.way.some((t) => excludesClose(t, project)),
          );
          if (!acted) continue;
          const at = acted.op.origin.at;
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
        if (!isClose(op, project)) continue;
        const looks = looksAt(f, op.id);
        const handled = [...after(f, place), ...operations(f).map((o) => ({ op: o.op, way: [] }))];
        const tests = f.blocks.some((b) => testsEintr(b.end) && branchLooks(b.end, looks));
        const again = after(f, place).some((r) => r.op === op && r.way.some(testsEintr));
        if (again) {
          const flow = [
            kernel(op.origin.at, 'close releases the descriptor and returns EINTR'),
            victim(op.origin.at, 'the number, by now perhaps of another file, is closed again'),
          ];
          report({ messageId: 'retried', data: { name: f.name }, at: op.origin.at, in: f, flow, anchor: 'retried' });
        } else if (
          isPublicClose(f) &&
          !tests &&
          returns(f, looks) &&
          !handled.some((r) => r.op.op === 'assign' && mentionsName(r.op.value, 'EINTR'))
        ) {
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

function branchLooks(end: Terminator, looks: (e: Expr) => boolean): boolean {
  if (end.t === 'branch') return looks(end.condition) || mentionsName(end.condition, 'errno');
  return end.t === 'switch' && looks(end.value);
}

function excludesClose(end: Terminator, project: Project): boolean {
  const isNumber = (e: Expr): boolean => e.k === 'name' && callName(e.name, project.libc.numberPrefixes) === 'close';
  return end.t === 'branch' && some(end.condition, isNumber);
}

function returns(f: Lifted, looks: (e: Expr) => boolean): boolean {
  return f.blocks.some((b) => b.end.t === 'return' && b.end.value !== undefined && looks(b.end.value));
}
