/** The verdict on each property of a window, and the words for its faults, which are those of the rules. */
import type { WindowFault, WindowProof } from '../ir/proof.js';
import { fill, type Rule } from '../rules/define-rule.js';
import { rules } from '../rules/index.js';
import type { Verdict } from './model.js';

/** As in docs/windows.md. */
const NAMES: Readonly<Record<string, string>> = {
  W1: 'no request is lost',
  W2: 'no result is lost',
  W3: 'the call can be restarted',
  W4: 'the cancel path is consistent',
  W5: 'the call is faithful',
  W6: 'the ABI is kept',
  W7: 'the flag check is real',
  W8: 'nothing is written before the call',
  W9: 'the handler agrees',
  W10: 'nothing else lies inside',
  W11: 'the handler drops no request',
  W12: 'the interrupted path decides alike',
};

/** Properties of the call and of what comes with it: where it is not made they have not been tried. */
const NEED_CALL = new Set(['W2', 'W4', 'W5', 'W6', 'W8', 'W10']);

/** Decided from the C around the window, in sources only. */
const ELSEWHERE = new Set(['W9', 'W11', 'W12']);

/** The properties that a fault breaks: of a rule with several, those that its message is about. */
function propertiesOf(fault: WindowFault): readonly string[] {
  if (fault.kind === 'lost-request') return fault.messageId === 'atCall' ? ['W1', 'W3'] : ['W1'];
  // 'inside': the window does not end right behind the call.
  if (fault.kind === 'lost-result') return fault.messageId === 'inside' ? ['W2', 'W3'] : ['W2'];
  return ruleOf(fault)?.meta.properties ?? [];
}

const ruleOf = ({ kind }: WindowFault): Rule | undefined => rules.find(({ id }) => id === `window-${kind}`);

export function messageOf(
  fault: WindowFault,
  { start, end }: { readonly start: string; readonly end: string },
): string {
  const template = ruleOf(fault)?.meta.messages[fault.messageId];
  // The vDSO's rule calls the instruction the call.
  return template === undefined
    ? fault.messageId
    : fill(template, { start, end, call: String(fault.data.instruction), ...fault.data });
}

/** What the runs for the drawing have shown. */
export interface Tried {
  readonly makesCall: boolean;
  /** What is wrong when the handler acts at some place inside; the proof looks at those in front of the call only. */
  readonly damage: string | undefined;
}

export function verdictsOf(
  proof: WindowProof,
  labels: { readonly start: string; readonly end: string; readonly routine: string },
  { makesCall, damage }: Tried,
): Verdict[] {
  const broken = new Map<string, string>();
  for (const fault of proof.faults) {
    const message = messageOf({ ...fault, data: { routine: labels.routine, ...fault.data } }, labels);
    for (const property of propertiesOf(fault)) if (!broken.has(property)) broken.set(property, message);
  }
  if (damage !== undefined && !broken.has('W4')) broken.set('W4', damage);
  return Object.entries(NAMES).map(([property, name]) => {
    const text = broken.get(property);
    if (text !== undefined) return { property, name, verdict: 'broken', text };
    if (ELSEWHERE.has(property))
      return { property, name, verdict: 'elsewhere', text: 'lint decides it from the C code' };
    if (!makesCall && NEED_CALL.has(property))
      return { property, name, verdict: 'undecided', text: 'no run makes the call' };
    if (proof.undecided !== undefined) return { property, name, verdict: 'undecided', text: proof.undecided };
    return { property, name, verdict: 'holds' };
  });
}
