/**
 * The order in which a request is made and seen: the canceller stores the flag, then sends the signal; the handler reads
 * the flag behind that store. Out of order, a signal arrives for a request that is not there yet, and is declined.
 * POSIX.1-2024 XSH 2.9.5.2: a request that is made is acted upon at the next cancellation point.
 */
import { after, operations, reach, type Place } from '../ir/analysis/reach.js';
import { looksAt } from '../ir/analysis/values.js';
import { successors } from '../ir/builder.js';
import type { Lifted, Op } from '../ir/types.js';
import { defineRule, type Report } from './define-rule.js';
import { isHandler, wayToReturn } from './helpers/handlers.js';
import { flagSetBy, isPlainStore, ordersMemory } from './helpers/request-stores.js';
import { cancelSignalsOf, isGiven, sentBy } from './helpers/signals.js';
import { canceller, victim } from './helpers/steps.js';

type MessageId = 'plain' | 'late' | 'left' | 'unordered';

/** POSIX's function, by whatever internal name. */
const CANCELS = /^_*pthread_cancel$/;
const ENTRY: Place = { block: 0, index: 0 };

interface Words {
  readonly flags: ReadonlySet<string>;
  readonly orders: (op: Op) => boolean;
}

/** Where a function sends the signal to a thread that it is given. */
interface Sent {
  readonly f: Lifted;
  readonly op: Op;
  readonly place: Place;
  readonly signal: string;
}

export default defineRule<MessageId>({
  id: 'handler-order',
  meta: {
    category: 'handler',
    description: 'A request that is stored or read out of order with its signal',
    explanation:
      'The signal only wakes the thread; what its handler decides by is the flag. So the flag has to be stored, visibly to other processors, before the signal is sent, and read behind that store. A handler that comes too early finds no request and declines, and no second signal follows.',
    messages: {
      plain:
        "'{flag}' of another thread is set by a plain store before '{signal}' is sent: that thread reads it at any time, and nothing in the code orders the store before the signal",
      late: "'{flag}' is set after '{signal}' is sent: a handler that runs in between finds no request and declines",
      left: "'{function}' sends '{signal}' and leaves it to '{handler}' to set '{flag}': where that handler has not run, or declines, there is no request",
      unordered:
        "'{function}' reads '{flag}' plainly and with nothing in front that orders memory: it may not see the canceller's store, and declines",
    },
    severity: 'error',
    presets: ['recommended', 'strict', 'all'],
    precision: 'high',
    properties: [],
    references: [
      'POSIX.1-2024 XSH 2.9.5.2 Cancellation Points',
      'POSIX.1-2024 XBD 4.15.2 Memory Synchronization',
      'signal(7), "Execution of signal handlers"',
    ],
  },
  run({ project, report }) {
    const words = { flags: new Set(project.libc.flags.map((f) => f.member)), orders: ordersMemory(project) };
    const signals = cancelSignalsOf(project);
    const handlers = project.functions.filter(isHandler);
    const senders = project.functions.flatMap((f): Sent[] => {
      if (f.kind !== 'function' || isHandler(f)) return [];
      const sent = operations(f).flatMap(({ op, place }): Sent[] => {
        const signal = sentBy(op, f, signals);
        return signal === undefined ? [] : [{ f, op, place, signal }];
      });
      return sent.slice(0, 1);
    });
    const isStored = senders.some(({ f }) => operations(f).some(({ op }) => flagSetBy(op, words.flags) !== undefined));
    const reports = [
      ...senders.flatMap((sent) => [plain(sent, words), late(sent, handlers, words)]),
      ...(isStored ? handlers.map((f) => unordered(f, words)) : []),
    ];
    for (const one of reports) if (one) report(one);
  },
});

