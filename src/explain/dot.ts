/** A window as a Graphviz graph: instructions from top to bottom, and where a request at each leads to. */
import { visible } from '../formatters/visible.js';
import { isWrong, type Explanation, type InstructionRow, type Outcome } from './model.js';
import { callInWords, outcomeInWords, placeOf } from './words.js';

export function explainDot(explanation: Explanation): string {
  const { rows, routine, target, start, end } = explanation;
  const ends = new Map<string, { readonly id: string; readonly outcome: Outcome }>();
  const endOf = (outcome: Outcome): string => {
    const words = outcomeInWords(outcome, explanation);
    const known = ends.get(words) ?? { id: `o${String(ends.size)}`, outcome };
    ends.set(words, known);
    return known.id;
  };
  const shown = rows.flatMap((row, i) => (row.row === 'instruction' ? [{ row, id: `i${String(i)}` }] : []));
  const node = ({ row, id }: { row: InstructionRow; id: string }): string =>
    `${id} [label=${quoted(`${placeOf(row)}: ${row.text}`)}${row.faults.length > 0 ? ', color=red, penwidth=2' : ''}];`;
  const inside = shown.filter(({ row }) => row.inside);
  const order = shown.slice(1).map(({ id }, i) => `${shown[i]?.id ?? ''} -> ${id} [style=dotted, arrowhead=none];`);
  const edges = shown.flatMap(({ row, id }) => {
    if (row.calls.length > 0)
      return row.calls.map((call) => edge(id, endOf(call.outcome), call.outcome, callInWords(call)));
    return row.outcome ? [edge(id, endOf(row.outcome), row.outcome)] : [];
  });
  return [
    `digraph ${quoted(`${routine} (${target})`)} {`,
    '  rankdir=TB; node [shape=box, fontname="monospace"]; edge [fontname="sans-serif"];',
    `  subgraph cluster_window { label=${quoted(`${start} to ${end}`)}; style=rounded; color=darkgreen;`,
    ...inside.map((one) => `    ${node(one)}`),
    '  }',
    ...shown.filter(({ row }) => !row.inside).map((one) => `  ${node(one)}`),
    ...order.map((line) => `  ${line}`),
    ...edges.map((line) => `  ${line}`),
    ...[...ends].map(
      ([words, { id, outcome }]) =>
        `  ${id} [label=${quoted(words)}, shape=ellipse, fontname="sans-serif"${isWrong(outcome) ? ', color=red' : ''}];`,
    ),
    '}',
    '',
  ].join('\n');
}

const edge = (from: string, to: string, outcome: Outcome, label?: string): string =>
  `${from} -> ${to} [constraint=false${label === undefined ? '' : `, label=${quoted(label)}`}${isWrong(outcome) ? ', color=red' : ''}];`;

/** DOT, "ID": in double quotes only the quote and the backslash stand for something. */
const quoted = (text: string): string => `"${visible(text).replace(/[\\"]/g, '\\$&')}"`;
