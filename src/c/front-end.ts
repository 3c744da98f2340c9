/**
 * The C front end: from a file's text to lifted functions, for all targets at once. What is the same for two targets
 * or two variants of undecided conditionals is lowered once.
 */
import { lex, type Dialect, type Token } from '../cpp/lexer.js';
import { bodyTokens, plainBody, type Definition } from '../cpp/definitions.js';
import { Budget, expandTokens, type OutToken } from '../cpp/expand.js';
import type { MacroView } from '../cpp/macro-table.js';
import { preprocess, toText, type LineMaps } from '../cpp/preprocess.js';
import type { PreparedText } from '../cpp/prepared.js';
import type { Alias, Lifted, LiftedFile, Problem, Target } from '../ir/types.js';
import { isX86 } from '../libc/targets.js';
import { hasInstructions } from './asm.js';
import { close, nesting, type Knowledge } from './knowledge.js';
import { lowerFunction, unparsedFunction } from './lower-function.js';
import { ASM_CALL, normalise, normaliseBody, TYPE_WORD, type AsmText } from './normalise.js';
import { split, type FunctionText } from './split.js';
import { MAX_HEIGHT, MAX_PARSE, named, parseC } from './tree-sitter.js';

/** Variants of undecided conditionals that are looked at in one file; more are reported as not analysed. */
export const MAX_VARIANTS = 4;
/** Brackets in brackets beyond which a function is left alone. Compilers stop at a like number. */
export const MAX_NESTING = 256;

/** Bounds for one macro's body; there are many macros in a tree. */
const MACRO_EXPANSIONS = 2_000;
const MACRO_TOKENS = 20_000;

export function tooManyMeanings(file: string, meanings: number): Problem {
  return {
    kind: 'analysis-incomplete',
    message: `This file has ${String(meanings)} meanings that depend on its configuration; ${String(MAX_VARIANTS)} were analysed`,
    at: { file, line: 1, column: 1, endLine: 1, endColumn: 1 },
  };
}

export interface LiftRequest {
  readonly file: string;
  readonly text: string;
  /** Targets whose build holds this file. */
  readonly targets: readonly Target[];
  readonly knowledge: Knowledge;
  readonly lines: LineMaps;
  /** Functions to lift although they do not concern cancellation themselves. */
  readonly wanted?: ReadonlySet<string>;
}

