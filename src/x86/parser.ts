/**
 * Parses GNU assembler source for i386 and x86_64, AT&T syntax: statements in order, with the assembler's macros
 * expanded and its conditionals decided. Whatever is not understood becomes an `unknown` statement in its place.
 */
import type { PreparedText } from '../cpp/prepared.js';
import type { Problem } from '../ir/types.js';
import { Conditionals, decide, opensConditional } from './conditionals.js';
import { parseArguments, parseValue, splitArguments, isDirective } from './directives.js';
import { evaluate } from './expressions.js';
import { parseInstruction, type ParsedInstruction } from './instruction.js';
import { blankComments, Cursor, endOfStatement, isBlank, isDigit, isSymbolPart, startsSymbol } from './lexer.js';
import { bind, parseHeader, splitUse, substitute, unquote, type Macro } from './macros.js';
import { isPrefix } from './mnemonics.js';
import { originOf } from './origin.js';
import { Source, TextMaker } from './source.js';
import type { AssemblyUnit, InstructionStatement, Span, Statement } from './syntax.js';

/** Bounds that no real source comes near, and what keeps hostile ones finite. */
export interface ParseLimits {
  /** Macros and repetitions inside one another. */
  readonly depth: number;
  /** Characters that all expansions together may make. */
  readonly expansion: number;
  /** Characters of one statement. */
  readonly statement: number;
  readonly statements: number;
  /** Problems that are told one by one; the rest is counted. */
  readonly problems: number;
}

const LIMITS: ParseLimits = {
  depth: 60,
  expansion: 16_000_000,
  statement: 1_000_000,
  statements: 2_000_000,
  problems: 100,
};

export interface ParseOptions {
  /** The text is an inline assembly template: `%%eax` is a register and `%0` an operand. */
  readonly template?: boolean;
  readonly limits?: Partial<ParseLimits>;
}

/** Parses a whole file (or a pasted template). Never throws. */
export function parseAssembly(prepared: PreparedText, options: ParseOptions = {}): AssemblyUnit {
  const parser = new Parser(prepared, options.template ?? false, { ...LIMITS, ...options.limits });
  return parser.run();
}

/** `exit`: `.exitm` left the macro; `end`: `.end` left the file. */
type Signal = 'exit' | 'end' | undefined;

class Parser {
  private readonly statements: Statement[] = [];
  private readonly problems: Problem[] = [];
  private silenced = 0;
  private readonly macros = new Map<string, Macro>();
  /** Symbols with their value; undefined for a value that is no known number. */
  private readonly symbols = new Map<string, bigint | undefined>();
  private readonly registers = new Map<string, string>();
  private readonly conditionals = new Conditionals();
  private intel = false;
  private expanded = 0;
  private uses = 0;
  private full = false;

  constructor(
    private readonly prepared: PreparedText,
    private readonly template: boolean,
    private readonly limits: ParseLimits,
  ) {}

  run(): AssemblyUnit {
    const clean = blankComments(this.prepared.text);
    if (clean.openComment !== undefined) {
      const span = { start: clean.openComment, end: Math.min(clean.openComment + 2, clean.text.length) };
      this.unknown('/*', 'comment is never closed', span);
    }
    this.read(Source.file(clean.text));
    if (this.conditionals.depth > 0) {
      const end = clean.text.length;
      this.report('parse-error', 'conditional is never closed (.endif)', { start: Math.max(0, end - 1), end });
      this.conditionals.unwind(0);
    }
    if (this.silenced > 0) {
      const at = this.problems[this.problems.length - 1]?.at;
      const message = `${String(this.silenced)} more problems in this file`;
      if (at) this.problems.push({ kind: 'analysis-incomplete', message, at });
    }
    return {
      file: this.prepared.file,
      statements: this.joinPrefixes(),
      problems: this.problems,
      origin: (span) => originOf(this.prepared, span),
      prepared: this.prepared,
    };
  }

