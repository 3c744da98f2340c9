/** A lifted function's control flow as a Graphviz graph (`--print-cfg`). */
import { printExpr } from './print-expr.js';
import { caseLabel, printOp, printTerminator } from './print-op.js';
import type { Block, Lifted } from './types.js';

interface Edge {
  readonly to: number;
  readonly label?: string;
}

/** The graph of one function, ending in a line feed. */
export function printDot(lifted: Lifted): string {
  const lines = [
    `digraph ${quote(lifted.name)} {`,
    `  label=${quote(title(lifted))};`,
    '  node [shape=box, fontname="monospace"];',
  ];
  for (const block of lifted.blocks) {
    const text = [`b${block.id}`, ...block.ops.map(printOp), printTerminator(block.end)];
    lines.push(`  b${block.id} [label="${text.map((line) => `${escape(line)}\\l`).join('')}"];`);
  }
  for (const block of lifted.blocks) {
    for (const edge of edges(block)) {
      const label = edge.label === undefined ? '' : ` [label=${quote(edge.label)}]`;
      lines.push(`  b${block.id} -> b${edge.to}${label};`);
    }
  }
  lines.push('}');
  return `${lines.join('\n')}\n`;
}

function title(lifted: Lifted): string {
  return `${lifted.name} (${lifted.nameAt.file}:${lifted.nameAt.line}) ${lifted.targets.join(', ')}`;
}

/** Ends that leave the function have no edge: the terminator's text in the block says where to. */
function edges(block: Block): readonly Edge[] {
  const { end } = block;
  switch (end.t) {
    case 'goto':
      return [{ to: end.to }];
    case 'branch':
      return [
        { to: end.then, label: printExpr(end.condition) },
        { to: end.otherwise, label: 'else' },
      ];
    case 'switch':
      return end.cases.map((one) => ({ to: one.to, label: caseLabel(one.values) }));
    case 'return':
    case 'tail':
    case 'unreachable':
    case 'unknown':
      return [];
    default:
      return unreachable(end);
  }
}

function quote(text: string): string {
  return `"${escape(text)}"`;
}

function escape(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\r?\n/g, ' ');
}

function unreachable(value: never): never {
  throw new Error(`no such end: ${JSON.stringify(value)}`);
}
