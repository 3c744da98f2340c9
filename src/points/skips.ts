/**
 * Paths through a function on which no request is acted upon.
 * Problem: is there a way from entry to return, other than one that reports an error, that meets no cancellation point
 * with cancellation enabled? The caller is taken to have it enabled.
 * Lattice: for each path whether it has acted, whether cancellation is off, or asynchronous, and whether it fails; kept
 * apart (paths.ts).
 * Direction: forward; from callee to caller by need, a function that calls itself is taken not to act.
 */
import { disables, makesAsynchronous } from '../ir/analysis/cancel-state.js';
import { constant } from '../ir/analysis/constants.js';
import type { Facts } from '../ir/analysis/facts.js';
import { trail, walk, type Visit } from '../ir/analysis/paths.js';
import { valuesOf } from '../ir/analysis/values.js';
import { successors } from '../ir/builder.js';
import { bare, some } from '../ir/expressions.js';
import { callName, isUnimplemented } from '../libc/linux-calls.js';
import type { BlockId, Expr, Lifted, Op, Terminator } from '../ir/types.js';
import type { Node } from './node.js';
import type { Points } from './points.js';
import { actsItself, siteOf } from './sites.js';

export interface Skip {
  /** The return that is come to. */
  readonly end: Terminator;
  /** The branch at which the path turns away from what would have acted, in this function or in one it calls. */
  readonly at: Terminator | undefined;
  /** Calls that lead to the function with that branch. */
  readonly through: readonly Op[];
  readonly in: Lifted;
}

/** `undefined` stands for "not known": too many paths, or a part that was not understood. */
export type Skips = readonly Skip[] | undefined;

interface State {
  /** `unknown`: something may have acted of which the ways were too many. */
  readonly acted: boolean | 'unknown';
  readonly off: boolean;
  readonly asynchronous: boolean;
  readonly failed: boolean;
  /** Variables that hold an error's number. */
  readonly errors: readonly string[];
}

const ERROR = /^E[A-Z0-9]+$/;
/** Of a function that calls itself: it is taken to have a way past. */
const SOME = { length: 1 };

export class SkipSearch {
  private readonly known = new Map<Node, Skips>();
  private readonly underWay = new Set<Node>();
  private readonly causes = new Map<Node, Lifted>();

  constructor(
    private readonly points: Points,
    /** Names that are 0 in a process with more than one thread. */
    private readonly singleThread: readonly string[],
    /** What the constants that number system calls begin with. */
    private readonly numberPrefixes: readonly string[],
  ) {}

  /** Whether every way through the function that does not report an error acts upon a request. */
  always(node: Node): boolean {
    return this.skips(node)?.length === 0;
  }

  skips(node: Node): Skips {
    if (this.known.has(node)) return this.known.get(node);
    if (this.underWay.has(node)) return undefined;
    this.underWay.add(node);
    const found = this.search(node);
    this.underWay.delete(node);
    this.known.set(node, found);
    return found;
  }

  /** Whether the operation acts whatever the path, cancellation being enabled. */
  private surely(op: Op, node: Node): boolean | 'unknown' {
    if (actsItself(op)) return true;
    const site = siteOf(op, { block: 0, index: 0 });
    const callees = site ? this.points.callees(site, node) : [];
    if (callees.length === 0 || !callees.every((c) => this.points.acts(c))) return false;
    const ways = callees.map((c) => (this.underWay.has(c) ? SOME : this.skips(c)));
    if (ways.every((w) => w?.length === 0)) return true;
    if (!ways.every((w) => w === undefined || w.length === 0)) return false;
    // What acts in a function that must not is nothing to rely on, on whatever ways it does.
    const unknown = callees.find((c, i) => ways[i] === undefined && mayAct(c, this.points));
    if (!unknown) return false;
    this.causes.set(node, this.causeOf(unknown));
    return 'unknown';
  }

  /** Of a function with ways that are not known: the one that could not be followed, itself or one that it calls. */
  causeOf(node: Node): Lifted {
    return this.causes.get(node) ?? node.f;
  }

  private onlyFails(op: Op): boolean {
    return (
      op.op === 'syscall' && op.number.k === 'name' && isUnimplemented(callName(op.number.name, this.numberPrefixes))
    );
  }

  private search(node: Node): Skips {
    const { f } = node;
    if (f.notUnderstood > 0) return undefined;
    const sure = new Map<Op, State['acted']>();
    const acts = (op: Op): State['acted'] => {
      let one = sure.get(op);
      if (one === undefined) sure.set(op, (one = this.surely(op, node)));
      return one;
    };
    const out = new Map<string, Skip>();
    const avoids = new Avoids(node, this.points);
    const undecided: Terminator[] = [];
    const whole = walk<State>(f, {
      entry: { acted: false, off: false, asynchronous: false, failed: false, errors: [] },
      key: (s) => `${String(s.acted)} ${[s.off, s.asynchronous, s.failed].map(Number).join('')} ${s.errors.join()}`,
      facts: new Map([...node.given, ...this.singleThread.map((name) => [name, 0n] as const)]),
      constants: this.points.valueOf,
      asksReturned: true,
      step: (now, op) => {
        if (op.op === 'cancel-state') return at({ ...now, off: disables(op) });
        if (op.op === 'cancel-type') return at({ ...now, asynchronous: makesAsynchronous(op) });
        if (setsErrno(op, f) || this.onlyFails(op)) return { ...now, failed: true };
        if (op.op === 'act') return { ...now, acted: true };
        if (op.op === 'assign' && op.target.k === 'name') return withError(now, op.target.name, op.value);
        if (now.acted === true || now.off) return now;
        const here = acts(op);
        return here === false ? now : { ...now, acted: here };
      },
      leave: ({ acted, failed, errors }, end, visit, facts) => {
        if (acted === true || failed || (end.t !== 'return' && end.t !== 'tail')) return;
        if (end.t === 'return' && end.value && isError(end.value, facts, errors, f)) return;
        if (acted === 'unknown') {
          undecided.push(end);
          return;
        }
        const ways = trail(visit);
        if (ways.some((v) => !node.feasible.has(v.block.id))) return;
        const skip = this.skip(
          node,
          end,
          avoids.turn(visit),
          ways.flatMap((v) => v.block.ops),
        );
        const { at } = (skip.at ?? skip.end).origin;
        const key = `${at.file}:${String(at.line)}:${String(at.column)}`;
        if (!out.has(key)) out.set(key, skip);
      },
    });
    // A way past is one whatever else there is.
    return whole && (undecided.length === 0 || out.size > 0) ? [...out.values()] : undefined;
  }

