/** From a window found in machine code to what rules need: the routine in the intermediate form, and the proof. */
import type { WindowProof } from '../../ir/proof.js';
import type { LiftedFile } from '../../ir/types.js';
import type { Libc } from '../../libc/types.js';
import type { CodeDecoder } from '../decode/decoder.js';
import { liftAssembly, rolesOf } from '../lift.js';
import type { Instruction } from '../syntax.js';
import type { FrameRow } from '../window/cfi.js';
import type { Budget } from '../window/budget.js';
import type { Image } from '../load/image.js';
import { makesCall, verifyWindow, type VerifyRequest } from '../window/verify.js';
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
  const { window, libc, file } = request;
  const verify = runnable(request);
  const lifted = liftAssembly(verify.unit, { file, targets: [window.map.image.target], libc });
  const proof = verifyWindow(verify);
  return { ...lifted, proofs: proof ? [proof] : [] };
}

/** Decides whether a guess is a window at all, looking at so many instructions. */
export function judgeCode(request: ProveRequest, most: number): WindowProof | undefined {
  const listing = listRoutine(request, most);
  return makesCall(verifyRequest(request, listing, new Map()))
    ? verifyWindow(verifyRequest(request, listing, rowsOf(request.window, listing)))
    : undefined;
}

/** The window's routine, decoded and ready to be run. Throws an `ObjectError` for call-frame information that is none. */
export function runnable(request: ProveRequest): VerifyRequest {
  const listing = listRoutine(request);
  return verifyRequest(request, listing, rowsOf(request.window, listing));
}

/** The code of a function, and of what it jumps to and calls, as an image that can be run. */
export function imageAt({ window, decoder, file, container }: Omit<ProveRequest, 'libc'>): Image {
  const { map, routine, acting } = window;
  const entries = routine ? [routine.address] : [];
  const decoded = disassemble({ image: map.image, decoder, entries, whole: [], stops: acting });
  return listCode({ window, decoded, file, container }).image;
}

function verifyRequest(
  { window, libc, budget }: ProveRequest,
  { unit, image }: CodeListing,
  rows: ReadonlyMap<Instruction, FrameRow>,
): VerifyRequest {
  const { convention, acting } = window;
  const decoded = { image, rows, acting: new Set(acting.values()) };
  return { unit, decoded, target: image.target, convention, roles: rolesOf(libc), budget };
}

function listRoutine(request: ProveRequest, most?: number): CodeListing {
  return listCode({ ...request, decoded: decodeRoutine(request, most) });
}

function decodeRoutine({ window, decoder }: ProveRequest, most?: number) {
  const { convention, labels, routine, acting, map } = window;
  const [start, end] = [labels.get(convention.start) ?? 0, labels.get(convention.end) ?? 0];
  const known = labelNames(convention).flatMap((name) => labels.get(name) ?? []);
  const entries = routine ? [routine.address, ...known] : known;
  const { image } = map;
  return disassemble({ image, decoder, entries, whole: [[start, end]], stops: acting, ...(most ? { most } : {}) });
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
