/**
 * Splits a section into routines.
 *
 * A label that is not local (not `.Lx`, not a number) and is typed `@function` starts a routine. So does one without
 * that type when control cannot get there from the routine before it: the instruction before it ends the flow (or a
 * `.size` closed the routine), no jump from the routine goes to it or beyond it, and no jump from behind it goes back
 * to a local label of the routine. All other labels stay inside the routine that they lie in. That keeps labels like
 * `__cp_begin`, `__cp_end` and `__cp_cancel` where they belong: they are global, but are reached by falling into them or by a jump
 * from the routine. A label that the libc declares as part of a window is kept inside even when it has a function's
 * type, as long as it is reached in one of these ways.
 *
 * Several labels at the same place are one routine. The first that is typed gives its name, the others are aliases.
 */
import { flowOf } from './flow.js';
import { isLocalLabel, type Item, type Layout, type Stream } from './layout.js';
import type { LabelStatement } from './syntax.js';

export interface Routine {
  /** The section's name for code that has no label. */
  readonly name: string;
  readonly label: LabelStatement | undefined;
  readonly aliases: readonly LabelStatement[];
  readonly items: readonly Item[];
  readonly section: string;
  /** The routine that control falls into at the end, if any. */
  next: string | undefined;
}

/** Splits one section. `windowLabels`: names that the libc uses for windows. Parts without any code are left out. */
export function splitRoutines(stream: Stream, layout: Layout, windowLabels: ReadonlySet<string>): Routine[] {
  const starts = findStarts(stream, layout, windowLabels).filter(
    (start, n, all) => n === 0 || !onlyMarks(stream.items.slice(start, all[n + 1]), windowLabels),
  );
  const routines: Routine[] = [];
  starts.forEach((start, n) => {
    const items = stream.items.slice(start, starts[n + 1] ?? stream.items.length);
    const code = items.some((item) => item.kind === 'instruction' || item.kind === 'unknown');
    const data = items.some((item) => item.kind === 'data');
    const head = headLabels(items).filter((label) => !isLocalLabel(label.name) && !windowLabels.has(label.name));
    const typed = head.filter((label) => layout.functions.has(label.name));
    const label = typed[0] ?? head.find((l) => layout.globals.has(l.name)) ?? head[0];
    // Hand-encoded bytes may be the whole of a function.
    if (!code && !(data && typed.length > 0)) return;
    const aliases = head.filter((l) => l !== label);
    routines.push({
      name: label?.name ?? stream.section,
      label,
      aliases,
      items,
      section: stream.section,
      next: undefined,
    });
  });
  routines.forEach((routine, n) => (routine.next = routines[n + 1]?.name));
  return routines;
}

/** Labels of a window with nothing behind them: they mark where the code before them ends. */
function onlyMarks(items: readonly Item[], windowLabels: ReadonlySet<string>): boolean {
  return (
    items.every((item) => item.kind === 'label' || item.kind === 'size') &&
    items.every(({ statement }) => statement.kind !== 'label' || windowLabels.has(statement.name)) &&
    items.some((item) => item.kind === 'label')
  );
}

function headLabels(items: readonly Item[]): LabelStatement[] {
  const labels: LabelStatement[] = [];
  for (const { statement } of items) {
    if (statement.kind === 'label') labels.push(statement);
    else if (statement.kind !== 'directive') break;
  }
  return labels;
}

function endsFlow(item: Item): boolean {
  if (item.statement.kind !== 'instruction') return false;
  const flow = flowOf(item.statement.instruction).f;
  return flow === 'jump' || flow === 'return' || flow === 'stop';
}

interface Jumps {
  /** Position that each jump goes to, by the jump's position; undefined for jumps elsewhere. */
  readonly to: ReadonlyMap<number, number>;
  /** Last position that jumps to a local label, by the label's position. */
  readonly lastFrom: ReadonlyMap<number, number>;
}

function jumpsOf(stream: Stream, layout: Layout): Jumps {
  const positions = new Map(stream.items.map((item, position) => [item.index, position]));
  const to = new Map<number, number>();
  const lastFrom = new Map<number, number>();
  stream.items.forEach(({ statement, index }, position) => {
    if (statement.kind !== 'instruction') return;
    const flow = flowOf(statement.instruction);
    if (flow.f !== 'jump' && flow.f !== 'branch') return;
    const found = flow.target && layout.find(flow.target, index);
    const target = found === undefined ? undefined : positions.get(found);
    if (target === undefined) return;
    to.set(position, target);
    const label = stream.items[target]?.statement;
    if (label?.kind === 'label' && isLocalLabel(label.name)) lastFrom.set(target, position);
  });
  return { to, lastFrom };
}

/** Positions of the items that start routines. */
function findStarts(stream: Stream, layout: Layout, windowLabels: ReadonlySet<string>): number[] {
  const { items } = stream;
  const jumps = jumpsOf(stream, layout);
  const isHard = (name: string): boolean => layout.functions.has(name) && !windowLabels.has(name);
  const hard: number[] = [];
  items.forEach(({ statement }, position) => {
    if (statement.kind === 'label' && isHard(statement.name)) hard.push(position);
  });
  const starts: number[] = [];
  /** No code or data since the last start. */
  let empty = true;
  let falls = true;
  /** The furthest position that the current routine is known to reach. */
  let reach = -1;
  let nextHard = 0;
  items.forEach((item, position) => {
    while ((hard[nextHard] ?? Infinity) <= position) nextHard++;
    const limit = hard[nextHard] ?? Infinity;
    const { statement } = item;
    if (starts.length === 0 && item.kind !== 'size') {
      starts.push(position);
      empty = item.kind === 'label';
    } else if (statement.kind === 'label' && !isLocalLabel(statement.name)) {
      if (!empty && (isHard(statement.name) || (!falls && reach < position))) {
        starts.push(position);
        empty = true;
        reach = -1;
      }
    } else if (item.kind === 'size' && statement.kind === 'directive') {
      const current = items[starts[starts.length - 1] ?? 0]?.statement;
      if (current?.kind === 'label' && current.name === statement.args[0]?.text) falls = false;
    }
    if (item.kind === 'label') {
      const last = jumps.lastFrom.get(position);
      if (last !== undefined && last < limit) reach = Math.max(reach, last);
    } else if (item.kind !== 'size') {
      empty = false;
      if (item.kind !== 'data') falls = !endsFlow(item);
      const target = jumps.to.get(position);
      if (target !== undefined && target < limit) reach = Math.max(reach, target);
    }
  });
  return starts;
}
