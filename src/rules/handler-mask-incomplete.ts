/**
 * Where the cancellation signal is blocked and should not be, or is not and should be: in the mask that a handler leaves
 * behind, in that of a new thread, and while a handler runs that must not be unwound. POSIX.1-2024 XSH 2.4.3: a handler
 * runs with its signal and those of sa_mask blocked; pthread_create: a new thread inherits the signal mask.
 */
import { after, operations } from '../ir/analysis/reach.js';
import { bare, some } from '../ir/expressions.js';
import type { AssignOp, CallOp, Expr, Lifted, Op } from '../ir/types.js';
import type { Project } from '../linter/project.js';
import { defineRule, type Report } from './define-rule.js';
import { isHandler } from './helpers/handlers.js';
import { OwnSignals } from './helpers/own-signals.js';
import { redirectsIn } from './helpers/redirects.js';
import { argumentsOf, kernelCall, maskChange, variableOf } from './helpers/signal-calls.js';
import { functionGiven, holdsCancel, lacksCancel, reachedUnsaved, setName } from './helpers/signal-sets.js';
import { canceller, kernel, victim } from './helpers/steps.js';
import { balanceOf } from './helpers/vocabulary.js';

type MessageId = 'unsaved' | 'unblocked' | 'inherited' | 'interrupted' | 'lost';

const INSTALLS = /(?:^|_)sigaction$/;
/** POSIX's function, by whatever internal name. */
const CREATES = /^_*pthread_create(?:_\d+_\d+)?$/;
const WAITS = /(?:^|_)sig(?:wait|waitinfo|timedwait)$/;
/** `.sa_sigaction = handler` in an initialiser. */
const HANDLER = /\.\s*sa_(?:sigaction|handler)\s*=\s*&?\s*(\w+)/;

interface Context {
  readonly project: Project;
  readonly own: OwnSignals;
  readonly signal: string;
  /** The public function that fills a set leaves the cancellation signal out. */
  readonly leavesOut: boolean;
}

