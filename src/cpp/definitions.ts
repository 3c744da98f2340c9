/** Macro definitions as they stand in the files of a tree, each with the conditions under which it holds. */
import { endOfLogicalLine, lex, type Dialect, type Token } from './lexer.js';

/**
 * One arm of an `#if` group around a line: the arm's own condition and those of the arms before it, which must be
 * false. An `#else` has no condition of its own.
 */
export interface Guard {
  readonly condition: string | undefined;
  readonly previous: readonly string[];
}

export interface Definition {
  readonly name: string;
  readonly file: string;
  /** Undefined for an object-like macro. The last one may end in `...` (`args...`) or be `...`. */
  readonly params: readonly string[] | undefined;
  /** Offsets in the file: of the name, and of the body up to the end of the logical line. */
  readonly nameStart: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly guards: readonly Guard[];
  /** The body as written, for quick questions; lexed on demand. */
  readonly bodyText: string;
}

/** What a pass over one file's directives tells. */
export interface DirectiveScan {
  readonly definitions: readonly Definition[];
  readonly undefined: readonly string[];
}

const LEXED = new WeakMap<Definition, readonly Token[]>();

/** The body's tokens, places in the defining file; newlines of continued lines are no tokens. */
export function bodyTokens(definition: Definition, dialect: Dialect = 'c'): readonly Token[] {
  const known = LEXED.get(definition);
  if (known) return known;
  const offset = definition.bodyStart;
  const tokens = lex(definition.bodyText, dialect).filter((t) => t.kind !== 'newline');
  const placed = tokens.map((t) => ({ ...t, start: t.start + offset, end: t.end + offset }));
  LEXED.set(definition, placed);
  return placed;
}

const PLAIN = new WeakMap<Definition, string>();

/** The body on one line: continuations joined, comments gone, trimmed. For questions about its shape, not for places. */
export function plainBody(definition: Definition): string {
  let plain = PLAIN.get(definition);
  if (plain === undefined) PLAIN.set(definition, (plain = clean(definition.bodyText).replace(/\s+/g, ' ').trim()));
  return plain;
}

// Comments and strings are skipped so that a `#` inside them starts nothing. Each alternative consumes at least one
// character and none backtracks over another, so the pass is linear.
const INTERESTING = /\/\*|\/\/|"|'|^[ \t]*(#|%:)/gm;
const DIRECTIVE = /^[ \t]*#[ \t]*([a-z]+)/;

/** Blanks comments of a directive's text and joins continued lines, keeping the length. */
function clean(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?(?:\*\/|$)/g, (m) => ' '.repeat(m.length))
    .replace(/\/\/.*$/gm, (m) => ' '.repeat(m.length))
    .replace(/\\\r?\n/g, (m) => ' '.repeat(m.length));
}

/**
 * The end of a directive: the logical line, and further when a block comment that starts on it runs over lines
 * (`#define A 1 /* first` … `last *\/`).
 */
export function endOfDirective(text: string, at: number, limit = text.length): number {
  let end = endOfLogicalLine(text, at, limit);
  for (let from = at; ;) {
    const open = text.indexOf('/*', from);
    if (open === -1 || open >= end) return end;
    const line = text.lastIndexOf('//', open);
    if (line >= at && !text.slice(line, open).includes('\n')) return end;
    const close = text.indexOf('*/', open + 2);
    if (close === -1) return limit;
    from = close + 2;
    if (from > end) end = endOfLogicalLine(text, from, limit);
  }
}

/** Collects the macro definitions of a file together with the conditionals around each. */
export function scanDirectives(file: string, text: string): DirectiveScan {
  const definitions: Definition[] = [];
  const undefinedNames: string[] = [];
  if (!text.includes('#')) return { definitions, undefined: undefinedNames };
  const stack: Guard[] = [];
  INTERESTING.lastIndex = 0;
  for (let m = INTERESTING.exec(text); m; m = INTERESTING.exec(text)) {
    const found = m[0];
    if (found === '/*') {
      const close = text.indexOf('*/', m.index + 2);
      if (close === -1) break;
      INTERESTING.lastIndex = close + 2;
      continue;
    }
    if (found === '//') {
      INTERESTING.lastIndex = endOfLogicalLine(text, m.index, text.length);
      continue;
    }
    if (found === '"' || found === "'") {
      let i = m.index + 1;
      while (i < text.length) {
        const c = text[i];
        if (c === '\\') i += 2;
        else if (c === found || c === '\n') break;
        else i++;
      }
      INTERESTING.lastIndex = Math.min(text.length, i + (text[i] === '\n' ? 0 : 1));
      continue;
    }
    const end = endOfDirective(text, m.index);
    INTERESTING.lastIndex = Math.max(end, m.index + 1);
    const line = text.slice(m.index, end);
    const word = DIRECTIVE.exec(line);
    if (!word?.[1]) continue;
    const restAt = word[0].length;
    const rest = (): string => clean(line).slice(restAt).trim();
    switch (word[1]) {
      case 'if':
        stack.push({ condition: rest(), previous: [] });
        break;
      case 'ifdef':
        stack.push({ condition: `defined(${rest().split(/\s/)[0] ?? ''})`, previous: [] });
        break;
      case 'ifndef':
        stack.push({ condition: `!defined(${rest().split(/\s/)[0] ?? ''})`, previous: [] });
        break;
      case 'elif': {
        const top = stack.pop();
        if (top) stack.push({ condition: rest(), previous: [...top.previous, top.condition ?? '1'] });
        break;
      }
      case 'else': {
        const top = stack.pop();
        if (top) stack.push({ condition: undefined, previous: [...top.previous, top.condition ?? '1'] });
        break;
      }
      case 'endif':
        stack.pop();
        break;
      case 'undef':
        undefinedNames.push(rest().split(/\s/)[0] ?? '');
        break;
      case 'define': {
        const definition = readDefine(file, line, m.index, restAt, [...stack]);
        if (definition) definitions.push(definition);
        break;
      }
    }
  }
  return { definitions, undefined: undefinedNames };
}

const NAME = /^[ \t]*(?:\\\r?\n[ \t]*)*([A-Za-z_$][\w$]*)/;

/** `line` is a whole directive as in the file; `after` the offset in it behind the word `define`. */
export function readDefine(
  file: string,
  line: string,
  lineStart: number,
  after: number,
  guards: readonly Guard[],
): Definition | undefined {
  const named = NAME.exec(line.slice(after));
  if (!named?.[1]) return undefined;
  const name = named[1];
  const nameAt = after + named[0].length - name.length;
  let bodyAt = nameAt + name.length;
  let params: string[] | undefined;
  if (line[bodyAt] === '(') {
    const close = line.indexOf(')', bodyAt);
    if (close === -1) return undefined;
    params = clean(line.slice(bodyAt + 1, close))
      .split(',')
      .map((p) => p.replace(/\s+/g, ''))
      .filter((p) => p !== '');
    bodyAt = close + 1;
  }
  return {
    name,
    file,
    params,
    nameStart: lineStart + nameAt,
    bodyStart: lineStart + bodyAt,
    bodyEnd: lineStart + line.length,
    guards,
    bodyText: line.slice(bodyAt),
  };
}
