/**
 * Cuts a file into its function definitions by brackets alone, so that a construct the parser does not know spoils
 * one function and not the file, and so that only functions that matter are parsed at all.
 */
import type { OutToken } from '../cpp/expand.js';
import type { MacroView } from '../cpp/macro-table.js';
import type { Libc } from '../libc/types.js';
import { close, closing } from './knowledge.js';

export interface FunctionText {
  /** From the first token of the declaration to the closing brace. */
  readonly tokens: readonly OutToken[];
}

/** `weak_alias (of, alias)` as found at file scope, before it is known whether the names are functions. */
export interface AliasText {
  readonly of: string;
  readonly alias: string;
  readonly weak: boolean;
  readonly compat: boolean;
  readonly token: OutToken;
}

export interface Split {
  readonly functions: readonly FunctionText[];
  readonly aliases: readonly AliasText[];
  /** Brackets at file scope that nothing closes, with what may be lost behind them. */
  readonly unclosed: readonly { readonly token: OutToken; readonly behind: readonly OutToken[] }[];
}

const LOOKS_LIKE_MACRO = /alias|hidden|symbol|warning|proto|compat|version|_def$|^[A-Z_0-9]+$/;

const STORAGE = /^(static|extern|inline)$/;

/** Each bracket that nothing closes costs a look at the rest of the file. */
const MAX_UNCLOSED = 100;

/** `text` is the file's, to tell tokens at the beginning of a line by. */
export function split(tokens: readonly OutToken[], libc: Libc, view: MacroView, text = ''): Split {
  const functions: FunctionText[] = [];
  const aliases: AliasText[] = [];
  const unclosed: { token: OutToken; behind: readonly OutToken[] }[] = [];
  const leave = (at: number): number => {
    const end = endOfBroken(tokens, at, text);
    const token = tokens[at];
    if (token) unclosed.push({ token, behind: tokens.slice(at, end + 1) });
    return end;
  };
  let start = 0;
  /** The first token of the declaration that is no storage class. */
  let head = 0;
  let hasAssignment = false;
  let hasMembers = false;
  let isOpen = false;
  const restart = (at: number): void => {
    start = head = at;
    hasAssignment = hasMembers = isOpen = false;
  };
  const oldStyle = new OldStyle(tokens);
  for (let i = 0; i < tokens.length && unclosed.length < MAX_UNCLOSED; i++) {
    const t = tokens[i];
    if (!t) continue;
    if (i === head && STORAGE.test(t.text)) head++;
    else if (i === head && t.kind === 'identifier' && tokens[i + 1]?.text === '(') {
      const end = closing(tokens, i + 1);
      const next = tokens[(end ?? i) + 1]?.text;
      if (end !== undefined && next !== '{' && isMacroCall(tokens, i, end, view)) {
        record(tokens.slice(i + 2, end), t, libc, aliases);
        i = end;
        if (next === ';') i++;
        restart(i + 1);
        continue;
      }
    }
    switch (t.text) {
      case '(':
      case '[': {
        const end = closing(tokens, i);
        if (end !== undefined) i = end;
        else {
          leave(i);
          isOpen = true;
        }
        break;
      }
      case '=':
        hasAssignment = true;
        break;
      case 'struct':
      case 'union':
      case 'enum':
        hasMembers = true;
        break;
      case ';':
        // No parameter has a value, so what was assigned ends here.
        if (hasAssignment || !oldStyle.holds(start, i)) restart(i + 1);
        break;
      case '{': {
        const end = closing(tokens, i) ?? leave(i);
        const before = tokens[i - 1]?.text;
        const isBody = !hasAssignment && (before === ')' || isOpen || (before === ';' && oldStyle.holds(start, i)));
        if (isBody) functions.push({ tokens: tokens.slice(start, end + 1) });
        // Only members and values are part of what follows: a declarator on the same line, and what is no name.
        const next = tokens[end + 1];
        const isPart = hasAssignment ? next?.kind !== 'identifier' : hasMembers && !beginsLine(next, text);
        if (isBody || !isPart) restart(end + 1);
        i = end;
        break;
      }
      case '}':
        // A stray one, left by a conditional: the next declaration starts afresh.
        restart(i + 1);
    }
  }
  return { functions, aliases, unclosed };
}

/**
 * Where a block ends that is never closed: at the next closing brace that begins a line, as the last one of a function
 * does everywhere, else with the file.
 */
function endOfBroken(tokens: readonly OutToken[], open: number, text: string): number {
  for (let i = open + 1; i < tokens.length; i++) {
    const t = tokens[i];
    if (t?.text === '}' && beginsLine(t, text)) return i;
  }
  return tokens.length - 1;
}

function beginsLine(t: OutToken | undefined, text: string): boolean {
  return t !== undefined && t.use === undefined && (t.start === 0 || text[t.start - 1] === '\n');
}

function isMacroCall(tokens: readonly OutToken[], at: number, end: number, view: MacroView): boolean {
  const name = tokens[at]?.text ?? '';
  const next = tokens[end + 1];
  if (view.candidates(name).length > 0 || LOOKS_LIKE_MACRO.test(name)) return true;
  // `f (a, b) int a; {` without a return type is an old-style definition; `f (1);` at file scope is a macro.
  return next === undefined || next.text === ';';
}

/** Tells old-style definitions: `name (a, b)` followed by a word, as parameters are declared before the body. */
class OldStyle {
  private start = -1;
  /** Where the names end, in the declaration that begins at `start`. */
  private end: number | undefined;

  constructor(private readonly tokens: readonly OutToken[]) {}

  holds(start: number, until: number): boolean {
    if (start !== this.start) {
      this.start = start;
      this.end = this.endOfNames(start, until);
    }
    return this.end !== undefined && this.end + 1 < until;
  }

  private endOfNames(start: number, until: number): number | undefined {
    const { tokens } = this;
    let open = start;
    while (open < until && tokens[open]?.text !== '(') open++;
    if (open === until) return undefined;
    const end = close(tokens, open);
    if (tokens[open - 1]?.kind !== 'identifier' || tokens[end + 1]?.kind !== 'identifier') return undefined;
    const inner = tokens.slice(open + 1, end);
    const names = inner.length > 0 && inner.every((t, k) => (k % 2 === 0 ? t.kind === 'identifier' : t.text === ','));
    return names ? end : undefined;
  }
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
  if (of !== undefined && alias !== undefined && of !== alias)
    aliases.push({ of, alias, weak: known.weak, compat: known.compat === true, token });
}