export default defineRule<MessageId>({
  id: 'handler-mask-incomplete',
  meta: {
    category: 'handler',
    description: 'The cancellation signal is blocked, or not blocked, where it must be the other way round',
    explanation:
      'A thread that acts on a request must not be interrupted by the next one, a new thread must be open to requests whoever has made it, and a handler that other threads wait for must not be unwound. Each is a matter of who has the cancellation signal in the mask at that time.',
    messages: {
      unsaved:
        "'{function}' sends the thread on to act on the request and does not add '{signal}' to the mask saved in its context: the cleanup handlers run with it unblocked, and the next request interrupts them",
      unblocked: "'{function}' unblocks '{signal}' before the cleanup handlers run: the next request interrupts them",
      inherited:
        "A thread that is made by a cleanup handler begins in '{function}' with '{signal}' blocked, and nothing unblocks it: the new thread is not woken by a request",
      interrupted:
        "'{handler}' is installed for '{other}' without '{signal}' in sa_mask: a request for a thread of asynchronous type unwinds it, and the thread that has sent '{other}' waits forever for its answer",
      lost: "'{function}' waits for '{signal}', and begins with a mask from sigfillset, which leaves it out: a signal that comes before the wait runs the handler and is lost",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: [],
    references: [
      'POSIX.1-2024 XSH 2.4.3 Signal Actions',
      'POSIX.1-2024 pthread_create, sigwait, sigfillset',
      'https://sourceware.org/bugzilla/show_bug.cgi?id=3124',
    ],
  },
  run({ project, report }) {
    const own = new OwnSignals(project);
    const [signal] = own.cancel;
    if (!own.areKnown || signal === undefined) return;
    const fills = project.functions.filter((f) => f.name === 'sigfillset' && f.kind === 'function');
    const leavesOut =
      fills.length > 0 && !project.targets.every((t) => own.builder(t, (n) => fills.filter((f) => f.name === n)));
    const context = { project, own, signal, leavesOut };
    const functions = project.functions.filter((f) => f.kind === 'function');
    const unblocking = functions.flatMap((f) => unblocked(f, context));
    const reports = [
      ...functions.flatMap((f) => [...unsaved(f, context), ...interrupted(f, context), ...lost(f, context)]),
      ...unblocking,
      ...(unblocking.length === 0 ? inherited(functions, context) : []),
    ];
    for (const one of reports) report(one);
  },
});

/** A handler that redirects the thread with the signal free to come again. */
function unsaved(f: Lifted, { project, own, signal }: Context): Report<MessageId>[] {
  if (!isHandler(f)) return [];
  const redirects = new Set<Op>(project.libc.windows.flatMap((w) => redirectsIn(f, w).map((r) => r.op)));
  const op = reachedUnsaved(f, (o) => redirects.has(o), own);
  if (!op) return [];
  const at = op.origin.at;
  const flow = [
    victim(at, 'the handler redirects the interrupted PC and returns'),
    kernel(at, `the mask that is saved is restored, and '${signal}' is not in it`),
    canceller(at, `pthread_cancel is called once more and sends '${signal}'`),
    kernel(at, 'the handler runs on top of a cleanup handler; calls that are never restarted fail with EINTR'),
  ];
  return [{ messageId: 'unsaved', data: { function: f.name, signal }, at, in: f, flow, anchor: `unsaved ${signal}` }];
}

/** What acts on a request takes the signal out of the mask that its handler was entered with. */
function unblocked(f: Lifted, { project, own, signal }: Context): Report<MessageId>[] {
  const acts = project.roles.has(f.name, 'act') || (isHandler(f) && operations(f).some(({ op }) => op.op === 'act'));
  if (!acts) return [];
  for (const { op } of operations(f)) {
    const change = maskChange(op, project);
    if (change?.how !== 'SIG_UNBLOCK' || !holdsCancel(f, setName(change.set), op, own)) continue;
    const at = op.origin.at;
    const flow = [
      victim(at, 'the thread acts on a request and lets the signal in again'),
      canceller(at, `pthread_cancel is called once more and sends '${signal}'`),
      kernel(at, 'the handler runs on top of a cleanup handler; calls that are never restarted fail with EINTR'),
    ];
    return [
      { messageId: 'unblocked', data: { function: f.name, signal }, at, in: f, flow, anchor: `unblocked ${signal}` },
    ];
  }
  return [];
}

/** Cleanup handlers run with the signal blocked, and a thread that they make is left with that. */
function inherited(functions: readonly Lifted[], { project, own, signal }: Context): Report<MessageId>[] {
  const acting = functions.find((f) => isHandler(f) && operations(f).some(({ op }) => op.op === 'act'));
  if (!acting) return [];
  const twice = new Set(balanceOf(project).returnsTwice);
  return functions.flatMap((start): Report<MessageId>[] => {
    // What clone(2) calls returns an int; what pthread_create is given returns a pointer.
    if (!own.named('starts').includes(start.name) || !/\bint$/.test(start.returns)) return [];
    const ops = operations(start).map(({ op }) => op);
    const sets = ops.some((op) => ['SIG_UNBLOCK', 'SIG_SETMASK'].includes(maskChange(op, project)?.how ?? ''));
    const knows = functions.some((f) => f.nameAt.file === start.nameAt.file && own.knows(f) && !isHandler(f));
    if (sets || knows || start.notUnderstood > 0) return [];
    // From where the thread can be unwound to, requests are accepted.
    const calls = ops.filter((op) => op.op === 'call');
    const ready = calls.find((op) => twice.has(op.callee ?? '')) ?? calls.find((op) => op.callee === undefined);
    const at = ready?.origin.at ?? start.nameAt;
    const flow = [
      victim(
        acting.nameAt,
        `'${acting.name}' acts on a request, and the cleanup handlers run with '${signal}' blocked`,
      ),
      victim(start.nameAt, 'a cleanup handler makes a thread'),
      kernel(at, 'the new thread inherits the mask'),
      canceller(
        at,
        `pthread_cancel sends it '${signal}', which stays pending; a call that it waits in is not interrupted`,
      ),
    ];
    const data = { function: start.name, signal };
    return [{ messageId: 'inherited', data, at, in: start, flow, anchor: `inherited ${signal}` }];
  });
}

/** Another signal's handler, whose answer somebody waits for, and which asynchronous cancellation unwinds. */
function interrupted(f: Lifted, context: Context): Report<MessageId>[] {
  const { project, own, signal } = context;
  const others = new Set(own.named('signal'));
  const wakes = new Set(own.named('wakes'));
  return operations(f).flatMap(({ op }): Report<MessageId>[] => {
    if (op.op !== 'call' || !INSTALLS.test(op.callee ?? '')) return [];
    const [which, action] = op.args.map(bare);
    const sa = action && variableOf(action);
    if (which?.k !== 'name' || !others.has(which.name) || own.isCancel(which.name, f.targets) || sa === undefined)
      return [];
    const name = handlerOf(f, sa, op);
    const handler = project.functions.find((h) => h.name === name && h.kind === 'function' && answers(h, wakes));
    // An initialiser that leaves sa_mask out leaves it empty.
    const initial = (o: Op): boolean =>
      isInitialiser(o, sa) && o.value.k === 'unknown' && !/\bsa_mask\b/.test(o.value.text);
    if (!handler || !lacksCancel(f, `${sa}.sa_mask`, op, own, { ...context, initial })) return [];
    const at = op.origin.at;
    const other = which.name;
    const flow = [
      victim(handler.nameAt, `'${handler.name}' runs for '${other}', and the thread that has sent it waits`),
      canceller(at, `pthread_cancel sends '${signal}', which is not blocked`),
      victim(handler.nameAt, 'the type is asynchronous: the thread is unwound through both handlers'),
      victim(
        handler.nameAt,
        'what is behind the interrupted place does not run, and nobody wakes the thread that waits',
      ),
    ];
    const data = { handler: handler.name, other, signal };
    return [{ messageId: 'interrupted', data, at, in: f, flow, anchor: `interrupted ${other}` }];
  });
}

/** Wakes another thread, by a call or by a macro that makes one. */
const answers = (handler: Lifted, wakes: ReadonlySet<string>): boolean =>
  operations(handler).some(
    ({ op }) =>
      (op.op === 'call' && wakes.has(op.callee ?? '')) || op.origin.macros?.some((name) => wakes.has(name)) === true,
  );

const isInitialiser = (op: Op, variable: string): op is AssignOp =>
  op.op === 'assign' && op.target.k === 'name' && op.target.name === variable;

/** The function that is the handler in a structure where it is given to a call. */
function handlerOf(f: Lifted, sa: string, use: Op): string | undefined {
  const of = (op: Op): string | undefined => {
    if (op.op !== 'assign') return undefined;
    const value = bare(op.value);
    if (op.target.k === 'name')
      return op.target.name === sa && value.k === 'unknown' ? HANDLER.exec(value.text)?.[1] : undefined;
    const isMember = op.target.k === 'member' && /^sa_(?:sigaction|handler)$/.test(op.target.field);
    if (!isMember || variableOf(op.target) !== sa) return undefined;
    return variableOf(value);
  };
  const names = operations(f).flatMap(({ op, place }) => {
    const name = of(op);
    const holds =
      name !== undefined && after(f, place, { stopAt: (o) => of(o) !== undefined }).some((r) => r.op === use);
    return holds ? [name] : [];
  });
  return names[0];
}

/** A thread that waits for the signal and is started with it unblocked, because the public function that fills sets leaves it out. */
function lost(f: Lifted, context: Context): Report<MessageId>[] {
  const { project, own, signal } = context;
  const creates = operations(f).filter(
    (o): o is { op: CallOp; place: typeof o.place } => o.op.op === 'call' && CREATES.test(o.op.callee ?? ''),
  );
  return creates.flatMap(({ op: create }): Report<MessageId>[] => {
    const start = functionGiven(create, project.functions, f.nameAt.file);
    const wait = start && waitFor(start, context);
    if (!start || !wait) return [];
    for (const { op, place } of operations(f)) {
      const change = maskChange(op, project);
      if (!change || change.how === 'SIG_UNBLOCK' || !after(f, place).some((r) => r.op === create)) continue;
      const made = lacksCancel(f, setName(change.set), op, own, context);
      if (made?.how !== 'filled') continue;
      const at = made.op.origin.at;
      const flow = [
        victim(create.origin.at, `'${start.name}' begins with the mask of '${f.name}', and '${signal}' is not in it`),
        kernel(wait.origin.at, `'${signal}' comes before the thread waits: its handler runs`),
        victim(wait.origin.at, 'the thread waits for what has been'),
      ];
      return [{ messageId: 'lost', data: { function: start.name, signal }, at, in: f, flow, anchor: `lost ${signal}` }];
    }
    return [];
  });
}

/** Where a function waits for the cancellation signal that it has not blocked. */
function waitFor(f: Lifted, { project, own }: Context): Op | undefined {
  const ops = operations(f);
  if (ops.some(({ op }) => maskChange(op, project) !== undefined)) return undefined;
  return ops.find(({ op }) => {
    const [set] = op.op === 'call' && WAITS.test(op.callee ?? '') ? op.args : waited(op, project);
    return set !== undefined && holdsCancel(f, setName(set), op, own) && !some(set, (e) => e.k === 'result');
  })?.op;
}

const waited = (op: Op, project: Project): readonly Expr[] =>
  op.op === 'syscall' && kernelCall(op, project)?.use === 'waits' ? argumentsOf(op) : [];
