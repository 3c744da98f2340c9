/**
 * Steps whose inputs are undefined. Nothing is guessed: the instruction is run once for each choice of the undefined
 * bits, and what comes out the same every time is known. Where there are too many bits for that:
 *
 * - instructions whose result bits each depend on one bit of each operand (moves, logic) are run with each undefined
 *   operand's bits all 0 and all 1, which decides every result bit;
 * - of any other instruction all that it writes is undefined.
 *
 * Where the choices differ in what happens next (the next address, a fault, the place of an access), the answer is what
 * it depends on, and the state stays as it was.
 */
import { AF, PF, STATUS, flagNames } from '../table/flags.js';
import { attempt } from './attempt.js';
import type { Entry } from './code.js';
import type { Effect } from './effects.js';
import { Fault } from './fault.js';
import { mark, undoTo, type Mark } from './marks.js';
import { isRepeated as repeats } from './prefixes.js';
import { registerNames } from './registers.js';
import { BP, CX, SP, type Outcome, type Run, type State } from './state.js';
import { applyEffects, bytesOf, hasUndefined, registerBits, setUndefinedBytes } from './undefined.js';

/** An undefined bit (or several) of one register, one byte of memory, or the flags. */
interface Source {
  readonly kind: 'register' | 'memory' | 'flags';
  /** Index of the register's half, address of the byte, or 0. */
  readonly place: number;
  readonly bits: number;
}

/** What one choice led to. */
interface Trial {
  readonly outcome: Outcome | 'fault';
  readonly pc: number;
  readonly r32: Int32Array;
  readonly flags: number;
  readonly undefinedFlags: number;
  readonly effects: readonly Effect[];
  readonly memory: ReadonlyMap<number, number>;
  readonly fault: Fault | undefined;
}

/** An undefined value decides what happens. */
export interface Depends {
  readonly depends: string;
}

/** Runs an instruction whose inputs may be undefined. Nothing has changed when it depends on them. */
export function explore(s: State, entry: Entry, run: Run): Outcome | Depends {
  const done = attempt(s, entry, run);
  if (done !== undefined) return done;
  const start = mark(s);
  try {
    return explored(s, entry, run, start);
  } catch (error) {
    undoTo(s, start);
    throw error;
  }
}

function explored(s: State, entry: Entry, run: Run, start: Mark): Outcome | Depends {
  const first = trial(s, run);
  undoTo(s, start);
  let sources = sourcesOf(s, entry, [first.effects]);
  if (sources.length === 0) return settle(s, run);
  for (;;) {
    const { choices, kind } = choicesOf(sources, entry);
    const trials = tryEach(s, run, choices, start);
    const effects = trials.map((t) => t.effects);
    const deciding = decidingSource(s, entry, effects);
    if (deciding !== undefined) return { depends: deciding };
    // Another choice may read what the first did not: a conditional move takes either operand.
    const found = sourcesOf(s, entry, [first.effects, ...effects]);
    if (found.length !== sources.length) {
      sources = found;
      continue;
    }
    const [one] = trials;
    if (!one) throw new Error('no choices');
    const alike = trials.every((t) => t.outcome === one.outcome && t.pc === one.pc && places(t) === places(one));
    const unsure = kind === 'coarse' && (one.fault !== undefined || isRepeated(entry));
    if (!alike || unsure || (one.fault && kind === 'bitwise')) return { depends: describe(s, sources) };
    if (one.fault) throw one.fault;
    return merge(s, entry, run, trials, kind, choices[0] ?? []);
  }
}

function tryEach(s: State, run: Run, choices: readonly Choice[], start: Mark): readonly Trial[] {
  return choices.map((choice) => {
    choose(s, choice);
    const done = trial(s, run);
    undoTo(s, start);
    return done;
  });
}

function isRepeated({ match, instruction }: Entry): boolean {
  return match !== undefined && repeats(instruction.prefixes, match);
}

/** An ordinary step, after which bits that it wrote are defined, unless it says otherwise. */
export function settle(s: State, run: Run): Outcome {
  s.effects = [];
  const outcome = run(s);
  if (s.uncertain || s.effects.some(isUndefined)) {
    applyEffects(s, s.effects);
    s.uncertain = hasUndefined(s);
  }
  return outcome;
}

