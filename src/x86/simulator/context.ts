/** What compiling an instruction needs besides the instruction. */
import type { Mode } from '../table/match.js';
import type { SymbolResolver } from './values.js';

export interface Context {
  readonly mode: Mode;
  /** Of the instruction. */
  readonly address: number;
  readonly length: number;
  /** Record effects, and carry out what the plain form answers CAREFUL to. */
  readonly careful: boolean;
  readonly resolve?: SymbolResolver;
}
