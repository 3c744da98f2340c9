/** Builds the programs of test/native for mutants and has the processor run them. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { cancelSource, contextHeaders, wrapperSource } from '../../test/mutants/handler.mjs';
import { root, SetupError } from '../setup.mjs';

const SOURCES = join(root, 'test', 'native');

/** No library; integer instructions only; the data that the sweeper reads where it looks for it (include/meta.h). */
const FLAGS = [
  ...['-std=gnu11', '-O1', '-ffreestanding', '-nostdinc', '-nostdlib', '-static', '-fno-pie', '-no-pie'],
  ...['-mgeneral-regs-only', '-fno-stack-protector', '-fcf-protection=none', '-fno-asynchronous-unwind-tables'],
  ...['-Wl,--section-start=.meta=0x30000000', '-Wl,--build-id=none', '-Wl,-z,noexecstack'],
];
const WIDTH = { i386: '-m32', x86_64: '-m64' };

/** How many programs one process sweeps, so that there is something for every processor. */
const BATCH = 12;

function cc(args) {
  const done = spawnSync('cc', args, { encoding: 'utf8' });
  if (done.error) throw new SetupError('The native runs need a C compiler called cc, and there is none.');
  if (done.status !== 0)
    throw new SetupError(`cc ${args.at(-1)}: ${done.stderr.trim().split('\n').slice(0, 3).join('; ')}`);
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, errors }));
  });
}

/** Runs `work` for all items, so many at a time; the answers in their order. */
async function inParallel(items, work) {
  const answers = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) answers[i] = await work(items[i], i);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return answers;
}

/** What all programs of a run share, built once: the sweeper, the program, and the C side by its text. */
class Workshop {
  #objects = new Map();

  constructor(folder, target) {
    if (process.platform !== 'linux' || process.arch !== 'x64') {
      throw new SetupError(`The native runs need x86_64 Linux, not ${process.arch} ${process.platform}.`);
    }
    this.folder = folder;
    this.target = target;
    mkdirSync(folder, { recursive: true });
    this.sweeper = join(folder, 'sweep');
    cc(['-O2', '-o', this.sweeper, join(SOURCES, 'sweep.c')]);
  }

  /** The handler and the program around it, as objects. */
  objects({ handler }) {
    const headers = contextHeaders(this.target, handler);
    const files = { ...headers, 'pthread_cancel.c': cancelSource(handler) };
    const key = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12);
    const known = this.#objects.get(key);
    if (known !== undefined) return known;
    const folder = join(this.folder, key);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const objects = [join(SOURCES, 'program.c'), join(folder, 'pthread_cancel.c')].map((source, n) => {
      const object = join(folder, `${n}.o`);
      const includes = ['-I', join(SOURCES, 'include'), '-I', join(folder, 'arch', this.target)];
      cc([
        WIDTH[this.target],
        ...FLAGS.filter((flag) => !flag.startsWith('-Wl')),
        ...includes,
        '-c',
        '-o',
        object,
        source,
      ]);
      return object;
    });
    this.#objects.set(key, objects);
    return objects;
  }

  /** The path of a mutant's program. */
  async program(mutant, n) {
    const path = join(this.folder, `m${n}`);
    const edges = (name) => `.global __window_${name}\n__window_${name}:\n`;
    writeFileSync(`${path}.s`, `.text\n.balign 4096\n${edges('first')}${wrapperSource(mutant.lines)}${edges('last')}`);
    const objects = this.objects(mutant);
    const { status, errors } = await run('cc', [WIDTH[this.target], ...FLAGS, '-o', path, ...objects, `${path}.s`]);
    if (status !== 0) throw new Error(`${mutant.name} cannot be built: ${errors}`);
    return path;
  }
}

function checkRuns(shop, program, target) {
  const { status, stderr } = spawnSync(shop.sweeper, [program], { encoding: 'utf8' });
  if (status === 0) return;
  const why = stderr.trim().split('\n')[0] || `it ended with ${status}`;
  throw new SetupError(`${target} programs cannot be swept here: ${why}`);
}

/** "none", or the kinds of what went wrong with the first case that showed each: `kind@case,…`. In the mutants' order. */
export async function sweepNatively(target, mutants, folder) {
  if (mutants.length === 0) return [];
  const shop = new Workshop(join(folder, target), target);
  const programs = await inParallel(mutants, (mutant, n) => shop.program(mutant, n));
  checkRuns(shop, programs[0], target);
  const batches = [];
  for (let i = 0; i < programs.length; i += BATCH) batches.push(programs.slice(i, i + BATCH));
  const answers = await inParallel(batches, async (batch) => {
    const { status, out, errors } = await run(shop.sweeper, batch);
    const lines = out.trimEnd().split('\n');
    if (status !== 0 || lines.length !== batch.length) {
      const at = mutants[programs.indexOf(batch[out === '' ? 0 : lines.length])];
      throw new Error(`The sweep of ${at?.name} ended with ${status}: ${errors}`);
    }
    return lines.map((line) => line.split(' ')[1]);
  });
  return answers.flat();
}

/** Every case of one mutant that shows something, as text. */
export async function explainNatively(target, mutant, folder) {
  const shop = new Workshop(join(folder, target), target);
  const { out, errors } = await run(shop.sweeper, ['-v', await shop.program(mutant, 0)]);
  return `${errors}${out.trim().split(' ')[1] ?? 'no answer'}\n`;
}
