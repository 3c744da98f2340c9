/**
 * Cuts a file into its function definitions by brackets alone, so that a construct the parser does not know spoils
 * one function and not the file, and so that only functions that matter are parsed at all.
 */
import type { OutToken } from '../cpp/expand.js';
import type { MacroView } from '../cpp/macro-table.js';
import type { Libc } from '../libc/types.js';
import { close } from './knowledge.js';

export interface FunctionText {
  /** From the first token of the declaration to the closing brace. */
  readonly tokens: readonly OutToken[];
}

/** `weak_alias (of, alias)` as found at file scope, before it is known whether the names are functions. */
export interface AliasText {
  readonly of: string;
  readonly alias: string;
  readonly weak: boolean;
  readonly token: OutToken;
}

export interface Split {
  readonly functions: readonly FunctionText[];
  readonly aliases: readonly AliasText[];
}

const LOOKS_LIKE_MACRO = /alias|hidden|symbol|warning|proto|compat|version|_def$|^[A-Z_0-9]+$/;

const STORAGE = /^(static|extern|inline)$/;

function onlyStorage(tokens: readonly OutToken[], start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!STORAGE.test(tokens[i]?.text ?? '')) return false;
  return true;
}

export function split(tokens: readonly OutToken[], libc: Libc, view: MacroView): Split {
  const functions: FunctionText[] = [];
  const aliases: AliasText[] = [];
  let start = 0;
  let hasAssignment = false;
  for (let i = 0; i < tokens.length; i++) {
    const t = tokens[i];
    if (!t) continue;
    const atStart = i === start || (STORAGE.test(tokens[i - 1]?.text ?? '') && onlyStorage(tokens, start, i));
    if (atStart && t.kind === 'identifier' && tokens[i + 1]?.text === '(') {
      const end = close(tokens, i + 1);
      const next = tokens[end + 1]?.text;
      if (next !== '{' && isMacroCall(tokens, i, end, view)) {
        record(tokens.slice(i + 2, end), t, libc, aliases);
        i = end;
        if (next === ';') i++;
        start = i + 1;
        continue;
      }
    }
    switch (t.text) {
      case '(':
      case '[':
        i = close(tokens, i);
        break;
      case '=':
        hasAssignment = true;
        break;
      case ';':
        if (isOldStyle(tokens, start, i)) break;
        start = i + 1;
        hasAssignment = false;
        break;
      case '{': {
        const end = close(tokens, i);
        const before = tokens[i - 1]?.text;
        const isBody = !hasAssignment && (before === ')' || (before === ';' && isOldStyle(tokens, start, i)));
        if (isBody && tokens[end]?.text === '}') {
          functions.push({ tokens: tokens.slice(start, end + 1) });
          start = end + 1;
          hasAssignment = false;
        }
        i = end;
        break;
      }
      case '}':
        // A stray one, left by a conditional: the next declaration starts afresh.
        start = i + 1;
        hasAssignment = false;
    }
  }
  return { functions, aliases };
}

function isMacroCall(tokens: readonly OutToken[], at: number, end: number, view: MacroView): boolean {
  const name = tokens[at]?.text ?? '';
  const next = tokens[end + 1];
  if (view.candidates(name).length > 0 || LOOKS_LIKE_MACRO.test(name)) return true;
  // `f (a, b) int a; {` without a return type is an old-style definition; `f (1);` at file scope is a macro.
  return next === undefined || next.text === ';';
}

/** The declaration holds `name (a, b)` followed by a word: parameters are declared before the body, with semicolons. */
function isOldStyle(tokens: readonly OutToken[], start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (tokens[i]?.text !== '(') continue;
    const closing = close(tokens, i);
    const inner = tokens.slice(i + 1, closing);
    const names = inner.length > 0 && inner.every((t, k) => (k % 2 === 0 ? t.kind === 'identifier' : t.text === ','));
    return (
      names && tokens[i - 1]?.kind === 'identifier' && tokens[closing + 1]?.kind === 'identifier' && closing + 1 < end
    );
  }
  return false;
}

function record(args: readonly OutToken[], token: OutToken, libc: Libc, aliases: AliasText[]): void {
  const known = libc.aliases.find((a) => a.name === token.text);
  if (!known) return;
  const list = args
    .map((t) => t.text)
    .join('')
    .split(',');
  const of = list[known.of];
  const alias = list[known.alias];
  if (of !== undefined && alias !== undefined && of !== alias) aliases.push({ of, alias, weak: known.weak, token });
}
