/**
 * From a file's text to the tokens a parser gets: conditionals decided, chosen macros expanded, directives gone.
 *
 * Conditionals that cannot be decided have several meanings. A caller asks for them one `variant` at a time: variant
 * n takes arm n of every undecided group (the last arm where there are fewer), so that each arm of each group is
 * seen in some variant without multiplying them out.
 */
import type { Problem } from '../ir/types.js';
import { clean, endOfDirective, plainBody, readDefine, type Definition } from './definitions.js';
import { constantValue, evaluate, type Names, type Value } from './evaluate.js';
import { Budget, expandTokens, type Expander, type OutToken } from './expand.js';
import { lex, type Dialect, type Token } from './lexer.js';
import type { MacroView } from './macro-table.js';
import { LineMap, type PreparedText } from './prepared.js';

export interface PreprocessRequest {
  readonly file: string;
  readonly text: string;
  /** The text's own, where it is preprocessed several times. */
  readonly tokens?: readonly Token[];
  readonly dialect: Dialect;
  readonly view: MacroView;
  readonly variant: number;
  /** Definitions that the file can see; default all. */
  readonly visible?: (definition: Definition) => boolean;
  /** Whether a macro that is known is to be expanded here. `inside`: the use came out of another macro. */
  readonly expands: (definition: Definition, inside: boolean) => boolean;
  /**
   * The file that an `#include` means, where it is to be read at its place: the text is then a whole unit, in which no macro
   * holds that another source defines.
   */
  readonly include?: (name: string, from: string) => Included | undefined;
}

export interface Included {
  readonly file: string;
  readonly text: string;
}

export interface Preprocessed {
  readonly tokens: readonly OutToken[];
  /** Most arms of any undecided group; 0 when everything was decided. Variants beyond it give nothing new. */
  readonly arms: number;
  readonly problems: readonly Problem[];
  /** Every name whose meaning the text depends on: a view that agrees on them gives the same tokens. */
  readonly asked: ReadonlySet<string>;
}

interface Group {
  /** This line's arm is live. */
  live: boolean;
  /** Some arm was certainly taken before. */
  taken: boolean;
  /** Number of undecided arms so far; undefined while every condition was decided. */
  undecided: number | undefined;
  /** Live state of the surrounding text. */
  readonly outer: boolean;
  /** Number of arms where one of them has to be taken, since the group is the body of an `if`. */
  readonly closing: number | undefined;
  /** Number of arms so far. */
  seen: number;
}

const CONDITIONAL = /^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b/gm;

/** Tokens of a condition, and characters of a group, beyond which they are not looked at. */
const MAX_CONDITION = 400;
const MAX_GROUP = 10_000;
/** Groups inside of an arm inside of one another, beyond which it is not looked at. */
const MAX_DEPTH = 20;
/** Files that include one another. */
const MAX_PARTS = 12;

/** Number of arms of the group whose text begins here, if it ends with a whole statement; undefined otherwise. */
function armsOfBody(text: string, from: number): number | undefined {
  let depth = 0;
  let arms = 1;
  CONDITIONAL.lastIndex = 0;
  const near = text.slice(from, from + MAX_GROUP);
  for (let m = CONDITIONAL.exec(near); m; m = CONDITIONAL.exec(near)) {
    if (m[1]?.startsWith('if')) depth++;
    else if (m[1] !== 'endif') arms += depth === 0 ? 1 : 0;
    else if (depth-- === 0) return /[;}]\s*$/.test(near.slice(0, m.index)) ? arms : undefined;
  }
  return undefined;
}

const NEVER_STOPS = { stops: false, next: '', end: 0 };
const ARM = /^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif|error)\b/gm;

/** The arm whose text begins here: whether no build takes it, since it stops there, and the directive behind it. */
function armAt(text: string, from: number): { readonly stops: boolean; readonly next: string; readonly end: number } {
  let depth = 0;
  let stops = false;
  ARM.lastIndex = 0;
  const near = text.slice(from, from + MAX_GROUP);
  for (let m = ARM.exec(near); m; m = ARM.exec(near)) {
    const [whole, next = ''] = m;
    if (next.startsWith('if')) depth++;
    else if (next === 'error') stops ||= depth === 0;
    else if (depth === 0) return { stops, next, end: from + m.index + whole.length };
    else if (next === 'endif') depth--;
    if (depth > MAX_DEPTH) break;
  }
  return { stops, next: '', end: from + near.length };
}

