/** The words that the formats share. */
import type { CallOutcome, Explanation, InstructionRow, Outcome } from './model.js';

export function outcomeInWords(outcome: Outcome, { cancel }: Pick<Explanation, 'cancel'>): string {
  switch (outcome.is) {
    case 'cancelling':
      return 'it is being acted upon already';
    case 'found':
      return 'the flag test finds it';
    case 'acted':
      return cancel === undefined ? 'the handler unwinds from here' : `the handler goes to ${cancel}`;
    case 'kept':
      return 'the result is returned first';
    case 'interrupted':
      return 'the caller gets -EINTR and asks again';
    case 'undecided':
      return `not known: ${outcome.why}`;
    case 'damaged':
      return `DAMAGED: ${outcome.why}`;
    case 'resultLost':
      return 'LOST RESULT: a finished call is thrown away';
    case 'requestLost':
      return 'LOST REQUEST: the call is made and blocks';
  }
}

/** What the places of a window's instructions are. */
export const placesAre = ({ rows }: Explanation): 'line' | 'address' =>
  rows.some((row) => row.row === 'instruction' && row.code) ? 'address' : 'line';

export const placeOf = ({ code, at }: InstructionRow): string => code?.address ?? String(at.line);

/** Where the window is, in sentences. */
export function introduction({ rows, start, end, cancel, condition }: Explanation): string {
  const acts = cancel === undefined ? 'is acted upon by unwinding' : `goes to ${cancel}`;
  const sentences = [`The window begins at ${start} and ends in front of ${end}; a request inside ${acts}.`];
  const first = rows.find((row) => row.row === 'instruction');
  if (first?.code)
    sentences.push(`${first.code.address} is byte ${first.code.offset} of ${first.at.code?.file ?? first.at.file}.`);
  if (condition !== undefined) sentences.push(`The file has no symbols; what is said here holds ${condition}.`);
  return sentences.join(' ');
}

const PLACES = { at: 'here', behind: 'behind', vdso: 'in the vDSO' } as const;

export const callInWords = ({ id, what, pc }: CallOutcome): string => `${id} ${what}: PC ${PLACES[pc]}`;

/** How the window was decided, in one sentence. */
export function conclusion({ verdicts, steps, boundaries, condition }: Explanation): string {
  const effort = `${String(steps)} steps, a request at ${String(boundaries)} boundaries`;
  const broken = verdicts.filter(({ verdict }) => verdict === 'broken');
  if (broken.length > 0) return `Broken: ${broken.map(({ property }) => property).join(', ')} (${effort})`;
  const undecided = verdicts.find(({ verdict }) => verdict === 'undecided');
  return undecided
    ? `Not decided: ${undecided.text ?? ''} (${effort})`
    : `Proved${condition === undefined ? '' : `, ${condition}`} (${effort})`;
}

/** The depth of the stack at an instruction, in bytes; several where the ways there differ. */
export const depthOf = (depths: readonly number[]): string => (depths.length === 0 ? '?' : depths.join('/'));
