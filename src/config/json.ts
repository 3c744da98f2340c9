/** JSON with the places of its values, and without what `JSON.parse` lets pass: a key that stands there twice. */

/** Where something stands in the text; both count from 1, columns in UTF-16 units. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

export interface ParsedJson {
  readonly value: unknown;
  /** Where the value with this JSON pointer (`/libc/windows/0/start`) begins, or the nearest around it that is there. */
  readonly placeOf: (pointer: string) => TextPlace;
  /** Where the key of a member begins. */
  readonly placeOfKey: (pointer: string, key: string) => TextPlace;
}

/** The text is no JSON, and where it is not. */
export class JsonError extends Error {
  override readonly name = 'JsonError';

  constructor(
    message: string,
    readonly at: TextPlace,
  ) {
    super(message);
  }
}

/** Deeper than anything that a schema of ours allows. */
const MAX_DEPTH = 64;

const BLANKS = /[ \t\r\n]*/y;
// eslint-disable-next-line no-control-regex -- JSON has no control characters in its strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/** Parses. Throws a `JsonError` at the first place where the text is no JSON, is too deep or has a key again. */
export function parseJson(text: string): ParsedJson {
  const parser = new Parser(text);
  const value = parser.document();
  const lines = new Lines(text);
  const placeOf = (pointer: string): TextPlace => {
    let at = parser.values.get(pointer);
    for (let p = pointer; at === undefined; p = p.slice(0, p.lastIndexOf('/'))) at = parser.values.get(p);
    return lines.placeOf(at);
  };
  return {
    value,
    placeOf,
    placeOfKey: (pointer, key) => {
      const at = parser.keys.get(`${pointer}/${escapePointer(key)}`);
      return at === undefined ? placeOf(pointer) : lines.placeOf(at);
    },
  };
}

/** A key as a part of a JSON pointer (RFC 6901). */
export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

class Parser {
  /** Offsets by JSON pointer. */
  readonly values = new Map<string, number>();
  readonly keys = new Map<string, number>();
  private at = 0;

  constructor(private readonly text: string) {}

  document(): unknown {
    const value = this.value('', 0);
    if (this.at < this.text.length) this.fail('There is more behind the end');
    return value;
  }

  private value(pointer: string, depth: number): unknown {
    this.blanks();
    this.values.set(pointer, this.at);
    if (depth > MAX_DEPTH) this.fail(`It is nested more than ${String(MAX_DEPTH)} deep`);
    const value = this.takes('{')
      ? this.object(pointer, depth)
      : this.takes('[')
        ? this.list(pointer, depth)
        : this.scalar();
    this.blanks();
    return value;
  }

  private object(pointer: string, depth: number): unknown {
    const members: [string, unknown][] = [];
    const seen = new Set<string>();
    this.blanks();
    if (this.takes('}')) return {};
    do {
      this.blanks();
      const from = this.at;
      const key = JSON.parse(this.token(STRING, 'A key in double quotes')) as string;
      if (seen.has(key)) this.fail(`The key ${JSON.stringify(key)} stands there twice`, from);
      seen.add(key);
      const own = `${pointer}/${escapePointer(key)}`;
      this.keys.set(own, from);
      this.blanks();
      if (!this.takes(':')) this.fail('A colon is expected');
      members.push([key, this.value(own, depth + 1)]);
    } while (this.takes(','));
    if (!this.takes('}')) this.fail('A comma or } is expected');
    // As `JSON.parse` does it: `__proto__` is a key like any other.
    return Object.fromEntries(members);
  }

  private list(pointer: string, depth: number): unknown {
    const items: unknown[] = [];
    this.blanks();
    if (this.takes(']')) return items;
    do items.push(this.value(`${pointer}/${String(items.length)}`, depth + 1));
    while (this.takes(','));
    if (!this.takes(']')) this.fail('A comma or ] is expected');
    return items;
  }

  private scalar(): unknown {
    return JSON.parse(this.token(this.text[this.at] === '"' ? STRING : SCALAR, 'A value'));
  }

  private token(kind: RegExp, what: string): string {
    kind.lastIndex = this.at;
    const [token] = kind.exec(this.text) ?? this.fail(`${what} is expected`);
    this.at += token.length;
    return token;
  }

  private takes(mark: string): boolean {
    if (this.text[this.at] !== mark) return false;
    this.at++;
    return true;
  }

  private blanks(): void {
    BLANKS.lastIndex = this.at;
    this.at += BLANKS.exec(this.text)?.[0].length ?? 0;
  }

  private fail(message: string, at = this.at): never {
    throw new JsonError(message, new Lines(this.text).placeOf(at));
  }
}

/** Where the lines of a text begin. */
class Lines {
  private readonly starts = [0];

  constructor(text: string) {
    for (const end of text.matchAll(/\r\n|[\r\n]/g)) this.starts.push(end.index + end[0].length);
  }

  placeOf(offset: number): TextPlace {
    let [low, high] = [0, this.starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (this.starts[low] ?? 0) + 1 };
  }
}
