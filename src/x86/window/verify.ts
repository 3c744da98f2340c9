/**
 * Decides a labelled window by running its routine and delivering the signal at every boundary, in the place of the
 * handler: inside the window the request is acted upon, outside the routine goes on. Properties W1 to W8 and W10 of
 * docs/windows.md, twice over with two sets of values.
 */
import type { FaultKind, ProofStep, WindowFault, WindowProof } from '../../ir/proof.js';
import type { Region, Target } from '../../ir/types.js';
import type { Roles } from '../../libc/roles.js';
import type { WindowConvention } from '../../libc/types.js';
import type { Image } from '../load/image.js';
import { placeSource } from '../load/source.js';
import type { Machine } from '../simulator/machine.js';
import { EINTR, enterKernel, finishSyscall, syscallRequest, type SyscallOutcome } from '../simulator/syscalls.js';
import type { SyscallEvent } from '../simulator/syscalls.js';
import type { AssemblyUnit } from '../syntax.js';
import { callingOf, type Calling } from './calling.js';
import { damage, frameDamage, whose } from './caller.js';
import { frameRows, type FrameRow } from './cfi.js';
import { atEntry, ENTRY_SP, FLAG, parameterSlots, sentinels, setFlag, type Sentinels } from './entry.js';
import { Listing } from './listing.js';
import { pathsFrom, type Boundary, type End, type Path } from './path.js';
import type { Instruction } from '../syntax.js';

export interface VerifyRequest {
  readonly unit: AssemblyUnit;
  readonly target: Target;
  readonly convention: WindowConvention;
  readonly roles: Roles;
}

/** Decides the unit's window on a target; undefined where the unit has none. */
export function verifyWindow(request: VerifyRequest): WindowProof | undefined {
  const { unit, target, convention } = request;
  const image = placeSource(unit, target);
  const label = (name: string): number | undefined => image.symbols.get(name);
  const [start, end] = [label(convention.start), label(convention.end)];
  if (start === undefined || end === undefined) return undefined;
  const cancel = convention.cancel === undefined ? undefined : label(convention.cancel);
  const routine = routineAt(image, convention, start);
  const verification = new Verification(request, image, { start, end, cancel });
  if (routine === undefined) verification.undecided('no function begins in front of it');
  else if (convention.cancel !== undefined && cancel === undefined)
    verification.undecided(`there is no '${convention.cancel}'`);
  else for (const set of [0, 1] as const) verification.verify(routine, set);
  return verification.proof();
}

/** The function that the window lies in: the last one that begins at or before it. */
function routineAt(image: Image, convention: WindowConvention, start: number): number | undefined {
  const labels = new Set([convention.start, convention.end, convention.cancel]);
  const starts = image.functions
    .filter((name) => !labels.has(name))
    .flatMap((name) => image.symbols.get(name) ?? [])
    .filter((address) => address <= start);
  return starts.length === 0 ? image.symbols.get(convention.routine) : Math.max(...starts);
}

interface Labels {
  readonly start: number;
  readonly end: number;
  /** Undefined in the unwind design. */
  readonly cancel: number | undefined;
}

const SENT = 'pthread_cancel sets the flag and sends the cancellation signal';

/** What the kernel gives back: a value that no register holds, the error ENOENT, and EINTR. */
const ENOENT = 2;

class Verification {
  private readonly calling: Calling;
  private readonly listing: Listing;
  private readonly rows: ReadonlyMap<Instruction, FrameRow>;
  private readonly faults = new Map<FaultKind, WindowFault>();
  private readonly executed = new Set<number>();
  private reason: string | undefined;
  private values: Sentinels;
  private set: 0 | 1 = 0;
  private steps = 0;
  private boundaries = 0;

  constructor(
    private readonly request: VerifyRequest,
    private readonly image: Image,
    private readonly labels: Labels,
  ) {
    this.calling = callingOf(request.target);
    this.listing = new Listing(request.unit, image);
    this.rows = frameRows(request.unit, this.calling.word);
    this.values = sentinels(this.calling, 0);
  }

  proof(): WindowProof {
    const { unit, target, convention } = this.request;
    return {
      start: convention.start,
      file: unit.file,
      target,
      faults: [...this.faults.values()],
      undecided: this.reason,
      steps: this.steps,
      boundaries: this.boundaries,
    };
  }

