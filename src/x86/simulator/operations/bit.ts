/** Bit tests, scans and byte order. */
import { bswap as swapBytes, highestBit, lowestBit, setScanned, setTested, type BitChange } from '../semantics/bit.js';
import { compileAddress, type Move } from '../address.js';
import { CAREFUL, NEXT, type Run, type State } from '../state.js';
import type { Place } from '../place.js';
import { noteUndefined } from './undefined.js';
import { destination, operand, type Builder, type Parts } from './parts.js';

/**
 * `bt` and those that change the bit. The number counts modulo the width in a register. In memory a register's number
 * is signed and reaches beyond the operand: the word that holds the bit is at a multiple of the width from the address.
 */
export function bitTest(change: BitChange | undefined): Builder {
  return (parts) => {
    const number = operand(parts, 0);
    const target = destination(parts);
    const string = target.kind === 'memory' && number.kind === 'register';
    const work = string ? word(parts, number) : single(number, target);
    const load = change ? target.modify : target.load;
    const { width } = parts;
    return (s) => {
      const at = work.at(s);
      const bit = work.bit(s) & (width * 8 - 1);
      const low = load(s, at);
      const { high } = s;
      const mask = 1 << (bit & 31);
      const upper = bit > 31;
      const tested = (upper ? high : low) & mask;
      if (change) {
        if (upper) target.store(s, at, low, change(high, mask));
        else target.store(s, at, width === 2 ? change(low, mask) & 0xffff : change(low, mask), high);
      }
      setTested(s, tested === 0 ? 0 : 1);
      return NEXT;
    };
  };
}

interface Located {
  readonly at: (s: State) => number;
  readonly bit: (s: State) => number;
}

function single(number: Place, target: Place): Located {
  return { at: target.at, bit: (s) => number.load(s, 0) };
}

function word(parts: Parts, number: Place): Located {
  const { width, cx, prefixes, instruction } = parts;
  const memory = instruction.operands[1];
  if (memory?.k !== 'memory') throw new Error('no memory');
  const shift = { 1: 3, 2: 4, 4: 5, 8: 6 }[width];
  const move: Move = (s) => {
    const low = number.load(s, 0);
    if (width === 8) {
      const { high } = s;
      // Of 64 bits the distance may be rounded, but leads far outside of memory then.
      const whole = Math.floor((high * 0x100000000 + (low >>> 0)) / 64) * 8;
      return { whole, low: ((low >>> shift) | (high << (32 - shift))) << 3 };
    }
    const signed = width === 2 ? (low << 16) >> 16 : low;
    const distance = (signed >> shift) * width;
    return { whole: distance, low: distance };
  };
  return { at: compileAddress(memory, cx, prefixes, width, move), bit: (s) => number.load(s, 0) };
}

/** `bsr` when highest, `bsf` otherwise. The destination is undefined when there is no bit. */
export function scan(highest: boolean): Builder {
  return (parts): Run => {
    const source = operand(parts, 0);
    const target = destination(parts);
    const { width, cx } = parts;
    const find = highest ? highestBit : lowestBit;
    return (s) => {
      const low = source.load(s, source.at(s));
      const high = width === 8 ? s.high : 0;
      const none = (low | high) === 0;
      if (none) {
        if (!cx.careful) return CAREFUL;
        // Written with what it had: it keeps that on some processors.
        const old = target.load(s, 0);
        target.store(s, 0, old, s.high);
        noteUndefined(s, target, 0);
      } else {
        const upper = highest ? high !== 0 : low === 0;
        target.store(s, 0, upper ? find(high) + 32 : find(low), 0);
      }
      setScanned(s, none);
      return NEXT;
    };
  };
}

export const bswap: Builder = (parts) => {
  const target = operand(parts, 0);
  if (parts.width === 8) {
    return (s) => {
      const low = swapBytes(target.load(s, 0));
      target.store(s, 0, swapBytes(s.high), low);
      return NEXT;
    };
  }
  return (s) => {
    target.store(s, 0, swapBytes(target.load(s, 0)), 0);
    return NEXT;
  };
};
