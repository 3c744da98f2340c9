/**
 * Signal handlers that decide by the interrupted PC: where C code compares an address with the labels of a window, and
 * which way it goes inside and outside.
 */
import { successors } from '../../ir/builder.js';
import { bare, some } from '../../ir/expressions.js';
import type { BlockId, Expr, Lifted, Op, Origin, Terminator } from '../../ir/types.js';
import type { WindowConvention } from '../../libc/types.js';
import type { Project } from '../../linter/project.js';

/** `pc OPERATOR label`, whichever side the label is written on. */
export interface Comparison {
  readonly label: string;
  readonly operator: string;
  /** What is compared with the label. */
  readonly pc: Expr;
  readonly origin: Origin;
}

/** A place that goes one way for a PC inside the window and another for one outside. */
export interface Decision {
  readonly inside: BlockId;
  readonly outside: BlockId;
  /** The bounds that it tests; a function that tests both stands for both. */
  readonly bounds: readonly ('start' | 'end')[];
  readonly end: Terminator;
}

export interface Decider {
  readonly f: Lifted;
  readonly convention: WindowConvention;
  readonly comparisons: readonly Comparison[];
}

const SWAPPED: Readonly<Record<string, string>> = {
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
};

/** Operators that hold for a PC inside, and those that hold for one outside. */
export const RIGHT = { start: { inside: '>=', outside: '<' }, end: { inside: '<', outside: '>=' } } as const;

/** A handler: it is given the signal, its information and the context (sigaction(2), SA_SIGINFO). */
export const isHandler = (f: Lifted): boolean =>
  f.kind === 'function' &&
  f.params.length === 3 &&
  /\bsiginfo_t\b|\bstruct siginfo\b/.test(f.types[f.params[1] ?? ''] ?? '');

/** Members of siginfo_t that say where a signal comes from (sigaction(2)). */
export const SENDER: ReadonlySet<string> = new Set(['si_code', 'si_pid', 'si_uid']);

/** Functions in C that compare something with a label of a window. */
export function decidersOf(project: Project): readonly Decider[] {
  return project.libc.windows.flatMap((convention) =>
    project.functions.flatMap((f) => {
      if (f.kind === 'assembly') return [];
      const comparisons = f.blocks.flatMap((block) => {
        const conditions = [...block.ops.flatMap(valuesOf), ...conditionOf(block.end)];
        return conditions.flatMap(({ expr, origin }) => comparisonsIn(expr, convention, origin));
      });
      return comparisons.length === 0 ? [] : [{ f, convention, comparisons }];
    }),
  );
}

interface Placed {
  readonly expr: Expr;
  readonly origin: Origin;
}

function valuesOf(op: Op): Placed[] {
  return op.op === 'assign' ? [{ expr: op.value, origin: op.origin }] : [];
}

function conditionOf(end: Terminator): Placed[] {
  if (end.t === 'branch') return [{ expr: end.condition, origin: end.origin }];
  return end.t === 'return' && end.value ? [{ expr: end.value, origin: end.origin }] : [];
}

function comparisonsIn(expr: Expr, convention: WindowConvention, origin: Origin): Comparison[] {
  const found: Comparison[] = [];
  some(expr, (e) => {
    const one = comparison(e, convention);
    if (one) found.push({ ...one, origin });
    return false;
  });
  return found;
}

function comparison(e: Expr, convention: WindowConvention): Omit<Comparison, 'origin'> | undefined {
  const swapped = e.k === 'binary' ? SWAPPED[e.operator] : undefined;
  if (e.k !== 'binary' || swapped === undefined) return undefined;
  const [left, right] = [labelOf(e.left, convention), labelOf(e.right, convention)];
  if (right !== undefined && isPlain(e.left)) return { label: right, operator: e.operator, pc: e.left };
  if (left !== undefined && isPlain(e.right)) return { label: left, operator: swapped, pc: e.right };
  return undefined;
}

/**
 * Whether the handlers of a design without labels compare with what the routine has stored as the proof takes them to:
 * the SP is the stored one, and the PC is not above the stored one. False where none compares.
 */
export function comparesSaved(project: Project, { saved }: WindowConvention): boolean {
  if (!saved) return false;
  const operatorsFor = (member: string): string[] =>
    project.functions
      .filter(isHandler)
      .flatMap((f) =>
        f.blocks.flatMap((block) =>
          [...block.ops.flatMap(valuesOf), ...conditionOf(block.end)].flatMap(({ expr }) =>
            memberComparisons(expr, member),
          ),
        ),
      );
  const holds = (found: readonly string[], ...right: readonly string[]): boolean =>
    found.length > 0 && found.every((operator) => right.includes(operator));
  return holds(operatorsFor(saved.stackPointer.member), '==', '!=') && holds(operatorsFor(saved.pc.member), '<=', '>');
}