  private read(source: Source): Signal {
    const { text } = source;
    let at = 0;
    while (at < text.length && !this.full) {
      let start = at;
      while (start < text.length && (isBlank(text.charCodeAt(start)) || text.charCodeAt(start) === 10)) start++;
      if (start >= text.length) return undefined;
      const end = endOfStatement(text, start);
      at = end + 1;
      if (end === start) continue;
      if (this.statements.length >= this.limits.statements) {
        this.full = true;
        this.incomplete('too many statements: the rest of the file was not read', source.span(start, end));
        return undefined;
      }
      if (end - start > this.limits.statement) {
        if (!this.conditionals.live) continue;
        this.unknown(text.slice(start, start + 80), 'statement is too long', source.span(start, start + 80));
        this.incomplete('a statement is too long to be read', source.span(start, start + 80));
        continue;
      }
      const next = this.statement(source, start, end);
      if (typeof next === 'string') return next;
      if (next !== undefined) at = next;
    }
    return undefined;
  }

  /** Reads the statement; gives the offset to go on at where that is not the next statement. */
  private statement(source: Source, start: number, end: number): number | Signal {
    const { text } = source;
    let at = start;
    for (;;) {
      while (at < end && isBlank(text.charCodeAt(at))) at++;
      if (at >= end) return undefined;
      const after = this.label(source, at, end);
      if (after === undefined) break;
      at = after;
    }
    let stop = end;
    while (stop > at && isBlank(text.charCodeAt(stop - 1))) stop--;
    const word = leadingWord(text, at, stop);
    // `.cfi_startproc` in a source, through a header's macro `cfi_startproc` for `.cfi_startproc`.
    const name = word.toLowerCase().replace(/^\.\.(?=cfi_)/, '.');
    const rest = at + word.length;
    if (name.startsWith('.') && word.length > 1) {
      const done = this.structure(source, name, at, rest, stop, end + 1);
      if (done !== false) return done;
    }
    if (!this.conditionals.live) return undefined;
    if (word !== '' && this.assignment(source, word, at, rest, stop)) return undefined;
    const macro = this.macros.get(name);
    if (macro) return this.use(macro, source, at, rest, stop);
    if (name.startsWith('.')) this.directive(source, name, at, rest, stop);
    else this.instruction(source, at, stop);
    return undefined;
  }

  /** A label at `at`: the offset after it, or undefined. */
  private label(source: Source, at: number, end: number): number | undefined {
    const { text } = source;
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
    if (this.template && text.startsWith('%=', next)) {
      next += 2;
      name += '%=';
    }
    while (next < end && isBlank(text.charCodeAt(next))) next++;
    if (next >= end || text.charCodeAt(next) !== 58) return undefined;
    if (this.conditionals.live) {
      this.statements.push({ kind: 'label', name, numeric, span: source.span(at, nameEnd) });
      if (!numeric && !this.symbols.has(name)) this.symbols.set(name, undefined);
    }
    return next + 1;
  }

  /** Directives that decide what is read at all. False when `name` is none of them. */
  private structure(source: Source, name: string, at: number, rest: number, stop: number, next: number): number | Signal | false {
    const { text } = source;
    const args = (): string => text.slice(rest, stop);
    if (opensConditional(name)) {
      const held = this.conditionals.open(() => this.decide(name, args()));
      if (held === undefined) this.undecided(source, at, stop);
      return undefined;
    }
    switch (name) {
      case '.else':
      case '.elseif':
      case '.elsif': {
        const held = this.conditionals.arm(() => (name === '.else' ? true : this.decide('.if', args())));
        if (held === 'no-if') this.unknown(text.slice(at, stop), `${name} without .if`, source.span(at, stop));
        else if (held === undefined) this.undecided(source, at, stop);
        return undefined;
      }
      case '.endif':
        if (!this.conditionals.close()) this.unknown('.endif', '.endif without .if', source.span(at, stop));
        return undefined;
      case '.macro':
      case '.rept':
      case '.rep':
      case '.irp':
      case '.irpc':
        return this.block(source, name, at, rest, stop, next);
      default:
        break;
    }
    if (!this.conditionals.live) return false;
    switch (name) {
      case '.endm':
      case '.endmacro':
      case '.endr':
        this.unknown(name, `${name} without its beginning`, source.span(at, stop));
        return undefined;
      case '.exitm':
        if (source.macros.length > 0) return 'exit';
        this.unknown(name, '.exitm outside a macro', source.span(at, stop));
        return undefined;
      case '.purgem':
        if (!this.macros.delete(args().trim().toLowerCase())) {
          this.unknown(text.slice(at, stop), 'no such macro', source.span(at, stop));
        }
        return undefined;
      case '.end':
        return 'end';
      case '.include':
        this.unknown(text.slice(at, stop), 'included file is not read', source.span(at, stop));
        this.incomplete('a file that the assembler includes is not read', source.span(at, stop));
        return undefined;
      case '.altmacro':
        this.incomplete('.altmacro is not supported', source.span(at, stop));
        return false;
      case '.intel_syntax':
      case '.att_syntax':
        this.dialect(source, name, args(), at, stop);
        return false;
      default:
        return false;
    }
  }

