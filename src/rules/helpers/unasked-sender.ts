/** Where the cancellation signal is sent to a thread that may have disabled cancellation. */
import { reach } from '../../ir/analysis/reach.js';
import type { Lifted, Op, Region } from '../../ir/types.js';
import type { Project } from '../../linter/project.js';
import { asksState } from './asks-state.js';
import { isHandler } from './handlers.js';
import { sentBy } from './signals.js';

export interface Sender {
  readonly f: Lifted;
  readonly at: Region;
  readonly signal: string;
}

/** A function that sends the signal to a thread it is given, by a way that does not ask for the cancel state or type of the thread. */
export function unaskedSender(project: Project, signals: ReadonlySet<string>): Sender | undefined {
  for (const f of project.functions) {
    // A handler that hands the signal on is not where it comes from.
    if (f.kind !== 'function' || isHandler(f)) continue;
    const asks = asksState(f, project);
    const tests = (op: Op): boolean => op.op === 'load-flag' && project.roles.has(op.flag, 'request-test');
    for (const { op, way, passed } of reach(f, { block: 0, index: 0 })) {
      const signal = op.op === 'call' ? sentBy(op, f, signals) : undefined;
      if (signal !== undefined && !way.some(asks) && !passed().some(tests)) return { f, at: op.origin.at, signal };
    }
  }
  return undefined;
}
