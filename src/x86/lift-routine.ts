/**
 * Lifts one routine. Its blocks come in address order, so that their operations one after the other are the routine
 * in address order. Blocks that only lead out of the routine (the way of a conditional jump to another function)
 * follow after those and hold no operation.
 */
import type { OpDraft } from '../ir/builder.js';
import type { Block, Expr, Lifted, Op, Origin, Problem, Region, Target, Terminator } from '../ir/types.js';
import type { Roles } from '../libc/roles.js';
import { flowOf } from './flow.js';
import { instructionOp } from './instruction-op.js';
import type { Item, Layout } from './layout.js';
import { NumberRegister } from './number-register.js';
import type { Routine } from './routines.js';
import type { AsmExpr, AssemblyUnit } from './syntax.js';
import { exprOf, plainName } from './to-expr.js';

export interface RoutineContext {
  readonly unit: AssemblyUnit;
  readonly layout: Layout;
  readonly roles: Roles;
  readonly targets: readonly Target[];
}

/** How a block ends, with jump targets still as places in the unit. */
type Exit =
  | { readonly e: 'fall'; readonly origin: Origin }
  | {
      readonly e: 'jump' | 'branch';
      readonly to: AsmExpr | undefined;
      /** Index of the jump's statement. */
      readonly from: number;
      readonly mnemonic: string;
      readonly text: string;
      readonly origin: Origin;
    }
  | { readonly e: 'done'; readonly end: Terminator };

interface Draft {
  readonly id: number;
  readonly ops: Op[];
  exit: Exit | undefined;
  /** Control can get here. */
  entered: boolean;
}

/** Gives the routine in the intermediate representation and what in it was not understood beyond the unit's own problems. */
export function liftRoutine(
  routine: Routine,
  context: RoutineContext,
): { lifted: Lifted; problems: readonly Problem[] } {
  return new RoutineLifter(routine, context).run();
}

class RoutineLifter {
  private readonly drafts: Draft[] = [];
  private current: Draft | undefined;
  /** Block that each label (by its statement's index) starts. */
  private readonly starts = new Map<number, number>();
  private readonly targets = new Set<number>();
  private readonly number = new NumberRegister();
  private readonly problems: Problem[] = [];
  private readonly extra: Block[] = [];
  private nextOp = 0;
  private notUnderstood = 0;
  private last: Origin | undefined;

  constructor(
    private readonly routine: Routine,
    private readonly context: RoutineContext,
  ) {}

  run(): { lifted: Lifted; problems: readonly Problem[] } {
    const { routine, context } = this;
    this.findTargets();
    for (const item of routine.items) this.item(item);
    const extent = this.extent();
    if (this.drafts.length === 0) this.open(true);
    const blocks = this.drafts.map((draft): Block => ({ id: draft.id, ops: draft.ops, end: this.terminator(draft) }));
    const { label } = routine;
    const nameAt = label
      ? context.unit.origin(label.span).at
      : { ...extent, endLine: extent.line, endColumn: extent.column };
    const all = [...blocks, ...this.extra];
    const lifted: Lifted = {
      kind: 'assembly',
      name: routine.name,
      params: [],
      returns: '',
      types: {},
      nameAt,
      extent,
      isStatic: label !== undefined && !context.layout.globals.has(label.name) && !context.layout.weak.has(label.name),
      targets: context.targets,
      blocks: all,
      notUnderstood: this.notUnderstood + all.filter((block) => block.end.t === 'unknown').length,
    };
    return { lifted, problems: this.problems };
  }

  /** Labels that a jump of this routine goes to: there the number's register may hold anything. */
  private findTargets(): void {
    for (const { statement, index } of this.routine.items) {
      if (statement.kind !== 'instruction') continue;
      const flow = flowOf(statement.instruction);
      if (flow.f === 'next' || flow.f === 'return' || flow.f === 'stop' || !flow.target) continue;
      const found = this.context.layout.find(flow.target, index);
      if (found !== undefined) this.targets.add(found);
    }
  }

  private item(item: Item): void {
    const { statement, index } = item;
    const origin = this.context.unit.origin(statement.span);
    switch (statement.kind) {
      case 'label': {
        const block = this.startsBlock(origin);
        this.starts.set(index, block.id);
        if (this.targets.has(index)) this.number.forget();
        if (this.targets.has(index) || this.context.layout.functions.has(statement.name)) block.entered = true;
        this.push(block, { op: 'label', name: statement.name, origin });
        return;
      }
      case 'instruction': {
        const { instruction } = statement;
        const flow = flowOf(instruction);
        const block = this.block();
        this.last = origin;
        switch (flow.f) {
          case 'return':
            block.exit = { e: 'done', end: { t: 'return', origin } };
            break;
          case 'jump':
          case 'branch':
            block.exit = {
              e: flow.f,
              to: flow.target,
              from: index,
              mnemonic: instruction.mnemonic,
              text: statement.text,
              origin,
            };
            break;
          case 'call':
          case 'next':
          case 'stop': {
            const { op, stops } = instructionOp(statement, this.context.roles, this.number, origin);
            this.push(block, op);
            if (stops) block.exit = { e: 'done', end: { t: 'unreachable', origin } };
          }
        }
        this.closeIfEnded();
        return;
      }
      case 'unknown':
        this.number.forget();
        this.last = origin;
        this.push(this.block(), { op: 'not-understood', text: statement.text, reason: statement.reason, origin });
        return;
      case 'directive':
        if (item.kind === 'data') this.data(statement.name, origin);
        return;
      case 'assignment':
        return;
    }
  }

