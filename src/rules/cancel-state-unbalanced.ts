/**
 * A function that disables cancellation, or makes it asynchronous, and has a path on which the caller does not get back
 * what it had. POSIX.1-2024 XSH 2.9.5: state and type belong to the thread, so a call that is not there to change them
 * must leave them alone.
 */
import { isRestored, kindOf, savedIn, type Kind, type Leaving, type Setter } from '../ir/analysis/cancel-balance.js';
import { TOO_MANY_PATHS, trail } from '../ir/analysis/paths.js';
import { after, operations } from '../ir/analysis/reach.js';
import { bare } from '../ir/expressions.js';
import type { Expr, Lifted, Op, Region } from '../ir/types.js';
import type { Step } from '../linter/finding.js';
import { defineRule } from './define-rule.js';
import { victim } from './helpers/steps.js';
import { statefulFunctions, type CancelWords } from './helpers/vocabulary.js';

type MessageId = 'left' | 'wrongValue' | 'forced' | 'wrongKind';

export default defineRule<MessageId>({
  id: 'cancel-state-unbalanced',
  meta: {
    category: 'held',
    description: 'Cancel state or type changed on a path that does not restore it, or restored to a wrong value',
    explanation:
      'State and type belong to the thread. A function that disables cancellation and leaves by a path that does not restore it makes the thread uncancellable for good, and one that leaves it asynchronous lets the thread be cancelled inside functions that cannot bear it. One that enables it whatever it was takes away the protection that its caller asked for.',
    messages: {
      left: "'{name}' returns here with {what} that it set in line {line}: its caller does not get back what it had",
      wrongValue: "'{how}' restores from '{variable}', which does not hold what '{name}' was entered with: it {holds}",
      forced: "'{name}' makes {what} here whatever it was before: a caller that had asked for the opposite loses it",
      wrongKind: "'{how}' is given '{constant}', a cancelability {kind}: its number means {what} here",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: [],
    references: [
      'POSIX.1-2024 XSH 2.9.5.1 Cancelability States',
      'POSIX.1-2024 pthread_setcancelstate, pthread_setcanceltype',
    ],
  },
  run({ project, report, incomplete }) {
    const { functions, words, leavingsOf } = statefulFunctions(project);
    for (const f of functions) {
      const setters = operations(f).flatMap(({ op }) => (kindOf(op, f, words) === undefined ? [] : [op as Setter]));
      for (const op of setters) {
        const wrong = wrongConstant(op, words);
        if (!wrong) continue;
        const { name: constant, kind: its } = wrong;
        const kind = op.op === 'cancel-state' ? 'state' : 'type';
        const data = { how: nameOf(op), constant, kind: its, what: inWords(kind, wrong.value, words) };
        report({ messageId: 'wrongKind', data, at: op.origin.at, in: f, anchor: `wrongKind ${constant}` });
      }
      const leavings = leavingsOf(f);
      if (!leavings) incomplete(f, TOO_MANY_PATHS);
      const bySetter = new Map<string, { readonly fault: Fault; readonly leaving: Leaving; readonly ends: Region[] }>();
      for (const leaving of leavings ?? []) {
        const fault = isRestored(leaving) ? undefined : faultOf(f, leaving, setters, words);
        if (!fault) continue;
        const key = `${fault.messageId} ${String(fault.by.id)}`;
        const known = bySetter.get(key);
        const at = leaving.end.origin.at;
        if (!known) bySetter.set(key, { fault, leaving, ends: [at] });
        else if (!known.ends.some((e) => e.line === at.line && e.column === at.column)) known.ends.push(at);
      }
      for (const { fault, leaving, ends } of bySetter.values()) {
        const [first, ...more] = ends.sort((a, b) => a.line - b.line || a.column - b.column);
        if (!first) continue;
        const at = fault.messageId === 'left' ? first : fault.by.origin.at;
        report({
          messageId: fault.messageId,
          data: fault.data,
          at,
          in: f,
          flow: way(leaving, fault.by, first, fault.what),
          related: fault.messageId === 'left' ? more.map((e) => ({ at: e, message: 'leaves in the same way' })) : [],
          anchor: `${fault.messageId} ${leaving.kind}`,
        });
      }
    }
  },
});

interface Fault {
  readonly messageId: Exclude<MessageId, 'wrongKind'>;
  readonly by: Setter;
  readonly what: string;
  readonly data: Readonly<Record<string, string | number>>;
}

/** What is wrong with leaving like this, or undefined where it is what the function is for or is not known. */
function faultOf(f: Lifted, { kind, setting }: Leaving, all: readonly Setter[], words: CancelWords): Fault | undefined {
  const { value, by, before } = setting;
  if (!by || value.v === 'unknown') return undefined;
  const from = source(by);
  const what = value.v === 'number' ? inWords(kind, value.of, words) : 'a wrong value';
  if (from?.k === 'name' && words.numberOf(from.name) === undefined) {
    const holds =
      value.v === 'unset'
        ? 'is not set on this path'
        : value.v === 'entry'
          ? `holds a cancelability ${value.kind}`
          : `holds ${what}`;
    // A number that the function itself has chosen is no saved value.
    const isSaved = all.some((s) => savedIn(s, f) === from.name);
    if (value.v === 'number' && !isSaved) return undefined;
    const data = { how: nameOf(by), variable: from.name, name: f.name, holds };
    return { messageId: 'wrongValue', by, what, data };
  }
  if (value.v !== 'number') return undefined;
  if (value.of !== 0n) {
    if (!isMeantToEnd(f, by, kind, words)) return undefined;
    const data = { name: f.name, what, line: by.origin.at.line };
    return { messageId: 'left', by, what, data };
  }
  // Enabled at the end: wrong where the function had changed it itself and so could have known what it was.
  const changed = before?.by && before.value.v === 'number' && before.value.of !== 0n ? before.by : undefined;
  const saved = changed && (savedIn(changed, f) ?? (changed.op === 'async' ? 'result' : undefined));
  if (saved === undefined) return undefined;
  return { messageId: 'forced', by, what, data: { name: f.name, what } };
}

/** The old value was kept in a variable, or some path restores it: so that what was set was not set for good. */
function isMeantToEnd(f: Lifted, by: Setter, kind: Kind, words: CancelWords): boolean {
  if (savedIn(by, f) !== undefined) return true;
  const place = operations(f).find(({ op }) => op === by)?.place;
  const restores = (op: Op): boolean => {
    if (op === by || kindOf(op, f, words) !== kind) return false;
    if (op.op === 'async') return op.to === 'restore';
    const from = source(op as Setter);
    return from?.k === 'name' && words.numberOf(from.name) === undefined;
  };
  return place !== undefined && after(f, place).some((r) => restores(r.op));
}

function source(op: Setter): Expr | undefined {
  if (op.op === 'async') return op.to === 'restore' && op.args[0] ? bare(op.args[0]) : undefined;
  return bare(op.op === 'assign' ? op.value : op.to);
}

const nameOf = (op: Setter): string => (op.op === 'assign' ? 'this assignment' : op.how);

/** A constant of types given for a state, or the other way round. */
function wrongConstant(op: Setter, words: CancelWords): ReturnType<CancelWords['constantOf']> {
  if (op.op !== 'cancel-state' && op.op !== 'cancel-type') return undefined;
  const to = bare(op.to);
  const constant = to.k === 'name' ? words.constantOf(to.name) : undefined;
  return constant && constant.kind !== (op.op === 'cancel-state' ? 'state' : 'type') ? constant : undefined;
}

function inWords(kind: Kind, value: bigint, words: CancelWords): string {
  const meaning = words.meaning(kind, value);
  return kind === 'state' ? `cancellation ${meaning}` : `cancellation ${meaning}`;
}

/** The way from the setter to the end: where it branches last, and what is then so. */
function way(leaving: Leaving, by: Setter, end: Region, what: string): Step[] {
  const visits = trail(leaving.visit);
  const start = visits.findLastIndex((v) => v.block.ops.some((op) => op === by));
  const branch = visits
    .slice(Math.max(start, 0))
    .findLast((v) => v.block.end.t === 'branch' || v.block.end.t === 'switch');
  return [
    victim(by.origin.at, `from here: ${what}`),
    ...(branch ? [victim(branch.block.end.origin.at, 'this way is taken')] : []),
    victim(end, 'the function is left, and nothing has put back what the caller had'),
  ];
}
