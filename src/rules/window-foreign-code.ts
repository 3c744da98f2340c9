/** W10: the window holds the path from the test to the call, and nothing else. */
import { defineRule } from './define-rule.js';
import { faultsOf, reportOf } from './helpers/proofs.js';

type MessageId = 'call' | 'secondCall' | 'unreached';

const PROPERTIES = ['W10'];

export default defineRule<MessageId>({
  id: 'window-foreign-code',
  meta: {
    category: 'window',
    description: 'A cancellation window that holds code which is not on its way to the system call',
    explanation:
      'The handler acts wherever the interrupted PC lies inside the window. Other code there would be cancelled in the middle of whatever it does, and code that the window calls lies outside, where no request is acted upon.',
    messages: {
      call: "'{instruction}' {does} '{name}' inside the window: a request that arrives there is lost",
      secondCall:
        "'{instruction}' makes a second system call inside the window: a request that arrives between the two throws away the first, or calls off the second",
      unreached: "'{instruction}' lies inside the window and on no path of '{routine}'",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'very-high',
    properties: PROPERTIES,
    references: ['glibc BZ 12683'],
  },
  run({ project, report }) {
    for (const proved of faultsOf(project, 'foreign-code')) report(reportOf(proved, PROPERTIES));
  },
});
