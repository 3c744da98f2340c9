/** Checked reads of little-endian data. Nothing here looks outside the bytes it was given. */
import { ObjectError } from './error.js';

export class Bytes {
  private readonly view: DataView;

  constructor(readonly data: Uint8Array) {
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  get length(): number {
    return this.data.length;
  }

  u8(at: number): number {
    return this.view.getUint8(this.within(at, 1));
  }

  u16(at: number): number {
    return this.view.getUint16(this.within(at, 2), true);
  }

  u32(at: number): number {
    return this.view.getUint32(this.within(at, 4), true);
  }

  i32(at: number): number {
    return this.view.getInt32(this.within(at, 4), true);
  }

  u64(at: number): bigint {
    return this.view.getBigUint64(this.within(at, 8), true);
  }

  i64(at: number): bigint {
    return this.view.getBigInt64(this.within(at, 8), true);
  }

  /** Big-endian, as the symbol tables of archives are. */
  u32be(at: number): number {
    return this.view.getUint32(this.within(at, 4), false);
  }

  u64be(at: number): bigint {
    return this.view.getBigUint64(this.within(at, 8), false);
  }

  /** A part, by what it is called in messages. */
  part(at: number, size: number, what: string): Uint8Array {
    if (at < 0 || size < 0 || at > this.length || size > this.length - at) {
      throw new ObjectError(`${what} lies outside the file`);
    }
    return this.data.subarray(at, at + size);
  }

  private within(at: number, size: number): number {
    if (at < 0 || at > this.length - size) throw new ObjectError('the file is truncated');
    return at;
  }
}

/** An offset or a size as a number. Above the largest exact one nothing lies in a file. */
export function small(value: bigint, what: string): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ObjectError(`${what} lies outside the file`);
  return Number(value);
}

/** Text of bytes: UTF-8 where it is valid, else one character a byte. */
export function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
