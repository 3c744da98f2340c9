/** The dumps behind `--print-ir` and `--print-cfg`, of what was asked for. */
import { printDot } from '../ir/dot.js';
import { printLifted } from '../ir/print.js';
import type { Project } from '../linter/project.js';

/** Every lifted function of the linted files. */
export function printProject(project: Project, what: 'ir' | 'cfg'): string {
  const print = what === 'ir' ? printLifted : printDot;
  return project.functions
    .filter((lifted) => project.isLinted(lifted.nameAt.file))
    .map(print)
    .join('\n');
}
