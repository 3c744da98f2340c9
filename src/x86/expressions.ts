/** Parses and evaluates the assembler's expressions. */
import type { Cursor } from './lexer.js';
import { endOfCharacter, isBlank, isDigit, isSymbolPart, startsSymbol } from './lexer.js';
import type { AsmExpr, BinaryOperator, UnaryOperator } from './syntax.js';

/**
 * The assembler's own ranks, higher binds tighter. They are not C's: `|`, `&` and `^` bind tighter than `+` and `-`.
 */
const RANKS: Readonly<Record<BinaryOperator, number>> = {
  '*': 6,
  '/': 6,
  '%': 6,
  '<<': 6,
  '>>': 6,
  '|': 5,
  '&': 5,
  '^': 5,
  '!': 5,
  '+': 4,
  '-': 4,
  '==': 3,
  '!=': 3,
  '<': 3,
  '>': 3,
  '<=': 3,
  '>=': 3,
  '&&': 2,
  '||': 1,
};

/** No expression of a real source comes near this; it bounds recursion. */
const MAX_NODES = 400;
/** Digits of the longest number (`.octa` takes 128 bits). */
const MAX_DIGITS = 160;

const MODIFIERS = new Set(
  (
    'plt pltoff got gotoff gotplt gotpcrel gottpoff gotntpoff ntpoff indntpoff tpoff dtpoff tlsgd tlsldm tlsld tlsdesc ' +
    'tlscall size secrel32 code_6_gottpoff'
  ).split(' '),
);

/** Parses one expression. Stops before what cannot belong to it; `undefined` when there is none, with the cursor's reason set. */
export function parseExpression(cursor: Cursor): AsmExpr | undefined {
  cursor.nodes = 0;
  return binary(cursor, 1);
}

function binary(cursor: Cursor, rank: number): AsmExpr | undefined {
  let left = unary(cursor);
  if (!left) return undefined;
  for (;;) {
    const operator = peekOperator(cursor);
    if (operator === undefined || RANKS[operator] < rank) return left;
    cursor.at += operatorLength(cursor, operator);
    const right = binary(cursor, RANKS[operator] + 1);
    if (!right) return undefined;
    if (++cursor.nodes > MAX_NODES) return cursor.fail('expression is too long');
    left = { k: 'binary', operator, left, right };
  }
}

function operatorLength(cursor: Cursor, operator: BinaryOperator): number {
  // `<>` is another spelling of `!=`; both have two characters.
  return operator === '!=' ? 2 : cursor.text.startsWith(operator, cursor.at) ? operator.length : 1;
}

