/** What there is to know about a window, from running it. */
import type { Libc } from '../libc/types.js';
import type { Listed } from '../x86/window/listing.js';
import type { Trial } from '../x86/window/trial.js';
import { openWindow, verifyWindow, type VerifyRequest } from '../x86/window/verify.js';
import type { CodePlace, Explanation, InstructionRow, LabelRow, Row } from './model.js';
import { observe, type Observed } from './observe.js';
import { worst } from './outcomes.js';
import { runsOf } from './runs.js';
import { messageOf, verdictsOf } from './verdicts.js';

export interface ExplainRequest extends VerifyRequest {
  readonly libc: Libc;
  /** Of machine code: where the bytes of an address lie, so many of them. */
  readonly codeAt?: (address: number, length: number) => CodePlace | undefined;
  readonly condition?: string | undefined;
}

/** Undefined where the unit has no window of the convention. */
export function explain(request: ExplainRequest): Explanation | undefined {
  const proof = verifyWindow(request);
  const opened = openWindow(request);
  if (!proof || !opened) return undefined;
  const { trial, routine } = opened;
  const { convention, unit, target, libc } = request;
  const { start, end, cancel } = convention;
  const [from, to] = trial.extent(routine ?? trial.labels.start);
  const name = trial.nameAt(from) ?? convention.routine;
  const seen = routine === undefined ? undefined : observe(trial, routine);
  const labels = { start, end, routine: name };
  const messages = proof.faults.map((fault) => ({
    at: fault.at,
    text: messageOf({ ...fault, data: { routine: name, ...fault.data } }, labels),
  }));
  const rows: Row[] = [];
  const rowOf = new Map<number, number>();
  for (const listed of trial.listing.between(from, to)) {
    for (const label of trial.labelsAt(listed.address)) rows.push(labelRow(label, convention));
    rowOf.set(listed.address, rows.length);
    rows.push({
      row: 'instruction',
      at: listed.at,
      ...codeOf(request, listed),
      text: listed.text,
      inside: trial.isInside(listed.address),
      ...whatWasSeen(seen, listed.address),
      faults: messages
        .filter(({ at }) => at.line === listed.at.line && at.column === listed.at.column)
        .map((m) => m.text),
    } satisfies InstructionRow);
  }
  // A window may end with its routine. What else begins there is no part of the drawing.
  rows.push(
    ...trial
      .labelsAt(to)
      .map((label) => labelRow(label, convention))
      .filter(({ bound }) => bound !== undefined),
  );
  return {
    ...(request.condition === undefined ? {} : { condition: request.condition }),
    ...{ file: unit.file, target, libc: libc.title, routine: name, start, end, cancel, rows },
    verdicts: verdictsOf(proof, labels, {
      makesCall: rows.some((row) => row.row === 'instruction' && row.calls.some(({ pc }) => pc === 'behind')),
      damage: seen && damageInside(seen, trial),
    }),
    steps: proof.steps,
    boundaries: proof.boundaries,
    runs:
      seen && routine !== undefined ? runsOf({ trial, routine, set: seen.shown, rowOf: (pc) => rowOf.get(pc) }) : [],
  };
}

function codeOf({ codeAt }: ExplainRequest, { address, after }: Listed): Pick<InstructionRow, 'code'> {
  const code = codeAt?.(address, after - address);
  return code ? { code } : {};
}

/** The first damage at a place inside, and where. */
function damageInside({ at }: Observed, trial: Trial): string | undefined {
  for (const [pc, { outcomes }] of at) {
    const damaged = trial.isInside(pc) ? outcomes.find((one) => one.is === 'damaged') : undefined;
    if (damaged) return `a request in front of '${trial.text(pc)}': ${damaged.why}`;
  }
  return undefined;
}

function whatWasSeen(
  seen: Observed | undefined,
  address: number,
): Pick<InstructionRow, 'depths' | 'outcome' | 'calls'> {
  const here = seen?.at.get(address);
  return {
    depths: [...(here?.depths ?? [])].sort((a, b) => a - b),
    outcome: worst(here?.outcomes ?? []),
    calls: here?.calls ?? [],
  };
}

function labelRow(name: string, { start, end, cancel }: ExplainRequest['convention']): LabelRow {
  const bound = name === start ? 'start' : name === end ? 'end' : name === cancel ? 'cancel' : undefined;
  return { row: 'label', name, bound };
}
