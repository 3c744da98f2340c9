/** What the way from a call to where a request is acted upon asks for, of what is read behind the call. */
import type { Reached } from '../../ir/analysis/reach.js';
import { some } from '../../ir/expressions.js';
import type { Expr, Lifted, Op, OpId, Region } from '../../ir/types.js';
import type { Project } from '../../linter/project.js';
import { asksState } from './asks-state.js';

export interface Asked {
  readonly request: boolean;
  /** Whether cancellation is enabled. */
  readonly state: boolean;
}

/**
 * A function that the way calls, and whose result decides, is taken to ask for both, unless the libc's data says for
 * which. What is in a variable since before the call is not read behind it.
 */
export function askedBehind(f: Lifted, { way, passed }: Reached, project: Project): Asked {
  const stateNames = new Set((project.libc.asksState ?? []).flatMap((one) => one.names));
  const isStateWord = (e: Expr): boolean => e.k === 'member' && stateNames.has(e.field);
  const [request, state] = [new Held(() => false), new Held(isStateWord)];
  const isCopy = (e: Expr): boolean => e.k === 'name' && (e.name in f.types || f.params.includes(e.name));
  for (const op of passed()) {
    switch (op.op) {
      case 'load-flag':
        if (isCopy(op.source) && !request.isIn(op.source)) break;
        request.add(op.id);
        if (project.roles.has(op.flag, 'request-test')) state.add(op.id);
        break;
      case 'call':
        if (!stateNames.has(op.callee ?? '')) request.add(op.id);
        else if (!op.args.some((a) => request.isIn(a) || !isCopy(a))) break;
        state.add(op.id);
        break;
      case 'assign':
        request.assign(op);
        state.assign(op);
        break;
      default:
    }
  }
  const conditions = way.flatMap((end) => (end.t === 'branch' ? [end.condition] : []));
  return {
    request: conditions.some((e) => request.isIn(e)),
    state: conditions.some((e) => state.isIn(e)),
  };
}

/** The first place in front of another one where a function reads the cancel state, or asks for it. */
export function stateReadBefore({ line }: Region, f: Lifted, project: Project): Region | undefined {
  const stateNames = new Set((project.libc.asksState ?? []).flatMap((one) => one.names));
  const reads = (e: Expr): boolean => e.k === 'member' && stateNames.has(e.field);
  const asks = asksState(f, project);
  for (const { ops, end } of f.blocks) {
    const read = ops.find((op) => op.op === 'assign' && some(op.value, reads));
    const { at } = (read ?? end).origin;
    if ((read || asks(end)) && at.line < line) return at;
  }
  return undefined;
}

/** The results and variables that hold something. */
class Held {
  private readonly results = new Set<OpId>();
  private readonly names = new Set<string>();

  constructor(private readonly isItself: (e: Expr) => boolean) {}

  add(result: OpId): void {
    this.results.add(result);
  }

  assign({ target, value }: Extract<Op, { op: 'assign' }>): void {
    if (target.k !== 'name') return;
    if (this.isIn(value)) this.names.add(target.name);
    else this.names.delete(target.name);
  }

  isIn(expr: Expr): boolean {
    return some(
      expr,
      (e) =>
        this.isItself(e) || (e.k === 'result' && this.results.has(e.op)) || (e.k === 'name' && this.names.has(e.name)),
    );
  }
}
