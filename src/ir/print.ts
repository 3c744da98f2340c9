/**
 * A lifted function as text (`--print-ir`): what fixtures hold as expected output, so it changes only on purpose.
 * Every line ends in the place it comes from; a place in another file, or inside a macro, is spelled out.
 */
import { printOp, printTerminator } from './print-op.js';
import type { Lifted, Origin, Region } from './types.js';

const PLACE_COLUMN = 72;

/** The dump of one function, ending in a line feed. */
export function printLifted(lifted: Lifted): string {
  const file = lifted.nameAt.file;
  const lines = [
    `${lifted.isStatic ? 'static ' : ''}${lifted.kind} ${lifted.name}(${lifted.params.join(', ')})`,
    `  at ${file}:${lifted.nameAt.line}:${lifted.nameAt.column}`,
    `  targets ${lifted.targets.join(', ')}`,
  ];
  if (lifted.returns !== '') lines.push(`  returns ${lifted.returns}`);
  const types = Object.entries(lifted.types).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const [name, type] of types) lines.push(`  type ${name}: ${type}`);
  if (lifted.notUnderstood > 0) lines.push(`  not understood: ${lifted.notUnderstood}`);
  for (const block of lifted.blocks) {
    lines.push(`b${block.id}:`);
    for (const op of block.ops) lines.push(withPlace(printOp(op), op.origin, file));
    lines.push(withPlace(printTerminator(block.end), block.end.origin, file));
  }
  return `${lines.join('\n')}\n`;
}

function withPlace(text: string, origin: Origin, file: string): string {
  return `${`  ${text}`.padEnd(PLACE_COLUMN)} ; ${place(origin, file)}`;
}

function place(origin: Origin, file: string): string {
  const parts = [position(origin.at, file)];
  if (origin.macros !== undefined && origin.macros.length > 0) parts.push(`in ${origin.macros.join(' > ')}`);
  if (origin.definition !== undefined) parts.push(`from ${position(origin.definition, file)}`);
  return parts.join(' ');
}

function position(at: Region, file: string): string {
  const own = `${at.line}:${at.column}`;
  return at.file === file ? own : `${at.file}:${own}`;
}
