import type { Handler } from './handler.mjs';

export type Target = 'i386' | 'x86_64';

export interface Mutant {
  readonly target: Target;
  /** The window, what was done to it, and where. */
  readonly name: string;
  /** Of its text: what was stored for another text says nothing about it. */
  readonly key: string;
  readonly lines: readonly string[];
  readonly handler: Handler;
}

export declare const TARGETS: readonly Target[];
export declare function mutants(target: Target): Mutant[];
