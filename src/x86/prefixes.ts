/** Prefixes that stand alone on a line. */
import { isPrefix } from './mnemonics.js';
import type { InstructionStatement, Statement } from './syntax.js';

/** A prefix on a line of its own belongs to the instruction on the next, unless a label stands between (a jump may skip it). */
export function joinPrefixes(statements: readonly Statement[]): Statement[] {
  const joined: Statement[] = [];
  for (const statement of statements) {
    const before = joined[joined.length - 1];
    if (statement.kind === 'instruction' && before?.kind === 'instruction' && isPrefix(before.instruction.base)) {
      joined[joined.length - 1] = withPrefix(before, statement);
    } else joined.push(statement);
  }
  return joined;
}

function withPrefix(prefix: InstructionStatement, statement: InstructionStatement): InstructionStatement {
  const { instruction } = statement;
  const first = prefix.instruction;
  const span =
    prefix.span.start <= statement.span.start ? { ...statement.span, start: prefix.span.start } : statement.span;
  return {
    ...statement,
    instruction: { ...instruction, prefixes: [...first.prefixes, first.mnemonic, ...instruction.prefixes] },
    text: `${prefix.text} ${statement.text}`,
    span,
  };
}
