/**
 * Macro expansion of token streams with hide sets (the algorithm of the C standard, 6.10.3, as D. Prosser wrote it
 * down), where every token keeps the place it comes from and the place of the use it came in by.
 */
import { bodyTokens, type Definition } from './definitions.js';
import { lex, type Dialect, type Token } from './lexer.js';

/** A token on its way to a parser. Without `use` it stands in the file itself. */
export interface OutToken extends Token {
  /** The outermost macro use in the file that is read, as offsets. */
  readonly use?: { readonly start: number; readonly end: number };
  /** Where the token is spelled, when that is a macro's body: `start` and `end` are offsets in this file. */
  readonly definitionFile?: string;
  readonly macros?: readonly string[];
  readonly hide?: HideSet;
}

interface HideSet {
  readonly name: string;
  readonly next: HideSet | undefined;
}

function hides(set: HideSet | undefined, name: string): boolean {
  for (let s = set; s; s = s.next) if (s.name === name) return true;
  return false;
}

export interface Expander {
  readonly dialect: Dialect;
  /** The definition to expand a name by, or undefined to leave it as it is. `inside`: the use came out of a macro. */
  define(name: string, inside: boolean): Definition | undefined;
  /** Called when the limits are reached; expansion then stops and the rest is left as written. */
  onLimit(): void;
}

/** Bounds for one file: beyond them macros are left alone, and that is reported. */
export const MAX_EXPANSIONS = 200_000;
export const MAX_TOKENS = 4_000_000;

interface Arguments {
  readonly list: readonly (readonly OutToken[])[];
  /** Number of tokens consumed after the macro's name, and the closing bracket. */
  readonly consumed: number;
  readonly close: OutToken;
}

/** Reads an argument list from a stack of tokens (last element is next). Undefined when no `(` follows or it never closes. */
function readArguments(stack: readonly OutToken[], dialect: Dialect): Arguments | undefined {
  let i = stack.length - 1;
  while (i >= 0 && stack[i]?.kind === 'newline' && dialect === 'c') i--;
  if (stack[i]?.text !== '(') return undefined;
  const list: OutToken[][] = [[]];
  let depth = 0;
  for (; i >= 0; i--) {
    const token = stack[i];
    if (!token) break;
    if (token.kind === 'newline' || token.kind === 'hash') {
      if (dialect === 'c') continue;
      if (token.kind === 'newline') continue;
    }
    if (token.text === '(' && depth++ === 0) continue;
    if (token.text === ')' && --depth === 0) return { list, consumed: stack.length - i, close: token };
    if (token.text === ',' && depth === 1) list.push([]);
    else list[list.length - 1]?.push(token);
  }
  return undefined;
}

function stringify(tokens: readonly OutToken[], like: Token): OutToken {
  const text = tokens.map((t, i) => (t.spaced && i > 0 ? ' ' : '') + t.text).join('');
  return { ...like, kind: 'string', text: `"${text.replace(/["\\]/g, (c) => `\\${c}`)}"` };
}

function paste(left: OutToken, right: OutToken, dialect: Dialect): OutToken {
  const text = left.text + right.text;
  const [token] = lex(text, dialect);
  return { ...left, kind: token?.end === text.length ? token.kind : 'punctuator', text };
}

/** Splits the parameter list: names, and the one that takes the rest. */
function parameters(definition: Definition): { names: readonly string[]; rest: string | undefined } {
  const names = [...(definition.params ?? [])];
  const last = names[names.length - 1];
  if (last?.endsWith('...')) {
    names.pop();
    return { names, rest: last === '...' ? '__VA_ARGS__' : last.slice(0, -3) };
  }
  return { names, rest: undefined };
}

class Expansion {
  private count = 0;
  private stopped = false;

  constructor(private readonly by: Expander) {}

  run(input: readonly OutToken[]): OutToken[] {
    const stack = [...input].reverse();
    const output: OutToken[] = [];
    for (let token = stack.pop(); token; token = stack.pop()) {
      if (token.kind !== 'identifier' || this.stopped || hides(token.hide, token.text) || !this.expand(token, stack))
        output.push(token);
      if (output.length > MAX_TOKENS) this.stop();
    }
    return output;
  }

  private stop(): void {
    if (!this.stopped) this.by.onLimit();
    this.stopped = true;
  }

