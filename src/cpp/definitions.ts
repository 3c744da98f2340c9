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

const LEXED: Readonly<Record<Dialect, WeakMap<Definition, readonly Token[]>>> = {
  c: new WeakMap(),
  asm: new WeakMap(),
};

/** The body's tokens, places in the defining file; newlines of continued lines are no tokens. */
export function bodyTokens(definition: Definition, dialect: Dialect = 'c'): readonly Token[] {
  const known = LEXED[dialect].get(definition);
  if (known) return known;
  const offset = definition.bodyStart;
  const tokens = lex(definition.bodyText, dialect).filter((t) => t.kind !== 'newline');
  const placed = tokens.map((t) => ({ ...t, start: t.start + offset, end: t.end + offset }));
  LEXED[dialect].set(definition, placed);
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

// Literals first, so that what looks like a comment inside one is none. No alternative can match in two ways.
const CLEANED =
  /"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'|\/\*[\s\S]*?(?:\*\/|$)|\/\/(?:\\\r?\n|[^\n])*|\\\r?\n/g;

/** Blanks comments of a directive's text and joins continued lines, keeping the length. */
export function clean(text: string): string {
  if (!/[\\/]/.test(text)) return text;
  return text.replace(CLEANED, (m) => (m.startsWith('"') || m.startsWith("'") ? m : ' '.repeat(m.length)));
}

/**
 * The end of a directive: the logical line, and further when a block comment that starts on it runs over lines
 * (`#define A 1 /* first` … `last *\/`). What looks like a comment inside a string is none.
 */
export function endOfDirective(text: string, at: number, limit = text.length): number {
  for (let i = at; i < limit;) {
    const c = text[i];
    if (c === '\n') return i;
    if (c === '\\') i += text[i + 1] === '\r' && text[i + 2] === '\n' ? 3 : 2;
    else if (c === '/' && text[i + 1] === '/') return endOfLogicalLine(text, i, limit);
    else if (c === '/' && text[i + 1] === '*') {
      const close = text.indexOf('*/', i + 2);
      if (close === -1) return limit;
      i = close + 2;
    } else if (c === '"' || c === "'") i = endOfLiteral(text, i, limit);
    else i++;
  }
  return limit;
}

/** Behind the closing quote, or behind the opening one when its line has no other: then it is prose (`#error don't`). */
function endOfLiteral(text: string, at: number, limit: number): number {
  for (let i = at + 1; i < limit && text[i] !== '\n';) {
    if (text[i] === text[at]) return i + 1;
    if (text[i] === '\\') i += text[i + 1] === '\r' && text[i + 2] === '\n' ? 3 : 2;
    else i++;
  }
  return at + 1;
}

/** Conditionals around one line, and arms of one conditional, beyond which nothing is told apart. */
const MAX_NESTING = 256;
/** A condition that nothing decides. */
const UNDECIDED = '';

/** The conditionals around the place that was reached. What is handed out is shared until the next one changes it. */
class Conditionals {
  private readonly stack: Guard[] = [];
  private snapshot: readonly Guard[] | undefined;

  open(condition: string): void {
    this.snapshot = undefined;
    this.stack.push({ condition, previous: [] });
  }

  next(condition: string | undefined): void {
    this.snapshot = undefined;
    const top = this.stack.pop();
    if (!top) return;
    const { previous } = top;
    const room = previous.length < MAX_NESTING;
    const earlier = room
      ? [...previous, previous.length === MAX_NESTING - 1 ? UNDECIDED : (top.condition ?? '1')]
      : previous;
    this.stack.push({ condition, previous: earlier });
  }

  close(): void {
    this.snapshot = undefined;
    this.stack.pop();
  }

  get guards(): readonly Guard[] {
    this.snapshot ??=
      this.stack.length <= MAX_NESTING
        ? [...this.stack]
        : [...this.stack.slice(0, MAX_NESTING), { condition: UNDECIDED, previous: [] }];
    return this.snapshot;
  }
}

const DIRECTIVE_BEHIND_COMMENT = /[ \t]*#/y;

/** Whether nothing but blanks stands before `at` on its line. */
function isFirstOfLine(text: string, at: number): boolean {
  let i = at - 1;
  while (text[i] === ' ' || text[i] === '\t') i--;
  return i < 0 || text[i] === '\n';
}

/** Collects the macro definitions of a file together with the conditionals around each. */
export function scanDirectives(file: string, text: string): DirectiveScan {
  const definitions: Definition[] = [];
  const undefinedNames: string[] = [];
  if (!text.includes('#')) return { definitions, undefined: undefinedNames };
  const conditionals = new Conditionals();
  const first = (rest: string): string => rest.split(/\s/)[0] ?? '';
  INTERESTING.lastIndex = 0;
  for (let m = INTERESTING.exec(text); m; m = INTERESTING.exec(text)) {
    const found = m[0];
    let at = m.index;
    if (found === '/*') {
      const close = text.indexOf('*/', m.index + 2);
      if (close === -1) break;
      INTERESTING.lastIndex = close + 2;
      // A directive may follow a comment on its line.
      DIRECTIVE_BEHIND_COMMENT.lastIndex = close + 2;
      if (!isFirstOfLine(text, m.index) || !DIRECTIVE_BEHIND_COMMENT.test(text)) continue;
      at = DIRECTIVE_BEHIND_COMMENT.lastIndex - 1;
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
    const end = endOfDirective(text, at);
    INTERESTING.lastIndex = Math.max(end, at + 1);
    const line = text.slice(at, end);
    const word = DIRECTIVE.exec(line);
    if (!word?.[1]) continue;
    const restAt = word[0].length;
    const rest = (): string => clean(line).slice(restAt).trim();
    switch (word[1]) {
      case 'if':
        conditionals.open(rest());
        break;
      case 'ifdef':
        conditionals.open(`defined(${first(rest())})`);
        break;
      case 'ifndef':
        conditionals.open(`!defined(${first(rest())})`);
        break;
      case 'elif':
        conditionals.next(rest());
        break;
      case 'else':
        conditionals.next(undefined);
        break;
      case 'endif':
        conditionals.close();
        break;
      case 'undef':
        undefinedNames.push(first(rest()));
        break;
      case 'define': {
        const definition = readDefine(file, line, at, restAt, conditionals.guards);
        if (definition) definitions.push(definition);
        break;
      }
    }
  }
  return { definitions, undefined: undefinedNames };
}

const NAME = /^[ \t]*([A-Za-z_$][\w$]*)/;

/** `line` is a whole directive as in the file; `after` the offset in it behind the word `define`. */
export function readDefine(
  file: string,
  line: string,
  lineStart: number,
  after: number,
  guards: readonly Guard[],
): Definition | undefined {
  // Comments may stand anywhere in the head.
  const head = clean(line);
  const named = NAME.exec(head.slice(after));
  if (!named?.[1]) return undefined;
  const name = named[1];
  const nameAt = after + named[0].length - name.length;
  let bodyAt = nameAt + name.length;
  let params: string[] | undefined;
  if (line[bodyAt] === '(') {
    const close = head.indexOf(')', bodyAt);
    if (close === -1) return undefined;
    params = head
      .slice(bodyAt + 1, close)
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
