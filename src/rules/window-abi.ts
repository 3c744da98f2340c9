/** W6: the caller gets back its stack pointer, its registers and the result of the call, unchanged. */
import { defineRule } from './define-rule.js';
import { faultsOf, reportOf } from './helpers/proofs.js';

type MessageId = 'damaged' | 'noReturn';

const PROPERTIES = ['W6'];

export default defineRule<MessageId>({
  id: 'window-abi',
  meta: {
    category: 'window',
    description: 'A cancellation window that returns with a register or the result damaged',
    explanation:
      'The routine uses nearly every register there is, and must put back those that the ABI promises to the caller. A register restored from the wrong slot or a result that is changed on the way shows in code far away.',
    messages: {
      damaged: "After '{instruction}' the caller finds {found}",
      noReturn:
        "After the system call the routine comes to '{instruction}' and {does}: the caller never gets the result",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'very-high',
    properties: PROPERTIES,
    references: ['System V ABI, i386 and AMD64 supplements: register usage'],
  },
  run({ project, report }) {
    for (const proved of faultsOf(project, 'abi')) report(reportOf(proved, PROPERTIES));
  },
});
