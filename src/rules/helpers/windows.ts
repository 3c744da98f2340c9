/** The labelled windows of a project, each with the routine that holds it and its layout. */
import { instructionsBetween, layoutOf, type Line, type WindowLayout } from '../../ir/analysis/windows.js';
import type { Lifted, Region } from '../../ir/types.js';
import { isX86 } from '../../libc/targets.js';
import type { WindowConvention } from '../../libc/types.js';
import type { Project } from '../../linter/project.js';

export interface Window {
  readonly convention: WindowConvention;
  readonly routine: Lifted;
  readonly layout: WindowLayout;
}

const KNOWN = new WeakMap<Project, readonly Window[]>();

/**
 * Every routine that holds both labels of a window, whatever its name, and the routines of the right name on targets that
 * have no such routine. C routines whose labels come from inline assembly are among them.
 */
export function windowsOf(project: Project): readonly Window[] {
  let windows = KNOWN.get(project);
  if (!windows) {
    windows = project.libc.windows.flatMap((convention) => routinesOf(convention, project));
    KNOWN.set(project, windows);
  }
  return windows;
}

function routinesOf(convention: WindowConvention, project: Project): Window[] {
  const { start, end, routine: name } = convention;
  const has = (f: Lifted, label: string): boolean =>
    f.blocks.some((b) => b.ops.some((op) => op.op === 'label' && op.name === label));
  const functions = project.functions.filter((f) => f.kind !== 'macro');
  const holding = functions.filter((f) => has(f, start) && has(f, end));
  const covered = new Set(holding.flatMap((f) => f.targets));
  const named = functions.filter(
    (f) => f.name === name && !holding.includes(f) && !f.targets.every((t) => covered.has(t)),
  );
  return [...holding, ...named].map((routine) => ({ convention, routine, layout: layoutOf(routine, start, end) }));
}

export const hasLabels = (w: Window): boolean => w.layout.start !== -1 && w.layout.end !== -1;

/** What the order of labels and instructions shows to be wrong: a request can be lost, or a result. */
export interface OrderFaults {
  readonly request?: 'startsLate' | 'startsBehind' | 'endsEarly';
  /** Number of instructions between the system call and the end of the window. */
  readonly result?: number;
}

/** Decides the order of a window in assembly that has both labels and a system call; nothing is wrong with others. */
export function orderFaults(w: Window): OrderFaults {
  const { layout } = w;
  const { lines, start, end, flagRead, kernel } = layout;
  if (!isAssembly(w) || !hasLabels(w) || kernel === -1) return {};
  if (start > kernel) return { request: 'startsBehind' };
  if (end <= kernel) return { request: 'endsEarly' };
  const behind =
    instructionsBetween(layout, kernel, end).length +
    lines.slice(kernel + 1, end).filter((line) => line.kind === 'jump').length;
  // A window that begins right behind the read has every PC inside at which a request has not been seen.
  const between = lines.slice(flagRead + 1, start).some((line) => line.kind !== 'label');
  return {
    ...(flagRead !== -1 && between ? { request: 'startsLate' } : {}),
    ...(behind > 0 ? { result: behind } : {}),
  };
}

/** The kernel is entered through the vDSO. */
export function entersByVdso({ layout }: Window): boolean {
  const line = layout.lines[layout.kernel];
  return line?.kind === 'operation' && line.op.op === 'syscall' && line.op.entry === 'vdso';
}

/** Assembly of an architecture that is not read stands there as something that was not understood. */
export const isRead = (w: Window): boolean => !isAssembly(w) || w.routine.targets.some(isX86);

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