/** The tokens end with what a statement has to follow: `if (…)`, `else`. */
function awaitsBody(tokens: readonly { readonly kind: string; readonly text: string }[]): boolean {
  let i = tokens.length - 1;
  for (const end = i - MAX_CONDITION; tokens[i]?.kind === 'newline' && i > end;) i--;
  if (/^(else|do)$/.test(tokens[i]?.text ?? '')) return true;
  if (tokens[i]?.text !== ')') return false;
  let depth = 0;
  for (const end = i - MAX_CONDITION; i >= 0 && i > end; i--) {
    if (tokens[i]?.text === ')') depth++;
    else if (tokens[i]?.text === '(' && --depth === 0) break;
  }
  return /^(if|while|for|switch)$/.test(tokens[i - 1]?.text ?? '');
}

/** The names as they stand at one point of the file: its own definitions first, then the tree's. */
class LocalNames implements Names {
  readonly own = new Map<string, Definition | null>();
  readonly asked = new Set<string>();

  constructor(
    private readonly view: MacroView,
    readonly file: string,
    private readonly visible: ((definition: Definition) => boolean) | undefined,
    private readonly isUnit: boolean,
  ) {}

  /** Only sources that are no part of the unit, or parts that were not come to yet, define it. */
  private isForeign(name: string): boolean {
    if (!this.isUnit) return false;
    const all = this.view.candidates(name);
    return all.length > 0 && all.every((d) => d.file.endsWith('.c'));
  }

  isDefined(name: string): boolean | undefined {
    this.asked.add(name);
    const local = this.own.get(name);
    if (local !== undefined) return local !== null;
    if (this.isForeign(name)) return false;
    const known = this.view.isDefined(name);
    if (known !== undefined || !this.visible) return known;
    // The tree defines it, and in no file that this one may include.
    const all = this.view.candidates(name);
    return all.length > 0 && !all.some(this.visible) ? false : undefined;
  }

  valueOf(name: string, call: string | undefined): Value {
    this.asked.add(name);
    const local = this.own.get(name);
    if (local === null || (local === undefined && this.isForeign(name))) return 0n;
    if (local && !local.params) {
      // What the file itself says goes before what the tree says elsewhere.
      const own = constantValue(plainBody(local));
      if (own !== undefined) return own;
    }
    return this.view.valueOf(name, call);
  }

  lookup(name: string): Definition | undefined {
    this.asked.add(name);
    const local = this.own.get(name);
    if (local !== undefined) return local ?? undefined;
    return this.view.lookup(name, this.file, this.isUnit ? (d) => !d.file.endsWith('.c') : this.visible);
  }
}

const GUARD = /^[ \t]*#[ \t]*ifndef[ \t]+(\w+)[^\n]*\n(?:[ \t]*\n)*[ \t]*#[ \t]*define[ \t]+(\w+)/;

/** The name of the include guard that opens at `at`, if it is one. */
function includeGuard(text: string, at: number): string | undefined {
  const m = GUARD.exec(text.slice(at, at + 400));
  return m && m[1] === m[2] ? m[1] : undefined;
}

const JUMP = /^(goto|return|break|continue)$/;

