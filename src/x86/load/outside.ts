/** Symbols that are defined elsewhere get addresses where nothing is, so that going there is told by its name. */
import { ObjectError } from '../object/error.js';

/** Bytes between two of them: displacements into a variable lead to no other's address as a rule. */
const DISTANCE = 4096;

/** More than any object refers to. */
const MOST = 0x8000;

export class Outside {
  readonly names = new Map<number, string>();
  private readonly addresses = new Map<string, number>();

  constructor(private readonly start: number) {}

  /** The address of a name, the same each time. */
  address(name: string): number {
    let address = this.addresses.get(name);
    if (address === undefined) {
      if (this.addresses.size === MOST) throw new ObjectError('it refers to too many names that are defined elsewhere');
      address = this.start + DISTANCE * this.addresses.size;
      this.addresses.set(name, address);
      this.names.set(address, name);
    }
    return address;
  }
}

/** The name of what is defined elsewhere and would hold this address, by the names that `Outside` gave. */
export function outsideAt(names: ReadonlyMap<number, string>, address: number): string | undefined {
  return names.get(address - (address % DISTANCE));
}
