/**
 * A public function by which a program blocks, waits for or handles the cancellation signal. POSIX.1-2024 XSH 2.9.5.2: a
 * request is acted upon in a call that waits, whatever signals the program has blocked; the signal by which a libc does
 * that is none of the program's.
 */
import { operations } from '../ir/analysis/reach.js';
import type { Lifted, Op, Target } from '../ir/types.js';
import type { Project } from '../linter/project.js';
import { SIGNAL_FUNCTIONS, type SignalUse } from '../posix/index.js';
import { defineRule, type Report } from './define-rule.js';
import { OwnSignals } from './helpers/own-signals.js';
import { kernelCall, parameterOf } from './helpers/signal-calls.js';
import { canceller, kernel, victim } from './helpers/steps.js';

type MessageId = 'blocked' | 'suspended' | 'waited' | 'handled';

const MESSAGES: Readonly<Record<SignalUse, MessageId>> = {
  blocks: 'blocked',
  suspends: 'suspended',
  waits: 'waited',
  handles: 'handled',
};

/** Calls between a public function and the kernel. */
const MAX_CALLS = 6;

/** Where a parameter reaches the kernel as it was given. */
interface Leak {
  readonly f: Lifted;
  readonly op: Op;
}
type Way = { readonly leaks: readonly Leak[] } | 'filtered';

