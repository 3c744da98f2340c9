/**
 * Cancel states across the calls of a linked program.
 * Problem: what state does a call leave behind, and in which states is a function entered by its callers?
 * Lattice: sets of states (ir/analysis/cancel-state.ts), one for the exit and one for the entry of each function.
 * Direction: exits from callees to callers, entries from callers to callees; both grow to a fixed point. Only functions
 * that change the state are summed up, and only those that are called and nothing else have a context: static ones
 * whose name stands nowhere but in calls.
 * Cost: four bits a function, so each is looked at a few times for each of its callees and callers.
 */
import { cancelStates, ENTRY, from, isOff, type States, type StatesOf } from '../ir/analysis/cancel-state.js';
import { operations, type Place } from '../ir/analysis/reach.js';
import type { CallOp, Lifted, Op, Target } from '../ir/types.js';
import type { Linker } from './program.js';

interface Call {
  readonly in: Lifted;
  readonly place: Place;
  readonly to: Lifted;
}

export class CancelStates {
  private readonly exits = new Map<Lifted, States>();
  private readonly entries = new Map<Lifted, States>();
  private readonly known = new Map<Lifted, StatesOf>();
  /** Functions in which the state is what it was at the entry, everywhere. */
  private readonly leaves = new Map<Lifted, boolean>();

  constructor(
    private readonly linker: Linker,
    private readonly target: Target,
  ) {
    const functions = linker.program.functions.filter((f) => f.targets.includes(target));
    const callers = new Map<Lifted, Call[]>();
    for (const f of functions) {
      for (const { op, place } of operations(f)) {
        const to = op.op === 'call' ? this.callee(op, f) : undefined;
        if (!to) continue;
        const list = callers.get(to);
        if (list) list.push({ in: f, place, to });
        else callers.set(to, [{ in: f, place, to }]);
      }
    }
    this.solveExits(functions, callers);
    this.solveEntries(functions, callers);
  }

  /** Whether cancellation is disabled for certain right before an operation, on every way to it. */
  isOffAt(f: Lifted, place: Place): boolean {
    const entry = this.entries.get(f) ?? ENTRY;
    return isOff(this.leavesAlone(f) ? entry : from(entry, this.statesOf(f).at(place)));
  }

  private leavesAlone(f: Lifted): boolean {
    let answer = this.leaves.get(f);
    if (answer === undefined) {
      const changes = (op: Op): boolean => {
        const to = op.op === 'call' ? this.callee(op, f) : undefined;
        return op.op === 'cancel-state' || (to !== undefined && this.exits.has(to));
      };
      this.leaves.set(f, (answer = !operations(f).some(({ op }) => changes(op))));
    }
    return answer;
  }

  private callee(op: CallOp, f: Lifted): Lifted | undefined {
    const to = op.callee === undefined ? undefined : this.linker.meaning(op.callee, f.nameAt.file, this.target).lifted;
    return to === f ? undefined : to;
  }

  private statesOf(f: Lifted): StatesOf {
    let states = this.known.get(f);
    if (!states) this.known.set(f, (states = this.analyse(f)));
    return states;
  }

  private analyse(f: Lifted): StatesOf {
    return cancelStates(f, (op) => {
      const to = this.exits.size > 0 ? this.callee(op, f) : undefined;
      return to && this.exits.get(to);
    });
  }

  private solveExits(functions: readonly Lifted[], callers: ReadonlyMap<Lifted, readonly Call[]>): void {
    const work = functions.filter((f) => operations(f).some(({ op }) => op.op === 'cancel-state'));
    for (let f = work.pop(); f; f = work.pop()) {
      const { exit } = this.analyse(f);
      // One that does not come back leaves nothing behind.
      const united = (this.exits.get(f) ?? 0) | (exit === 0 ? ENTRY : exit);
      if (united === (this.exits.get(f) ?? ENTRY)) continue;
      this.exits.set(f, united);
      for (const call of callers.get(f) ?? []) work.push(call.in);
    }
  }

  private solveEntries(functions: readonly Lifted[], callers: ReadonlyMap<Lifted, readonly Call[]>): void {
    const hasContext = functions.filter(
      (f) => callers.has(f) && f.isStatic && f.kind === 'function' && this.linker.program.isOnlyCalled(f),
    );
    for (const f of hasContext) this.entries.set(f, 0);
    for (let changed = true; changed;) {
      changed = false;
      for (const f of hasContext) {
        const before = this.entries.get(f) ?? 0;
        const states = (callers.get(f) ?? []).reduce(
          (all, call) => all | from(this.entries.get(call.in) ?? ENTRY, this.statesOf(call.in).at(call.place)),
          before,
        );
        if (states === before) continue;
        this.entries.set(f, states);
        changed = true;
      }
    }
    // Nobody comes there: nothing is known.
    for (const f of hasContext) if (this.entries.get(f) === 0) this.entries.set(f, ENTRY);
  }
}
