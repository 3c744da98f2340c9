/** W8: between the start of the window and the call nothing is written that others can see. */
import { defineRule } from './define-rule.js';
import { faultsOf, reportOf } from './helpers/proofs.js';

type MessageId = 'write';

const PROPERTIES = ['W8'];

export default defineRule<MessageId>({
  id: 'window-side-effect',
  meta: {
    category: 'window',
    description: 'A cancellation window that writes something before its call is certain',
    explanation:
      "Inside the window a call can still be called off, and everything before it must then be as if it had never been. Only registers, the routine's own frame and its own parameters may be written there.",
    messages: {
      write: "'{instruction}' writes {what} inside the window, where the call can still be called off",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'very-high',
    properties: PROPERTIES,
    references: ['POSIX.1-2024 XSH 2.9.5.2 Cancellation Points'],
  },
  run({ project, report }) {
    for (const proved of faultsOf(project, 'side-effect')) report(reportOf(proved, PROPERTIES));
  },
});
