/**
 * The C front end: from a file's text to lifted functions, for all targets at once. What is the same for two targets
 * or two variants of undecided conditionals is lowered once.
 */
import type { Dialect, Token } from '../cpp/lexer.js';
import { bodyTokens, plainBody, type Definition } from '../cpp/definitions.js';
import { expandTokens, type OutToken } from '../cpp/expand.js';
import { preprocess, toText, type LineMaps } from '../cpp/preprocess.js';
import type { Alias, Lifted, LiftedFile, Problem, Target } from '../ir/types.js';
import type { Knowledge } from './knowledge.js';
import { lowerFunction } from './lower-function.js';
import { normalise, normaliseBody, type AsmText } from './normalise.js';
import { split } from './split.js';
import { hasBroken, MAX_PARSE, named, parseC } from './tree-sitter.js';

/** Variants of undecided conditionals that are looked at in one file; more are reported as not analysed. */
export const MAX_VARIANTS = 4;

export interface LiftRequest {
  readonly file: string;
  readonly text: string;
  /** Targets whose build holds this file. */
  readonly targets: readonly Target[];
  readonly knowledge: Knowledge;
  readonly lines: LineMaps;
}

/** Lifts every function of a file that concerns cancellation. */
export function liftC(request: LiftRequest): LiftedFile {
  const { file, text, knowledge, lines } = request;
  const byText = new Map<string, { lifted: Lifted; targets: Set<Target> }>();
  const aliases = new Map<string, { alias: Alias; targets: Set<Target> }>();
  const problems = new Map<string, Problem>();
  const dialect: Dialect = 'c';
  for (const target of request.targets) {
    const view = knowledge.table.view(target, dialect);
    for (let variant = 0, arms = 1; variant < arms; variant++) {
      if (variant === MAX_VARIANTS) {
        const message = `This file has ${String(arms)} meanings that depend on its configuration; ${String(MAX_VARIANTS)} were analysed`;
        const at = { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
        problems.set(message, { kind: 'analysis-incomplete', message, at });
        break;
      }
      const done = preprocess({
        file,
        text,
        dialect,
        view,
        variant,
        expands: (d, inside) => knowledge.expandsInC(d, inside) || isText(d),
      });
      if (variant === 0) arms = Math.max(1, done.arms);
      for (const p of done.problems) problems.set(p.message, p);
      const { tokens, asm } = normalise(done.tokens, knowledge, view);
      const parts = split(tokens, knowledge.roles.libc, view);
      for (const a of parts.aliases) {
        const key = `${a.of} ${a.alias}`;
        const known = aliases.get(key);
        if (known) known.targets.add(target);
        else {
          const at = toText(file, [a.token], lines).origin(0, a.token.text.length).at;
          aliases.set(key, {
            alias: { of: a.of, alias: a.alias, weak: a.weak, at, targets: [] },
            targets: new Set([target]),
          });
        }
      }
      for (const f of parts.functions) {
        if (
          !f.tokens.some(
            (t) => t.kind === 'identifier' && (knowledge.concerns(t.text) || knowledge.isFlagMember(t.text)),
          )
        )
          continue;
        const prepared = toText(file, normaliseBody(f.tokens), lines);
        const key = `${String(f.tokens[0]?.start)} ${prepared.text} ${asmKey(prepared.text, asm)}`;
        const known = byText.get(key);
        if (known) {
          known.targets.add(target);
          continue;
        }
        if (prepared.text.length > MAX_PARSE) {
          const { at } = prepared.origin(0, 1);
          problems.set(`too long ${String(at.line)}`, {
            kind: 'analysis-incomplete',
            message: 'This function is too long to be parsed',
            at,
          });
          continue;
        }
        const generated = f.tokens[0]?.use !== undefined;
        for (const node of named(parseC(prepared.text))) {
          if (node.type !== 'function_definition') {
            if (node.broken)
              problems.set(`${String(node.start)} ${key}`, broken(prepared.origin(node.start, node.end).at));
            continue;
          }
          const lifted = lowerFunction({
            prepared,
            node,
            asm,
            knowledge,
            kind: generated ? 'generated' : 'function',
            targets: [],
          });
          byText.set(key, { lifted, targets: new Set([target]) });
          if (lifted.notUnderstood > 0) {
            const message = `${String(lifted.notUnderstood)} statement(s) of '${lifted.name}' were not understood`;
            problems.set(message, { kind: 'not-lifted', message, at: lifted.nameAt, function: lifted.name });
          }
        }
      }
    }
  }
  return {
    file,
    functions: [...byText.values()].map(({ lifted, targets }) => ({
      ...lifted,
      targets: request.targets.filter((t) => targets.has(t)),
    })),
    aliases: [...aliases.values()].map(({ alias, targets }) => ({
      ...alias,
      targets: request.targets.filter((t) => targets.has(t)),
    })),
    problems: [...problems.values()],
  };
}

function broken(at: Problem['at']): Problem {
  return { kind: 'not-lifted', message: 'A function could not be parsed', at };
}

/** An object-like macro that is a string (`SYSCALL_INSNS`, `PRIu64`): the text of templates needs it. */
function isText(definition: Definition): boolean {
  return definition.params === undefined && plainBody(definition).startsWith('"');
}

/** The templates that a text refers to by number, since equal texts may mean different asm statements. */
function asmKey(text: string, asm: readonly AsmText[]): string {
  if (!text.includes('__builtin_cancelint_asm')) return '';
  return [...text.matchAll(/__builtin_cancelint_asm \((\d+)/g)]
    .map((m) => asm[Number(m[1])]?.tokens.map((t) => t.text).join(' '))
    .join('|');
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
  const expanded = expandTokens(own, {
    dialect: 'c',
    define: (name) => {
      const d = name === definition.name ? undefined : view.lookup(name, definition.file);
      return d && knowledge.expandsInC(d, true) ? d : undefined;
    },
    onLimit: () => undefined,
  });
  const { tokens, asm } = normalise(expanded, knowledge, view);
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
  const isFunction = split(tokens, knowledge.roles.libc, view).functions.length === 1;
  const wrapped = isFunction ? tokens : normaliseBody([...head, ...tokens, ...call, token(';'), token('}')]);
  const prepared = toText(definition.file, wrapped, lines);
  const [node] = named(parseC(prepared.text)).filter((n) => n.type === 'function_definition');
  if (!node || hasBroken(node)) return undefined;
  const place = lines(definition.file);
  if (!place) return undefined;
  const lifted = lowerFunction({
    prepared,
    node,
    asm,
    knowledge,
    kind: 'macro',
    targets,
    as: { name: definition.name, params: definition.params ?? [] },
  });
  return {
    ...lifted,
    returns: '',
    nameAt: place.region(definition.file, definition.nameStart, definition.nameStart + definition.name.length),
    extent: place.region(definition.file, definition.nameStart, definition.bodyEnd),
  };
}
