/** docs/instructions.md: what the simulator covers, from the rows. */
import { FAMILIES, type Row } from './index.js';
import { CONDITIONS } from './conditions.js';

const INTRODUCTION = `# Instructions

What the simulator runs, and with it what the operand check of assembly knows: the integer instructions of user-mode
programs for i386 (80386 to i686) and x86_64. Any other instruction (x87, SSE and later, privileged ones, \`cpuid\`,
\`rdtsc\` …) stops the simulator with "unknown instruction" and its name. It never guesses.

This page is made from the rows of src/x86/table (\`UPDATE_DOCS=1 npm test -- instructions-page\`).

- Forms: operands in AT&T order, source first. \`r\` register, \`m\` memory, \`rm\` either, \`i\` immediate, \`a\` accumulator,
  \`t\` a place to jump to, \`*rm\` one that is read from there; a number is a width in bits of its own. \`si\`, \`di\` and
  \`bx\` are memory that the register addresses. A dash is the form without operands.
- Widths: 8, 16, 32 and 64 bits (64 in x86_64 only). None where the name says it.
- Flags: \`o\` overflow, \`s\` sign, \`z\` zero, \`a\` auxiliary carry, \`p\` parity, \`c\` carry, \`d\` direction, \`*\` all.
- Undefined flags are values that nothing may depend on: a jump that does stops the simulator.
- \`lock\` may stand in front when memory is written.

A condition \`cc\` is one of ${CONDITIONS.map(({ names }) => `\`${names.join('` `')}\``).join(', ')}.
`;

const BITS: Readonly<Record<string, number>> = { b: 8, w: 16, l: 32, q: 64 };

/** Rows that are there once for each condition, shown as one. */
const CONDITIONAL = new Set(['cmov', 'set', 'jcc']);

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

function nameOf(row: Row): string {
  if (row.semantics === 'cmov') return '`cmovcc`';
  if (row.semantics === 'set') return '`setcc`';
  if (row.semantics === 'jcc') return '`jcc`';
  return [row.name, ...(row.synonyms ?? [])].map(code).join(' ');
}

function cells(row: Row): string[] {
  const conditional = CONDITIONAL.has(row.semantics);
  const notes = [
    ...(row.mode === undefined ? [] : [`${row.mode} only`]),
    ...(row.lock ? ['`lock`'] : []),
    ...(row.faults === undefined ? [] : [row.faults]),
    ...(row.depends === undefined ? [] : [row.depends]),
  ];
  return [
    nameOf(row),
    row.forms.map((form) => (form === '' ? '–' : code(form))).join(' '),
    row.widths
      .split('')
      .map((letter) => BITS[letter])
      .join(' '),
    conditional ? 'by condition' : code(row.reads ?? ''),
    code(row.writes ?? ''),
    code(row.undefined ?? ''),
    notes.join('; '),
  ];
}

const HEAD = ['instruction', 'forms', 'widths', 'reads', 'writes', 'undefined', 'notes'];

/** Columns as wide as their widest cell, as the formatter lays them out. */
function table(rows: readonly (readonly string[])[]): string {
  const all = [HEAD, ...rows];
  const widths = HEAD.map((_, n) => Math.max(...all.map((row) => (row[n] ?? '').length)));
  const line = (row: readonly string[]): string => `| ${widths.map((w, n) => (row[n] ?? '').padEnd(w)).join(' | ')} |`;
  return [line(HEAD), `| ${widths.map((w) => '-'.repeat(w)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

function onceEach(rows: readonly Row[]): readonly Row[] {
  const seen = new Set<string>();
  return rows.filter(({ semantics }) => {
    if (!CONDITIONAL.has(semantics)) return true;
    const again = seen.has(semantics);
    seen.add(semantics);
    return !again;
  });
}

export function instructionsPage(): string {
  const sections = FAMILIES.map(({ title, rows }) => `## ${title}\n\n${table(onceEach(rows).map(cells))}\n`);
  return [INTRODUCTION, ...sections].join('\n');
}
