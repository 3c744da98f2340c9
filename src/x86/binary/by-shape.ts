/**
 * The windows of an object without symbols, by the shape of their code. Each candidate is judged by running it: with the
 * flag clear it must make the system call that it was asked for, with the flag set it must leave for the function that
 * acts, whatever else is right or wrong with it. Where the labels are cannot be told from the code; taken are the
 * nearest that lose no request and no result, which any right window holds.
 */
import type { WindowProof } from '../../ir/proof.js';
import type { Libc } from '../../libc/types.js';
import { loadDecoder, type CodeDecoder } from '../decode/decoder.js';
import { ObjectError } from '../object/error.js';
import type { CodeMap } from './code-map.js';
import type { FoundWindow } from './found-window.js';
import { judgeCode } from './prove.js';
import { callsIn, shapesAround, type Shape } from './shape.js';

export interface ByShape {
  /** Places with the bytes of a system call instruction. */
  readonly calls: number;
  /** One for each system call that is made in a window. */
  readonly found: readonly { readonly libc: Libc; readonly window: FoundWindow }[];
}

export async function windowsByShape(map: CodeMap, libcs: readonly Libc[]): Promise<ByShape> {
  const decoder = await loadDecoder(map.object.machine === 'i386' ? 32 : 64);
  const calls = callsIn(map);
  const best = new Map<number, { readonly libc: Libc; readonly window: FoundWindow; readonly faults: number }>();
  // A library calls its window; guesses are for one that does not, or only through a pointer.
  for (const entries of ['called', 'possible'] as const) {
    if (best.size > 0) break;
    for (const shape of shapesAround(calls, map, decoder, entries)) {
      for (const { libc, window } of candidates(map, shape, libcs)) {
        const faults = faultsOf(window, libc, decoder);
        const known = best.get(shape.end);
        if (faults !== undefined && (known === undefined || faults < known.faults))
          best.set(shape.end, { libc, window, faults });
      }
    }
  }
  return { calls: calls.length, found: [...best.values()] };
}

/** A shape as a window of each scheme, with each of the functions that may be the one which acts. */
function* candidates(map: CodeMap, shape: Shape, libcs: readonly Libc[]) {
  const { routine, start, end, cancel } = shape;
  // As disassemblers call what has no name.
  const nameOf = (address: number): string => `sub_${map.inFile(address).toString(16)}`;
  for (const libc of libcs) {
    for (const convention of libc.windows) {
      const labels = new Map([
        [convention.start, start],
        [convention.end, end],
      ]);
      if (convention.cancel !== undefined) labels.set(convention.cancel, cancel);
      for (const act of shape.acting) {
        const window: FoundWindow = {
          ...{ map, convention, labels, functions: new Map() },
          routine: { name: nameOf(routine), address: routine },
          acting: new Map([[act, nameOf(act)]]),
        };
        yield { libc, window };
      }
    }
  }
}

/** What is wrong with a window, and does not keep it from being one. */
const WRONG: ReadonlySet<WindowProof['faults'][number]['kind']> = new Set(['abi', 'cancel-path', 'side-effect']);

/** Instructions of a candidate that are looked at. Other code goes on and on. */
const MOST = 200;

/** How many faults it has; undefined where the code is no window of the scheme, or could not be judged. */
function faultsOf(window: FoundWindow, libc: Libc, decoder: CodeDecoder): number | undefined {
  const file = '';
  try {
    const proof = judgeCode({ window, libc, decoder, file, container: { file, at: 0 } }, MOST);
    if (!proof || proof.undecided !== undefined || proof.faults.some(({ kind }) => !WRONG.has(kind))) return undefined;
    return proof.faults.length;
  } catch (error) {
    // Its call-frame information is none.
    if (error instanceof ObjectError) return undefined;
    throw error;
  }
}
