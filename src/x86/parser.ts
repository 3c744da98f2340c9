/**
 * Parses GNU assembler source for i386 and x86_64, AT&T syntax: statements in order, with the assembler's macros
 * expanded and its conditionals decided. Whatever is not understood becomes an `unknown` statement in its place.
 */
import type { PreparedText } from '../cpp/prepared.js';
import { findBlockEnd, leadingWord, skipToStatement } from './blocks.js';
import { Conditionals, decide, opensConditional } from './conditionals.js';
import { parseArguments, parseValue } from './directives.js';
import { readAssignment, readLabel } from './heads.js';
import { parseInstruction, type ParsedInstruction } from './instruction.js';
import { blankComments, Cursor, endOfStatement, isBlank } from './lexer.js';
import { LIMITS, USE_COST, type ParseLimits } from './limits.js';
import { bind, parseHeader, substitute, type Macro } from './macros.js';
import { MODES, OperandCheck } from './operand-check.js';
import { originOf } from './origin.js';
import { joinPrefixes } from './prefixes.js';
import { readRounds, repeatBody } from './repetition.js';
import { Report } from './report.js';
import { Source, TextMaker } from './source.js';
import { Symbols } from './symbols.js';
import type { AssemblyUnit, Span, Statement } from './syntax.js';
import type { Mode } from './table/match.js';

export interface ParseOptions {
  /** The text is an inline assembly template: `%%eax` is a register and `%0` an operand. */
  readonly template?: boolean;
  readonly limits?: Partial<ParseLimits>;
  /**
   * What the code may be for: an instruction of the table with operands that none of them takes is unknown. Both, where
   * nothing is said; none leaves operands unchecked.
   */
  readonly modes?: readonly Mode[];
}

/** Parses a whole file (or a pasted template). Never throws. */
export function parseAssembly(prepared: PreparedText, options: ParseOptions = {}): AssemblyUnit {
  const limits = { ...LIMITS, ...options.limits };
  return new Parser(prepared, options.template ?? false, limits, options.modes ?? MODES).run();
}

/** `exit`: `.exitm` left the macro or the repetition; `end`: `.end` left the file. */
type Signal = 'exit' | 'end' | undefined;

class Parser {
  private readonly statements: Statement[] = [];
  private readonly macros = new Map<string, Macro>();
  private readonly symbols = new Symbols();
  private readonly conditionals = new Conditionals();
  /** Why instructions cannot be read here, if they cannot. */
  private dialectReason: string | undefined;
  private expanded = 0;
  private uses = 0;
  private full = false;
  private readonly report: Report;
  private readonly operands: OperandCheck;

  constructor(
    private readonly prepared: PreparedText,
    private readonly template: boolean,
    private readonly limits: ParseLimits,
    modes: readonly Mode[],
  ) {
    this.report = new Report(prepared, limits.problems);
    this.operands = new OperandCheck(modes);
  }

  run(): AssemblyUnit {
    const clean = blankComments(this.prepared.text);
    if (clean.openComment !== undefined) {
      const span = { start: clean.openComment, end: Math.min(clean.openComment + 2, clean.text.length) };
      this.unknown('/*', 'comment is never closed', span);
    }
    this.read(Source.file(clean.text));
    if (this.conditionals.depth > 0) {
      const end = clean.text.length;
      this.report.add('parse-error', 'conditional is never closed (.endif)', { start: Math.max(0, end - 1), end });
      this.conditionals.unwind(0);
    }
    return {
      file: this.prepared.file,
      statements: joinPrefixes(this.statements),
      problems: this.report.problems(),
      origin: (span) => originOf(this.prepared, span),
      prepared: this.prepared,
    };
  }

