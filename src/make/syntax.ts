/**
 * The syntax of make files that says what is compiled and with which flags: assignments and conditionals (GNU make
 * manual, "Writing Makefiles"). Rules, recipes and definitions of many lines are stepped over. Nothing is executed.
 */

/** A stretch of a file, in UTF-16 units. Its characters stand in the file at `at`, `at + 1`, …: a line that goes on keeps its length. */
export interface Text {
  readonly text: string;
  readonly at: number;
}

export type Operator = '=' | ':=' | '+=' | '?=';

export type Test =
  | { readonly t: 'equal'; readonly left: string; readonly right: string; readonly isNegated: boolean }
  | { readonly t: 'defined'; readonly name: string; readonly isNegated: boolean }
  | { readonly t: 'unknown' };

export type Statement =
  | { readonly s: 'assign'; readonly name: Text; readonly operator: Operator; readonly value: Text }
  | { readonly s: 'include'; readonly paths: string }
  | {
      readonly s: 'if';
      readonly test: Test;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    };

interface Branch {
  readonly test: Test;
  readonly then: Statement[];
  readonly otherwise: Statement[];
  /** Where statements go to now. */
  into: Statement[];
  /** `else ifeq` opens a conditional that the same `endif` ends. */
  readonly isElse: boolean;
}

/** Conditionals inside of one another: no build has so many, and what lies deeper is left out. */
const MAX_NESTED = 100;
/** Conditionals and their arms that are open at once. */
const MAX_ARMS = 1000;

const TOO_DEEP = `What stands inside of more than ${String(MAX_NESTED)} conditionals is not read`;
const TOO_MANY_ARMS = `The tests of more than ${String(MAX_ARMS)} arms are not read: what follows counts to the last of them`;