function isUndefined({ kind }: Effect): boolean {
  return kind === 'undefined' || kind === 'undefinedMemory';
}

function trial(s: State, run: Run): Trial {
  s.effects = [];
  let outcome: Trial['outcome'];
  let fault: Fault | undefined;
  try {
    outcome = run(s);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    outcome = 'fault';
    fault = error;
  }
  const memory = new Map<number, number>();
  for (const effect of s.effects) {
    if (effect.kind !== 'memory' || effect.access !== 'write' || fault) continue;
    for (const at of bytesOf(s, effect.address, effect.width)) memory.set(at, s.memory.peek(at, 1)?.[0] ?? 0);
  }

  return {
    outcome,
    pc: s.pc,
    r32: s.r32.slice(),
    flags: s.flags,
    undefinedFlags: s.undefinedFlags,
    effects: s.effects,
    memory,
    fault,
  };
}

/** Where the accesses of a trial were, to compare. */
function places({ effects, fault }: Trial): string {
  const accesses = effects.flatMap((e) =>
    e.kind === 'memory' && e.access === 'read' ? [`${e.address}:${e.width}`] : [],
  );
  return `${accesses.join(' ')} ${fault?.name ?? ''}`;
}

/** The undefined bits that the instruction reads, in any of several runs. */
function sourcesOf(s: State, entry: Entry, runs: readonly (readonly Effect[])[]): readonly Source[] {
  const halves = new Map<number, number>();
  const bytes = new Map<number, number>();
  for (const effects of runs) addSources(s, effects, halves, bytes);
  const flags = s.undefinedFlags & entry.reads;
  return [
    ...[...halves].flatMap(([place, bits]) => bitsOf({ kind: 'register', place, bits })),
    ...[...bytes].flatMap(([place, bits]) => bitsOf({ kind: 'memory', place, bits })),
    ...bitsOf({ kind: 'flags', place: 0, bits: flags }),
  ];
}

function addSources(
  s: State,
  effects: readonly Effect[],
  halves: Map<number, number>,
  bytes: Map<number, number>,
): void {
  const written = new Set<number>();
  for (const effect of effects) {
    if (effect.kind === 'register' && effect.access !== 'write') {
      registerBits({ ...effect, access: 'read' }).forEach((bits, half) => {
        const place = effect.number * 2 + half;
        const found = (s.undefined32[place] ?? 0) & bits;
        if (found !== 0) halves.set(place, (halves.get(place) ?? 0) | found);
      });
    } else if (effect.kind === 'memory') {
      for (const at of bytesOf(s, effect.address, effect.width)) {
        const found = s.undefinedMemory.get(at) ?? 0;
        if (effect.access === 'write') written.add(at);
        else if (found !== 0 && !written.has(at)) bytes.set(at, found);
      }
    }
  }
}

/** Operations that cannot go on without knowing their registers. */
const DECIDES = new Set([
  'jmp',
  'call',
  'ret',
  'jcxz',
  'loop',
  'div',
  'idiv',
  'bound',
  'loadSegment',
  'popSegment',
  'popf',
]);
const STACK = new Set([
  'push',
  'pop',
  'pusha',
  'popa',
  'pushf',
  'popf',
  'call',
  'ret',
  'enter',
  'leave',
  'pushSegment',
]);

/** An undefined value that says where to go or what to touch. */
function decidingSource(s: State, entry: Entry, runs: readonly (readonly Effect[])[]): string | undefined {
  const semantics = entry.match?.row.semantics ?? '';
  const effects = runs.flat();
  const everything = DECIDES.has(semantics);
  for (const effect of effects) {
    if (effect.kind === 'memory' && effect.access === 'read' && everything) {
      for (const at of bytesOf(s, effect.address, effect.width))
        if (s.undefinedMemory.has(at)) return `memory at 0x${at.toString(16)}`;
    }
    if (effect.kind !== 'register' || effect.access === 'write') continue;
    const [low, high] = registerBits({ ...effect, access: 'read' });
    const n = effect.number * 2;
    if (((s.undefined32[n] ?? 0) & low) === 0 && ((s.undefined32[n + 1] ?? 0) & high) === 0) continue;
    const { number } = effect;
    const pointer = STACK.has(semantics) && (number === SP || (number === BP && /enter|leave/.test(semantics)));
    const counts = number === CX && entry.instruction.prefixes.some((p) => p.startsWith('rep'));
    const index = semantics === 'xlat' || (/^bt.?$/.test(semantics) && effects.some((e) => e.kind === 'memory'));
    if (effect.access === 'address' || everything || pointer || counts || index) return `%${effect.register}`;
  }
  return undefined;
}

