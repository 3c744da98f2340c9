/** How statements begin that are known by their punctuation: labels and assignments. */
import { splitArguments } from './directives.js';
import { isBlank, isDigit, isSymbolPart, startsSymbol } from './lexer.js';

export interface LabelHead {
  readonly name: string;
  readonly numeric: boolean;
  readonly nameEnd: number;
  /** Offset after the colon. */
  readonly next: number;
}

/** The label at `at`, if there is one. */
export function readLabel(text: string, at: number, end: number, template: boolean): LabelHead | undefined {
  let next = at;
  const numeric = isDigit(text.charCodeAt(at));
  let name: string;
  if (text.charCodeAt(at) === 34) {
    const close = text.indexOf('"', at + 1);
    if (close === -1 || close >= end) return undefined;
    name = text.slice(at + 1, close);
    next = close + 1;
  } else {
    if (!numeric && !startsSymbol(text.charCodeAt(at))) return undefined;
    while (next < end && (numeric ? isDigit(text.charCodeAt(next)) : isSymbolPart(text.charCodeAt(next)))) next++;
    name = text.slice(at, next);
  }
  const nameEnd = next;
  // `%=` of a template makes a label's name unique.
  if (template && text.startsWith('%=', next)) {
    next += 2;
    name += '%=';
  }
  while (next < end && isBlank(text.charCodeAt(next))) next++;
  if (next >= end || text.charCodeAt(next) !== 58) return undefined;
  return { name, numeric, nameEnd, next: next + 1 };
}

/** The name that an assignment gives a value to, and where the value starts; `word` is the statement's first word. */
export function readAssignment(
  text: string,
  word: string,
  rest: number,
  stop: number,
): { readonly name: string; readonly value: number } | undefined {
  if (/^\.(?:set|equ|equiv|eqv)$/i.test(word)) {
    const [first, second] = splitArguments(text, rest, stop);
    if (!first || !second) return undefined;
    const name = text.slice(first[0], first[1]).trim();
    return /^[A-Za-z_.$][\w.$]*$/.test(name) ? { name, value: first[1] + 1 } : undefined;
  }
  let at = rest;
  while (at < stop && isBlank(text.charCodeAt(at))) at++;
  if (at >= stop || text[at] !== '=') return undefined;
  return { name: word, value: at + (text[at + 1] === '=' ? 2 : 1) };
}