  /** Bytes where instructions run are instructions that somebody encoded by hand; elsewhere they are tables. */
  private data(name: string, origin: Origin): void {
    if (!this.current?.entered) return;
    this.number.forget();
    this.last = origin;
    const reason = 'data where instructions run';
    this.push(this.current, { op: 'not-understood', text: name, reason, origin });
    this.problems.push({
      kind: 'not-lifted',
      message: `${reason} (${name})`,
      at: origin.at,
      function: this.routine.name,
    });
  }

  private open(entered: boolean): Draft {
    const draft: Draft = { id: this.drafts.length, ops: [], exit: undefined, entered };
    this.drafts.push(draft);
    this.current = draft;
    return draft;
  }

  /** The block that code at this place goes to. Code behind a jump is a block of its own even without a label. */
  private block(): Draft {
    const block = this.current ?? this.open(true);
    block.entered = true;
    return block;
  }

  /** A label starts a block, except right after another label. */
  private startsBlock(origin: Origin): Draft {
    if (this.current?.ops.every((op) => op.op === 'label')) return this.current;
    if (this.current) this.current.exit = { e: 'fall', origin };
    return this.open(this.current !== undefined);
  }

  private closeIfEnded(): void {
    const exit = this.current?.exit;
    if (!exit) return;
    if (exit.e !== 'branch') this.number.forget();
    this.current = undefined;
    // What follows a conditional jump is reached without a label.
    if (exit.e === 'branch') this.open(true);
  }

  private push(block: Draft, draft: OpDraft): void {
    block.ops.push({ ...draft, id: this.nextOp++ });
    if (draft.op === 'not-understood') this.notUnderstood++;
  }

  private terminator(draft: Draft): Terminator {
    const { exit, id } = draft;
    if (!exit) return this.offTheEnd(draft);
    switch (exit.e) {
      case 'done':
        return exit.end;
      case 'fall':
        return { t: 'goto', to: id + 1, origin: exit.origin };
      case 'jump': {
        const to = this.inside(exit.to, exit.from);
        return to === undefined ? this.leave(exit) : { t: 'goto', to, origin: exit.origin };
      }
      case 'branch': {
        const then = this.inside(exit.to, exit.from) ?? this.outside(this.leave(exit));
        const condition: Expr = { k: 'unknown', text: exit.mnemonic };
        return { t: 'branch', condition, then, otherwise: id + 1, origin: exit.origin };
      }
    }
  }

  private inside(to: AsmExpr | undefined, from: number): number | undefined {
    const found = to && this.context.layout.find(to, from);
    return found === undefined ? undefined : this.starts.get(found);
  }

  /** A block without operations that leaves the routine. */
  private outside(end: Terminator): number {
    const id = this.drafts.length + this.extra.length;
    this.extra.push({ id, ops: [], end });
    return id;
  }

  /** A jump to a name, which may be another file's, or to a label of another routine of this one. */
  private leave({ to, from, text, origin }: Exclude<Exit, { e: 'fall' | 'done' }>): Terminator {
    if (to?.k === 'symbol') return { t: 'tail', target: { k: 'name', name: plainName(to) }, origin };
    if (to?.k === 'numeric' && this.context.layout.find(to, from) !== undefined)
      return { t: 'tail', target: exprOf(to), origin };
    return { t: 'unknown', text, origin };
  }

  /** The routine's last block goes on into what follows in the section. */
  private offTheEnd(draft: Draft): Terminator {
    const origin = this.last ?? draft.ops[0]?.origin ?? { at: this.extent() };
    const { next } = this.routine;
    const last = draft.ops[draft.ops.length - 1];
    // A label at the very end that only marks it, with nothing leading there.
    if (!draft.entered) return { t: 'unreachable', origin };
    if (next !== undefined) return { t: 'tail', target: { k: 'name', name: next }, origin };
    // Nothing follows a call like exit, sigreturn or the one that acts on a request because it does not come back.
    if (last?.op === 'syscall' || last?.op === 'call' || last?.op === 'act') return { t: 'unreachable', origin };
    const { section } = this.routine;
    // Startup files put pieces of one function into these sections, and the linker joins them.
    if (/^\.(?:init|fini)$/.test(section))
      return { t: 'tail', target: { k: 'unknown', text: `rest of ${section}` }, origin };
    return { t: 'unknown', text: 'runs on past the end of the section', origin };
  }

  private extent(): Region {
    const { items } = this.routine;
    const first = items[0];
    // Directives and labels after the last code belong to nobody.
    const last =
      [...items].reverse().find((i) => i.kind === 'instruction' || i.kind === 'unknown' || i.kind === 'data') ?? first;
    const none: Region = { file: this.context.unit.file, line: 1, column: 1, endLine: 1, endColumn: 1 };
    const from = first ? this.context.unit.origin(first.statement.span).at : none;
    const to = last ? this.context.unit.origin(last.statement.span).at : from;
    return { ...from, endLine: to.endLine, endColumn: to.endColumn };
  }
}
