/** The numbers that expressions of an instruction stand for. */
import { evaluate } from '../expressions.js';
import type { AsmExpr } from '../syntax.js';
import { Declined } from './fault.js';

/** The value of a symbol, with its relocation (`plt`, `gotoff`) where one is written; undefined where it is not known. */
export type SymbolResolver = (name: string, modifier: string | undefined, address: number) => bigint | undefined;

/** The value of an expression in an instruction at an address. Declines when a part is not known. */
export function valueOf(expr: AsmExpr, address: number, resolve: SymbolResolver | undefined): bigint {
  const value = evaluate(substituted(expr, address, resolve), () => undefined);
  if (value === undefined) throw new Declined('an expression has no value');
  return value;
}

/** True where a symbol or label takes part: `sym(%rip)` is the symbol's address, `8(%rip)` is relative. */
export function isSymbolic(expr: AsmExpr): boolean {
  switch (expr.k) {
    case 'symbol':
    case 'numeric':
    case 'here':
      return true;
    case 'unary':
      return isSymbolic(expr.of);
    case 'binary':
      return isSymbolic(expr.left) || isSymbolic(expr.right);
    case 'int':
    case 'placeholder':
      return false;
  }
}

function substituted(expr: AsmExpr, address: number, resolve: SymbolResolver | undefined): AsmExpr {
  switch (expr.k) {
    case 'int':
      return expr;
    case 'symbol':
      return known(expr.name, resolve?.(expr.name, expr.modifier, address));
    case 'numeric': {
      const name = expr.label + expr.direction;
      return known(name, resolve?.(name, undefined, address));
    }
    case 'here':
      return { k: 'int', value: BigInt(address) };
    case 'placeholder':
      throw new Declined(`operand ${expr.text} is not known`);
    case 'unary':
      return { ...expr, of: substituted(expr.of, address, resolve) };
    case 'binary':
      return {
        ...expr,
        left: substituted(expr.left, address, resolve),
        right: substituted(expr.right, address, resolve),
      };
  }
}

function known(name: string, value: bigint | undefined): AsmExpr {
  if (value === undefined) throw new Declined(`the value of ${name} is not known`);
  return { k: 'int', value };
}
