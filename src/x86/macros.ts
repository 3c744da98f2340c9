/** The assembler's own macros: their parameters, the arguments of a use, and the text that a use gives. */
import { endOfCharacter, isBlank, isDigit, isSymbolPart, startsSymbol } from './lexer.js';
import type { Source, TextMaker } from './source.js';

export interface Parameter {
  readonly name: string;
  readonly initial: string;
  readonly required: boolean;
  readonly variable: boolean;
}

export interface Macro {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** The source that holds the body, and where. */
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** Parses `name a, b=1 c:req d:vararg` (also `name (a, b)`), the text after `.macro`. */
export function parseHeader(text: string): { name: string; parameters: Parameter[] } | string {
  const head = /^\s*([A-Za-z_.$][\w.$]*)\s*,?\s*/.exec(text);
  if (!head?.[1]) return 'macro without a name';
  const parameters: Parameter[] = [];
  let rest = text.slice(head[0].length);
  const parenthesised = /^\(([^)]*)\)\s*$/.exec(rest);
  if (parenthesised) rest = parenthesised[1] ?? '';
  const item = /\s*,?\s*([A-Za-z_.$][\w.$]*)\s*(?::\s*(req|vararg)\b)?\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^,\s]*))?/iy;
  while (item.lastIndex < rest.length) {
    if (rest.slice(item.lastIndex).trim() === '') break;
    const found = item.exec(rest);
    if (!found?.[1]) return 'bad macro parameter';
    const qualifier = found[2]?.toLowerCase();
    parameters.push({
      name: found[1],
      initial: unquote(found[3] ?? ''),
      required: qualifier === 'req',
      variable: qualifier === 'vararg',
    });
    if (parameters.length > 200) return 'too many macro parameters';
  }
  return { name: head[1], parameters };
}

/**
 * Splits the arguments of a use. Commas separate, also inside parentheses; so does a blank between two characters
 * that could each be part of an operand, outside parentheses. Other blanks vanish.
 */
export function splitUse(text: string, maximum = Infinity): string[] {
  const args: string[] = [];
  let current = '';
  let depth = 0;
  let at = 0;
  /** The last character of `current`: asking the growing string itself would copy it each time. */
  let last = -1;
  const push = (): void => {
    args.push(current);
    current = '';
    last = -1;
  };
  while (at < text.length) {
    if (args.length === maximum - 1) {
      // A `:vararg` parameter takes all that is left, as it is.
      const rest = (current + text.slice(at)).trim();
      return rest === '' ? args : [...args, rest];
    }
    const code = text.charCodeAt(at);
    if (isBlank(code)) {
      let next = at;
      while (next < text.length && isBlank(text.charCodeAt(next))) next++;
      const after = next < text.length ? text.charCodeAt(next) : -1;
      if (bindsToBlank(last) && bindsToBlank(after)) {
        if (depth > 0) current += ' ';
        else push();
      }
      at = next;
    } else if (code === 34 || code === 39) {
      const end = code === 34 ? closeQuote(text, at) : Math.min(text.length, endOfCharacter(text, at));
      current += text.slice(at, end);
      last = text.charCodeAt(end - 1);
      at = end;
    } else {
      if (code === 40 || code === 91) depth++;
      else if ((code === 41 || code === 93) && depth > 0) depth--;
      if (code === 44) push();
      else {
        current += text[at] ?? '';
        last = code;
      }
      at++;
    }
  }
  if (current !== '' || text.trimEnd().endsWith(',')) push();
  return args;
}

function closeQuote(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}

/** The characters between which the assembler keeps a blank: a symbol's, and `*%-([` that may start an operand. */
function bindsToBlank(code: number): boolean {
  return (
    isSymbolPart(code) ||
    isDigit(code) ||
    code === 42 ||
    code === 37 ||
    code === 45 ||
    code === 40 ||
    code === 91 ||
    code === 34 ||
    code === 92 ||
    code === 64
  );
}

/** A quoted argument loses its quotes. */
export function unquote(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

/** Gives each parameter its argument, or says what is wrong. */
export function bind(macro: Macro, use: string): ReadonlyMap<string, string> | string {
  const { parameters } = macro;
  const last = parameters[parameters.length - 1];
  const args = splitUse(use, last?.variable ? parameters.length : Infinity);
  const bound = new Map<string, string>();
  let position = 0;
  for (const arg of args) {
    const named = /^([A-Za-z_.$][\w.$]*)=(?!=)/.exec(arg);
    const target = named && parameters.find((p) => p.name === named[1]);
    if (named && target) {
      bound.set(target.name, unquote(arg.slice(named[0].length)));
      continue;
    }
    const parameter = parameters[position++];
    if (!parameter) return `too many arguments for macro ${macro.name}`;
    if (arg !== '') bound.set(parameter.name, parameter.variable ? arg : unquote(arg));
  }
  for (const parameter of parameters) {
    if (bound.has(parameter.name)) continue;
    if (parameter.required) return `macro ${macro.name} needs an argument for ${parameter.name}`;
    bound.set(parameter.name, parameter.initial);
  }
  return bound;
}

/** Appends the body with `\name`, `\@` and `\()` replaced. `counter` undefined leaves `\@` as it is. */
export function substitute(
  body: { readonly source: Source; readonly start: number; readonly end: number },
  args: ReadonlyMap<string, string>,
  counter: number | undefined,
  into: TextMaker,
): void {
  const { source, start, end } = body;
  const { text } = source;
  let copied = start;
  for (let at = text.indexOf('\\', start); at !== -1 && at < end; at = text.indexOf('\\', at)) {
    let next = at + 1;
    let replacement: string | undefined;
    if (text[next] === '@' && counter !== undefined) {
      replacement = String(counter);
      next++;
    } else if (text[next] === '(' && text[next + 1] === ')') {
      replacement = '';
      next += 2;
    } else if (startsSymbol(text.charCodeAt(next)) || text.charCodeAt(next) === 36) {
      while (next < end && isSymbolPart(text.charCodeAt(next))) next++;
      replacement = args.get(text.slice(at + 1, next));
      // `\name.suffix`: the dot belongs to a symbol, but here the shorter name may be the parameter's.
      while (replacement === undefined && next > at + 2 && text.slice(at + 1, next).includes('.')) {
        next = text.lastIndexOf('.', next - 1);
        if (next <= at + 1) break;
        replacement = args.get(text.slice(at + 1, next));
      }
    }
    if (replacement === undefined) {
      at++;
      continue;
    }
    into.copy(source, copied, at);
    into.insert(replacement, source, at);
    copied = next;
    at = next;
  }
  into.copy(source, copied, end);
}