  undecided(reason: string): void {
    this.reason ??= reason;
  }

  verify(routine: number, set: 0 | 1): void {
    const { calling, image } = this;
    const { convention } = this.request;
    this.set = set;
    this.values = sentinels(calling, set);
    const entry = atEntry({ image, calling, convention, routine, values: this.values, set });
    const requested = entry.fork();
    setFlag(requested, convention, convention.flag.set[set]);
    const clear = this.follow(entry);
    const set_ = this.follow(requested);
    for (const path of clear) this.withoutRequest(path);
    for (const path of set_) this.withRequest(path);
    if (this.reason === undefined && set === 1) this.nothingElseInside();
  }

  private follow(machine: Machine): readonly Path[] {
    const paths = pathsFrom(machine, this.image);
    for (const { boundaries } of paths) {
      this.steps += boundaries.length;
      for (const { pc } of boundaries) this.executed.add(pc);
    }
    return paths;
  }

  // A call without a request at its beginning

  private withoutRequest(path: Path): void {
    const { end, boundaries } = path;
    if (end.kind === 'undecided') return this.stuck(path, end.reason);
    if (end.kind === 'vdso') return this.throughVdso(path);
    if (end.kind === 'returned') {
      const last = boundaries.at(-1);
      if (last) this.fault('flag-check', 'noCall', last.pc, {}, [this.runs(last.pc, 'returns without a system call')]);
      return;
    }
    const read = this.flagRead(path);
    if (end.kind === 'left') return this.leaves(path, end.name, read);
    this.checkArguments(path.machine, end.event);
    this.checkReads(path, end.event.pc);
    if (read === -1) {
      // Another path may pass the test by when it need not be made; this one alone would be none at all.
      if (!path.isChoice)
        this.fault('flag-check', 'noRead', end.event.pc, {}, [
          this.runs(end.event.pc, 'makes the call: the flag was never read'),
        ]);
    }
    boundaries.forEach((b, i) => {
      if (!b.interruptible) return;
      this.boundaries++;
      if (this.isInside(b.pc)) this.cancelAt(b, path, read, 'before');
      else if (read !== -1 && i > read) this.missAt(b, i, path, read);
    });
    this.checkWrites(boundaries);
    this.restart(path, end.event, read);
    this.afterCall(path, end.event);
  }

  /** Index of the boundary whose instruction reads the flag last; -1 where none does. */
  private flagRead({ boundaries }: Path): number {
    return boundaries.findLastIndex((b) =>
      b.effects.some((e) => e.kind === 'memory' && e.access === 'read' && overlaps(e, FLAG, 4)),
    );
  }

  private isInside(pc: number): boolean {
    return pc >= this.labels.start && pc < this.labels.end;
  }

  // Acting upon a request

  /** The handler acts: the signal arrives inside the window. */
  private cancelAt(b: Boundary, path: Path, read: number, when: 'before' | 'restarted'): void {
    const { cancel } = this.labels;
    const arrives = [
      ...this.readStep(path, read, b),
      ...(when === 'restarted' ? [this.step(b.pc, 'kernel', 'the call is interrupted and is to be made again')] : []),
      this.step(b.pc, 'canceller', `${SENT} before the next instruction`),
    ];
    if (cancel === undefined) return this.unwindFrom(b.machine, b.pc, arrives);
    const machine = b.machine.fork();
    machine.pc = cancel;
    arrives.push(
      this.step(
        b.pc,
        'victim',
        `the handler sees a PC inside the window and goes on at '${this.request.convention.cancel ?? ''}'`,
      ),
    );
    for (const one of this.follow(machine)) this.mustAct(one, b.pc, arrives);
  }

  private unwindFrom(machine: Machine, pc: number, arrives: readonly ProofStep[]): void {
    const listed = this.listing.at(pc);
    if (!listed) return;
    const row = this.rows.get(listed.instruction);
    const flow = [...arrives, this.step(pc, 'victim', 'the handler sees a PC inside the window and unwinds from here')];
    if (!row) return this.fault('cancel-path', 'noFrame', pc, {}, flow);
    if (row.unknown !== undefined) return this.undecided(`${row.unknown} is not evaluated`);
    const found = frameDamage(machine, this.calling, this.values, row);
    if (found !== undefined) this.fault('cancel-path', 'frame', pc, { found }, flow);
  }

