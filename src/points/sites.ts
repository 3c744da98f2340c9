/**
 * The places of a function at which a request can be acted upon: cancellable system calls, tests, the switch to
 * asynchronous cancelability, and calls. Left out are those where cancellation is disabled for certain, and those from
 * which nothing comes back: what is cancelled there was lost anyway.
 */
import { disabledAt } from '../ir/analysis/cancel-state.js';
import { operations, type Place } from '../ir/analysis/reach.js';
import { successors } from '../ir/builder.js';
import { bare, namesIn } from '../ir/expressions.js';
import { printExpr } from '../ir/print-expr.js';
import type { BlockId, Expr, Lifted, Op, OpId, Terminator } from '../ir/types.js';
import type { Libc } from '../libc/types.js';

export interface Site {
  readonly op: Op;
  readonly place: Place;
  /** The name that is called, or the member that holds what is called; neither where the site itself acts. */
  readonly calls?: string;
  readonly member?: string;
  /** From here on a request may be acted upon at every instruction. */
  readonly isAsynchronous?: true;
}

/** What acts at a site that acts itself: `__syscall_cp`, `SYS_read`. */
export function actsBy({ op, isAsynchronous }: Site): readonly string[] {
  const name = 'how' in op ? [op.how] : [];
  if (isAsynchronous)
    return [...(op.op === 'cancel-state' || op.op === 'cancel-type' ? name : []), 'asynchronous cancelability'];
  if (op.op === 'syscall') return [op.via, printExpr(op.number)];
  return name.length > 0 ? name : [op.op];
}

/** Acts at the place itself, rather than in what is called there. */
export const actsBySelf = ({ calls, member }: Site): boolean => calls === undefined && member === undefined;

/** Acts by itself, whatever is called. */
export const actsItself = (op: Op): boolean =>
  (op.op === 'syscall' && op.cancellable) ||
  op.op === 'test-cancel' ||
  op.op === 'window-call' ||
  (op.op === 'async' && op.to === 'enable');

/** `x->f`, `(*x->f)`: the member's name. */
function memberOf(target: Expr): string | undefined {
  const e = bare(target);
  if (e.k === 'deref' || e.k === 'address') return memberOf(e.of);
  if (e.k === 'index') return memberOf(e.base);
  return e.k === 'member' ? e.field : undefined;
}

/** What an operation calls: nothing for one that calls nothing, or something that cannot be told. */
export function siteOf(op: Op, place: Place): Site | undefined {
  if (actsItself(op)) return { op, place };
  if (op.op !== 'call') return undefined;
  if (op.callee !== undefined) return { op, place, calls: op.callee };
  const member = memberOf(op.target);
  return member === undefined ? undefined : { op, place, member };
}

/** Blocks from which the function can be left towards its caller. */
export function returning(f: Lifted): ReadonlySet<BlockId> {
  const before = new Map<BlockId, BlockId[]>();
  for (const { id, end } of f.blocks) {
    for (const to of successors(end)) {
      const list = before.get(to);
      if (list) list.push(id);
      else before.set(to, [id]);
    }
  }
  const leaves = (end: Terminator): boolean => end.t === 'return' || end.t === 'tail' || end.t === 'unknown';
  const work = f.blocks.filter((b) => leaves(b.end)).map((b) => b.id);
  const out = new Set<BlockId>();
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    if (out.has(id)) continue;
    out.add(id);
    work.push(...(before.get(id) ?? []));
  }
  return out;
}

/** What an operation calls, by name or through a member; nothing for one that is no call. One for each libc. */
export function callFinder(libc: Libc): (op: Op) => Pick<Site, 'calls' | 'member'> | undefined {
  const memberOfCall = memberCalls(libc);
  return (op) => {
    const member = memberOfCall(op);
    if (member !== undefined) return { member };
    return op.op === 'call' ? siteOf(op, { block: 0, index: 0 }) : undefined;
  };
}

type Finder = (f: Lifted) => readonly Site[];

const FINDERS = new WeakMap<Libc, Finder>();

/** Finds every site of a function, in block order. One for each libc, which remembers what it found. */
export function siteFinder(libc: Libc): Finder {
  let finder = FINDERS.get(libc);
  if (!finder) {
    const memberOfCall = memberCalls(libc);
    const opensQuietly = quietOpens(libc);
    const known = new WeakMap<Lifted, readonly Site[]>();
    finder = (f) => {
      let sites = known.get(f);
      if (!sites) known.set(f, (sites = find(f, memberOfCall, opensQuietly)));
      return sites;
    };
    FINDERS.set(libc, finder);
  }
  return finder;
}

function find(f: Lifted, memberOfCall: (op: Op) => string | undefined, opensQuietly: (op: Op) => boolean): Site[] {
  const comesBack = returning(f);
  const isDisabled = disabledAt(f);
  const all = operations(f);
  const quiet = new Set<OpId>(all.flatMap(({ op }) => (opensQuietly(op) ? [op.id] : [])));
  const streams = new Set<string>();
  for (const { op } of all) {
    if (op.op !== 'assign' || op.target.k !== 'name') continue;
    const value = bare(op.value);
    if (value.k === 'result' && quiet.has(value.op)) streams.add(op.target.name);
  }
  return all.flatMap(({ op, place }) => {
    if (!comesBack.has(place.block) || isDisabled(place) || quiet.has(op.id)) return [];
    if (op.op === 'call' && streams.size > 0 && op.args.some((a) => namesIn([a]).some((n) => streams.has(n))))
      return [];
    const member = memberOfCall(op);
    const site = member === undefined ? siteOf(op, place) : { op, place, member };
    return site ? [site] : [];
  });
}

/** `JUMP2 (__read, …)` calls what the member holds. */
function memberCalls(libc: Libc): (op: Op) => string | undefined {
  const calls = (libc.members?.calls ?? []).map((c) => ({ ...c, test: new RegExp(`^(?:${c.names.join('|')})$`) }));
  return (op) => {
    if (op.op !== 'call' || op.callee === undefined) return undefined;
    const { callee } = op;
    const found = calls.find((c) => c.test.test(callee));
    const arg = found && op.args[found.member];
    return arg?.k === 'name' ? arg.name : undefined;
  };
}

/** Opens a stream in a mode in which its operations are no cancellation points. */
function quietOpens(libc: Libc): (op: Op) => boolean {
  const opens = (libc.quietStreams ?? []).map((q) => ({ ...q, test: new RegExp(`^(?:${q.names.join('|')})$`) }));
  return (op) => {
    if (op.op !== 'call' || op.callee === undefined) return false;
    const { callee, args } = op;
    return opens.some(({ test, mode, letter }) => {
      const given = args[mode];
      return test.test(callee) && given?.k === 'string' && given.value.includes(letter);
    });
  };
}
