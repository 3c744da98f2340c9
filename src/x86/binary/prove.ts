/** From a window found in machine code to what rules need: the routine in the intermediate form, and the proof. */
import type { LiftedFile } from '../../ir/types.js';
import type { Libc } from '../../libc/types.js';
import type { CodeDecoder } from '../decode/decoder.js';
import { liftAssembly, rolesOf } from '../lift.js';
import type { Instruction } from '../syntax.js';
import type { FrameRow } from '../window/cfi.js';
import type { Budget } from '../window/budget.js';
import { verifyWindow } from '../window/verify.js';
import { disassemble } from './disassemble.js';
import { frameRowsAt } from './eh-frame.js';
import { labelNames, type FoundWindow } from './found-window.js';
import { listCode, type CodeListing, type ListingRequest } from './listing.js';

export interface ProveRequest extends Pick<ListingRequest, 'window' | 'file' | 'container'> {
  readonly decoder: CodeDecoder;
  readonly libc: Libc;
  readonly budget?: Budget;
}

/** Decodes the window's routine, lifts it and decides it. Throws an `ObjectError` for call-frame information that is none. */
export function proveCode(request: ProveRequest): LiftedFile {
  const { window, libc, file, budget } = request;
  const { convention, map } = window;
  const { target } = map.image;
  const listing = listCode({ ...request, decoded: decodeRoutine(request) });
  const lifted = liftAssembly(listing.unit, { file, targets: [target], libc });
  const decoded = { image: listing.image, rows: rowsOf(window, listing) };
  const proof = verifyWindow({ unit: listing.unit, decoded, target, convention, roles: rolesOf(libc), budget });
  return { ...lifted, proofs: proof ? [proof] : [] };
}

function decodeRoutine({ window, decoder }: ProveRequest) {
  const { convention, labels, routine, acting, map } = window;
  const [start, end] = [labels.get(convention.start) ?? 0, labels.get(convention.end) ?? 0];
  const known = labelNames(convention).flatMap((name) => labels.get(name) ?? []);
  const entries = routine ? [routine.address, ...known] : known;
  return disassemble({ image: map.image, decoder, entries, whole: [[start, end]], stops: acting });
}

function rowsOf({ map }: FoundWindow, { image }: CodeListing): ReadonlyMap<Instruction, FrameRow> {
  const section = map.linked('.eh_frame');
  const instructions = image.source?.instructions ?? [];
  if (!section) return new Map();
  const addresses = instructions.map((one) => one.address);
  const rows = frameRowsAt(section, addresses, image.target === 'i386' ? 4 : 8);
  return new Map(
    instructions.flatMap(({ address, instruction }) => {
      const row = rows.get(address);
      return row ? [[instruction, row] as const] : [];
    }),
  );
}
