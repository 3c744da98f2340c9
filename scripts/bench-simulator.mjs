/**
 * How many instructions a second the simulator runs, for `npm run bench`: the computing programs of test/oracle, built
 * with cc, run over and over. Prints JSON: `{ "rows": [{ "target", "way", "programs": { NAME: rate } }] }`, in millions
 * of instructions for each second of processor time, which says more than the clock where other programs run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, SetupError } from './setup.mjs';

export const PROGRAMS = ['bits', 'division', 'machine', 'recursion', 'sorting', 'strings', 'wide'];

/** `plain`: as fast as it goes. `effects`: the effects of each step recorded. `poison`: that, with an undefined byte. */
export const WAYS = ['plain', 'effects', 'poison'];

/** Measured so often, so long each; the median counts. */
const ROUNDS = 5;
const MILLISECONDS = 300;

const FLAGS = [
  ...['-O2', '-std=gnu11', '-ffreestanding', '-nostdlib', '-static', '-fno-pie', '-no-pie', '-mgeneral-regs-only'],
  ...['-fno-stack-protector', '-fcf-protection=none', '-fno-asynchronous-unwind-tables'],
];

/** Where the caller and the stack of a program are: away from it. */
const CALLER = 0x60000000;
const STACK = 0x70000000;
const PAGE = 4096;

async function loadSimulator() {
  const load = (path) => import(pathToFileURL(join(root, 'dist', 'x86', path)).href);
  const names = ['simulator/machine', 'simulator/memory', 'simulator/undefined', 'decode/decoder', 'object/elf'];
  const modules = await Promise.all([...names, 'load/program'].map((name) => load(`${name}.js`)));
  return Object.assign({}, ...modules);
}

function build(folder, name, target) {
  const program = join(folder, `${name}-${target}`);
  const source = join(root, 'test', 'oracle', 'programs', `${name}.c`);
  const done = spawnSync('cc', [target === 'i386' ? '-m32' : '-m64', ...FLAGS, '-o', program, source], {
    encoding: 'utf8',
  });
  if (done.error) throw new SetupError('The simulator is measured with programs in C, and there is no cc.');
  if (done.status !== 0) throw new SetupError(`${name} cannot be built for ${target}: ${done.stderr.split('\n')[0]}`);
  return program;
}

/** A machine that calls the program's `run` for ever: `1: call run; jmp 1b`. */
function prepare(file, target, way, decoder, library) {
  const image = library.loadProgram(library.readElf(readFileSync(file)));
  const { READ, WRITE, EXECUTE } = library;
  const wholePages = ({ address, size, data, writable, executable }) => ({
    start: address - (address % PAGE),
    size: Math.ceil(((address % PAGE) + size) / PAGE) * PAGE,
    permissions: READ | (writable ? WRITE : 0) | (executable ? EXECUTE : 0),
    fill: (at) => data[at - address] ?? 0,
  });
  const machine = library.createMachine({
    mode: target,
    decode: (bytes, address) => decoder.decode(bytes, address),
    memory: [
      ...image.regions.filter(({ name }) => name === 'segment').map(wholePages),
      { start: CALLER, size: PAGE, permissions: READ | EXECUTE },
      { start: STACK, size: 16 * PAGE, permissions: READ | WRITE },
    ],
  });
  const caller = Buffer.from('e800000000ebf9', 'hex');
  caller.writeInt32LE(image.symbols.get('run') - (CALLER + 5), 1);
  machine.memory.poke(CALLER, caller);
  machine.setRegister(target === 'i386' ? 'esp' : 'rsp', STACK + 16 * PAGE - 64);
  machine.pc = CALLER;
  machine.recording = way !== 'plain';
  if (way === 'poison') {
    // At the far end of the stack, where nothing comes by: each step must find out that it reads nothing undefined.
    library.setUndefinedBytes(machine.state, [[STACK, 0xff]]);
    machine.state.uncertain = true;
  }
  return machine;
}

/** Millions of instructions a second of processor time. */
function rate(machine) {
  const rates = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const until = performance.now() + MILLISECONDS;
    const before = process.cpuUsage();
    const steps = machine.steps;
    while (performance.now() < until) {
      const event = machine.run(10_000);
      if (event.kind !== 'limit') throw new Error(`the simulator stopped: ${JSON.stringify(event)}`);
    }
    const { user, system } = process.cpuUsage(before);
    // The first round is the engine's to warm up in.
    if (round > 0) rates.push((machine.steps - steps) / (user + system));
  }
  return rates.sort((a, b) => a - b)[rates.length >> 1];
}

async function main() {
  const library = await loadSimulator();
  const decoders = { i386: await library.loadDecoder(32), x86_64: await library.loadDecoder(64) };
  const folder = mkdtempSync(join(tmpdir(), 'cancelint-bench-'));
  try {
    const rows = [];
    for (const target of ['i386', 'x86_64']) {
      const files = PROGRAMS.map((name) => [name, build(folder, name, target)]);
      for (const way of WAYS) {
        const programs = files.map(([name, file]) => {
          const machine = prepare(file, target, way, decoders[target], library);
          return [name, rate(machine)];
        });
        rows.push({ target, way, programs: Object.fromEntries(programs) });
      }
    }
    console.log(JSON.stringify({ rows }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
