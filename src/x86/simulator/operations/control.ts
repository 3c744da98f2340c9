/** Jumps, calls, returns, loops. Targets are addresses; a 16-bit branch in i386 cuts the address to 16 bits. */
import { conditionOf } from '../../table/conditions.js';
import { ZF } from '../../table/flags.js';
import { canonical, isCanonical, requireCanonical } from '../address.js';
import { Declined } from '../fault.js';
import type { Place } from '../place.js';
import { registerNumber } from '../places.js';
import { conditionReads, conditionTest } from '../semantics/condition.js';
import { CAREFUL, CX, JUMP, NEXT, type Run, type State } from '../state.js';
import { valueOf } from '../values.js';
import { operand, wordOf, type Builder, type Parts } from './parts.js';
import { stackOf } from './stack.js';

/** The address that a direct branch goes to. */
function directTarget(parts: Parts): number {
  const target = parts.instruction.operands[0];
  if (target?.k !== 'target') throw new Error('no direct target');
  const { cx, width } = parts;
  const value = valueOf(target.value, cx.address, cx.resolve);
  if (cx.mode === 'i386') return Number(BigInt.asUintN(width === 2 ? 16 : 32, value));
  const address = Number(BigInt.asIntN(64, value));
  if (!isCanonical(address)) throw new Declined('a jump to an address that is not canonical');
  return address;
}

function indirectTarget(parts: Parts): (s: State) => number {
  const place: Place = operand(parts, 0);
  const long = parts.width === 8;
  return (s) => {
    const low = place.load(s, place.at(s)) >>> 0;
    if (!long) return low;
    return s.high * 0x100000000 + low;
  };
}

function isDirect(parts: Parts): boolean {
  return parts.kinds[0] === 't';
}

export const jmp: Builder = (parts) => {
  if (isDirect(parts)) {
    const target = directTarget(parts);
    return (s) => {
      s.pc = target;
      return JUMP;
    };
  }
  const target = indirectTarget(parts);
  return (s) => {
    const to = target(s);
    requireCanonical(to);
    s.pc = to;
    return JUMP;
  };
};

export const jcc: Builder = (parts) => {
  const target = directTarget(parts);
  const number = conditionOf(parts.row.name, 'j');
  const holds = conditionTest(number);
  const reads = conditionReads(number);
  return (s) => {
    if ((s.undefinedFlags & reads) !== 0) return CAREFUL;
    if (!holds(s.flags)) return NEXT;
    s.pc = target;
    return JUMP;
  };
};

export const call: Builder = (parts) => {
  const { cx, width } = parts;
  const stack = stackOf(cx);
  const after = cx.address + cx.length;
  const fixed = isDirect(parts) ? directTarget(parts) : undefined;
  const target = fixed === undefined ? indirectTarget(parts) : (): number => fixed;
  const low = width === 2 ? after & 0xffff : after | 0;
  const high = Math.floor(after / 0x100000000);
  return (s) => {
    const to = target(s);
    const at = stack.move(stack.top(s), -width);
    if (!isCanonical(to)) {
      // The push is tried first, and its fault is the one that shows.
      s.memory.requireWrite(canonical(at, true), width);
      requireCanonical(to);
    }
    stack.write(s, at, width, low, high);
    stack.setTop(s, at);
    s.pc = to;
    return JUMP;
  };
};

/** `ret $n` takes n more bytes off the stack. */
export const ret: Builder = (parts) => {
  const { cx, width } = parts;
  const stack = stackOf(cx);
  const more = Number(BigInt.asUintN(16, parts.operands[0]?.value ?? 0n));
  return (s) => {
    const from = stack.top(s);
    const low = stack.read(s, from, width) >>> 0;
    const to = width === 8 ? s.high * 0x100000000 + low : low;
    if (width === 8) requireCanonical(to);
    stack.setTop(s, stack.move(from, width + more));
    s.pc = to;
    return JUMP;
  };
};

/** The counter of `loop` and `jcxz`: as wide as addresses are, or as the name or a prefix says. */
function counter(parts: Parts): Place {
  const { cx, prefixes, row } = parts;
  const named = { jcxz: 2, jecxz: 4, jrcxz: 8 } as const;
  const width =
    row.name in named ? named[row.name as keyof typeof named] : ((prefixes.size ?? wordOf(cx)) as 2 | 4 | 8);
  return registerNumber(cx, CX, width);
}

export const jcxz: Builder = (parts) => {
  const target = directTarget(parts);
  const count = counter(parts);
  return (s) => {
    const low = count.load(s, 0);
    if ((count.width === 8 ? low | s.high : low) !== 0) return NEXT;
    s.pc = target;
    return JUMP;
  };
};

/** Counts down without touching flags, and jumps while the counter is not 0 (and ZF is as asked). */
export const loop: Builder = (parts): Run => {
  const target = directTarget(parts);
  const count = counter(parts);
  const wanted = parts.row.name === 'loope' ? ZF : parts.row.name === 'loopne' ? 0 : undefined;
  return (s) => {
    const left = decrement(s, count);
    if (!left || (wanted !== undefined && (s.flags & ZF) !== wanted)) return NEXT;
    s.pc = target;
    return JUMP;
  };
};

/** One less; true while something is left. */
export function decrement(s: State, count: Place): boolean {
  const low = count.load(s, 0);
  if (count.width === 8) {
    const high = low === 0 ? (s.high - 1) | 0 : s.high;
    count.store(s, 0, (low - 1) | 0, high);
    return ((low - 1) | 0 | high) !== 0;
  }
  const next = count.width === 2 ? (low - 1) & 0xffff : (low - 1) | 0;
  count.store(s, 0, next, 0);
  return next !== 0;
}
