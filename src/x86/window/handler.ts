/**
 * W9 of a compiled handler, by running it: a real signal frame is delivered at PCs in, in front of and behind the
 * window, and what the handler does with each is compared. What it reads of the thread is not known. Where that decides
 * a branch both ways are gone, for every PC alike: such a choice of ways is a state that the thread may be in, and in
 * each the handler must act for no PC, for all (asynchronous cancelability), or for those of the window.
 */
import type { Target } from '../../ir/types.js';
import type { WindowConvention } from '../../libc/types.js';
import type { Image } from '../load/image.js';
import type { Machine } from '../simulator/machine.js';
import { deliverSignal } from '../simulator/signals/index.js';
import { put, take } from '../simulator/signals/memory.js';
import { finishSyscall } from '../simulator/syscalls.js';
import { callingOf, type Calling } from './calling.js';
import { atEntry, mapUnknown, sentinels } from './entry.js';
import { bothWays } from './path.js';
import type { Labels } from './trial.js';

export interface HandlerRequest {
  readonly image: Image;
  readonly target: Target;
  readonly convention: WindowConvention;
  /** Address of the handler. */
  readonly handler: number;
  /** The window as the handler's code has it. */
  readonly labels: Labels;
  readonly acts: (name: string) => boolean;
}

export type HandlerVerdict =
  | { readonly is: 'right'; readonly states: number; readonly places: number }
  /** What fills the message, and which it is. */
  | { readonly is: 'wrong'; readonly messageId: HandlerMessage; readonly data: Readonly<Record<string, string>> }
  | { readonly is: 'undecided'; readonly reason: string };

export type HandlerMessage = 'codeMisses' | 'codeTakes' | 'codeTarget' | 'codeSlot' | 'codeUnguarded';

/** Where the thread is interrupted. */
interface Place {
  readonly pc: number;
  readonly isInside: boolean;
  /** Right behind the system call. */
  readonly isBehind: boolean;
  readonly words: string;
}

type Outcome =
  | { readonly is: 'declines' }
  | { readonly is: 'acts' }
  /** The saved PC has been changed. */
  | {
      readonly is: 'redirects';
      readonly to: number;
      /** A function elsewhere had its say, perhaps about the PC. */
      readonly asked: boolean;
    };

/** Whether a jump is taken that a value decides which is not known, by the jump's address. */
type State = ReadonlyMap<number, boolean>;

/** No code is there. */
const FAR_BELOW = 0x1000;

const MAX_STEPS = 4000;
const MAX_STATES = 128;

/** SI_TKILL: how a request is sent (the kernel's include/uapi/asm-generic/siginfo.h). */
const SI_TKILL = -6;

export function decideHandler(request: HandlerRequest): HandlerVerdict {
  try {
    return new Trials(request).decide();
  } catch (error) {
    if (error instanceof Undecided) return { is: 'undecided', reason: error.message };
    throw error;
  }
}

class Undecided extends Error {}

/** A branch that the state does not decide yet. */
class Open extends Error {
  constructor(readonly at: number) {
    super();
  }
}

interface Entered {
  readonly machine: Machine;
  /** Of each saved register in the frame, and of `pc`. */
  readonly slots: ReadonlyMap<string, number>;
}

class Trials {
  private readonly calling: Calling;
  private readonly frames = new Map<number, Entered>();

  constructor(private readonly request: HandlerRequest) {
    this.calling = callingOf(request.target);
  }

  decide(): HandlerVerdict {
    const places = this.places();
    let windows = 0;
    let isBlind = false;
    const states = this.states((state) => places.map(({ pc }) => this.run(state, pc)));
    for (const [, outcomes] of states) {
      const acts = outcomes.map(({ is }) => is !== 'declines');
      const wrong = this.wrongTarget(outcomes);
      if (wrong) return wrong;
      if (acts.every((one) => one === acts[0])) {
        // Asynchronous cancelability. The cancel target is for the stack of the window only.
        isBlind ||= outcomes.some((one) => one.is === 'redirects' && !one.asked);
        continue;
      }
      const mistaken = places.find(({ isInside }, i) => acts[i] !== isInside);
      if (mistaken) return wrongAt(mistaken);
      windows++;
    }
    if (isBlind && windows > 0)
      return { is: 'wrong', messageId: 'codeUnguarded', data: { label: this.request.convention.cancel ?? '' } };
    if (windows > 0) return { is: 'right', states: states.length, places: places.length };
    return (
      this.otherSlot(states) ?? {
        is: 'undecided',
        reason: 'in no state that was tried does it act for a PC in the window and not for one outside',
      }
    );
  }