function describe(s: State, sources: readonly Source[]): string {
  const names = sources.map(({ kind, place, bits }) => {
    if (kind === 'flags') return flagNames(bits);
    if (kind === 'memory') return `memory at 0x${place.toString(16)}`;
    return `%${registerNames(s.mode === 'i386' ? 4 : 8)[place >> 1] ?? ''}`;
  });
  return [...new Set(names)].join(', ');
}

/** Values for undefined bits: all bits of each source set, or none. */
type Choice = readonly { readonly source: Source; readonly on: boolean }[];

/** The most undefined bits, or operands, for which all choices are tried. */
const MOST = 8;

/** Each bit of a result depends on one bit of each operand. */
const BITWISE = new Set([
  ...['mov', 'movzx', 'movsx', 'xchg', 'and', 'or', 'xor', 'not', 'test', 'bswap', 'push', 'pop', 'pusha', 'popa'],
  ...['cbw', 'cwde', 'cdqe', 'cwd', 'cdq', 'cqo', 'cmov', 'movs', 'lods', 'stos', 'sahf', 'storeSegment', 'leave'],
]);

/** A register with itself: the result does not depend on it. */
const IDIOMS = new Set(['xor', 'sub', 'cmp', 'sbb']);

type Kind = 'every' | 'bitwise' | 'coarse';

function choicesOf(sources: readonly Source[], entry: Entry): { choices: readonly Choice[]; kind: Kind } {
  if (sources.length <= MOST) return { choices: combinations(sources.map((bit) => [bit])), kind: 'every' };
  const blocks = blocksOf(sources);
  const idiom = isIdiom(entry);
  if ((idiom || BITWISE.has(entry.match?.row.semantics ?? '')) && blocks.length <= MOST)
    return { choices: combinations(blocks), kind: idiom ? 'every' : 'bitwise' };
  return { choices: [[]], kind: 'coarse' };
}

function isIdiom({ match, instruction }: Entry): boolean {
  const [first, second] = instruction.operands;
  if (!IDIOMS.has(match?.row.semantics ?? '')) return false;
  return first?.k === 'register' && second?.k === 'register' && first.name === second.name;
}

function bitsOf(source: Source): Source[] {
  const bits: Source[] = [];
  for (let n = 0; n < 32; n++) {
    const bit = source.bits & (1 << n);
    if (bit !== 0) bits.push({ ...source, bits: bit });
  }
  return bits;
}

/** The halves of a register as one block, and neighbouring bytes of memory as one. */
function blocksOf(sources: readonly Source[]): readonly (readonly Source[])[] {
  const blocks = new Map<string, Source[]>();
  let run = '';
  let next = Number.NaN;
  for (const source of [...sources].sort((a, b) => a.place - b.place)) {
    let key = `${source.kind} ${source.place >> 1}`;
    if (source.kind === 'flags') key = `flags ${source.bits}`;
    else if (source.kind === 'memory') {
      if (source.place !== next && source.place !== next - 1) run = `memory ${source.place}`;
      next = source.place + 1;
      key = run;
    }
    blocks.set(key, [...(blocks.get(key) ?? []), source]);
  }
  return [...blocks.values()];
}

/** Every choice of which of the blocks have their bits set. The first has none. */
function combinations(blocks: readonly (readonly Source[])[]): readonly Choice[] {
  const choices: Choice[] = [];
  for (let picked = 0; picked < 1 << blocks.length; picked++) {
    choices.push(blocks.flatMap((block, n) => block.map((source) => ({ source, on: ((picked >> n) & 1) === 1 }))));
  }
  return choices;
}

