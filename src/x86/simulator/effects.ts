/** What a step read and wrote, in the order in which it did. */
import type { Width } from '../syntax.js';

export type Effect =
  | {
      readonly kind: 'register';
      /** `address`: read to find out where memory is, not for its value. */
      readonly access: 'read' | 'write' | 'address';
      readonly register: string;
      readonly width: Width;
      /** Number of the register, and first of its bytes: 1 for `ah`. */
      readonly number: number;
      readonly offset: 0 | 1;
    }
  | {
      readonly kind: 'memory';
      readonly access: 'read' | 'write';
      readonly address: number;
      readonly width: number;
      readonly aligned: boolean;
    }
  | { readonly kind: 'flags'; readonly access: 'read' | 'write'; readonly mask: number }
  /** Bits of a register or of memory that the instruction leaves undefined. */
  | { readonly kind: 'undefined'; readonly number: number; readonly low: number; readonly high: number }
  | { readonly kind: 'undefinedMemory'; readonly address: number; readonly width: number };
