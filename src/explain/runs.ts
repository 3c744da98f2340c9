/** Runs of a window, state by state, for those who want to step through them: without a request, and with one everywhere. */
import { peek } from '../x86/window/entry.js';
import { actingFrom } from '../x86/window/acting.js';
import type { Path } from '../x86/window/path.js';
import { textOf } from './ends.js';
import type { Trial } from '../x86/window/trial.js';
import type { Machine } from '../x86/simulator/machine.js';
import type { SyscallEvent } from '../x86/simulator/syscalls.js';
import type { Run, State } from './model.js';
import { ended } from './outcomes.js';

type Event = State['events'][number];

const SENT: Event = { thread: 'canceller', text: 'sets the flag and sends the cancellation signal' };

export interface RunRequest {
  readonly trial: Trial;
  readonly routine: number;
  /** Which of the two sets of values is used. */
  readonly set: 0 | 1;
  /** Index of the row of an address. */
  readonly rowOf: (pc: number) => number | undefined;
}

/** Runs along the first path that makes the call; none where there is no such path. */
export function runsOf(request: RunRequest): readonly Run[] {
  const { trial, routine, set } = request;
  const entry = trial.atEntry(routine, set);
  const path = trial.follow(entry).find(({ end }) => end.kind === 'syscall');
  if (path?.end.kind !== 'syscall') return [];
  const { event } = path.end;
  const film = new Film(request);
  const finished: Event = { thread: 'kernel', text: 'finishes the call and returns a result' };
  const way = [...film.along(path), ...film.behind(path, event, [finished])];
  const flagged = trial.follow(trial.requested(entry)).find(({ end }) => trial.acts(end));
  return [
    { title: 'no request', states: way },
    ...(flagged
      ? [
          {
            title: 'a request before the call',
            states: film.along(flagged, { thread: 'canceller', text: 'has set the flag' }, true),
          },
        ]
      : []),
    ...path.boundaries.map((b, i) => ({
      title: `a request in front of '${trial.text(b.pc)}'`,
      states: film.interrupted(path, i),
    })),
    { title: 'a request while the call waits, to be made again', states: film.restarted(path, event) },
    ...film.requestBehind(path, event, finished),
  ];
}

class Film {
  constructor(private readonly request: RunRequest) {}

  /** A path from its beginning; an event at its first state, and how it ends where that is asked for. */
  along(path: Path, first?: Event, ends = false): State[] {
    const states = path.boundaries.map((b, i) => this.state(b.machine, b.pc, i === 0 && first ? [first] : []));
    return ends ? [...states, this.last(path)] : states;
  }

  /** From the end of the call to the return. */
  behind(path: Path, event: SyscallEvent, events: readonly Event[]): State[] {
    const after = ended(path, event, { kind: 'completed', result: 7n });
    const [way] = this.request.trial.follow(after);
    if (!way) return [];
    const states = this.along(way).map((state, i) => (i === 0 ? { ...state, events } : state));
    return [...states, this.last(way)];
  }

  /** A request in front of a boundary of a path that makes the call. */
  interrupted(path: Path, index: number): State[] {
    const { trial } = this.request;
    const b = path.boundaries[index];
    if (!b) return [];
    const before = path.boundaries.slice(0, index).map((one) => this.state(one.machine, one.pc, []));
    return [...before, ...this.requestAt(trial.requested(b.machine), b.pc)];
  }

  restarted(path: Path, event: SyscallEvent): State[] {
    const again = this.request.trial.requested(ended(path, event, { kind: 'restarted' }));
    const waits: Event = { thread: 'kernel', text: 'interrupts the call, which is to be made again' };
    return [...this.along(path), ...this.requestAt(again, event.pc, [waits])];
  }

  requestBehind(path: Path, event: SyscallEvent, finished: Event): Run[] {
    const { trial } = this.request;
    const after = trial.requested(ended(path, event, { kind: 'completed', result: 7n }));
    return [
      {
        title: 'a request right behind the call',
        states: [...this.along(path), ...this.requestAt(after, after.pc, [finished])],
      },
    ];
  }

  /** The signal arrives in this state. */
  private requestAt(machine: Machine, pc: number, before: readonly Event[] = []): State[] {
    const { trial } = this.request;
    const inside = trial.isInside(pc);
    const cancel = trial.labels.cancel;
    const decides = inside
      ? cancel === undefined
        ? 'the handler sees a PC inside the window and unwinds from here'
        : `the handler sees a PC inside the window and goes to '${trial.request.convention.cancel ?? ''}'`
      : 'the handler sees a PC outside the window and does nothing';
    const arrival = this.state(machine, pc, [...before, SENT, { thread: 'victim', text: decides }]);
    if (inside && cancel === undefined) {
      const problem = actingFrom(trial, machine);
      const found = problem && 'found' in problem ? problem.found : undefined;
      const text = found === undefined ? 'the unwinder finds the caller as it was' : `the unwinder finds ${found}`;
      return [arrival, this.state(machine, undefined, [{ thread: 'victim', text }])];
    }
    const next = machine.fork();
    if (inside) next.pc = cancel ?? 0;
    const [way] = trial.follow(next);
    if (!way) return [arrival];
    // The boundary itself is the arrival, where the routine goes on.
    return [arrival, ...this.along(way).slice(inside ? 0 : 1), this.last(way)];
  }

  private last({ end, machine }: Path): State {
    const { trial } = this.request;
    const isActed = trial.acts(end);
    return this.state(machine, undefined, [{ thread: 'victim', text: textOf(end, isActed) }]);
  }

  private state(machine: Machine, pc: number | undefined, events: readonly Event[]): State {
    const { trial, rowOf } = this.request;
    const { calling } = trial;
    const names = [
      calling.result,
      ...calling.scratch,
      ...calling.preserved,
      ...calling.parameters,
      calling.stackPointer,
    ];
    const registers = Object.fromEntries([...new Set(names)].map((name) => [name, value(machine, name)]));
    const sp = Number(machine.register(calling.stackPointer));
    const stack: string[] = [];
    for (let at = sp; at <= calling.places.stack && stack.length < MOST_WORDS; at += calling.word)
      stack.push(hex(peek(machine, at, calling.word)));
    const row = pc === undefined ? undefined : rowOf(pc);
    return {
      row,
      registers,
      stack,
      flag: hex(peek(machine, calling.places.flag, trial.request.convention.flag.width)),
      events,
    };
  }
}

const MOST_WORDS = 32;

const hex = (n: bigint | undefined): string => (n === undefined ? '?' : n.toString(16));

const value = (machine: Machine, name: string): string =>
  machine.undefinedBits(name) === 0n ? hex(machine.register(name)) : '?';
