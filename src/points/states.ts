/**
 * Cancel states and types across the calls of a linked program.
 * Problem: what does a call leave behind, and in which states is a function entered by its callers?
 * Lattice: sets of pairs of state and type (ir/analysis/cancel-state.ts), one for the exit and one for the entry of each
 * function.
 * Direction: exits from callees to callers, entries from callers to callees; both grow to a fixed point. Only functions
 * that change something are summed up, and only those have a context all of whose callers are known: their names stand
 * nowhere but where they are called, stored in a member that is called, or run in a child; programs cannot call them.
 * That is looked up for those alone that would have an answer by it, and taken back where it does not hold.
 * Cost: fifteen bits a function, so each is looked at a few times for each of its callees and callers.
 */
import { ownWord } from '../ir/analysis/cancel-balance.js';
import {
  ALONE,
  AT_ENTRY,
  AT_START,
  cancelStates,
  DEFERRED,
  DISABLED,
  ENABLED,
  ENTRY,
  from,
  isAsynchronous,
  isOff,
  isSetter,
  MASKED,
  mayBeAlone,
  notAlone,
  pairsOf,
  type Pairs,
  type StatesOf,
  type Surroundings,
  valuesIn,
} from '../ir/analysis/cancel-state.js';
import { after, operations, type Place } from '../ir/analysis/reach.js';
import { namesIn } from '../ir/expressions.js';
import { push } from '../ir/push.js';
import type { CallOp, Lifted, Op, Target } from '../ir/types.js';
import { POSIX_BALANCE } from '../libc/common.js';
import type { Balance, Libc } from '../libc/types.js';
import type { Linker } from './program.js';
import { callFinder } from './sites.js';

interface Call {
  readonly in: Lifted;
  readonly place: Place;
  readonly op: CallOp;
  /** How the function is come to: a call, a member that holds it, or something that runs it in a child or a thread. */
  readonly how: 'call' | 'member' | 'child' | 'thread';
}

/** A function that another runs in a child. */
export interface ChildRun {
  readonly in: Lifted;
  readonly op: CallOp;
  readonly f: Lifted;
}

export class CancelStates {
  private readonly exits = new Map<Lifted, Pairs>();
  private readonly entries = new Map<Lifted, Pairs>();
  private readonly known = new Map<Lifted, StatesOf>();
  /** Functions in which something may change. */
  private readonly changing = new Set<Lifted>();
  private readonly callers = new Map<Lifted, Call[]>();
  private readonly callOf: ReturnType<typeof callFinder>;
  private readonly balance: Balance;
  private readonly startUp: { readonly entries: ReadonlySet<string>; readonly ends: ReadonlySet<string> };
  /** Functions behind a call of which somebody may have asked for cancellation. */
  private readonly ending = new Set<Lifted>();
  private readonly ended = new Map<Lifted, (place: Place) => boolean>();
  private readonly runs: ChildRun[] = [];
  /** How the thread's own words for its state and type are told; undefined where the libc's data names none. */
  private readonly words: Parameters<typeof ownWord>[2] | undefined;

  constructor(
    private readonly linker: Linker,
    private readonly target: Target,
    libc: Libc,
  ) {
    this.callOf = callFinder(libc);
    this.balance = libc.balance ?? POSIX_BALANCE;
    const kinds = new Map(this.balance.words.map((w) => [w.member, w.kind]));
    const self = new Set(this.balance.self);
    if (kinds.size > 0) this.words = { wordOf: (member) => kinds.get(member), isSelf: (name) => self.has(name) };
    this.startUp = { entries: new Set(libc.startUp?.entries), ends: linker.program.endsStartUp };
    const functions = linker.program.functions.filter((f) => f.targets.includes(target));
    for (const f of functions) this.noteCalls(f);
    this.solveExits(functions);
    if (libc.startUp) this.solveEnding(functions);
    this.solveEntries(functions);
  }

  /**
   * Whether no request can be acted upon right before an operation, on every way to it: cancellation is disabled for
   * certain, or it runs before there is anybody who could ask.
   */
  isOffAt(f: Lifted, place: Place): boolean {
    return isOff(this.at(f, place));
  }

  /** Whether cancellation is enabled for certain because the function itself makes it so, whatever its callers had. */
  isOnAt(f: Lifted, place: Place): boolean {
    const states = this.changing.has(f) ? valuesIn(this.statesOf(f).at(place)) : 0;
    return (states & (ENTRY | ENABLED | DISABLED | MASKED)) === ENABLED;
  }

  /** Whether the function, or one that it calls, may leave another state or type behind on the way. */
  mayChange(f: Lifted): boolean {
    return this.changing.has(f);
  }

