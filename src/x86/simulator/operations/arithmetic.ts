/** Operations of one and two operands: which operands go in, and where the result goes. */
import type { Binary, Unary } from '../semantics/arithmetic.js';
import { NEXT, type Run } from '../state.js';
import { destination, operand, topOf, type Builder } from './parts.js';

/** Destination and source in, result to the destination. */
export function binary(operation: Binary): Builder {
  return (parts) => {
    const source = operand(parts, 0);
    const target = destination(parts);
    if (parts.width === 8) return wide(operation, source, target);
    const { narrow } = operation;
    const top = topOf(parts.width);
    if (target.kind === 'register') {
      if (source.kind !== 'memory') {
        return (s) => {
          target.store(s, 0, narrow(s, target.load(s, 0), source.load(s, 0), top), 0);
          return NEXT;
        };
      }
      return (s) => {
        const b = source.load(s, source.at(s));
        target.store(s, 0, narrow(s, target.load(s, 0), b, top), 0);
        return NEXT;
      };
    }
    return (s) => {
      const at = target.at(s);
      const a = target.modify(s, at);
      target.store(s, at, narrow(s, a, source.load(s, 0), top), 0);
      return NEXT;
    };
  };
}

type Operand = ReturnType<typeof operand>;

function wide(operation: Binary, source: Operand, target: Operand): Run {
  return (s) => {
    const at = target.at(s);
    const b = source.load(s, source.at(s));
    const bHigh = s.high;
    const a = target.modify(s, at);
    const low = operation.wide(s, a, s.high, b, bHigh);
    target.store(s, at, low, s.high);
    return NEXT;
  };
}

/** Two operands in, only flags out: `cmp` and `test`. */
export function comparison(operation: Binary): Builder {
  return (parts) => {
    const source = operand(parts, 0);
    const target = destination(parts);
    if (parts.width === 8) {
      return (s) => {
        const b = source.load(s, source.at(s));
        const bHigh = s.high;
        const a = target.load(s, target.at(s));
        operation.wide(s, a, s.high, b, bHigh);
        return NEXT;
      };
    }
    const { narrow } = operation;
    const top = topOf(parts.width);
    return (s) => {
      const b = source.load(s, source.at(s));
      narrow(s, target.load(s, target.at(s)), b, top);
      return NEXT;
    };
  };
}

/** One operand, changed in place. */
export function unary(operation: Unary): Builder {
  return (parts) => {
    const target = operand(parts, 0);
    if (parts.width === 8) {
      return (s) => {
        const at = target.at(s);
        const a = target.modify(s, at);
        const low = operation.wide(s, a, s.high);
        target.store(s, at, low, s.high);
        return NEXT;
      };
    }
    const { narrow } = operation;
    const top = topOf(parts.width);
    return (s) => {
      const at = target.at(s);
      target.store(s, at, narrow(s, target.modify(s, at), top), 0);
      return NEXT;
    };
  };
}
