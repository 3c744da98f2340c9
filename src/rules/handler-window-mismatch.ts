/**
 * W9: the handler compares the interrupted PC with the bounds of the window as they are, `start <= pc && pc < end`, and
 * redirects to the cancel target from inside only.
 */
import { printExpr } from '../ir/print-expr.js';
import type { Lifted } from '../ir/types.js';
import type { WindowConvention } from '../libc/types.js';
import { defineRule, type RuleContext } from './define-rule.js';
import { decidersOf, decisionsIn, RIGHT, type Decider } from './helpers/handlers.js';
import {
  blindRedirects,
  decidesBoth,
  reachedFromOutside,
  redirectsIn,
  savedPcs,
  targetsThatUndo,
  type Redirect,
} from './helpers/redirects.js';
import { faultsOf, reportOf } from './helpers/proofs.js';
import { otherThanPc } from './helpers/saved-context.js';
import { canceller, kernel, victim } from './helpers/steps.js';

type MessageId =
  | 'operator'
  | 'label'
  | 'oneBound'
  | 'unguarded'
  | 'slot'
  | 'macro'
  | 'target'
  | 'alias'
  | 'codeMisses'
  | 'codeTakes'
  | 'codeTarget'
  | 'codeSlot'
  | 'codeUnguarded';
type Context = RuleContext<MessageId>;

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
      slot: "On {target} '{expression}' is {register} of the interrupted thread and not its PC: the handler decides by another value",
      macro:
        "On {target} '{macro}' is the slot of {register} and not of the PC: '{function}' decides by another value, '{expression}'",
      target: "The handler redirects to '{found}' and not to '{label}': {what}",
      alias:
        "'{label}' is the C function '{of}' where a window's assembly does not define it: on {architectures} the address of a function can be that of a descriptor, and the handler goes there",
      codeMisses: "The compiled handler '{handler}' does nothing about a request at {place}: it is lost",
      codeTakes: "The compiled handler '{handler}' acts upon a request at {place}: {what}",
      codeTarget: "The compiled handler '{handler}' makes the thread go on at '{found}' and not at '{label}'",
      codeSlot:
        "The compiled handler '{handler}' takes {register} of the interrupted thread for its PC: it decides by another value",
      codeUnguarded:
        "The compiled handler '{handler}' redirects to '{label}' from a PC that may lie outside the window, where the stack is another one",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'very-high',
    properties: ['W4', 'W9'],
    references: ['POSIX.1-2024 XSH 2.9.5 Thread Cancellation', 'glibc BZ 12683'],
  },
  run(context) {
    const { project, report } = context;
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
      checkRedirects(context, decider, deciders);
    }
    for (const { f, convention, redirect } of blindRedirects(project, deciders))
      reportUnguarded(context, f, convention, redirect);
    for (const convention of project.libc.windows) checkAlias(context, convention);
    for (const proved of faultsOf(project, 'handler'))
      report(reportOf(proved, proved.fault.messageId === 'codeUnguarded' ? ['W4', 'W9'] : PROPERTIES));
  },
});

/**
 * A C function that stands in for the cancel target. Where function pointers point to descriptors, its address is data, and
 * the handler puts it in place of the PC.
 */
function checkAlias({ project, report }: Context, convention: WindowConvention): void {
  const { cancel: label, start } = convention;
  const alias = project.aliases.find((a) => a.alias === label);
  const lacking = project.windowSources.filter((w) => w.convention === convention && !w.labels.has(label ?? ''));
  const wrong = [...new Set(lacking.filter((w) => w.hasDescriptors).map((w) => w.architecture))];
  const redirect = project.functions
    .flatMap((f) => (f.kind === 'function' ? redirectsIn(f, convention) : []))
    .find(({ to }) => to === label);
  if (label === undefined || !alias || !redirect || wrong.length === 0) return;
  const acting = project.functions.find((f) => f.name === alias.of);
  report({
    messageId: 'alias',
    data: { label, of: alias.of, architectures: wrong.join(', ') },
    at: alias.at,
    ...(acting ? { in: acting } : {}),
    targets: [],
    properties: PROPERTIES,
    flow: [
      canceller(redirect.op.origin.at, `${SENT} while the call waits, on ${wrong.join(', ')}`),
      victim(redirect.op.origin.at, `the handler puts the address of '${alias.of}', a descriptor, in place of the PC`),
      victim(alias.at, 'the thread goes on at the descriptor, which is data'),
    ],
    related: lacking.map((w) => ({
      at: w.at,
      message: `the window of ${w.architecture}, from '${start}' on, comes without '${label}'`,
    })),
    anchor: `alias ${label}`,
  });
}

