/**
 * A handler that acts on a request in a thread that is on its way out already. Cleanup handlers run there, and asynchronous
 * mode may still be on: a second signal starts another way out in the midst of the first. POSIX.1-2024 XSH 2.9.5.3: the
 * state is disabled from the moment at which the thread begins to leave.
 */
import { operations, reach } from '../ir/analysis/reach.js';
import { successors } from '../ir/builder.js';
import { some } from '../ir/expressions.js';
import type { Expr, Lifted, Terminator } from '../ir/types.js';
import type { ThreadExit } from '../libc/types.js';
import type { Project } from '../linter/project.js';
import { defineRule } from './define-rule.js';
import { isHandler, SENDER } from './helpers/handlers.js';
import { canceller, victim } from './helpers/steps.js';
import { exitsOf, names } from './helpers/way-out.js';

export default defineRule<'twice'>({
  id: 'handler-acts-twice',
  meta: {
    category: 'handler',
    description: 'A cancellation handler that acts in a thread that is already on its way out',
    explanation:
      'A thread that has called pthread_exit, or has acted on a request, runs its cleanup handlers. The cancellation signal can arrive there. A handler that asks only whether asynchronous mode is on starts to unwind once more, from inside the handlers that the first unwinding has called: what they were about to release stays as it is, and an unwinder that is not reentrant breaks.',
    messages: {
      twice:
        "'{function}' acts by '{how}' whenever asynchronous mode is on, also in a thread that is already leaving: nothing asks whether it is",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: [],
    references: ['POSIX.1-2024 XSH 2.9.5.3 Thread Cancellation Cleanup Handlers', 'glibc BZ 32782'],
  },
  run({ project, report }) {
    const { exit } = project.libc;
    if (!exit) return;
    // A thread that disables cancellation as it leaves makes it deferred too, and no handler acts on its mode.
    const [first] = exitsOf(project, exit);
    if (!first) return;
    for (const f of project.functions) {
      if (!isHandler(f)) continue;
      const mode = modeBranches(f, exit);
      const keeps = keepsOut(f, project, exit, mode);
      const found = reach(f, { block: 0, index: 0 }, { follow: (end) => (keeps(end) ? [] : successors(end)) }).find(
        ({ op, way }) => op.op === 'act' && way.some((end) => mode.has(end)),
      );
      if (found?.op.op !== 'act') continue;
      const at = found.op.origin.at;
      report({
        messageId: 'twice',
        data: { function: f.name, how: found.op.how },
        at,
        in: f,
        flow: [
          victim(first.runs.op.origin.at, 'a thread in asynchronous mode leaves, and runs its cleanup handlers'),
          canceller(at, 'pthread_cancel sends the cancellation signal'),
          victim(at, 'the handler acts: the thread leaves once more, from inside a cleanup handler'),
        ],
        anchor: `twice ${found.op.how}`,
      });
    }
  },
});

/** Branches that ask for the cancel type and nothing else that could tell. */
function modeBranches(f: Lifted, exit: ThreadExit): ReadonlySet<Terminator> {
  const words = new Set(exit.type);
  return new Set(f.blocks.flatMap(({ end }) => (end.t === 'branch' && asks(f, words)(end.condition) ? [end] : [])));
}

/**
 * A branch after which a thread that leaves is not gone on with, as far as can be told: it asks for the cancel state, for
 * the note that the thread leaves, or asks a function of which it is not known what it asks.
 */
function keepsOut(
  f: Lifted,
  project: Project,
  { marks, state, type }: ThreadExit,
  mode: ReadonlySet<Terminator>,
): (end: Terminator) => boolean {
  const words = new Set([...marks, ...state, ...(project.libc.asksState ?? []).flatMap((one) => one.names)]);
  const isKnown = new Set(type);
  const tells = asks(f, words);
  const unknown = new Set(
    operations(f).flatMap(({ op }) =>
      op.op === 'call' && !isKnown.has(op.callee ?? '') && !project.roles.has(op.callee ?? '', 'passes') ? [op.id] : [],
    ),
  );
  const asksUnknown = (e: Expr): boolean => some(e, (one) => one.k === 'result' && unknown.has(one.op));
  const isSender = (e: Expr): boolean => some(e, (one) => one.k === 'member' && SENDER.has(one.field));
  return (end) => {
    if (end.t !== 'branch') return end.t === 'unknown';
    const { condition } = end;
    return tells(condition) || (!mode.has(end) && !isSender(condition) && asksUnknown(condition));
  };
}

/** Whether one of the words stands in a condition: by itself, in what a variable was given, or as what was called. */
function asks(f: Lifted, words: ReadonlySet<string>): (condition: Expr) => boolean {
  const all = new Set(words);
  const results = new Set<number>();
  const holds = (e: Expr): boolean => names(e, all) || some(e, (one) => one.k === 'result' && results.has(one.op));
  for (let before = -1; before < all.size + results.size;) {
    before = all.size + results.size;
    for (const { op } of operations(f)) {
      if (op.op === 'assign' && op.target.k === 'name' && holds(op.value)) all.add(op.target.name);
      if (op.op === 'call' && op.callee !== undefined && words.has(op.callee)) results.add(op.id);
      if (op.op === 'load-flag' && words.has(op.flag)) results.add(op.id);
    }
  }
  return holds;
}