  /** Where no branch of the function itself turns away, one of a function that it calls on the path does. */
  private skip(node: Node, end: Terminator, at: Terminator | undefined, passed: readonly Op[]): Skip {
    if (!at) {
      for (const op of passed) {
        const site = op.op === 'call' ? siteOf(op, { block: 0, index: 0 }) : undefined;
        for (const callee of site ? this.points.callees(site, node) : []) {
          const inner = this.points.acts(callee) && mayAct(callee, this.points) ? this.skips(callee)?.[0] : undefined;
          if (inner) return { end, at: inner.at ?? inner.end, through: [op, ...inner.through], in: inner.in };
        }
      }
    }
    return { end, at, through: [], in: node.f };
  }
}

/** Where a path turns away from the last site it could have acted at. */
/** What acts in a function that must not is a mistake, and nothing that the function could have relied on. */
const mayAct = ({ f }: Node, { linker }: Points): boolean =>
  f.kind === 'macro' || linker.program.usedByPoints.has(f.name);

class Avoids {
  private readonly leads = new Set<BlockId>();
  private readonly holds: ReadonlySet<BlockId>;

  constructor(node: Node, points: Points) {
    const before = new Map<BlockId, BlockId[]>();
    for (const { id, end } of node.f.blocks)
      for (const to of successors(end)) before.set(to, [...(before.get(to) ?? []), id]);
    const sites = points.actingSites(node).filter((site) => {
      const callees = points.callees(site, node);
      return callees.length === 0 || callees.some((c) => mayAct(c, points));
    });
    const work = sites.map((s) => s.place.block);
    this.holds = new Set(work);
    for (let id = work.pop(); id !== undefined; id = work.pop()) {
      if (this.leads.has(id)) continue;
      this.leads.add(id);
      work.push(...(before.get(id) ?? []));
    }
  }

  /** Undefined where the path goes through a site: it then turns away in what is called there. */
  turn(visit: Visit<State>): Terminator | undefined {
    for (let v: Visit<State> = visit; v.before; v = v.before) {
      if (this.holds.has(v.block.id)) return undefined;
      const { end } = v.before.block;
      const others = successors(end).filter((to) => to !== v.block.id);
      if (others.some((to) => this.leads.has(to))) return end;
    }
    return undefined;
  }
}

/** `errno = EINVAL`, `__set_errno (ret)`; not `errno = saved`, which puts back what was there. */
function setsErrno(op: Op, f: Lifted): boolean {
  const isToErrno = op.op === 'assign' ? op.target.k === 'name' && op.target.name === 'errno' : false;
  const given =
    op.op === 'assign'
      ? isToErrno
        ? [op.value]
        : []
      : op.op === 'call' && (op.callee ?? '').includes('set_errno')
        ? op.args
        : [];
  return given.some((e) => {
    const value = bare(e);
    if (value.k === 'int') return value.value !== 0n;
    const isSaved = (v: Expr): boolean => some(v, (x) => x.k === 'name' && x.name === 'errno');
    return value.k !== 'name' || !valuesOf(f, value.name).some(isSaved);
  });
}

/** After an assignment to a variable. */
function withError(now: State, name: string, value: Expr): State {
  const e = bare(value);
  const isNow = e.k === 'name' && ERROR.test(e.name);
  if (isNow === now.errors.includes(name)) return now;
  return { ...now, errors: isNow ? [...now.errors, name].sort() : now.errors.filter((n) => n !== name) };
}

/** With a request acted upon, where the type is asynchronous and cancellation enabled. */
const at = (now: State): State => (now.asynchronous && !now.off ? { ...now, acted: true } : now);

const isErrorName = (e: Expr): boolean => some(e, (x) => x.k === 'name' && ERROR.test(x.name));

/** A value that says that the call failed: negative, or an error's number. */
function isError(value: Expr, facts: Facts, errors: readonly string[], f: Lifted): boolean {
  const e = bare(value);
  const known = constant(e, facts);
  if (known !== undefined) return known < 0n;
  if (e.k === 'result') {
    const op = f.blocks.flatMap((b) => b.ops).find((o) => o.id === e.op);
    return op?.op === 'call' && op.args.some(isErrorName);
  }
  // `if (err) return err;`: what is known not to be 0 and handed on.
  if (e.k === 'name') {
    // Of a pointer it is the other way round: what is known not to be null is what was asked for.
    const isHandedOn = !f.returns.includes('*') && facts.get(`${e.name} == 0`) === 0n;
    return ERROR.test(e.name) || errors.includes(e.name) || isHandedOn;
  }
  return e.k === 'unary' || e.k === 'conditional' ? isErrorName(e) : false;
}