/** Lifts every function of a file that concerns cancellation, and those that are wanted by name. */
export function liftC(request: LiftRequest): LiftedFile {
  const { file, text, knowledge, lines } = request;
  const byText = new Map<string, { lifted: readonly Lifted[]; targets: Set<Target>; isCaller: boolean }>();
  const aliases = new Map<string, { alias: Alias; targets: Set<Target> }>();
  const problems = new Map<string, Problem>();
  const dialect: Dialect = 'c';
  const lexed = lex(text, dialect);
  const done = new Map<Target, { readonly names: Set<string>; hasAsm: boolean }>();
  for (const target of request.targets) {
    const view = knowledge.table.view(target, dialect);
    const like = [...done].find(
      ([other, { names, hasAsm }]) =>
        (!hasAsm || isX86(other) === isX86(target)) &&
        means(view, knowledge.table.view(other, dialect), names, knowledge),
    )?.[0];
    if (like !== undefined) {
      for (const { targets } of [...byText.values(), ...aliases.values()]) if (targets.has(like)) targets.add(target);
      continue;
    }
    const asked = new Set<string>();
    const own = { names: asked, hasAsm: false };
    done.set(target, own);
    for (let variant = 0, arms = 1; variant < arms; variant++) {
      if (variant === MAX_VARIANTS) {
        const problem = tooManyMeanings(file, arms);
        problems.set(problem.message, problem);
        break;
      }
      const ready = preprocess({
        file,
        text,
        tokens: lexed,
        dialect,
        view,
        variant,
        expands: (d, inside) => knowledge.expandsInC(d, inside) || isText(d),
      });
      arms = Math.max(arms, ready.arms);
      for (const name of ready.asked) asked.add(name);
      for (const p of ready.problems) problems.set(p.message, p);
      const { tokens, asm } = normalise(ready.tokens, knowledge, view);
      own.hasAsm ||= asm.some(hasInstructions);
      const parts = split(tokens, knowledge.roles.libc, view, text);
      const concerns = (t: OutToken): boolean => t.kind === 'identifier' && knowledge.isOfInterest(t.text);
      for (const { token, behind } of parts.unclosed) {
        if (!behind.some(concerns)) continue;
        const { at } = toText(file, [token], lines).origin(0, 1);
        problems.set(`unclosed ${String(token.start)}`, broken(at, `The bracket '${token.text}' is never closed`));
      }
      for (const a of parts.aliases) {
        const key = `${a.of} ${a.alias}`;
        const known = aliases.get(key);
        if (known) known.targets.add(target);
        else {
          const at = toText(file, [a.token], lines).origin(0, a.token.text.length).at;
          aliases.set(key, {
            alias: { of: a.of, alias: a.alias, weak: a.weak, ...(a.compat ? { compat: true } : {}), at, targets: [] },
            targets: new Set([target]),
          });
        }
      }
      const handlers = handlersIn(parts.functions, knowledge);
      for (const f of parts.functions) {
        const isCaller = !f.tokens.some(concerns) && !handlers.has(nameOf(f));
        if (isCaller && request.wanted?.has(nameOf(f)) !== true) continue;
        const isDeep = nesting(f.tokens) > MAX_NESTING;
        const prepared = toText(file, isDeep ? f.tokens : normaliseBody(withType(f.tokens)), lines);
        const key = `${String(f.tokens[0]?.start)} ${prepared.text} ${asmKey(prepared.text, asm, isX86(target))}`;
        const known = byText.get(key);
        if (known) {
          known.targets.add(target);
          continue;
        }
        const isLong = prepared.text.length > MAX_PARSE;
        const generated = f.tokens.find((t) => t.text === '{')?.use !== undefined;
        const nodes = isDeep || isLong ? [] : named(parseC(prepared.text));
        const definitions = nodes.filter((n) => n.type === 'function_definition');
        const lifted = definitions.map((node) =>
          lowerFunction({
            prepared,
            node,
            asm,
            knowledge,
            kind: generated ? 'generated' : 'function',
            targets: [],
            readsAsm: isX86(target),
          }),
        );
        for (const node of nodes)
          if (node.type === 'ERROR' && definitions.length > 0 && !isCaller)
            problems.set(`${String(node.start)} ${key}`, broken(prepared.origin(node.start, node.end).at));
        if (definitions.length === 0) {
          const reason = isDeep ? 'it nests too deeply' : isLong ? 'it is too long' : 'the C parser does not know it';
          lifted.push(unparsed(f.tokens, prepared, reason, lines));
        }
        byText.set(key, { lifted, targets: new Set([target]), isCaller });
        if (isCaller) continue;
        for (const { name, nameAt, notUnderstood } of lifted) {
          if (notUnderstood === 0) continue;
          const message = `${String(notUnderstood)} statement(s) of '${name}' were not understood`;
          problems.set(message, { kind: 'not-lifted', message, at: nameAt, function: name });
        }
      }
    }
  }
  const lifted = (isCaller: boolean): Lifted[] =>
    [...byText.values()]
      .filter((one) => one.isCaller === isCaller)
      .flatMap((one) => one.lifted.map((f) => ({ ...f, targets: request.targets.filter((t) => one.targets.has(t)) })));
  return {
    file,
    functions: lifted(false),
    callers: lifted(true),
    aliases: [...aliases.values()].map(({ alias, targets }) => ({
      ...alias,
      targets: request.targets.filter((t) => targets.has(t)),
    })),
    problems: [...problems.values()],
  };
}

/** Every name means the same to two targets, so that a text that depends on these alone is the same for both. */
function means(a: MacroView, b: MacroView, names: ReadonlySet<string>, knowledge: Knowledge): boolean {
  for (const name of names) {
    if (!a.agrees(b, name) || knowledge.isAttribute(name, a) !== knowledge.isAttribute(name, b)) return false;
  }
  return true;
}

export const nameOf = ({ tokens }: FunctionText): string =>
  tokens[tokens.findIndex((t) => t.text === '(') - 1]?.text ?? '';

/** Names given to calls that push a cleanup handler: what they stand for is run by cancellation. */
function handlersIn(functions: readonly FunctionText[], { roles }: Knowledge): Set<string> {
  const waits = new Set(roles.libc.balance?.waitsWithHandler.map((w) => w.name));
  const names = new Set<string>();
  for (const { tokens } of functions) {
    tokens.forEach((t, i) => {
      if (t.kind !== 'identifier' || tokens[i + 1]?.text !== '(') return;
      if (!waits.has(t.text) && !roles.has(t.text, 'cleanup-push')) return;
      for (const given of tokens.slice(i + 2, close(tokens, i + 1)))
        if (given.kind === 'identifier') names.add(given.text);
    });
  }
  return names;
}

function broken(at: Problem['at'], message = 'A part of a function could not be parsed'): Problem {
  return { kind: 'not-lifted', message, at };
}

/**
 * A definition without a return type gets the one that C gave it: the grammar wants one. A macro in front of the type, for
 * a storage class that another file chooses (`STATIC int f (…)`), goes.
 */
export function withType(tokens: readonly OutToken[]): readonly OutToken[] {
  const [first, second] = tokens;
  if (first?.kind === 'identifier' && /^[A-Z][A-Z0-9_]*$/.test(first.text) && TYPE_WORD.test(second?.text ?? ''))
    return tokens.slice(1);
  const at = tokens.findIndex((t) => t.text !== 'static' && t.text !== 'extern' && t.text !== 'inline');
  const name = tokens[at];
  if (name?.kind !== 'identifier' || tokens[at + 1]?.text !== '(' || TYPE_WORD.test(name.text)) return tokens;
  // `type (name) (int a)`
  if (tokens[close(tokens, at + 1) + 1]?.text === '(') return tokens;
  const type: OutToken = { ...name, text: 'int', spaced: true };
  return [...tokens.slice(0, at), type, { ...name, spaced: true }, ...tokens.slice(at + 1)];
}

