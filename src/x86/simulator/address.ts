/**
 * Effective addresses, compiled once. In i386 they wrap at 32 bits (16-bit ones before the segment's base is added); in
 * x86_64 they wrap at 64 bits and must be canonical, which is checked where they are used.
 */
import type { MemoryOperand } from '../syntax.js';
import type { Context } from './context.js';
import { Fault } from './fault.js';
import { BP, SP, type State } from './state.js';
import { registerPlace, type RegisterPlace } from './registers.js';
import { isSymbolic, valueOf } from './values.js';

export type Address = (s: State) => number;

/** The parts of an address with its registers and numbers found. */
export interface AddressParts {
  readonly base: RegisterPlace | undefined;
  readonly index: RegisterPlace | undefined;
  readonly scale: number;
  readonly displacement: bigint;
  /** 2, 4 or 8 bytes. */
  readonly width: number;
}

/** The end of the user's half of a 48-bit address space. */
const CANONICAL = 0x800000000000;

export function addressParts(memory: MemoryOperand, cx: Context, addressSize: number | undefined): AddressParts {
  const named = memory.base ?? memory.index;
  const base = memory.base === undefined ? undefined : registerPlace(memory.base);
  const index = memory.index === undefined ? undefined : registerPlace(memory.index);
  let displacement = memory.displacement ? valueOf(memory.displacement, cx.address, cx.resolve) : 0n;
  if (named === 'rip' || named === 'eip') {
    const symbolic = memory.displacement && isSymbolic(memory.displacement);
    if (!symbolic) displacement += BigInt(cx.address + cx.length);
    return { base: undefined, index: undefined, scale: 1, displacement, width: named === 'rip' ? 8 : 4 };
  }
  const own = base?.width ?? index?.width;
  // `%eiz` and `%riz` stand for no index.
  const riz = named === 'riz' ? 8 : named === 'eiz' ? 4 : undefined;
  const width = own ?? riz ?? addressSize ?? (cx.mode === 'i386' ? 4 : 8);
  return { base, index, scale: memory.scale, displacement, width };
}

/** The linear address of an operand of so many bytes; `move` changes the offset, which then wraps again. */
export function compileAddress(
  memory: MemoryOperand,
  cx: Context,
  prefixes: AddressPrefixes,
  bytes: number,
  move?: Move,
): Address {
  const parts = addressParts(memory, cx, prefixes.size);
  const segment = memory.segment ?? prefixes.segment;
  const offset = move ? moved(compileOffsets(parts, cx), move, parts.width) : compileOffsets(parts, cx);
  if (cx.mode === 'x86_64' || parts.width === 2) return withSegment(offset, segment, parts, cx);
  const stack = segment === undefined ? isStack(parts.base) : segment === 'ss';
  return withSegment((s) => withinLimit(offset(s), bytes, stack), segment, parts, cx);
}

/** A distance to add to an offset; its low 32 bits are exact. */
export type Move = (s: State) => { readonly whole: number; readonly low: number };

function moved(offset: Address, move: Move, width: number): Address {
  return (s) => {
    const from = offset(s);
    const { whole, low } = move(s);
    if (width === 8) return from + whole;
    return width === 2 ? (from + low) & 0xffff : (from + low) >>> 0;
  };
}

/** In i386 segments end at 4 GiB: an operand that goes on past that is a fault of its segment. */
export function withinLimit(offset: number, bytes: number, stack: boolean): number {
  if (offset > 0x100000000 - bytes) throw new Fault(stack ? '#SS' : '#GP');
  return offset;
}

/** The offset within the segment, as a number; its registers are noted while effects are recorded. */
export function compileOffsets(parts: AddressParts, cx: Context): Address {
  const offset = parts.width < 8 ? compileOffset(parts) : compileOffset64(parts);
  return cx.careful ? recording(offset, parts) : offset;
}

export interface AddressPrefixes {
  readonly segment?: string;
  readonly size?: number;
}

function recording(address: Address, { base, index }: AddressParts): Address {
  const effects = [base, index].flatMap((part) =>
    part ? [{ kind: 'register', access: 'address', register: part.name, ...places(part) } as const] : [],
  );
  return (s) => {
    s.effects.push(...effects);
    return address(s);
  };
}

function places(part: RegisterPlace): Pick<RegisterPlace, 'width' | 'number' | 'offset'> {
  return { width: part.width, number: part.number, offset: part.offset };
}

