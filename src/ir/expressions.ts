/** Questions about expressions that every analysis asks. */
import type { Expr, OpId } from './types.js';

/** The direct parts of an expression. */
function parts(expr: Expr): readonly Expr[] {
  switch (expr.k) {
    case 'member':
      return [expr.base];
    case 'index':
      return [expr.base, expr.index];
    case 'deref':
    case 'address':
    case 'unary':
    case 'cast':
      return [expr.of];
    case 'binary':
      return [expr.left, expr.right];
    case 'conditional':
      return [expr.test, expr.then, expr.otherwise];
    case 'memory':
      return expr.displacement ? [expr.displacement] : [];
    case 'int':
    case 'string':
    case 'name':
    case 'result':
    case 'register':
    case 'unknown':
      return [];
  }
}

/** Whether the expression or a part of it satisfies the test. */
export function some(expr: Expr, test: (e: Expr) => boolean): boolean {
  return test(expr) || parts(expr).some((p) => some(p, test));
}

export function mentionsName(expr: Expr, name: string): boolean {
  return some(expr, (e) => e.k === 'name' && e.name === name);
}

/** Every name that stands in the expressions. */
export function namesIn(exprs: readonly Expr[]): string[] {
  const names: string[] = [];
  for (const expr of exprs) {
    some(expr, (e) => {
      if (e.k === 'name') names.push(e.name);
      return false;
    });
  }
  return names;
}

export function mentionsResult(expr: Expr, op: OpId): boolean {
  return some(expr, (e) => e.k === 'result' && e.op === op);
}

/** Without casts. */
export function bare(expr: Expr): Expr {
  return expr.k === 'cast' ? bare(expr.of) : expr;
}
