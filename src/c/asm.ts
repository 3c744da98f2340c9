/**
 * Inline assembly in C: its template's strings are pasted and searched for the few texts that enter the kernel, for
 * labels and for calls; the operand lists say which value is the system call's number.
 */
import type { OutToken } from '../cpp/expand.js';
import type { Expr, KernelEntry, Origin } from '../ir/types.js';
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

/** Texts that enter the kernel, as they stand in templates (`%%` is one `%` of the assembler). */
const ENTRIES: readonly { readonly test: RegExp; readonly entry: KernelEntry }[] = [
  { test: /\bint\s+\$(?:0x80|128)\b/, entry: 'int80' },
  { test: /(?:^|[\n;])\s*syscall\b/, entry: 'syscall' },
  { test: /\bsysenter\b/, entry: 'sysenter' },
  {
    test: /\bcall\s+\*?%{1,2}gs:|\bcall\s+\*_dl_sysinfo|\bcall\s+__libc_do_syscall|\bcall\s+__kernel_(?:vsyscall|syscall)/,
    entry: 'vdso',
  },
];

/** What the template does with the kernel, if anything. */
export function entryOf(template: string): KernelEntry | undefined {
  return ENTRIES.find((e) => e.test.test(template))?.entry;
}

export function lowerAsm(asm: AsmText, origin: Origin, scope: Scope): Expr {
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
  for (const label of template.matchAll(/(?:^|[\n;])\s*([A-Za-z_.$][\w.$]*):/g)) {
    builder.emit({ op: 'label', name: label[1] ?? '', origin });
  }
  const entry = entryOf(template);
  let result: Expr = { k: 'unknown', text: 'asm' };
  if (entry) {
    const first = ins.find((o) => /^(a|0)$/.test(o.constraint) || /\ba\b/.test(o.constraint));
    const rest = ins.filter((o) => o !== first);
    const via = template.replace(/\s+/g, ' ').trim().slice(0, 80);
    const number: Expr = first ? value(first) : { k: 'unknown', text: 'the accumulator' };
    result = builder.result(
      builder.emit({
        op: 'syscall',
        number,
        args: rest.map(value),
        cancellable: false,
        via,
        entry,
        returns: 'kernel',
        origin,
      }),
    );
  } else if (template.trim() !== '') {
    const text = template.replace(/\s+/g, ' ').trim().slice(0, 120);
    builder.emit({ op: 'instruction', mnemonic: 'asm', operands: ins.map(value), text, origin });
  }
  for (const out of outs) {
    const target = value(out);
    if (target.k === 'name')
      builder.emit({ op: 'assign', target, value: entry ? result : { k: 'unknown', text: 'asm' }, origin });
  }
  return result;
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
    fresh: () => scope.fresh(),
  };
}
