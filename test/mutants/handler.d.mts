import type { Mutant } from './generate.mjs';

export interface Handler {
  readonly lower: string;
  readonly upper: string;
  readonly joined: string;
  readonly start: string;
  readonly end: string;
  readonly cancel: string;
  readonly slot: string | undefined;
  readonly compares: boolean;
  readonly masks: boolean;
  readonly raises: boolean;
  readonly restarts: boolean;
}

export declare function treeOf(mutant: Pick<Mutant, 'target' | 'lines' | 'handler'>): Record<string, string>;