/** Gives undefined bits the values of a choice. */
function choose(s: State, choice: Choice): void {
  for (const { source, on } of choice) {
    const { kind, place, bits } = source;
    const set = (old: number): number => (on ? old | bits : old & ~bits);
    if (kind === 'register') s.r32[place] = set(s.r32[place] ?? 0);
    else if (kind === 'memory') s.memory.poke(place, Uint8Array.of(set(s.memory.peek(place, 1)?.[0] ?? 0) & 0xff));
    else {
      s.flags = set(s.flags);
      s.undefinedFlags &= ~bits;
    }
  }
}

/** Runs the first choice for good, and marks as undefined what differed. */
function merge(s: State, entry: Entry, run: Run, trials: readonly Trial[], kind: Kind, choice: Choice): Outcome {
  const old = s.undefined32.slice();
  const oldMemory = s.undefinedMemory;
  const coarse = kind === 'coarse';
  const chosenFlags = s.undefinedFlags;
  choose(s, choice);
  s.effects = [];
  const outcome = run(s);
  const { effects } = s;
  applyEffects(s, effects);
  const [one] = trials;
  if (!one) throw new Error('no trial');
  const sets = trials.map((t) => writtenHalves(coarse ? withHidden(entry, t.effects) : t.effects));
  for (let place = 0; place < 32; place++) {
    const masks = sets.map((set) => set[place] ?? 0);
    const some = masks.reduce((a, b) => a | b, 0);
    const all = masks.reduce((a, b) => a & b, -1);
    const differ = coarse ? some : trials.reduce((bits, t) => bits | ((t.r32[place] ?? 0) ^ (one.r32[place] ?? 0)), 0);
    const upper = s.mode === 'i386' && place % 2 === 1;
    const kept = (old[place] ?? 0) & ~all;
    if (!upper) s.undefined32[place] = ((s.undefined32[place] ?? 0) & some) | (differ & some) | kept;
  }
  setUndefinedBytes(s, undefinedBytes(trials, coarse, oldMemory));
  const differing = trials.reduce((bits, t) => bits | (t.flags ^ one.flags) | (t.undefinedFlags & ~chosenFlags), 0);
  s.undefinedFlags = trials.reduce((bits, t) => bits | t.undefinedFlags, 0) | (differing & STATUS);
  if (coarse) s.undefinedFlags |= entry.writes & STATUS;
  // All 0 and all 1 may have one parity, and one carry out of a nibble, while others have the other.
  if (kind === 'bitwise') s.undefinedFlags |= entry.writes & (PF | AF);
  s.uncertain = hasUndefined(s);
  return outcome;
}

/** Written bits by half register. */
function writtenHalves(effects: readonly Effect[]): Int32Array {
  const halves = new Int32Array(32);
  for (const effect of effects) {
    if (effect.kind !== 'register' || effect.access !== 'write') continue;
    registerBits(effect).forEach((bits, half) => {
      const place = effect.number * 2 + half;
      halves[place] = (halves[place] ?? 0) | bits;
    });
  }
  return halves;
}

/** A compare-and-exchange writes the accumulator when the other choice is made. */
function withHidden(entry: Entry, effects: readonly Effect[]): readonly Effect[] {
  if (!entry.match?.row.semantics.startsWith('cmpxchg')) return effects;
  return effects.map((e) =>
    e.kind === 'register' && e.access === 'read' && e.number % 2 === 0 && e.number < 3 ? { ...e, access: 'write' } : e,
  );
}

function* undefinedBytes(
  trials: readonly Trial[],
  coarse: boolean,
  old: ReadonlyMap<number, number>,
): Generator<readonly [number, number]> {
  const [one] = trials;
  const addresses = new Set(trials.flatMap((t) => [...t.memory.keys()]));
  for (const address of addresses) {
    const everywhere = trials.every((t) => t.memory.has(address));
    let bits = everywhere ? 0 : (old.get(address) ?? 0);
    for (const t of trials) bits |= (t.memory.get(address) ?? 0) ^ (one?.memory.get(address) ?? 0);
    yield [address, coarse ? 0xff : bits];
  }
}
