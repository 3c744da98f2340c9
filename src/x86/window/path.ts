/** Runs a routine along every path that the values it does not know leave open, keeping the state at each boundary. */
import type { Image } from '../load/image.js';
import type { Effect } from '../simulator/effects.js';
import type { Machine } from '../simulator/machine.js';
import type { SyscallEvent } from '../simulator/syscalls.js';
import type { FaultName } from '../simulator/fault.js';
import { hasUndefined } from '../simulator/undefined.js';
import { AF, CF, OF, PF, SF, ZF } from '../table/flags.js';
import type { Budget } from './budget.js';
import type { Places } from './calling.js';
import { mapUnknown } from './entry.js';
import { Circle } from './repeats.js';
import { overlaps } from './search.js';

/** A place between two instructions at which a signal can arrive, and what the next step does. */
export interface Boundary {
  /** The state there; not to be run itself. */
  readonly machine: Machine;
  readonly pc: number;
  readonly effects: readonly Effect[];
  /** False where the processor holds signals back. */
  readonly interruptible: boolean;
  readonly readsFlag: boolean;
}

export type End =
  /** A return, to where the caller is or, with a damaged stack, elsewhere. */
  | { readonly kind: 'returned' }
  /** A function elsewhere was reached. */
  | { readonly kind: 'left'; readonly name: string }
  | { readonly kind: 'vdso' }
  | { readonly kind: 'syscall'; readonly event: SyscallEvent }
  /** At the last boundary. `address`: of the memory that is not there. */
  | { readonly kind: 'fault'; readonly name: FaultName; readonly address: number | undefined }
  /** It has come back to the very state of an earlier boundary, so that it never ends. */
  | { readonly kind: 'circle' }
  /** The code of the file ends here: what follows in memory is the linker's choice. */
  | { readonly kind: 'ranOff' }
  | { readonly kind: 'undecided'; readonly reason: string };

export interface Path {
  /** Every boundary in order. That of a system call that ends the path is the last one. */
  readonly boundaries: readonly Boundary[];
  readonly end: End;
  /** The state at the end. */
  readonly machine: Machine;
  /** It is one of several, which a value that is not known decides between. */
  readonly isChoice: boolean;
}

/** Steps of one path. A window has some tens. */
const MAX_STEPS = 2000;
const MAX_PATHS = 32;

/** The widest flag, in bytes. */
const FLAG_BYTES = 4;

/** Settings of the flags, among which any condition finds one that holds and one that does not. */
const FLAG_CHOICES = [0, ZF, CF, SF, OF, PF, AF];

export interface PathsRequest {
  readonly machine: Machine;
  readonly image: Image;
  readonly places: Places;
  readonly budget: Budget;
}

/** All paths from the machine's state to a kernel entry or out of the routine. Leaves the machine as it is. */
export function pathsFrom({ machine, image, places, budget }: PathsRequest): readonly Path[] {
  const paths: Path[] = [];
  const open: { readonly machine: Machine; readonly boundaries: readonly Boundary[]; readonly isChoice: boolean }[] = [
    { machine: machine.fork(), boundaries: [], isChoice: false },
  ];
  for (let one = open.pop(); one; one = open.pop()) {
    const run = new Run(one.machine, image, places, [...one.boundaries]);
    const end = run.toEnd(budget.left);
    budget.spend(run.boundaries.length - one.boundaries.length);
    const path = { boundaries: run.boundaries, machine: run.machine, isChoice: one.isChoice };
    if (end.kind === 'spent') paths.push({ ...path, end: { kind: 'undecided', reason: budget.reason } });
    else if (end.kind !== 'fork') paths.push({ ...path, end });
    else if (paths.length + open.length + end.machines.length > MAX_PATHS) {
      const reason = `more than ${String(MAX_PATHS)} paths`;
      paths.push({ ...path, end: { kind: 'undecided', reason } });
    } else for (const next of end.machines) open.push({ machine: next, boundaries: run.boundaries, isChoice: true });
  }
  return paths;
}