  private expand(token: OutToken, stack: OutToken[]): boolean {
    const definition = this.by.define(token.text, token.macros !== undefined);
    if (!definition) return false;
    let args: Arguments | undefined;
    if (definition.params) {
      args = readArguments(stack, this.by.dialect);
      if (!args) return false;
    }
    if (++this.count > MAX_EXPANSIONS || stack.length > MAX_TOKENS) {
      this.stop();
      return false;
    }
    if (args) stack.length -= args.consumed;
    const end = args ? (args.close.use ?? args.close).end : token.end;
    const use = token.use ?? { start: token.start, end: Math.max(end, token.end) };
    const macros = [...(token.macros ?? []), definition.name];
    const hide: HideSet = { name: definition.name, next: token.hide };
    const replaced = this.substitute(definition, args?.list ?? [], (t) => ({ ...t, use, macros, hide }));
    const first = replaced[0];
    if (first) replaced[0] = { ...first, spaced: token.spaced };
    for (let i = replaced.length - 1; i >= 0; i--) {
      const t = replaced[i];
      if (t) stack.push(t);
    }
    return true;
  }

  private substitute(
    definition: Definition,
    given: readonly (readonly OutToken[])[],
    dress: (t: OutToken) => OutToken,
  ): OutToken[] {
    const { names, rest } = parameters(definition);
    const body = bodyTokens(definition, this.by.dialect);
    const raw = new Map<string, readonly OutToken[]>();
    names.forEach((n, i) => raw.set(n, given[i] ?? []));
    if (rest !== undefined) {
      const joined: OutToken[] = [];
      given.slice(names.length).forEach((arg, i) => {
        if (i > 0)
          joined.push({
            kind: 'punctuator',
            text: ',',
            start: arg[0]?.start ?? 0,
            end: arg[0]?.start ?? 0,
            spaced: false,
          });
        joined.push(...arg);
      });
      raw.set(rest, joined);
    }
    const full = new Map<string, OutToken[]>();
    const expanded = (name: string): OutToken[] => {
      let tokens = full.get(name);
      if (!tokens) full.set(name, (tokens = this.run(raw.get(name) ?? [])));
      return tokens;
    };
    const isFunctionLike = definition.params !== undefined;
    const out: OutToken[] = [];
    // An argument keeps its own place but stands at this use.
    const wear = (t: OutToken): OutToken => {
      const dressed = dress(t);
      return t.hide && dressed.hide ? { ...dressed, hide: join(t.hide, dressed.hide) } : dressed;
    };
    for (let i = 0; i < body.length; i++) {
      const t = body[i];
      if (!t) continue;
      const next = body[i + 1];
      const own: OutToken = { ...t, definitionFile: definition.file };
      if (isFunctionLike && (t.text === '#' || t.kind === 'hash') && next && raw.has(next.text)) {
        out.push(dress(stringify(raw.get(next.text) ?? [], own)));
        i++;
      } else if (t.text === '##' && next) {
        i++;
        const right = raw.get(next.text);
        const tokens: OutToken[] = right ? right.map(wear) : [dress({ ...next, definitionFile: definition.file })];
        const last = out[out.length - 1];
        // `, ## __VA_ARGS__` drops the comma when nothing is given (a GNU extension that every libc uses).
        if (last?.text === ',' && next.text === rest) {
          if (tokens.length === 0) out.pop();
          else out.push(...tokens);
        } else if (tokens[0] && last) {
          out.pop();
          out.push(paste(last, tokens[0], this.by.dialect), ...tokens.slice(1));
        } else out.push(...tokens);
      } else if (raw.has(t.text)) {
        const asIs = next?.text === '##';
        const tokens = (asIs ? (raw.get(t.text) ?? []) : expanded(t.text)).map(wear);
        tokens.forEach((x, k) => out.push(k === 0 ? { ...x, spaced: t.spaced } : x));
        if (asIs && tokens.length === 0) {
          // Nothing on the left of ##: the right side stands alone.
          const right = body[i + 2];
          if (right) {
            i += 2;
            const substituted = raw.get(right.text);
            out.push(...(substituted ? substituted.map(wear) : [dress({ ...right, definitionFile: definition.file })]));
          }
        }
      } else out.push(dress(own));
    }
    return out;
  }
}

function join(a: HideSet, b: HideSet): HideSet {
  let set = b;
  for (let s: HideSet | undefined = a; s; s = s.next) if (!hides(set, s.name)) set = { name: s.name, next: set };
  return set;
}

/** Expands every macro for which `by.define` answers. */
export function expandTokens(input: readonly OutToken[], by: Expander): OutToken[] {
  return new Expansion(by).run(input);
}
