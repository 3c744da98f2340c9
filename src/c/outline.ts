/**
 * The outline of a C text: which functions it defines and which names each of them calls, told by words and brackets
 * alone. It is what the call graph of a whole tree is drawn from before anything is preprocessed or parsed, so it errs
 * towards more: both arms of a conditional count, and a name counts as a call wherever a bracket follows it.
 * Linear in the text.
 */

export interface OutlinedFunction {
  readonly name: string;
  /** Offset of the name in its definition. */
  readonly at: number;
  readonly isStatic: boolean;
  /** Nothing stands in front of the name: it is an old function without a type, or a macro that makes the declarator. */
  readonly isBare?: true;
  /** Names that are called, each once; a call through a member (`f->read (…)`) as `->read`. */
  readonly calls: readonly string[];
}

/** A macro used at file scope, with its arguments: it may declare another name (`weak_alias (a, b)`). */
export interface OutlinedUse {
  readonly macro: string;
  readonly args: readonly string[];
  readonly at: number;
}

export interface Outline {
  readonly functions: readonly OutlinedFunction[];
  readonly uses: readonly OutlinedUse[];
  /** Members that functions are stored in: `.read = f`, `x->read = f`. */
  readonly stores: readonly (readonly [member: string, of: string])[];
  /** Functions declared not to return. */
  readonly noreturn: readonly string[];
}

export interface OutlineQuestions {
  /** A word that counts as called even without a bracket behind it: macros without parameters. */
  readonly isMark: (word: string) => boolean;
  /** Index of the argument that names a member that is called (`JUMP2 (__read, …)`). */
  readonly memberCall: (word: string) => number | undefined;
  /** Indexes of the arguments of a macro that stores a function in a member (`JUMP_INIT (read, f)`). */
  readonly memberStore: (
    word: string,
  ) => { readonly member: number; readonly of: number; readonly prefix: string } | undefined;
}

/** Words before a bracket that are no names of functions. */
const NO_NAME: ReadonlySet<string> = new Set(
  'if while for switch return sizeof do else case void int char long short unsigned signed float double _Bool const volatile static extern inline typeof __typeof __typeof__ __attribute__ __attribute __asm__ asm __asm _Alignas _Alignof __alignof__ __nonnull defined __extension__'.split(
    ' ',
  ),
);
const NORETURN = /noreturn/i;
const ATTRIBUTE = /^__attribute(__)?$/;
const AGGREGATE = /^(struct|union|enum)$/;

