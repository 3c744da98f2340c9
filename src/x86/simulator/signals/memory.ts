/** What the kernel reads and writes of a program's memory, undefined bits included. */
import type { Memory } from '../memory.js';
import { WRITE } from '../memory.js';
import type { State } from '../state.js';
import { setUndefinedBytes } from '../undefined.js';

/** True when the whole stretch can be written by the program. */
export function isWritable(memory: Memory, address: number, length: number): boolean {
  if (address < 0) return false;
  for (let at = address - (address % 4096); at < address + length; at += 4096) {
    if ((memory.permissionsAt(at) & WRITE) === 0) return false;
  }
  return true;
}

/** Little-endian bytes of a value. */
export function bytesOf(value: bigint, width: number): Uint8Array {
  return Uint8Array.from({ length: width }, (_, n) => Number((value >> BigInt(8 * n)) & 0xffn));
}

/** Puts a value there, with its undefined bits. */
export function put(s: State, address: number, width: number, value: bigint, undefinedBits = 0n): void {
  s.memory.poke(address, bytesOf(value, width));
  const unknown = bytesOf(undefinedBits, width);
  if (undefinedBits === 0n && s.undefinedMemory.size === 0) return;
  setUndefinedBytes(
    s,
    [...unknown].map((bits, n) => [address + n, bits] as const),
  );
}

export interface Taken {
  readonly value: bigint;
  readonly undefinedBits: bigint;
}

/** A value from there; undefined where memory is not mapped. */
export function take(s: State, address: number, width: number): Taken | undefined {
  const bytes = s.memory.peek(address, width);
  if (!bytes) return undefined;
  let value = 0n;
  let undefinedBits = 0n;
  bytes.forEach((byte, n) => {
    value |= BigInt(byte) << BigInt(8 * n);
    undefinedBits |= BigInt(s.undefinedMemory.get(address + n) ?? 0) << BigInt(8 * n);
  });
  return { value, undefinedBits };
}
