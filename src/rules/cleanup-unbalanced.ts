/**
 * A cleanup handler that is left pushed, popped without having been pushed, given a value that is not there yet, or the
 * only one to undo what the function has begun. POSIX.1-2024 pthread_cleanup_push: the pair stands in one block, and
 * the effect of a jump or a return into or out of it is undefined.
 */
import { cleanupFaults, thingOf, TOO_MANY_HANDLERS, type Fault, type Push } from '../ir/analysis/cleanup-balance.js';
import { TOO_MANY_PATHS, trail, type Visit } from '../ir/analysis/paths.js';
import { after, operations } from '../ir/analysis/reach.js';
import type { Lifted, Op, Terminator } from '../ir/types.js';
import { defineRule, type Report } from './define-rule.js';
import { cleanupWords, resetsState, type CleanupWords } from './helpers/cleanup-words.js';
import { victim } from './helpers/steps.js';

type MessageId = 'left' | 'entered' | 'lateArgument' | 'undone' | 'reset' | 'otherThing';

export default defineRule<MessageId>({
  id: 'cleanup-unbalanced',
  meta: {
    category: 'held',
    description: 'A cleanup handler that is pushed or popped on some paths only, or does not fit what it undoes',
    explanation:
      'Handlers form a stack that lies in the frames of the functions which pushed them. One that is left behind points into a frame that is gone, and one that is popped without having been pushed takes away another function’s. A handler is given its argument when it is pushed: what is assigned later it never sees. What only the handler undoes stays done whenever the thread is not cancelled.',
    messages: {
      left: "'{name}' leaves here with the cleanup handler '{handler}' still pushed: it will be run, or unlinked, in a frame that is gone",
      entered: "This leads past '{push}' to its '{pop}': a cleanup handler is popped that was not pushed",
      lateArgument:
        "The cleanup handler '{handler}' is given '{variable}' as it is here, {state}: it is set only in line {line}, and the handler works on something else",
      undone:
        "'{handler}' is the only one to undo '{begin}' of '{thing}', and it is not run here: '{name}' returns with it still done",
      reset:
        "'{handler}' puts back the cancel state only when the thread is cancelled: what is called in between may have changed it, and '{pop}' does not run the handler",
      otherThing: "The cleanup handler '{handler}' ends '{other}', but what '{name}' has begun here is '{thing}'",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: [],
    references: [
      'POSIX.1-2024 pthread_cleanup_push, pthread_cleanup_pop',
      'POSIX.1-2024 XSH 2.9.5.3 Thread Cancellation Cleanup Handlers',
    ],
  },
  run({ project, report, incomplete }) {
    const words = cleanupWords(project);
    for (const f of project.functions) {
      if (f.kind === 'macro' || f.kind === 'assembly') continue;
      const ops = operations(f).map((o) => o.op);
      const pushes = ops.flatMap((op) => words.pushOf(op) ?? []);
      const pops = ops.filter((op) => words.executeOf(op));
      // A function that only pushes, or only pops, is one half of the mechanism.
      const isWhole = pushes.length > 0 && pops.length > 0;
      if (!isWhole && !ops.some((op) => words.waitOf(op))) continue;
      const unknown = new Set<string>();
      const faults = cleanupFaults(f, words, () => unknown.add(TOO_MANY_HANDLERS));
      if (!faults) unknown.add(TOO_MANY_PATHS);
      for (const why of unknown) incomplete(f, why);
      for (const fault of faults ?? []) {
        const found = reportOf(f, fault, pushes, words);
        if (found) report({ ...found, in: f });
      }
      for (const push of pushes) {
        const other = otherThing(f, push, ops, words);
        if (!other) continue;
        const data = { handler: thingOf(push.handler), name: f.name, ...other };
        report({ messageId: 'otherThing', data, at: push.op.origin.at, in: f, anchor: 'otherThing' });
      }
      for (const { push, pop } of resetsState(f, pushes, words)) {
        const data = { handler: thingOf(push.handler), pop: nameOf(pop) };
        const flow = [
          victim(push.op.origin.at, 'the handler that puts back the cancel state is pushed'),
          victim(pop.origin.at, 'it is popped and not run: the state stays as it was left'),
        ];
        report({ messageId: 'reset', data, at: pop.origin.at, in: f, flow, anchor: 'reset' });
      }
    }
  },
});

function reportOf(
  f: Lifted,
  fault: Fault,
  pushes: readonly Push[],
  words: CleanupWords,
): Report<MessageId> | undefined {
  switch (fault.fault) {
    case 'left': {
      const at = fault.end.origin.at;
      const branch = lastBranch(fault.visit, fault.push.op);
      const flow = [
        victim(fault.push.op.origin.at, 'the handler is pushed'),
        ...(branch ? [victim(branch.origin.at, 'this way is taken')] : []),
        victim(at, 'the function is left; the handler stays on the stack'),
      ];
      const data = { name: f.name, handler: thingOf(fault.push.handler) };
      return { messageId: 'left', data, at, flow, anchor: `left ${data.handler}` };
    }
    case 'entered': {
      const push = pushes.find((p) => insideOf(f, p, words).has(fault.pop));
      if (!push) return undefined;
      const inside = insideOf(f, push, words);
      const visits = trail(fault.visit);
      const first = visits.findIndex((v) => v.block.ops.some((op) => inside.has(op)));
      const jump = visits[first - 1]?.block.end;
      const at = jump?.origin.at ?? fault.pop.origin.at;
      const flow = [
        victim(at, 'the region is entered behind its beginning'),
        victim(fault.pop.origin.at, 'the handler on top of the stack is popped, which is another function’s'),
      ];
      const data = { push: nameOf(push.op), pop: nameOf(fault.pop) };
      return { messageId: 'entered', data, at, flow, anchor: 'entered' };
    }
    case 'late': {
      const { push, name, isUnset, set } = fault;
      const at = push.op.origin.at;
      const state = isUnset ? 'which nothing has set' : 'which is a constant';
      const data = { handler: thingOf(push.handler), variable: name, state, line: set.origin.at.line };
      const flow = [
        victim(at, 'the handler is pushed with the value of now'),
        victim(set.origin.at, `'${name}' gets the value that is to be released`),
      ];
      return { messageId: 'lateArgument', data, at, flow, anchor: `lateArgument ${name}` };
    }
    case 'undone': {
      const { push, pop, begin, thing, end } = fault;
      const data = { handler: thingOf(push.handler), begin: nameOf(begin), thing, name: f.name };
      const flow = [
        victim(begin.origin.at, 'it is begun'),
        victim(pop.origin.at, 'the handler that ends it is popped and not run'),
        victim(end.origin.at, 'the function returns, and nobody has ended it'),
      ];
      return { messageId: 'undone', data, at: pop.origin.at, flow, anchor: `undone ${thing}` };
    }
  }
}

const nameOf = (op: Op): string => ('how' in op ? op.how : op.op === 'call' ? (op.callee ?? '') : '');

/** What can run between a push and its pop, the pop among it. */
function insideOf(f: Lifted, push: Push, words: CleanupWords): ReadonlySet<Op> {
  const place = operations(f).find(({ op }) => op === push.op)?.place;
  if (!place) return new Set();
  return new Set(after(f, place, { stopAt: (op) => words.executeOf(op) !== undefined }).map((r) => r.op));
}

function lastBranch(visit: Visit<unknown>, since: Op): Terminator | undefined {
  const visits = trail(visit);
  const start = visits.findLastIndex((v) => v.block.ops.includes(since));
  return visits.slice(start).findLast((v) => v.block.end.t === 'branch' || v.block.end.t === 'switch')?.block.end;
}

/** A root and members: such texts are of the same thing when they are the same, and of different things otherwise. */
const PLAIN = /^&\w+([.]\w+)*$/;

/** The handler ends a thing that the function never touches, while it begins and ends another of the same kind. */
function otherThing(
  f: Lifted,
  push: Push,
  ops: readonly Op[],
  words: CleanupWords,
): { other: string; thing: string } | undefined {
  const begun = ops.flatMap((op) => words.begins(op) ?? []);
  const ended = ops.flatMap((op) => words.ends(op) ?? []);
  const inside = insideOf(f, push, words);
  for (const { pair, thing: other } of words.undoneBy(push)) {
    if ([...begun, ...ended].some((u) => u.thing === other) || !PLAIN.test(other)) continue;
    const [only, ...more] = new Set(
      begun
        .filter((b) => b.pair === pair && ended.some((e) => e.pair === pair && e.thing === b.thing))
        .map((b) => b.thing),
    );
    if (only === undefined || more.length > 0 || !PLAIN.test(only)) continue;
    const ends = ops.some((op) => inside.has(op) && words.ends(op)?.thing === only);
    if (!ends) return { other, thing: only };
  }
  return undefined;
}
