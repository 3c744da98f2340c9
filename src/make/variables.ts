/**
 * Variables of make in three values: each word of a variable is there for certain or perhaps, since a build is
 * configured after the tree is read. What cannot be expanded makes a word of which nothing is known.
 */
import { splitAtCommas, type Statement, type Test, type Text } from './syntax.js';

export interface Place {
  readonly file: string;
  readonly at: number;
  readonly length: number;
}

export interface Word {
  /** Undefined where it cannot be told what stands here: nothing, one word or many. */
  readonly text: string | undefined;
  readonly isSure: boolean;
  /** Where the word, or what it comes out of, is written. */
  readonly at: Place;
}

interface Part {
  /** Not expanded yet, or the words that it was expanded to. */
  readonly value: Text | readonly Word[];
  readonly isSure: boolean;
  readonly file: string;
  readonly set: Place;
}

/** Deeper than any variable of a build leads, and more words than any holds. */
const MAX_DEPTH = 24;
const MAX_WORDS = 20_000;
/** Characters of one list of words: a hostile file could double a word with each line. */
const MAX_LENGTH = 4_000_000;
/** Assignments to one variable, those that may or may not take the place of others, and words looked at for all of them. */
const MAX_PARTS = 2_000;
const MAX_CHOICES = 100;
const MAX_WORK = 500_000;

const TOO_LONG = `A variable has more than ${String(MAX_WORDS)} words or ${String(MAX_LENGTH)} characters`;
const TOO_DEEP = `A variable leads to variables more than ${String(MAX_DEPTH)} deep`;
const TOO_MUCH = `More than ${String(MAX_WORK)} words were to be expanded for one folder; a variable comes after that`;
/** Said once a file. */
const EVERYWHERE = ({ file }: Place): Place => ({ file, at: 0, length: 0 });

export type Answer = 'yes' | 'no' | 'unknown';

export class Variables {
  private readonly parts = new Map<string, Part[]>();
  private work = 0;

  /** `isEmpty`: variables that nothing in the tree sets, and that hold nothing that matters. */
  constructor(
    private readonly isEmpty: (name: string) => boolean = () => false,
    private readonly onLimit: (message: string, at: Place) => void = () => undefined,
  ) {}

  /** Whether so much was to be expanded that the rest counts as not known. */
  get isExhausted(): boolean {
    return this.work > MAX_WORK;
  }

  names(): Iterable<string> {
    return this.parts.keys();
  }

  /** Places of the assignments that may still have a part in the variable, in their order. */
  assignments(name: string): readonly Place[] {
    return (this.parts.get(name) ?? []).map((p) => p.set);
  }

  /** Reads statements in order. `include` is told of each include line. */
  read(statements: readonly Statement[], file: string, include: (paths: string) => void, isSure = true): void {
    for (const s of statements) {
      if (s.s === 'include') include(s.paths);
      else if (s.s === 'if') {
        const answer = this.ask(s.test, file);
        if (answer !== 'no') this.read(s.then, file, include, isSure && answer === 'yes');
        if (answer !== 'yes') this.read(s.otherwise, file, include, isSure && answer === 'no');
      } else this.assign(s, file, isSure);
    }
  }

  private assign(s: Statement & { readonly s: 'assign' }, file: string, isSure: boolean): void {
    const names = s.name.text.includes('$') ? this.expand(s.name, file) : [{ text: s.name.text, isSure: true }];
    // `$(list) += x`, where the configuration decides which list that is.
    for (const name of names) if (name.text !== undefined) this.set(name.text, s, file, isSure && name.isSure);
  }

  private set(name: string, s: Statement & { readonly s: 'assign' }, file: string, isSure: boolean): void {
    const known = this.parts.get(name);
    if (s.operator === '?=' && known?.some((p) => p.isSure) === true) return;
    const value = s.operator === ':=' ? this.expand(s.value, file) : s.value;
    const length = s.value.at + s.value.text.length - s.name.at;
    const part: Part = { value, isSure, file, set: { file, at: s.name.at, length } };
    if (!known || (isSure && s.operator !== '+=')) this.parts.set(name, [part]);
    else if (known.length > (s.operator === '+=' ? MAX_PARTS : MAX_CHOICES))
      this.parts.set(name, [{ ...part, value: [this.cut(`'${name}' is set too often`, part.set)] }]);
    else if (s.operator === '+=') known.push(part);
    // What was there before stays where the assignment may not be made.
    else this.parts.set(name, [...known.map((p) => ({ ...p, isSure: false })), part]);
  }