  /** The path must come to the routine that acts, with the caller's state. `from` is where the signal arrived, if one did. */
  private mustAct(path: Path, from: number | undefined, flow: readonly ProofStep[]): void {
    const { end, machine, boundaries } = path;
    const last = boundaries.at(-1);
    const where = last?.pc ?? from ?? this.labels.start;
    if (end.kind === 'undecided') return this.stuck(path, end.reason);
    if (end.kind !== 'left' || !this.request.roles.has(end.name, 'act')) {
      const does =
        end.kind === 'left' ? `goes to '${end.name}'` : end.kind === 'returned' ? 'returns' : 'makes the system call';
      return this.fault('cancel-path', 'notActed', where, { does }, [
        ...flow,
        this.step(where, 'victim', `the routine ${does}: the request is not acted upon`),
      ]);
    }
    const acts = (found: string): ProofStep[] => [
      ...flow,
      this.step(where, 'victim', `'${end.name}' is entered and finds ${found}`),
    ];
    const byCall = last !== undefined && isCall(last, this.listing);
    if (!byCall) {
      const found = damage(machine, this.calling, this.values, ENTRY_SP);
      if (found !== undefined)
        this.fault(
          'cancel-path',
          from === undefined ? 'branch' : 'redirect',
          from ?? where,
          { found, act: end.name },
          acts(found),
        );
      return;
    }
    const row = this.rows.get(this.listing.at(last.pc)?.instruction ?? NOTHING);
    if (row && row.unknown === undefined) {
      const found = frameDamage(last.machine, this.calling, this.values, row);
      if (found !== undefined) this.fault('cancel-path', 'frame', last.pc, { found }, acts(found));
      return;
    }
    // It may come back, with cancellation masked: the caller must get its own back then.
    const back = machine.fork();
    const { stackPointer, result, word } = this.calling;
    back.pc = this.listing.at(last.pc)?.after ?? 0;
    back.setRegister(stackPointer, back.register(stackPointer) + BigInt(word));
    back.setRegister(result, -125n);
    for (const one of this.follow(back)) {
      if (one.end.kind === 'undecided') this.stuck(one, one.end.reason);
      else if (one.end.kind !== 'returned')
        this.fault('cancel-path', 'notActed', where, { does: `goes on behind '${end.name}'` }, flow);
      else {
        const found = damage(one.machine, this.calling, this.values, ENTRY_SP + word);
        if (found !== undefined)
          this.fault(
            'cancel-path',
            from === undefined ? 'branch' : 'redirect',
            from ?? where,
            { found, act: end.name },
            acts(found),
          );
      }
    }
  }

  /** The signal arrives outside the window, in front of the call: the routine must still find the flag. */
  private missAt(b: Boundary, index: number, path: Path, read: number): void {
    const machine = b.machine.fork();
    setFlag(machine, this.request.convention, this.request.convention.flag.set[this.set]);
    for (const one of this.follow(machine)) {
      if (one.end.kind === 'left') continue;
      if (one.end.kind !== 'syscall') continue;
      const read_ = path.boundaries[read];
      const isCall_ = index === path.boundaries.length - 1;
      this.fault('lost-request', isCall_ ? 'atCall' : 'between', b.pc, { read: this.text(read_?.pc) }, [
        ...this.readStep(path, read, b),
        this.step(b.pc, 'canceller', `${SENT} before this instruction`),
        this.step(b.pc, 'victim', 'the handler sees a PC outside the window and does nothing'),
        this.step(one.end.event.pc, 'victim', 'the call is made and blocks although a request is pending'),
      ]);
    }
  }

  private restart({ machine, boundaries }: Path, event: SyscallEvent, read: number): void {
    if (event.entry !== 'syscall') return;
    const again = machine.fork();
    enterKernel(again.state, event.after);
    const last = boundaries.at(-1);
    if (!last || !this.isInside(event.pc)) return;
    this.boundaries++;
    this.cancelAt(
      { ...last, machine: again },
      { boundaries, end: { kind: 'returned' }, machine, isChoice: false },
      read,
      'restarted',
    );
    this.checkArguments(again, event);
  }

