/** W7: the branch to the cancel target depends on one read of the flag, of its width, and goes both ways. */
import { defineRule } from './define-rule.js';
import { faultsOf, reportOf } from './helpers/proofs.js';

type MessageId =
  'ignored' | 'wrongValue' | 'inverted' | 'pointer' | 'beside' | 'always' | 'width' | 'noRead' | 'noCall';

const PROPERTIES = ['W7'];

export default defineRule<MessageId>({
  id: 'window-flag-check',
  meta: {
    category: 'window',
    description: 'A cancellation window whose test of the flag does not decide as it must',
    explanation:
      'A request that was made before the call is seen by the test in the window alone: no signal comes any more. A test of the wrong word, width, bit or sense loses that request for ever, or cancels a thread that nobody asked to.',
    messages: {
      ignored: "'{instruction}' does not decide: with the flag set the routine makes the system call all the same",
      wrongValue:
        "'{instruction}' takes other values for a request: without one the routine leaves for the cancel target",
      inverted:
        "'{instruction}' goes the wrong way: without a request the routine leaves for the cancel target, and with one it makes the system call",
      pointer: "'{instruction}' reads through {base}, which holds {found}, and not through the pointer to the flag",
      beside: "'{instruction}' reads the memory at the flag's address {by}, and not the flag",
      always: "'{instruction}' leaves for the cancel target although the flag has not been read",
      width: "'{instruction}' reads {width} byte(s) of the flag, which has {flag}",
      noRead: "The routine comes to '{instruction}' without a read of the flag",
      noCall: "Without a request the routine comes to '{instruction}' and {does}",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'very-high',
    properties: PROPERTIES,
    references: ['POSIX.1-2024 XSH 2.9.5 Thread Cancellation'],
  },
  run({ project, report }) {
    for (const proved of faultsOf(project, 'flag-check')) report(reportOf(proved, PROPERTIES));
  },
});
