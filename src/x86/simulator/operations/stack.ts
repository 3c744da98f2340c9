/**
 * The stack. Each operation computes the new stack pointer, touches memory, and only then changes the pointer, so that
 * a fault leaves it alone.
 */
import { ALWAYS, AC, DF, ID, NT, RF, STATUS, TF, USER } from '../../table/flags.js';
import type { Width } from '../../syntax.js';
import { canonical, withinLimit } from '../address.js';
import type { Context } from '../context.js';
import { memoryEffect, registerNumber } from '../places.js';
import { BP, NEXT, SP, type State } from '../state.js';
import { operand, wordOf, type Builder } from './parts.js';

/** The stack as one instruction sees it. */
export interface Stack {
  /** The stack pointer as an address. */
  readonly top: (s: State) => number;
  readonly setTop: (s: State, address: number) => void;
  /** An address so many bytes away. */
  readonly move: (address: number, by: number) => number;
  readonly write: (s: State, address: number, width: Width, low: number, high: number) => void;
  readonly read: (s: State, address: number, width: Width) => number;
}

export function stackOf(cx: Context): Stack {
  const word = wordOf(cx);
  const pointer = registerNumber(cx, SP, word);
  const { careful } = cx;
  return {
    top: (s) => {
      const low = pointer.load(s, 0) >>> 0;
      return word === 4 ? low : s.high * 0x100000000 + low;
    },
    setTop: (s, address) => pointer.store(s, 0, address | 0, Math.floor(address / 0x100000000)),
    move: word === 4 ? (address, by) => (address + by) >>> 0 : (address, by) => address + by,
    write: (s, given, width, low, high) => {
      const address = word === 4 ? withinLimit(given, width, true) : canonical(given, true);
      if (careful) s.effects.push(memoryEffect('write', address, width));
      if (width === 8) s.memory.write64(address, low, high);
      else if (width === 4) s.memory.write32(address, low);
      else s.memory.write16(address, low);
    },
    read: (s, given, width) => {
      const address = word === 4 ? withinLimit(given, width, true) : canonical(given, true);
      if (careful) s.effects.push(memoryEffect('read', address, width));
      if (width === 2) return s.memory.read16(address);
      const low = s.memory.read32(address);
      if (width === 8) s.high = s.memory.read32(address + 4);
      return low;
    },
  };
}

export const push: Builder = (parts) => {
  const source = operand(parts, 0);
  const { width } = parts;
  const stack = stackOf(parts.cx);
  return (s) => {
    const value = source.load(s, source.at(s));
    const { high } = s;
    const to = stack.move(stack.top(s), -width);
    stack.write(s, to, width, value, high);
    stack.setTop(s, to);
    return NEXT;
  };
};

/** The destination's address is computed with the stack pointer already moved. */
export const pop: Builder = (parts) => {
  const target = operand(parts, 0);
  const { width } = parts;
  const stack = stackOf(parts.cx);
  if (target.kind === 'register') {
    return (s) => {
      const from = stack.top(s);
      const value = stack.read(s, from, width);
      const { high } = s;
      stack.setTop(s, stack.move(from, width));
      target.store(s, 0, value, high);
      return NEXT;
    };
  }
  return (s) => {
    const from = stack.top(s);
    const value = stack.read(s, from, width);
    const { high } = s;
    stack.setTop(s, stack.move(from, width));
    try {
      target.store(s, target.at(s), value, high);
    } catch (fault) {
      stack.setTop(s, from);
      throw fault;
    }
    return NEXT;
  };
};

/**
 * All eight registers, the stack pointer as it was before the first. What was written before a fault stays written;
 * the stack pointer is changed last.
 */
export const pusha: Builder = ({ cx, width }) => {
  const stack = stackOf(cx);
  const registers = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => registerNumber(cx, n, width));
  return (s) => {
    const from = stack.top(s);
    registers.forEach((register, n) => {
      stack.write(s, stack.move(from, -width * (n + 1)), width, register.load(s, 0), 0);
    });
    stack.setTop(s, stack.move(from, -8 * width));
    return NEXT;
  };
};

