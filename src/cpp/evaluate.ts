/**
 * `#if` conditions, decided in three values: true, false, or unknown. Unknown is not an error: a libc is configured
 * by its build, and the tool reads it before any build.
 */
import { lex, type Token } from './lexer.js';

/** A number, or undefined where it cannot be told. */
export type Value = bigint | undefined;

export interface Names {
  /** Whether a name is defined, or undefined where it cannot be told. */
  isDefined(name: string): boolean | undefined;
  /** Value of a name that stands in a condition; 0 for one known to be undefined. `call` is the text of its arguments. */
  valueOf(name: string, call: string | undefined): Value;
}

const truth = (v: Value): boolean | undefined => (v === undefined ? undefined : v !== 0n);
const value = (b: boolean | undefined): Value => (b === undefined ? undefined : b ? 1n : 0n);

const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Preprocessors reckon in 64 bits, signed or not. What fits in neither is not known, so that numbers stay small. */
function bounded(v: Value): Value {
  return v === undefined || v < -(1n << 63n) || v >= 1n << 64n ? undefined : v;
}

function apply(operator: string, a: Value, b: Value): Value {
  if (operator === '&&') {
    if (truth(a) === false || truth(b) === false) return 0n;
    return a === undefined || b === undefined ? undefined : 1n;
  }
  if (operator === '||') {
    if (truth(a) === true || truth(b) === true) return 1n;
    return a === undefined || b === undefined ? undefined : 0n;
  }
  if (a === undefined || b === undefined) return undefined;
  switch (operator) {
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '&':
      return a & b;
    case '==':
      return value(a === b);
    case '!=':
      return value(a !== b);
    case '<':
      return value(a < b);
    case '>':
      return value(a > b);
    case '<=':
      return value(a <= b);
    case '>=':
      return value(a >= b);
    case '<<':
      return b >= 0n && b < 64n ? a << b : undefined;
    case '>>':
      return b >= 0n && b < 64n ? a >> b : undefined;
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0n ? undefined : a / b;
    case '%':
      return b === 0n ? undefined : a % b;
    default:
      return undefined;
  }
}

/** Digits of the longest number that fits in 64 bits, in binary with its prefix. */
const LONGEST_NUMBER = 66;

/** Reads a C integer constant; undefined when it is none. */
export function integer(text: string): Value {
  const digits = text.replace(/[uUlL]{1,3}$/, '').replace(/'/g, '');
  if (digits.length > LONGEST_NUMBER) return undefined;
  if (/^0[0-7]+$/.test(digits)) return BigInt(`0o${digits.slice(1)}`);
  if (/^(0[xX][0-9a-fA-F]+|0[bB][01]+|[1-9]\d*|0)$/.test(digits)) return BigInt(digits);
  return undefined;
}

/** Nesting beyond this is answered with unknown: conditions of a hostile file must not overflow the stack. */
const MAX_DEPTH = 200;

class Evaluator {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly names: Names,
  ) {}

  run(): Value {
    return this.conditional();
  }

  /** The value of all tokens as one operand; undefined where others follow it. */
  whole(): Value {
    const one = this.unary();
    return this.at === this.tokens.length ? one : undefined;
  }

  private peek(): string | undefined {
    return this.tokens[this.at]?.text;
  }

  private take(text: string): boolean {
    if (this.peek() !== text) return false;
    this.at++;
    return true;
  }

  private conditional(): Value {
    if (++this.depth > MAX_DEPTH) return undefined;
    const test = this.binary(0);
    let result = test;
    if (this.take('?')) {
      const then = this.conditional();
      this.take(':');
      const otherwise = this.conditional();
      const t = truth(test);
      result = t === undefined ? (then === otherwise ? then : undefined) : t ? then : otherwise;
    }
    this.depth--;
    return result;
  }

  private binary(level: number): Value {
    const operators = LEVELS[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    for (let op = this.peek(); op !== undefined && operators.includes(op); op = this.peek()) {
      this.at++;
      left = bounded(apply(op, left, this.binary(level + 1)));
    }
    return left;
  }

  private unary(): Value {
    if (++this.depth > MAX_DEPTH) {
      this.at = this.tokens.length;
      return undefined;
    }
    try {
      return this.primary();
    } finally {
      this.depth--;
    }
  }

  private primary(): Value {
    const token = this.tokens[this.at];
    if (!token) return undefined;
    this.at++;
    const negated = (v: Value, f: (v: bigint) => bigint): Value => (v === undefined ? undefined : bounded(f(v)));
    if (token.kind === 'number') return integer(token.text);
    if (token.kind === 'char') return token.text.length === 3 ? BigInt(token.text.charCodeAt(1)) : undefined;
    switch (token.text) {
      case '!':
        return negated(this.unary(), (v) => (v === 0n ? 1n : 0n));
      case '-':
        return negated(this.unary(), (v) => -v);
      case '+':
        return this.unary();
      case '~':
        return negated(this.unary(), (v) => ~v);
      case '(': {
        const inner = this.conditional();
        this.take(')');
        return inner;
      }
      case 'defined': {
        const bracket = this.take('(');
        const name = this.peek() ?? '';
        this.at++;
        if (bracket) this.take(')');
        return value(this.names.isDefined(name));
      }
    }
    if (token.kind !== 'identifier') return undefined;
    return this.names.valueOf(token.text, this.peek() === '(' ? this.arguments() : undefined);
  }

  /** Consumes a bracketed argument list and returns its text without blanks. */
  private arguments(): string {
    let depth = 0;
    let text = '';
    for (let t = this.tokens[this.at]; t; t = this.tokens[this.at]) {
      this.at++;
      if (t.text === '(' && depth++ === 0) continue;
      if (t.text === ')' && --depth === 0) break;
      text += t.text;
    }
    return text;
  }
}

const NOTHING: Names = { isDefined: () => undefined, valueOf: () => undefined };

/** The value of a text that names nothing (`0x10`, `(-1)`, `(1 << 3)`); undefined when it is no such text. */
export function constantValue(text: string): Value {
  const plain = integer(text);
  if (plain !== undefined || text.length > 200 || !/^[-+~!(\d]/.test(text)) return plain;
  const tokens = lex(text, 'c');
  return tokens.some((t) => t.kind === 'newline') ? undefined : new Evaluator(tokens, NOTHING).run();
}

/** What may stand for one value wherever a name does: another name, or what brackets or a sign hold together. */
const ONE_VALUE = /^(?:[A-Za-z_]\w*$|[-+~!(].{0,200}$)/;

/** The value of a macro's body that names others; undefined where it cannot be told, or is no one value. */
export function valueOfBody(body: string, names: Names): Value {
  if (!ONE_VALUE.test(body)) return undefined;
  const tokens = lex(body, 'c');
  return tokens.some((t) => t.kind === 'newline') ? undefined : new Evaluator(tokens, names).whole();
}

/** Decides a condition's text. Undefined means unknown. */
export function evaluate(condition: string, names: Names): boolean | undefined {
  const tokens = lex(condition, 'c').filter((t) => t.kind !== 'newline');
  if (tokens.length === 0) return undefined;
  return truth(new Evaluator(tokens, names).run());
}
