/**
 * What the macros of the tree mean to the C front end: which lead to a name with a role, which are attributes only,
 * which open a loop, and which words make a text worth parsing.
 */
import { bodyTokens, plainBody, type Definition } from '../cpp/definitions.js';
import type { MacroTable, MacroView } from '../cpp/macro-table.js';
import type { Roles } from '../libc/roles.js';
import { signalWords } from '../libc/signals.js';
import type { Role } from '../libc/types.js';

/** Roles that make a function one that concerns cancellation. Raw calls and hints alone do not. */
const CONCERNS: ReadonlySet<Role['role']> = new Set([
  'window-call',
  'act',
  'test-cancel',
  'async-enable',
  'async-restore',
  'cancel-state',
  'cancel-type',
  'cleanup-push',
  'cleanup-pop',
  'request-test',
  'generator',
]);

/** Of these, what cancellation is made of, rather than what functions use it by. */
const MECHANISM: ReadonlySet<Role['role']> = new Set([
  'window-call',
  'act',
  'async-enable',
  'async-restore',
  'request-test',
  'generator',
]);

/** Roles of names at which a request is acted upon. */
const POINTS: ReadonlySet<Role['role']> = new Set(['window-call', 'test-cancel', 'async-enable']);

const WORD = /[A-Za-z_]\w*/g;
const ATTRIBUTE_WORDS =
  /^(__attribute__|__attribute|__declspec|inline|__inline|__inline__|extern|_Noreturn|__extension__|restrict|__restrict|__restrict__|__asm__|asm|__asm|volatile|__volatile__)$/;
