/**
 * `npm run points:check -- [--libc musl|glibc] [--function NAME] [--store]` builds the programs of test/points/native
 * with Debian's musl and with this machine's glibc (x86_64), has them call each function with a request pending, and
 * compares what happened with fixtures/points. Debian's musl-dev is fetched into a temporary folder through the mirror
 * that the machine's apt uses; nothing is installed.
 *
 * Exit status: 0 as stored, 1 not so, 2 it cannot run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, runMain, SetupError } from './setup.mjs';
import { downloadPackage } from './trees.mjs';

const SOURCES = join(root, 'test', 'points', 'native');
/** The trees whose inventories the results are held to, and the Debian release that has the same version built. */
const LIBCS = {
  musl: { tree: 'musl-1.2.3', suite: 'bookworm' },
  glibc: { tree: 'glibc-2.36' },
};
const FLAGS = ['-std=gnu11', '-O1', '-fno-stack-protector', '-Wno-deprecated-declarations'];

function run(program, args) {
  const done = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (done.error) throw new SetupError(`${program} cannot be run: ${done.error.message}`);
  if (done.status !== 0) {
    const [first = 'it says nothing'] = done.stderr.split('\n').filter((line) => /error|undefined|:/.test(line));
    throw new SetupError(`${program} ended with ${done.status ?? done.signal}: ${first}`);
  }
  return done.stdout;
}

const sources = () =>
  readdirSync(SOURCES)
    .filter((file) => file.endsWith('.c'))
    .sort()
    .map((file) => join(SOURCES, file));

function buildWithMusl(folder, program) {
  const library = dirname(downloadPackage('musl-dev', LIBCS.musl.suite, folder, /x86_64-linux-musl\/libc\.a$/));
  const include = join(library, '../../include/x86_64-linux-musl');
  const start = ['crt1.o', 'crti.o'].map((file) => join(library, file));
  run('cc', [
    ...[...FLAGS, '-static', '-no-pie', '-nostdinc', '-isystem', include, '-nostdlib', '-nostartfiles', '-o', program],
    ...[...start, ...sources(), `-L${library}`],
    ...['-Wl,--start-group', '-lc', '-lgcc', '-lgcc_eh', '-Wl,--end-group', join(library, 'crtn.o')],
  ]);
  return LIBCS.musl.tree;
}

function buildWithGlibc(program) {
  const version = /\b(\d+\.\d+)\b[^\d]*$/.exec(run('ldd', ['--version']).split('\n')[0])?.[1];
  run('cc', [...FLAGS, '-pthread', '-o', program, ...sources()]);
  return `glibc-${version}`;
}

/** How many lines are otherwise than stored. */
function check(libc, { store, function: only }, folder) {
  const program = join(folder, libc);
  const tree = libc === 'musl' ? buildWithMusl(folder, program) : buildWithGlibc(program);
  if (tree !== LIBCS[libc].tree) {
    throw new SetupError(`This machine has ${tree}; the results are those of ${LIBCS[libc].tree}.`);
  }
  const lines = run(program, only === undefined ? [] : [only])
    .trimEnd()
    .split('\n')
    .sort();
  const counts = new Map();
  for (const line of lines) {
    const kind = line.split('\t')[2].split(' ')[0];
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const functions = new Set(lines.map((line) => line.split('\t')[0])).size;
  const told = [...counts].sort().map(([kind, count]) => `${count} ${kind}`);
  console.log(`${tree}: ${functions} functions in ${lines.length} ways: ${told.join(', ')}`);
  const file = join(root, 'fixtures', 'points', `${tree}.txt`);
  if (store) {
    writeFileSync(file, `${lines.join('\n')}\n`);
    return 0;
  }
  const stored = readFileSync(file, 'utf8').trimEnd().split('\n');
  const known = new Set(stored);
  const here = new Set(lines);
  const others = [
    ...lines.filter((line) => !known.has(line)).map((line) => `+ ${line}`),
    ...(only === undefined ? stored.filter((line) => !here.has(line)).map((line) => `- ${line}`) : []),
  ];
  for (const line of others) console.log(line.replaceAll('\t', ' | '));
  return others.length;
}

function options() {
  try {
    const { values } = parseArgs({
      options: { libc: { type: 'string' }, function: { type: 'string' }, store: { type: 'boolean', default: false } },
    });
    if (values.libc !== undefined && LIBCS[values.libc] === undefined) throw new Error('--libc is musl or glibc.');
    if (values.store && values.function !== undefined)
      throw new Error('--store takes all functions, so --function cannot go with it.');
    return values;
  } catch (error) {
    throw new SetupError(error.message);
  }
}

runMain(import.meta.url, () => {
  const chosen = options();
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new SetupError(`The check needs x86_64 Linux, not ${process.arch} ${process.platform}.`);
  const folder = mkdtempSync(join(tmpdir(), 'cancelint-points-'));
  try {
    const libcs = chosen.libc === undefined ? Object.keys(LIBCS) : [chosen.libc];
    const others = libcs.map((libc) => check(libc, chosen, folder)).reduce((sum, count) => sum + count, 0);
    return others === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