  private ask(test: Test, file: string): Answer {
    const answer = (holds: boolean, isNegated: boolean): Answer => (holds === isNegated ? 'no' : 'yes');
    if (test.t === 'unknown') return 'unknown';
    if (test.t === 'defined') {
      const words = this.parts.has(test.name) ? this.words(test.name) : undefined;
      if (words?.some((w) => w.isSure && w.text !== undefined) === true) return answer(true, test.isNegated);
      // A name that is never set may come from the configuration.
      return words?.length === 0 ? answer(false, test.isNegated) : 'unknown';
    }
    const [left, right] = [this.text(test.left, file), this.text(test.right, file)];
    return left === undefined || right === undefined ? 'unknown' : answer(left === right, test.isNegated);
  }

  /** What a text is for certain, words joined by one blank. */
  private text(text: string, file: string): string | undefined {
    if (!text.includes('$')) return text;
    const words = this.expand({ text, at: 0 }, file);
    return words.some((w) => !w.isSure || w.text === undefined) ? undefined : words.map((w) => w.text).join(' ');
  }

  words(name: string): readonly Word[] {
    return this.wordsOf(name, 0);
  }

  private wordsOf(name: string, depth: number): readonly Word[] {
    const out: Word[] = [];
    for (const part of this.parts.get(name) ?? []) {
      const words = 'text' in part.value ? this.expand(part.value, part.file, depth + 1) : part.value;
      for (const w of words) out.push(part.isSure ? w : { ...w, isSure: false });
      if (out.length > MAX_WORDS) return [this.cut(`'${name}' has more than ${String(MAX_WORDS)} words`, part.set)];
    }
    return out;
  }

  /** A word of which nothing is known, because a limit was reached. */
  private cut(what: string, at: Place): Word {
    this.onLimit(`${what}: what it holds is not known`, at);
    return open(at);
  }

  private expand(value: Text, file: string, depth = 0): readonly Word[] {
    const out: Word[] = [];
    let length = 0;
    for (const { text, at } of rawWords(value)) {
      const place = { file, at, length: text.length };
      for (const word of this.wordsIn(text, place, depth)) {
        out.push(word);
        length += word.text?.length ?? 0;
      }
      if (out.length > MAX_WORDS || length > MAX_LENGTH) return [this.cut(TOO_LONG, place)];
    }
    return out;
  }

  /** The words that one written word makes. */
  private wordsIn(text: string, at: Place, depth: number): readonly Word[] {
    this.work++;
    if (!text.includes('$')) return [{ text, isSure: true, at }];
    if (depth > MAX_DEPTH) return [this.cut(TOO_DEEP, at)];
    if (this.isExhausted) return [this.cut(TOO_MUCH, EVERYWHERE(at))];
    let joined = '';
    for (const piece of pieces(text)) {
      if (!piece.isReference) {
        joined += piece.text;
        continue;
      }
      const words = this.reference(piece.text, at, depth);
      if (piece.isWhole) return words;
      if (words.some((w) => !w.isSure || w.text === undefined)) return [open(at)];
      joined += words.map((w) => w.text).join(' ');
      if (joined.length > MAX_LENGTH) return [this.cut(TOO_LONG, at)];
    }
    return joined.split(/\s+/).flatMap((word) => (word === '' ? [] : [{ text: word, isSure: true, at }]));
  }

  /** What stands between the brackets of `$(…)`. */
  private reference(inner: string, at: Place, depth: number): readonly Word[] {
    const call = /^([a-z-]+)\s+(.*)$/s.exec(inner);
    if (call) return this.call(call[1] ?? '', call[2] ?? '', at, depth) ?? [open(at)];
    const [, written = '', from, to = ''] = /^([^:=]+?)(?::([^=]*)=(.*))?$/s.exec(inner) ?? [];
    const names = written.includes('$') ? this.wordsIn(written, at, depth + 1) : [{ text: written, isSure: true, at }];
    const [name] = names;
    if (names.length !== 1 || name?.text === undefined || !name.isSure) return [open(at)];
    if (!this.parts.has(name.text)) return this.isEmpty(name.text) ? [] : [open(at)];
    const words = this.wordsOf(name.text, depth + 1);
    if (from === undefined) return words;
    if (from.includes('$') || to.includes('$')) return [open(at)];
    return from.includes('%') ? mapped(words, patternOf(from, to)) : mapped(words, patternOf(`%${from}`, `%${to}`));
  }