const CONDITIONAL = /^(ifeq|ifneq|ifdef|ifndef)(?=[\s("'])(.*)$/s;

/** Reads a file. What cannot be read as one of the statements is left out; an `endif` too many is none. */
export function parseMake(
  source: string,
  onLimit: (message: string, at: Text) => void = () => undefined,
): readonly Statement[] {
  const top: Statement[] = [];
  const open: Branch[] = [];
  let inRule = false;
  let defines = 0;
  let tooDeep = 0;
  const add = (statement: Statement): void => {
    (open.at(-1)?.into ?? top).push(statement);
  };
  const push = (test: Test, isElse: boolean): void => {
    open.push({ test, ...arms(), isElse });
  };
  const close = (): void => {
    for (let branch = open.pop(); branch; branch = open.pop()) {
      add({ s: 'if', test: branch.test, then: branch.then, otherwise: branch.otherwise });
      if (!branch.isElse) return;
    }
  };
  for (const line of logicalLines(source)) {
    if (inRule && line.text.startsWith('\t')) continue;
    const text = trimmed(line);
    if (text.text === '') continue;
    const [word = ''] = /^[^\s(]+/.exec(text.text) ?? [];
    if (defines > 0 || word === 'define') {
      if (word === 'define') defines++;
      else if (word === 'endef') defines--;
      continue;
    }
    const conditional = CONDITIONAL.exec(text.text);
    if (tooDeep > 0 || (conditional && open.length >= MAX_NESTED)) {
      if (tooDeep === 0) onLimit(TOO_DEEP, text);
      if (conditional) tooDeep++;
      else if (word === 'endif') tooDeep--;
      continue;
    }
    if (conditional) push(testOf(conditional[1] ?? '', conditional[2] ?? ''), false);
    else if (word === 'else') {
      const branch = open.at(-1);
      if (!branch) continue;
      branch.into = branch.otherwise;
      const again = CONDITIONAL.exec(text.text.slice(word.length).trim());
      if (again && open.length < MAX_ARMS) push(testOf(again[1] ?? '', again[2] ?? ''), true);
      else if (again) onLimit(TOO_MANY_ARMS, text);
    } else if (word === 'endif') close();
    else if (/^[-s]?include$/.test(word)) add({ s: 'include', paths: text.text.slice(word.length).trim() });
    else {
      const assignment = assignmentOf(text);
      if (assignment) add(assignment);
      inRule = assignment === undefined;
    }
  }
  while (open.length > 0) close();
  return top;
}

function arms(): Pick<Branch, 'then' | 'otherwise' | 'into'> {
  const then: Statement[] = [];
  return { then, otherwise: [], into: then };
}

/** Lines with those that they go on in, without comments. A backslash and its line's end become blanks. */
function* logicalLines(source: string): Generator<Text> {
  for (let at = 0; at < source.length;) {
    let end = at;
    for (;;) {
      const next = source.indexOf('\n', end);
      end = next === -1 ? source.length : next;
      if (next === -1 || !isContinued(source, at, next)) break;
      end = next + 1;
    }
    const whole = source.slice(at, end).replace(/\\\r?\n/g, (m) => ' '.repeat(m.length));
    const comment = /(^|[^\\])#/.exec(whole);
    yield { text: comment ? whole.slice(0, comment.index + (comment[1]?.length ?? 0)) : whole, at };
    at = end + 1;
  }
}

/** An odd number of backslashes in front of the line's end. */
function isContinued(source: string, from: number, lineEnd: number): boolean {
  let at = source[lineEnd - 1] === '\r' ? lineEnd - 2 : lineEnd - 1;
  let count = 0;
  for (; at >= from && source[at] === '\\'; at--) count++;
  return count % 2 === 1;
}

function trimmed({ text, at }: Text): Text {
  const start = text.length - text.trimStart().length;
  return { text: text.trim(), at: at + start };
}

/** `name += value`, also behind `override` and `export`. Undefined for a rule. */
function assignmentOf(line: Text): Statement | undefined {
  const prefix = /^(?:(?:override|export|private)\s+)*/.exec(line.text)?.[0].length ?? 0;
  let depth = 0;
  for (let i = prefix; i < line.text.length; i++) {
    const c = line.text[i] ?? '';
    if (c === '(' || c === '{') depth++;
    else if (c === ')' || c === '}') depth--;
    else if (depth <= 0 && (c === '=' || c === ':' || ('+?!'.includes(c) && line.text[i + 1] === '='))) {
      const [written = ''] = /^(?::{1,3}=|[+?!]?=|:)/.exec(line.text.slice(i)) ?? [];
      if (!written.endsWith('=')) return undefined;
      const name = trimmed({ text: line.text.slice(prefix, i), at: line.at + prefix });
      if (name.text === '' || written === '!=') return undefined;
      const value = trimmed({ text: line.text.slice(i + written.length), at: line.at + i + written.length });
      const operator = written === '=' || written === '+=' || written === '?=' ? written : ':=';
      return { s: 'assign', name, operator, value };
    }
  }
  return undefined;
}

function testOf(word: string, rest: string): Test {
  const isNegated = word.startsWith('ifn');
  const text = rest.trim();
  if (word.endsWith('def')) return { t: 'defined', name: text, isNegated };
  if (text.startsWith('(') && text.endsWith(')')) {
    const [left, right, ...more] = splitAtCommas(text.slice(1, -1));
    if (left !== undefined && right !== undefined)
      return { t: 'equal', left: left.trim(), right: [right, ...more].join(',').trim(), isNegated };
  }
  const [, , left, , right] = /^(["'])(.*?)\1\s*(["'])(.*?)\3$/s.exec(text) ?? [];
  return left !== undefined && right !== undefined ? { t: 'equal', left, right, isNegated } : { t: 'unknown' };
}

/** The arguments of a function, or the sides of a comparison: commas inside of brackets part nothing. */
export function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    if (c === '(' || c === '{') depth++;
    else if (c === ')' || c === '}') depth--;
    else if (c === ',' && depth <= 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, text.slice(start)];
}