  private dialect(source: Source, name: string, args: string, at: number, stop: number): void {
    const was = this.intel;
    this.intel = name === '.intel_syntax';
    if (this.intel && !was) this.incomplete('Intel syntax is not read: the instructions after this line are unknown', source.span(at, stop));
    if (!this.intel && /\bnoprefix\b/.test(args)) {
      this.incomplete('registers without % are not read: instructions after this line are unknown', source.span(at, stop));
      this.intel = true;
    }
  }

  private decide(name: string, args: string): boolean | undefined {
    return decide(name, args, {
      value: (symbol) => this.symbols.get(symbol),
      isDefined: (symbol) => this.symbols.has(symbol),
    });
  }

  private undecided(source: Source, at: number, stop: number): void {
    this.unknown(source.text.slice(at, stop), 'condition cannot be decided', source.span(at, stop));
  }

  /** `.macro`, `.rept`, `.irp`, `.irpc` with their body. */
  private block(source: Source, name: string, at: number, rest: number, stop: number, next: number): number | Signal {
    const { text } = source;
    const body = findBlockEnd(text, next, name === '.macro');
    if (!body) {
      if (this.conditionals.live) {
        this.unknown(text.slice(at, stop), `${name} is never closed`, source.span(at, stop));
      }
      return text.length;
    }
    if (!this.conditionals.live) return body.next;
    const head = text.slice(rest, stop);
    const span = source.span(at, stop);
    if (name === '.macro') {
      const header = parseHeader(head);
      if (typeof header === 'string') this.unknown(text.slice(at, stop), header, span);
      else this.macros.set(header.name.toLowerCase(), { ...header, source, start: next, end: body.end });
      return body.next;
    }
    const signal = this.repeat(source, name, head, { source, start: next, end: body.end }, span);
    return signal ?? body.next;
  }

  private repeat(source: Source, name: string, head: string, body: Pick<Macro, 'source' | 'start' | 'end'>, span: Span): Signal {
    let rounds: ReadonlyMap<string, string>[] = [];
    let count: bigint | undefined;
    if (name === '.rept' || name === '.rep') {
      const cursor = new Cursor(head, 0, head.length);
      const expr = parseValue(cursor);
      count = expr && expr.k !== 'register' ? evaluate(expr, (symbol) => this.symbols.get(symbol)) : undefined;
      if (count === undefined) {
        this.unknown(name + head, 'number of repetitions is not known', span);
        return undefined;
      }
    } else {
      const found = /^\s*([A-Za-z_.$][\w.$]*)\s*,?/.exec(head);
      if (!found?.[1]) {
        this.unknown(name + head, `${name} without a name`, span);
        return undefined;
      }
      const values = head.slice(found[0].length);
      const list = name === '.irp' ? splitUse(values).map(unquote) : [...unquote(values.trim())];
      const symbol = found[1];
      rounds = (list.length > 0 ? list : ['']).map((value) => new Map([[symbol, value]]));
      count = BigInt(rounds.length);
    }
    if (count <= 0n || body.end <= body.start) return undefined;
    if (count > BigInt(this.limits.expansion) || !this.spend(Number(count) * (body.end - body.start + 8), source, span)) {
      this.unknown(name + head, 'repetition is too large', span);
      if (!this.full) this.incomplete('a repetition is too large to be expanded', span);
      return undefined;
    }
    const maker = new TextMaker();
    const none: ReadonlyMap<string, string> = new Map();
    for (let i = 0; i < Number(count); i++) {
      if (name === '.rept' || name === '.rep') maker.copy(body.source, body.start, body.end);
      else substitute(body, rounds[i] ?? none, undefined, maker);
      maker.insert('\n', body.source, body.start);
    }
    return this.read(source.repetition(maker.made()));
  }

