/** Parses one instruction: prefixes, mnemonic, operands. */
import type { Cursor } from './lexer.js';
import { isBlank } from './lexer.js';
import { isEncodingHint, isPrefix, mnemonic, type Mnemonic } from './mnemonics.js';
import { parseOperand } from './operands.js';
import type { Instruction, Operand, Stretch } from './syntax.js';

export interface ParsedInstruction {
  readonly instruction: Instruction;
  /** Offsets in the cursor's text, one for each operand. */
  readonly operandStretches: readonly Stretch[];
}

/** No instruction has more than five operands; a little room for what does not exist yet. */
const MAX_OPERANDS = 8;

const WORD = /[A-Za-z][\w.]*/y;

/** Parses the whole of the cursor's statement; `undefined` with the cursor's reason set. */
export function parseInstruction(cursor: Cursor): ParsedInstruction | undefined {
  const prefixes: string[] = [];
  for (;;) {
    cursor.skipBlanks();
    if (cursor.peek() === 123) {
      const hint = takeHint(cursor);
      if (hint === undefined) return cursor.fail('unknown encoding hint');
      prefixes.push(hint);
      continue;
    }
    const word = takeWord(cursor);
    if (word === '') {
      if (cursor.template && cursor.peek() === 37) return cursor.fail('text that is not known here');
      return cursor.fail(prefixes.length > 0 ? 'text after a prefix' : 'not a statement');
    }
    if (isPrefix(word)) {
      // `lock/incl`: a slash may stand between.
      cursor.take('/');
      if (!cursor.atEnd()) {
        prefixes.push(word);
        continue;
      }
      // Alone: the reader of the statements joins it to the next one.
      return { instruction: { mnemonic: word, base: word, prefixes, operands: [] }, operandStretches: [] };
    }
    const found = lookup(cursor, word);
    if (!found) return cursor.fail(`unknown mnemonic ${word.slice(0, 40)}`);
    return operands(cursor, word, found, prefixes);
  }
}

function takeWord(cursor: Cursor): string {
  WORD.lastIndex = cursor.at;
  const found = WORD.exec(cursor.text)?.[0] ?? '';
  if (found === '' || cursor.at + found.length > cursor.end) return '';
  cursor.at += found.length;
  return found.toLowerCase();
}

function takeHint(cursor: Cursor): string | undefined {
  const close = cursor.text.indexOf('}', cursor.at);
  if (close === -1 || close >= cursor.end || close - cursor.at > 16) return undefined;
  const hint = cursor.text
    .slice(cursor.at, close + 1)
    .replace(/\s/g, '')
    .toLowerCase();
  cursor.at = close + 1;
  return isEncodingHint(hint) ? hint : undefined;
}

function lookup(cursor: Cursor, word: string): Mnemonic | undefined {
  if (cursor.template && cursor.peek() === 37) {
    // `mov%z0` and `add%L2`: the compiler writes the suffix.
    const filled = /^%[a-zA-Z](?:\d+|\[\w+\])(?=\s|$)/.exec(
      cursor.text.slice(cursor.at, Math.min(cursor.end, cursor.at + 64)),
    );
    if (!filled) return undefined;
    cursor.at += filled[0].length;
  }
  return mnemonic(word);
}

/** True for jumps and calls, whose bare operand is a place to go to. */
export function isBranch(base: string): boolean {
  return base === 'call' || base === 'xbegin' || (base.startsWith('j') && base !== 'j') || base.startsWith('loop');
}

function operands(
  cursor: Cursor,
  word: string,
  found: Mnemonic,
  prefixes: readonly string[],
): ParsedInstruction | undefined {
  const list: Operand[] = [];
  const operandStretches: Stretch[] = [];
  let hint: 'pn' | 'pt' | undefined;
  const branch = isBranch(found.base);
  if (cursor.peek() === 44) {
    const text = /^,\s*(p[nt])\b/i.exec(cursor.text.slice(cursor.at, Math.min(cursor.end, cursor.at + 16)));
    if (!text || !branch) return cursor.fail('missing operand');
    hint = text[1]?.toLowerCase() === 'pt' ? 'pt' : 'pn';
    cursor.at += text[0].length;
  } else if (cursor.at < cursor.end && /[\w"':!?@&|]/.test(cursor.text[cursor.at] ?? '')) {
    return cursor.fail(`unknown mnemonic ${word}`);
  }
  while (!cursor.atEnd()) {
    if (list.length > 0 && !cursor.take(',')) return cursor.fail('text after an operand');
    cursor.skipBlanks();
    const start = cursor.at;
    const operand = parseOperand(cursor, branch);
    if (!operand) return undefined;
    let end = cursor.at;
    while (end > start && isBlank(cursor.text.charCodeAt(end - 1))) end--;
    list.push(operand);
    operandStretches.push({ start, end });
    if (list.length > MAX_OPERANDS) return cursor.fail('too many operands');
  }
  const instruction: Instruction = {
    mnemonic: word,
    base: found.base,
    ...(found.width !== undefined && { width: found.width }),
    prefixes,
    operands: list,
    ...(hint !== undefined && { hint }),
  };
  return { instruction, operandStretches };
}