/** The operators of `x OPERATOR member`, whichever side the member is written on. */
function memberComparisons(expr: Expr, member: string): string[] {
  const found: string[] = [];
  const isMember = (e: Expr): boolean => e.k === 'member' && e.field === member;
  some(expr, (e) => {
    const swapped = e.k === 'binary' ? SWAPPED[e.operator] : undefined;
    if (e.k !== 'binary' || swapped === undefined) return false;
    if (isMember(bare(e.right))) found.push(e.operator);
    else if (isMember(bare(e.left))) found.push(swapped);
    return false;
  });
  return found;
}

/**
 * The label that an expression is the address of: `label`, `&label`, `label[0]` of an array, with casts. Each of several ends
 * stands for the end.
 */
export function labelOf(expr: Expr, convention: WindowConvention): string | undefined {
  const e = bare(expr);
  if (e.k === 'address' || e.k === 'index') return labelOf(e.k === 'index' ? e.base : e.of, convention);
  const { start, end, ends, cancel } = convention;
  if (e.k !== 'name') return undefined;
  return ends?.labels.includes(e.name) === true ? end : [start, end, cancel].includes(e.name) ? e.name : undefined;
}

/** The PC as it was saved: computing with it changes what is compared, and such a comparison is not judged. */
function isPlain(expr: Expr): boolean {
  return !some(expr, (e) => e.k === 'binary');
}

/** Where a function goes different ways for a PC inside and outside. */
export function decisionsIn(f: Lifted, convention: WindowConvention, deciders: readonly Decider[]): Decision[] {
  return f.blocks.flatMap(({ end, ops }) => {
    if (end.t !== 'branch') return [];
    const way = insideWhenTrue(end.condition, convention) ?? byCall(end.condition, ops, deciders);
    if (!way) return [];
    const [inside, outside] = way.holds ? [end.then, end.otherwise] : [end.otherwise, end.then];
    return [{ inside, outside, bounds: way.bounds, end }];
  });
}

interface Way {
  /** True: the condition holds inside only; false: outside only. */
  readonly holds: boolean;
  readonly bounds: readonly ('start' | 'end')[];
}

/** What a condition says of the PC; undefined where it says nothing or more than that. */
function insideWhenTrue(expr: Expr, convention: WindowConvention): Way | undefined {
  const e = bare(expr);
  if (e.k === 'unary' && e.operator === '!') {
    const of = insideWhenTrue(e.of, convention);
    return of && { ...of, holds: !of.holds };
  }
  if (e.k === 'binary' && (e.operator === '&&' || e.operator === '||')) {
    const [left, right] = [insideWhenTrue(e.left, convention), insideWhenTrue(e.right, convention)];
    const holds = e.operator === '&&';
    if (left?.holds !== holds || right?.holds !== holds) return undefined;
    return { holds, bounds: [...left.bounds, ...right.bounds] };
  }
  const one = comparison(e, convention);
  if (!one) return undefined;
  const bound = one.label === convention.start ? 'start' : 'end';
  return { holds: one.operator.startsWith(RIGHT[bound].inside.charAt(0)), bounds: [bound] };
}

/** `if (in_window (ctx))`: the callee's returned value is the decision. */
function byCall(condition: Expr, ops: readonly Op[], deciders: readonly Decider[]): Way | undefined {
  const e = bare(condition);
  if (e.k !== 'result') return undefined;
  const call = ops.find((op) => op.id === e.op);
  if (call?.op !== 'call') return undefined;
  const decider = deciders.find((d) => d.f.name === call.callee);
  const returns = decider?.f.blocks.flatMap((b) => (b.end.t === 'return' && b.end.value ? [b.end.value] : [])) ?? [];
  const [value, ...more] = returns;
  return decider && value && more.length === 0 ? insideWhenTrue(value, decider.convention) : undefined;
}

/** The way from a block to a return on which no operation is met that stops; undefined where there is none. */
export function wayToReturn(f: Lifted, from: BlockId, stops: (op: Op) => boolean): Terminator | undefined {
  const seen = new Set<BlockId>();
  const open = [from];
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    const block = f.blocks[id];
    if (!block || seen.has(id)) continue;
    seen.add(id);
    if (block.ops.some(stops)) continue;
    if (block.end.t === 'return') return block.end;
    open.push(...successors(block.end));
  }
  return undefined;
}

/** The first operation of a kind that a way from the entry leads to on which none is met that stops. */
export function wayToOp(f: Lifted, is: (op: Op) => boolean, stops: (op: Op) => boolean): Op | undefined {
  const seen = new Set<BlockId>();
  const open: BlockId[] = [0];
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    const block = f.blocks[id];
    if (!block || seen.has(id)) continue;
    seen.add(id);
    const found = block.ops.find((op) => is(op) || stops(op));
    if (found === undefined) open.push(...successors(block.end));
    else if (is(found)) return found;
  }
  return undefined;
}

/** Whether a block can be reached from the entry by steps that are allowed. */
export function wayTo(f: Lifted, block: BlockId, allows: (end: Terminator, to: BlockId) => boolean): boolean {
  const seen = new Set<BlockId>();
  const open: BlockId[] = [0];
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    if (id === block) return true;
    const end = f.blocks[id]?.end;
    if (!end || seen.has(id)) continue;
    seen.add(id);
    open.push(...successors(end).filter((to) => allows(end, to)));
  }
  return false;
}