  private places(): readonly Place[] {
    const { start, end } = this.request.labels;
    const { convention } = this.request;
    const inside = (pc: number, words: string): Place => ({ pc, isInside: true, isBehind: false, words });
    const outside = (pc: number, words: string): Place => ({ pc, isInside: false, isBehind: pc === end, words });
    return [
      inside(start, `'${convention.start}', the first instruction of the window`),
      inside(end - 2, 'the system call instruction'),
      inside(start + Math.floor((end - start) / 2), 'an instruction in the middle of the window'),
      outside(end, `'${convention.end}', right behind the system call`),
      outside(start - 1, 'an instruction in front of the window'),
      outside(end + 1, 'an instruction behind the window'),
      outside(FAR_BELOW, 'an address far below the window'),
      outside(0x7ffff000, 'an address far above the window'),
    ];
  }

  /** What is seen in every state that the branches leave open. */
  private states<T>(see: (state: State) => T): readonly (readonly [State, T])[] {
    const seen: (readonly [State, T])[] = [];
    const open: State[] = [new Map()];
    for (let state = open.pop(); state; state = open.pop()) {
      if (seen.length + open.length > MAX_STATES) throw new Undecided(`more than ${MAX_STATES} states of the thread`);
      try {
        seen.push([state, see(state)]);
      } catch (error) {
        if (!(error instanceof Open)) throw error;
        open.push(new Map(state).set(error.at, true), new Map(state).set(error.at, false));
      }
    }
    return seen;
  }

  private wrongTarget(outcomes: readonly Outcome[]): HandlerVerdict | undefined {
    const { labels, convention, image } = this.request;
    for (const outcome of outcomes) {
      if (outcome.is !== 'redirects' || outcome.to === labels.cancel) continue;
      if (convention.cancel === undefined)
        throw new Undecided('it changes the PC, which is not the design of this libc');
      const name = [...image.outside, ...[...image.symbols].map(([n, at]) => [at, n] as const)].find(
        ([at]) => at === outcome.to,
      )?.[1];
      const found = name ?? `0x${outcome.to.toString(16)}`;
      return { is: 'wrong', messageId: 'codeTarget', data: { found, label: convention.cancel } };
    }
    return undefined;
  }

  /** It compares another saved register than the PC. */
  private otherSlot(states: readonly (readonly [State, unknown])[]): HandlerVerdict | undefined {
    const { start } = this.request.labels;
    const { preserved, scratch, parameters, stackPointer } = this.calling;
    const actsAt = (state: State, register: string, value: number): boolean =>
      this.run(state, FAR_BELOW, { register, value }).is !== 'declines';
    for (const register of [stackPointer, ...preserved, ...scratch, ...parameters]) {
      if (states.some(([state]) => actsAt(state, register, start) && !actsAt(state, register, FAR_BELOW)))
        return { is: 'wrong', messageId: 'codeSlot', data: { register: `%${register}` } };
    }
    return undefined;
  }

