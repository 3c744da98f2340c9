/**
 * Machine code to the form that the parser gives for its text: the operation with its size suffix, operands in AT&T
 * order. Addresses of branches are absolute; a displacement from `%rip` is the distance from the next instruction.
 */
import { asItIs } from '../../cpp/prepared.js';
import { parseAssembly } from '../parser.js';
import type { Instruction, Operand } from '../syntax.js';
import { loadIced, type DecoderError, type IcedInstruction, type IcedModule } from './iced.js';
import { operandsOf, type Subject } from './operands.js';
import { bytePrefixes, prefixesOf } from './prefixes.js';
import { Words, type Word } from './words.js';

/** Longest instruction there is, in bytes (Intel SDM volume 2, 2.3.11). */
export const MAX_INSTRUCTION = 15;

export type Decoded =
  | { readonly ok: true; readonly instruction: Instruction; readonly length: number }
  /** `truncated`: the bytes end within the instruction. `invalid`: no instruction starts with these bytes. */
  | { readonly ok: false; readonly reason: 'truncated' | 'invalid' };

export interface Decoder {
  readonly bits: 32 | 64;
  /** Decodes the instruction at `offset` of `bytes`, which stands at `address`. */
  decode(bytes: Uint8Array, address: bigint, offset?: number): Decoded;
}

/** Where an instruction's constants lie within its bytes; a size of 0 says that it has none. */
export interface ConstantPlaces {
  readonly displacement: { readonly at: number; readonly size: number };
  readonly immediate: { readonly at: number; readonly size: number };
}

/** Loads the decoder of 32-bit or of 64-bit code. */
export async function loadDecoder(bits: 32 | 64): Promise<CodeDecoder> {
  return new CodeDecoder(await loadIced(), bits);
}

export class CodeDecoder implements Decoder {
  private readonly words: Words;
  private readonly scratch: IcedInstruction;

  constructor(
    private readonly iced: IcedModule,
    readonly bits: 32 | 64,
  ) {
    this.words = new Words(iced);
    this.scratch = new iced.Instruction();
  }

  decode(bytes: Uint8Array, address: bigint, offset = 0): Decoded {
    const { DecoderError, DecoderOptions } = this.iced;
    const code = bytes.subarray(offset, offset + MAX_INSTRUCTION);
    const found = this.read(code, address, DecoderOptions.None);
    if (found === DecoderError.None) return this.made(code, address);
    if (found === DecoderError.NoMoreBytes) {
      return { ok: false, reason: code.length === MAX_INSTRUCTION ? 'invalid' : 'truncated' };
    }
    // `lock` where it may not stand is an instruction with a fault, and which one is known.
    const again = this.read(code, address, DecoderOptions.NoInvalidCheck);
    if (again === DecoderError.None && this.scratch.hasLockPrefix) return this.made(code, address);
    return { ok: false, reason: 'invalid' };
  }

  /** Decodes again to tell where the constants lie. Undefined where no instruction is. */
  constants(bytes: Uint8Array, address: bigint, offset = 0): ConstantPlaces | undefined {
    const decoder = new this.iced.Decoder(this.bits, bytes.subarray(offset, offset + MAX_INSTRUCTION), 0);
    decoder.ip = address;
    decoder.decodeOut(this.scratch);
    if (decoder.lastError !== this.iced.DecoderError.None) {
      decoder.free();
      return undefined;
    }
    const places = decoder.getConstantOffsets(this.scratch);
    const told = {
      displacement: { at: places.displacementOffset, size: places.displacementSize },
      immediate: { at: places.immediateOffset, size: places.immediateSize },
    };
    places.free();
    decoder.free();
    return told;
  }

  private read(code: Uint8Array, address: bigint, options: number): DecoderError {
    const decoder = new this.iced.Decoder(this.bits, code, options);
    decoder.ip = address;
    decoder.decodeOut(this.scratch);
    const error = decoder.lastError;
    decoder.free();
    return error;
  }

  private made(code: Uint8Array, address: bigint): Decoded {
    const found = this.scratch;
    const { length } = found;
    const word = this.words.of(found);
    const before = bytePrefixes(code, this.bits);
    const subject: Subject = {
      instruction: found,
      base: word.base,
      width: word.width,
      bits: this.bits,
      next: BigInt.asUintN(64, address + BigInt(length)),
    };
    const prefixes = prefixesOf(this.iced, found, before, word.base, this.bits);
    const instruction = this.isVector(found)
      ? this.vector(found, word)
      : form(word, prefixes, operandsOf(this.iced, subject));
    return { ok: true, instruction, length };
  }

  private isVector({ encoding }: IcedInstruction): boolean {
    return encoding !== this.iced.EncodingKind.Legacy;
  }

  /** Masks, broadcasts and rounding have a notation of their own, which the text already has. */
  private vector(found: IcedInstruction, word: Word): Instruction {
    const text = this.words.text(found);
    const [statement] = parseAssembly(asItIs('', text), { modes: [] }).statements;
    return statement?.kind === 'instruction' ? statement.instruction : form(word, [], []);
  }
}

function form(word: Word, prefixes: readonly string[], operands: readonly Operand[]): Instruction {
  return {
    mnemonic: word.mnemonic,
    base: word.base,
    ...(word.width === undefined ? {} : { width: word.width }),
    prefixes,
    operands,
    ...(word.hint === undefined ? {} : { hint: word.hint }),
  };
}