  private call(name: string, rest: string, at: Place, depth: number): readonly Word[] | undefined {
    const args = splitAtCommas(rest);
    const list = (arg: string | undefined): readonly Word[] =>
      this.expand({ text: arg ?? '', at: 0 }, at.file, depth + 1).map((w) => ({ ...w, at }));
    const plain = (arg: string | undefined): string | undefined => {
      const words = list(arg);
      return words.some((w) => !w.isSure || w.text === undefined) ? undefined : words.map((w) => w.text).join(' ');
    };
    const [first, second, third] = [args[0], args[1], args[2]];
    switch (name) {
      case 'strip':
        return list(rest);
      case 'sort':
        return list(rest);
      case 'addprefix':
      case 'addsuffix': {
        const add = plain(first);
        return add === undefined ? undefined : mapped(list(second), (w) => (name === 'addprefix' ? add + w : w + add));
      }
      case 'patsubst':
      case 'subst': {
        const [from, to] = [plain(first), plain(second)];
        if (from === undefined || to === undefined) return undefined;
        return mapped(list(third), name === 'subst' ? (w) => w.split(from).join(to) : patternOf(from, to));
      }
      case 'filter':
      case 'filter-out': {
        const patterns = plain(first)?.split(' ');
        const isIn = patterns && ((w: string): boolean => patterns.some((p) => stem(p, w) !== undefined));
        return isIn && list(second).filter((w) => w.text === undefined || isIn(w.text) === (name === 'filter'));
      }
      default:
        return undefined;
    }
  }
}

const open = (at: Place): Word => ({ text: undefined, isSure: false, at });

const mapped = (words: readonly Word[], change: (word: string) => string): readonly Word[] =>
  words.map((w) => (w.text === undefined ? w : { ...w, text: change(w.text) }));

/** What `%` stands for where the word fits the pattern. */
function stem(pattern: string, word: string): string | undefined {
  const at = pattern.indexOf('%');
  if (at === -1) return pattern === word ? '' : undefined;
  const [head, tail] = [pattern.slice(0, at), pattern.slice(at + 1)];
  const fits = word.length >= head.length + tail.length && word.startsWith(head) && word.endsWith(tail);
  return fits ? word.slice(head.length, word.length - tail.length) : undefined;
}

const patternOf =
  (from: string, to: string): ((word: string) => string) =>
  (word) => {
    const found = stem(from, word);
    return found === undefined ? word : to.replace('%', () => found);
  };

interface Piece {
  readonly text: string;
  readonly isReference: boolean;
  /** The reference is all that the text holds. */
  readonly isWhole: boolean;
}

/** Plain text and references in turn; `$$` is a dollar, `$x` a reference of one letter. */
function pieces(text: string): readonly Piece[] {
  const out: Piece[] = [];
  const plain = (t: string): void => {
    if (t !== '') out.push({ text: t, isReference: false, isWhole: false });
  };
  let start = 0;
  for (let i = text.indexOf('$'); i !== -1; i = text.indexOf('$', start)) {
    plain(text.slice(start, i));
    const c = text[i + 1];
    if (c === '$') {
      plain('$');
      start = i + 2;
    } else if (c === '(' || c === '{') {
      const end = closing(text, i + 1);
      out.push({ text: text.slice(i + 2, end), isReference: true, isWhole: i === 0 && end >= text.length - 1 });
      start = end + 1;
    } else {
      out.push({ text: c ?? '', isReference: true, isWhole: i === 0 && text.length <= 2 });
      start = i + 2;
    }
  }
  plain(text.slice(start));
  return out;
}

/** The bracket that closes the one at an offset, or the text's end. */
function closing(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (c === '(' || c === '{') depth++;
    else if ((c === ')' || c === '}') && --depth === 0) return i;
  }
  return text.length;
}

/** Words as they are written: blanks inside of brackets part nothing. */
function* rawWords({ text, at }: Text): Generator<Text> {
  let depth = 0;
  let start = -1;
  for (let i = 0; i <= text.length; i++) {
    const c = text[i] ?? ' ';
    if (/\s/.test(c) && (depth <= 0 || i === text.length)) {
      if (start !== -1) yield { text: text.slice(start, i), at: at + start };
      start = -1;
      continue;
    }
    if (start === -1) start = i;
    if (c === '(' || c === '{') depth++;
    else if (c === ')' || c === '}') depth = Math.max(0, depth - 1);
  }
}
