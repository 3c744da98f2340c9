/** Decodes the code that some addresses lead to, by following its jumps and calls. */
import type { CodeDecoder } from '../decode/decoder.js';
import { flowOf } from '../flow.js';
import type { Image } from '../load/image.js';
import type { LoadedInstruction } from '../simulator/code.js';
import { bytesOf } from './code-map.js';

/** Instructions; a window's routine has some tens, one that a compiler made some hundreds. */
const MOST = 4000;

export interface DisassembleRequest {
  readonly image: Image;
  readonly decoder: CodeDecoder;
  readonly entries: readonly number[];
  /** Stretches that are decoded whether or not something leads there. */
  readonly whole: readonly (readonly [start: number, end: number])[];
  /** Addresses that are not looked behind. */
  readonly stops: ReadonlyMap<number, string>;
  /** Instructions that are looked at. */
  readonly most?: number;
}

/** The instructions by address. What cannot be decoded, or is no code, is not among them. */
export function disassemble(request: DisassembleRequest): ReadonlyMap<number, LoadedInstruction> {
  const { image, entries, whole, stops, most = MOST } = request;
  const found = new Map<number, LoadedInstruction>();
  const isCode = (at: number): boolean =>
    image.regions.some((r) => r.executable && at >= r.address && at < r.address + r.size);
  const work = [...entries];
  const read = (address: number): LoadedInstruction | undefined => {
    const one = found.size < most && isCode(address) ? decodeAt(request, address) : undefined;
    if (one) found.set(address, one);
    return one;
  };
  for (let from = work.pop(); from !== undefined; from = work.pop()) {
    for (let at: number = from; !found.has(at) && !stops.has(at);) {
      const one = read(at);
      if (!one) break;
      const flow = flowOf(one.instruction);
      if ('target' in flow && flow.target?.k === 'int') work.push(Number(flow.target.value));
      if (flow.f === 'jump' || flow.f === 'return' || flow.f === 'stop') break;
      at += one.length;
    }
  }
  for (const [start, end] of whole) {
    for (let at = start; at < end && isCode(at); at += found.get(at)?.length ?? 1) if (!found.has(at)) read(at);
  }
  return found;
}

function decodeAt({ image, decoder }: DisassembleRequest, address: number): LoadedInstruction | undefined {
  const bytes = bytesOf(image, address, 15);
  const decoded = bytes && decoder.decode(bytes, BigInt(address));
  if (!decoded?.ok) return undefined;
  const { instruction, length } = decoded;
  const isUnknown = image.unknown.some((one) => one.address < address + length && one.address + one.size > address);
  return isUnknown ? undefined : { address, length, instruction };
}
