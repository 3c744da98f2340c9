/** What the tests of loading share: GNU's assembler and linker where they are, and runs to their end. */
import { readFileSync } from 'node:fs';
import { asItIs } from '../../../src/cpp/prepared.js';
import { Simulation } from '../../../src/simulate/simulation.js';
import type { Step, Stop } from '../../../src/simulate/trace.js';
import { loadDecoder } from '../../../src/x86/decode/decoder.js';
import type { Image } from '../../../src/x86/load/image.js';
import { placeSource } from '../../../src/x86/load/source.js';
import { parseAssembly } from '../../../src/x86/parser.js';
import { hasProgram, output } from '../object/support.js';
import { tree } from '../../cli/program.js';

export type Bits = 32 | 64;

const decoders = { 32: await loadDecoder(32), 64: await loadDecoder(64) };

export const hasBinutils = hasProgram('as') && hasProgram('ld');

/** What needs them is skipped where they are not, and its name says so. */
export const withBinutils = hasBinutils ? describe : describe.skip;
export const needsBinutils = hasBinutils ? '' : ' (no GNU as and ld here)';

export function source(text: string, target: 'i386' | 'x86_64' | 'x32' = 'i386'): Image {
  return placeSource(parseAssembly(asItIs('t.s', text)), target);
}

/** The object that GNU as makes. */
export function assembled(text: string, bits: Bits): { path: string; bytes: Buffer; folder: string } {
  const made = tree({ 't.s': text });
  output('as', [`--${bits}`, '-o', 't.o', 't.s'], made.path);
  return { path: made.join('t.o'), bytes: readFileSync(made.join('t.o')), folder: made.path };
}

export interface Finished {
  readonly simulation: Simulation;
  readonly steps: readonly Step[];
  readonly stop: Stop;
}

/** Runs a function with registers and memory set. */
export function run(
  image: Image,
  name: string,
  setup: (simulation: Simulation) => void = () => undefined,
  limit = 100_000,
): Finished {
  const simulation = new Simulation(image, decoders[image.target === 'i386' ? 32 : 64]);
  const address = image.symbols.get(name);
  if (address === undefined) throw new Error(`no function ${name}`);
  simulation.enterFunction(address);
  setup(simulation);
  const steps: Step[] = [];
  const going = simulation.run(limit);
  for (;;) {
    const next = going.next();
    if (next.done === true) return { simulation, steps, stop: next.value };
    steps.push(next.value);
  }
}

/** The bytes of a word at an address, as a number. */
export function word(simulation: Simulation, address: number, size = 4): bigint {
  const bytes = simulation.machine.memory.peek(address, size);
  return BigInt(
    `0x${Buffer.from(bytes ?? [])
      .reverse()
      .toString('hex')}`,
  );
}
