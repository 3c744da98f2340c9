/** The mutants about which verdict and processor do not agree, and why. The test holds the list to be exact. */
import type { Target } from './generate.mjs';

interface Known extends Readonly<Record<Target, readonly string[]>> {
  /** "missed": there is no finding. "undecided": only that it could not be proved is said. */
  readonly verdict: 'missed' | 'undecided';
  readonly why: string;
}

export const KNOWN: readonly Known[] = [
  {
    verdict: 'missed',
    why: "the simulator's stack lies below 4 GiB, so that half a stack pointer is a whole one there",
    i386: [],
    x86_64: ['frame/width-2l'],
  },
  {
    verdict: 'undecided',
    why: 'what another function gives back may be made from the result',
    i386: ['plain/call-after', 'guard/call-after', 'early/call-after'],
    x86_64: ['plain/call-after', 'guard/call-after', 'early/call-after'],
  },
  {
    verdict: 'undecided',
    why: 'the function that is called on the cancel path may not come back, and what it changes is not known',
    i386: ['plain/call-cancel', 'frame/call-cancel'],
    x86_64: ['plain/call-cancel', 'frame/call-cancel', 'saved/call-cancel'],
  },
  {
    verdict: 'undecided',
    why: 'a second call outside the window may be wanted',
    i386: ['plain/syscall-after', 'frame/syscall-after'],
    x86_64: ['plain/syscall-after', 'frame/syscall-after', 'saved/syscall-after'],
  },
  {
    verdict: 'undecided',
    why: 'with a request it runs in a circle, and only the number of steps ends the run',
    i386: ['plain/jump-9__cp_begin', 'guard/jump-10__cp_begin', 'frame/jump-10__cp_begin', 'early/jump-15__cp_begin'],
    x86_64: [
      'plain/jump-4__cp_begin',
      'guard/jump-5__cp_begin',
      'frame/jump-15__cp_begin',
      'early/jump-12__cp_begin',
      'saved/jump-8__cp_begin',
    ],
  },
  {
    verdict: 'undecided',
    why: 'the routine has no end: what follows it belongs to somebody else, or cannot be run',
    i386: [
      'plain/remove-29',
      'plain/no-jump',
      'guard/remove-31',
      'frame/remove-32',
      'frame/no-jump',
      'early/remove-30',
    ],
    x86_64: [
      'plain/cp_cancel+1',
      'plain/remove-16',
      'plain/no-jump',
      'guard/cp_cancel+1',
      'guard/remove-18',
      'guard/no-jump',
      'frame/remove-27',
      'early/cp_cancel+1',
      'early/remove-18',
      'early/no-jump',
      'saved/remove-24',
    ],
  },
  {
    verdict: 'undecided',
    why: 'it faults in the simulator too; which property that breaks is not told',
    i386: [
      'plain/width-1w',
      'guard/width-5w',
      'frame/twice-17',
      'frame/register-11.0',
      'frame/register-14.0',
      'frame/register-17.0',
      'frame/width-7w',
      'frame/stale',
      'early/width-12w',
    ],
    x86_64: ['frame/clobber-begin'],
  },
];
