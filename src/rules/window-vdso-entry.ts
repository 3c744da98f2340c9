/** A window whose kernel entry goes through the vDSO: the PC is then in a page that no label of the libc can cover. */
import { defineRule } from './define-rule.js';
import { canceller, victim } from './helpers/steps.js';
import { entersByVdso, placeOf, textOf, windowsOf } from './helpers/windows.js';

export default defineRule<'vdso'>({
  id: 'window-vdso-entry',
  meta: {
    category: 'window',
    description: 'A cancellation window that enters the kernel through the vDSO',
    explanation:
      'On i386 ordinary calls go through the vDSO (AT_SYSINFO, call *%gs:16), which enters the kernel by sysenter at an address in its own page. While such a call waits, the interrupted PC lies there and not in the window, so the handler cannot tell whether the call has happened. A window must enter the kernel by its own instruction.',
    messages: {
      vdso: "The window enters the kernel by '{call}', in the vDSO: the interrupted PC lies outside the window, and a request that arrives there is lost",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'very-high',
    properties: ['W1', 'W3'],
    references: ['Linux arch/x86/entry/vdso/vdso32/system_call.S', 'POSIX.1-2024 XSH 2.9.5 Thread Cancellation'],
  },
  run({ project, report }) {
    for (const window of windowsOf(project)) {
      if (!entersByVdso(window)) continue;
      const { layout, routine } = window;
      const line = layout.lines[layout.kernel];
      const at = placeOf(line, routine.nameAt);
      const call = textOf(line);
      report({
        messageId: 'vdso',
        data: { call },
        at,
        in: routine,
        properties: ['W1', 'W3'],
        flow: [
          victim(at, `'${call}' jumps into the vDSO, which is about to enter the kernel`),
          canceller(at, 'pthread_cancel sets the flag and sends the cancellation signal'),
          victim(at, 'the handler sees a PC in the vDSO, outside the window, and does nothing; the call blocks'),
        ],
        anchor: `vdso ${call}`,
      });
    }
  },
});
