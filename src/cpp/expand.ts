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
  /** The file that the token, or the use it came in by, stands in, when it is not the one that is read. */
  readonly file?: string;
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
  /** What may still be spent; several runs over one file share it. */
  readonly budget?: Budget;
}

/** Bounds for one file: beyond them macros are left alone, and that is reported. */
export const MAX_EXPANSIONS = 50_000;
/** Tokens that expansion may make. */
export const MAX_TOKENS = 250_000;
/** Tokens that may be looked at in search of a closing bracket. */
export const MAX_STEPS = 5_000_000;
/** Macros inside macros, and calls inside arguments. */
export const MAX_DEPTH = 100;

/** Counts what was spent on a file. */
export class Budget {
  expansions = 0;
  tokens = 0;
  steps = 0;
  stopped = false;

  constructor(
    readonly maxExpansions = MAX_EXPANSIONS,
    readonly maxTokens = MAX_TOKENS,
  ) {}
}

interface Arguments {
  readonly list: readonly (readonly OutToken[])[];
  /** The commas between them. */
  readonly commas: readonly OutToken[];
  readonly close: OutToken;
}

interface Read {
  /** Undefined when no `(` follows or it never closes. */
  readonly found: Arguments | undefined;
  /** Number of tokens looked at: those of the list, when there is one. */
  readonly steps: number;
}

/** Reads an argument list from a stack of tokens (last element is next). */
function readArguments(stack: readonly OutToken[], dialect: Dialect): Read {
  let i = stack.length - 1;
  while (i >= 0 && stack[i]?.kind === 'newline' && dialect === 'c') i--;
  if (stack[i]?.text !== '(') return { found: undefined, steps: stack.length - i };
  const list: OutToken[][] = [[]];
  const commas: OutToken[] = [];
  let depth = 0;
  let broken = false;
  for (; i >= 0; i--) {
    const token = stack[i];
    if (!token) break;
    if (token.kind === 'newline') {
      broken = true;
      continue;
    }
    if (token.kind === 'hash' && dialect === 'c') continue;
    if (token.text === '(' && depth++ === 0) continue;
    if (token.text === ')' && --depth === 0) return { found: { list, commas, close: token }, steps: stack.length - i };
    if (token.text === ',' && depth === 1) {
      list.push([]);
      commas.push(token);
    }
    // The end of a line counts as a blank.
    else list[list.length - 1]?.push(broken && !token.spaced ? { ...token, spaced: true } : token);
    broken = false;
  }
  return { found: undefined, steps: stack.length };
}