/** Names that are given a statement, as only macros can be: `FORCE_ELISION (mutex, goto elision)`. */
function givenStatements(tokens: readonly Token[]): ReadonlySet<string> {
  const names = new Set<string>();
  tokens.forEach((t, i) => {
    if (t.kind !== 'identifier' || !JUMP.test(t.text) || !/^[(,]$/.test(tokens[i - 1]?.text ?? '')) return;
    let depth = 0;
    for (let k = i - 1; k >= 0 && k > i - MAX_CONDITION; k--) {
      const text = tokens[k]?.text;
      if (text === ')') depth++;
      else if (text === '(' && depth-- === 0) {
        const name = tokens[k - 1];
        if (name?.kind === 'identifier') names.add(name.text);
        return;
      }
    }
  });
  return names;
}

class Preprocessor {
  private readonly groups: Group[] = [];
  private readonly names: LocalNames;
  private readonly problems: Problem[] = [];
  private readonly out: OutToken[] = [];
  private pending: OutToken[] = [];
  private readonly budget = new Budget();
  private arms = 0;
  private live = true;
  private readonly parts: Included[] = [];
  private text: string;

  constructor(private readonly request: PreprocessRequest) {
    this.names = new LocalNames(request.view, request.file, request.visible, request.include !== undefined);
    this.text = request.text;
  }

  run(): Preprocessed {
    this.read(this.request);
    // A conditional that the file leaves open has its meanings all the same.
    for (const group of this.groups) this.count(group);
    return { tokens: this.out, arms: this.arms, problems: this.problems, asked: this.names.asked };
  }

  private read({
    file,
    text,
    tokens = lex(text, this.request.dialect),
  }: Included & Pick<PreprocessRequest, 'tokens'>): void {
    this.parts.push({ file, text });
    this.text = text;
    const place = this.parts.length > 1 ? { file } : undefined;
    let skipTo = -1;
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i];
      if (!token || token.start < skipTo) continue;
      if (token.kind === 'hash' && this.isDirective(tokens[i + 1])) {
        const end = endOfDirective(text, token.start);
        this.directive(token, tokens[i + 1], end);
        skipTo = end;
      } else if (this.live) this.pending.push(place ? { ...token, ...place } : token);
    }
    this.flush();
    this.parts.pop();
    this.text = this.parts.at(-1)?.text ?? '';
  }

  /** Reads a file at the place where it is included. */
  private include(rest: string): void {
    const name = /^[<"]([^>"]+)[>"]/.exec(rest)?.[1];
    const from = this.parts.at(-1)?.file ?? '';
    const found = name === undefined ? undefined : this.request.include?.(name, from);
    if (!found || this.parts.length > MAX_PARTS || this.parts.some((p) => p.file === found.file)) return;
    this.flush();
    const around = this.groups.length;
    this.read(found);
    for (const group of this.groups.splice(around)) this.count(group);
    this.live = true;
  }

  /** In assembly `#` also starts a comment: only real directive names count there. */
  private isDirective(next: Token | undefined): boolean {
    if (this.request.dialect === 'c') return true;
    return (
      next?.kind === 'identifier' &&
      /^(if|ifdef|ifndef|elif|else|endif|define|undef|include|include_next|error|warning|pragma|line)$/.test(next.text)
    );
  }

  /** Macros are expanded with the definitions in force where the text stands, so a directive that changes them ends a run. */
  private flush(): void {
    if (this.pending.length === 0) return;
    const { request } = this;
    const given = givenStatements(this.pending);
    const by: Expander = {
      dialect: request.dialect,
      budget: this.budget,
      define: (name, inside) => {
        const definition = this.names.lookup(name);
        return definition && (given.has(name) || request.expands(definition, inside)) ? definition : undefined;
      },
      onLimit: () => {
        const lines = new LineMap(request.text);
        this.problems.push({
          kind: 'analysis-incomplete',
          message: 'Macro expansion reached its limit: the macros in the rest of this file were left as written',
          at: lines.region(request.file, this.pending[0]?.start ?? 0, this.pending[0]?.end ?? 1),
        });
      },
    };
    for (const token of expandTokens(this.pending, by)) this.out.push(token);
    this.pending = [];
  }

  private directive(hash: Token, word: Token | undefined, end: number): void {
    const { text } = this;
    const name = word?.text ?? '';
    const rest = (): string => clean(text.slice(word?.end ?? hash.end, end)).trim();
    const first = (): string => /^\w*/.exec(rest())?.[0] ?? '';
    switch (name) {
      case 'ifdef':
        return this.open(`defined(${first()})`, end);
      case 'ifndef':
        // In a unit it is known whether the name was defined before.
        if (!this.names.own.has(first()) && includeGuard(text, text.lastIndexOf('\n', hash.start) + 1))
          return this.open('1', end);
        return this.open(`!defined(${first()})`, end);
      case 'if':
        return this.open(rest(), end);
      case 'elif':
        return this.arm(rest(), end);
      case 'else':
        return this.arm('1', end);
      case 'endif': {
        const group = this.groups.pop();
        if (!group) return;
        this.live = group.outer;
        this.count(group);
        return;
      }
      case 'include':
      case 'include_next':
        if (this.live && this.request.include) this.include(rest());
        return;
      case 'define':
      case 'undef': {
        if (!this.live) return;
        this.flush();
        if (name === 'undef') this.names.own.set(first(), null);
        else {
          const definition = readDefine(
            this.parts.at(-1)?.file ?? this.request.file,
            text.slice(hash.start, end),
            hash.start,
            (word?.end ?? 0) - hash.start,
            [],
          );
          if (definition) this.names.own.set(definition.name, definition);
        }
      }
    }
  }

  private count(group: Group): void {
    if (group.undecided !== undefined) this.arms = Math.max(this.arms, group.undecided + (group.taken ? 0 : 1));
  }

  private open(condition: string, from: number): void {
    const { text } = this;
    const { dialect } = this.request;
    // Without its body an `if` would take in the statement behind the group, which no build means.
    const isBody = this.live && dialect === 'c' && awaitsBody(this.pending.length > 0 ? this.pending : this.out);
    const closing = isBody ? armsOfBody(text, from) : undefined;
    this.groups.push({ live: false, taken: false, undecided: undefined, outer: this.live, closing, seen: 0 });
    this.arm(condition, from);
  }

  private arm(condition: string, from: number): void {
    const group = this.groups[this.groups.length - 1];
    if (!group) return;
    group.seen++;
    if (!group.outer || group.taken) {
      this.live = false;
      return;
    }
    const truth = evaluate(condition, this.names);
    // What is not decided is not that the build stops.
    const isOpen = truth === undefined || (truth && group.undecided !== undefined);
    const { stops, next, end } = isOpen ? armAt(this.text, from) : NEVER_STOPS;
    if (truth === false || stops) this.live = false;
    else if (truth === true && group.undecided === undefined) {
      this.live = true;
      group.taken = true;
    } else {
      // Undecided: this arm is number `undecided`; it is live when the variant asks for it. A certain arm after
      // undecided ones is the last of them.
      const index = group.undecided ?? 0;
      group.undecided = index + 1;
      const isOnly = next === 'else' && armAt(this.text, end).stops;
      const last = truth === true || group.seen === group.closing || isOnly;
      this.live = last ? this.request.variant >= index : this.request.variant === index;
      if (last) group.taken = true;
    }
    group.live = this.live;
  }
}

