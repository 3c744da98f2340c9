/** What lies inside the window besides the way to the call: writes that others can see, other code. W8 and W10. */
import { parameterSlots } from './entry.js';
import type { Boundary } from './path.js';
import { overlaps } from './search.js';
import type { Trial } from './trial.js';

/** How far below and above the routine's stack pointer at its entry a write is on the stack. */
const STACK_REACH = 4096;

export function checkWrites(trial: Trial, boundaries: readonly Boundary[]): void {
  const [from, to] = parameterSlots(trial.calling);
  const { stack, flag } = trial.calling.places;
  const own = trial.saved ? Object.values(trial.saved) : [];
  for (const { pc, machine, effects } of boundaries) {
    if (!trial.accepts(machine)) continue;
    for (const e of effects) {
      if (e.kind !== 'memory' || e.access !== 'write') continue;
      const after = e.address + e.width;
      const isFrame = e.address >= stack - STACK_REACH && after <= stack;
      if (own.some((at) => at === e.address)) continue;
      if (isFrame || (e.address >= from && after <= to)) continue;
      const what = overlaps(e, flag, trial.request.convention.flag.width)
        ? 'the flag'
        : e.address >= stack && e.address < stack + STACK_REACH
          ? "the caller's frame"
          : 'memory that others see';
      trial.fault('side-effect', 'write', pc, { what }, [
        trial.step(pc, 'victim', `writes ${what}: when the call is called off after this, the write has happened`),
      ]);
    }
  }
}

export function nothingElseInside(trial: Trial): void {
  const missed = trial.notExecuted();
  const reachable = trial.reachable();
  const foreign = missed.find(({ address }) => !reachable.has(address));
  const [other] = missed;
  if (!foreign) {
    if (other) trial.undecided(`no run has come to '${other.text}', which other arguments may lead to`);
    return;
  }
  trial.fault('foreign-code', 'unreached', foreign.address, {}, [
    trial.step(foreign.address, 'victim', 'no path of the routine leads here, and the handler would act here'),
  ]);
}
