/**
 * The value of an expression when some names are known: enough to tell which arm of `if (x < 2U)` a call with a
 * constant argument takes. Undefined where it cannot be told. Integers have the width of `int` or more; only the
 * conversion to unsigned in comparisons is modelled, as that is what decides range checks on small constants.
 */
import type { Expr, OpId } from '../types.js';

interface Value {
  readonly of: bigint;
  readonly unsigned: boolean;
}

const WIDTH = 64;

/** Values by name, and those of operations by `resultKey`. */
export type Known = ReadonlyMap<string, bigint>;

/** No name is written so. */
export const resultKey = (op: OpId): string => `%${String(op)}`;

function evaluate(expr: Expr, known: Known): Value | undefined {
  switch (expr.k) {
    case 'int':
      return { of: expr.value, unsigned: expr.unsigned === true };
    case 'name': {
      const of = known.get(expr.name);
      return of === undefined ? undefined : { of, unsigned: false };
    }
    case 'result': {
      const of = known.get(resultKey(expr.op));
      return of === undefined ? undefined : { of, unsigned: false };
    }
    case 'cast': {
      const inner = evaluate(expr.of, known);
      return inner && { of: inner.of, unsigned: /\bunsigned\b|^u?size_t$|^uint/.test(expr.type) };
    }
    case 'unary': {
      const inner = evaluate(expr.of, known);
      if (!inner) return undefined;
      if (expr.operator === '-') return { of: -inner.of, unsigned: inner.unsigned };
      if (expr.operator === '!') return { of: inner.of === 0n ? 1n : 0n, unsigned: false };
      return expr.operator === '+' ? inner : undefined;
    }
    case 'binary':
      return binary(expr.operator, evaluate(expr.left, known), evaluate(expr.right, known));
    default:
      return undefined;
  }
}

function binary(operator: string, a: Value | undefined, b: Value | undefined): Value | undefined {
  const bool = (v: boolean): Value => ({ of: v ? 1n : 0n, unsigned: false });
  if (operator === '&&' && (a?.of === 0n || b?.of === 0n)) return bool(false);
  if (operator === '||' && ((a && a.of !== 0n) || (b && b.of !== 0n))) return bool(true);
  if (!a || !b) return undefined;
  const unsigned = a.unsigned || b.unsigned;
  const [x, y] = unsigned ? [BigInt.asUintN(WIDTH, a.of), BigInt.asUintN(WIDTH, b.of)] : [a.of, b.of];
  switch (operator) {
    case '&&':
    case '||':
      return bool(operator === '&&');
    case '==':
      return bool(x === y);
    case '!=':
      return bool(x !== y);
    case '<':
      return bool(x < y);
    case '>':
      return bool(x > y);
    case '<=':
      return bool(x <= y);
    case '>=':
      return bool(x >= y);
    case '+':
      return { of: x + y, unsigned };
    case '-':
      return { of: x - y, unsigned };
    case '&':
      return { of: x & y, unsigned };
    case '|':
      return { of: x | y, unsigned };
    default:
      return undefined;
  }
}

/** The integer that an expression stands for, or undefined. */
export function constant(expr: Expr, known: Known = new Map()): bigint | undefined {
  return evaluate(expr, known)?.of;
}