  /** Functions that call this one by its name. */
  callersOf(f: Lifted): readonly Lifted[] {
    return (this.callers.get(f) ?? []).flatMap((c) => (c.how === 'call' ? [c.in] : []));
  }

  /** Whether a request may be acted upon at once, wherever the thread is. */
  isAsynchronousAt(f: Lifted, place: Place): boolean {
    return isAsynchronous(this.at(f, place));
  }

  /** Whether the function may run with asynchronous type and cancellation enabled because its callers have made it so. */
  isEnteredAsynchronous(f: Lifted): boolean {
    return isAsynchronous(this.entryOf(f));
  }

  /** Operations from which on a request may be acted upon at once, and which are no calls. */
  turningOn(f: Lifted): readonly { readonly op: Op; readonly place: Place }[] {
    if (!this.changing.has(f)) return [];
    const around = this.around(f);
    return operations(f).filter(
      ({ op, place }) =>
        isSetter(op, around) &&
        !this.isAsynchronousAt(f, place) &&
        this.isAsynchronousAt(f, { ...place, index: place.index + 1 }),
    );
  }

  /** Functions that run in a child, and what runs them. */
  children(): readonly ChildRun[] {
    return this.runs;
  }

  private at(f: Lifted, place: Place): Pairs {
    const entry = this.entryOf(f);
    const here = this.isEnded(f, place) ? notAlone(entry) : entry;
    return this.changing.has(f) ? from(here, this.statesOf(f).at(place)) : here;
  }

  private entryOf(f: Lifted): Pairs {
    return this.entries.get(f) ?? AT_ENTRY;
  }

  private noteCalls(f: Lifted): void {
    const file = f.nameAt.file;
    for (const { op, place } of operations(f)) {
      if (op.op !== 'call') continue;
      for (const to of this.callees(op, f))
        push(this.callers, to, { in: f, place, op, how: this.callOf(op)?.member === undefined ? 'call' : 'member' });
      const runner = this.balance.runs?.find((r) => op.callee !== undefined && r.names.includes(op.callee));
      const given = runner && op.args[runner.function];
      if (!runner || !given) continue;
      const how = speaksOf(f, runner.threads) ? 'thread' : 'child';
      for (const name of namesIn([given])) {
        const to = this.linker.meaning(name, file, this.target).lifted;
        if (!to || to === f || to.kind === 'macro') continue;
        push(this.callers, to, { in: f, place, op, how });
        if (how === 'child') this.runs.push({ in: f, op, f: to });
      }
    }
  }

  /** What an operation may call. */
  private callees(op: CallOp, f: Lifted): readonly Lifted[] {
    const call = this.callOf(op);
    if (!call) return [];
    const { program } = this.linker;
    const named =
      call.calls !== undefined
        ? [{ of: call.calls, file: f.nameAt.file }]
        : (program.stores.get(call.member ?? '') ?? []);
    const out = new Set<Lifted>();
    for (const { of, file } of named) {
      const to = this.linker.meaning(of, file, this.target).lifted;
      // A macro that stands for itself calls nothing.
      if (to && (to !== f || f.kind !== 'macro')) out.add(to);
    }
    return [...out];
  }

  private around(f: Lifted): Surroundings {
    const { words } = this;
    return words ? { wordOf: (expr) => ownWord(expr, f, words) } : {};
  }

  private statesOf(f: Lifted): StatesOf {
    let states = this.known.get(f);
    if (!states) this.known.set(f, (states = this.analyse(f)));
    return states;
  }

  private analyse(f: Lifted): StatesOf {
    return cancelStates(f, {
      ...this.around(f),
      after: (op) => {
        const callees = this.exits.size > 0 ? this.callees(op, f) : [];
        if (!callees.some((to) => this.exits.has(to))) return undefined;
        return callees.reduce((all, to) => all | (this.exits.get(to) ?? AT_ENTRY), 0);
      },
    });
  }

  private solveExits(functions: readonly Lifted[]): void {
    const work = functions.filter((f) => {
      const around = this.around(f);
      return operations(f).some(({ op }) => isSetter(op, around));
    });
    for (const f of work) this.changing.add(f);
    for (let f = work.pop(); f; f = work.pop()) {
      // Which value a routine hands to what restores the type is not followed: it is taken to give back what it found.
      const { exit } = f.kind === 'assembly' ? { exit: AT_ENTRY } : this.analyse(f);
      // One that does not come back leaves nothing behind.
      const united = (this.exits.get(f) ?? 0) | (exit === 0 ? AT_ENTRY : exit);
      if (united === (this.exits.get(f) ?? AT_ENTRY)) continue;
      this.exits.set(f, united);
      for (const call of this.callers.get(f) ?? []) {
        if (call.how === 'child' || call.how === 'thread') continue;
        this.changing.add(call.in);
        work.push(call.in);
      }
    }
  }