  private use(macro: Macro, source: Source, at: number, rest: number, stop: number): Signal {
    const span = source.span(at, stop);
    const text = source.text.slice(at, stop);
    const bound = bind(macro, source.text.slice(rest, stop));
    if (typeof bound === 'string') {
      this.unknown(text, bound, span);
      return undefined;
    }
    let size = macro.end - macro.start + 16;
    for (const value of bound.values()) size += value.length;
    if (!this.spend(size, source, span)) {
      this.unknown(text, 'macro is nested too deeply or expands to too much', span);
      return undefined;
    }
    const maker = new TextMaker();
    substitute(macro, bound, this.uses++, maker);
    const made = maker.made();
    // Arguments may make an expansion longer than was foreseen.
    this.expanded += Math.max(0, made.text.length - size);
    const depth = this.conditionals.depth;
    const signal = this.read(source.expansion(made, span, macro.name));
    this.conditionals.unwind(depth);
    return signal === 'end' ? 'end' : undefined;
  }

  /** Takes `size` from what expansions may make; false when there is not enough left. */
  private spend(size: number, source: Source, span: Span): boolean {
    if (source.depth >= this.limits.depth || this.expanded + size > this.limits.expansion) {
      if (!this.problems.some((p) => p.message === TOO_MUCH)) this.incomplete(TOO_MUCH, span);
      return false;
    }
    this.expanded += size;
    return true;
  }

  /** `name = expression`, `.set name, expression`. False when the statement is no assignment. */
  private assignment(source: Source, word: string, at: number, rest: number, stop: number): boolean {
    const { text } = source;
    let name = word;
    let from = rest;
    if (/^\.(?:set|equ|equiv|eqv)$/i.test(word)) {
      const [first, second] = splitArguments(text, rest, stop);
      if (!first || !second) return false;
      name = text.slice(first[0], first[1]).trim();
      from = first[1] + 1;
      if (!/^[A-Za-z_.$][\w.$]*$/.test(name)) return false;
    } else {
      while (from < stop && isBlank(text.charCodeAt(from))) from++;
      if (text[from] !== '=') return false;
      from += text[from + 1] === '=' ? 2 : 1;
    }
    const cursor = this.cursor(text, from, stop);
    const value = parseValue(cursor);
    if (!value) {
      this.unknown(text.slice(at, stop), cursor.reason ?? 'bad expression', source.span(at, stop));
      return true;
    }
    this.registers.delete(name);
    if (value.k === 'register') this.registers.set(name, value.name);
    else this.symbols.set(name, evaluate(value, (symbol) => this.symbols.get(symbol)));
    this.statements.push({ kind: 'assignment', name, value, span: source.span(at, stop) });
    return true;
  }

  private directive(source: Source, name: string, at: number, rest: number, stop: number): void {
    const cursor = this.cursor(source.text, rest, stop);
    const span = source.span(at, stop);
    const args = isDirective(name) ? parseArguments(name, cursor) : cursor.fail(`unknown directive ${name.slice(0, 60)}`);
    if (!args) {
      this.unknown(source.text.slice(at, stop), cursor.reason ?? 'bad directive', span);
      return;
    }
    this.statements.push({ kind: 'directive', name, args, span });
    if (name === '.error' || name === '.err') this.unknown(source.text.slice(at, stop), 'the source reports an error here', span);
  }

