/** One verification of a window on one target: what it runs, what it has found, and the words for both. */
import type { FaultKind, ProofStep, WindowFault, WindowProof } from '../../ir/proof.js';
import type { Region, Target } from '../../ir/types.js';
import type { Roles } from '../../libc/roles.js';
import type { WindowConvention } from '../../libc/types.js';
import type { Image } from '../load/image.js';
import type { Machine } from '../simulator/machine.js';
import type { AssemblyUnit, Instruction } from '../syntax.js';
import { Budget, WINDOW_STEPS } from './budget.js';
import { callingOf, type Calling } from './calling.js';
import { frameRows, type FrameRow } from './cfi.js';
import { atEntry, peek, sentinels, setFlag, type Sentinels } from './entry.js';
import { Listing, type Listed } from './listing.js';
import { pathsFrom, type End, type Path } from './path.js';
import { reachableFrom } from './reachable.js';

/** Machine code that a unit is the listing of: its instructions are those of the image's `source`, at their addresses. */
export interface Decoded {
  readonly image: Image;
  /** Call-frame information, where an instruction has any. */
  readonly rows: ReadonlyMap<Instruction, FrameRow>;
  /** Functions that act upon a request, besides those whose names have that role. */
  readonly acting: ReadonlySet<string>;
}

export interface VerifyRequest {
  readonly unit: AssemblyUnit;
  /** Without it the unit is laid out by itself. */
  readonly decoded?: Decoded;
  /** Instructions of the unit that stand for padding, of which there may be none. */
  readonly padding?: ReadonlySet<Instruction>;
  readonly target: Target;
  readonly convention: WindowConvention;
  /** What all windows of a run may cost. */
  readonly budget?: Budget | undefined;
  readonly roles: Roles;
}

export interface Labels {
  readonly start: number;
  readonly end: number;
  /** Undefined in the unwind design. */
  readonly cancel: number | undefined;
}

/** Addresses of the words that a routine stores in place of labels (`SavedPlace`). */
export interface SavedWords {
  readonly stackPointer: number;
  readonly pc: number;
}

export const SENT = 'pthread_cancel sets the flag and sends the cancellation signal';

/** Of a variable of another file, in bytes. */
const ELSEWHERE = 1 << 20;

export class Trial {
  readonly calling: Calling;
  readonly listing: Listing;
  values: Sentinels;
  /** Boundaries at which a request was delivered. */
  boundaries = 0;
  private readonly rows: ReadonlyMap<Instruction, FrameRow>;
  private readonly faults = new Map<FaultKind, WindowFault>();
  private readonly executed = new Set<number>();
  private reason: string | undefined;
  private set: 0 | 1 = 0;
  private steps = 0;
  private readonly budget: Budget;

  constructor(
    readonly request: VerifyRequest,
    private readonly image: Image,
    readonly labels: Labels,
    /** Set in the design without labels. */
    readonly saved?: SavedWords,
  ) {
    this.calling = callingOf(request.target);
    this.budget = new Budget(WINDOW_STEPS, 'it', request.budget);
    this.listing = new Listing(request.unit, image);
    this.rows = request.decoded?.rows ?? frameRows(request.unit, this.calling.word);
    this.values = sentinels(this.calling, 0);
  }

  // Runs

  /** The machine at the routine's entry, with the values of one of the two sets. */
  atEntry(routine: number, set: 0 | 1): Machine {
    const { calling, image, request } = this;
    this.set = set;
    this.values = sentinels(calling, set);
    return atEntry({
      image,
      calling,
      convention: request.convention,
      routine,
      values: this.values,
      set,
      saved: this.saved,
    });
  }

  /** The same state, with a request: the flag has one of the values that stand for it. */
  requested(machine: Machine, value = this.request.convention.flag.set[this.set]): Machine {
    const fork = machine.fork();
    setFlag(fork, this.calling, this.request.convention, value);
    return fork;
  }

  follow(machine: Machine): readonly Path[] {
    const { image, calling, budget } = this;
    const paths = pathsFrom({ machine, image, places: calling.places, budget });
    for (const { boundaries } of paths) {
      this.steps += boundaries.length;
      for (const { pc } of boundaries) this.executed.add(pc);
    }
    return paths;
  }

  isInside(pc: number): boolean {
    return pc >= this.labels.start && pc < this.labels.end;
  }

  /** The handler that interrupts the machine acts upon the request. */
  accepts(machine: Machine): boolean {
    const { saved, calling } = this;
    if (!saved) return this.isInside(machine.pc);
    const stored = (at: number): bigint | undefined => peek(machine, at, calling.word);
    const pc = stored(saved.pc);
    const isSame = stored(saved.stackPointer) === machine.register(calling.stackPointer);
    return isSame && pc !== undefined && BigInt(machine.pc) <= pc;
  }

