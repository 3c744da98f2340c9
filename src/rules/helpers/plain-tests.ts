/**
 * Tests for a request that a libc makes right in front of its system calls instead of a window (dietlibc). One function
 * that does so decides for itself; two that do it by the same name show how the library works.
 */
import { after, operations } from '../../ir/analysis/reach.js';
import type { Lifted, Region } from '../../ir/types.js';
import type { Step } from '../../linter/finding.js';
import type { Project } from '../../linter/project.js';
import { blockingCall } from './blocking.js';
import { addUse, holdersOf, type Use } from './mechanism.js';
import { canceller, victim } from './steps.js';

export interface PlainTest {
  readonly name: string;
  readonly at: Region;
  readonly lifted: Lifted | undefined;
  readonly uses: Use[];
  readonly flow: readonly Step[];
}

const KNOWN = new WeakMap<Project, readonly PlainTest[]>();

/** None where the library has a window or an asynchronous bracket: then that is how it works. */
export function plainTestsOf(project: Project): readonly PlainTest[] {
  let found = KNOWN.get(project);
  if (!found) {
    const other = hasWindow(project) || holdersOf(project).some((h) => h.uses.length > 0);
    KNOWN.set(project, (found = other ? [] : search(project)));
  }
  return found;
}

/** Some function enters a window. */
function hasWindow(project: Project): boolean {
  return project.functions.some((f) => f.kind !== 'macro' && operations(f).some(({ op }) => op.op === 'window-call'));
}

function search(project: Project): PlainTest[] {
  const tests = new Map<string, PlainTest>();
  for (const f of project.functions) {
    if (f.kind === 'macro' || f.kind === 'assembly') continue;
    for (const { op, place } of operations(f)) {
      if (op.op !== 'test-cancel') continue;
      const next = after(f, place, { stopAt: (o) => o.op === 'syscall' }).find(
        (r) => blockingCall(r.op, project) !== undefined,
      );
      if (!next || next.way.length > 0) continue;
      const name = op.origin.macros?.[0] ?? op.how;
      const definition = project.functions.find((d) => d.name === name);
      const test = tests.get(name) ?? {
        name,
        at: definition?.nameAt ?? op.origin.at,
        lifted: definition,
        uses: [],
        flow: [
          victim(op.origin.at, 'the test finds no request'),
          canceller(next.op.origin.at, 'pthread_cancel sets the flag and sends the cancellation signal'),
          victim(
            next.op.origin.at,
            'the handler cannot tell where it interrupted the thread and lets it go on; the call blocks although a request is pending',
          ),
        ],
      };
      addUse(test.uses, { at: op.origin.at, function: f.name, targets: f.targets });
      tests.set(name, test);
    }
  }
  return [...tests.values()].filter((t) => t.uses.length > 1);
}
