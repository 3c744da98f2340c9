/**
 * Makes preprocessed tokens into C that the parser knows, without changing what they say: attributes and qualifiers
 * dropped, asm statements replaced by numbered calls, types given as arguments replaced, missing semicolons added.
 * Each step is for a construct that real libcs use and the grammar refuses (measured in docs/architecture.md).
 */
import { plainBody } from '../cpp/definitions.js';
import type { OutToken } from '../cpp/expand.js';
import type { MacroView } from '../cpp/macro-table.js';
import { close, type Knowledge } from './knowledge.js';

/** An asm statement, kept aside: its tokens between the brackets, and the register variables in force. */
export interface AsmText {
  readonly tokens: readonly OutToken[];
  readonly isVolatile: boolean;
  readonly isGoto: boolean;
}

export interface Normalised {
  readonly tokens: OutToken[];
  readonly asm: readonly AsmText[];
}

/** The name of the call that stands for asm statement n. No C program can hold it as an identifier. */
export const ASM_CALL = '__builtin_cancelint_asm';
/** Stands for `goto *…`, with the address as its argument. */
export const GOTO_CALL = '__builtin_cancelint_goto';
/** Stands for a range of case values, `1 ... 5`. */
export const RANGE_CALL = '__builtin_cancelint_range';

const DROPPED = new Set([
  '__extension__',
  '__restrict',
  'restrict',
  '__restrict__',
  '_Complex',
  '__complex__',
  '__complex',
  '__real__',
  '__real',
  '__imag__',
  '__imag',
  '_Noreturn',
  '_Thread_local',
  '__thread',
  '_Atomic',
]);
// A map, since a name of a source may be one that every object has (`constructor`).
const RENAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    __const: 'const',
    __const__: 'const',
    __volatile: 'volatile',
    __volatile__: 'volatile',
    __signed: 'signed',
    __signed__: 'signed',
    __inline: 'inline',
    __inline__: 'inline',
    __auto_type: 'int',
    // The parser knows `_Alignof` of types only, and `sizeof` of values too.
    __alignof: 'sizeof',
    __alignof__: 'sizeof',
  }),
);
export const TYPE_WORD =
  /^(unsigned|signed|int|long|char|short|struct|union|enum|const|void|float|double|volatile|_Bool)$/;
const OPERATOR_ONLY = /^([-+*/%&|^]=?|<<=?|>>=?|[<>]=?|[!=]=|=|&&|\|\|)$/;
const STATEMENT_HEAD =
  /^(if|while|for|switch|return|else|do|goto|break|continue|case|default|sizeof|_Alignof|typeof|__typeof__|__typeof)$/;