  // The call and what comes after it

  private checkArguments(machine: Machine, event: SyscallEvent): void {
    const wanted: SyscallEvent['entry'] = this.calling.mode === 'i386' ? 'int80' : 'syscall';
    const flow = (message: string): ProofStep[] => [this.step(event.pc, 'kernel', message)];
    if (event.entry !== wanted) {
      return this.fault(
        'syscall-arguments',
        'entry',
        event.pc,
        {},
        flow('the kernel takes the call for one of a 32-bit program'),
      );
    }
    const { number, arguments: got } = syscallRequest(machine, event.entry);
    const bits = 8 * this.calling.word;
    [number, ...got].forEach((value, i) => {
      const expected = this.values.passed[i] ?? 0n;
      if (BigInt.asUintN(bits, value) === BigInt.asUintN(bits, expected)) return;
      const what = i === 0 ? 'the number' : `argument ${String(i)}`;
      const found = whose(value, this.values);
      this.fault('syscall-arguments', 'wrong', event.pc, { what, found }, flow(`the kernel gets ${found} for ${what}`));
    });
  }

  private afterCall({ machine }: Path, event: SyscallEvent): void {
    const completed = this.calling.word === 4 ? 0x2d3c4b5an : 0x1e2d3c4b5a697887n;
    const outcomes: readonly SyscallOutcome[] = [
      { kind: 'completed', result: completed },
      { kind: 'failed', error: ENOENT },
      { kind: 'interrupted' },
    ];
    for (const outcome of outcomes) {
      const done = machine.fork();
      finishSyscall(done, event, outcome);
      const result = outcome.kind === 'completed' ? completed : BigInt(outcome.kind === 'failed' ? -ENOENT : -EINTR);
      const paths = this.follow(done);
      for (const path of paths) this.afterwards(path, event, outcome, result);
      // A request that comes now is for the next cancellation point, unless the call has had no effect.
      if (outcome.kind === 'interrupted' || paths.some(({ end }) => this.acts(end))) continue;
      const late = done.fork();
      setFlag(late, this.request.convention, this.request.convention.flag.set[this.set]);
      for (const path of this.follow(late)) this.keepsResult(path, event);
    }
  }

  private afterwards(path: Path, event: SyscallEvent, outcome: SyscallOutcome, result: bigint): void {
    const { boundaries, end, machine } = path;
    for (const b of boundaries) {
      if (!b.interruptible) continue;
      this.boundaries++;
      if (!this.isInside(b.pc)) continue;
      this.fault('lost-result', 'inside', b.pc, { call: this.text(event.pc) }, [
        this.step(
          event.pc,
          'kernel',
          'the kernel finishes the call, for instance an open, and returns a new descriptor',
        ),
        this.step(b.pc, 'canceller', `${SENT} before this instruction`),
        this.step(b.pc, 'victim', 'the handler sees a PC inside the window and acts: the descriptor is lost'),
      ]);
    }
    const last = boundaries.at(-1)?.pc ?? event.pc;
    const returns = (found: string): ProofStep[] => [
      this.step(
        event.pc,
        'kernel',
        `the call ends${outcome.kind === 'completed' ? ' with a result' : ' with an error'}`,
      ),
      this.step(last, 'victim', `the caller finds ${found}`),
    ];
    switch (end.kind) {
      case 'undecided':
        return this.stuck(path, end.reason);
      case 'syscall':
        if (end.event.pc === event.pc || !this.isInside(end.event.pc))
          return this.undecided(`a second system call is made at '${this.text(end.event.pc)}'`);
        return this.fault('foreign-code', 'secondCall', end.event.pc, {}, [
          this.step(event.pc, 'kernel', 'the kernel finishes the first call'),
          this.step(end.event.pc, 'canceller', `${SENT} before this instruction`),
          this.step(end.event.pc, 'victim', 'the handler sees a PC inside the window and acts: the first call is lost'),
        ]);
      case 'vdso':
        return this.throughVdso(path);
      case 'left':
        if (this.acts(end)) return this.wrongly(path, event);
        return this.undecided(`it goes on in '${end.name}' after the call`);
      case 'returned': {
        const { word, result: register } = this.calling;
        const bits = 8 * word;
        const found =
          damage(machine, this.calling, this.values, ENTRY_SP + word) ??
          (BigInt.asUintN(bits, machine.register(register)) === BigInt.asUintN(bits, result)
            ? undefined
            : `%${register} with ${whose(machine.register(register), this.values)} in place of the result`);
        if (found !== undefined) this.fault('abi', 'damaged', last, { found }, returns(found));
      }
    }
  }

