/**
 * Inline assembly in C: its template's strings are pasted and searched for the few texts that enter the kernel, for
 * labels and for calls; the operand lists say which value is the system call's number.
 */
import type { OutToken } from '../cpp/expand.js';
import type { PreparedText } from '../cpp/prepared.js';
import type { Expr, Origin } from '../ir/types.js';
import { liftInlineAssembly } from '../x86/inline.js';
import type { Scope } from './lower-expression.js';
import { lowerExpression } from './lower-expression.js';
import type { AsmText } from './normalise.js';
import { named, parseC } from './tree-sitter.js';

interface Operand {
  readonly constraint: string;
  /** Tokens of the bracketed expression. */
  readonly tokens: readonly OutToken[];
}

/** `template : outputs : inputs : clobbers`, each a list of tokens. */
function sections(tokens: readonly OutToken[]): OutToken[][] {
  const out: OutToken[][] = [[]];
  let depth = 0;
  for (const t of tokens) {
    if (/^[([{]$/.test(t.text)) depth++;
    else if (/^[)\]}]$/.test(t.text)) depth--;
    if (t.text === ':' && depth === 0) out.push([]);
    else out[out.length - 1]?.push(t);
  }
  return out;
}

function operands(tokens: readonly OutToken[]): Operand[] {
  const out: Operand[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const t = tokens[i];
    if (t?.kind !== 'string') continue;
    let constraint = '';
    while (tokens[i]?.kind === 'string') constraint += unquote(tokens[i++]?.text ?? '');
    if (tokens[i]?.text !== '(') continue;
    let depth = 0;
    const start = i + 1;
    for (; i < tokens.length; i++) {
      if (tokens[i]?.text === '(') depth++;
      else if (tokens[i]?.text === ')' && --depth === 0) break;
    }
    out.push({ constraint, tokens: tokens.slice(start, i) });
  }
  return out;
}

function unquote(literal: string): string {
  return literal
    .replace(/^[LuU8]*"|"$/g, '')
    .replace(/\\n|\\t|\\r/g, (m) => (m === '\\n' ? '\n' : ' '))
    .replace(/\\(.)/g, '$1');
}

/** Whether the statement has instructions: one without orders memory for the compiler only. */
export function hasInstructions({ tokens }: AsmText): boolean {
  return (sections(tokens)[0] ?? []).some((t) => t.kind !== 'string' || unquote(t.text).trim() !== '');
}

export function lowerAsm(asm: AsmText, origin: Origin, scope: Scope, isRead: boolean): Expr {
  const [templateTokens = [], outputs = [], inputs = []] = sections(asm.tokens);
  const template = templateTokens.map((t) => (t.kind === 'string' ? unquote(t.text) : ' ')).join('');
  const { builder } = scope;
  const value = (operand: Operand): Expr => {
    const text = operand.tokens.map((t) => t.text).join(' ');
    const [statement] = named(parseC(`void f(void){(${text});}`)).flatMap((f) =>
      named(f).filter((c) => c.field === 'body'),
    );
    const [expression] = statement ? named(statement) : [];
    const [inner] = expression ? named(expression) : [];
    // Operands are plain values almost everywhere; places inside them are those of the whole statement.
    const local: Scope = {
      ...bound(scope),
      origin: () => origin,
      text: (n) => `void f(void){(${text});}`.slice(n.start, n.end),
    };
    return inner ? lowerExpression(inner, local) : { k: 'unknown', text };
  };
  const ins = operands(inputs);
  const outs = operands(outputs);
  let result: Expr = { k: 'unknown', text: 'asm' };
  let entered = false;
  const lines: PreparedText = { file: origin.at.file, text: template, origin: () => origin };
  if (!isRead) unread(template, origin, scope);
  for (const op of isRead ? liftInlineAssembly(lines, { libc: scope.knowledge.roles.libc }) : []) {
    if (op.op === 'syscall') {
      const first = ins.find((o) => /^(a|0)$/.test(o.constraint) || /\ba\b/.test(o.constraint));
      const rest = ins.filter((o) => o !== first);
      const number: Expr = first ? value(first) : op.number;
      result = builder.result(builder.emit({ ...op, number, args: rest.map(value), origin }));
      entered = true;
    } else builder.emit({ ...op, origin });
  }
  for (const out of outs) {
    const target = value(out);
    if (target.k === 'name')
      builder.emit({ op: 'assign', target, value: entered ? result : { k: 'unknown', text: 'asm' }, origin });
  }
  return result;
}

/** Of an architecture that is not read: labels are, and a name that concerns cancellation is not passed over. */
function unread(template: string, origin: Origin, { builder, knowledge }: Scope): void {
  for (const line of template.split(/[\n;]/)) {
    const label = /^\s*([A-Za-z_]\w*):\s*$/.exec(line)?.[1];
    const text = line.trim().replace(/\s+/g, ' ');
    if (label !== undefined) builder.emit({ op: 'label', name: label, origin });
    else if (text === '' || /^\.(global|globl|type|hidden|size)\b/.test(text)) continue;
    else if (text.match(/[A-Za-z_]\w*/g)?.some((word) => knowledge.concerns(word)) === true)
      builder.emit({ op: 'not-understood', text, reason: 'inline assembly of this architecture is not read', origin });
    else builder.emit({ op: 'instruction', mnemonic: text.split(' ')[0] ?? '', operands: [], text, origin });
  }
}

/** A scope's own methods as plain functions, to override some of them. */
function bound(scope: Scope): Scope {
  return {
    builder: scope.builder,
    knowledge: scope.knowledge,
    origin: (n) => scope.origin(n),
    text: (n) => scope.text(n),
    statementExpression: (b) => scope.statementExpression(b),
    asm: (i, o) => scope.asm(i, o),
    computedGoto: (a, o) => scope.computedGoto(a, o),
    fresh: () => scope.fresh(),
  };
}