export default defineRule<MessageId>({
  id: 'signal-mask-exposed',
  meta: {
    category: 'handler',
    description: 'A function that lets programs block, wait for or handle the cancellation signal',
    explanation:
      'The signal that wakes a thread for a request belongs to the library. A program that blocks it is not woken, one that waits for it takes the request for a signal of its own, and one that installs a handler has the library’s taken away. It need not mean to: a set filled by sigfillset, or a loop over all numbers, is enough.',
    messages: {
      blocked:
        "The set that a program gives to '{names}' reaches the kernel with '{signal}' in it, where '{builder}' has put it: a thread that has blocked every signal is not woken by a request",
      suspended:
        "The mask that a program gives to '{names}' reaches the kernel with '{signal}' in it, where '{builder}' has put it: a request does not end the wait",
      waited:
        "The set that a program gives to '{names}' reaches the kernel with '{signal}' in it, where '{builder}' has put it: the wait takes the signal of a request, and nobody acts on it",
      handled:
        "The signal that a program gives to '{names}' reaches the kernel where it is '{signal}': the program's handler takes the place of the library's",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: [],
    references: [
      'POSIX.1-2024 XSH 2.9.5.2 Cancellation Points',
      'POSIX.1-2024 sigfillset, pthread_sigmask, sigwait, sigaction',
      'https://sourceware.org/bugzilla/show_bug.cgi?id=22391',
    ],
  },
  run({ project, report }) {
    const own = new OwnSignals(project);
    const [signal] = own.cancel;
    if (!own.areKnown || signal === undefined) return;
    const found = new Map<
      Op,
      { leak: Leak; use: SignalUse; names: Set<string>; targets: Set<Target>; builder: string }
    >();
    const all = project.targets.map((target) => new Ways(project, own, target));
    for (const ways of all) {
      const { target } = ways;
      const builder = own.builder(target, (name) => ways.definitions(name));
      for (const [name, { use, parameter }] of SIGNAL_FUNCTIONS) {
        // A mask that is there only while a function waits is made for it: nobody adds signals by number for that.
        if (use !== 'handles' && (builder === undefined || (use === 'suspends' && builder !== 'sigfillset'))) continue;
        const way = ways.of(name, undefined, parameter, use);
        if (way === 'filtered' || all.some((w) => w.of(name, undefined, parameter, use) === 'filtered')) continue;
        for (const leak of onePerFunction(way.leaks)) {
          const known = found.get(leak.op);
          if (known) {
            known.names.add(name);
            known.targets.add(target);
          } else {
            const first = { names: new Set([name]), targets: new Set([target]), builder: builder ?? '' };
            found.set(leak.op, { leak, use, ...first });
          }
        }
      }
    }
    for (const { leak, use, names, targets, builder } of found.values())
      report(toReport(leak, use, [...names].sort().join("', '"), { signal, builder, targets: [...targets] }));
  },
});

/** Ways from public functions to the kernel in the build for a target. */
class Ways {
  private readonly byName = new Map<string, Lifted[]>();

  constructor(
    private readonly project: Project,
    private readonly own: OwnSignals,
    readonly target: Target,
  ) {
    for (const f of project.functions)
      if ((f.kind === 'function' || f.kind === 'generated') && f.targets.includes(target)) this.add(f.name, f);
    const direct = new Map(this.byName);
    for (const { alias, of, at, targets } of project.aliases) {
      if (!targets.includes(target)) continue;
      for (const f of direct.get(of) ?? []) if (f.nameAt.file === at.file) this.add(alias, f);
    }
  }

  private add(name: string, f: Lifted): void {
    const list = this.byName.get(name);
    if (list?.includes(f)) return;
    this.byName.set(name, [...(list ?? []), f]);
  }

  /** Every definition of a name that code in a file may mean, as no include path and no link order is known. */
  definitions(name: string, file?: string): readonly Lifted[] {
    const all = this.byName.get(name) ?? [];
    const here = all.filter((f) => f.nameAt.file === file);
    if (here.length > 0) return here;
    const outside = all.filter((f) => !f.isStatic || f.nameAt.file.endsWith('.h'));
    const rank = (f: Lifted): number => Math.floor(this.project.libc.files.rank(f.nameAt.file, this.target));
    // Those that stand for other systems come last, and what the thread library puts in front not always first.
    const best = Math.max(...outside.map(rank));
    return outside.filter((f) => rank(f) >= best - 1);
  }

  /** One definition that knows the signal is enough to say nothing: the build may take that one. */
  of(name: string, file: string | undefined, parameter: number, use: SignalUse, depth = 0): Way {
    if (depth > MAX_CALLS) return 'filtered';
    const leaks: Leak[] = [];
    for (const f of this.definitions(name, file)) {
      const way = this.through(f, parameter, use, depth);
      if (way === 'filtered') return way;
      leaks.push(...way.leaks);
    }
    return { leaks };
  }

  private through(f: Lifted, parameter: number, use: SignalUse, depth: number): Way {
    const { own, project, target } = this;
    if (own.knows(f) || f.notUnderstood > 0) return 'filtered';
    const name = f.params[parameter];
    if (name === undefined) return { leaks: [] };
    const reached = use === 'handles' ? own.reachedWith(f, name, target) : operations(f).map(({ op }) => op);
    if (!reached) return 'filtered';
    const leaks: Leak[] = [];
    const passed = operations(f).map(({ op }) => op);
    for (const op of passed) {
      const call = kernelCall(op, project);
      const isLeak = call?.use === use && parameterOf(f, call.given, project) === parameter;
      const calls = op.op === 'call' && op.callee !== undefined && op.callee !== f.name ? op : undefined;
      const given = calls?.args.findIndex((arg) => parameterOf(f, arg, project) === parameter) ?? -1;
      if (!isLeak && given === -1) continue;
      // The function does not come here with the signal: it has asked for it by number.
      if (!reached.includes(op)) return 'filtered';
      if (isLeak) leaks.push({ f, op });
      else if (calls?.callee !== undefined) {
        const way = this.of(calls.callee, f.nameAt.file, given, use, depth + 1);
        if (way === 'filtered') return way;
        leaks.push(...way.leaks);
      }
    }
    return { leaks };
  }
}

const onePerFunction = (leaks: readonly Leak[]): Leak[] =>
  leaks.filter((leak, i) => leaks.findIndex((other) => other.f === leak.f) === i);

function toReport(
  { f, op }: Leak,
  use: SignalUse,
  names: string,
  {
    signal,
    builder,
    targets,
  }: { readonly signal: string; readonly builder: string; readonly targets: readonly Target[] },
): Report<MessageId> {
  const at = op.origin.at;
  const data = { names, signal, ...(use === 'handles' ? {} : { builder }) };
  const sends = canceller(at, `pthread_cancel stores the request and sends '${signal}'`);
  const makes = victim(at, `a program puts every signal into a set by '${builder}' and calls '${names}'`);
  const flow = {
    blocks: [makes, sends, kernel(at, 'the signal stays pending: a call that the thread waits in is not interrupted')],
    suspends: [makes, sends, kernel(at, 'the signal stays pending, and the wait goes on')],
    waits: [
      makes,
      sends,
      kernel(at, 'the wait takes the signal, and no handler runs'),
      victim(at, 'it is returned to the program'),
    ],
    handles: [
      victim(at, `a program installs a handler for the number of '${signal}'`),
      sends,
      kernel(at, "the program's handler runs in place of the library's, or none does"),
    ],
  }[use];
  return { messageId: MESSAGES[use], data, at, in: f, targets, flow, anchor: `${MESSAGES[use]} ${signal}` };
}