  /** With a request that came behind the call the routine must still return. */
  private keepsResult({ end, boundaries }: Path, event: SyscallEvent): void {
    if (end.kind !== 'left' || !this.acts(end)) return;
    const branch = this.lastBranch(boundaries) ?? event.pc;
    this.fault('lost-result', 'actsAfter', branch, { act: end.name }, [
      this.step(event.pc, 'kernel', 'the kernel finishes the call, for instance an open, and returns a new descriptor'),
      this.step(event.pc, 'canceller', `${SENT} right behind the call`),
      this.step(boundaries.at(-1)?.pc ?? branch, 'victim', `'${end.name}' is entered: the descriptor is lost`),
    ]);
  }

  /** Nobody has asked, and the routine acts behind the call. */
  private wrongly({ end, boundaries }: Path, event: SyscallEvent): void {
    if (end.kind !== 'left') return;
    const branch = this.lastBranch(boundaries) ?? event.pc;
    this.fault('flag-check', 'wrongValue', branch, {}, [
      this.step(event.pc, 'kernel', 'the call ends; there is no request'),
      this.step(boundaries.at(-1)?.pc ?? branch, 'victim', `'${end.name}' is entered although nobody asked for it`),
    ]);
  }

  private acts(end: End): boolean {
    return end.kind === 'left' && this.request.roles.has(end.name, 'act');
  }

  /** The jump that decided where a path goes; without one, its last instruction. */
  private lastBranch(boundaries: readonly Boundary[]): number | undefined {
    const isBranch = (b: Boundary): boolean => /^j(?!mp)/.test(this.listing.at(b.pc)?.instruction.base ?? '');
    return (boundaries.findLast(isBranch) ?? boundaries.at(-1))?.pc;
  }

  // A request from the beginning

  private withRequest(path: Path): void {
    const { end, boundaries } = path;
    const flow = [
      this.step(boundaries[0]?.pc ?? this.labels.start, 'canceller', 'pthread_cancel has set the flag before the call'),
    ];
    if (end.kind === 'syscall' || end.kind === 'returned') {
      if (path.isChoice && this.flagRead(path) === -1) return;
      const read = boundaries[this.flagRead(path)];
      const at = read?.pc ?? (end.kind === 'syscall' ? end.event.pc : this.labels.start);
      return this.fault('flag-check', 'ignored', at, {}, [
        ...flow,
        this.step(at, 'victim', 'the flag is set, and the routine makes the call all the same'),
      ]);
    }
    if (end.kind === 'vdso') return this.throughVdso(path);
    const last = boundaries.at(-1);
    if (end.kind === 'left' && !this.acts(end) && !(last && this.isInside(last.pc)))
      return this.leaves(path, end.name, this.flagRead(path));
    this.mustAct(path, undefined, flow);
  }

  /** What reads the flag must read it as wide as it is, or a part that holds the request. */
  private checkReads({ boundaries }: Path, call: number): void {
    const { flag } = this.request.convention;
    for (const { pc, effects } of boundaries) {
      for (const e of effects) {
        if (e.kind !== 'memory' || e.access !== 'read' || !overlaps(e, FLAG, flag.width) || pc === call) continue;
        const outside = e.address < FLAG || e.address + e.width > FLAG + flag.width;
        if (outside || (flag.isWhole && e.width < flag.width)) {
          const data = { width: e.width, flag: flag.width };
          this.fault('flag-check', 'width', pc, data, [
            this.step(pc, 'victim', `reads ${String(e.width)} bytes of a flag that has ${String(flag.width)}`),
          ]);
        }
      }
    }
  }

