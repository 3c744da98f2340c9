// What becomes of a request that a handler declines.
import rule from '../../src/rules/handler-request-dropped.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const at = 'src/thread/pthread_cancel.c';
const gnuAt = 'nptl/pthread_cancel.c';
const INSIDE = 'pc >= (uintptr_t)__cp_begin && pc < (uintptr_t)__cp_end';

const handler = (last: string, condition = INSIDE): string => `static void on_cancel(int sig, siginfo_t *si, void *ctx)
{
	pthread_t self = __pthread_self();
	ucontext_t *uc = ctx;
	uintptr_t pc = uc->uc_mcontext.MC_PC;
	if (!self->cancel || self->canceldisable == PTHREAD_CANCEL_DISABLE) return;
	_sigaddset(&uc->uc_sigmask, SIGCANCEL);
	if (${condition}) {
		uc->uc_mcontext.MC_PC = (uintptr_t)__cp_cancel;
		return;
	}
${last}}
`;

const gnu = (last: string, call = 'cancellation_pc_check (ctx)'): string => `static inline bool
cancellation_pc_check (void *ctx)
{
  uintptr_t pc = sigcontext_get_pc (ctx);
  return pc >= (uintptr_t) __syscall_cancel_arch_start && pc < (uintptr_t) __syscall_cancel_arch_end;
}

static void
sigcancel_handler (int sig, siginfo_t *si, void *ctx)
{
  if (sig != SIGCANCEL || si->si_code != SI_TKILL)
    return;
  int ch = THREAD_SELF->cancelhandling;
  if (cancel_async_enabled (ch) || ${call})
    __syscall_do_cancel ();
${last}}
`;

const dropped = { messageId: 'dropped', properties: ['W11'] } as const;

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    { name: 'the signal is sent again', files: { [at]: handler('\t__syscall(SYS_tkill, self->tid, SIGCANCEL);\n') } },
    {
      name: 'the signal is sent again by a function',
      files: { [at]: handler('\tpthread_kill(self, SIGCANCEL);\n') },
    },
    {
      name: 'a function is given the context, and may block the signal in it',
      files: {
        [at]: handler('\t__syscall(SYS_tkill, self->tid, SIGCANCEL);\n').replace(
          '_sigaddset(&uc->uc_sigmask, SIGCANCEL)',
          'block(uc)',
        ),
      },
    },
    {
      name: 'the mask is written in place',
      files: {
        [at]: handler('\t__syscall(SYS_tkill, self->tid, SIGCANCEL);\n').replace(
          '_sigaddset(&uc->uc_sigmask, SIGCANCEL)',
          'uc->uc_sigmask.__bits[1] |= 1',
        ),
      },
    },
    {
      name: 'what lies outside leaves first, and sends the signal again',
      files: {
        [at]: handler(
          '\t__syscall(SYS_tkill, self->tid, SIGCANCEL);\n',
          `!(pc < (uintptr_t)__cp_begin || pc >= (uintptr_t)__cp_end)`,
        ),
      },
    },
    {
      name: 'glibc: sent again after the helper has declined',
      libc: 'glibc',
      files: {
        [gnuAt]: gnu('  else\n    INTERNAL_SYSCALL_CALL (tgkill, __getpid (), THREAD_SELF->tid, SIGCANCEL);\n'),
      },
    },
    {
      name: 'a helper that compares is no handler',
      libc: 'glibc',
      files: { 'sysdeps/nptl/cancellation-pc-check.h': gnu('').split('\nstatic void')[0] ?? '' },
    },
    { name: 'fixture: musl', fixture: 'rules/handler-request-dropped/musl/sends-again' },
    {
      name: 'a handler that does not ask where the PC is',
      files: { [at]: handler('', 'self->cancelasync') },
    },
  ],
  invalid: [
    {
      name: 'the signal is sent again and not blocked',
      files: {
        [at]: handler('\t__syscall(SYS_tkill, self->tid, SIGCANCEL);\n').replace(/.*_sigaddset.*\n/, ''),
      },
      errors: [
        {
          messageId: 'unmasked',
          data: { function: 'on_cancel' },
          line: 11,
          column: 2,
          properties: ['W11'],
          flow: [
            { message: 'outside the window' },
            { message: 'sends the signal to its own thread' },
            { message: 'its handler is entered again' },
          ],
        },
      ],
    },
    {
      name: 'it returns',
      files: { [at]: handler('') },
      errors: [
        {
          ...dropped,
          data: { function: 'on_cancel' },
          line: 8,
          column: 6,
          function: 'on_cancel',
          flow: [
            { message: 'installed with SA_RESTART, interrupts it' },
            { message: 'while that handler runs' },
            { message: 'sees a PC in the other handler' },
            { message: 'nothing will send the signal again', line: 12 },
            { message: 'the call is restarted and waits' },
          ],
        },
      ],
    },
    {
      name: 'it sends again in one of two cases',
      files: { [at]: handler('\tif (self->tid > 1) __syscall(SYS_tkill, self->tid, SIGCANCEL);\n') },
      errors: [{ ...dropped, data: { function: 'on_cancel' }, line: 8, column: 6 }],
    },
    {
      name: 'glibc: a helper decides',
      libc: 'glibc',
      files: { [gnuAt]: gnu('') },
      errors: [{ ...dropped, data: { function: 'sigcancel_handler' }, line: 14, column: 36 }],
    },
    {
      name: 'fixture: glibc',
      libc: 'glibc',
      fixture: 'rules/handler-request-dropped/glibc/returns',
      errors: [{ ...dropped, data: { function: 'sigcancel_handler' }, file: gnuAt, line: 14, column: 7 }],
    },
  ],
});
