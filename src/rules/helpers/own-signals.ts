/**
 * The signals that a library keeps for itself: where code names them, and which of them the functions that make sets give
 * to a program (POSIX.1-2024 sigfillset, sigaddset).
 */
import { constant, type Known } from '../../ir/analysis/constants.js';
import { operations, reach } from '../../ir/analysis/reach.js';
import { some } from '../../ir/expressions.js';
import { successors } from '../../ir/builder.js';
import type { BlockId, Expr, Lifted, Op, Target, Terminator } from '../../ir/types.js';
import { longBits } from '../../libc/targets.js';
import type { OwnSignal } from '../../libc/types.js';
import type { Project } from '../../linter/project.js';

const ENTRY = { block: 0, index: 0 };
/** Names that stand for names that stand for a number. */
const MAX_NAMES = 4;

export class OwnSignals {
  /** Names of the signal that sends a request. */
  readonly cancel: ReadonlySet<string>;
  /** What says, by its name in a function, that the function knows of it. */
  private readonly telling: ReadonlySet<string>;
  private readonly words: RegExp;

  constructor(private readonly project: Project) {
    this.cancel = new Set(project.libc.cancelSignals ?? []);
    this.telling = new Set([
      ...this.cancel,
      ...['set', 'removes', 'asks'].flatMap((is) => this.named(is as OwnSignal)),
    ]);
    this.words = new RegExp(`\\b(?:${[...this.telling].join('|')})\\b`);
  }

  /** The libc's data says how it keeps them. */
  get areKnown(): boolean {
    return this.project.libc.ownSignals !== undefined && this.cancel.size > 0;
  }

  named(is: OwnSignal): string[] {
    return (this.project.libc.ownSignals ?? []).flatMap((one) => (one.is === is ? one.names : []));
  }

  /** The signal that sends a request, by another name too (`SIGTIMER`, defined as SIGCANCEL). */
  isCancel(name: string, targets: readonly Target[]): boolean {
    return this.cancel.has(name) || targets.some((t) => this.cancel.has(this.project.macroBody(name, t) ?? ''));
  }

  /** An expression says the cancellation signal, a set with it, or a function that knows it. */
  mentions(expr: Expr): boolean {
    return some(
      expr,
      (e) => (e.k === 'name' && this.telling.has(e.name)) || (e.k === 'unknown' && this.words.test(e.text)),
    );
  }

  /** An operation does. */
  tells(op: Op): boolean {
    if (op.op === 'call' && op.callee !== undefined && this.telling.has(op.callee)) return true;
    if (op.op === 'not-understood') return this.words.test(op.text);
    return partsOf(op).some((e) => this.mentions(e));
  }

  /** Something in the function does. */
  knows(f: Lifted): boolean {
    return (
      operations(f).some(({ op }) => this.tells(op)) ||
      f.blocks.some(({ end }) => conditionsOf(end).some((e) => this.mentions(e)))
    );
  }

  /** The number of the cancellation signal. */
  number(target: Target): bigint | undefined {
    for (let [name] = this.cancel, i = 0; name !== undefined && i < MAX_NAMES; i++) {
      const body = this.project.macroBody(name, target);
      if (body !== undefined && /^\d+$/.test(body)) return BigInt(body);
      name = body;
    }
    return undefined;
  }

  /**
   * Operations that run when a parameter is the cancellation signal; undefined where the function asks for it by a number
   * that is not known.
   */
  reachedWith(f: Lifted, parameter: string, target: Target): readonly Op[] | undefined {
    const number = this.number(target);
    if (number === undefined) return undefined;
    const known = new Map([[parameter, number]]);
    for (const { op } of operations(f)) {
      if (op.op !== 'assign' || op.target.k !== 'name') continue;
      const value = constant(op.value, known);
      // Assigned again, it is anything.
      if (value === undefined || known.has(op.target.name)) known.delete(op.target.name);
      else known.set(op.target.name, value);
    }
    return reach(f, ENTRY, { follow: (end) => decided(end, known) }).map((r) => r.op);
  }

  /**
   * The function by which a program that makes its sets as POSIX says gets one with the cancellation signal in it;
   * undefined where the tree has none, or it cannot be told.
   */
  builder(target: Target, definitions: (name: string) => readonly Lifted[]): 'sigfillset' | 'sigaddset' | undefined {
    const fills = definitions('sigfillset');
    if (fills.length > 0 && fills.every((f) => this.fills(f, target))) return 'sigfillset';
    const adds = definitions('sigaddset');
    const accepts = (f: Lifted): boolean => {
      const [set, signal] = f.params;
      if (set === undefined || signal === undefined || this.knows(f)) return false;
      return this.reachedWith(f, signal, target)?.some((op) => changes(op, set)) === true;
    };
    return adds.length > 0 && adds.every(accepts) ? 'sigaddset' : undefined;
  }

  /** Fills the set that it is given with the cancellation signal too. */
  private fills(f: Lifted, target: Target): boolean {
    const [set] = f.params;
    const number = this.number(target);
    if (set === undefined || number === undefined || this.knows(f)) return false;
    const ops = operations(f).map(({ op }) => op);
    // A set is an array of unsigned longs.
    const bits = longBits(target);
    const [word, bit] = [(number - 1n) / BigInt(bits), (number - 1n) % BigInt(bits)];
    const stored = ops.flatMap((op) => {
      if (op.op !== 'assign' || op.target.k !== 'index' || op.target.index.k !== 'int') return [];
      const value = constant(op.value);
      return op.target.index.value === word && value !== undefined ? [value] : [];
    });
    if (stored.length > 0) return stored.every((value) => (BigInt.asUintN(bits, value) >> bit) % 2n === 1n);
    const all = new Set(this.named('fills'));
    return ops.some((op) => op.op === 'call' && (all.has(op.callee ?? '') || isFullMemset(op)) && changes(op, set));
  }
}

const isFullMemset = (op: Extract<Op, { op: 'call' }>): boolean => {
  const value = op.args[1] && constant(op.args[1]);
  return op.callee === 'memset' && value !== undefined && BigInt.asUintN(8, value) === 0xffn;
};

/** Writes to what the parameter points to, or gives it to somebody. */
function changes(op: Op, parameter: string): boolean {
  const isGiven = (e: Expr): boolean => some(e, (x) => x.k === 'name' && x.name === parameter);
  return op.op === 'assign' ? op.target.k !== 'name' && isGiven(op.target) : op.op === 'call' && op.args.some(isGiven);
}

function decided(end: Terminator, known: Known): readonly BlockId[] {
  const value = end.t === 'branch' ? constant(end.condition, known) : undefined;
  if (end.t !== 'branch' || value === undefined) return successors(end);
  return [value === 0n ? end.otherwise : end.then];
}

/** Operations that run for some argument: not those behind `if (0)`. */
export const live = (f: Lifted): readonly Op[] =>
  reach(f, ENTRY, { follow: (end) => decided(end, new Map()) }).map((r) => r.op);

/** The expressions of an operation. */
export function partsOf(op: Op): readonly Expr[] {
  if (op.op === 'assign') return [op.target, op.value];
  return 'args' in op ? op.args : [];
}

function conditionsOf(end: Terminator): readonly Expr[] {
  if (end.t === 'branch') return [end.condition];
  if (end.t === 'switch') return [end.value, ...end.cases.flatMap((c) => c.values)];
  return end.t === 'return' && end.value ? [end.value] : [];
}
