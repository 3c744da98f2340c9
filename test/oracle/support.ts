// What the tests of the oracle share: the scripts are plain JavaScript, so a test says itself what it takes from them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { VectorResult } from '../../src/x86/simulator/vectors.js';

export async function script<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(join(process.cwd(), 'scripts', name)).href)) as T;
}

export type Target = 'i386' | 'x86_64';

export interface Undefined {
  flags: number;
  registers: { name: string; mask: bigint }[];
  memory: { address: number; length: number }[];
}

export interface Answer {
  id: string;
  outcome: string;
  ip: bigint;
  registers: bigint[];
  flags: number;
  memory: Map<number, number>;
  undefined: Undefined;
}

export interface Lines {
  readAnswer: (line: string) => Answer;
  differences: (native: Answer, simulated: Answer, bits: 32 | 64, unknown: Undefined) => string[];
  undefinedIn: (answer: Answer, unknown: Undefined) => Undefined;
  undefinedOf: (result: VectorResult) => Undefined;
  undefinedDifferences: (manuals: Undefined, simulator: Undefined) => string[];
  readStored: (line: string, id: string) => { line: string; bits: 32 | 64; answer: Answer };
  storedLine: (vector: string, answer: string, unknown: Undefined) => string;
}

export interface Native {
  buildOracle: (folder: string) => string;
  checkOracle: (program: string, target: Target) => void;
  runOracle: (program: string, lines: readonly string[]) => string[];
}

export interface Vector {
  id: string;
  bits: 32 | 64;
  form: string;
  line: string;
  undefined: Undefined;
}

/** A folder that is gone when the process ends. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cancelint-oracle-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** The result, or the reason why this machine cannot give it. */
export function attempt<T>(make: () => T): { value: T } | { reason: string } {
  try {
    return { value: make() };
  } catch (error) {
    if (error instanceof Error && error.constructor.name === 'SetupError') return { reason: error.message };
    throw error;
  }
}
