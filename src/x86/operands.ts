/** Parses one operand of an instruction, AT&T syntax. */
import { parseExpression, takePlaceholder } from './expressions.js';
import { Cursor, isSymbolPart } from './lexer.js';
import { registerNamed } from './registers.js';
import type { AsmExpr, MemoryOperand, Operand, PlaceholderOperand, RegisterOperand } from './syntax.js';

const DOLLAR = 36;
const PERCENT = 37;
const OPEN = 40;
const STAR = 42;
const OPEN_BRACE = 123;

/**
 * Parses the operand at the cursor. `branch` says that the instruction is a jump or call: a bare expression is then
 * where it goes, not memory that it reads.
 */
export function parseOperand(cursor: Cursor, branch: boolean): Operand | undefined {
  cursor.skipBlanks();
  switch (cursor.peek()) {
    case DOLLAR: {
      cursor.at++;
      const value = parseExpression(cursor);
      return value && { k: 'immediate', value };
    }
    case STAR: {
      cursor.at++;
      const through = registerOrMemory(cursor);
      return through && { k: 'indirect', through };
    }
    case OPEN_BRACE: {
      const mode = takeBraces(cursor);
      return mode === undefined ? undefined : { k: 'rounding', mode };
    }
    default:
      break;
  }
  const segment = branch ? takeSegmentBeforeStar(cursor) : undefined;
  if (segment !== undefined) {
    const through = memory(cursor, segment);
    return through && { k: 'indirect', through };
  }
  const operand = registerOrMemory(cursor);
  if (!operand) return undefined;
  if (branch && operand.k === 'memory' && isBare(operand) && operand.displacement) {
    return { k: 'target', value: operand.displacement };
  }
  const decorations: string[] = [];
  while (!cursor.atEnd() && cursor.peek() === OPEN_BRACE) {
    const text = takeBraces(cursor);
    if (text === undefined) return undefined;
    decorations.push(text);
  }
  return decorations.length > 0 ? { ...operand, decorations } : operand;
}

const BEFORE_STAR = /%\s*([c-gs]s)\s*:\s*\*/iy;

/** `%es:*(%ebx)`: the older way to write `*%es:(%ebx)`. */
function takeSegmentBeforeStar(cursor: Cursor): string | undefined {
  BEFORE_STAR.lastIndex = cursor.at;
  const found = BEFORE_STAR.exec(cursor.text);
  if (!found || cursor.at + found[0].length > cursor.end) return undefined;
  cursor.at += found[0].length;
  return found[1]?.toLowerCase();
}

function isBare(memory: MemoryOperand): boolean {
  return memory.segment === undefined && memory.base === undefined && memory.index === undefined;
}

/** `{%k1}`, `{z}`, `{1to8}`, `{rn-sae}`: what is between the braces, without blanks and `%`. */
function takeBraces(cursor: Cursor): string | undefined {
  const close = cursor.text.indexOf('}', cursor.at);
  if (close === -1 || close >= cursor.end) return cursor.fail('missing }');
  const text = cursor.text
    .slice(cursor.at + 1, close)
    .replace(/[\s%]/g, '')
    .toLowerCase();
  if (!/^(?:k[0-7]|z|1to\d+|(?:r[nduz]-)?sae)$/.test(text))
    return cursor.fail(`unknown decoration {${text.slice(0, 40)}}`);
  cursor.at = close + 1;
  return text;
}

function registerOrMemory(cursor: Cursor): RegisterOperand | MemoryOperand | PlaceholderOperand | undefined {
  cursor.skipBlanks();
  let segment: string | undefined;
  if (startsRegister(cursor)) {
    const name = takeRegister(cursor);
    if (name === undefined) return undefined;
    cursor.skipBlanks();
    if (cursor.peek() !== 58) return { k: 'register', name };
    if (registerNamed(name)?.kind !== 'segment') return cursor.fail(`%${name} is no segment register`);
    cursor.at++;
    segment = name;
  }
  return memory(cursor, segment);
}

function memory(cursor: Cursor, segment: string | undefined): MemoryOperand | PlaceholderOperand | undefined {
  cursor.skipBlanks();
  let displacement: AsmExpr | undefined;
  if (cursor.peek() !== OPEN || !startsAddress(cursor)) {
    displacement = parseExpression(cursor);
    if (!displacement) return undefined;
    cursor.skipBlanks();
  }
  if (cursor.peek() !== OPEN) {
    if (displacement?.k === 'placeholder' && segment === undefined) return displacement;
    return { k: 'memory', ...given('segment', segment), ...given('displacement', displacement), scale: 1 };
  }
  cursor.at++;
  const address = baseAndIndex(cursor);
  if (!address) return undefined;
  return { k: 'memory', ...given('segment', segment), ...given('displacement', displacement), ...address };
}