/** A type and a name, or a macro's name alone, with parameters and a body behind. */
const DEFINES = /^[A-Za-z_][\w\s*#]*\([^{};]*\)\s*\{/;
const isForAssembler = ({ guards }: Definition): boolean =>
  guards.some((g) => g.condition === IN_ASSEMBLER || g.previous.includes(`!${IN_ASSEMBLER}`));
const IN_ASSEMBLER = 'defined(__ASSEMBLER__)';
const ONLY_NAMES = /^[A-Za-z_][\w\s#(),]*$/;
/** Bodies beyond these are no mere names, and define no function. */
const MAX_NAME = 120;
const MAX_MAKER = 4_000;
const CONTROL = /^\s*(\(\s*\{\s*)?(for|while|if|switch)\b/;

/** `({ long r; do r = (long) (call); while (r == -1); r; })`: the name in the loop that gives the value. */
const TRIED_AGAIN = /\bdo\s+\w+\s*=\s*(?:\([^()]*\)\s*)?\(?\s*(\w+)\s*\)?\s*;\s*while\b/;

export class Knowledge {
  /** Macros whose expansion may reach a name with a role, and raw calls one step away. */
  readonly leading: ReadonlySet<string>;
  /** Words that make a function concern cancellation: macros, members, topics, labels of windows. Names with a role are asked of `roles`. */
  private readonly concerning: ReadonlySet<string>;
  /** Macros whose expansion may reach the mechanism. */
  private readonly mechanical: ReadonlySet<string>;
  private readonly asked = new Map<string, boolean>();
  private readonly attributes = new Map<MacroView, Map<string, boolean>>();
  private readonly forwards = new Map<Definition, boolean>();
  private readonly interesting = new Map<string, boolean>();
  /** What is known of how definitions expand, in a file's own text and inside of another expansion. */
  private readonly expanding = { own: new WeakMap<Definition, boolean>(), inside: new WeakMap<Definition, boolean>() };
  private readonly members: ReadonlySet<string>;
  private readonly topics: ReadonlySet<string>;
  /** Words of C functions that deal with signals: worth lifting too. Macros around them stay as they are. */
  private readonly isOfSignals: (word: string) => boolean;
  private knownMakers: ReadonlySet<string> | undefined;
  /** Locks and the like: their two halves branch alike inside, which nobody can tell once they are expanded. */
  private readonly paired: ReadonlySet<string>;

  constructor(
    readonly table: MacroTable,
    readonly roles: Roles,
  ) {
    this.members = new Set(roles.libc.flags.map((f) => f.member));
    this.topics = new Set([...roles.libc.topics, ...roles.libc.windows.flatMap((w) => [w.start, w.end])]);
    this.isOfSignals = signalWords(roles.libc);
    this.paired = new Set(roles.libc.balance?.pairs.flatMap((p) => [...p.begin, ...p.end]));
    const users = new Map<string, string[]>();
    const concerning: string[] = [];
    const raw: string[] = [];
    const mechanical: string[] = [];
    for (const [name, words] of this.wordsOfMacros()) {
      for (const word of words) {
        const list = users.get(word);
        if (list) list.push(name);
        else users.set(word, [name]);
      }
      if (words.some((w) => this.members.has(w) || this.topics.has(w) || this.isConcerningName(w)))
        concerning.push(name);
      if (words.some((w) => this.roles.of(w).some((r) => r.role === 'syscall'))) raw.push(name);
      if (words.some((w) => this.isMechanicalName(w))) mechanical.push(name);
    }
    this.mechanical = this.closure(mechanical, users, true);
    this.concerning = this.closure(concerning, users, true);
    this.leading = new Set([...this.concerning, ...this.closure(raw, users, false)]);
  }

  /** The words of the bodies of each macro that has no role itself, each once. */
  private *wordsOfMacros(): Generator<readonly [name: string, words: readonly string[]]> {
    for (const [name, definitions] of this.table.names()) {
      if (this.roles.of(name).some((r) => r.role !== 'generator')) continue;
      const words = new Set(definitions.flatMap((d) => d.bodyText.match(WORD) ?? []));
      words.delete(name);
      yield [name, [...words]];
    }
  }

  private isConcerningName(word: string): boolean {
    return this.roles
      .of(word)
      .some(
        (r) => CONCERNS.has(r.role) || (r.role === 'syscall' && (r.cancellable || r.cancellableWhen !== undefined)),
      );
  }

  /**
   * These macros and (`deep`) those whose bodies hold one of them. A name ending in a digit also stands for its stem, since
   * dispatch by number of arguments pastes the two together.
   */
  private closure(found: string[], users: ReadonlyMap<string, readonly string[]>, deep: boolean): Set<string> {
    const all = new Set<string>();
    for (let name = found.pop(); name !== undefined; name = found.pop()) {
      if (all.has(name)) continue;
      all.add(name);
      const stem = name.replace(/\d+$/, '');
      if (deep) found.push(...(users.get(name) ?? []));
      // The dispatcher holds its own name as the stem, and so is no user of it.
      if (stem !== name) found.push(...(users.get(stem) ?? []), ...(this.table.all(stem).length > 0 ? [stem] : []));
    }
    return all;
  }

  /** Whether a word in a function's own text makes the function one that concerns cancellation. */
  concerns(word: string): boolean {
    let known = this.asked.get(word);
    if (known === undefined) {
      known = this.concerning.has(word) || this.topics.has(word) || this.isConcerningName(word);
      this.asked.set(word, known);
    }
    return known;
  }

  /** Whether a word in a C function's own text makes it worth lifting. */
  isOfInterest(word: string): boolean {
    let known = this.interesting.get(word);
    if (known === undefined) {
      known = this.concerns(word) || this.isFlagMember(word) || this.isOfSignals(word);
      this.interesting.set(word, known);
    }
    return known;
  }

  /**
   * Whether a word in a file's text says that the file has a part in how cancellation works, and does not only use it: what
   * the rest of the tree does then matters for what is said of it.
   */
  isMechanism(word: string): boolean {
    return this.mechanical.has(word) || this.isMechanicalName(word) || this.isOfSignals(word);
  }

  private isMechanicalName(word: string): boolean {
    return this.members.has(word) || this.topics.has(word) || this.roles.of(word).some((r) => MECHANISM.has(r.role));
  }

  /** Whether calling the name, or reading it, is where a request can be acted upon. */
  isPoint(word: string): boolean {
    return this.roles
      .of(word)
      .some(
        (r) =>
          POINTS.has(r.role) ||
          ((r.role === 'syscall' || r.role === 'generator') && r.cancellable) ||
          (r.role === 'syscall' && r.cancellableWhen !== undefined),
      );
  }

  isFlagMember(word: string): boolean {
    return this.members.has(word);
  }

  /**
   * A name that stands for nothing but attributes, storage classes or nothing: every definition the view may use has
   * such a body, and it is no guard or self-definition.
   */
  isAttribute(name: string, view: MacroView): boolean {
    let inView = this.attributes.get(view);
    if (!inView) this.attributes.set(view, (inView = new Map<string, boolean>()));
    let known = inView.get(name);
    if (known === undefined) {
      inView.set(name, false);
      const candidates = view.candidates(name);
      known = candidates.length > 0 && candidates.every((d) => this.isAttributeBody(d, view));
      inView.set(name, known);
    }
    return known;
  }

  private isAttributeBody(definition: Definition, view: MacroView): boolean {
    if (definition.bodyText.length > 300 || /_H_*$/.test(definition.name)) return false;
    const tokens = bodyTokens(definition);
    const params = new Set(definition.params ?? []);
    for (let i = 0; i < tokens.length; i++) {
      const t = tokens[i];
      if (!t) continue;
      if (t.kind === 'identifier' && ATTRIBUTE_WORDS.test(t.text)) {
        if (tokens[i + 1]?.text === '(') i = close(tokens, i + 1);
        else if (/^(__attribute|asm|__asm)/.test(t.text)) return false;
      } else if (
        t.kind === 'identifier' &&
        t.text !== definition.name &&
        !params.has(t.text) &&
        this.isAttribute(t.text, view)
      ) {
        if (tokens[i + 1]?.text === '(') i = close(tokens, i + 1);
      } else return false;
    }
    return true;
  }

  /**
   * A function-like macro that opens a loop or a condition: without its body the statement that follows means nothing.
   * Likewise one that evaluates its argument in a loop, as those do that try a call again after EINTR.
   */
  isControl(definition: Definition): boolean {
    const { params } = definition;
    if (params === undefined) return false;
    const body = plainBody(definition);
    const again = TRIED_AGAIN.exec(body)?.[1];
    return (CONTROL.test(body) && !/[;}]\s*$/.test(body)) || (again !== undefined && params.includes(again));
  }

  /** Inside an expansion: macros that only choose or paste other names (`__SYSCALL_DISP`, `__SYSCALL_NARGS_X`). */
  isDispatch(definition: Definition): boolean {
    if (!definition.params) return false;
    if (plainBody(definition).includes('##')) return true;
    const words: readonly string[] = plainBody(definition).match(WORD) ?? [];
    const [only] = words;
    return definition.params.length > 4 && words.length === 1 && only !== undefined && definition.params.includes(only);
  }

  /** Macros that are used at file scope and define functions there, or give them other names, also by way of others. */
  get makers(): ReadonlySet<string> {
    return (this.knownMakers ??= this.findMakers());
  }

  private findMakers(): ReadonlySet<string> {
    const { libc } = this.roles;
    const others = libc.aliases.filter((a) => a.of !== a.alias);
    const declares = new Set([...others, ...(libc.chosen ?? [])].map((a) => a.name));
    const own = new Set(libc.aliases.map((a) => a.name));
    const users = new Map<string, string[]>();
    const found: string[] = [];
    for (const [name, definitions] of this.table.names()) {
      if (declares.has(name) || own.has(name)) continue;
      for (const d of definitions) {
        if (!d.params || isForAssembler(d) || d.bodyText.length > MAX_MAKER || !d.bodyText.includes('(')) continue;
        const body = plainBody(d);
        if (DEFINES.test(body) && !CONTROL.test(body)) found.push(name);
        for (const [, word = ''] of body.matchAll(/\b(\w+)\s*\(/g)) {
          if (declares.has(word)) found.push(name);
          const list = users.get(word);
          if (list) list.push(name);
          else users.set(word, [name]);
        }
      }
    }
    const all = new Set<string>();
    for (let name = found.pop(); name !== undefined; name = found.pop()) {
      if (all.has(name)) continue;
      all.add(name);
      found.push(...(users.get(name) ?? []));
    }
    return all;
  }

  /**
   * Policy of expansion where a source is read with those that it includes, for what it defines and by which names: macros
   * of these sources themselves, those that define, and those that are nothing but names.
   */
  expandsInUnit(definition: Definition, inside: boolean): boolean {
    const { name } = definition;
    const { libc } = this.roles;
    if (libc.aliases.some((a) => a.name === name) || libc.chosen?.some((c) => c.name === name) === true) return false;
    if (this.roles.of(name).some((r) => r.role !== 'generator') || this.paired.has(name)) return false;
    if (definition.file.endsWith('.c') || this.makers.has(name)) return true;
    if (this.expandsInC(definition, inside)) return true;
    const body = plainBody(definition);
    // Macros with the names of functions are for those that call them.
    return body.length < MAX_NAME && ONLY_NAMES.test(body) && /^[A-Z0-9_]+$/.test(name);
  }

  /** Policy of expansion in C. Names with a role stay as they are: they are what the analyses speak of. */
  expandsInC(definition: Definition, inside: boolean): boolean {
    const known = inside ? this.expanding.inside : this.expanding.own;
    let answer = known.get(definition);
    if (answer === undefined) known.set(definition, (answer = this.isExpanded(definition, inside)));
    return answer;
  }

  private isExpanded(definition: Definition, inside: boolean): boolean {
    const roles = this.roles.of(definition.name);
    if (roles.length > 0) return roles.every((r) => r.role === 'generator');
    if (this.paired.has(definition.name)) return false;
    if (this.leading.has(definition.name)) return true;
    if (this.isControl(definition) || this.makesName(definition) || this.isHalf(definition)) return true;
    if (this.isApplication(definition) || this.isArgument(definition) || isPiece(definition)) return true;
    return inside && (this.isDispatch(definition) || this.passesDispatch(definition));
  }

  /** Calls what it is given with what it is given: `#define CALL(f, args) f args`. */
  private isApplication(definition: Definition): boolean {
    const { params } = definition;
    if (!params || params.length < 2) return false;
    const body = plainBody(definition);
    if (body.length > 80) return false;
    return [...body.matchAll(/(\w+)\s+(?=(\w+))/g)].some(
      ([, f = '', args = '']) => params.includes(f) && params.includes(args),
    );
  }

  /** Stands for its argument as it is, which may be a statement: `#define WHEN_LARGE(...) __VA_ARGS__`. */
  private isArgument(definition: Definition): boolean {
    const [only] = definition.params ?? [];
    if (only === undefined || definition.params?.length !== 1) return false;
    return plainBody(definition).trim() === (only === '...' ? '__VA_ARGS__' : only);
  }

  /** Opens a brace that another macro closes, or closes one: each of such a pair is nothing without the other. */
  private isHalf(definition: Definition): boolean {
    const body = plainBody(definition);
    if (!body.includes('{') && !body.includes('}')) return false;
    let depth = 0;
    for (const { text } of bodyTokens(definition)) {
      if (text === '{') depth++;
      else if (text === '}' && --depth < 0) return true;
    }
    return depth !== 0;
  }

  /** Only pastes a name together (`#define __NC(name) _NC(name)`, `#define _NC(name) __##name##_nocancel`), also in declarators. */
  private makesName(definition: Definition): boolean {
    if (!definition.params || plainBody(definition).length > 200) return false;
    if (/^\s*\w+(\s*##\s*\w+)+\s*$/.test(plainBody(definition))) return true;
    const forward = /^\s*(\w+)\s*\(([\w\s,]*)\)\s*$/.exec(plainBody(definition));
    if (!forward || forward[1] === definition.name) return false;
    return this.table.all(forward[1] ?? '').some((d) => d.params && /^\s*\w+(\s*##\s*\w+)+\s*$/.test(plainBody(d)));
  }

  /** Whether a macro of that name chooses another by the number of its arguments, by itself or through others. */
  dispatches(name: string): boolean {
    return this.table.all(name).some((d) => this.isDispatch(d) || this.passesDispatch(d));
  }

  /**
   * Forwards its arguments to a macro that dispatches, perhaps through others: `#define __SYSCALL_NARGS(...)
   * __SYSCALL_NARGS_X (__VA_ARGS__,7,6,…)`.
   */
  private passesDispatch(definition: Definition): boolean {
    let known = this.forwards.get(definition);
    if (known === undefined) {
      // A macro that forwards to itself forwards to nothing.
      this.forwards.set(definition, false);
      const [head] = plainBody(definition).match(WORD) ?? [];
      known =
        definition.params !== undefined &&
        head !== undefined &&
        head !== definition.name &&
        /^\s*\w+\s*\(.*\)\s*$/s.test(plainBody(definition)) &&
        this.dispatches(head);
      this.forwards.set(definition, known);
    }
    return known;
  }
}

/** Stands for what is no expression: a qualifier, or arguments with their comma; or, in a source's own words, for nothing. */
function isPiece(definition: Definition): boolean {
  if (definition.params) return false;
  const body = plainBody(definition);
  return body === '' ? definition.file.endsWith('.c') : /^,|,$|^(const|volatile)$/.test(body);
}

/**
 * Index of the bracket that closes the one at `open`, or undefined. Round and square brackets end at the latest where
 * the braces around them do: one that is left open spoils its block and not the rest of the file.
 */
export function closing(tokens: readonly { readonly text: string }[], open: number): number | undefined {
  const stack: string[] = [];
  // Open round and square brackets of each block, so that a stray one costs no search.
  const blocks = [{ round: 0, square: 0 }];
  for (let i = open; i < tokens.length; i++) {
    const text = tokens[i]?.text;
    const block = blocks[blocks.length - 1];
    if (!block) return undefined;
    switch (text ?? '') {
      case '{':
        stack.push('{');
        blocks.push({ round: 0, square: 0 });
        break;
      case '(':
        stack.push('(');
        block.round++;
        break;
      case '[':
        stack.push('[');
        block.square++;
        break;
      case '}':
        if (blocks.length === 1) return i - 1;
        while (stack.pop() !== '{');
        blocks.pop();
        if (stack.length === 0) return i;
        break;
      case ')':
      case ']': {
        const opener = text === ')' ? '(' : '[';
        if ((text === ')' ? block.round : block.square) === 0) break;
        for (let popped = stack.pop(); popped !== undefined; popped = stack.pop()) {
          if (popped === '(') block.round--;
          else block.square--;
          if (popped === opener) break;
        }
        if (stack.length === 0) return i;
      }
    }
  }
  return undefined;
}

/** Index of the bracket that closes the one at `open`, or the last index. */
export function close(tokens: readonly { readonly text: string }[], open: number): number {
  return closing(tokens, open) ?? tokens.length - 1;
}

/** How deep brackets nest. */
export function nesting(tokens: readonly { readonly text: string }[]): number {
  let depth = 0;
  let deepest = 0;
  for (const { text } of tokens) {
    if (text === '(' || text === '[' || text === '{') deepest = Math.max(deepest, ++depth);
    else if (text === ')' || text === ']' || text === '}') depth--;
  }
  return deepest;
}
