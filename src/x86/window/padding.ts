/**
 * What stands in a routine's code besides instructions: padding, for which the assembler puts no-operations, and bytes
 * that somebody encoded by hand.
 */
import type { WindowConvention } from '../../libc/types.js';
import { evaluate } from '../expressions.js';
import { layOut, type Stream } from '../layout.js';
import type { AssemblyUnit, DirectiveStatement, Instruction, Statement } from '../syntax.js';

export interface Padded {
  readonly unit: AssemblyUnit;
  /** The no-operations that stand for padding. */
  readonly padding: ReadonlySet<Instruction>;
}

/**
 * The unit with one no-operation for each directive that pads behind code. How many there are in truth, and whether
 * there are any, depends on the lengths of the instructions; a signal can arrive in front of any of them.
 */
export function withPadding(unit: AssemblyUnit): Padded {
  const padding = new Set<Instruction>();
  const pads = new Set(
    layOut(unit)
      .streams.filter((one) => one.executable)
      .flatMap(padsOf),
  );
  if (pads.size === 0) return { unit, padding };
  const statements = unit.statements.map((statement): Statement => {
    if (statement.kind !== 'directive' || !pads.has(statement)) return statement;
    const instruction: Instruction = { mnemonic: 'nop', base: 'nop', prefixes: [], operands: [] };
    padding.add(instruction);
    return {
      kind: 'instruction',
      instruction,
      text: `${textOf(statement)} (where it pads)`,
      span: statement.span,
      operandSpans: [],
    };
  });
  return { unit: { ...unit, statements }, padding };
}

/** Directives between two pieces of code that may put no-operations there. */
function padsOf({ items, alignments }: Stream): DirectiveStatement[] {
  return alignments.flatMap(({ before, statement }) => {
    const last = items.slice(0, before).findLast((item) => item.kind !== 'label' && item.kind !== 'size');
    const isCode = last?.kind === 'instruction' || last?.kind === 'unknown';
    return isCode && before < items.length && takesSpace(statement) ? [statement] : [];
  });
}

/** `.p2align` says the power of two, the others the number of bytes; one byte is no alignment. */
function takesSpace({ name, args }: DirectiveStatement): boolean {
  const [{ value } = {}] = args;
  const number = value && value.k !== 'register' ? evaluate(value, () => undefined) : undefined;
  return number === undefined || number > (/^\.(?:p2|nop)/.test(name) ? 0n : 1n);
}

/** The first data between a window's labels, or right behind one of them: what the processor finds there is not worked out. */
export function dataInWindow(unit: AssemblyUnit, { start, end, cancel }: WindowConvention): string | undefined {
  for (const { items, executable } of layOut(unit).streams) {
    if (!executable) continue;
    const at = (name: string | undefined): number =>
      items.findIndex(({ statement }) => statement.kind === 'label' && statement.name === name);
    const [from, to] = [at(start), at(end)];
    if (from === -1) continue;
    const data = items.find((item, n) => {
      if (item.kind !== 'data') return false;
      const before = items.slice(0, n).findLastIndex(({ kind }) => kind !== 'label' && kind !== 'size');
      const labels = [start, end, ...(cancel === undefined ? [] : [cancel])].map(at);
      return (n > from && n < to) || labels.some((label) => label > before && label < n);
    });
    return data?.statement.kind === 'directive' ? textOf(data.statement) : undefined;
  }
  return undefined;
}

function textOf({ name, args }: DirectiveStatement): string {
  return `${name} ${args.map(({ text }) => text).join(', ')}`.trimEnd();
}