/** The stack pointer's slot is read and dropped. Registers read before a fault keep what they got. */
export const popa: Builder = ({ cx, width }) => {
  const stack = stackOf(cx);
  const registers = [7, 6, 5, 4, 3, 2, 1, 0].map((n) => registerNumber(cx, n, width));
  return (s) => {
    const from = stack.top(s);
    registers.forEach((register, n) => {
      const value = stack.read(s, stack.move(from, n * width), width);
      if (n !== 3) register.store(s, 0, value, 0);
    });
    stack.setTop(s, stack.move(from, 8 * width));
    return NEXT;
  };
};

/** RF and VM never show in the image. */
export const pushf: Builder = ({ cx, width }) => {
  const stack = stackOf(cx);
  return (s) => {
    const to = stack.move(stack.top(s), -width);
    stack.write(s, to, width, (s.flags | ALWAYS) & ~RF, 0);
    stack.setTop(s, to);
    return NEXT;
  };
};

/** In user mode IF, IOPL and the virtual flags stay; a 16-bit one changes the low half only. */
export const popf: Builder = ({ cx, width }) => {
  const stack = stackOf(cx);
  const changes = width === 2 ? USER & 0xffff : USER;
  return (s) => {
    const from = stack.top(s);
    const image = stack.read(s, from, width);
    stack.setTop(s, stack.move(from, width));
    s.flags = (s.flags & ~changes) | (image & changes) | ALWAYS;
    s.undefinedFlags &= ~(STATUS | DF | TF | NT | AC | ID);
    return NEXT;
  };
};

/** `enter $size, $level`: the frame pointer, then the pointers of the enclosing frames, then room for locals. */
export const enter: Builder = (parts) => {
  const { cx, width } = parts;
  const size = Number(BigInt.asUintN(16, operand(parts, 0).value ?? 0n));
  const level = Number((operand(parts, 1).value ?? 0n) & 31n);
  const stack = stackOf(cx);
  const word = wordOf(cx);
  const frame = registerNumber(cx, BP, word);
  const part = registerNumber(cx, BP, width);
  const address = (s: State): number => {
    const low = frame.load(s, 0) >>> 0;
    return word === 4 ? low : s.high * 0x100000000 + low;
  };
  return (s) => {
    const from = stack.top(s);
    let at = stack.move(from, -width);
    const old = address(s);
    stack.write(s, at, width, part.load(s, 0), s.high);
    const link = at;
    for (let n = 1; n < level; n++) {
      const value = stack.read(s, stack.move(old, -width * n), width);
      at = stack.move(at, -width);
      stack.write(s, at, width, value, s.high);
    }
    if (level > 0) {
      at = stack.move(at, -width);
      stack.write(s, at, width, link | 0, Math.floor(link / 0x100000000));
    }
    const top = stack.move(at, -size);
    // The processor touches the new top as a write would, and faults when it cannot.
    s.memory.requireWrite(word === 4 ? top : canonical(top, true), width);
    part.store(s, 0, width === 2 ? link & 0xffff : link | 0, Math.floor(link / 0x100000000));
    stack.setTop(s, top);
    return NEXT;
  };
};

export const leave: Builder = (parts) => {
  const { cx, width } = parts;
  const stack = stackOf(cx);
  const word = wordOf(cx);
  const frame = registerNumber(cx, BP, word);
  const part = registerNumber(cx, BP, width);
  return (s) => {
    const low = frame.load(s, 0) >>> 0;
    const from = word === 4 ? low : s.high * 0x100000000 + low;
    const value = stack.read(s, from, width);
    const { high } = s;
    stack.setTop(s, stack.move(from, width));
    part.store(s, 0, value, high);
    return NEXT;
  };
};
