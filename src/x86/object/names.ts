/** String tables: names that end in a zero byte (gABI, "String Table"). */
import { ObjectError } from './error.js';
import { textOf } from './bytes.js';

/** No compiler makes a longer name. */
const MAX_NAME = 1 << 16;

/**
 * How much all names of a file may take together. Linkers let a name share the tail of another, so the sum may exceed
 * the table; that it exceeds the whole file many times over is an attack.
 */
export class NameBudget {
  private left: number;

  constructor(fileSize: number) {
    this.left = 4 * fileSize + (1 << 20);
  }

  spend(size: number): void {
    this.left -= size;
    if (this.left < 0) throw new ObjectError('the names take more than the file can hold');
  }
}

export class StringTable {
  private readonly known = new Map<number, string>();

  constructor(
    private readonly data: Uint8Array,
    private readonly budget: NameBudget,
    private readonly what: string,
  ) {}

  at(offset: number): string {
    const known = this.known.get(offset);
    if (known !== undefined) return known;
    // An empty table has the empty name only.
    if (offset === 0 && this.data.length === 0) return '';
    if (offset >= this.data.length) throw new ObjectError(`a name lies outside ${this.what}`);
    const limit = Math.min(this.data.length, offset + MAX_NAME);
    let end = offset;
    while (end < limit && this.data[end] !== 0) end++;
    if (end === limit) {
      throw new ObjectError(limit === this.data.length ? `a name in ${this.what} has no end` : 'a name is too long');
    }
    this.budget.spend(end - offset + 1);
    const name = textOf(this.data.subarray(offset, end));
    this.known.set(offset, name);
    return name;
  }
}
