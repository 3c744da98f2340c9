/**
 * The places of a function at which a request can be acted upon: cancellable system calls, tests, the switch to
 * asynchronous cancelability, and calls. Left out are those from which nothing comes back: what is cancelled there was
 * lost anyway. Whether cancellation is enabled there is asked elsewhere (states.ts).
 */
import { operations, type Place } from '../ir/analysis/reach.js';
import { successors } from '../ir/builder.js';
import { bare, namesIn } from '../ir/expressions.js';
import { printExpr } from '../ir/print-expr.js';
import type { BlockId, Expr, Lifted, Op, OpId, Terminator } from '../ir/types.js';
import type { Libc } from '../libc/types.js';
import type { Program } from './program.js';

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

/** Blocks from which the function can be left towards its caller: not those with a call that does not come back. */
export function returning(f: Lifted, isFatal: (op: Op) => boolean): ReadonlySet<BlockId> {
  const leaves = ({ t }: Terminator): boolean => t === 'return' || t === 'tail' || t === 'unknown';
  const cut = new Set(f.blocks.filter((b) => b.ops.some(isFatal)).map((b) => b.id));
  const ends = f.blocks.filter((b) => leaves(b.end) && !cut.has(b.id)).map((b) => b.id);
  return leadingTo(f, ends, cut);
}

/** Blocks from which one of the `ends` can be come to, without those that are cut off. */
function leadingTo(f: Lifted, ends: readonly BlockId[], cut: ReadonlySet<BlockId>): ReadonlySet<BlockId> {
  const before = new Map<BlockId, BlockId[]>();
  for (const { id, end } of f.blocks) {
    if (cut.has(id)) continue;
    for (const to of successors(end)) {
      const list = before.get(to);
      if (list) list.push(id);
      else before.set(to, [id]);
    }
  }
  const work = [...ends];
  const out = new Set<BlockId>();
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    if (out.has(id)) continue;
    out.add(id);
    work.push(...(before.get(id) ?? []));
  }
  return out;
}

const FATAL = new WeakMap<Program, ReadonlySet<string>>();

/**
 * Tells calls that do not come back: of functions that are declared so, and of those that end in one on every way. A
 * function that waits for ever is none: a request can be acted upon in it.
 */
export function fatalCalls(program: Program): (op: Op) => boolean {
  let names = FATAL.get(program);
  if (!names) FATAL.set(program, (names = fatalNames(program)));
  const known = names;
  return (op) => op.op === 'call' && op.callee !== undefined && known.has(op.callee);
}

function fatalNames(program: Program): ReadonlySet<string> {
  const names = new Set(program.noreturn);
  const isFatal = (op: Op): boolean => op.op === 'call' && op.callee !== undefined && names.has(op.callee);
  const byName = new Map<string, Lifted[]>();
  for (const f of program.functions) {
    if (f.kind !== 'function') continue;
    const list = byName.get(f.name);
    if (list) list.push(f);
    else byName.set(f.name, [f]);
  }
  const ends = (f: Lifted): boolean => {
    if (returning(f, isFatal).size > 0) return false;
    const last = f.blocks.filter((b) => b.end.t === 'unreachable' || b.ops.some(isFatal)).map((b) => b.id);
    return leadingTo(f, last, new Set()).size === f.blocks.length;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const [name, all] of byName) {
      if (names.has(name) || !all.every(ends)) continue;
      // A definition that was not lifted may come back.
      const files = new Set(all.map((f) => f.nameAt.file));
      if (program.defined.get(name)?.some((d) => !files.has(d.file)) === true) continue;
      names.add(name);
      changed = true;
    }
  }
  return names;
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

const FINDERS = new WeakMap<Program, Finder>();

/** Finds every site of a function, in block order. One for each program, which remembers what it found. */
export function siteFinder(libc: Libc, program: Program): Finder {
  let finder = FINDERS.get(program);
  if (!finder) {
    const memberOfCall = memberCalls(libc);
    const opensQuietly = quietOpens(libc);
    const isFatal = fatalCalls(program);
    const known = new WeakMap<Lifted, readonly Site[]>();
    finder = (f) => {
      let sites = known.get(f);
      if (!sites) known.set(f, (sites = find(f, memberOfCall, opensQuietly, isFatal)));
      return sites;
    };
    FINDERS.set(program, finder);
  }
  return finder;
}

function find(
  f: Lifted,
  memberOfCall: (op: Op) => string | undefined,
  opensQuietly: (op: Op) => boolean,
  isFatal: (op: Op) => boolean,
): Site[] {
  const comesBack = returning(f, isFatal);
  const all = operations(f);
  const quiet = new Set<OpId>(all.flatMap(({ op }) => (opensQuietly(op) ? [op.id] : [])));
  const streams = new Set<string>();
  for (const { op } of all) {
    if (op.op !== 'assign' || op.target.k !== 'name') continue;
    const value = bare(op.value);
    if (value.k === 'result' && quiet.has(value.op)) streams.add(op.target.name);
  }
  return all.flatMap(({ op, place }) => {
    if (!comesBack.has(place.block) || quiet.has(op.id)) return [];
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