  /** Functions that run what others have written, themselves or by what they call. */
  private solveEnding(functions: readonly Lifted[]): void {
    const work = functions.filter((f) => operations(f).some(({ op }) => op.op === 'call' && this.endsHere(op, f)));
    for (let f = work.pop(); f; f = work.pop()) {
      if (this.ending.has(f)) continue;
      this.ending.add(f);
      for (const call of this.callers.get(f) ?? []) work.push(call.in);
    }
  }

  /** The call goes to a function of which nothing is known, or one that ends the time before threads. */
  private endsHere(op: CallOp, f: Lifted): boolean {
    if (op.callee === undefined) return this.callees(op, f).length === 0;
    return f.params.includes(op.callee) || op.callee in f.types || this.startUp.ends.has(op.callee);
  }

  /** Whether somebody may have been there who asked when a place is come to from the function's entry. */
  private isEnded(f: Lifted, place: Place): boolean {
    if (!mayBeAlone(this.entryOf(f))) return false;
    let answer = this.ended.get(f);
    if (!answer) {
      const behind = new Set<string>();
      for (const { op, place: at } of operations(f)) {
        if (op.op !== 'call') continue;
        if (!this.endsHere(op, f) && !this.callees(op, f).some((to) => this.ending.has(to))) continue;
        for (const r of after(f, at)) behind.add(`${String(r.place.block)} ${String(r.place.index)}`);
      }
      answer = ({ block, index }) => behind.has(`${String(block)} ${String(index)}`);
      this.ended.set(f, answer);
    }
    return answer(place);
  }

  private solveEntries(functions: readonly Lifted[]): void {
    const roots = functions.filter((f) => f.kind === 'function' && this.startUp.entries.has(f.name));
    const open = new Set<Lifted>();
    for (;;) {
      const hasContext = functions.filter(
        (f) => this.callers.has(f) && f.kind === 'function' && !open.has(f) && !roots.includes(f),
      );
      this.entries.clear();
      for (const f of hasContext) this.entries.set(f, 0);
      for (const f of roots) this.entries.set(f, pairsOf(ALONE | DEFERRED));
      this.spread(hasContext);
      // Nobody comes there: nothing is known.
      const unreached = hasContext.filter((f) => this.entries.get(f) === 0);
      for (const f of unreached) this.entries.set(f, AT_ENTRY);
      if (unreached.length > 0) this.spread(hasContext);
      const tells = (entry: Pairs): boolean => isOff(entry) || isAsynchronous(entry);
      const wrong = hasContext.filter((f) => tells(this.entryOf(f)) && !this.isClosed(f));
      if (wrong.length === 0) return;
      for (const f of wrong) open.add(f);
    }
  }

  private spread(hasContext: readonly Lifted[]): void {
    const isOfThese = new Set(hasContext);
    const calledIn = new Map<Lifted, Lifted[]>();
    for (const f of hasContext) for (const call of this.callers.get(f) ?? []) push(calledIn, call.in, f);
    const work = [...hasContext];
    for (let f = work.pop(); f; f = work.pop()) {
      const before = this.entries.get(f) ?? 0;
      const states = (this.callers.get(f) ?? []).reduce((all, call) => all | this.brought(call), before);
      if (states === before) continue;
      this.entries.set(f, states);
      for (const to of calledIn.get(f) ?? []) if (isOfThese.has(to)) work.push(to);
    }
  }

  /** The states that a caller brings. A new thread has its own. */
  private brought(call: Call): Pairs {
    return call.how === 'thread' ? AT_START : this.at(call.in, call.place);
  }

  /** Whether the calls that are known are all that there are. */
  private isClosed(f: Lifted): boolean {
    const { program } = this.linker;
    const members = new Set<string>();
    for (const { op, how } of this.callers.get(f) ?? []) {
      const member = how === 'member' ? this.callOf(op)?.member : undefined;
      if (member !== undefined) members.add(member);
    }
    const runs = (this.callers.get(f) ?? []).filter((c) => c.how === 'child' || c.how === 'thread');
    const places = new Set(runs.map((c) => `${c.in.nameAt.file} ${c.in.name} ${String(c.op.id)}`));
    return program.isClosed(f, [...members], places.size, this.target);
  }
}

const speaksOf = (f: Lifted, names: readonly string[]): boolean =>
  names.length > 0 &&
  operations(f).some(({ op }) => {
    const exprs = op.op === 'assign' ? [op.value] : 'args' in op ? op.args : [];
    return namesIn(exprs).some((name) => names.includes(name));
  });
