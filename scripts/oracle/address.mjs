/** Memory operands: a place worth touching, and an address form whose registers are set so that it leads there. */
import { CODE, DATA, PAGE, SP, STACK, TLS } from './layout.mjs';
import { bytesOf } from './draft.mjs';

const GS_64 = 0x400; // The base of %gs lies this far into the thread-local page, that of %fs at its start.

const LOW = 0xffffffffn;

/** A place in memory: mostly in the data page, sometimes across its ends, elsewhere, or nowhere. */
export function choosePlace(draft, bytes) {
  const { random, bits } = draft;
  const roll = random.below(100);
  const aligned = random.chance(0.5) ? -bytes : -1;
  if (roll < 84) return BigInt(DATA + ((64 + random.below(PAGE - 128 - bytes)) & aligned));
  if (roll < 89) return BigInt(DATA + PAGE - random.between(1, bytes));
  if (roll < 91) return BigInt(DATA - random.between(1, bytes + 1));
  if (roll < 93) return BigInt(STACK + random.below(PAGE));
  if (roll < 96) return BigInt(CODE + random.below(PAGE));
  if (roll < 98 || bits === 32) return BigInt(random.bits());
  if (roll < 99) return random.wide(8) & 0x7fffffffffn; // Far below where this process lies.
  return random.pick([0x8000000000000000n, 0x0000800000000000n]) + random.wide(4); // Not canonical.
}

/**
 * Chooses an address form and answers how it is encoded. The registers in it become fixed.
 * `place` asks for where it leads; without one the registers are anything (`lea`).
 */
export function chooseAddress(draft, bytes, { avoid, place, plain = false } = {}) {
  const { random, bits } = draft;
  const result = { prefixes: [], modrm: 0, rex: 0, tail: [], relative: false };
  const short = bits === 32 && random.chance(place === null ? 0.1 : 0.01);
  if (short) return shortAddress(draft, bytes, result, place);
  const narrow = bits === 64 && random.chance(0.06);
  if (narrow) result.prefixes.push(0x67);
  const width = narrow ? 32 : bits;

  let linear = place ?? choosePlace(draft, bytes);
  let base = 0n;
  if (!plain && place !== null && random.chance(0.07)) {
    const segment = chooseSegment(draft);
    result.prefixes.push(segment.prefix);
    base = segment.base;
    if (base !== 0n && random.chance(0.9)) linear = BigInt(TLS + 32 + random.below(PAGE - 128));
  }
  let offset = BigInt.asUintN(width, linear - base);
  if (place === null) offset = random.wide(width / 8);
  draft.linear = BigInt.asUintN(bits, offset + base);
  encode(draft, offset, width, avoid, result);
  return result;
}

/** A segment prefix with the base that it adds. */
export function chooseSegment(draft) {
  const { random, bits } = draft;
  const prefix = random.pick(bits === 32 ? [0x65, 0x65, 0x65, 0x26, 0x36, 0x3e] : [0x64, 0x65, 0x64, 0x65, 0x36, 0x3e]);
  if (prefix === 0x64) return { prefix, base: BigInt(TLS) };
  if (prefix !== 0x65) return { prefix, base: 0n };
  if (bits === 32) return { prefix, base: BigInt(TLS) };
  draft.gsBase = BigInt(TLS + GS_64);
  return { prefix, base: draft.gsBase };
}

const SHAPES = ['base', 'base', 'base', 'both', 'both', 'both', 'index', 'none'];