function unparsed(tokens: readonly OutToken[], prepared: PreparedText, reason: string, lines: LineMaps): Lifted {
  const open = tokens.findIndex((t) => t.text === '(');
  const name = tokens[open - 1] ?? tokens[0];
  const origin = prepared.origin(0, prepared.text.length);
  return unparsedFunction({
    name: name?.text ?? '',
    nameAt: name ? toText(prepared.file, [name], lines).origin(0, name.text.length).at : origin.at,
    origin,
    text: prepared.text.slice(0, 400).replace(/\s+/g, ' ').slice(0, 120),
    reason,
  });
}

/** An object-like macro that is a string (`SYSCALL_INSNS`, `PRIu64`): the text of templates needs it. */
function isText(definition: Definition): boolean {
  return definition.params === undefined && plainBody(definition).startsWith('"');
}

const ASM_NUMBER = new RegExp(`${ASM_CALL} *\\( *(\\d+)`, 'g');

/** The templates that a text refers to by number, since equal texts may mean different asm statements. */
function asmKey(text: string, asm: readonly AsmText[], isRead: boolean): string {
  if (!text.includes(ASM_CALL)) return '';
  const used = [...text.matchAll(ASM_NUMBER)].flatMap((m) => asm[Number(m[1])] ?? []);
  const how = isRead || !used.some(hasInstructions) ? '' : 'not read';
  return used.map((one) => one.tokens.map((t) => t.text).join(' ')).join('|') + how;
}

/** Tokens around `##` joined as they stand: with its parameters unbound, `__NR_##name` is the name `__NR_name`. */
function pasted(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const t = tokens[i];
    const last = out[out.length - 1];
    const next = tokens[i + 1];
    if (t?.text === '##' && last && next) {
      if (last.text !== ',') out[out.length - 1] = { ...last, text: last.text + next.text, end: next.end };
      else out.push(next);
      i++;
    } else if (t) out.push(t);
  }
  return out;
}

/**
 * Lifts a macro's body as a function of its parameters. The body is tried as statements; one that is neither
 * statements nor an expression (a part of a declaration, an operator) gives undefined.
 */
export function liftMacro(
  definition: Definition,
  targets: readonly Target[],
  knowledge: Knowledge,
  lines: LineMaps,
): Lifted | undefined {
  const [target] = targets;
  if (target === undefined) return undefined;
  const view = knowledge.table.view(target, 'c');
  const own = pasted(bodyTokens(definition));
  const [first] = own;
  if (!first) return undefined;
  const budget = new Budget(MACRO_EXPANSIONS, MACRO_TOKENS);
  const expanded = expandTokens(own, {
    dialect: 'c',
    budget,
    define: (name) => {
      const d = name === definition.name ? undefined : view.lookup(name, definition.file);
      return d && knowledge.expandsInC(d, true) ? d : undefined;
    },
    onLimit: () => undefined,
  });
  if (budget.stopped || nesting(expanded) > MAX_NESTING) return undefined;
  const outside = normalise(expanded, knowledge, view);
  const isFunction = split(outside.tokens, knowledge.roles.libc, view).functions.length === 1;
  const { tokens, asm } = isFunction ? outside : normalise(expanded, knowledge, view, 1);
  const token = (text: string, kind: OutToken['kind'] = 'punctuator'): OutToken => ({
    kind,
    text,
    start: first.start,
    end: first.start,
    spaced: true,
  });
  const head = [token('void', 'identifier'), token('f', 'identifier'), token('('), token(')'), token('{')];
  // `#define socketcall_cp __socketcall_cp`: another name for what is called.
  const isOtherName = tokens.length === 1 && definition.params === undefined && first.kind === 'identifier';
  const call = isOtherName ? [token('('), token('__VA_ARGS__', 'identifier'), token(')')] : [];
  const wrapped = isFunction ? tokens : normaliseBody([...head, ...tokens, ...call, token(';'), token('}')]);
  const prepared = toText(definition.file, wrapped, lines);
  const [node] = named(parseC(prepared.text)).filter((n) => n.type === 'function_definition');
  if (!node || node.damaged || node.height > MAX_HEIGHT) return undefined;
  const place = lines(definition.file);
  if (!place) return undefined;
  const lifted = lowerFunction({
    prepared,
    node,
    asm,
    knowledge,
    kind: 'macro',
    targets,
    readsAsm: isX86(target),
    as: { name: definition.name, params: definition.params ?? [] },
  });
  return {
    ...lifted,
    returns: '',
    nameAt: place.region(definition.file, definition.nameStart, definition.nameStart + definition.name.length),
    extent: place.region(definition.file, definition.nameStart, definition.bodyEnd),
  };
}