  /** What the handler does when the thread is interrupted there, in a state; another saved register may have a value. */
  private run(state: State, pc: number, other?: { readonly register: string; readonly value: number }): Outcome {
    const { image } = this.request;
    const { calling } = this;
    const entered = this.entered(pc);
    const { slots } = entered;
    const machine = entered.machine.fork();
    const slot = other && slots.get(other.register);
    if (slot !== undefined) put(machine.state, slot, calling.word, BigInt(other?.value ?? 0));
    let asked = false;
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      if (machine.pc === calling.places.caller) {
        const isChanged = slot !== undefined && this.saved(machine, slot) !== other?.value;
        return isChanged ? { is: 'acts' } : this.returned(machine, slots.get('pc') ?? 0, pc, asked);
      }
      const name = image.outside.get(machine.pc);
      if (name !== undefined && this.request.acts(name)) return { is: 'acts' };
      asked ||= name !== undefined;
      if (name !== undefined || machine.pc === calling.places.vdso) comeBack(machine, calling);
      else this.step(machine, state);
    }
    throw new Undecided(`it does not end within ${MAX_STEPS} instructions`);
  }

  /** The machine at the handler's first instruction, with a frame that says that the thread was there. */
  private entered(pc: number): Entered {
    const known = this.frames.get(pc);
    if (known) return known;
    const { image, convention, handler } = this.request;
    const { calling } = this;
    const machine = atEntry({ image, calling, convention, routine: pc, values: sentinels(calling, 0), set: 1 });
    machine.recording = false;
    const { signal } = convention.handler ?? {};
    if (signal === undefined) throw new Undecided('the number of its signal is not known');
    const restorer = calling.places.caller;
    const how = { signal, handler, siginfo: true, restorer, code: SI_TKILL, pid: 4321, uid: 1000 };
    const delivered = deliverSignal(machine, how);
    if (!delivered.ok) throw new Undecided(delivered.reason);
    const entered = { machine, slots: delivered.frame.slots };
    this.frames.set(pc, entered);
    return entered;
  }

  private returned(machine: Machine, slot: number, pc: number, asked: boolean): Outcome {
    const to = this.saved(machine, slot);
    return to === pc ? { is: 'declines' } : { is: 'redirects', to, asked };
  }

  private saved(machine: Machine, slot: number): number {
    const word = take(machine.state, slot, this.calling.word);
    if (word?.undefinedBits !== 0n) throw new Undecided('what it leaves in the context is not known');
    return Number(word.value);
  }

  private step(machine: Machine, state: State): void {
    const event = machine.step();
    switch (event?.kind) {
      case undefined:
        return;
      case 'syscall':
        // Its result is not known.
        finishSyscall(machine, event, { kind: 'completed', result: 0n });
        machine.setUndefinedBits(this.calling.result, -1n);
        return;
      case 'undefined': {
        const [first, second, ...more] = bothWays(machine);
        if (!first || !second || more.length > 0) throw new Undecided(`${event.what} is not known`);
        const isTaken = state.get(event.pc);
        if (isTaken === undefined) throw new Open(event.pc);
        // Jumps go further than the next instruction.
        const ways = [first, second].sort((a, b) => distance(a.pc, machine) - distance(b.pc, machine));
        const way = ways[isTaken ? 1 : 0];
        if (way) machine.pc = way.pc;
        return;
      }
      case 'fault':
        if (event.address !== undefined && mapUnknown(machine, this.request.image, event.address)) return;
        throw new Undecided(`it faults (${event.name})`);
      case 'unknown':
        throw new Undecided(event.reason);
      case 'stop':
      case 'limit':
        throw new Undecided('it was stopped');
    }
  }
}

/** 0 for the address behind the next instruction. */
const distance = (pc: number, machine: Machine): number => (pc === machine.next?.end ? 0 : 1);

/** A function elsewhere returns, with a result that is not known. What else it does is taken to be no matter. */
function comeBack(machine: Machine, { stackPointer, word, result, scratch, parameters }: Calling): void {
  const sp = Number(machine.register(stackPointer));
  const back = take(machine.state, sp, word);
  if (back?.undefinedBits !== 0n) throw new Undecided('where a function returns to is not known');
  machine.setRegister(stackPointer, sp + word);
  for (const name of [result, ...scratch, ...parameters]) machine.setUndefinedBits(name, -1n);
  machine.pc = Number(back.value);
}

function wrongAt({ isInside, isBehind, words }: Place): HandlerVerdict {
  if (isInside) return { is: 'wrong', messageId: 'codeMisses', data: { place: words } };
  const what = isBehind ? 'it throws away a finished call' : 'it takes other code for the window';
  return { is: 'wrong', messageId: 'codeTakes', data: { place: words, what } };
}