function encode(draft, offset, width, avoid, result) {
  const { random, bits } = draft;
  const registers = () => {
    let register;
    do register = random.below(bits === 64 ? 16 : 8);
    while (register === avoid);
    return register;
  };
  const fixed = (register, value) => {
    // What lies above a 32-bit address is not part of it.
    const above = width < bits && random.chance(0.5) ? random.wide(4) << 32n : 0n;
    draft.fix(register, BigInt.asUintN(width, value) | above);
  };
  const near = BigInt.asIntN(width, offset);
  let shape = random.pick(SHAPES);
  const fitsAbsolute = width === 32 || near === BigInt.asIntN(32, near);
  if (shape === 'none' && !fitsAbsolute) shape = 'base';

  if (shape === 'none') {
    if (bits === 64 && width === 64 && random.chance(0.7)) {
      // Relative to what follows the instruction; the encoder subtracts that.
      result.modrm = 0b00000101;
      result.relative = true;
      result.tail = bytesOf(offset, 4);
    } else if (bits === 32 && random.chance(0.7)) {
      result.modrm = 0b00000101;
      result.tail = bytesOf(offset, 4);
    } else {
      result.modrm = 0b00000100;
      result.tail = [0b00100101, ...bytesOf(offset, 4)];
    }
    return;
  }

  const size = shape === 'index' ? 4 : random.pick([0, 1, 1, 4]);
  let displacement = size === 0 ? 0n : random.pick([random.value(size), BigInt(random.between(-64, 64))]);
  displacement = BigInt.asIntN(size * 8, displacement);
  if (shape === 'base') {
    const base = registers();
    fixed(base, offset - displacement);
    return withBase(result, base, undefined, 0, size, displacement);
  }

  let index;
  do index = registers();
  while (index === SP);
  const scale = random.below(4);
  const factor = 1n << BigInt(scale);
  if (shape === 'index') {
    const value = random.chance(0.5) ? random.value(4) >> BigInt(scale) : BigInt(random.below(256));
    // Only what a displacement of 32 bits can make up for.
    const rest = BigInt.asIntN(width, offset - value * factor);
    if (width === 32 || rest === BigInt.asIntN(32, rest)) {
      fixed(index, value);
      displacement = rest;
    } else {
      fixed(index, offset / factor);
      displacement = offset % factor;
    }
    result.modrm = 0b00000100;
    result.rex |= index > 7 ? 2 : 0;
    result.tail = [(scale << 6) | ((index & 7) << 3) | 5, ...bytesOf(displacement, 4)];
    return;
  }

  const base = registers();
  if (base === index) {
    const value = offset / (1n + factor);
    fixed(base, value);
    displacement = offset - value * (1n + factor);
    return withBase(result, base, index, scale, 1, displacement);
  }
  const value = random.pick([BigInt(random.below(64)), random.value(width / 8)]);
  fixed(index, value);
  fixed(base, offset - displacement - value * factor);
  withBase(result, base, index, scale, size, displacement);
}

function withBase(result, base, index, scale, size, displacement) {
  // Without displacement, the number of %ebp means something else.
  if (size === 0 && (base & 7) === 5) size = 1;
  const mod = size === 0 ? 0 : size === 1 ? 1 : 2;
  result.rex |= base > 7 ? 1 : 0;
  if (index === undefined && (base & 7) !== SP) {
    result.modrm = (mod << 6) | (base & 7);
    result.tail = bytesOf(displacement, size);
    return;
  }
  if (index !== undefined && index > 7) result.rex |= 2;
  result.modrm = (mod << 6) | 4;
  result.tail = [(scale << 6) | (((index ?? SP) & 7) << 3) | (base & 7), ...bytesOf(displacement, size)];
}

/** The address forms of the 8086, in 32-bit mode by a prefix. They reach nothing that is mapped. */
function shortAddress(draft, bytes, result, place) {
  const { random } = draft;
  const pairs = [[3, 6], [3, 7], [5, 6], [5, 7], [6], [7], [5], [3]];
  const rm = random.below(8);
  const mod = random.below(3);
  result.prefixes.push(0x67);
  result.modrm = (mod << 6) | rm;
  const size = mod === 0 ? (rm === 6 ? 2 : 0) : mod;
  const displacement = random.value(2) & (size === 1 ? 0xffn : LOW);
  result.tail = bytesOf(displacement, size);
  const registers = mod === 0 && rm === 6 ? [] : pairs[rm];
  for (const register of registers) draft.fix(register, random.wide(4));
  if (place !== null) {
    const sum = registers.reduce((total, register) => total + draft.registers[register], 0n);
    draft.linear = BigInt.asUintN(16, sum + BigInt.asIntN(size * 8, displacement));
  }
  return result;
}
