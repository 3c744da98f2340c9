/** W5: at the instruction that enters the kernel, the number and the six arguments are in the registers that the kernel reads. */
import { defineRule } from './define-rule.js';
import { faultsOf, reportOf } from './helpers/proofs.js';

type MessageId = 'wrong' | 'entry' | 'again' | 'noCall';

const PROPERTIES = ['W5'];

export default defineRule<MessageId>({
  id: 'window-syscall-arguments',
  meta: {
    category: 'window',
    description: 'A cancellation window that passes the kernel something else than its caller asked for',
    explanation:
      'The routine takes its arguments in the order of C and must bring them into the registers of the kernel: eax, ebx, ecx, edx, esi, edi, ebp on i386, rax, rdi, rsi, rdx, r10, r8, r9 on x86_64. A call with few arguments works with the others wrong, so that such a mistake can lie there for years until a call with six arguments is made cancellable. After an interruption that restarts the call the same registers are read again.',
    messages: {
      wrong: "{where} '{instruction}' the kernel gets {found} for {what}{more}",
      entry:
        "'{instruction}' enters the kernel as a 32-bit program does: number and arguments are taken for other ones",
      again: "'{instruction}' makes a second system call, with {what}: nobody has asked for it",
      noCall: "On its way to the system call the routine comes to '{instruction}' and {does}",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'very-high',
    properties: PROPERTIES,
    references: ['syscall(2), "Architecture calling conventions"'],
  },
  run({ project, report }) {
    for (const proved of faultsOf(project, 'syscall-arguments')) report(reportOf(proved, PROPERTIES));
  },
});