export function preprocess(request: PreprocessRequest): Preprocessed {
  return new Preprocessor(request).run();
}

/** Access to the text of any file of the tree, for places inside macro bodies. */
export type LineMaps = (file: string) => LineMap | undefined;

/** Writes tokens out as text for a parser. Newlines stay, blanks are squeezed to one. */
export function toText(file: string, tokens: readonly OutToken[], lines: LineMaps): PreparedText {
  const starts: number[] = [];
  const pieces: string[] = [];
  let length = 0;
  let before: OutToken | undefined;
  for (const token of tokens) {
    const gap =
      before !== undefined && before.kind !== 'newline' && (token.spaced || mustSpace(before, token)) ? ' ' : '';
    const text = token.kind === 'newline' ? '\n' : token.text;
    starts.push(length + gap.length);
    pieces.push(gap, text);
    length += gap.length + text.length;
    before = token;
  }
  const text = pieces.join('');
  const indexOf = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const own = lines(file) ?? new LineMap('');
  return {
    file,
    text,
    origin(start, end) {
      const i = indexOf(start);
      const j = Math.max(i, indexOf(Math.max(start, end - 1)));
      const first = tokens[i];
      const last = tokens[j];
      if (!first || !last) return { at: own.region(file, 0, 0) };
      const inFirst = start - (starts[i] ?? 0);
      const inLast = end - (starts[j] ?? 0);
      const from = first.use?.start ?? Math.min(first.start + Math.max(0, inFirst), first.end);
      const to =
        last.file === first.file
          ? (last.use?.end ?? Math.min(last.start + Math.max(0, inLast), last.end))
          : (first.use?.end ?? first.end);
      const on = first.file ?? file;
      const at = ((first.file === undefined ? own : lines(on)) ?? own).region(on, from, Math.max(from, to));
      if (!first.macros) return { at };
      const place = first.definitionFile === undefined ? undefined : lines(first.definitionFile);
      if (!place || first.definitionFile === undefined) return { at, macros: first.macros };
      // The stretch may go on into other macros or out of all: the body's part ends with its own last token.
      let k = j;
      while (k > i && !isSameBody(first, tokens[k])) k--;
      return {
        at,
        definition: place.region(first.definitionFile, first.start, tokens[k]?.end ?? first.end),
        macros: first.macros,
      };
    },
  };
}

/** Both tokens are spelled in one expansion of one macro's body, the second not before the first. */
function isSameBody(first: OutToken, second: OutToken | undefined): boolean {
  return (
    second?.definitionFile === first.definitionFile &&
    second?.macros?.length === first.macros?.length &&
    second?.macros?.every((name, i) => first.macros?.[i] === name) === true &&
    second.end >= first.end
  );
}

const SIGN = /^[-+&|<>=!*/%^#.:]+$/;

/** Two tokens that came together by expansion must not become one. */
function mustSpace(left: OutToken, right: OutToken): boolean {
  if (left.use === right.use && left.definitionFile === right.definitionFile && left.end === right.start) return false;
  const isWord = left.kind === 'identifier' || left.kind === 'number';
  const word = isWord && /^(identifier|number|string|char)$/.test(right.kind);
  const sign = SIGN.test(left.text) && SIGN.test(right.text);
  const number =
    (left.kind === 'number' && /^[-+.]/.test(right.text)) || (left.text === '.' && right.kind === 'number');
  return word || sign || number;
}
