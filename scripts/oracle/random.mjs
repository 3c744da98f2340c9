/** Random numbers that a seed determines, the same on every machine, and the values that arithmetic goes wrong at. */

/** Chris Doty-Humphrey's sfc32: small, fast, and good enough that neighbouring seeds have nothing in common. */
export class Random {
  constructor(seed) {
    this.a = 0x9e3779b9;
    this.b = seed | 0;
    this.c = Math.trunc(seed / 0x100000000) | 0;
    this.counter = 1;
    for (let i = 0; i < 20; i++) this.bits();
  }

  /** 32 random bits, as an unsigned number. */
  bits() {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A whole number from 0 up to and without the limit. */
  below(limit) {
    return Math.floor((this.bits() / 0x100000000) * limit);
  }

  /** A whole number between both ends, which count. */
  between(low, high) {
    return low + this.below(high - low + 1);
  }

  chance(probability) {
    return this.bits() / 0x100000000 < probability;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** Random bits of that many bytes, as a bigint. */
  wide(bytes) {
    let value = 0n;
    for (let i = 0; i < bytes; i += 4) value = (value << 32n) | BigInt(this.bits());
    return BigInt.asUintN(bytes * 8, value);
  }

  /** A value of that many bytes: half the time random, otherwise one where something carries, changes sign or ends. */
  value(bytes) {
    const bits = bytes * 8;
    const one = 1n;
    switch (this.below(10)) {
      case 0:
        return 0n;
      case 1:
        return BigInt.asUintN(bits, BigInt(this.between(-3, 3)));
      case 2: // The ends of the signed range.
        return BigInt.asUintN(bits, (one << BigInt(bits - 1)) + BigInt(this.between(-2, 2)));
      case 3: // A power of two, or next to one.
        return BigInt.asUintN(bits, (one << BigInt(this.below(bits))) + BigInt(this.between(-1, 1)));
      case 4: // Small, or small and negative.
        return BigInt.asUintN(bits, BigInt(this.between(-200, 200)));
      case 5: // Bytes that are all ones or all zeros.
        return BigInt(`0x${Array.from({ length: bytes }, () => this.pick(['00', 'ff', '7f', '80', '01'])).join('')}`);
      default:
        return this.wide(bytes);
    }
  }
}
