/** The labelled windows of a project, each with the routine that holds it and its layout. */
import { layoutOf, type Line, type WindowLayout } from '../../ir/analysis/windows.js';
import type { Lifted, Region } from '../../ir/types.js';
import type { WindowConvention } from '../../libc/types.js';
import type { Project } from '../../linter/project.js';

export interface Window {
  readonly convention: WindowConvention;
  readonly routine: Lifted;
  readonly layout: WindowLayout;
}

const KNOWN = new WeakMap<Project, readonly Window[]>();

/** Every routine of the right name, with labels or without. C routines whose labels come from inline assembly are among them. */
export function windowsOf(project: Project): readonly Window[] {
  let windows = KNOWN.get(project);
  if (!windows) {
    windows = project.libc.windows.flatMap((convention) =>
      project.functions
        .filter((f) => f.kind !== 'macro' && f.name === convention.routine)
        .map((routine) => ({ convention, routine, layout: layoutOf(routine, convention.start, convention.end) })),
    );
    KNOWN.set(project, windows);
  }
  return windows;
}

export const hasLabels = (w: Window): boolean => w.layout.start !== -1 && w.layout.end !== -1;

export const isAssembly = (w: Window): boolean => w.routine.kind === 'assembly';

/** Where a line of the listing stands. */
export function placeOf(line: Line | undefined, otherwise: Region): Region {
  if (!line) return otherwise;
  return line.kind === 'jump' ? line.end.origin.at : line.op.origin.at;
}

/** A line as it is written, for messages. */
export function textOf(line: Line | undefined): string {
  if (!line) return '?';
  if (line.kind === 'jump')
    return line.end.t === 'branch' && line.end.condition.k === 'unknown' ? line.end.condition.text : 'the jump';
  if (line.kind === 'label') return `${line.op.name}:`;
  const { op } = line;
  return op.op === 'instruction' ? op.text : op.op === 'syscall' ? op.via : op.op;
}
