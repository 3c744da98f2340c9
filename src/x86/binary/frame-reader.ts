/** Numbers of call-frame information, one after the other (DWARF 5, 7.6; LSB, "DWARF Exception Header Encoding"). */
import { Bytes } from '../object/bytes.js';
import { ObjectError } from '../object/error.js';

export class Reader {
  at = 0;
  private readonly bytes: Bytes;

  constructor(readonly data: Uint8Array) {
    this.bytes = new Bytes(data);
  }

  get atEnd(): boolean {
    return this.at >= this.data.length;
  }

  skipAll(): void {
    this.at = this.data.length;
  }

  u8(): number {
    return this.bytes.u8(this.took(1));
  }

  u16(): number {
    return this.bytes.u16(this.took(2));
  }

  u32(): number {
    return this.bytes.u32(this.took(4));
  }

  u64(): bigint {
    return this.bytes.u64(this.took(8));
  }

  private took(size: number): number {
    const { at } = this;
    this.at += size;
    return at;
  }

  /** ULEB128. */
  unsigned(): number {
    return Number(this.leb().value);
  }

  /** SLEB128. */
  signed(): number {
    const { value, bits } = this.leb();
    return Number(BigInt.asIntN(bits, value));
  }

  private leb(): { readonly value: bigint; readonly bits: number } {
    let value = 0n;
    for (let bits = 0; bits < 70; bits += 7) {
      const byte = this.u8();
      value |= BigInt(byte & 127) << BigInt(bits);
      if (byte < 128) return { value, bits: bits + 7 };
    }
    throw new ObjectError('a number in the call-frame information is too long');
  }

  /** Text up to a zero. */
  text(): string {
    const end = this.data.indexOf(0, this.at);
    if (end === -1) throw new ObjectError('the call-frame information is truncated');
    const text = Buffer.from(this.data.subarray(this.at, end)).toString('latin1');
    this.at = end + 1;
    return text;
  }

  part(size: number): Uint8Array {
    return this.bytes.part(this.took(size), size, 'call-frame information');
  }

  /** A pointer in one of the encodings; `place` is the address of the first byte. Undefined where it is another base's. */
  pointer(encoding: number, place: number, word: 4 | 8): number | undefined {
    const start = this.at;
    const value = this.encoded(encoding & 15, word);
    const base = encoding & 0x70;
    if (encoding === 0xff || (encoding & 0x80) !== 0) return undefined;
    if (base === 0) return Number(value);
    if (base !== 0x10) return undefined;
    const address = BigInt(place + start) + value;
    return Number(BigInt.asUintN(8 * word, address));
  }

  private encoded(format: number, word: 4 | 8): bigint {
    switch (format) {
      case 0:
        return word === 4 ? BigInt(this.u32()) : this.u64();
      case 1:
        return this.leb().value;
      case 2:
        return BigInt(this.u16());
      case 3:
        return BigInt(this.u32());
      case 4:
        return this.u64();
      case 9:
        return BigInt(this.signed());
      case 10:
        return BigInt.asIntN(16, BigInt(this.u16()));
      case 11:
        return BigInt.asIntN(32, BigInt(this.u32()));
      case 12:
        return BigInt.asIntN(64, this.u64());
      default:
        throw new ObjectError(`the call-frame information has an unknown encoding ${String(format)}`);
    }
  }
}
