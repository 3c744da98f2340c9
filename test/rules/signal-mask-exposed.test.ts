// The program's sets and signals reach the kernel without the cancellation signal.
import rule from '../../src/rules/signal-mask-exposed.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const SIGNALS = { 'src/internal/pthread_impl.h': '#define SIGCANCEL 33\n' };
const FULL = {
  'src/signal/sigfillset.c': 'int sigfillset(sigset_t *set)\n{\n\tmemset(set, -1, sizeof *set);\n\treturn 0;\n}\n',
};
const WITHOUT = {
  'src/signal/sigfillset.c': `int sigfillset(sigset_t *set)
{
#if ULONG_MAX == 0xffffffff
	set->__bits[0] = 0x7ffffffful;
	set->__bits[1] = 0xfffffffcul;
#else
	set->__bits[0] = 0xfffffffc7ffffffful;
#endif
	return 0;
}
`,
};
const adds = (refused: string): Record<string, string> => ({
  'src/signal/sigaddset.c': `int sigaddset(sigset_t *set, int sig)
{
	unsigned s = sig-1;
	if (s >= _NSIG-1${refused}) {
		errno = EINVAL;
		return -1;
	}
	set->__bits[s/8/sizeof *set->__bits] |= 1UL<<(s&8*sizeof *set->__bits-1);
	return 0;
}
`,
});
const REFUSES = adds(' || sig-32U < 3');
const ACCEPTS = adds('');
const at = 'src/thread/pthread_sigmask.c';
const mask = (body: string): Record<string, string> => ({
  [at]: `int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)\n{\n${body}}\n`,
});
const RAW = mask('\treturn -__syscall(SYS_rt_sigprocmask, how, set, old, _NSIG/8);\n');
const action = (body: string): Record<string, string> => ({
  'src/signal/sigaction.c': `int __libc_sigaction(int sig, const struct sigaction *sa, struct sigaction *old)
{
	return syscall(SYS_rt_sigaction, sig, sa, old, _NSIG/8);
}

int __sigaction(int sig, const struct sigaction *sa, struct sigaction *old)
{
${body}	return __libc_sigaction(sig, sa, old);
}

weak_alias(__sigaction, sigaction);
`,
});
const suspends = {
  'src/signal/sigsuspend.c':
    'int sigsuspend(const sigset_t *mask)\n{\n\treturn syscall_cp(SYS_rt_sigsuspend, mask, _NSIG/8);\n}\n',
};
const data = { names: 'pthread_sigmask', signal: 'SIGCANCEL', builder: 'sigfillset' };

