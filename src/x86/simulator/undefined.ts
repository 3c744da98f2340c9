/** Undefined bits of registers and memory: reading, clearing and setting which ones they are. */
import type { Effect } from './effects.js';
import type { State } from './state.js';

/** True when a register or a byte of memory holds an undefined bit. */
export function hasUndefined(s: State): boolean {
  if (s.undefinedMemory.size > 0) return true;
  for (let n = 0; n < 32; n++) if (s.undefined32[n] !== 0) return true;
  return false;
}

/** Bits of the two halves of a register that an effect is about. */
export function registerBits(effect: Effect & { readonly kind: 'register' }): readonly [number, number] {
  switch (effect.width) {
    case 8:
      return [-1, -1];
    case 4:
      // A write clears the upper half, so that it is written too.
      return [-1, effect.access === 'write' ? -1 : 0];
    case 2:
      return [0xffff, 0];
    case 1:
      return [0xff << (8 * effect.offset), 0];
  }
}

/** Sets which bits of a byte of memory are undefined. */
export function setUndefinedBytes(s: State, bytes: Iterable<readonly [number, number]>): void {
  const next = new Map(s.undefinedMemory);
  for (const [address, bits] of bytes) {
    if (bits === 0) next.delete(address);
    else next.set(address, bits);
  }
  s.undefinedMemory = next;
}

/** The addresses of an access. */
export function* bytesOf(s: State, address: number, width: number): Generator<number> {
  for (let n = 0; n < width; n++) yield s.mode === 'i386' ? (address + n) >>> 0 : address + n;
}

/** Clears the bits that a step wrote, then marks those that it left undefined itself. */
export function applyEffects(s: State, effects: readonly Effect[]): void {
  let bytes: Map<number, number> | undefined;
  for (const effect of effects) {
    if (effect.kind === 'register' && effect.access === 'write') {
      const [low, high] = registerBits(effect);
      const n = effect.number * 2;
      s.undefined32[n] = (s.undefined32[n] ?? 0) & ~low;
      s.undefined32[n + 1] = (s.undefined32[n + 1] ?? 0) & ~high;
    } else if (effect.kind === 'memory' && effect.access === 'write' && s.undefinedMemory.size > 0) {
      for (let n = 0; n < effect.width; n++) {
        const at = s.mode === 'i386' ? (effect.address + n) >>> 0 : effect.address + n;
        if (s.undefinedMemory.has(at)) (bytes ??= new Map<number, number>()).set(at, 0);
      }
    }
  }
  for (const effect of effects) {
    if (effect.kind === 'undefined') {
      const n = effect.number * 2;
      s.undefined32[n] = (s.undefined32[n] ?? 0) | effect.low;
      s.undefined32[n + 1] = (s.undefined32[n + 1] ?? 0) | (s.mode === 'i386' ? 0 : effect.high);
    } else if (effect.kind === 'undefinedMemory') {
      bytes ??= new Map<number, number>();
      for (const at of bytesOf(s, effect.address, effect.width)) bytes.set(at, 0xff);
    }
  }
  if (bytes) setUndefinedBytes(s, bytes);
}
