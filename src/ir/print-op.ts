/** Operations and terminators as text, one line each, without their place. */
import { printExpr } from './print-expr.js';
import type { Expr, LoadFlagOp, Op, Terminator } from './types.js';

/** What an operation does. Operations whose result others use begin with `%id =`. */
export function printOp(op: Op): string {
  const result = `%${op.id} =`;
  switch (op.op) {
    case 'assign':
      return `${printExpr(op.target)} = ${printExpr(op.value)}`;
    case 'call':
      return `${result} call ${op.callee ?? `*${printExpr(op.target)}`}${list(op.args)}`;
    case 'syscall':
      return [
        `${result} syscall ${printExpr(op.number)}${list(op.args)}`,
        op.cancellable ? 'cancellable' : 'plain',
        `via ${squeeze(op.via)}`,
        `entry ${op.entry}`,
        `returns ${op.returns}`,
      ].join(' ');
    case 'load-flag':
      return `${result} load-flag ${op.flag} from ${printExpr(op.source)}${by(op)}`;
    case 'window-call':
      return `${result} window-call ${op.callee}${list(op.args)}`;
    case 'act':
      return `${result} act ${op.how}${list(op.args)}${op.mayReturn ? ' may-return' : ''}`;
    case 'test-cancel':
      return `${result} test-cancel ${op.how}`;
    case 'async':
      return `${result} async ${op.to} ${op.how}${list(op.args)}`;
    case 'cancel-state':
    case 'cancel-type':
      return `${result} ${op.op} ${printExpr(op.to)} by ${op.how}${op.saved === undefined ? '' : ` saved ${printExpr(op.saved)}`}`;
    case 'cleanup-push':
    case 'cleanup-pop':
      return `${op.op} ${op.how}${list(op.args)}`;
    case 'label':
      return `label ${op.name}`;
    case 'instruction':
      return `instruction ${squeeze(op.text)}`;
    case 'not-understood':
      return `not-understood {${squeeze(op.text)}} because ${squeeze(op.reason)}`;
    default:
      return unreachable(op);
  }
}

/** How a block ends. Blocks are written `b0`. */
export function printTerminator(end: Terminator): string {
  switch (end.t) {
    case 'goto':
      return `goto b${end.to}`;
    case 'branch':
      return `if ${printExpr(end.condition)} then b${end.then} else b${end.otherwise}`;
    case 'switch':
      return `switch ${printExpr(end.value)} ${end.cases.map((one) => `${caseLabel(one.values)}: b${one.to}`).join(', ')}`;
    case 'return':
      return end.value === undefined ? 'return' : `return ${printExpr(end.value)}`;
    case 'tail':
      return `tail ${printExpr(end.target)}${end.condition === undefined ? '' : ` when ${printExpr(end.condition)}`}`;
    case 'unreachable':
      return 'unreachable';
    case 'unknown':
      return `unknown {${squeeze(end.text)}}`;
    default:
      return unreachable(end);
  }
}

/** The values of one arm of a switch. */
export function caseLabel(values: readonly Expr[]): string {
  return values.length === 0 ? 'default' : values.map(printExpr).join(' or ');
}

function list(args: readonly Expr[]): string {
  return `(${args.map(printExpr).join(', ')})`;
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function unreachable(value: never): never {
  throw new Error(`no such operation: ${JSON.stringify(value)}`);
}

/** A test of the request is its own accessor. */
const by = ({ via, flag }: LoadFlagOp): string => (via === undefined || via === flag ? '' : ` by ${via}`);
