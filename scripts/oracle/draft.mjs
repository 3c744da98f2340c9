/** A vector while it is being made: registers, flags and memory before the instruction, and its bytes. */
import { background, CODE, DATA, DEFAULTS, NAMES, PAGE, STACK, START, TLS } from './layout.mjs';

export class Draft {
  constructor(bits, random) {
    this.bits = bits;
    this.random = random;
    this.registers = DEFAULTS.slice(0, bits === 64 ? 16 : 8);
    /** Registers whose values something else relies on already: an address, a stack, a count. */
    this.fixed = new Set();
    this.patches = [];
    this.flags = 0x202;
    this.gsBase = undefined;
    this.whole = false;
    this.code = [];
    /** Where the ModRM operand lies in memory, when it does, and after segment bases are added. */
    this.linear = undefined;
  }

  /** The width of addresses as a number of bits, and of what a stack slot holds. */
  wrap(value) {
    return BigInt.asUintN(this.bits, value);
  }

  set(register, value) {
    this.registers[register] = this.wrap(value);
  }

  /** Sets a register that something relies on. */
  fix(register, value) {
    this.set(register, value);
    this.fixed.add(register);
  }

  /** Sets a register to some value of a width, with anything above it, unless something relies on the register. */
  randomize(register, bytes) {
    if (this.fixed.has(register)) return;
    const low = this.random.value(bytes);
    const whole = this.bits / 8;
    if (bytes >= whole) return this.set(register, low);
    const above = this.random.pick([0n, -1n, this.random.wide(whole)]);
    this.set(register, ((above >> BigInt(bytes * 8)) << BigInt(bytes * 8)) | low);
  }

  /** Puts bytes at an address, as far as memory is there that a vector may fill. */
  fill(address, bytes) {
    const start = Number(address);
    const base = [DATA, STACK, TLS].find((region) => start > region - 64 && start < region + PAGE);
    if (base === undefined) return;
    const from = Math.max(0, base - start);
    const kept = bytes.slice(from, base + PAGE - start);
    if (kept.length > 0) this.patches.push({ address: start + from, bytes: kept });
  }

  fillValue(address, value, bytes) {
    this.fill(address, bytesOf(value, bytes));
  }

  /** What a byte of memory holds before the instruction; undefined where nothing is mapped. */
  byteAt(address) {
    for (const patch of this.patches.toReversed()) {
      if (address >= patch.address && address < patch.address + patch.bytes.length) {
        return patch.bytes[address - patch.address];
      }
    }
    if (address >= START && address < START + this.code.length) return this.code[address - START];
    return background(address);
  }

  valueAt(address, bytes) {
    let value = 0n;
    for (let i = bytes - 1; i >= 0; i--) {
      const byte = this.byteAt(Number(address) + i);
      if (byte === undefined) return undefined;
      value = (value << 8n) | BigInt(byte);
    }
    return value;
  }

  /** A place in the code page, away from the instruction. */
  codeAddress() {
    return this.random.chance(0.5)
      ? this.random.between(CODE, START - 1)
      : this.random.between(START + 16, CODE + PAGE - 1);
  }

  /** The vector's line, without its name. */
  toString() {
    const names = NAMES[this.bits];
    const words = [Buffer.from(this.code).toString('hex')];
    if (this.bits === 64) words.push('bits=64');
    this.registers.forEach((value, i) => {
      if (value !== DEFAULTS[i]) words.push(`${names[i]}=${value.toString(16)}`);
    });
    if (this.gsBase !== undefined) words.push(`gsbase=${this.gsBase.toString(16)}`);
    if (this.flags !== 0x202) words.push(`fl=${this.flags.toString(16)}`);
    for (const { address, bytes } of this.patches) {
      words.push(`m=${address.toString(16).padStart(8, '0')}:${Buffer.from(bytes).toString('hex')}`);
    }
    if (this.whole) words.push('whole');
    return words.join(' ');
  }
}

/** A number's bytes in the order in which memory holds them. */
export function bytesOf(value, length) {
  return Array.from({ length }, (_, i) => Number((BigInt.asUintN(length * 8, value) >> BigInt(8 * i)) & 0xffn));
}