const GNU = { 'nptl/pthreadP.h': '#define SIGCANCEL __SIGRTMIN\n', 'bits/signum.h': '#define __SIGRTMIN 32\n' };
const gnuAdds = {
  'signal/sigaddset.c':
    'int\nsigaddset (sigset_t *set, int signo)\n{\n  if (set == NULL || signo <= 0 || signo >= NSIG)\n    return -1;\n  return __sigaddset (set, signo);\n}\n',
};
const gnuFills = (removes: string): Record<string, string> => ({
  'signal/sigfillset.c': `int\nsigfillset (sigset_t *set)\n{\n  __sigfillset (set);\n${removes}  return 0;\n}\n`,
});
const gnuWait = 'sysdeps/unix/sysv/linux/sigwait.c';
const wait = (filter: string): Record<string, string> => ({
  [gnuWait]: `static int
do_sigwait (const sigset_t *set, int *sig)
{
${filter}  INTERNAL_SYSCALL_DECL (err);
  int ret = INTERNAL_SYSCALL (rt_sigtimedwait, err, 4, CHECK_SIGSET (set), NULL, NULL, _NSIG / 8);
  *sig = ret;
  return 0;
}

int
__sigwait (const sigset_t *set, int *sig)
{
  if (SINGLE_THREAD_P)
    return do_sigwait (set, sig);
  int oldtype = LIBC_CANCEL_ASYNC ();
  int result = do_sigwait (set, sig);
  LIBC_CANCEL_RESET (oldtype);
  return result;
}
weak_alias (__sigwait, sigwait)
`,
});
const FILTER = `  sigset_t tmpset;
  if (set != NULL && __sigismember (set, SIGCANCEL))
    {
      memcpy (&tmpset, set, _NSIG / 8);
      __sigdelset (&tmpset, SIGCANCEL);
      set = &tmpset;
    }
`;

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    {
      name: 'musl from May 2011: no set that a program makes holds the signal',
      files: { ...SIGNALS, ...WITHOUT, ...REFUSES, ...RAW, ...suspends },
    },
    {
      name: 'musl of spring 2011: the mask function takes the signal out',
      files: {
        ...SIGNALS,
        ...FULL,
        ...ACCEPTS,
        ...mask(
          '\tsigset_t tmp = *set;\n\tsigdelset(&tmp, SIGCANCEL);\n\tset = &tmp;\n\treturn -__syscall(SYS_rt_sigprocmask, how, set, old, _NSIG/8);\n',
        ),
      },
    },
    { name: 'how sets are made cannot be told', files: { ...SIGNALS, ...RAW } },
    { name: 'the number of the signal is not known', files: { ...FULL, ...ACCEPTS, ...RAW } },
    {
      name: "a set of the library's own",
      files: {
        ...SIGNALS,
        ...FULL,
        'src/signal/block.c':
          'void __block_all_sigs(void *set)\n{\n\t__syscall(SYS_rt_sigprocmask, SIG_BLOCK, &all_mask, set, _NSIG/8);\n}\n',
      },
    },
    {
      name: 'a mask for one wait, and only a loop over all numbers puts the signal in',
      files: { ...SIGNALS, ...WITHOUT, ...ACCEPTS, ...suspends },
    },
    {
      name: 'musl: the signal is refused by its number',
      files: {
        ...SIGNALS,
        ...action('\tif (sig-32U < 3 || sig-1U >= _NSIG-1) {\n\t\terrno = EINVAL;\n\t\treturn -1;\n\t}\n'),
      },
    },
    {
      name: 'the signal is refused by its name',
      files: { ...SIGNALS, ...action('\tif (sig == SIGCANCEL) return -1;\n') },
    },
    {
      name: 'the signal is refused by a number that is not known',
      files: action('\tif (sig-32U < 3) return -1;\n'),
    },
    {
      name: 'glibc from 2.27: asked by a function of its own',
      libc: 'glibc',
      files: {
        ...GNU,
        'signal/sigaction.c':
          'int\n__sigaction (int sig, const struct sigaction *act, struct sigaction *oact)\n{\n  if (is_internal_signal (sig))\n    return -1;\n  return INLINE_SYSCALL_CALL (rt_sigaction, sig, act, oact, 8);\n}\nweak_alias (__sigaction, sigaction)\n',
      },
    },
    {
      name: 'glibc from June 2003: taken out in a function of the file',
      libc: 'glibc',
      files: { ...GNU, ...gnuAdds, ...gnuFills('  __sigdelset (set, SIGCANCEL);\n'), ...wait(FILTER) },
    },
    {
      name: 'glibc 2.3.2 to 2.21: the refusal stands in a source that the make file names',
      libc: 'glibc',
      files: {
        'sysdeps/i386/Implies': 'x86\n',
        'sysdeps/x86_64/Implies': 'x86\n',
        'sysdeps/unix/sysv/linux/Makefile': "CFLAGS-sigaction.c = -DWRAPPER_INCLUDE='<nptl/sigaction.c>'\n",
        'sysdeps/unix/sysv/linux/sigaction.c': `int __libc_sigaction (int sig, const struct sigaction *act, struct sigaction *old)
{
  return INLINE_SYSCALL_CALL (rt_sigaction, sig, act, old, 8);
}
#ifdef WRAPPER_INCLUDE
# include WRAPPER_INCLUDE
#endif
#ifndef LIBC_SIGACTION
weak_alias (__libc_sigaction, __sigaction)
weak_alias (__libc_sigaction, sigaction)
#endif
`,
        'nptl/sigaction.c': `#define LIBC_SIGACTION 1
int __sigaction (int sig, const struct sigaction *act, struct sigaction *old)
{
  if (sig == SIGCANCEL || sig == SIGSETXID)
    return -1;
  return __libc_sigaction (sig, act, old);
}
weak_alias (__sigaction, sigaction)
`,
        'nptl/pthreadP.h': '#define SIGCANCEL __SIGRTMIN\n#define SIGSETXID (__SIGRTMIN + 1)\n',
        'bits/signum.h': '#define __SIGRTMIN 32\n',
      },
    },
    {
      name: 'one of two definitions takes the signal out, and the build may take that one',
      libc: 'glibc',
      files: {
        ...GNU,
        ...gnuAdds,
        ...wait(''),
        'nptl/sysdeps/pthread/sigwait.c': `int\nsigwait (const sigset_t *set, int *sig)\n{\n${FILTER}  return __libc_sigwait (set, sig);\n}\n`,
      },
    },
  ],
  invalid: [
    {
      name: 'sigfillset fills the set that blocks signals',
      files: { ...SIGNALS, ...FULL, ...REFUSES, ...RAW },
      errors: [
        {
          messageId: 'blocked',
          data,
          file: at,
          line: 3,
          column: 10,
          function: 'pthread_sigmask',
          targets: ['i386', 'x86_64'],
          flow: [
            { message: "by 'sigfillset' and calls 'pthread_sigmask'", line: 3 },
            { message: "sends 'SIGCANCEL'", line: 3 },
            { message: 'stays pending', line: 3 },
          ],
        },
      ],
    },
    {
      name: 'musl to February 2011: what takes the signal out never runs',
      files: {
        ...SIGNALS,
        ...FULL,
        ...REFUSES,
        ...mask(
          '\tsigset_t tmp;\n\tif (0 && how != SIG_UNBLOCK) {\n\t\ttmp = *set;\n\t\tset = &tmp;\n\t}\n\treturn -__syscall(SYS_rt_sigprocmask, how, set, old, _NSIG/8);\n',
        ),
      },
      errors: [{ messageId: 'blocked', data, file: at, line: 8, column: 10 }],
    },
    {
      name: 'one function after another hands the set on, and is said once',
      files: {
        ...SIGNALS,
        ...WITHOUT,
        ...ACCEPTS,
        ...RAW,
        'src/signal/sigprocmask.c':
          'int sigprocmask(int how, const sigset_t *set, sigset_t *old)\n{\n\treturn pthread_sigmask(how, set, old);\n}\n',
      },
      errors: [
        {
          messageId: 'blocked',
          data: { names: "pthread_sigmask', 'sigprocmask", signal: 'SIGCANCEL', builder: 'sigaddset' },
          file: at,
          line: 3,
          column: 10,
        },
      ],
    },
    {
      name: 'a mask for one wait',
      files: { ...SIGNALS, ...FULL, ...suspends },
      errors: [
        {
          messageId: 'suspended',
          data: { names: 'sigsuspend', signal: 'SIGCANCEL', builder: 'sigfillset' },
          file: 'src/signal/sigsuspend.c',
          line: 3,
          column: 9,
        },
      ],
    },
    {
      name: 'glibc of spring 2003: the waits take the signal',
      libc: 'glibc',
      files: { ...GNU, ...gnuAdds, ...gnuFills('  __sigdelset (set, SIGCANCEL);\n'), ...wait('') },
      errors: [
        {
          messageId: 'waited',
          data: { names: 'sigwait', signal: 'SIGCANCEL', builder: 'sigaddset' },
          file: gnuWait,
          line: 5,
          column: 13,
          function: 'do_sigwait',
          flow: [
            { message: "by 'sigaddset' and calls 'sigwait'" },
            { message: "sends 'SIGCANCEL'" },
            { message: 'no handler runs' },
            { message: 'returned to the program' },
          ],
        },
      ],
    },
    {
      name: 'a signal is handed on, and its name is refused by nobody',
      files: { ...SIGNALS, ...action('\tif (sig-1U >= 64) return -1;\n') },
      errors: [
        {
          messageId: 'handled',
          data: { names: 'sigaction', signal: 'SIGCANCEL' },
          file: 'src/signal/sigaction.c',
          line: 3,
          column: 9,
          function: '__libc_sigaction',
          flow: [
            { message: 'a program installs a handler' },
            { message: "sends 'SIGCANCEL'" },
            { message: 'in place of' },
          ],
        },
      ],
    },
    {
      name: 'fixture: musl in shape, the waits and the mask',
      fixture: 'rules/signal-mask-exposed/musl/full',
      errors: [
        {
          messageId: 'waited',
          data: { names: "sigtimedwait', 'sigwaitinfo", signal: 'SIGCANCEL', builder: 'sigfillset' },
          file: 'src/signal/sigtimedwait.c',
          line: 7,
          column: 9,
        },
        { messageId: 'blocked', data, file: at, line: 6, column: 11 },
      ],
    },
    {
      name: 'fixture: glibc in shape, a mask function without the filter of the other',
      libc: 'glibc',
      fixture: 'rules/signal-mask-exposed/glibc/mask',
      errors: [
        {
          messageId: 'blocked',
          data: { names: 'sigprocmask', signal: 'SIGCANCEL', builder: 'sigfillset' },
          file: 'sysdeps/unix/sysv/linux/sigprocmask.c',
          line: 7,
          column: 10,
        },
      ],
    },
  ],
});
