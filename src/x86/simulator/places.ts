/** The places that operands stand for: registers, memory and numbers, with their effects recorded or without. */
import type { Width } from '../syntax.js';
import type { Address } from './address.js';
import type { Context } from './context.js';
import type { Effect } from './effects.js';
import { Place, type PlaceParts } from './place.js';
import type { RegisterPlace } from './registers.js';
import { registerPart } from './registers.js';
import type { State } from './state.js';

const nowhere = (): number => 0;

/** A general register. Writing 32 bits clears the upper half. */
export function registerOperand(cx: Context, register: RegisterPlace): Place {
  const plain = plainRegister(register);
  return new Place(cx.careful ? recordedRegister(plain, register) : plain);
}

export function registerNumber(cx: Context, number: number, width: Width): Place {
  return registerOperand(cx, registerPart(number, width));
}

function plainRegister(register: RegisterPlace): PlaceParts {
  const { width, number, offset } = register;
  const common = { kind: 'register', width, at: nowhere, register } as const;
  switch (width) {
    case 1: {
      const n = number * 8 + offset;
      const load = (s: State): number => s.r8[n] ?? 0;
      return {
        ...common,
        load,
        modify: load,
        store: (s, _at, low) => {
          s.r8[n] = low;
        },
      };
    }
    case 2: {
      const n = number * 4;
      const load = (s: State): number => s.r16[n] ?? 0;
      return {
        ...common,
        load,
        modify: load,
        store: (s, _at, low) => {
          s.r16[n] = low;
        },
      };
    }
    case 4: {
      const n = number * 2;
      const load = (s: State): number => s.r32[n] ?? 0;
      return {
        ...common,
        load,
        modify: load,
        store: (s, _at, low) => {
          s.r32[n] = low;
          s.r32[n + 1] = 0;
        },
      };
    }
    case 8: {
      const n = number * 2;
      const load = (s: State): number => {
        s.high = s.r32[n + 1] ?? 0;
        return s.r32[n] ?? 0;
      };
      return {
        ...common,
        load,
        modify: load,
        store: (s, _at, low, high) => {
          s.r32[n] = low;
          s.r32[n + 1] = high;
        },
      };
    }
  }
}

function recordedRegister(plain: PlaceParts, { name, width, number, offset }: RegisterPlace): PlaceParts {
  const effect = (access: 'read' | 'write'): Effect => ({
    kind: 'register',
    access,
    register: name,
    width,
    number,
    offset,
  });
  const read = effect('read');
  const write = effect('write');
  const load = (s: State): number => {
    s.effects.push(read);
    return plain.load(s, 0);
  };
  return {
    ...plain,
    load,
    modify: load,
    store: (s, at, low, high) => {
      s.effects.push(write);
      plain.store(s, at, low, high);
    },
  };
}

/** Memory at an address. */
export function memoryOperand(cx: Context, width: Width, address: Address): Place {
  const plain = plainMemory(width, address);
  return new Place(cx.careful ? recordedMemory(plain) : plain);
}

function plainMemory(width: Width, at: Address): PlaceParts {
  const common = { kind: 'memory', width, at } as const;
  switch (width) {
    case 1:
      return {
        ...common,
        load: (s, address) => s.memory.read8(address),
        modify: (s, address) => {
          s.memory.requireWrite(address, 1);
          return s.memory.read8(address);
        },
        store: (s, address, low) => s.memory.write8(address, low),
      };
    case 2:
      return {
        ...common,
        load: (s, address) => s.memory.read16(address),
        modify: (s, address) => {
          s.memory.requireWrite(address, 2);
          return s.memory.read16(address);
        },
        store: (s, address, low) => s.memory.write16(address, low),
      };
    case 4:
      return {
        ...common,
        load: (s, address) => s.memory.read32(address),
        modify: (s, address) => {
          s.memory.requireWrite(address, 4);
          return s.memory.read32(address);
        },
        store: (s, address, low) => s.memory.write32(address, low),
      };
    case 8: {
      const load = (s: State, address: number): number => {
        const low = s.memory.read32(address);
        s.high = s.memory.read32(s.memory.limit === 32 ? (address + 4) >>> 0 : address + 4);
        return low;
      };
      return {
        ...common,
        load,
        modify: (s, address) => {
          s.memory.requireWrite(address, 8);
          return load(s, address);
        },
        store: (s, address, low, high) => s.memory.write64(address, low, high),
      };
    }
  }
}

function recordedMemory(plain: PlaceParts): PlaceParts {
  const { width } = plain;
  return {
    ...plain,
    load: (s, address) => {
      s.effects.push(memoryEffect('read', address, width));
      return plain.load(s, address);
    },
    modify: (s, address) => {
      s.effects.push(memoryEffect('read', address, width));
      return plain.modify(s, address);
    },
    store: (s, address, low, high) => {
      s.effects.push(memoryEffect('write', address, width));
      plain.store(s, address, low, high);
    },
  };
}

export function memoryEffect(access: 'read' | 'write', address: number, width: number): Effect {
  return { kind: 'memory', access, address, width, aligned: address % width === 0 };
}

/** A number, cut to the width; of 64 bits it is what a 32-bit immediate extends to, or all of them. */
export function immediateOperand(width: Width, value: bigint): Place {
  const low = width < 4 ? Number(BigInt.asUintN(width * 8, value)) : Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  const load =
    width === 8
      ? (s: State): number => {
          s.high = high;
          return low;
        }
      : (): number => low;
  return new Place({ kind: 'immediate', width, at: nowhere, load, modify: load, store: () => undefined, value });
}