  private read(source: Source): Signal {
    const { text } = source;
    let at = 0;
    while (at < text.length && !this.full) {
      const start = skipToStatement(text, at);
      if (start >= text.length) return undefined;
      const end = endOfStatement(text, start);
      at = end + 1;
      if (end === start) continue;
      if (this.statements.length >= this.limits.statements) {
        this.full = true;
        this.report.incomplete('too many statements: the rest of the file was not read', source.span(start, end));
        return undefined;
      }
      if (end - start > this.limits.statement) {
        if (!this.conditionals.live) continue;
        this.unknown(text.slice(start, start + 80), 'statement is too long', source.span(start, start + 80));
        this.report.incomplete('a statement is too long to be read', source.span(start, start + 80));
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
    const label = readLabel(source.text, at, end, this.template);
    if (!label) return undefined;
    const { name, numeric } = label;
    if (this.conditionals.live) {
      this.statements.push({ kind: 'label', name, numeric, span: source.span(at, label.nameEnd) });
      if (!numeric) this.symbols.label(name);
    }
    return label.next;
  }

  /** Directives that decide what is read at all. False when `name` is none of them. */
  private structure(
    source: Source,
    name: string,
    at: number,
    rest: number,
    stop: number,
    next: number,
  ): number | Signal | false {
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
        if (source.depth > 0) return 'exit';
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
        this.report.incomplete('a file that the assembler includes is not read', source.span(at, stop));
        return undefined;
      case '.altmacro':
        this.report.incomplete('.altmacro is not supported', source.span(at, stop));
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
    const before = this.dialectReason;
    if (name === '.intel_syntax') this.dialectReason = 'Intel syntax is not supported';
    else if (/\bnoprefix\b/.test(args)) this.dialectReason = 'registers without % are not supported';
    else this.dialectReason = undefined;
    if (this.dialectReason === undefined || this.dialectReason === before) return;
    const message = `${this.dialectReason}: the instructions after this line are unknown`;
    this.report.incomplete(message, source.span(at, stop));
  }

  private decide(name: string, args: string): boolean | undefined {
    return decide(name, args, {
      value: (symbol) => this.symbols.value(symbol),
      isDefined: (symbol) => this.symbols.isDefined(symbol),
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
        this.report.incomplete(`${name} is never closed: the rest of the file is its body`, source.span(at, stop));
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

  private repeat(
    source: Source,
    name: string,
    head: string,
    body: Pick<Macro, 'source' | 'start' | 'end'>,
    span: Span,
  ): Signal {
    const rounds = readRounds(name, head, this.symbols);
    if (typeof rounds === 'string') {
      this.unknown(name + head, rounds, span);
      return undefined;
    }
    const { count } = rounds;
    if (count <= 0n || body.end <= body.start) return undefined;
    const size = body.end - body.start + 8;
    if (count > BigInt(this.limits.expansion) || !this.spend(Number(count) * size, source, span)) {
      this.unknown(name + head, 'repetition is too large', span);
      this.report.incompleteOnce(TOO_MUCH, span);
      return undefined;
    }
    const depth = this.conditionals.depth;
    // `.exitm` leaves all rounds of the repetition, and nothing around it.
    const signal = this.read(source.repetition(repeatBody(body, rounds)));
    this.conditionals.unwind(depth);
    return signal === 'end' ? 'end' : undefined;
  }

  private use(macro: Macro, source: Source, at: number, rest: number, stop: number): Signal {
    const span = source.span(at, stop);
    const text = source.text.slice(at, stop);
    const bound = bind(macro, source.text.slice(rest, stop));
    if (typeof bound === 'string') {
      this.unknown(text, bound, span);
      return undefined;
    }
    let size = macro.end - macro.start + USE_COST;
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
      this.report.incompleteOnce(TOO_MUCH, span);
      return false;
    }
    this.expanded += size;
    return true;
  }

  /** `name = expression`, `.set name, expression`. False when the statement is no assignment. */
  private assignment(source: Source, word: string, at: number, rest: number, stop: number): boolean {
    const { text } = source;
    const head = readAssignment(text, word, rest, stop);
    if (!head) return false;
    const { name } = head;
    const cursor = this.cursor(text, head.value, stop);
    const value = parseValue(cursor);
    if (!value) {
      this.unknown(text.slice(at, stop), cursor.reason ?? 'bad expression', source.span(at, stop));
      return true;
    }
    this.symbols.assign(name, value);
    this.statements.push({ kind: 'assignment', name, value, span: source.span(at, stop) });
    return true;
  }

  private directive(source: Source, name: string, at: number, rest: number, stop: number): void {
    const cursor = this.cursor(source.text, rest, stop);
    const span = source.span(at, stop);
    const args = parseArguments(name, cursor);
    if (!args) {
      this.unknown(source.text.slice(at, stop), cursor.reason ?? 'bad directive', span);
      return;
    }
    this.statements.push({ kind: 'directive', name, args, span });
    this.operands.directive(name);
    if (name === '.error' || name === '.err') {
      this.unknown(source.text.slice(at, stop), 'the source reports an error here', span);
    }
  }

  private instruction(source: Source, at: number, stop: number): void {
    const { text } = source;
    const span = source.span(at, stop);
    if (this.dialectReason !== undefined) {
      this.unknown(text.slice(at, stop), this.dialectReason, span);
      return;
    }
    const cursor = this.cursor(text, at, stop);
    const parsed = PROBE.test(text.slice(at, at + 16)) ? NOP : parseInstruction(cursor);
    if (!parsed) {
      this.unknown(text.slice(at, stop), cursor.reason ?? 'not understood', span);
      return;
    }
    const refusal = this.operands.refusal(parsed.instruction);
    if (refusal !== undefined) {
      this.unknown(text.slice(at, stop), refusal, span);
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

  private cursor(text: string, start: number, end: number): Cursor {
    return new Cursor(text, start, end, this.template, this.symbols.registers);
  }

  private unknown(text: string, reason: string, span: Span): void {
    this.statements.push({ kind: 'unknown', text: squeeze(text.slice(0, 200)), reason, span });
    this.report.add('parse-error', `${reason}: ${squeeze(text.slice(0, 80))}`, span);
  }
}

/** SystemTap's probe macros come from a system header: one `nop` and a note in another section. */
const PROBE = /^STAP_PROBE(?:V|_ASM|\d\d?)?\s*\(/;
const NOP: ParsedInstruction = {
  instruction: { mnemonic: 'nop', base: 'nop', prefixes: [], operands: [] },
  operandStretches: [],
};

const TOO_MUCH = 'macros or repetitions are nested too deeply or expand to too much: some were left out';

function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
