/**
 * The words of code that makes and applies sets of signals: Linux's calls and POSIX's functions by whatever prefix a libc
 * gives them, and the names of its own.
 */
import type { Libc } from './types.js';

/** sigprocmask(2), sigaction(2), sigtimedwait(2), sigsuspend(2), sigsetops(3) and what is made of them. */
const SIGNAL_FUNCTION =
  /(?:^|_)(?:(?:rt_)?sig(?:procmask|action|timedwait(?:_time64)?|timedwait64|waitinfo|wait|suspend)|pthread_sigmask|sig(?:fill|add)set)$/;

/** Whether a word of a function's text tells that it deals with signals; never for a libc that keeps none for itself. */
export function signalWords({ ownSignals, cancelSignals }: Libc): (word: string) => boolean {
  if (!ownSignals) return () => false;
  const names = new Set(ownSignals.flatMap(({ names, is }) => (is === 'starts' || is === 'wakes' ? [] : names)));
  for (const name of cancelSignals ?? []) names.add(name);
  return (word) => names.has(word) || SIGNAL_FUNCTION.test(word);
}
