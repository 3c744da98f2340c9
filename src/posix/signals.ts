/** POSIX's functions by which a program blocks, waits for or handles signals, and where it says which. */

/**
 * `blocks`: changes the signal mask until it is changed again. `suspends`: for as long as it waits. `waits`: takes a signal
 * of the set synchronously. `handles`: is given one signal, and what is to become of it.
 */
export type SignalUse = 'blocks' | 'suspends' | 'waits' | 'handles';

export interface SignalFunction {
  readonly use: SignalUse;
  /** Index of the parameter that is the set, or the signal. */
  readonly parameter: number;
}

/** Source: POSIX.1-2024 <signal.h>, <poll.h> and <sys/select.h>; bsd_signal of POSIX.1-2001. */
export const SIGNAL_FUNCTIONS: ReadonlyMap<string, SignalFunction> = new Map<string, SignalFunction>([
  ['pthread_sigmask', { use: 'blocks', parameter: 1 }],
  ['sigprocmask', { use: 'blocks', parameter: 1 }],
  ['sigsuspend', { use: 'suspends', parameter: 0 }],
  ['ppoll', { use: 'suspends', parameter: 3 }],
  ['sigwait', { use: 'waits', parameter: 0 }],
  ['sigwaitinfo', { use: 'waits', parameter: 0 }],
  ['sigtimedwait', { use: 'waits', parameter: 0 }],
  ['sigaction', { use: 'handles', parameter: 0 }],
  ['signal', { use: 'handles', parameter: 0 }],
  ['bsd_signal', { use: 'handles', parameter: 0 }],
  ['sigset', { use: 'handles', parameter: 0 }],
  ['sigignore', { use: 'handles', parameter: 0 }],
  ['siginterrupt', { use: 'handles', parameter: 0 }],
]);