  private leaves(path: Path, name: string, read: number): void {
    const last = path.boundaries.at(-1);
    const at = last?.pc ?? this.labels.start;
    if (this.request.roles.has(name, 'act')) {
      const flag = path.boundaries[read]?.pc ?? at;
      return this.fault('flag-check', read === -1 ? 'always' : 'wrongValue', flag, {}, [
        this.step(flag, 'victim', read === -1 ? 'the routine does not read the flag' : 'there is no request'),
        this.step(at, 'victim', `'${name}' is entered although nobody asked for it`),
      ]);
    }
    if (last && this.isInside(last.pc)) {
      return this.fault('foreign-code', 'call', last.pc, { name }, [
        this.step(last.pc, 'victim', `'${name}' runs outside the window: a request that arrives there is lost`),
      ]);
    }
    // A way around the window that something other than the flag decides, for instance while there is one thread only.
    const isAround = path.isChoice && read === -1 && !(last && isCall(last, this.listing));
    if (isAround && damage(path.machine, this.calling, this.values, ENTRY_SP) === undefined) return;
    this.undecided(`it goes on in '${name}'`);
  }

  private throughVdso({ boundaries }: Path): void {
    const last = boundaries.at(-1);
    if (last) this.fault('vdso-entry', 'vdso', last.pc, {}, []);
  }

  // What lies in the window

  private checkWrites(boundaries: readonly Boundary[]): void {
    const [from, to] = parameterSlots(this.calling);
    for (const { pc, effects } of boundaries) {
      if (!this.isInside(pc)) continue;
      for (const e of effects) {
        if (e.kind !== 'memory' || e.access !== 'write') continue;
        const isOwn =
          (e.address >= ENTRY_SP - 4096 && e.address + e.width <= ENTRY_SP) ||
          (e.address >= from && e.address + e.width <= to);
        if (isOwn) continue;
        const what =
          e.address === FLAG
            ? 'the flag'
            : e.address >= ENTRY_SP && e.address < ENTRY_SP + 4096
              ? "the caller's frame"
              : 'memory that others see';
        this.fault('side-effect', 'write', pc, { what }, [
          this.step(pc, 'victim', `writes ${what}: when the call is called off after this, the write has happened`),
        ]);
      }
    }
  }

  private nothingElseInside(): void {
    const { start, end } = this.labels;
    const foreign = this.listing.between(start, end).find((i) => !this.executed.has(i.address));
    if (foreign && this.faults.size === 0)
      this.fault('foreign-code', 'unreached', foreign.address, {}, [
        this.step(foreign.address, 'victim', 'no path of the routine leads here, and the handler would act here'),
      ]);
  }

  // Findings

  private stuck({ boundaries }: Path, reason: string): void {
    const at = this.text(boundaries.at(-1)?.pc);
    this.undecided(`${reason} at '${at}'`);
  }

  private fault(
    kind: FaultKind,
    messageId: string,
    pc: number,
    data: WindowFault['data'],
    flow: readonly ProofStep[],
  ): void {
    const known = this.faults.get(kind);
    if (known) return;
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

  private readStep(path: Path, read: number, until: Boundary): ProofStep[] {
    const b = path.boundaries[read];
    if (!b || path.boundaries.indexOf(until) <= read) return [];
    return [this.step(b.pc, 'victim', `'${this.text(b.pc)}' reads the flag: no request yet`)];
  }

  private runs(pc: number, message: string): ProofStep {
    return this.step(pc, 'victim', message);
  }

  private step(pc: number, thread: ProofStep['thread'], message: string): ProofStep {
    return { at: this.place(pc), message, thread };
  }

  private place(pc: number): Region {
    return this.listing.at(pc)?.at ?? { file: this.request.unit.file, line: 1, column: 1, endLine: 1, endColumn: 1 };
  }

  private text(pc: number | undefined): string {
    return (pc === undefined ? undefined : this.listing.at(pc)?.text) ?? '?';
  }
}

const NOTHING: Instruction = { mnemonic: '', base: '', prefixes: [], operands: [] };

function overlaps(
  { address, width }: { readonly address: number; readonly width: number },
  at: number,
  size: number,
): boolean {
  return address < at + size && at < address + width;
}

function isCall({ pc }: Boundary, listing: Listing): boolean {
  return /^l?call/.test(listing.at(pc)?.instruction.base ?? '');
}