/** A store from which the signal is come to by plain statements only. */
function plain({ f, op: sends, signal }: Sent, { flags, orders }: Words): Report<MessageId> | undefined {
  const store = operations(f).find(
    ({ op, place }) =>
      op.op === 'assign' &&
      isPlainStore(op, flags) &&
      isGiven(f, op.target) &&
      after(f, place, { stopAt: orders }).some((r) => r.op === sends),
  );
  const flag = store && flagSetBy(store.op, flags);
  if (!store || flag === undefined) return undefined;
  const at = store.op.origin.at;
  const flow = [
    canceller(at, `the canceller stores '${flag}'`),
    canceller(sends.origin.at, `it sends '${signal}'`),
    victim(at, 'the thread reads the flag, in its handler or in front of a call, and may not see the store yet'),
  ];
  return { messageId: 'plain', data: { flag, signal }, at, in: f, flow, anchor: `plain ${flag}` };
}

/** A signal that is sent before the flag is set, or with nothing but the handler to set it. */
function late(sent: Sent, handlers: readonly Lifted[], { flags }: Words): Report<MessageId> | undefined {
  const { f, op: sends, place, signal } = sent;
  // Whoever is given the thread may set its flag.
  const maySet = (op: Op): boolean =>
    op !== sends &&
    (flagSetBy(op, flags) !== undefined || (op.op === 'call' && op.args.some((arg) => isGiven(f, arg))));
  if (!reach(f, ENTRY, { stopAt: maySet }).some((r) => r.op === sends)) return undefined;
  const behind = after(f, place).find((r) => maySet(r.op));
  if (!behind) return CANCELS.test(f.name) ? left(sent, handlers, flags) : undefined;
  const flag = flagSetBy(behind.op, flags);
  if (flag === undefined) return undefined;
  const at = behind.op.origin.at;
  const flow = [
    canceller(sends.origin.at, `the canceller sends '${signal}'`),
    victim(sends.origin.at, 'the handler runs, finds no request and returns; the thread enters a call and waits'),
    canceller(at, `the canceller sets '${flag}'; nothing wakes the thread`),
  ];
  return { messageId: 'late', data: { flag, signal }, at, in: f, flow, anchor: `late ${flag}` };
}

function left(
  { f, op, signal }: Sent,
  handlers: readonly Lifted[],
  flags: ReadonlySet<string>,
): Report<MessageId> | undefined {
  for (const handler of handlers) {
    for (const { op: set } of operations(handler)) {
      const flag = flagSetBy(set, flags);
      if (flag === undefined) continue;
      const at = op.origin.at;
      const flow = [
        canceller(at, `the canceller sends '${signal}', and '${f.name}' returns`),
        victim(at, 'the thread tests for cancellation and finds no request'),
        victim(set.origin.at, `the handler sets '${flag}', once it runs and if it comes to that`),
      ];
      const data = { function: f.name, signal, handler: handler.name, flag };
      return { messageId: 'left', data, at, in: f, flow, anchor: `left ${signal}` };
    }
  }
  return undefined;
}

/** A handler that declines by a plain read of the flag, with nothing in front that orders it. */
function unordered(f: Lifted, { flags, orders }: Words): Report<MessageId> | undefined {
  const acts = (op: Op): boolean => op.op === 'act' || flagSetBy(op, flags) !== undefined;
  for (const { op } of reach(f, ENTRY, { stopAt: orders })) {
    if (op.op !== 'load-flag' || op.via !== undefined || !flags.has(op.flag)) continue;
    const decides = looksAt(f, op.id);
    const declines = f.blocks.some(
      ({ end }) =>
        end.t === 'branch' && decides(end.condition) && successors(end).some((to) => wayToReturn(f, to, acts)),
    );
    if (!declines) continue;
    const { flag } = op;
    const at = op.origin.at;
    const flow = [
      canceller(at, `another thread stores '${flag}' and sends the signal`),
      victim(at, 'the handler runs on another processor and reads the flag as it was'),
      victim(at, 'it takes the signal for a stray one and returns'),
    ];
    return { messageId: 'unordered', data: { function: f.name, flag }, at, in: f, flow, anchor: `unordered ${flag}` };
  }
  return undefined;
}
