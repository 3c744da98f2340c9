/**
 * W9: the handler compares the interrupted PC with the bounds of the window as they are, `start <= pc && pc < end`, and
 * redirects to the cancel target from inside only.
 */
import type { AssignOp, BlockId, Lifted } from '../ir/types.js';
import { defineRule } from './define-rule.js';
import { decidersOf, decisionsIn, labelOf, RIGHT, wayTo, type Decider, type Decision } from './helpers/handlers.js';
import { canceller, kernel, victim } from './helpers/steps.js';

type MessageId = 'operator' | 'label' | 'oneBound' | 'unguarded';

const SENT = 'pthread_cancel sets the flag and sends the cancellation signal';
const DONE = 'the kernel finishes the call, for instance an open, and returns a new descriptor';
const PROPERTIES = ['W9'];

export default defineRule<MessageId>({
  id: 'handler-window-mismatch',
  meta: {
    category: 'handler',
    description: 'A cancellation handler that takes another range of addresses for the window',
    explanation:
      'The labels in the assembly say where a system call can still be called off; the handler must take exactly that range for the window, from the start label on and up to the end label, which itself is behind the call. A bound that is one instruction off loses a request or a result as surely as a label in the wrong place, and a redirect from anywhere else runs the cancel target on a stack that it does not know.',
    messages: {
      operator:
        "The handler compares the PC with '{label}' by '{operator}', which must be '{right}' or '{opposite}': {what}",
      label:
        "The handler compares the PC with '{label}', which is no bound of the window: it lies between '{start}' and '{end}'",
      oneBound:
        "'{function}' compares the PC with '{label}' and not with '{other}': code outside the window is taken for it",
      unguarded:
        "The handler redirects to '{label}' from a PC that may lie outside the window, where the stack is another one",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'very-high',
    properties: ['W4', 'W9'],
    references: ['POSIX.1-2024 XSH 2.9.5 Thread Cancellation', 'glibc BZ 12683'],
  },
  run({ project, report }) {
    const deciders = decidersOf(project);
    for (const decider of deciders) {
      const { f, convention, comparisons } = decider;
      const { start, end } = convention;
      for (const { label, operator, origin } of comparisons) {
        const common = { at: origin.at, in: f, properties: PROPERTIES, anchor: `${operator} ${label}` };
        if (label !== start && label !== end) {
          report({ ...common, messageId: 'label', data: { label, start, end } });
          continue;
        }
        const { inside, outside } = RIGHT[label === start ? 'start' : 'end'];
        if (operator === inside || operator === outside) continue;
        const isStart = label === start;
        const what = isStart
          ? 'a request that arrives at the first instruction of the window is missed'
          : 'a request that arrives right behind the call throws away its result';
        report({
          ...common,
          messageId: 'operator',
          data: { label, operator, right: inside, opposite: outside, what },
          flow: isStart
            ? [
                canceller(origin.at, `${SENT} at the first instruction of the window`),
                victim(origin.at, 'the handler takes the PC for one outside and does nothing; the call blocks'),
              ]
            : [
                kernel(origin.at, DONE),
                canceller(origin.at, `${SENT} before the next instruction, whose address is '${label}'`),
                victim(origin.at, 'the handler takes the PC for one inside and acts: the descriptor is lost'),
              ],
        });
      }
      const labels = new Set(comparisons.map((c) => c.label));
      const [only] = comparisons;
      // A comparison with another label stands for the bound that is missing.
      if (only && labels.size === 1 && labels.has(start) !== labels.has(end)) {
        const [label, other] = labels.has(start) ? [start, end] : [end, start];
        report({
          messageId: 'oneBound',
          data: { function: f.name, label, other },
          at: only.origin.at,
          in: f,
          properties: PROPERTIES,
          anchor: `oneBound ${label}`,
        });
      }
      for (const { op, block } of redirectsIn(decider)) {
        const from = reachedFromOutside(f, block, decisionsIn(f, convention, deciders));
        if (!from) continue;
        report({
          messageId: 'unguarded',
          data: { label: convention.cancel ?? '' },
          at: op.origin.at,
          in: f,
          properties: ['W4', 'W9'],
          flow: [
            canceller(f.nameAt, `${SENT} while the thread runs code outside the window`),
            victim(op.origin.at, 'the PC is set to the cancel target, which takes the stack for that of the window'),
          ],
          anchor: `unguarded ${convention.cancel ?? ''}`,
        });
      }
    }
  },
});

/** Assignments of the cancel target's address to something that is saved: the redirects. */
function redirectsIn({ f, convention }: Decider): { readonly op: AssignOp; readonly block: BlockId }[] {
  return f.blocks.flatMap(({ id, ops }) =>
    ops.flatMap((op) =>
      op.op === 'assign' &&
      op.target.k !== 'name' &&
      convention.cancel !== undefined &&
      labelOf(op.value, convention) === convention.cancel
        ? [{ op, block: id }]
        : [],
    ),
  );
}

/** Whether a block is reached from the entry without a decision that the PC is inside one of the bounds. */
function reachedFromOutside(f: Lifted, block: BlockId, decisions: readonly Decision[]): boolean {
  // Where a condition mixes the PC with other things, the ways inside are not known.
  if (!['start', 'end'].every((b) => decisions.some((d) => d.bounds.includes(b as 'start')))) return false;
  return (['start', 'end'] as const).some((bound) => {
    const inside = new Map(decisions.filter((d) => d.bounds.includes(bound)).map((d) => [d.end, d.inside]));
    return wayTo(f, block, (end, to) => inside.get(end) !== to);
  });
}
