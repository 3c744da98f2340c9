/**
 * A way out of a thread on which cleanup handlers run before cancellation is disabled. POSIX.1-2024 XSH 2.9.5.3: when a
 * request is acted upon, or pthread_exit is called, the thread first sets its cancelability state to disabled and its type
 * to deferred, and the state stays so until the thread has terminated.
 */
import type { Op } from '../ir/types.js';
import type { ThreadExit } from '../libc/types.js';
import { defineRule } from './define-rule.js';
import { canceller, victim } from './helpers/steps.js';
import { exitsOf, touches } from './helpers/way-out.js';

export default defineRule<'enabled' | 'marked'>({
  id: 'cancel-state-at-exit',
  meta: {
    category: 'held',
    description: 'A way out of a thread that runs cleanup handlers without disabling cancellation first',
    explanation:
      'Cleanup handlers release what the thread holds, so nothing may keep them from coming to their end. POSIX has a thread that leaves disable cancellation before the first of them runs. Where that is forgotten, a handler that comes to a cancellation point with a request pending is cut short by another way out; where the libc only makes a note that the thread is leaving, handlers find state and type as they were.',
    messages: {
      enabled:
        "'{function}' runs the cleanup handlers without having disabled cancellation: a request that one of them acts upon cuts it short",
      marked:
        "'{function}' runs the cleanup handlers with '{mark}' set, and leaves {what}: POSIX has the thread set its state to disabled and its type to deferred first",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: [],
    references: ['POSIX.1-2024 XSH 2.9.5.3 Thread Cancellation Cleanup Handlers', 'glibc BZ 28267'],
  },
  run({ project, report }) {
    const { exit } = project.libc;
    if (!exit) return;
    for (const { f, runs } of exitsOf(project, exit)) {
      const at = runs.op.origin.at;
      const passed = runs.passed();
      const marked = markedBy(passed, exit);
      if (marked) {
        const { op, mark } = marked;
        const isTypeSet = passed.some((one) => touches(one, new Set(exit.type)));
        const what = isTypeSet ? 'the cancel state as it was' : 'the cancel state and type as they were';
        report({
          messageId: 'marked',
          data: { function: f.name, mark, what },
          at: op.origin.at,
          in: f,
          flow: [
            victim(op.origin.at, `a thread with cancellation enabled leaves; '${mark}' is all that says so`),
            victim(at, `its cleanup handlers run, and find ${what}`),
          ],
          anchor: `marked ${mark}`,
        });
        continue;
      }
      report({
        messageId: 'enabled',
        data: { function: f.name },
        at,
        in: f,
        flow: [
          victim(f.nameAt, 'a thread leaves by pthread_exit, with cancellation enabled'),
          canceller(at, 'another thread makes a request'),
          victim(at, 'a cleanup handler comes to a cancellation point, which acts on the request: it never ends'),
        ],
        anchor: 'enabled',
      });
    }
  },
});

/** Where the word of the request is told that the thread is leaving. */
function markedBy(ops: readonly Op[], { marks }: ThreadExit): { readonly op: Op; readonly mark: string } | undefined {
  for (const mark of marks) {
    const op = ops.find((one) => touches(one, new Set([mark])));
    if (op) return { op, mark };
  }
  return undefined;
}
