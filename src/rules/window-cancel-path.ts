/** W4: wherever the handler acts, the caller must find its stack, its registers and its return address again. */
import { defineRule } from './define-rule.js';
import { faultsOf, reportOf } from './helpers/proofs.js';

type MessageId = 'redirect' | 'branch' | 'notActed' | 'frame' | 'noFrame';

const PROPERTIES = ['W4'];

export default defineRule<MessageId>({
  id: 'window-cancel-path',
  meta: {
    category: 'window',
    description: 'A cancellation window that a request leaves with the stack or a register damaged',
    explanation:
      "When the handler acts inside the window, the routine that cancels takes over the stack as the window's instructions have left it. A cleanup handler or, while cancellation is masked, the caller itself then runs with what lies there. So every place inside the window must lead there with the same stack pointer, return address and saved registers; in a design that unwinds, the call-frame information must say at each instruction where they are.",
    messages: {
      redirect:
        "A request that arrives {where} '{instruction}' leaves the window with a damaged state: '{act}' finds {found}",
      branch:
        "The branch that a set flag takes leads to '{act}' with a damaged state: after '{instruction}' it finds {found}",
      notActed: "A request is not acted upon: from '{instruction}' the routine {does}",
      frame:
        "The call-frame information is wrong at '{instruction}'{more}, inside the window: an unwinder finds {found}",
      noFrame:
        "'{instruction}' is inside the window and has no call-frame information: an unwinder cannot leave from there",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'very-high',
    properties: PROPERTIES,
    references: ['System V ABI, i386 and AMD64 supplements: register usage, DWARF call-frame information'],
  },
  run({ project, report }) {
    for (const proved of faultsOf(project, 'cancel-path')) report(reportOf(proved, PROPERTIES));
  },
});
