/** Names for addresses: the nearest symbol at or before one, in the same region. */
import type { Image, ImageRegion } from './image.js';

export class AddressNames {
  private readonly symbols: readonly (readonly [number, string])[];
  private readonly regions: readonly ImageRegion[];

  constructor(private readonly image: Image) {
    const functions = new Set(image.functions);
    const rank = (name: string): number => (functions.has(name) ? 0 : 1);
    const best = new Map<number, string>();
    for (const [name, address] of image.symbols) {
      const known = best.get(address);
      if (known === undefined || rank(name) < rank(known)) best.set(address, name);
    }
    this.symbols = [...best].sort((a, b) => a[0] - b[0]);
    this.regions = [...image.regions].sort((a, b) => a.address - b.address);
  }

  /** `name+4`, or undefined where no symbol is near. */
  of(address: number): string | undefined {
    const outside = this.image.outside.get(address);
    if (outside !== undefined) return outside;
    const found = lastUpTo(this.symbols, address, ([at]) => at);
    if (!found) return undefined;
    const [at, name] = found;
    if (at === address) return name;
    const region = lastUpTo(this.regions, address, (one) => one.address);
    if (!region || at < region.address || address >= region.address + region.size) return undefined;
    return `${name}+${address - at}`;
  }
}

/** The last of a sorted list whose place is not behind an address. */
function lastUpTo<T>(list: readonly T[], address: number, place: (one: T) => number): T | undefined {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = list[middle];
    if (one !== undefined && place(one) <= address) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}
