/** What a libc's data says of cleanup handlers and of what they undo, in the form that the analysis asks for. */
import { kindOf, type Vocabulary } from '../../ir/analysis/cancel-balance.js';
import type { CleanupVocabulary, Push, Undoing } from '../../ir/analysis/cleanup-balance.js';
import { constant } from '../../ir/analysis/constants.js';
import { after, operations } from '../../ir/analysis/reach.js';
import { bare, namesIn } from '../../ir/expressions.js';
import { printExpr } from '../../ir/print-expr.js';
import type { Expr, Lifted, Op } from '../../ir/types.js';
import type { Project } from '../../linter/project.js';
import { balanceOf, wordsOf } from './vocabulary.js';

export interface CleanupWords extends CleanupVocabulary {
  readonly cancel: Vocabulary;
  readonly handlerOf: (push: Push) => Lifted | undefined;
}

const NOTHING: Expr = { k: 'unknown', text: '' };

export function cleanupWords(project: Project): CleanupWords {
  const { pairs, waitsWithHandler } = balanceOf(project);
  const begin = new Map(pairs.flatMap((p, i) => p.begin.map((name) => [name, i] as const)));
  const end = new Map(pairs.flatMap((p, i) => p.end.map((name) => [name, i] as const)));
  const named = (names: ReadonlyMap<string, number>, op: Op): Undoing | undefined => {
    if (op.op !== 'call') return undefined;
    const pair = names.get(op.callee ?? '');
    const [thing] = op.args;
    return pair === undefined || !thing ? undefined : { pair, thing: printExpr(bare(thing)) };
  };
  const byName = new Map<string, Lifted[]>();
  for (const f of project.functions) if (f.kind === 'function') byName.set(f.name, [...(byName.get(f.name) ?? []), f]);

  const nameOf = (push: Push): string => {
    let e = bare(push.handler);
    if (e.k === 'address') e = bare(e.of);
    return e.k === 'name' ? e.name : '';
  };
  /** The handler of that name in the same file, or the only one in the tree. */
  const handlerOf = (push: Push): Lifted | undefined => {
    const all = byName.get(nameOf(push)) ?? [];
    const near = all.filter((f) => f.nameAt.file === push.op.origin.at.file);
    return near.length > 0 ? near[0] : all.length === 1 ? all[0] : undefined;
  };
  const undoneBy = (push: Push): Undoing[] => {
    const argument = printExpr(bare(push.argument));
    const direct = end.get(nameOf(push));
    if (direct !== undefined) return [{ pair: direct, thing: argument }];
    const handler = handlerOf(push);
    const own = new Set([...(handler?.params ?? []), ...Object.keys(handler?.types ?? {})]);
    return (handler ? operations(handler) : []).flatMap(({ op }): Undoing[] => {
      const undoing = named(end, op);
      if (!undoing || op.op !== 'call' || !op.args[0]) return [];
      if (undoing.thing === handler?.params[0]) return [{ ...undoing, thing: argument }];
      return namesIn([op.args[0]]).some((name) => own.has(name)) ? [] : [undoing];
    });
  };

  return {
    cancel: wordsOf(project),
    handlerOf,
    undoneBy,
    begins: (op) => named(begin, op),
    ends: (op) => named(end, op),
    pushOf: (op) => {
      if (op.op !== 'cleanup-push') return undefined;
      const role = project.roles.of(op.how).find((r) => r.role === 'cleanup-push');
      return role && { op, handler: op.args[role.handler] ?? NOTHING, argument: op.args[role.argument] ?? NOTHING };
    },
    executeOf: (op) => {
      if (op.op !== 'cleanup-pop') return undefined;
      const role = project.roles.of(op.how).find((r) => r.role === 'cleanup-pop');
      return op.args[role?.execute ?? -1] ?? NOTHING;
    },
    waitOf: (op) => {
      if (op.op !== 'call') return undefined;
      const wait = waitsWithHandler.find((w) => w.name === op.callee && w.arguments === op.args.length);
      const handler = op.args[wait?.handler ?? -1];
      if (!wait || !handler || constant(handler) === 0n) return undefined;
      return { op, handler, argument: op.args[wait.argument] ?? NOTHING };
    },
  };
}

/**
 * Handlers that put back the cancel state where the function goes on after cancellation, and that are popped without
 * being run although code that is not known was called in between.
 */
export function resetsState(
  f: Lifted,
  pushes: readonly Push[],
  words: CleanupWords,
): { readonly push: Push; readonly pop: Op }[] {
  const ops = operations(f);
  const { cancel } = words;
  if (!ops.some(({ op }) => op.op === 'call' && cancel.returnsTwice(op.callee ?? ''))) return [];
  return pushes.flatMap((push) => {
    const handler = words.handlerOf(push);
    const puts = handler && operations(handler).some(({ op }) => kindOf(op, handler, cancel) === 'state');
    const place = ops.find(({ op }) => op === push.op)?.place;
    if (!puts || !place) return [];
    const inside = after(f, place, { stopAt: (op) => words.executeOf(op) !== undefined });
    const pop = inside.find(({ op }) => words.executeOf(op));
    const execute = pop && words.executeOf(pop.op);
    const isCallback = ({ op }: { readonly op: Op }): boolean =>
      op.op === 'call' && (op.callee === undefined || op.callee in f.types || f.params.includes(op.callee));
    if (!pop || !execute || constant(execute) !== 0n || !inside.some(isCallback)) return [];
    return after(f, pop.place).some(({ op }) => kindOf(op, f, cancel) === 'state') ? [] : [{ push, pop: pop.op }];
  });
}
