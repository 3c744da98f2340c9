/** Parts of a trace as text that is the same in every format: numbers, names of addresses, instructions. */
import { visible } from '../formatters/visible.js';
import { AddressNames } from '../x86/load/address-names.js';
import type { Image } from '../x86/load/image.js';
import { printInstruction } from '../x86/print.js';
import type { Instruction } from '../x86/syntax.js';
import { FLAG_NAMES } from './flag-names.js';
import type { Change } from './trace.js';

const MAX_NAME = 120;

export class Words {
  private readonly names: AddressNames;

  constructor(private readonly image: Image) {
    this.names = new AddressNames(image);
  }

  /** Digits of an address. */
  address(value: number): string {
    return BigInt.asUintN(64, BigInt(value))
      .toString(16)
      .padStart(this.image.target === 'i386' ? 8 : 12, '0');
  }

  /** `function+4`; undefined where no symbol is near. */
  name(address: number): string | undefined {
    const name = this.names.of(address);
    if (name === undefined) return undefined;
    return visible(name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name);
  }

  /** `file:line` of a source. */
  place(address: number): string | undefined {
    const place = this.image.source?.placeOf(address);
    return place === undefined ? undefined : visible(place);
  }

  /** In AT&T syntax, the target of a branch by its name. */
  instruction(instruction: Instruction): string {
    const [only, ...more] = instruction.operands;
    if (more.length > 0 || only?.k !== 'target' || only.value.k !== 'int')
      return visible(printInstruction(instruction));
    const target = Number(BigInt.asUintN(64, only.value.value));
    const name = this.name(target);
    const head = printInstruction({ ...instruction, operands: [] });
    return visible(`${head} 0x${target.toString(16)}${name === undefined ? '' : ` <${name}>`}`);
  }
}

/** Digits with a `?` for each that has an undefined bit. */
export function digits(value: bigint, undefinedBits: bigint, count: number): string {
  const text = value.toString(16).padStart(count, '0');
  const unknown = undefinedBits.toString(16).padStart(text.length, '0');
  return text.replace(/./g, (digit, n: number) => (unknown[n] === '0' ? digit : '?'));
}

/** Digits of bytes in the order of memory. */
export function byteDigits(bytes: Uint8Array, undefinedBits?: Uint8Array): string {
  return [...bytes].map((byte, n) => digits(BigInt(byte), BigInt(undefinedBits?.[n] ?? 0), 2)).join('');
}

/** The flags that a step changed, and their values now: 0, 1, or `?` where it is undefined. */
export function changedFlags(change: Change<number>): readonly (readonly [string, '0' | '1' | '?'])[] {
  const bits = (change.before ^ change.now) | change.undefined;
  return FLAG_NAMES.filter(([mask]) => (bits & mask) !== 0).map(([mask, name]) => [
    name,
    (change.undefined & mask) !== 0 ? '?' : (change.now & mask) !== 0 ? '1' : '0',
  ]);
}
