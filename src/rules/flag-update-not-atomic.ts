/**
 * The word of a request updated from a stale copy. A compare-and-exchange that fails has read the word anew; what was
 * computed before has to be computed again, or bits that another thread has set in between are lost. C17 7.17.7.4: on
 * failure the expected value is replaced by the one that was found.
 */
import { after, operations } from '../ir/analysis/reach.js';
import { valuesOf } from '../ir/analysis/values.js';
import { successors } from '../ir/builder.js';
import { bare, mentionsName, some } from '../ir/expressions.js';
import { printExpr } from '../ir/print-expr.js';
import type { BlockId, Lifted, Op, OpId, Terminator } from '../ir/types.js';
import { defineRule } from './define-rule.js';
import { canceller, victim } from './helpers/steps.js';

/** C11's functions and their kin, which store what they have found into the expected value. */
const EXCHANGES = /(?:^|_)atomic_compare_exchange_(?:weak|strong)(?:_[a-z]+)*$/;

interface Exchange {
  readonly word: string;
  readonly flag: string;
  /** The variable that holds the expected value, and the one that holds the new value. */
  readonly expected: string;
  readonly desired: string;
}

export default defineRule<'stale'>({
  id: 'flag-update-not-atomic',
  meta: {
    category: 'flag',
    description: "A request's word that is given a value computed from a stale copy of it",
    explanation:
      'The word that holds a request is changed by its thread and by every thread that cancels it, so it is changed by compare-and-exchange. One that fails has found another value and put it into the variable that it was compared with. When the next one stores what was computed from the value before, it succeeds, since what it expects is fresh, and takes back what the other thread has set.',
    messages: {
      stale:
        "'{desired}' was computed from '{expected}' before this compare-and-exchange, and is stored into '{flag}' when it fails: what another thread has changed in it since then is lost",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: [],
    references: ['C17 7.17.7.4 The atomic_compare_exchange generic functions', 'glibc 62be9681'],
  },
  run({ project, report }) {
    const flags = new Set(project.libc.flags.map((f) => f.member));
    for (const f of project.functions) {
      if (f.kind !== 'function') continue;
      for (const { op: failed, place } of operations(f)) {
        const first = exchangeOf(failed, flags);
        if (!first) continue;
        const fails = waysOfFailure(f, failed.id);
        const isStale = (op: Op): boolean => {
          const next = exchangeOf(op, flags);
          return next?.word === first.word && next.expected === first.expected && isComputed(f, next);
        };
        for (const { op, passed } of after(f, place, {
          follow: fails,
          stopAt: (one) => exchangeOf(one, flags) !== undefined,
        })) {
          const next = isStale(op) ? exchangeOf(op, flags) : undefined;
          if (!next || passed().some((one) => assigns(one, next.desired) || assigns(one, next.expected))) continue;
          // What has to be changed is where its failure leads.
          const at = failed.origin.at;
          report({
            messageId: 'stale',
            data: { desired: next.desired, expected: next.expected, flag: next.flag },
            at,
            in: f,
            flow: [
              victim(
                failed.origin.at,
                `another thread changes '${next.flag}'; the exchange fails, and '${next.expected}' is what it has found`,
              ),
              canceller(op.origin.at, `'${next.desired}' is stored, which was computed from what was there before`),
            ],
            anchor: `stale ${next.flag}`,
          });
          break;
        }
      }
    }
  },
});

/** `exchange (&word, &expected, desired)` of a request's word, by variables. */
function exchangeOf(op: Op, flags: ReadonlySet<string>): Exchange | undefined {
  if (op.op !== 'call' || !EXCHANGES.test(op.callee ?? '')) return undefined;
  const [word, expected, desired] = op.args.map(bare);
  if (word?.k !== 'address' || word.of.k !== 'member' || !flags.has(word.of.field)) return undefined;
  if (expected?.k !== 'address' || expected.of.k !== 'name' || desired?.k !== 'name') return undefined;
  return { word: printExpr(word), flag: word.of.field, expected: expected.of.name, desired: desired.name };
}

/** The new value is made from the expected one. */
const isComputed = (f: Lifted, { desired, expected }: Exchange): boolean =>
  valuesOf(f, desired).some((value) => mentionsName(value, expected));

const assigns = (op: Op, name: string): boolean =>
  op.op === 'assign' && op.target.k === 'name' && op.target.name === name;

/** Behind the exchange, only where it has failed. */
function waysOfFailure(f: Lifted, exchange: OpId): (end: Terminator) => readonly BlockId[] {
  return (end) => {
    if (end.t !== 'branch' || !some(end.condition, (e) => e.k === 'result' && e.op === exchange))
      return successors(end);
    const condition = bare(end.condition);
    if (condition.k === 'result') return [end.otherwise];
    const isDenied = condition.k === 'unary' && condition.operator === '!' && bare(condition.of).k === 'result';
    return isDenied ? [end.then] : [];
  };
}