/** An offset of 32 or 16 bits, unsigned. */
function compileOffset({ base, index, scale, displacement, width }: AddressParts): Address {
  const by = Number(BigInt.asIntN(32, displacement));
  const b = base ? base.number * 2 : -1;
  const i = index ? index.number * 2 : -1;
  if (width === 2) {
    return (s) => ((b < 0 ? 0 : (s.r32[b] ?? 0)) + (i < 0 ? 0 : (s.r32[i] ?? 0)) + by) & 0xffff;
  }
  if (i >= 0) {
    return b < 0
      ? (s) => (Math.imul(s.r32[i] ?? 0, scale) + by) >>> 0
      : (s) => ((s.r32[b] ?? 0) + Math.imul(s.r32[i] ?? 0, scale) + by) >>> 0;
  }
  const fixed = by >>> 0;
  return b < 0 ? () => fixed : (s) => ((s.r32[b] ?? 0) + by) >>> 0;
}

/**
 * An offset of 64 bits as a signed number. The low halves add up to less than 2^37, so that their carry is exact; where
 * the sum of all is beyond 2^53 the number is rounded, but then it is far from canonical anyway.
 */
function compileOffset64(parts: AddressParts): Address {
  const sum = compileSum64(parts);
  return (s) => {
    const low = sum(s);
    return s.high * 0x100000000 + (low >>> 0);
  };
}

/** The same as two halves: what `lea` gives. */
export function compileSum64({ base, index, scale, displacement }: AddressParts): Address {
  const low = Number(BigInt.asUintN(32, displacement));
  const high = Number(BigInt.asIntN(32, displacement >> 32n));
  const b = base ? base.number * 2 : -1;
  const i = index ? index.number * 2 : -1;
  return (s) => {
    let sum = low;
    let upper = high;
    if (b >= 0) {
      sum += (s.r32[b] ?? 0) >>> 0;
      upper += s.r32[b + 1] ?? 0;
    }
    if (i >= 0) {
      sum += ((s.r32[i] ?? 0) >>> 0) * scale;
      upper += Math.imul(s.r32[i + 1] ?? 0, scale);
    }
    s.high = (upper + Math.floor(sum / 0x100000000)) | 0;
    return sum | 0;
  };
}

/** The offset without its segment, for `lea` of 32 or 16 bits. */
export function compileSum(parts: AddressParts): Address {
  return compileOffset(parts);
}

/** Adds the base that the segment has, and checks what x86_64 checks. */
export function withSegment(offset: Address, segment: string | undefined, parts: AddressParts, cx: Context): Address {
  if (cx.mode === 'i386') {
    if (segment === 'gs') return (s) => (offset(s) + s.gsBase) >>> 0;
    if (segment === 'fs') return throughEmpty((s) => (offset(s) + s.fsBase) >>> 0);
    return offset;
  }
  if (segment === 'fs') return (s) => canonical(offset(s) + s.fsBase, false);
  if (segment === 'gs') return (s) => canonical(offset(s) + s.gsBase, false);
  const stack = segment === undefined ? isStack(parts.base) : segment === 'ss';
  if (parts.width < 8) return offset;
  return (s) => canonical(offset(s), stack);
}

/** In i386 %fs holds the null selector, through which nothing can be reached, unless a base was given. */
function throughEmpty(address: Address): Address {
  return (s) => {
    if (s.fsBase === 0 && s.selectors[4] === 0) throw new Fault('#GP');
    return address(s);
  };
}

function isStack(base: RegisterPlace | undefined): boolean {
  return base !== undefined && (base.number === SP || base.number === BP);
}

/** A 64-bit address as one in 48 bits, or the fault of one that is none. */
export function canonical(address: number, stack: boolean): number {
  if (address >= 0 && address < CANONICAL) return address;
  // Sums wrap at 64 bits.
  const wrapped = address >= 2 ** 63 ? address - 2 ** 64 : address < -(2 ** 63) ? address + 2 ** 64 : address;
  if (wrapped >= -CANONICAL && wrapped < CANONICAL) return wrapped;
  throw new Fault(stack ? '#SS' : '#GP');
}

export function isCanonical(address: number): boolean {
  return address >= -CANONICAL && address < CANONICAL;
}

/** A jump to an address that is not canonical faults where it stands, before it has pushed or popped anything. */
export function requireCanonical(address: number): void {
  if (!isCanonical(address)) throw new Fault('#GP');
}