function reportUnguarded({ report }: Context, f: Lifted, { cancel = '' }: WindowConvention, { op }: Redirect): void {
  report({
    messageId: 'unguarded',
    data: { label: cancel },
    at: op.origin.at,
    in: f,
    properties: ['W4', 'W9'],
    flow: [
      canceller(f.nameAt, `${SENT} while the thread runs code outside the window`),
      victim(op.origin.at, 'the PC is set to the cancel target, which takes the stack for that of the window'),
    ],
    anchor: `unguarded ${cancel}`,
  });
}

/** From where the PC is taken, where it is put, and what is put there. */
function checkRedirects(context: Context, decider: Decider, deciders: readonly Decider[]): void {
  const { project } = context;
  const { f, convention } = decider;
  const { cancel = '' } = convention;
  const pcs = savedPcs(decider);
  const redirects = redirectsIn(
    f,
    convention,
    pcs.map((pc) => pc.expr),
  );
  const decisions = decisionsIn(f, convention, deciders);
  for (const redirect of redirects) {
    const { op, block, to } = redirect;
    const isOutside = reachedFromOutside(f, block, decisions);
    if (isOutside && to === cancel) reportUnguarded(context, f, convention, redirect);
    if (!isOutside && decidesBoth(decisions)) checkTarget(context, decider, redirect);
    pcs.push({ expr: op.target, origin: op.origin });
  }
  // The first place of several that are alike: it is one mistake.
  const places = new Map(pcs.toReversed().map((pc) => [printExpr(pc.expr), pc]));
  const told = new Set<string>();
  for (const { expr, origin } of places.values()) {
    for (const target of f.targets) {
      const other = otherThanPc(expr, target, project);
      if (other === undefined) continue;
      const { register, macro } = other;
      // What has to be changed is the macro that names the slot, in the header of the target.
      const header = macro === undefined ? undefined : project.macroAt(macro, target);
      const expression = printExpr(expr);
      const named = header && macro !== undefined ? `${target} ${macro}` : `${target} ${expression}`;
      if (told.has(named)) continue;
      told.add(named);
      context.report({
        ...(header && macro !== undefined
          ? { messageId: 'macro', data: { target, macro, expression, register, function: f.name }, at: header }
          : { messageId: 'slot', data: { target, expression, register }, at: origin.at, in: f }),
        targets: [target],
        properties: PROPERTIES,
        flow: [
          canceller(origin.at, `${SENT} while the call waits`),
          victim(origin.at, 'the handler compares another value than the PC, and does not act; the call waits on'),
        ],
        anchor: `slot ${macro ?? expression}`,
      });
    }
  }
}

/** From inside, the thread has to go on at the cancel target. */
function checkTarget({ project, report }: Context, { f, convention }: Decider, { op, to }: Redirect): void {
  const { start, end, routine, cancel = '' } = convention;
  if (to === cancel) return;
  const acts = project.roles.has(to, 'act');
  const undo = acts
    ? targetsThatUndo(to, convention, project).filter((target) => f.targets.includes(target))
    : f.targets;
  if (undo.length === 0 || !(acts || [start, end, routine].includes(to))) return;
  const what = acts
    ? "what the window's routine has pushed is left on the stack"
    : to === end
      ? 'the caller is told the result of a call that was not made'
      : 'the routine runs again on the stack and the registers that it has changed';
  report({
    messageId: 'target',
    data: { found: to, label: cancel, what },
    at: op.origin.at,
    in: f,
    targets: undo,
    properties: ['W4', 'W9'],
    flow: [
      canceller(op.origin.at, `${SENT} while the call waits`),
      victim(op.origin.at, `the thread goes on at '${to}': ${what}`),
    ],
    anchor: `target ${to}`,
  });
}