class Run {
  /** Base mnemonics by address. */
  private readonly instructions: ReadonlyMap<number, string>;
  private readonly circle: Circle;

  constructor(
    readonly machine: Machine,
    private readonly image: Image,
    private readonly places: Places,
    readonly boundaries: Boundary[],
  ) {
    this.circle = new Circle(places);
    this.instructions = new Map(image.source?.instructions.map((i) => [i.address, i.instruction.base]));
  }

  private hasReturned(pc: number): boolean {
    return /^l?ret/.test(this.instructions.get(pc) ?? '');
  }

  /** `spent`: it took more steps than are left. */
  toEnd(
    left: number,
  ): End | { readonly kind: 'fork'; readonly machines: readonly Machine[] } | { readonly kind: 'spent' } {
    const { machine, image, places } = this;
    const most = Math.min(MAX_STEPS, this.boundaries.length + left);
    while (this.boundaries.length < most) {
      const { pc } = machine;
      if (pc === places.caller) return { kind: 'returned' };
      if (pc === places.vdso) return { kind: 'vdso' };
      const name = image.outside.get(pc);
      if (name !== undefined) return { kind: 'left', name };
      const before = machine.fork();
      const event = machine.step();
      const effects = event === undefined ? [...machine.effects] : [];
      if (event?.kind === 'fault' && event.address !== undefined && mapUnknown(machine, image, event.address)) continue;
      const readsFlag = effects.some(
        (e) => e.kind === 'memory' && e.access === 'read' && overlaps(e, places.flag, FLAG_BYTES),
      );
      this.boundaries.push({ machine: before, pc, effects, interruptible: before.interruptible, readsFlag });
      switch (event?.kind) {
        case undefined:
          if (this.hasReturned(pc) && !this.instructions.has(machine.pc)) return { kind: 'returned' };
          this.circle.note({ effects, readsFlag });
          if (machine.pc <= pc && this.circle.isClosed(machine)) return { kind: 'circle' };
          break;
        case 'syscall':
          return { kind: 'syscall', event };
        case 'undefined': {
          const machines = bothWays(before);
          if (machines.length === 2) return { kind: 'fork', machines };
          return { kind: 'undecided', reason: `${event.what} is not known` };
        }
        case 'fault':
          if (this.hasReturned(pc)) {
            // To an address that there cannot be. The word is taken off the stack as by any return.
            const [name, word] = machine.mode === 'i386' ? ['esp', 4n] : ['rsp', 8n];
            machine.setRegister(name, machine.register(name) + word);
            return { kind: 'returned' };
          }
          return { kind: 'fault', name: event.name, address: event.address };
        case 'unknown':
          if (image.unknown.some((u) => u.endsSection === true && u.address === pc)) {
            this.boundaries.pop();
            return { kind: 'ranOff' };
          }
          return { kind: 'undecided', reason: event.reason };
        case 'stop':
        case 'limit':
          return { kind: 'undecided', reason: 'it was stopped' };
      }
    }
    if (most < MAX_STEPS) return { kind: 'spent' };
    return { kind: 'undecided', reason: `more than ${String(MAX_STEPS)} instructions` };
  }
}

/** The machine behind a jump whose flags are not known: taken, and not. Empty where that is not what it depends on. */
export function bothWays(at: Machine): readonly Machine[] {
  const found = new Map<number, Machine>();
  for (const flags of FLAG_CHOICES) {
    const machine = at.fork();
    const { state } = machine;
    const known = ZF | CF | SF | OF | PF | AF;
    state.flags = (state.flags & ~known) | flags;
    state.undefinedFlags = 0;
    state.uncertain = hasUndefined(state);
    if (machine.step() === undefined && !found.has(machine.pc)) found.set(machine.pc, machine);
  }
  return [...found.values()];
}
