/**
 * The flag tested in C and a call made afterwards that can block: whatever arrives between the two is lost, because no
 * window covers that stretch. Where a whole libc works like this, `point-without-window` reports the mechanism instead.
 */
import { after, operations } from '../ir/analysis/reach.js';
import type { Lifted, Op, Terminator } from '../ir/types.js';
import { looksAt } from '../ir/analysis/values.js';
import { defineRule } from './define-rule.js';
import { disabledIn } from './helpers/disabled.js';
import { asksState } from './helpers/asks-state.js';
import { blockingCall } from './helpers/blocking.js';
import { plainTestsOf } from './helpers/plain-tests.js';
import { canceller, victim } from './helpers/steps.js';

export default defineRule<'testThenCall'>({
  id: 'flag-check-then-syscall',
  meta: {
    category: 'flag',
    description: 'The cancel flag tested in C and a blocking system call made after it, outside a window',
    explanation:
      'Between the test and the instruction that enters the kernel there are always instructions, and a request can arrive at each of them. The handler finds the PC outside every window and does nothing, the test is over, and the call blocks. The test and the call belong into the window, by way of the marked wrapper.',
    messages: {
      testThenCall:
        "'{test}' finds no request and '{call}' is then made by '{via}', outside any window: a request that arrives between the two is lost while the call blocks",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: ['W1'],
    references: ['POSIX.1-2024 XSH 2.9.5 Thread Cancellation'],
  },
  run({ project, report }) {
    const mechanism = new Set(plainTestsOf(project).flatMap((t) => t.uses.map((u) => u.at)));
    for (const f of project.functions) {
      if (f.kind === 'macro' || f.kind === 'assembly' || project.roles.has(f.name, 'async-enable', 'async-restore'))
        continue;
      const disabled = disabledIn(f, project);
      const asks = asksState(f, project);
      for (const { op, place } of operations(f)) {
        // Where cancellation is disabled a test finds nothing, and nothing is lost.
        if (!isTest(f, op) || disabled(place)) continue;
        const next = after(f, place, { stopAt: ends }).find(
          (r) => blockingCall(r.op, project) !== undefined && !r.way.some(asks),
        );
        const call = next && blockingCall(next.op, project);
        if (!next || !call) continue;
        // A whole libc's way of testing is one finding of another rule.
        if (mechanism.has(op.origin.at)) continue;
        const test = op.op === 'test-cancel' ? op.how : op.op === 'load-flag' ? op.flag : '';
        report({
          messageId: 'testThenCall',
          data: { test, call: call.name, via: call.via },
          at: next.op.origin.at,
          in: f,
          properties: ['W1'],
          flow: [
            victim(op.origin.at, `'${test}' finds no request`),
            canceller(next.op.origin.at, 'pthread_cancel sets the flag and sends the cancellation signal'),
            victim(
              next.op.origin.at,
              `the handler sees a PC outside every window and does nothing; '${call.name}' blocks`,
            ),
          ],
          anchor: `testThenCall ${test} ${call.name}`,
        });
      }
    }
  },
});

/** A test that acts, or a read of the flag that a condition looks at before something acts. */
function isTest(f: Lifted, op: Op): boolean {
  if (op.op === 'test-cancel') return true;
  if (op.op !== 'load-flag') return false;
  const looks = looksAt(f, op.id);
  const decides = (end: Terminator): boolean => end.t === 'branch' && looks(end.condition);
  return operations(f).some(({ op: o }) => o.op === 'act') && f.blocks.some((b) => decides(b.end));
}

/** Behind these the request is looked at again, or cancellation is no longer enabled. */
const ends = (op: Op): boolean =>
  op.op === 'test-cancel' ||
  op.op === 'window-call' ||
  op.op === 'act' ||
  op.op === 'cancel-state' ||
  op.op === 'async' ||
  op.op === 'syscall';