function peekOperator(cursor: Cursor): BinaryOperator | undefined {
  cursor.skipBlanks();
  const { text, at } = cursor;
  if (at >= cursor.end) return undefined;
  const two = at + 1 < cursor.end ? text[at + 1] : '';
  switch (text[at]) {
    case '+':
      return '+';
    case '-':
      return '-';
    case '*':
      return '*';
    case '/':
      return '/';
    case '^':
      return '^';
    case '|':
      return two === '|' ? '||' : '|';
    case '&':
      return two === '&' ? '&&' : '&';
    case '<':
      return two === '<' ? '<<' : two === '=' ? '<=' : two === '>' ? '!=' : '<';
    case '>':
      return two === '>' ? '>>' : two === '=' ? '>=' : '>';
    case '=':
      return two === '=' ? '==' : undefined;
    case '!':
      return two === '=' ? '!=' : '!';
    case '%':
      // Elsewhere `%` starts a register.
      return !cursor.template && /^%\s*[\d(]/.test(text.slice(at, Math.min(cursor.end, at + 16))) ? '%' : undefined;
    default:
      return undefined;
  }
}

function unary(cursor: Cursor): AsmExpr | undefined {
  cursor.skipBlanks();
  if (++cursor.nodes > MAX_NODES) return cursor.fail('expression is too long');
  const character = cursor.at < cursor.end ? cursor.text[cursor.at] : undefined;
  switch (character) {
    case '-':
    case '+':
    case '~':
    case '!': {
      cursor.at++;
      const of = unary(cursor);
      return of && { k: 'unary', operator: character satisfies UnaryOperator, of };
    }
    case '(':
    case '[': {
      cursor.at++;
      const inner = binary(cursor, 1);
      if (!inner) return undefined;
      const close = character === '(' ? ')' : ']';
      return cursor.take(close) ? inner : cursor.fail(`missing ${close}`);
    }
    default:
      return primary(cursor);
  }
}

function primary(cursor: Cursor): AsmExpr | undefined {
  const code = cursor.peek();
  if (isDigit(code)) return number(cursor);
  if (code === 39) {
    const end = endOfCharacter(cursor.text, cursor.at);
    const value = end <= cursor.end ? characterValue(cursor.text.slice(cursor.at + 1, end)) : undefined;
    if (value === undefined) return cursor.fail('bad character constant');
    cursor.at = end;
    return { k: 'int', value };
  }
  if (code === 37) {
    const text = cursor.template ? takePlaceholder(cursor) : undefined;
    return text === undefined ? cursor.fail('register in an expression') : { k: 'placeholder', text };
  }
  if (code === 34) {
    const close = cursor.text.indexOf('"', cursor.at + 1);
    if (close === -1 || close >= cursor.end) return cursor.fail('unterminated string');
    const name = cursor.text.slice(cursor.at + 1, close);
    cursor.at = close + 1;
    return withModifier(cursor, name);
  }
  if (!startsSymbol(code)) return cursor.fail(code === -1 ? 'missing expression' : 'not an expression');
  const name = cursor.takeSymbol();
  if (name === '.') return { k: 'here' };
  return withModifier(cursor, name);
}

function withModifier(cursor: Cursor, name: string): AsmExpr | undefined {
  // A macro may have left blanks before the `@`.
  let ahead = 0;
  while (isBlank(cursor.peek(ahead))) ahead++;
  if (cursor.peek(ahead) !== 64) return { k: 'symbol', name };
  cursor.at += ahead + 1;
  const start = cursor.at;
  while (isSymbolPart(cursor.peek())) cursor.at++;
  const modifier = cursor.text.slice(start, cursor.at).toLowerCase();
  if (!MODIFIERS.has(modifier)) return cursor.fail(`unknown relocation @${modifier}`);
  return { k: 'symbol', name, modifier };
}

const C_SUFFIX = /[uU]?[lL]{0,2}/y;
const NUMBER = /0[xX][0-9a-fA-F]+|0[bB][01]+|\d+/y;

function number(cursor: Cursor): AsmExpr | undefined {
  NUMBER.lastIndex = cursor.at;
  const found = NUMBER.exec(cursor.text);
  const digits = found?.[0] ?? '';
  if (digits.length > MAX_DIGITS) return cursor.fail('number is too long');
  const end = cursor.at + digits.length;
  if (end > cursor.end) return cursor.fail('bad number');
  const after = cursor.text[end]?.toLowerCase();
  const reference = /^\d+$/.test(digits) && (after === 'f' || after === 'b') && end < cursor.end;
  if (reference && !isSymbolPart(end + 1 < cursor.end ? cursor.text.charCodeAt(end + 1) : -1)) {
    cursor.at = end + 1;
    return { k: 'numeric', label: digits, direction: after };
  }
  // C's suffixes are taken, since headers are shared with C: `1U`, `1UL`, `1ULL`.
  C_SUFFIX.lastIndex = end;
  const stop = end + (C_SUFFIX.exec(cursor.text)?.[0].length ?? 0);
  if (stop > cursor.end || isSymbolPart(stop < cursor.end ? cursor.text.charCodeAt(stop) : -1))
    return cursor.fail('bad number');
  cursor.at = stop;
  if (/^0\d+$/.test(digits)) {
    return /[89]/.test(digits) ? cursor.fail('bad octal number') : { k: 'int', value: BigInt(`0o${digits.slice(1)}`) };
  }
  return { k: 'int', value: BigInt(digits) };
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, b: 8, f: 12, '\\': 92, "'": 39, '"': 34 };

function characterValue(body: string): bigint | undefined {
  const inner = body.length > 1 && body.endsWith("'") ? body.slice(0, -1) : body;
  if (inner === '') return undefined;
  if (!inner.startsWith('\\')) return BigInt(inner.codePointAt(0) ?? 0);
  const escaped = inner[1];
  const value = escaped === undefined ? undefined : (ESCAPES[escaped] ?? escaped.charCodeAt(0));
  return value === undefined ? undefined : BigInt(value);
}

const PLACEHOLDER = /%(?:[a-zA-Z]?\d+|[a-zA-Z]?\[\w+\]|=)/y;

/** Takes `%0`, `%P2`, `%[name]` or `%=` of an inline assembly template. */
export function takePlaceholder(cursor: Cursor): string | undefined {
  PLACEHOLDER.lastIndex = cursor.at;
  const found = PLACEHOLDER.exec(cursor.text);
  if (!found || cursor.at + found[0].length > cursor.end) return undefined;
  cursor.at += found[0].length;
  return found[0];
}

/** What an evaluation asks of a symbol: its value, where it is absolute and known. */
export type SymbolValue = (name: string) => bigint | undefined;

/** The value of an absolute expression, or undefined when it depends on an address or an unknown symbol. */
export function evaluate(expr: AsmExpr, symbol: SymbolValue): bigint | undefined {
  switch (expr.k) {
    case 'int':
      return expr.value;
    case 'symbol':
      return expr.modifier === undefined ? symbol(expr.name) : undefined;
    case 'numeric':
    case 'here':
    case 'placeholder':
      return undefined;
    case 'unary': {
      const of = evaluate(expr.of, symbol);
      return of === undefined ? undefined : applyUnary(expr.operator, of);
    }
    case 'binary': {
      const left = evaluate(expr.left, symbol);
      const right = evaluate(expr.right, symbol);
      return left === undefined || right === undefined ? undefined : applyBinary(expr.operator, left, right);
    }
  }
}

function applyUnary(operator: UnaryOperator, of: bigint): bigint {
  switch (operator) {
    case '-':
      return wrap(-of);
    case '+':
      return of;
    case '~':
      return wrap(~of);
    case '!':
      return of === 0n ? 1n : 0n;
  }
}

/** The assembler computes in 64 bits; a comparison that holds is -1. */
function applyBinary(operator: BinaryOperator, left: bigint, right: bigint): bigint | undefined {
  const truth = (holds: boolean): bigint => (holds ? -1n : 0n);
  switch (operator) {
    case '*':
      return wrap(left * right);
    case '/':
      return right === 0n ? undefined : wrap(left / right);
    case '%':
      return right === 0n ? undefined : wrap(left % right);
    case '<<':
      return right < 0n || right > 63n ? 0n : wrap(left << right);
    case '>>':
      return right < 0n || right > 63n ? 0n : wrap(BigInt.asUintN(64, left) >> right);
    case '|':
      return left | right;
    case '&':
      return left & right;
    case '^':
      return left ^ right;
    case '!':
      return left | ~right;
    case '+':
      return wrap(left + right);
    case '-':
      return wrap(left - right);
    case '==':
      return truth(left === right);
    case '!=':
      return truth(left !== right);
    case '<':
      return truth(left < right);
    case '>':
      return truth(left > right);
    case '<=':
      return truth(left <= right);
    case '>=':
      return truth(left >= right);
    case '&&':
      return left !== 0n && right !== 0n ? 1n : 0n;
    case '||':
      return left !== 0n || right !== 0n ? 1n : 0n;
  }
}

function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}
