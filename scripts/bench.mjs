/**
 * `npm run bench [-- --runs N] [TREE…]` measures the built linter on the fetched trees (`npm run trees`) and the
 * simulator, and writes the tables between the markers of docs/benchmarks.md. What stands outside the markers is kept.
 * `--simulator` measures the simulator only, `--windows` how long the proofs of windows take.
 *
 * The yardstick is tree-sitter parsing the same tree's C files and doing nothing else, in one Node process. Both are
 * run in turns (A B A B …), so that whatever else the machine does meets both alike, and the medians are compared.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { phaseRows, phasesOf } from './bench-phases.mjs';
import { PROGRAMS } from './bench-simulator.mjs';
import { root, runMain, setUp, SetupError } from './setup.mjs';
import { TREES } from './trees.mjs';

const page = join(root, 'docs', 'benchmarks.md');

/** Single files that are linted with their tree as context: one that uses cancellation, and one that is a part of it. */
const ONE_FILE = [
  { tree: 'musl-1.2.5', file: 'src/network/res_msend.c' },
  { tree: 'musl-1.2.5', file: 'src/thread/pthread_cancel.c' },
  { tree: 'glibc-2.41', file: 'resolv/res_send.c' },
  { tree: 'glibc-2.41', file: 'nptl/pthread_cancel.c' },
];

/** Runs a Node program to its end and answers what it used: CPU and wall in seconds, peak memory in MiB. */
function measure(scratch, args) {
  const usage = join(scratch, 'usage.json');
  rmSync(usage, { force: true });
  const began = performance.now();
  const done = spawnSync(process.execPath, ['-r', join(root, 'scripts/bench-usage.cjs'), ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, BENCH_USAGE: usage },
    maxBuffer: 1 << 28,
  });
  const wall = (performance.now() - began) / 1000;
  // 1 says that the linter has findings.
  if (done.status !== 0 && done.status !== 1) {
    throw new SetupError(`node ${args.join(' ')} ended with ${done.status ?? done.signal}:\n${done.stderr}`);
  }
  return { wall, ...JSON.parse(readFileSync(usage, 'utf8')), output: done.stdout, notes: done.stderr };
}

function lintArgs(scratch, tree, path) {
  const place = join('trees', tree);
  const output = ['--debug', '--format', 'json', '--output-file', join(scratch, 'findings.json')];
  return [join('dist', 'cli', 'main.js'), '--root', place, ...output, join(place, path)];
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function medians(runs) {
  return Object.fromEntries(['cpu', 'wall', 'peak'].map((key) => [key, median(runs.map((run) => run[key]))]));
}

/** Reads all of a tree once, so that the first run does not pay for the disk. */
function warm(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) readFileSync(join(entry.parentPath ?? entry.path, entry.name));
  }
}

function measureTree(scratch, tree, count) {
  warm(join(root, 'trees', tree));
  const parse = [];
  const lint = [];
  for (let run = 1; run <= count; run++) {
    parse.push(measure(scratch, [join('scripts', 'bench-parse.mjs'), join('trees', tree)]));
    rmSync(join(scratch, 'findings.json'), { force: true });
    lint.push(measure(scratch, lintArgs(scratch, tree, '')));
    // A program that throws ends with 1 too.
    if (!existsSync(join(scratch, 'findings.json'))) throw new SetupError(`cancelint wrote no findings for ${tree}`);
    const [p, l] = [parse.at(-1), lint.at(-1)];
    console.error(`${tree} ${run}/${count}: parse ${p.cpu.toFixed(2)} s CPU, cancelint ${l.cpu.toFixed(2)} s CPU`);
  }
  return {
    tree,
    files: JSON.parse(parse[0].output).parsed,
    parse: medians(parse),
    lint: medians(lint),
    phases: lint.map(({ notes }) => phasesOf(notes)),
  };
}

function measureOneFile(scratch, { tree, file }, count) {
  const args = lintArgs(scratch, tree, file);
  measure(scratch, args);
  return { tree, file, ...medians(Array.from({ length: count }, () => measure(scratch, args))) };
}

