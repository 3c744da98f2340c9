/**
 * `node scripts/fuzz-object.mjs --seconds N [--seed N] [FILE…]` reads spoilt objects and archives for so long and prints
 * how many. Each must give an object or an `ObjectError` of one line within a second and a bounded part of memory. Starts
 * from the fixtures and the given files; of an archive its members count too.
 *
 * Exit status: 0 nothing found, 1 something was (the bytes are kept), 2 it could not run.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { root, setUp, SetupError } from './setup.mjs';

const MAX_SEED_BYTES = 1 << 20;
const SLOW = 1000;
const MAX_HEAP = 1 << 30;

/** A small generator, so that a run can be had again (xorshift of 32 bits). */
function generator(seed) {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

const EXTREMES = [
  [0, 0, 0, 0],
  [255, 255, 255, 255],
  [255, 255, 255, 127],
  [0, 0, 0, 128],
  [1, 0, 0, 0],
  [0, 16, 0, 0],
  [255, 255],
  [255, 255, 255, 255, 255, 255, 255, 255],
  [0, 0, 0, 0, 0, 0, 0, 128],
];

/** Changes, moves, cuts and joins. */
function spoil(random, seeds) {
  let data = Buffer.from(seeds[random(seeds.length)]);
  for (let n = random(8); n > 0; n--) {
    // Headers are small and matter much; in ELF the section headers stand at the end.
    const where = random(4);
    const near = Math.min(data.length, 4096);
    const at = where === 0 ? random(data.length + 1) : where === 1 ? data.length - random(near + 1) : random(near + 1);
    switch (random(6)) {
      case 0:
        if (at < data.length) data[at] ^= 1 << random(8);
        break;
      case 1:
        Buffer.from(EXTREMES[random(EXTREMES.length)]).copy(data, at & ~3);
        break;
      case 2:
        if (at < data.length) data[at] = random(256);
        break;
      case 3:
        data.copy(data, at, random(data.length + 1), random(data.length + 1));
        break;
      case 4:
        if (random(4) === 0) data = data.subarray(0, at);
        break;
      default: {
        const other = seeds[random(seeds.length)];
        if (random(8) === 0) data = Buffer.concat([data.subarray(0, at), other.subarray(random(other.length + 1))]);
      }
    }
  }
  return data;
}

function seedsFrom(files, readArchive, isArchive) {
  const folder = join(root, 'fixtures/x86/objects');
  const seeds = readdirSync(folder)
    .filter((name) => name.endsWith('.base64'))
    .map((name) => Buffer.from(readFileSync(join(folder, name), 'latin1'), 'base64'));
  for (const file of files) {
    if (!existsSync(file)) throw new SetupError(`${file} is not there`);
    const data = readFileSync(file);
    if (data.length <= MAX_SEED_BYTES) seeds.push(data);
    if (isArchive(data)) seeds.push(...readArchive(data).members.map((one) => Buffer.from(one.data)));
  }
  return seeds.filter((data) => data.length > 0 && data.length <= MAX_SEED_BYTES);
}

async function main() {
  const { values, positionals } = parseArgs({
    options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } },
    allowPositionals: true,
  });
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new SetupError('--seconds needs a number');
  setUp();
  const load = (path) => import(pathToFileURL(join(root, 'dist/x86/object', path)).href);
  const { readAll } = await load('open.js');
  const { isArchive, readArchive } = await load('archive.js');
  const { ObjectError } = await load('error.js');
  const seeds = seedsFrom(positionals, readArchive, isArchive);
  const random = generator(Number(values.seed));
  const end = performance.now() + seconds * 1000;
  let count = 0;
  let whole = 0;
  let slowest = 0;
  let largest = 0;
  const complaints = new Set();
  const fail = (data, why) => {
    const kept = join(mkdtempSync(join(tmpdir(), 'cancelint-fuzz-')), 'object');
    writeFileSync(kept, data);
    console.log(`${why}: ${kept}`);
    return 1;
  };
  while (performance.now() < end) {
    const data = spoil(random, seeds);
    const began = performance.now();
    try {
      for (const one of readAll(data)) if (one.object.size > data.length) return fail(data, 'larger than the file');
      whole++;
    } catch (error) {
      if (!(error instanceof ObjectError)) return fail(data, `threw ${error.stack}`);
      if (/[\n\r]/.test(error.message)) return fail(data, `more than a line: ${error.message}`);
      complaints.add(error.message.replace(/\d+/g, 'N'));
    }
    const took = performance.now() - began;
    slowest = Math.max(slowest, took);
    if (took > SLOW) return fail(data, `took ${Math.round(took)} ms`);
    if (++count % 256 === 0) {
      largest = Math.max(largest, process.memoryUsage().heapUsed);
      if (largest > MAX_HEAP) return fail(data, `the heap has ${largest} bytes`);
    }
  }
  console.log(
    `${count} spoilt objects from ${seeds.length} seeds in ${seconds} s (seed ${values.seed}): ${whole} could be read, ` +
      `${complaints.size} different complaints, slowest ${slowest.toFixed(0)} ms, heap at most ${(largest / 1048576).toFixed(0)} MiB`,
  );
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
