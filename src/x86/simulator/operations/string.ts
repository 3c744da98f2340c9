/**
 * String instructions. With a repeat prefix one call is one iteration: AGAIN says that the instruction is not finished,
 * as the processor takes interrupts between iterations. A count of 0 does nothing at all.
 */
import { DF, ZF } from '../../table/flags.js';
import type { MemoryOperand, Width } from '../../syntax.js';
import { compileAddress } from '../address.js';
import type { Place } from '../place.js';
import { memoryOperand, registerNumber } from '../places.js';
import { registerPart, registerPlace } from '../registers.js';
import { sub } from '../semantics/arithmetic.js';
import { AGAIN, AX, CX, DI, NEXT, SI, type Run, type State } from '../state.js';
import { decrement } from './control.js';
import { topOf, wordOf, type Builder, type Parts } from './parts.js';

type AddressWidth = 2 | 4 | 8;

/** One end of a string instruction: its memory and the register that walks. */
interface End {
  readonly place: Place;
  readonly walk: (s: State) => void;
}

/** As wide as the registers written, else as the prefix or the mode says. */
function addressWidth(parts: Parts): AddressWidth {
  for (const given of parts.instruction.operands) {
    const width = given.k === 'memory' ? registerPlace(given.base ?? '')?.width : undefined;
    if (width !== undefined && width !== 1) return width;
  }
  return (parts.prefixes.size ?? wordOf(parts.cx)) as AddressWidth;
}

function end(parts: Parts, number: number): End {
  const { cx, width, prefixes, instruction } = parts;
  const size = addressWidth(parts);
  const register = registerPart(number, size);
  const written = instruction.operands.find(
    (o): o is MemoryOperand & typeof o => o.k === 'memory' && registerPlace(o.base ?? '')?.number === number,
  );
  // Only the source can have another segment; the destination's is always %es.
  const segment = number === SI ? (written?.segment ?? prefixes.segment) : 'es';
  const memory: MemoryOperand = {
    k: 'memory',
    base: register.name,
    scale: 1,
    ...(segment !== undefined && { segment }),
  };
  const place = memoryOperand(cx, width, compileAddress(memory, cx, {}, width));
  return { place, walk: walker(registerNumber(cx, number, size), width) };
}

/** Up or down by the width, as DF says. */
function walker(register: Place, by: Width): (s: State) => void {
  return (s) => {
    const low = register.load(s, 0);
    const step = (s.flags & DF) === 0 ? by : -by;
    const next = low + step;
    if (register.width === 8) {
      const sum = (low >>> 0) + step;
      register.store(s, 0, sum | 0, (s.high + Math.floor(sum / 0x100000000)) | 0);
    } else register.store(s, 0, register.width === 2 ? next & 0xffff : next | 0, 0);
  };
}

/** Repeats an iteration. `until` asks ZF: go on only while it is so. */
function repeated(parts: Parts, once: (s: State) => void, compares: boolean): Run {
  const { repeat } = parts.prefixes;
  if (repeat === undefined) {
    return (s) => {
      once(s);
      return NEXT;
    };
  }
  const count = registerNumber(parts.cx, CX, addressWidth(parts));
  const wanted = repeat === 'rep' ? ZF : 0;
  return (s) => {
    const low = count.load(s, 0);
    if ((count.width === 8 ? low | s.high : low) === 0) return NEXT;
    once(s);
    const left = decrement(s, count);
    if (!left || (compares && (s.flags & ZF) !== wanted)) return NEXT;
    return AGAIN;
  };
}

export const movs: Builder = (parts) => {
  const from = end(parts, SI);
  const to = end(parts, DI);
  return repeated(
    parts,
    (s) => {
      const value = from.place.load(s, from.place.at(s));
      const { high } = s;
      to.place.store(s, to.place.at(s), value, high);
      from.walk(s);
      to.walk(s);
    },
    false,
  );
};

export const stos: Builder = (parts) => {
  const to = end(parts, DI);
  const a = registerNumber(parts.cx, AX, parts.width);
  return repeated(
    parts,
    (s) => {
      const at = to.place.at(s);
      to.place.store(s, at, a.load(s, 0), s.high);
      to.walk(s);
    },
    false,
  );
};

export const lods: Builder = (parts) => {
  const from = end(parts, SI);
  const a = registerNumber(parts.cx, AX, parts.width);
  return repeated(
    parts,
    (s) => {
      a.store(s, 0, from.place.load(s, from.place.at(s)), s.high);
      from.walk(s);
    },
    false,
  );
};

/** Flags of the first operand less the second. */
function compare(s: State, a: number, aHigh: number, b: number, bHigh: number, width: Width): void {
  if (width === 8) sub.wide(s, a, aHigh, b, bHigh);
  else sub.narrow(s, a, b, topOf(width));
}

/** Source less destination. */
export const cmps: Builder = (parts) => {
  const from = end(parts, SI);
  const to = end(parts, DI);
  return repeated(
    parts,
    (s) => {
      const a = from.place.load(s, from.place.at(s));
      const aHigh = s.high;
      const b = to.place.load(s, to.place.at(s));
      compare(s, a, aHigh, b, s.high, parts.width);
      from.walk(s);
      to.walk(s);
    },
    true,
  );
};

/** Accumulator less destination. */
export const scas: Builder = (parts) => {
  const to = end(parts, DI);
  const accumulator = registerNumber(parts.cx, AX, parts.width);
  return repeated(
    parts,
    (s) => {
      const b = to.place.load(s, to.place.at(s));
      const bHigh = s.high;
      const a = accumulator.load(s, 0);
      compare(s, a, s.high, b, bHigh, parts.width);
      to.walk(s);
    },
    true,
  );
};