function machine() {
  const cpus = os.cpus();
  const release = existsSync('/etc/os-release')
    ? /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))
    : null;
  const system = release
    ? `${release[1]} (${os.type()} ${os.release()}, ${os.arch()})`
    : `${os.type()} ${os.release()} ${os.arch()}`;
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${cpus[0]?.model.trim() ?? 'unknown CPU'}, ${cpus.length} cores, ${memory} GiB of memory; Node ${process.version}; ${system}`;
}

/** A Markdown table; every column after the first is right-aligned. */
function table(head, rows) {
  const lines = [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function report(trees, singles, count) {
  const runs = `${count} ${count === 1 ? 'run' : 'runs'}`;
  const rows = trees.map(({ tree, files, parse, lint }) => [
    tree,
    files,
    parse.cpu.toFixed(2),
    lint.cpu.toFixed(2),
    (lint.cpu / parse.cpu).toFixed(2),
    parse.wall.toFixed(2),
    lint.wall.toFixed(2),
    parse.peak.toFixed(0),
    lint.peak.toFixed(0),
  ]);
  const head = [
    'tree',
    '.c and .h files',
    'parse CPU s',
    'cancelint CPU s',
    'ratio',
    'parse wall s',
    'cancelint wall s',
    'parse peak MiB',
    'cancelint peak MiB',
  ];
  const parts = [
    `Medians of ${runs} each, in turns, on ${machine()}.`,
    table(head, rows),
    '"parse" is tree-sitter parsing the tree\'s .c and .h files in one Node process and doing nothing else ' +
      '(scripts/bench-parse.mjs); "cancelint" is the whole command, `cancelint --root TREE --format json TREE`.',
  ];
  const steps = trees.map(({ tree, phases }) => ({ tree, runs: phases }));
  parts.push(
    table(['share of the time, %', ...trees.map(({ tree }) => tree)], phaseRows(steps, median)),
    'The steps are those of `--debug`: "lift" holds the proofs of windows, "analyse" what is left of the analysis beside the steps it consists of.',
  );
  if (singles.length > 0) {
    parts.push(
      table(
        ['one changed file, with its tree as context', 'wall s', 'CPU s', 'peak MiB'],
        singles.map(({ tree, file, wall, cpu, peak }) => [
          `${file} of ${tree}`,
          ...[wall.toFixed(2), cpu.toFixed(2), peak.toFixed(0)],
        ]),
      ),
    );
  }
  return parts.join('\n\n');
}

/** Measures the simulator and writes its table; says why where there is none here. */
function benchSimulator() {
  const args = [join(root, 'scripts', 'bench-simulator.mjs')];
  const done = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (done.status !== 0) {
    console.error(`The simulator was not measured. ${done.stderr.trim()}`);
    return;
  }
  const meaning = { plain: 'plain', effects: 'effects recorded', poison: 'effects, and an undefined byte about' };
  const rows = JSON.parse(done.stdout).rows.map(({ target, way, programs }) => {
    const rates = PROGRAMS.map((name) => programs[name]);
    return [`${target}, ${meaning[way]}`, ...[...rates, median(rates)].map((one) => one.toFixed(1))];
  });
  const measured = [
    `Millions of instructions for each second of processor time, medians of 5 rounds, on ${machine()}.`,
    table(['', ...PROGRAMS, 'median'], rows),
  ];
  publish(measured.join('\n\n'), 'npm run bench -- --simulator');
}

/** Trees that have windows. */
const WINDOW_TREES = ['musl-1.2.5', 'glibc-2.41'];

/** Measures the proofs of windows, each libc in processes of its own, and writes the table. */
function benchWindows(runs) {
  const rows = WINDOW_TREES.filter((tree) => existsSync(join(root, 'trees', tree))).flatMap((tree) => {
    const all = Array.from({ length: runs }, () => {
      const args = [join(root, 'scripts', 'bench-windows.mjs'), tree];
      const done = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
      if (done.status !== 0) throw new SetupError(`${tree}: ${done.stderr.trim()}`);
      return JSON.parse(done.stdout);
    });
    const time = `${median(all.map(({ ms }) => ms)).toFixed(0)} ms together`;
    return all[0].windows.map(({ target, steps, boundaries, verdict }, i) => {
      return [tree, target, steps, boundaries, verdict, i === 0 ? time : ''];
    });
  });
  if (rows.length === 0)
    return console.error('The proofs of windows were not measured: no tree with windows is fetched');
  const head = ['tree', 'target', 'steps', 'boundaries', 'verdict', 'time'];
  const measured = [
    `Medians of ${runs} processes that had not proved any window before, on ${machine()}. A boundary is a place on a path at which a request was delivered.`,
    table(head, rows),
  ];
  publish(measured.join('\n\n'), 'npm run bench -- --windows');
}

/** Writes what was measured into the page. */
function publish(measured, what) {
  console.log(measured);
  mkdirSync(dirname(page), { recursive: true });
  const text = existsSync(page) ? readFileSync(page, 'utf8') : '# Benchmarks\n\n## Speed and memory\n';
  writeFileSync(page, replaceMeasured(text, measured, what));
}

/** The page with a new text between the markers of a command; a page without them gets them at its end. */
export function replaceMeasured(text, measured, what = 'npm run bench') {
  const [start, end] = ['begin', 'end'].map((which) => `<!-- measured by ${what}: ${which} -->`);
  const block = `${start}\n\n${measured}\n\n${end}`;
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from === -1 || to < from) return `${text.trimEnd()}\n\n${block}\n`;
  return text.slice(0, from) + block + text.slice(to + end.length);
}

runMain(import.meta.url, () => {
  const { values, positionals } = parseArgs({
    options: {
      runs: { type: 'string', default: '5' },
      simulator: { type: 'boolean', default: false },
      windows: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const count = Number(values.runs);
  if (!Number.isInteger(count) || count < 1) throw new SetupError('--runs takes a whole number from 1');
  if (values.simulator) {
    setUp();
    benchSimulator();
    return 0;
  }
  if (values.windows) {
    setUp();
    benchWindows(count);
    return 0;
  }
  const fetched = Object.keys(TREES).filter((tree) => existsSync(join(root, 'trees', tree)));
  const missing = positionals.filter((tree) => !fetched.includes(tree));
  if (missing.length > 0)
    throw new SetupError(`not fetched: ${missing.join(', ')} (npm run trees -- ${missing.join(' ')})`);
  if (fetched.length === 0) throw new SetupError('no tree is fetched; npm run trees -- all');
  setUp();

  const scratch = mkdtempSync(join(os.tmpdir(), 'cancelint-bench-'));
  try {
    const wanted = positionals.length > 0 ? fetched.filter((tree) => positionals.includes(tree)) : fetched;
    const trees = wanted.map((tree) => measureTree(scratch, tree, count));
    const singles = ONE_FILE.filter(({ tree }) => wanted.includes(tree)).map((one) =>
      measureOneFile(scratch, one, count),
    );
    const measured = report(trees, singles, count);
    publish(measured, 'npm run bench');
    benchSimulator();
    benchWindows(count);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return 0;
});