const BRACKETED = /\(\s*\w+\s*\)\s*\(/y;

const Char = {
  Newline: 10,
  Quote: 34,
  Hash: 35,
  Apostrophe: 39,
  Open: 40,
  Close: 41,
  Star: 42,
  Comma: 44,
  Minus: 45,
  Dot: 46,
  Slash: 47,
  Semicolon: 59,
  Equals: 61,
  Greater: 62,
  Backslash: 92,
  SquareClose: 93,
  BraceOpen: 123,
  BraceClose: 125,
} as const;

const isLetter = (c: number): boolean => (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95;
const isDigit = (c: number): boolean => c >= 48 && c <= 57;
const isBlank = (c: number): boolean => c === 32 || c === 9 || c === Char.Newline || c === 13;

function endOfWord(text: string, at: number): number {
  let i = at;
  for (let c = text.charCodeAt(i); isLetter(c) || isDigit(c); c = text.charCodeAt(i)) i++;
  return i;
}

interface Named {
  readonly name: string;
  readonly at: number;
  /** The text between the brackets. */
  readonly from: number;
  to: number;
}

class Outliner {
  readonly functions: OutlinedFunction[] = [];
  readonly uses: OutlinedUse[] = [];
  readonly stores: [string, string][] = [];
  readonly noreturn: string[] = [];
  private depth = 0;
  /** Depth that closing braces do not go below. */
  private floor = 0;
  private round = 0;
  /** What is being read at depth 0: the names with brackets of one declaration. */
  private named: Named[] = [];
  private isStatic = false;
  private isAssigned = false;
  private isAggregate = false;
  private isNoreturn = false;
  /** The first thing of the declaration was a name with brackets. */
  private isBareUse = false;
  private isFirst = true;
  private current: { name: string; at: number; isStatic: boolean; calls: Set<string>; isBare?: true } | undefined;

  constructor(
    private readonly text: string,
    private readonly ask: OutlineQuestions,
  ) {}

  run(): Outline {
    const { text } = this;
    const length = text.length;
    /** The last significant character, and the word that ended there. */
    let before = 0;
    let lineStart = 0;
    for (let i = 0; i < length;) {
      const c = text.charCodeAt(i);
      if (isLetter(c)) {
        const start = i++;
        i = endOfWord(text, i);
        this.word(start, i, before);
        before = 1;
        continue;
      }
      if (isDigit(c)) {
        i = endOfWord(text, i);
        before = 2;
        continue;
      }
      switch (c) {
        case Char.Newline:
          lineStart = i + 1;
          break;
        case Char.Quote:
        case Char.Apostrophe:
          i = this.literal(i, c);
          before = c;
          continue;
        case Char.Slash:
          if (text.charCodeAt(i + 1) === 42) {
            const end = text.indexOf('*/', i + 2);
            i = end === -1 ? length : end + 2;
            continue;
          }
          if (text.charCodeAt(i + 1) === Char.Slash) {
            const end = text.indexOf('\n', i);
            i = end === -1 ? length : end;
            continue;
          }
          before = c;
          break;
        case Char.Hash:
          if (/^[ \t]*$/.test(text.slice(lineStart, i))) {
            i = this.directive(i);
            continue;
          }
          break;
        case Char.Open:
          this.round++;
          before = c;
          break;
        case Char.Close:
          this.round = Math.max(0, this.round - 1);
          if (this.depth === 0 && this.round === 0) {
            const last = this.named[this.named.length - 1];
            if (last && last.to < 0) last.to = i;
          }
          before = c;
          break;
        case Char.BraceOpen:
          this.open(before);
          before = c;
          break;
        case Char.BraceClose:
          this.close(i === lineStart);
          before = c;
          break;
        case Char.Semicolon:
          if (this.depth === 0 && this.round === 0) this.endOfDeclaration(before);
          before = c;
          break;
        case Char.Equals:
          if (this.depth === 0 && this.round === 0) this.isAssigned = true;
          before = c;
          break;
        case Char.Greater:
          before = text.charCodeAt(i - 1) === Char.Minus ? Char.Dot : c;
          break;
        case 32:
        case 9:
        case 13:
          break;
        default:
          before = c;
      }
      i++;
    }
    // What stands behind the last function without a semicolon: `weak_alias (f, g)`.
    if (this.depth === 0 && this.isBareUse) this.used();
    this.endOfFunction();
    const { functions, uses, stores, noreturn } = this;
    return { functions, uses, stores, noreturn };
  }

  /** The names that a text calls which is the inside of a function, or a macro's body. */
  calls(): readonly string[] {
    this.depth = 1;
    this.current = { name: '', at: 0, isStatic: true, calls: new Set() };
    // Closing braces that a macro leaves to another one end nothing.
    this.floor = 1;
    return this.run().functions[0]?.calls ?? [];
  }

  private word(start: number, end: number, before: number): void {
    const { text } = this;
    const word = text.slice(start, end);
    const next = this.significant(end);
    const isCalled = text.charCodeAt(next) === Char.Open;
    if (this.depth === 0) {
      if (this.round === 0) this.declared(word, start, next, isCalled);
      else if (this.round === 1 && this.named.length === 0) this.bracketed(word, start, next, before);
      return;
    }
    const store = isCalled ? this.ask.memberStore(word) : undefined;
    if (store) {
      const args = this.argumentsAt(next);
      const [member, of] = [args[store.member], args[store.of]];
      if (member !== undefined && of !== undefined) this.stores.push([store.prefix + member, of]);
    } else if (
      before === Char.Dot &&
      text.charCodeAt(next) === Char.Equals &&
      text.charCodeAt(next + 1) !== Char.Equals
    )
      this.stored(word, next + 1);
    if (!this.current) return;
    if (isCalled) {
      const member = this.ask.memberCall(word);
      if (member !== undefined) {
        const name = this.argumentsAt(next)[member];
        if (name !== undefined) this.current.calls.add(`->${name}`);
      } else if (!NO_NAME.has(word)) this.current.calls.add(before === Char.Dot ? `->${word}` : word);
    } else if (this.ask.isMark(word)) this.current.calls.add(word);
    // `(f) (x)`, which is how a function is called whose name is also a macro, and `(*x->f) (y)`
    else if (
      text.charCodeAt(next) === Char.Close &&
      text.charCodeAt(this.significant(next + 1)) === Char.Open &&
      !NO_NAME.has(word)
    )
      this.current.calls.add(before === Char.Dot ? `->${word}` : word);
  }

  private declared(word: string, start: number, next: number, isCalled: boolean): void {
    if (NORETURN.test(word) || (isCalled && ATTRIBUTE.test(word) && NORETURN.test(this.text.slice(next, next + 80))))
      this.isNoreturn = true;
    if (word === 'static') this.isStatic = true;
    else if (AGGREGATE.test(word)) this.isAggregate = true;
    const isNew = this.isBareUse && this.named.length === 1 && this.named[0] !== undefined && this.named[0].to >= 0;
    const isTyped = isCalled && (isNew || this.named.length === 0) && this.isType(next);
    // Two macros in a row, without a semicolon in between.
    if (isNew && (isTyped || (isCalled && !NO_NAME.has(word)))) {
      this.used();
      this.isFirst = true;
    }
    if (isCalled && !isTyped && !NO_NAME.has(word)) {
      this.named.push({ name: word, at: start, from: next + 1, to: -1 });
      if (this.isFirst) this.isBareUse = true;
    }
    this.isFirst = false;
  }

  /** A type in front of `(f) (int x)`. */
  private isType(open: number): boolean {
    BRACKETED.lastIndex = open;
    return BRACKETED.test(this.text);
  }

  /** `int (f) (int x)`, where `f` is also a macro, and `void (*f (int x)) (int)`, which returns a pointer to a function. */
  private bracketed(word: string, start: number, next: number, before: number): void {
    const { text } = this;
    const after = this.significant(next + 1);
    const isName =
      before === Char.Open
        ? text.charCodeAt(next) === Char.Close && text.charCodeAt(after) === Char.Open
        : before === Char.Star && text.charCodeAt(next) === Char.Open;
    if (isName && !NO_NAME.has(word)) this.named.push({ name: word, at: start, from: next + 1, to: -1 });
  }

  /** `.member = f,` and `x->member = f;` */
  private stored(member: string, from: number): void {
    const value = /^\s*&?\s*(?:\(\s*[\w\s]+\*?\s*\)\s*)?([A-Za-z_]\w*)\s*[,;}]/.exec(this.text.slice(from, from + 120));
    if (value?.[1] !== undefined) this.stores.push([member, value[1]]);
  }

  private open(before: number): void {
    if (this.depth === 0 && this.round === 0 && !this.isAssigned && this.named.length > 0) {
      const isOld = before === Char.Semicolon;
      const whole = this.named.filter((n) => n.to >= 0 && !/^[A-Z_0-9]*ATTRIBUTE|^attribute_/.test(n.name));
      const name = isOld || this.isAggregate ? whole[0] : whole[whole.length - 1];
      const isBare = this.isBareUse && name === this.named[0];
      const head = name && { name: name.name, at: name.at, isStatic: this.isStatic, ...(isBare ? { isBare } : {}) };
      if (head) this.current = { ...head, calls: new Set() };
    }
    this.depth++;
  }

  private close(isAtLineStart: boolean): void {
    if (this.depth <= this.floor) return;
    this.depth = isAtLineStart ? this.floor : this.depth - 1;
    if (this.depth > 0) return;
    this.round = 0;
    const wasFunction = this.current !== undefined;
    this.endOfFunction();
    if (wasFunction || !this.isAssigned) this.restart();
  }

  private endOfFunction(): void {
    const f = this.current;
    if (f) this.functions.push({ ...f, calls: [...f.calls] });
    this.current = undefined;
  }

  private endOfDeclaration(before: number): void {
    const [first] = this.named;
    // `f (a) int a; {`: the parameters of an old-style definition are declared before its body.
    const isOld =
      first !== undefined &&
      first.to >= 0 &&
      (before === 1 || before === Char.SquareClose || before === Char.Close) &&
      /^\s*[A-Za-z_]/.test(this.text.slice(first.to + 1, first.to + 40)) &&
      !this.isAssigned &&
      this.isOldStyle(first);
    if (isOld) return;
    if (this.isNoreturn) for (const n of this.named) this.noreturn.push(n.name);
    if (this.isBareUse) this.used();
    this.restart();
  }

  private isOldStyle({ from, to }: Named): boolean {
    return (
      /^[\s\w,]*$/.test(this.text.slice(from, to)) &&
      /^\s*(?!static |extern |typedef )(?:const |register |unsigned |struct |enum |union |size_t|int|char|long|short|void|double|float|[a-z]\w* [*\w])/.test(
        this.text.slice(to + 1, to + 60),
      )
    );
  }

  private used(): void {
    const [use] = this.named;
    if (use && use.to >= 0)
      this.uses.push({ macro: use.name, args: splitArguments(this.text.slice(use.from, use.to)), at: use.at });
    this.named.shift();
    this.isBareUse = false;
  }

  private restart(): void {
    this.named = [];
    this.isStatic = this.isAssigned = this.isAggregate = this.isNoreturn = this.isBareUse = false;
    this.isFirst = true;
  }

  private argumentsAt(open: number): readonly string[] {
    let depth = 0;
    for (let i = open; i < this.text.length && i < open + 2000; i++) {
      const c = this.text.charCodeAt(i);
      if (c === Char.Open) depth++;
      else if (c === Char.Close && --depth === 0) return splitArguments(this.text.slice(open + 1, i));
    }
    return [];
  }

  /** The next character that is no blank. */
  private significant(at: number): number {
    let i = at;
    while (isBlank(this.text.charCodeAt(i))) i++;
    return i;
  }

  private literal(at: number, quote: number): number {
    const { text } = this;
    let i = at + 1;
    for (; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === Char.Backslash) i++;
      else if (c === quote) return i + 1;
      else if (c === Char.Newline) return at + 1;
    }
    return i;
  }

  /** Behind a directive and its continued lines. */
  private directive(at: number): number {
    const { text } = this;
    let i = at;
    for (;;) {
      const end = text.indexOf('\n', i);
      if (end === -1) return text.length;
      const last = text.charCodeAt(end - 1) === 13 ? end - 2 : end - 1;
      if (text.charCodeAt(last) !== Char.Backslash) {
        const comment = text.slice(at, end).lastIndexOf('/*');
        // A comment that runs over lines belongs to the directive.
        return comment !== -1 && text.indexOf('*/', at + comment) > end ? at + comment : end;
      }
      i = end + 1;
    }
  }
}

/** Arguments at the top level, blanks squeezed. */
function splitArguments(text: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === Char.Open) depth++;
    else if (c === Char.Close) depth--;
    else if (i === text.length || (c === Char.Comma && depth === 0)) {
      out.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  return out;
}

export function outline(text: string, ask: OutlineQuestions): Outline {
  return new Outliner(text, ask).run();
}

/** The names that a macro's body calls. */
export function callsOf(body: string, ask: OutlineQuestions): readonly string[] {
  return new Outliner(body, ask).calls();
}