type Address = Pick<MemoryOperand, 'base' | 'index' | 'scale'>;

/** What stands between the parentheses: `base`, `base,index`, `base,index,scale`, `,index,scale`, or a lone scale `,1`. */
function baseAndIndex(cursor: Cursor): Address | undefined {
  let base: string | undefined;
  let index: string | undefined;
  let scale: MemoryOperand['scale'] = 1;
  cursor.skipBlanks();
  if (startsRegister(cursor) || isPlaceholder(cursor)) {
    base = takeAddressRegister(cursor);
    if (base === undefined) return undefined;
  }
  if (cursor.take(',')) {
    cursor.skipBlanks();
    if (startsRegister(cursor) || isPlaceholder(cursor)) {
      index = takeAddressRegister(cursor);
      if (index === undefined) return undefined;
      if (cursor.take(',') && !/^\s*\)/.test(cursor.text.slice(cursor.at, cursor.at + 8))) {
        const factor = takeScale(cursor);
        if (factor === undefined) return undefined;
        scale = factor;
      }
    } else if (takeScale(cursor) === undefined) return undefined;
  }
  if (!cursor.take(')')) return cursor.fail('missing )');
  if (base === undefined && index === undefined && cursor.text[cursor.at - 2] === '(')
    return cursor.fail('empty address');
  return { ...given('base', base), ...given('index', index), scale };
}

function takeScale(cursor: Cursor): MemoryOperand['scale'] | undefined {
  const value = parseExpression(cursor);
  if (!value) return undefined;
  // A scale that a macro or the compiler fills in later cannot be known; its value does not change the parse.
  if (value.k !== 'int') return cursor.fail('scale is not a number');
  switch (value.value) {
    case 1n:
      return 1;
    case 2n:
      return 2;
    case 4n:
      return 4;
    case 8n:
      return 8;
    default:
      return cursor.fail('scale must be 1, 2, 4 or 8');
  }
}

/** Whether the `(` here opens an address and not a parenthesised displacement. */
function startsAddress(cursor: Cursor): boolean {
  const ahead = new Cursor(cursor.text, cursor.at + 1, cursor.end, cursor.template, cursor.registerAliases);
  ahead.skipBlanks();
  const code = ahead.peek();
  if (code === 44 || code === 41) return true;
  if (startsRegister(ahead)) return true;
  if (!isPlaceholder(ahead)) return false;
  takePlaceholder(ahead);
  ahead.skipBlanks();
  return ahead.peek() === 41 || ahead.peek() === 44;
}

function isPlaceholder(cursor: Cursor): boolean {
  return cursor.template && cursor.peek() === PERCENT;
}

function takeAddressRegister(cursor: Cursor): string | undefined {
  if (startsRegister(cursor)) return takeRegister(cursor);
  return takePlaceholder(cursor) ?? cursor.fail('unknown operand of the template');
}

/** In a template `%%` marks a register, and a lone `%` does where no operand can be meant (`%eax`). */
function startsRegister(cursor: Cursor): boolean {
  if (cursor.peek() !== PERCENT) {
    if (cursor.registerAliases.size === 0) return false;
    const ahead = new Cursor(cursor.text, cursor.at, cursor.end);
    return cursor.registerAliases.has(ahead.takeSymbol());
  }
  if (!cursor.template || cursor.peek(1) === PERCENT) return true;
  const name = /^%(\w+)/.exec(cursor.text.slice(cursor.at, Math.min(cursor.end, cursor.at + 8)))?.[1]?.toLowerCase();
  return name !== undefined && !/^k\d$/.test(name) && registerNamed(name) !== undefined;
}

function takeRegister(cursor: Cursor): string | undefined {
  if (cursor.peek() !== PERCENT) return cursor.registerAliases.get(cursor.takeSymbol());
  cursor.at += cursor.template && cursor.peek(1) === PERCENT ? 2 : 1;
  cursor.skipBlanks();
  const start = cursor.at;
  while (isSymbolPart(cursor.peek())) cursor.at++;
  let name = cursor.text.slice(start, cursor.at).toLowerCase();
  if (name === 'st') {
    const stack = /^\s*\(\s*([0-7])\s*\)/.exec(cursor.text.slice(cursor.at, Math.min(cursor.end, cursor.at + 16)));
    if (stack) {
      name = `st(${stack[1] ?? ''})`;
      cursor.at += stack[0].length;
    }
  }
  return registerNamed(name) ? name : cursor.fail(`unknown register %${name.slice(0, 40)}`);
}

/** Makes a property only where there is a value: the types ask for that. */
function given<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}
