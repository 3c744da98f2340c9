/** Finds out whether bytes are among those that are not known. */
import type { Unknown } from '../x86/load/image.js';

export class UnknownBytes {
  private readonly sorted: readonly Unknown[];
  /** The longest one: none that begins further in front of an address covers it. */
  private readonly longest: number;

  constructor(list: readonly Unknown[]) {
    this.sorted = [...list].sort((a, b) => a.address - b.address);
    this.longest = list.reduce((most, one) => Math.max(most, one.size), 0);
  }

  /** Why a stretch is not known; undefined where all of it is. */
  within(address: number, size: number): string | undefined {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sorted[middle]?.address ?? 0) < address + size) low = middle + 1;
      else high = middle;
    }
    for (let n = low - 1; n >= 0; n--) {
      const one = this.sorted[n];
      if (!one || one.address + this.longest <= address) return undefined;
      if (one.address + one.size > address) return one.reason;
    }
    return undefined;
  }
}