  /** The path ends where a request is acted upon. */
  acts(end: End): boolean {
    const { roles, decoded } = this.request;
    return end.kind === 'left' && (roles.has(end.name, 'act') || decoded?.acting.has(end.name) === true);
  }

  /** A function that acts upon a request may come back all the same. */
  mayReturn(act: string): boolean {
    return this.request.roles.of(act).some((role) => role.role === 'act' && role.mayReturn);
  }

  /** What no run has come to, of the instructions inside. */
  notExecuted(): readonly Listed[] {
    const { start, end } = this.labels;
    const isPadding = ({ instruction }: Listed): boolean => this.request.padding?.has(instruction) === true;
    return this.listing.between(start, end).filter((i) => !this.executed.has(i.address) && !isPadding(i));
  }

  /** Addresses that some way leads to from what has been executed. */
  reachable(): ReadonlySet<number> {
    return reachableFrom([...this.executed], this.listing, this.image.source?.resolve);
  }

  /** The addresses of the function that begins there, up to the next one. */
  extent(routine: number): readonly [number, number] {
    const { convention } = this.request;
    const own = new Set([convention.start, convention.end, convention.cancel]);
    const starts = this.image.functions
      .filter((name) => !own.has(name))
      .flatMap((name) => this.image.symbols.get(name) ?? [])
      .filter((address) => address > routine);
    const last = this.listing.between(routine, Infinity).at(-1);
    return [routine, Math.min(...starts, last?.after ?? routine)];
  }

  /** Names of an address, in the order of the file. */
  labelsAt(address: number): readonly string[] {
    return [...this.image.symbols].filter(([, at]) => at === address).map(([name]) => name);
  }

  /** What is defined in another file may lie there. */
  isElsewhere(address: number): boolean {
    return [...this.image.outside.keys()].some((from) => address >= from && address - from < ELSEWHERE);
  }

  /** The function that begins at an address. */
  nameAt(address: number): string | undefined {
    return this.image.functions.find((name) => this.image.symbols.get(name) === address);
  }

  rowAt(pc: number): FrameRow | undefined {
    const listed = this.listing.at(pc);
    return listed && this.rows.get(listed.instruction);
  }

  // Findings

  get isClean(): boolean {
    return this.faults.size === 0 && this.reason === undefined;
  }

  has(kind: FaultKind): boolean {
    return this.faults.has(kind);
  }

  undecided(reason: string): void {
    this.reason ??= reason;
  }

  stuck({ boundaries, machine }: Path, reason: string): void {
    this.undecided(`${reason} at '${this.text(boundaries.at(-1)?.pc ?? machine.pc)}'`);
  }

  /** Notes a fault, unless one of its kind is known: the first that is found has the shortest way to it. */
  fault(kind: FaultKind, messageId: string, pc: number, data: WindowFault['data'], flow: readonly ProofStep[]): void {
    if (this.faults.has(kind)) return;
    const text = this.text(pc);
    this.faults.set(kind, {
      kind,
      messageId,
      data: { instruction: text, ...data },
      at: this.place(pc),
      anchor: `${messageId} ${text}`,
      flow,
    });
  }

  step(pc: number, thread: ProofStep['thread'], message: string): ProofStep {
    return { at: this.place(pc), message, thread };
  }

  text(pc: number | undefined): string {
    return (pc === undefined ? undefined : this.listing.at(pc)?.text) ?? '?';
  }

  private place(pc: number): Region {
    return this.listing.at(pc)?.at ?? { file: this.request.unit.file, line: 1, column: 1, endLine: 1, endColumn: 1 };
  }

  proof(): WindowProof {
    const { unit, target, convention } = this.request;
    return {
      start: convention.start,
      file: unit.file,
      target,
      faults: [...this.faults.values()].filter((fault) => !this.followsFrom(fault)),
      undecided: this.reason,
      steps: this.steps,
      boundaries: this.boundaries,
    };
  }

  /** It comes of a mistake that another fault tells. */
  private followsFrom({ kind, data }: WindowFault): boolean {
    // What is wrong whichever way the routine is left is one mistake, in what both ways share.
    if (kind === 'cancel-path') return data.found !== undefined && data.found === this.faults.get('abi')?.data.found;
    // What the first of two calls is given, and what comes after it, is not what the caller asked for.
    const follows = kind === 'syscall-arguments' || kind === 'abi' || kind === 'lost-result';
    return follows && this.faults.get('foreign-code')?.messageId === 'secondCall';
  }
}
