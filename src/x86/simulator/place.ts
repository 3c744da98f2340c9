/**
 * An operand as it runs. A place is found once (`at`, the address of memory), then read and written. Values of 8 and 16
 * bits are unsigned, those of 32 bits signed, those of 64 bits have their upper half in `high`.
 *
 * It is a class so that all instances have one layout in memory, which literals with different properties have not:
 * engines find a property at once where every object that comes by has the same layout.
 */
import type { Width } from '../syntax.js';
import type { RegisterPlace } from './registers.js';
import type { State } from './state.js';

export type Load = (s: State, at: number) => number;
export type Store = (s: State, at: number, low: number, high: number) => void;

export interface PlaceParts {
  readonly kind: 'register' | 'memory' | 'immediate';
  readonly width: Width;
  readonly at: (s: State) => number;
  readonly load: Load;
  /** Reads what will be written: memory that cannot be written faults here already. */
  readonly modify: Load;
  readonly store: Store;
  /** Of a register. */
  readonly register?: RegisterPlace | undefined;
  /** Of an immediate: its value, sign-extended to 64 bits. */
  readonly value?: bigint | undefined;
}

export class Place implements PlaceParts {
  readonly kind: PlaceParts['kind'];
  readonly width: Width;
  readonly at: (s: State) => number;
  readonly load: Load;
  readonly modify: Load;
  readonly store: Store;
  readonly register: RegisterPlace | undefined;
  readonly value: bigint | undefined;

  constructor(parts: PlaceParts) {
    this.kind = parts.kind;
    this.width = parts.width;
    this.at = parts.at;
    this.load = parts.load;
    this.modify = parts.modify;
    this.store = parts.store;
    this.register = parts.register;
    this.value = parts.value;
  }
}