/** Behind this `&&` is no operator between two values. */
const ADDRESS_PLACE = /^([-+=(,{[?:;!]|[=!]=|return)$/;

const isWord = (t: OutToken | undefined): boolean => t?.kind === 'identifier';

function like(token: OutToken, text: string, kind: OutToken['kind'] = 'punctuator'): OutToken {
  return { ...token, text, kind, spaced: true };
}

/** Behind this a call may stand, but no attribute. */
function isCallPlace(before: OutToken | undefined): boolean {
  return (
    before !== undefined && (before.kind === 'punctuator' ? before.text !== '*' : STATEMENT_HEAD.test(before.text))
  );
}

/** Index in `tokens` of the bracket that the last token closes, or -1. */
function openingOfLast(tokens: readonly OutToken[]): number {
  let depth = 0;
  for (let i = tokens.length - 1; i >= 0; i--) {
    const text = tokens[i]?.text;
    if (text === ')') depth++;
    else if (text === '(' && --depth === 0) return i;
  }
  return -1;
}

/** Whether an asm that follows these tokens is a statement, and not the assembler's name of what they declare. */
function asmIsStatement(before: readonly OutToken[]): boolean {
  const last = before[before.length - 1]?.text;
  if (last === undefined || /^[;{}:]$/.test(last) || last === 'else' || last === 'do') return true;
  if (last !== ')') return false;
  const open = openingOfLast(before);
  const name = before[open - 1];
  if (!isWord(name) || STATEMENT_HEAD.test(name?.text ?? '')) return true;
  // `int f (void) __asm__ ("g")`, but not `MACRO (x) __asm__ (…)`.
  const type = before[open - 2];
  return !(type?.text === '*' || (isWord(type) && !STATEMENT_HEAD.test(type?.text ?? '')));
}

/**
 * Steps that hold anywhere in a file. Newlines are dropped: only the preprocessor needs them. `depth`: braces around
 * the tokens.
 */
export function normalise(input: readonly OutToken[], knowledge: Knowledge, view: MacroView, depth = 0): Normalised {
  const tokens = input.filter((t) => t.kind !== 'newline' && t.kind !== 'hash');
  const asm: AsmText[] = [];
  const out: OutToken[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const t = tokens[i];
    if (!t) continue;
    if (t.text === '{') depth++;
    else if (t.text === '}') depth = Math.max(0, depth - 1);
    if (t.kind !== 'identifier') {
      out.push(t);
      continue;
    }
    const renamed = RENAMED.get(t.text);
    const bracket = tokens[i + 1]?.text === '(';
    const applied = bracket ? appliedCall(tokens, i, knowledge) : undefined;
    if (applied) {
      tokens.splice(i, close(tokens, i + 1) + 1 - i, ...applied);
      i--;
      continue;
    }
    if (/^(__attribute__|__attribute|__declspec|_Alignas)$/.test(t.text) && bracket) i = close(tokens, i + 1);
    else if (DROPPED.has(t.text) || isComplexType(tokens, i)) continue;
    else if (/^(typeof|__typeof__|__typeof)$/.test(t.text) && bracket) {
      i = close(tokens, i + 1);
      out.push(like(t, 'int', 'identifier'));
    } else if (/^(asm|__asm__|__asm)$/.test(t.text)) {
      let open = i + 1;
      let isVolatile = false;
      let isGoto = false;
      for (
        let q = tokens[open];
        q && /^(volatile|__volatile__|__volatile|goto|inline|__inline|const)$/.test(q.text);
        q = tokens[++open]
      ) {
        isVolatile ||= q.text.includes('volatile');
        isGoto ||= q.text === 'goto';
      }
      if (tokens[open]?.text !== '(') {
        out.push(t);
        continue;
      }
      const end = close(tokens, open);
      const before = out[out.length - 1]?.text;
      // A label for the assembler's name of a declaration, or an asm statement.
      const isStatement = depth > 0 && asmIsStatement(out);
      if (isStatement) {
        out.push(like(t, ASM_CALL, 'identifier'), like(t, '('), like(t, String(asm.length), 'number'), like(t, ')'));
        asm.push({ tokens: tokens.slice(open + 1, end), isVolatile, isGoto });
      } else if (depth === 0 && (before === undefined || before === ';' || before === '}')) {
        // Assembly at file scope is no part of any C function.
        i = end;
        if (tokens[i + 1]?.text === ';') i++;
        continue;
      }
      i = end;
    } else if (renamed !== undefined) out.push({ ...t, text: renamed });
    else if (knowledge.isAttribute(t.text, view)) {
      const [macro] = view.candidates(t.text);
      if (macro?.params === undefined) continue;
      // Empty in one place (`#define debug(...)`), a function in others: a call stays one.
      if (depth > 0 && bracket && plainBody(macro) === '' && isCallPlace(out[out.length - 1])) {
        out.push(t);
        continue;
      }
      if (bracket) i = close(tokens, i + 1);
      else out.push(t);
    } else out.push(t);
  }
  return { tokens: out, asm };
}

/** `complex` of <complex.h>, beside another word of the type. */
function isComplexType(tokens: readonly OutToken[], at: number): boolean {
  if (tokens[at]?.text !== 'complex') return false;
  return [tokens[at - 1], tokens[at + 1]].some((t) => /^(float|double|long)$/.test(t?.text ?? ''));
}

/** `f (x)` for `apply (f, (x), otherwise)`, where the libc's data says that it is called. */
function appliedCall(tokens: readonly OutToken[], at: number, { roles }: Knowledge): readonly OutToken[] | undefined {
  const role = roles.of(tokens[at]?.text ?? '').find((r) => r.role === 'applies');
  if (role?.role !== 'applies') return undefined;
  const given = argumentsIn(tokens, at + 1, close(tokens, at + 1)).map(([from, to]) => tokens.slice(from, to));
  const [called, list] = [given[role.function], given[role.arguments]];
  return called && called.length > 0 && list?.[0]?.text === '(' ? [...called, ...list] : undefined;
}

/** Steps for the inside of one function, whose tokens start at its declaration. */
export function normaliseBody(tokens: readonly OutToken[]): OutToken[] {
  const out: OutToken[] = [];
  const body = tokens.findIndex((t) => t.text === '{');
  /** For each brace around: whether statements stand in it, or values. */
  const blocks: boolean[] = [true];
  for (let i = 0; i < tokens.length; i++) {
    const t = tokens[i];
    if (!t) continue;
    if (i <= body || body === -1) {
      out.push(t);
      continue;
    }
    const before = out[out.length - 1];
    if (t.text === '{') blocks.push(opensBlock(out, blocks[blocks.length - 1] ?? true));
    else if (t.text === '}') blocks.pop();
    const ends = t.text === 'case' && isWord(t) ? rangeOf(tokens, i) : undefined;
    if (ends) {
      const [dots, colon] = ends;
      const [low, high] = [tokens.slice(i + 1, dots), tokens.slice(dots + 1, colon)];
      out.push(t, like(t, RANGE_CALL, 'identifier'), like(t, '('), ...normaliseNested(low), like(t, ','));
      out.push(...normaliseNested(high), like(t, ')'));
      i = colon - 1;
      continue;
    }
    if (t.text === 'goto' && isWord(t) && tokens[i + 1]?.text === '*') {
      let end = i + 2;
      while (tokens[end] && !/^[;{}]$/.test(tokens[end]?.text ?? '')) end++;
      out.push(
        like(t, GOTO_CALL, 'identifier'),
        like(t, '('),
        ...normaliseNested(tokens.slice(i + 2, end)),
        like(t, ')'),
      );
      i = end - 1;
      continue;
    }
    if (/^(__builtin_)?offsetof$/.test(t.text) && tokens[i + 1]?.text === '(') {
      out.push(like(t, '0', 'number'));
      i = close(tokens, i + 1);
      continue;
    }
    if (isPartOfString(tokens, i)) continue;
    // The address of a label (`&&label`) becomes the label's name, which no variable has where it matters.
    const label = tokens[i + 1];
    if (t.text === '&&' && label?.kind === 'identifier' && before && ADDRESS_PLACE.test(before.text)) {
      out.push({ ...label, spaced: t.spaced });
      i++;
      continue;
    }
    if (isWord(t) && tokens[i + 1]?.text === '(' && !STATEMENT_HEAD.test(t.text)) {
      const end = close(tokens, i + 1);
      const next = tokens[end + 1];
      // `(int (*) (void))`: no call, but the type of a function's address. `_Generic` the parser knows.
      if (
        TYPE_WORD.test(t.text) ||
        t.text === '_Generic' ||
        (end === i + 3 && tokens[i + 2]?.text === '*' && next?.text === '(')
      ) {
        out.push(t);
        continue;
      }
      const declares = isDeclared(out);
      const startsStatement = before !== undefined && /^[;{}]$/.test(before.text);
      if (startsStatement && next?.text === '{' && !TYPE_WORD.test(t.text)) {
        // A macro of unknown body that heads a block: take it for a loop.
        out.push(like(t, 'while', 'identifier'), like(t, '('), t, ...plainArguments(tokens, i + 1, end), like(t, ')'));
        i = end;
        continue;
      }
      out.push(t);
      if (declares) continue;
      out.push(...plainArguments(tokens, i + 1, end));
      const statement = startsStatement || before?.text === ')' || before?.text === 'else' || before?.text === ':';
      // A macro used as a statement brings its own semicolon.
      const inBlock = blocks[blocks.length - 1] ?? true;
      if (statement && inBlock && next && (isWord(next) || next.text === '}') && next.text !== 'sizeof')
        out.push(like(next, ';'));
      i = end;
      continue;
    }
    out.push(t);
  }
  return out;
}

/** `PREFIX` in `PREFIX DIR "/x"`: a macro of unknown body between or in front of the pieces of a string. */
function isPartOfString(tokens: readonly OutToken[], at: number): boolean {
  const isPiece = (t: OutToken | undefined): boolean =>
    t?.kind === 'string' || (t?.kind === 'identifier' && !STATEMENT_HEAD.test(t.text) && !TYPE_WORD.test(t.text));
  const [before, t, next] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (t?.kind !== 'identifier' || !isPiece(t)) return false;
  if (before?.kind === 'string') return next?.text !== '(';
  return next?.kind === 'string' || (isPiece(next) && tokens[at + 2]?.kind === 'string');
}

/** Whether a name after these tokens is declared by them: `int f (…)`, `extern T *f (…)`. */
function isDeclared(before: readonly OutToken[]): boolean {
  let i = before.length - 1;
  while (before[i]?.text === '*') i--;
  const word = before[i];
  if (!isWord(word) || STATEMENT_HEAD.test(word?.text ?? '') || word?.text === ASM_CALL) return false;
  if (i === before.length - 1) return true;
  // `T *f (…)` declares where a statement begins, and multiplies elsewhere.
  while (isWord(before[i])) i--;
  return /^[;{}]$/.test(before[i]?.text ?? '');
}

/** Whether a brace after these tokens holds statements (or members), and not the values of an initialiser. */
function opensBlock(before: readonly OutToken[], inBlock: boolean): boolean {
  const last = before[before.length - 1];
  if (last?.text === '(') return true;
  if (!inBlock || (last && /^(=|,|\[|return)$/.test(last.text))) return false;
  if (last?.text !== ')') return true;
  // `(type) { 1 }` against `if (x) { … }` and `MACRO (x) { … }`.
  const head = before[openingOfLast(before) - 1];
  return isWord(head) && !/^(return|sizeof|_Alignof)$/.test(head?.text ?? '');
}

/** Indexes of the `...` and the `:` of a case label that is a range. */
function rangeOf(tokens: readonly OutToken[], at: number): [number, number] | undefined {
  let dots = -1;
  let choices = 0;
  for (let i = at + 1; i < tokens.length; i++) {
    const text = tokens[i]?.text ?? '';
    if (text === '(' || text === '[') i = close(tokens, i);
    else if (text === '?') choices++;
    else if (text === ':' && choices-- === 0) return dots === -1 ? undefined : [dots, i];
    else if (text === '...') dots = i;
    else if (/^[;{}]$/.test(text)) return undefined;
  }
  return undefined;
}

/** The bracketed arguments, each one that is a type, a bare operator or nothing (`CHECK_FILE (fp, );`) replaced by 0. */
function plainArguments(tokens: readonly OutToken[], open: number, end: number): OutToken[] {
  const out: OutToken[] = [];
  const first = tokens[open];
  if (first) out.push(first);
  for (const [from, to] of argumentsIn(tokens, open, end)) {
    const t = tokens[to];
    if (!t) continue;
    const argument = withoutRest(tokens.slice(from, to));
    const [head] = argument;
    const isEmpty = argument.length === 0 && (t.text === ',' || (t.text === ')' && from > open + 1));
    if (isEmpty || isTypeOrOperator(argument)) out.push(like(head ?? t, '0', 'number'));
    else out.push(...normaliseNested(argument));
    out.push(t);
  }
  return out;
}

/** `&x MORE` without the macro that adds arguments, or nothing. */
function withoutRest(argument: readonly OutToken[]): readonly OutToken[] {
  const [before, last] = argument.slice(-2);
  const isMacro = isWord(last) && /^_*[A-Z][A-Z0-9_]+$/.test(last?.text ?? '');
  const isValue = isWord(before) && !TYPE_WORD.test(before?.text ?? '') && !STATEMENT_HEAD.test(before?.text ?? '');
  return isMacro && isValue ? argument.slice(0, -1) : argument;
}

/** Where the arguments between two brackets begin, and the comma or bracket behind each. */
function argumentsIn(tokens: readonly OutToken[], open: number, end: number): readonly [from: number, to: number][] {
  const out: [number, number][] = [];
  let from = open + 1;
  let depth = 0;
  for (let i = open + 1; i <= end; i++) {
    const text = tokens[i]?.text ?? '';
    if (depth === 0 && (text === ',' || i === end)) {
      out.push([from, i]);
      from = i + 1;
    } else if (/^[([{]$/.test(text)) depth++;
    else if (/^[)\]}]$/.test(text)) depth--;
  }
  return out;
}

function normaliseNested(argument: readonly OutToken[]): OutToken[] {
  const [head] = argument;
  if (!head || argument.length < 3) return [...argument];
  // Reuses the body's steps: a brace in front says "inside a function".
  return normaliseBody([like(head, '{'), ...argument]).slice(1);
}

function isTypeOrOperator(argument: readonly OutToken[]): boolean {
  const [head] = argument;
  const last = argument[argument.length - 1];
  if (!head || !last) return false;
  // A list of no arguments: `CALL (f, ())`.
  if (argument.length === 2 && head.text === '(' && last.text === ')') return true;
  if (argument.length === 1) return OPERATOR_ONLY.test(head.text) || TYPE_WORD.test(head.text);
  if (head.text === '(' && last.text === ')') return isFunctionType(argument);
  if (TYPE_WORD.test(head.text)) return !argument.some((t) => /^[(){};=]$/.test(t.text)) || last.text === '*';
  return isWord(head) && last.text === '*' && argument.every((t) => isWord(t) || t.text === '*');
}

/** `(int (*) (void))` */
function isFunctionType(argument: readonly OutToken[]): boolean {
  const star = argument.findIndex((t, i) => t.text === '*' && argument[i - 1]?.text === '(');
  const type = argument.slice(1, star - 1);
  return (
    type.length > 0 &&
    type.every((t) => isWord(t) || t.text === '*') &&
    argument[star + 1]?.text === ')' &&
    argument[star + 2]?.text === '(' &&
    close(argument, star + 2) === argument.length - 2
  );
}
