/**
 * `npm run oracle -- --seed N --count N [--target i386|x86_64]` makes vectors, runs them on the processor and in the
 * simulator, and prints how many answers differ outside what is undefined, and each difference with its state. What the
 * simulator says is undefined must be what the manuals leave undefined, no more and no less.
 * Without a target it does both. Exit status: 0 without differences, 1 with some, 2 when it cannot run.
 *
 * `--store` writes the vectors and the processor's answers to fixtures/x86/vectors instead of comparing.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';
import {
  differences,
  readAnswer,
  storedLine,
  undefinedDifferences,
  undefinedIn,
  undefinedOf,
} from './oracle/lines.mjs';
import { buildOracle, checkOracle, runOracle } from './oracle/native.mjs';
import { root, setUp, SetupError } from './setup.mjs';

const TARGETS = ['i386', 'x86_64'];

/** More than this many at once is only memory. */
const BATCH = 20_000;

function wholeNumber(text, name) {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new SetupError(`--${name} needs a whole number, not "${text}".`);
  return value;
}

function options() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        seed: { type: 'string', default: '1' },
        count: { type: 'string', default: '50000' },
        target: { type: 'string' },
        store: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new SetupError(error.message);
  }
  if (values.target !== undefined && !TARGETS.includes(values.target)) {
    throw new SetupError(`--target is one of ${TARGETS.join(' and ')}, not "${values.target}".`);
  }
  return {
    seed: wholeNumber(values.seed, 'seed'),
    count: wholeNumber(values.count, 'count'),
    targets: values.target === undefined ? TARGETS : [values.target],
    store: values.store,
  };
}

/** Batches of generated vectors with the processor's answers. */
function* answered(generate, program, { target, seed, count }) {
  const source = generate(target, seed);
  for (let done = 0; done < count;) {
    const batch = [];
    while (batch.length < BATCH && done + batch.length < count) {
      const vector = source.next().value;
      batch.push({ ...vector, line: `${vector.id} ${vector.line}` });
    }
    const answers = runOracle(
      program,
      batch.map(({ line }) => line),
    );
    yield batch.map((vector, i) => ({ ...vector, native: answers[i] }));
    done += batch.length;
  }
}

/** Compares one target; answers how many vectors came out differently. */
function compareTarget(generate, simulate, program, run) {
  let different = 0;
  let milliseconds = 0;
  for (const batch of answered(generate, program, run)) {
    for (const { line, bits, form, native, undefined: undefined_ } of batch) {
      const began = performance.now();
      const { answer: simulated, result } = simulate(line);
      milliseconds += performance.now() - began;
      const answer = readAnswer(native);
      const open = undefinedIn(answer, undefined_);
      const found = [
        ...differences(answer, readAnswer(simulated), bits, open),
        ...undefinedDifferences(open, undefinedOf(result)),
      ];
      if (found.length === 0) continue;
      different++;
      console.log(`${form}\n  vector    ${line}\n  processor ${native}\n  simulator ${simulated}`);
      for (const text of found) console.log(`  ${text}`);
    }
  }
  console.log(
    `${run.target}: ${run.count} vectors of seed ${run.seed}, ${different} differences outside undefined results ` +
      `(${os.cpus()[0]?.model ?? 'unknown processor'}; the simulator took ${(milliseconds / 1000).toFixed(1)} s)`,
  );
  return different;
}

function storeTarget(generate, program, run) {
  const lines = [];
  for (const batch of answered(generate, program, run)) {
    for (const { line, native, undefined: undefined_ } of batch) lines.push(storedLine(line, native, undefined_));
  }
  const text = Buffer.from(`${lines.join('\n')}\n`);
  const packed = brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  });
  const file = join('fixtures', 'x86', 'vectors', `${run.target}.txt.br`);
  writeFileSync(join(root, file), packed);
  console.log(`${file}: ${lines.length} vectors of seed ${run.seed}, ${text.length} bytes, packed ${packed.length}`);
}

/** Runs the simulator as built on a vector's line: the line of its answer, and what it says is undefined. */
async function loadSimulator() {
  const load = (path) => import(pathToFileURL(join(root, 'dist', 'x86', path)).href);
  const { VectorRunner, parseVector, printResult } = await load('simulator/vectors.js');
  const { loadDecoder } = await load('decode/decoder.js');
  const decoders = { i386: await loadDecoder(32), x86_64: await loadDecoder(64) };
  const runner = new VectorRunner((bytes, address, mode) => decoders[mode].decode(bytes, address));
  return (line) => {
    const result = runner.run(parseVector(line));
    return { answer: printResult(result), result };
  };
}

async function main() {
  const { seed, count, targets, store } = options();
  setUp();
  const scratch = mkdtempSync(join(os.tmpdir(), 'cancelint-oracle-'));
  try {
    const program = buildOracle(scratch);
    for (const target of targets) checkOracle(program, target);
    const { vectors } = await import('./oracle/generate.mjs');
    if (store) {
      for (const target of targets) storeTarget(vectors, program, { target, seed, count });
      return 0;
    }
    const simulate = await loadSimulator();
    let different = 0;
    for (const target of targets) different += compareTarget(vectors, simulate, program, { target, seed, count });
    return different === 0 ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
