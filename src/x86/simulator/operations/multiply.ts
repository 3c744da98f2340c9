/** Multiplication and division: where the halves of products, dividends and results are. */
import { divide, divide32, imul32, imulNarrow, mul32, mul64, mulNarrow, type Division } from '../semantics/multiply.js';
import { join, split } from '../semantics/rotate.js';
import type { Place } from '../place.js';
import { registerNumber } from '../places.js';
import { AX, DX, NEXT, type Run, type State } from '../state.js';
import { destination, operand, type Builder, type Parts } from './parts.js';
import type { Width } from '../../syntax.js';

function signed(value: number, width: Width): number {
  return width === 1 ? (value << 24) >> 24 : width === 2 ? (value << 16) >> 16 : value;
}

function load64(s: State, place: Place, sign: boolean): bigint {
  const value = join(place.load(s, place.at(s)), s.high);
  return sign ? BigInt.asIntN(64, value) : value;
}

/** %al × to %ax; %ax, %eax, %rax × to %dx:%ax, %edx:%eax, %rdx:%rax. */
export function multiplyOne(sign: boolean): Builder {
  return (parts) => {
    const { width, cx } = parts;
    const factor = operand(parts, 0);
    const a = registerNumber(cx, AX, width);
    const d = registerNumber(cx, DX, width);
    switch (width) {
      case 1: {
        const ax = registerNumber(cx, AX, 2);
        return (s) => {
          const b = factor.load(s, factor.at(s));
          const product = sign
            ? imulNarrow(s, signed(a.load(s, 0), 1), signed(b, 1), 8)
            : mulNarrow(s, a.load(s, 0), b, 8);
          ax.store(s, 0, product & 0xffff, 0);
          return NEXT;
        };
      }
      case 2:
        return (s) => {
          const b = factor.load(s, factor.at(s));
          const product = sign
            ? imulNarrow(s, signed(a.load(s, 0), 2), signed(b, 2), 16)
            : mulNarrow(s, a.load(s, 0), b, 16);
          a.store(s, 0, product & 0xffff, 0);
          d.store(s, 0, product >>> 16, 0);
          return NEXT;
        };
      case 4:
        return (s) => {
          const b = factor.load(s, factor.at(s));
          const low = sign ? imul32(s, a.load(s, 0), b) : mul32(s, a.load(s, 0), b);
          a.store(s, 0, low, 0);
          d.store(s, 0, s.high, 0);
          return NEXT;
        };
      case 8:
        return (s) => {
          const b = load64(s, factor, sign);
          const product = mul64(s, load64(s, a, sign), b, sign);
          a.store(s, 0, split(s, product), s.high);
          d.store(s, 0, split(s, product >> 64n), s.high);
          return NEXT;
        };
    }
  };
}

/** `imul` with two or three operands: the product is cut to the width. */
export const imulTwo: Builder = (parts) => {
  const { width } = parts;
  const target = destination(parts);
  const first = operand(parts, 0);
  const second = parts.operands.length === 3 ? operand(parts, 1) : target;
  if (width === 8) {
    return (s) => {
      const a = load64(s, first, true);
      const product = mul64(s, a, load64(s, second, true), true);
      target.store(s, 0, split(s, product), s.high);
      return NEXT;
    };
  }
  if (width === 4) {
    return (s) => {
      const a = first.load(s, first.at(s));
      target.store(s, 0, imul32(s, a, second.load(s, second.at(s))), 0);
      return NEXT;
    };
  }
  return (s) => {
    const a = signed(first.load(s, first.at(s)), 2);
    target.store(s, 0, imulNarrow(s, a, signed(second.load(s, second.at(s)), 2), 16) & 0xffff, 0);
    return NEXT;
  };
};

export function division(sign: boolean): Builder {
  return (parts) => {
    if (parts.width === 1) return divideByte(parts, sign);
    const wide = divideWide(parts, sign);
    return parts.width === 4 && !parts.cx.careful ? divideShort(parts, sign, wide) : wide;
  };
}

/** Compilers divide 32 bits by 32 and only fill %edx up; `wide` has the rest. */
function divideShort(parts: Parts, sign: boolean, wide: Run): Run {
  const divisor = operand(parts, 0);
  const a = registerNumber(parts.cx, AX, 4);
  const d = registerNumber(parts.cx, DX, 4);
  return (s) => {
    const by = divisor.load(s, divisor.at(s));
    const low = a.load(s, 0);
    const isShort = d.load(s, 0) === (sign ? low >> 31 : 0);
    if (!isShort || by === 0 || (sign && by === -1)) return wide(s);
    const quotient = divide32(s, low, by, sign);
    a.store(s, 0, quotient, 0);
    d.store(s, 0, s.high, 0);
    return NEXT;
  };
}

/** %ax by a byte: quotient to %al, remainder to %ah. */
function divideByte(parts: Parts, sign: boolean): Run {
  const divisor = operand(parts, 0);
  const ax = registerNumber(parts.cx, AX, 2);
  return (s) => {
    const by = divisor.load(s, divisor.at(s));
    const dividend = ax.load(s, 0);
    const found = sign
      ? divide(s, BigInt(signed(dividend, 2)), BigInt(signed(by, 1)), 8, true)
      : divide(s, BigInt(dividend), BigInt(by), 8, false);
    const quotient = Number(BigInt.asUintN(8, found.quotient));
    ax.store(s, 0, quotient | (Number(BigInt.asUintN(8, found.remainder)) << 8), 0);
    return NEXT;
  };
}

/** The pair of %dx and %ax by an operand: quotient to the accumulator, remainder to the other. */
function divideWide(parts: Parts, sign: boolean): Run {
  const { width, cx } = parts;
  const divisor = operand(parts, 0);
  const a = registerNumber(cx, AX, width);
  const d = registerNumber(cx, DX, width);
  const bits = width * 8;
  const load = loader(width);
  const give = (s: State, place: Place, value: bigint): void => {
    const low = split(s, BigInt.asUintN(bits, value));
    place.store(s, 0, low, s.high);
  };
  return (s) => {
    const by = load(s, divisor);
    const dividend = (load(s, d) << BigInt(bits)) | load(s, a);
    const found: Division = sign
      ? divide(s, BigInt.asIntN(2 * bits, dividend), BigInt.asIntN(bits, by), bits, true)
      : divide(s, dividend, by, bits, false);
    give(s, a, found.quotient);
    give(s, d, found.remainder);
    return NEXT;
  };
}

/** An unsigned value of the width. */
function loader(width: Width): (s: State, place: Place) => bigint {
  return (s, place) => {
    const low = place.load(s, place.at(s));
    return width === 8 ? join(low, s.high) : BigInt.asUintN(width * 8, BigInt(low));
  };
}
