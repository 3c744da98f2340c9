/** Expressions as text: close to C, and for machine operands close to AT&T assembly. */
import type { Expr } from './types.js';

/** One line of text. The same expression always gives the same text. */
export function printExpr(expr: Expr): string {
  switch (expr.k) {
    case 'int':
      return expr.value.toString();
    case 'string':
      return JSON.stringify(expr.value);
    case 'name':
      return expr.name;
    case 'member':
      return `${base(expr.base)}${expr.arrow ? '->' : '.'}${expr.field}`;
    case 'index':
      return `${base(expr.base)}[${printExpr(expr.index)}]`;
    case 'deref':
      return `*${operand(expr.of)}`;
    case 'address':
      return `&${operand(expr.of)}`;
    case 'unary':
      return `${expr.operator}${operand(expr.of)}`;
    case 'binary':
      return `${operand(expr.left)} ${expr.operator} ${operand(expr.right)}`;
    case 'cast':
      return `(${expr.type}) ${operand(expr.of)}`;
    case 'conditional':
      return `${operand(expr.test)} ? ${operand(expr.then)} : ${operand(expr.otherwise)}`;
    case 'result':
      return `%${expr.op}`;
    case 'register':
      return expr.name;
    case 'memory':
      return printMemory(expr);
    case 'unknown':
      return `{${expr.text.replace(/\s+/g, ' ')}}`;
    default:
      return unreachable(expr);
  }
}

/** An expression inside another one: in parentheses when its own operator would run into the outer one's. */
function operand(expr: Expr): string {
  const text = printExpr(expr);
  const isOpen = expr.k === 'binary' || expr.k === 'conditional' || expr.k === 'cast';
  return isOpen ? `(${text})` : text;
}

/** What `.`, `->` and `[` follow binds tighter than any operator before it. */
function base(expr: Expr): string {
  const isPrefixed = expr.k === 'deref' || expr.k === 'address' || expr.k === 'unary';
  return isPrefixed ? `(${printExpr(expr)})` : operand(expr);
}

function printMemory(memory: Expr & { k: 'memory' }): string {
  const segment = memory.segment === undefined ? '' : `${memory.segment}:`;
  const displacement = memory.displacement === undefined ? '' : printExpr(memory.displacement);
  const width = memory.width === undefined ? '' : `:${memory.width}`;
  const parts = [memory.base ?? ''];
  if (memory.index !== undefined) parts.push(memory.index, String(memory.scale ?? 1));
  const address = memory.base === undefined && memory.index === undefined ? '' : `(${parts.join(',')})`;
  return `[${segment}${displacement}${address}]${width}`;
}

function unreachable(expr: never): never {
  throw new Error(`no such expression: ${JSON.stringify(expr)}`);
}
