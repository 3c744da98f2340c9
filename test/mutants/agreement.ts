/** Whether a verdict agrees with what the processor did. */
import type { Kind } from './stored.js';

/** What can come of what a rule reports. One mistake is one finding, so a finding may stand for several kinds. */
const EXPLAINS: Readonly<Record<string, readonly Kind[]>> = {
  'window-lost-request': ['lost-request'],
  'window-lost-result': ['lost-result'],
  // A request that is not acted upon leaves the thread waiting, or without its call.
  'window-cancel-path': ['cancel-path', 'flag-check', 'lost-request', 'no-call'],
  // What stands in an argument's place may be no address, where the arguments are loaded through it.
  'window-syscall-arguments': ['arguments', 'crash'],
  'window-abi': ['abi', 'no-call'],
  // A flag that is read elsewhere may be no memory at all; a test that is not one may jump over the call.
  'window-flag-check': ['flag-check', 'crash', 'no-call'],
  'window-side-effect': ['side-effect'],
  // Another function may clobber anything, and a request in it is missed.
  'window-foreign-code': ['foreign-code', 'lost-request', 'crash', 'arguments'],
  'window-vdso-entry': ['lost-request'],
  'handler-window-mismatch': ['lost-request', 'lost-result', 'cancel-path', 'no-call', 'abi'],
  'handler-restart-flag': ['eintr'],
  'handler-request-dropped': ['lost-request'],
};

const UNDECIDED = 'window-not-verified';

/** Verdicts that hold by what a window must be, while nothing comes of it on the processor; docs in test/native. */
export const UNOBSERVED: readonly { readonly mutant: RegExp; readonly rule: string; readonly why: string }[] = [
  {
    mutant: /\/handler-lower-excluded$/,
    rule: 'handler-window-mismatch',
    why: "a request in front of the window's first instruction, which reads the flag, is found by it",
  },
  {
    mutant: /\/handler-to-begin$/,
    rule: 'handler-window-mismatch',
    why: 'the flag is read once more, by registers and a stack that the window has not changed up to there',
  },
  {
    mutant: /^(plain|guard|early)\/handler-start-of-routine$/,
    rule: 'handler-window-mismatch',
    why: 'nothing lies between the two labels, or moves only that a cancelled thread does not miss',
  },
  {
    mutant: /^plain\/width-10w$/,
    rule: 'window-syscall-arguments',
    why: 'no call has a number that does not fit into 16 bits, and the upper half of the register happens to be clear',
  },
];

/** "agrees", or what is between the two. */
export function compare(
  name: string,
  kinds: readonly Kind[],
  rules: readonly string[],
  unobserved = UNOBSERVED,
): string {
  const decided = rules.filter((rule) => rule !== UNDECIDED);
  const isFounded = (rule: string): boolean => EXPLAINS[rule]?.some((kind) => kinds.includes(kind)) === true;
  const isListed = (rule: string): boolean => unobserved.some((one) => one.rule === rule && one.mutant.test(name));
  const unfounded = decided.filter((rule) => !isFounded(rule) && !isListed(rule));
  if (unfounded.length > 0) return `unfounded: ${unfounded.join(' ')} for ${kinds.join(' ') || 'a right one'}`;
  if (decided.length === 0 && rules.includes(UNDECIDED)) return `undecided: ${kinds.join(' ') || 'right'}`;
  return kinds.length > 0 && !decided.some(isFounded) ? `missed: ${kinds.join(' ')}` : 'agrees';
}
