/** The small programs: built for a target without any library, and run on the processor step by step. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './support.js';

const FOLDER = join(process.cwd(), 'test', 'oracle');

export const PROGRAMS = readdirSync(join(FOLDER, 'programs'))
  .filter((name) => name.endsWith('.c'))
  .map((name) => name.slice(0, -2));

/** As without the compiler's help as they can be read, and as compilers write code. */
export const LEVELS = ['-O0', '-O2'] as const;
export type Level = (typeof LEVELS)[number];

/** No library and no start-up code of one; integer instructions only; at the address that it was linked for. */
const FLAGS = [
  ...['-std=gnu11', '-ffreestanding', '-nostdlib', '-static', '-fno-pie', '-no-pie', '-mgeneral-regs-only'],
  ...['-fno-stack-protector', '-fcf-protection=none', '-fno-asynchronous-unwind-tables'],
];

/** Where the program stands between two instructions. */
export interface Boundary {
  readonly pc: bigint;
  /** By number: ax, cx, dx, bx, sp, bp, si, di, and in 64-bit mode r8 to r15. */
  readonly registers: readonly bigint[];
  readonly flags: number;
}

export type Happening =
  | ({ readonly kind: 'step' } & Boundary)
  /** It arrives at the boundary before; the one after is the handler's first. */
  | { readonly kind: 'signal'; readonly signal: number; readonly floatingPoint: number }
  | { readonly kind: 'end'; readonly text: string };

export interface Trace {
  /** In the simulator's order: es, cs, ss, ds, fs, gs. */
  readonly selectors: readonly number[];
  /** What the kernel put on the stack, from the stack pointer up. */
  readonly stack: Uint8Array;
  readonly happenings: readonly Happening[];
}

function run(program: string, args: readonly string[]): string | { readonly reason: string } {
  const done = spawnSync(program, [...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.error) return { reason: `${program} cannot be started: ${done.error.message}` };
  if (done.status === 0) return done.stdout;
  return { reason: done.stderr.trim().split('\n')[0] ?? `${program} ended with ${done.status ?? done.signal}` };
}

/** Builds the tracer; its path, or why this machine has none. */
export function buildTracer(folder: string): string | { readonly reason: string } {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { reason: 'x86_64 Linux is needed' };
  const path = join(folder, 'trace');
  const built = run('cc', ['-O2', '-o', path, join(FOLDER, 'trace.c')]);
  return typeof built === 'string' ? path : built;
}

/** Builds a program; its path, or why it cannot be built here. */
export function buildProgram(
  folder: string,
  name: string,
  target: Target,
  level: Level,
): string | { readonly reason: string } {
  const path = join(folder, `${name}-${target}${level}`);
  const source = join(FOLDER, 'programs', `${name}.c`);
  const built = run('cc', [target === 'i386' ? '-m32' : '-m64', level, ...FLAGS, '-o', path, source]);
  return typeof built === 'string' ? path : built;
}

/** Runs a program on the processor; why not, where that is refused. */
export function traceNatively(tracer: string, program: string): Trace | { readonly reason: string } {
  const printed = run(tracer, [program]);
  return typeof printed === 'string' ? readTrace(printed) : printed;
}

function readTrace(printed: string): Trace {
  let selectors: number[] = [];
  let stack: Uint8Array = new Uint8Array(0);
  const happenings: Happening[] = [];
  for (const line of printed.trimEnd().split('\n')) {
    const [kind, ...words] = line.split(' ');
    if (kind === 'selectors') selectors = words.map((word) => parseInt(word, 16));
    else if (kind === 'stack') stack = Buffer.from(words[1] ?? '', 'hex');
    else if (kind === 'signal') {
      happenings.push({ kind, signal: Number(words[0]), floatingPoint: parseInt(words[1] ?? '', 16) });
    } else if (kind === 'step') {
      const numbers = words.map((word) => BigInt(`0x${word}`));
      const [pc = 0n] = numbers;
      happenings.push({ kind, pc, registers: numbers.slice(1, -1), flags: Number(numbers.at(-1)) });
    } else happenings.push({ kind: 'end', text: line });
  }
  return { selectors, stack, happenings };
}