function stringify(tokens: readonly OutToken[], like: Token): OutToken {
  const spelled = (t: Token): string =>
    t.kind === 'string' || t.kind === 'char' ? t.text.replace(/["\\]/g, (c) => `\\${c}`) : t.text;
  const text = tokens.map((t, i) => (t.spaced && i > 0 ? ' ' : '') + spelled(t)).join('');
  return { ...like, kind: 'string', text: `"${text}"` };
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
  private readonly budget: Budget;
  private depth = 0;

  constructor(private readonly by: Expander) {
    this.budget = by.budget ?? new Budget();
  }

  run(input: readonly OutToken[]): OutToken[] {
    const stack = [...input].reverse();
    const output: OutToken[] = [];
    this.depth++;
    for (let token = stack.pop(); token; token = stack.pop()) {
      if (
        token.kind !== 'identifier' ||
        this.budget.stopped ||
        hides(token.hide, token.text) ||
        !this.expand(token, stack)
      )
        output.push(token);
    }
    this.depth--;
    return output;
  }

  private stop(): void {
    if (!this.budget.stopped) this.by.onLimit();
    this.budget.stopped = true;
  }

  private expand(token: OutToken, stack: OutToken[]): boolean {
    const { budget } = this;
    const { macros: outer = [], file } = token;
    const definition = this.by.define(token.text, token.macros !== undefined);
    if (!definition) return false;
    let args: Arguments | undefined;
    let consumed = 0;
    if (definition.params) {
      const read = readArguments(stack, this.by.dialect);
      budget.steps += read.steps;
      args = read.found;
      if (args) consumed = read.steps;
    }
    if (++budget.expansions > budget.maxExpansions || budget.steps > MAX_STEPS) this.stop();
    if (this.depth > MAX_DEPTH || outer.length >= MAX_DEPTH) this.stop();
    if (budget.stopped || (definition.params && !args)) return false;
    const taken = stack.splice(stack.length - consumed);
    const end = args ? (args.close.use ?? args.close).end : token.end;
    const own = token.use ?? token;
    // A call may begin in a macro's body and end in the text behind its use.
    const use = { start: own.start, end: Math.max(end, own.end) };
    const macros = [...outer, definition.name];
    const hide: HideSet = { name: definition.name, next: token.hide };
    const replaced = this.substitute(definition, args, {
      body: (t) => ({ ...t, definitionFile: definition.file, use, macros, hide, ...(file ? { file } : {}) }),
      // An argument keeps its own place but stands at this use.
      argument: (t) => ({
        ...t,
        use,
        macros: within(macros, outer, t.macros),
        hide: t.hide ? join(t.hide, hide) : hide,
        ...(file ? { file } : {}),
      }),
    });
    if (!replaced) {
      for (const t of taken) stack.push(t);
      return false;
    }
    const first = replaced[0];
    if (first) replaced[0] = { ...first, spaced: token.spaced };
    for (let i = replaced.length - 1; i >= 0; i--) {
      const t = replaced[i];
      if (t) stack.push(t);
    }
    return true;
  }

  /** The body with its parameters replaced, or undefined when that would go beyond the limits. */
  private substitute(
    definition: Definition,
    args: Arguments | undefined,
    dress: { body(t: Token): OutToken; argument(t: OutToken): OutToken },
  ): OutToken[] | undefined {
    const { names, rest } = parameters(definition);
    const body = bodyTokens(definition, this.by.dialect);
    const raw = new Map<string, readonly OutToken[]>();
    names.forEach((n, i) => raw.set(n, args?.list[i] ?? []));
    if (rest !== undefined) raw.set(rest, args ? rejoined(args, names.length) : []);
    const full = new Map<string, OutToken[]>();
    const expanded = (name: string): readonly OutToken[] => {
      let tokens = full.get(name);
      if (!tokens) full.set(name, (tokens = this.run(raw.get(name) ?? [])));
      return tokens;
    };
    const isFunctionLike = definition.params !== undefined;
    const out: OutToken[] = [];
    let pasting = false;
    for (let i = 0; i < body.length; i++) {
      const t = body[i];
      if (!t) continue;
      const next = body[i + 1];
      if (t.text === '##' && next && out.length > 0 && !pasting) {
        pasting = true;
        continue;
      }
      const isText = isFunctionLike && t.text === '#' && next !== undefined && raw.has(next.text);
      const at = isText ? i + 1 : i;
      const beforePaste = body[at + 1]?.text === '##' && at + 2 < body.length;
      let tokens: OutToken[];
      if (isText) tokens = [dress.body(stringify(raw.get(next.text) ?? [], t))];
      else if (!raw.has(t.text)) tokens = [dress.body(t)];
      else {
        tokens = (pasting || beforePaste ? (raw.get(t.text) ?? []) : expanded(t.text)).map((x) => dress.argument(x));
        if (tokens[0]) tokens[0] = { ...tokens[0], spaced: t.spaced };
      }
      i = at;
      this.budget.tokens += tokens.length;
      if (this.budget.tokens > this.budget.maxTokens) this.stop();
      if (this.budget.stopped) return undefined;
      const last = out[out.length - 1];
      if (pasting && last?.text === ',' && t.text === rest) {
        // `, ## __VA_ARGS__` drops the comma when nothing is given (a GNU extension that every libc uses).
        if (tokens.length === 0) out.pop();
      } else {
        // An empty argument beside ## is a token of no text, so that its neighbour is pasted to nothing else.
        if (tokens.length === 0 && (pasting || beforePaste))
          tokens = [dress.body({ ...t, kind: 'punctuator', text: '' })];
        const [first] = tokens;
        if (pasting && last && first) {
          out.pop();
          tokens[0] = last.text === '' ? first : first.text === '' ? last : paste(last, first, this.by.dialect);
        }
      }
      pasting = false;
      for (const x of tokens) out.push(x);
    }
    return out.filter((t) => t.text !== '');
  }
}

/** The arguments from the one numbered `from` on as one list, with the commas between them. */
function rejoined({ list, commas }: Arguments, from: number): OutToken[] {
  return list.slice(from).flatMap((arg, i) => {
    const comma = i > 0 ? commas[from + i - 1] : undefined;
    return comma ? [comma, ...arg] : arg;
  });
}

/** Macros of an argument's token: those around the use, then those that the argument itself was made by. */
function within(
  macros: readonly string[],
  outer: readonly string[],
  own: readonly string[] | undefined,
): readonly string[] {
  if (!own || own.length <= outer.length || outer.some((name, i) => own[i] !== name)) return macros;
  return [...macros, ...own.slice(outer.length)];
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