  private instruction(source: Source, at: number, stop: number): void {
    const { text } = source;
    const span = source.span(at, stop);
    if (this.intel) {
      this.unknown(text.slice(at, stop), 'Intel syntax is not supported', span);
      return;
    }
    const cursor = this.cursor(text, at, stop);
    const parsed = PROBE.test(text.slice(at, at + 16)) ? NOP : parseInstruction(cursor);
    if (!parsed) {
      this.unknown(text.slice(at, stop), cursor.reason ?? 'not understood', span);
      return;
    }
    this.statements.push({
      kind: 'instruction',
      instruction: parsed.instruction,
      text: squeeze(text.slice(at, stop)),
      span,
      operandSpans: parsed.operandStretches.map(({ start, end }) => source.span(start, end)),
    });
  }

  /** A prefix on a line of its own belongs to the instruction on the next, unless a label stands between. */
  private joinPrefixes(): Statement[] {
    const joined: Statement[] = [];
    for (const statement of this.statements) {
      const before = joined[joined.length - 1];
      if (statement.kind === 'instruction' && before?.kind === 'instruction' && isPrefix(before.instruction.base)) {
        joined[joined.length - 1] = withPrefix(before, statement);
      } else joined.push(statement);
    }
    return joined;
  }

  private cursor(text: string, start: number, end: number): Cursor {
    return new Cursor(text, start, end, this.template, this.registers);
  }

  private unknown(text: string, reason: string, span: Span): void {
    this.statements.push({ kind: 'unknown', text: squeeze(text.slice(0, 200)), reason, span });
    this.report('parse-error', `${reason}: ${squeeze(text.slice(0, 80))}`, span);
  }

  private incomplete(message: string, span: Span): void {
    this.report('analysis-incomplete', message, span);
  }

  private report(kind: Problem['kind'], message: string, span: Span): void {
    // What is incomplete is always told: it says that more is missing than the statements named.
    if (this.problems.length >= this.limits.problems && (kind !== 'analysis-incomplete' || this.silenced > 1000)) {
      this.silenced++;
      return;
    }
    this.problems.push({ kind, message, at: originOf(this.prepared, span).at });
  }
}

/** SystemTap's probe macros come from a system header: one `nop` and a note in another section. */
const PROBE = /^STAP_PROBE(?:V|_ASM|\d\d?)?\s*\(/;
const NOP: ParsedInstruction = {
  instruction: { mnemonic: 'nop', base: 'nop', prefixes: [], operands: [] },
  operandStretches: [],
};

const TOO_MUCH = 'macros are nested too deeply or expand to too much: some uses were left out';

function withPrefix(prefix: InstructionStatement, statement: InstructionStatement): InstructionStatement {
  const { instruction } = statement;
  const first = prefix.instruction;
  return {
    ...statement,
    instruction: { ...instruction, prefixes: [...first.prefixes, first.mnemonic, ...instruction.prefixes] },
    text: `${prefix.text} ${statement.text}`,
    span: prefix.span.start <= statement.span.start ? { ...statement.span, start: prefix.span.start } : statement.span,
  };
}

function leadingWord(text: string, at: number, stop: number): string {
  if (!startsSymbol(text.charCodeAt(at))) return '';
  let next = at;
  while (next < stop && isSymbolPart(text.charCodeAt(next))) next++;
  return text.slice(at, next);
}

/** The end of a block's body and the offset after the statement that closes it. */
function findBlockEnd(text: string, from: number, macro: boolean): { end: number; next: number } | undefined {
  const opens = macro ? /^\.macro$/i : /^\.(?:rept|rep|irp|irpc)$/i;
  const closes = macro ? /^\.endm(?:acro)?$/i : /^\.endr$/i;
  let depth = 1;
  for (let at = from; at < text.length; ) {
    let start = at;
    while (start < text.length && (isBlank(text.charCodeAt(start)) || text.charCodeAt(start) === 10)) start++;
    const end = endOfStatement(text, start);
    if (text.charCodeAt(start) === 46) {
      const word = leadingWord(text, start, end);
      if (opens.test(word)) depth++;
      else if (closes.test(word) && --depth === 0) return { end: start, next: end + 1 };
    }
    at = end + 1;
  }
  return undefined;
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
