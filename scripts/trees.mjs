/**
 * `npm run trees -- NAME…` gets released libc sources into trees/NAME, for the tests and benchmarks that lint whole
 * trees. They come from the Debian packages of the release, through the mirror that the machine's apt already uses:
 * nothing else has to be configured and no address stands here. apt's own state is not touched (see `privateApt`), no
 * root is needed, and every tarball is checked before it is unpacked.
 *
 * Exit status: 0 all there, 2 something could not be had (one line says what).
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { root, runMain, SetupError } from './setup.mjs';

/**
 * Where each tree comes from. `source`: the upstream tarball of a source package. `binary`: a binary package that
 * carries the tarball (the mirrors often lack the other files of these source packages). The hash is the tarball's; a
 * point release of Debian changes its own revision and leaves the tarball alone.
 */
export const TREES = {
  'musl-1.2.3': {
    source: 'musl',
    suite: 'bookworm',
    version: '1.2.3',
    sha256: '7d5b0b6062521e4627e099e4c9dc8248d32a30285e959b7eecaa780cf8cfd4a4',
  },
  'musl-1.2.5': {
    source: 'musl',
    suite: 'trixie',
    version: '1.2.5',
    sha256: 'a9a118bbe84d8764da0ea0d28b3ab3fae8477fc7e4085d90102b8596fc7c75e4',
  },
  'glibc-2.36': {
    source: 'glibc',
    suite: 'bookworm',
    version: '2.36',
    sha256: 'a543c02070d46ccaf866957efd13f10c924daa74c86a90a0254db09a92a708ee',
  },
  'glibc-2.41': {
    source: 'glibc',
    suite: 'trixie',
    version: '2.41',
    sha256: 'f24aa441021121a79266f0d75242706cab8843a47901fefe74527491807f1998',
  },
  'uclibc-ng-1.0.35': {
    binary: 'uclibc-source',
    suite: 'bookworm',
    version: '1.0.35',
    tarball: 'usr/src/uClibc-ng-1.0.35.tar.xz',
    sha256: '2c312f60ef48053bae6aa5ae73b7013ac64c5abfafb86ed5feaf742e8e8d06b6',
  },
  'newlib-3.3.0': {
    binary: 'newlib-source',
    suite: 'bookworm',
    version: '3.3.0',
    tarball: 'usr/src/newlib/newlib-3.3.0.tar.xz',
    sha256: 'c6f3a88b9d93420904241b231ca8647303be3bfb3cfef6adc8d1ea9207291033',
  },
};

/** The trees that the arguments name, in the order of the table and each once. */
export function selectTrees(names) {
  const known = Object.keys(TREES);
  for (const name of names) {
    if (name === 'all' || known.includes(name)) continue;
    throw new SetupError(`no tree is named '${name}'; there are ${known.join(', ')} and all`);
  }
  return names.includes('all') ? known : known.filter((name) => names.includes(name));
}

export function verifyHash(file, expected) {
  const actual = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (actual !== expected) {
    throw new SetupError(`${basename(file)} is not the released file: its sha256 is ${actual}, expected ${expected}`);
  }
}

/**
 * The stanzas of the machine's apt sources that name Debian's main archive, each with its suites and types replaced.
 * Security and updates suites are dropped: they are other archives or hold only what changed, and the upstream tarball
 * of a release is in its main suite.
 */
export function sourcesFor(suite, files) {
  const entries = [];
  for (const { name, text } of files) {
    if (name.endsWith('.sources')) entries.push(...stanzas(text));
    else if (name.endsWith('.list')) entries.push(...oneLiners(text));
  }
  return [...new Set(entries)]
    .map((entry) => `Types: deb deb-src\nSuites: ${suite}\nComponents: main\n${entry}\n`)
    .join('\n');
}

/** Whether a suite is a release of Debian's main archive: bookworm or stable, but not bookworm-updates, noble, nodistro. */
function isMainSuite(suite) {
  return /^(bullseye|bookworm|trixie|forky|duke|sid|oldoldstable|oldstable|stable|testing|unstable)$/.test(suite);
}

/** deb822: fields and continuation lines, stanzas parted by blank lines. Answers the fields that do not change. */
function stanzas(text) {
  const found = [];
  for (const block of text.split(/\n\s*\n/)) {
    const lines = block.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
    const field = (name) =>
      lines.find((line) => line.toLowerCase().startsWith(`${name}:`))?.replace(/^[^:]*:/, '') ?? '';
    if (field('enabled').trim() === 'no' || !field('suites').trim().split(/\s+/).some(isMainSuite)) continue;
    let keep = true;
    const kept = lines.filter((line) => {
      if (!/^\s/.test(line)) keep = !/^(types|suites|components|enabled|architectures):/i.test(line);
      return keep;
    });
    found.push(kept.join('\n'));
  }
  return found;
}

/** One-line format: `deb [option=value …] URI suite component…`. */
function oneLiners(text) {
  const found = [];
  for (const line of text.split('\n')) {
    const match = /^\s*deb(?:-src)?\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s/.exec(`${line} `);
    if (!match || !isMainSuite(match[3])) continue;
    const signed = /(?:^|\s)signed-by=(\S+)/.exec(match[1] ?? '');
    found.push(`URIs: ${match[2]}${signed ? `\nSigned-By: ${signed[1].split(',').join(' ')}` : ''}`);
  }
  return found;
}

function aptSources() {
  const files = ['/etc/apt/sources.list'];
  if (existsSync('/etc/apt/sources.list.d')) {
    files.push(...readdirSync('/etc/apt/sources.list.d').map((name) => join('/etc/apt/sources.list.d', name)));
  }
  return files.filter((name) => existsSync(name)).map((name) => ({ name, text: readFileSync(name, 'utf8') }));
}

function have(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** Runs a program quietly; its output comes back for the message of a failure. */
function run(program, args, options = {}) {
  const done = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options });
  return { ok: done.status === 0, output: `${done.stdout ?? ''}${done.stderr ?? ''}` };
}

/** An apt with its own sources, lists and cache, so that neither the machine nor another run is disturbed. */
function privateApt(folder, suite) {
  const sources = sourcesFor(suite, aptSources());
  if (sources === '')
    throw new SetupError('no Debian mirror is configured in /etc/apt, which is where the sources come from');
  const state = join(folder, suite);
  for (const part of ['sources.d', 'lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(state, part), { recursive: true });
  }
  writeFileSync(join(state, 'sources.d', 'debian.sources'), sources);
  // An empty status file: nothing counts as installed, and an update cannot find fault with the machine's packages.
  writeFileSync(join(state, 'status'), '');
  const settings = {
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': join(state, 'sources.d'),
    'Dir::State::lists': join(state, 'lists'),
    'Dir::State::status': join(state, 'status'),
    'Dir::Cache': join(state, 'cache'),
    // Root's apt would change to a user who may not write here.
    ...(process.getuid?.() === 0 ? { 'APT::Sandbox::User': 'root' } : {}),
    'Acquire::Languages': 'none',
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const apt = (args) => run('apt-get', ['-q', ...options, ...args], { cwd: state });
  const updated = apt(['update']);
  const lists = readdirSync(join(state, 'lists')).filter((name) => /_(Packages|Sources)/.test(name));
  if (lists.length === 0) throw new SetupError(`the mirror has no suite ${suite}: ${lastLine(updated.output)}`);
  return { apt, state };
}

function lastLine(output) {
  const lines = output.trim().split('\n');
  return (lines.findLast((line) => /^E:|^Err/.test(line)) ?? lines.at(-1) ?? '').trim();
}

/** Downloads a tree's tarball and answers its path. */
function download(name, { apt, state }) {
  const tree = TREES[name];
  const absent = (output) => new SetupError(`the mirror does not have ${name}: ${lastLine(output)}`);
  if (tree.source !== undefined) {
    // The mirror may lack a package's .dsc or .diff and still have the tarball, so apt's exit status says little.
    const { output } = apt(['source', '--download-only', tree.source]);
    const tarball = readdirSync(state).find(
      (file) => file.startsWith(`${tree.source}_${tree.version}.orig.tar.`) && !file.endsWith('.asc'),
    );
    if (tarball === undefined) throw absent(output);
    return join(state, tarball);
  }
  const { output } = apt(['download', tree.binary]);
  const deb = readdirSync(state).find((file) => file.startsWith(`${tree.binary}_`) && file.endsWith('.deb'));
  if (deb === undefined) throw absent(output);
  const unpacked = run('dpkg-deb', ['-x', join(state, deb), join(state, tree.binary)]);
  const tarball = join(state, tree.binary, tree.tarball);
  if (!unpacked.ok || !existsSync(tarball)) throw absent(unpacked.output || `${deb} has no ${tree.tarball}`);
  return tarball;
}

/** Unpacks a binary package of Debian into a folder and answers the path of the file in it that the pattern names. */
export function downloadPackage(name, suite, folder, file) {
  for (const program of ['apt-get', 'dpkg-deb']) {
    if (!have(program)) throw new SetupError(`${program} is not installed; ${name} is a Debian package`);
  }
  const { apt, state } = privateApt(folder, suite);
  const { output } = apt(['download', name]);
  const deb = readdirSync(state).find((one) => one.startsWith(`${name}_`) && one.endsWith('.deb'));
  if (deb === undefined) throw new SetupError(`the mirror does not have ${name}: ${lastLine(output)}`);
  const unpacked = run('dpkg-deb', ['-x', join(state, deb), join(state, name)]);
  const found = readdirSync(join(state, name), { recursive: true, encoding: 'utf8' }).find((one) => file.test(one));
  if (!unpacked.ok || found === undefined) throw new SetupError(`${deb} does not hold what was looked for`);
  return join(state, name, found);
}

/** Unpacks next to the place and renames, so that a tree is there whole or not at all. */
export function unpack(tarball, place) {
  mkdirSync(dirname(place), { recursive: true });
  const half = mkdtempSync(`${place}.part-`);
  try {
    const unpacked = run('tar', ['-xf', tarball, '-C', half, '--strip-components=1', '--no-same-owner']);
    if (!unpacked.ok) throw new SetupError(`${basename(tarball)} cannot be unpacked: ${lastLine(unpacked.output)}`);
    rmSync(place, { recursive: true, force: true });
    renameSync(half, place);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}

export function fetchTrees(names, folder) {
  const missing = names.filter((name) => !existsSync(join(folder, name)));
  for (const name of names) if (!missing.includes(name)) console.log(`trees/${name} is there`);
  if (missing.length === 0) return;
  for (const program of ['apt-get', 'dpkg-deb', 'tar', 'xz']) {
    if (!have(program)) throw new SetupError(`${program} is not installed; the trees come as Debian packages`);
  }
  const scratch = mkdtempSync(join(tmpdir(), 'cancelint-trees-'));
  const failures = [];
  const apts = new Map();
  try {
    for (const name of missing) {
      try {
        const { suite, sha256 } = TREES[name];
        if (!apts.has(suite)) apts.set(suite, privateApt(scratch, suite));
        const tarball = download(name, apts.get(suite));
        verifyHash(tarball, sha256);
        unpack(tarball, join(folder, name));
        console.log(`trees/${name} fetched`);
      } catch (error) {
        // One tree that cannot be had does not stop the others.
        if (!(error instanceof SetupError)) throw error;
        failures.push(error.message);
      }
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  if (failures.length > 0) throw new SetupError(failures.join('\n'));
}

function main(names) {
  const folder = join(root, 'trees');
  if (names.length === 0) {
    for (const name of Object.keys(TREES)) {
      console.log(`${name.padEnd(18)}${existsSync(join(folder, name)) ? 'fetched' : 'not fetched'}`);
    }
    console.log('npm run trees -- NAME… or all');
    return;
  }
  fetchTrees(selectTrees(names), folder);
}

runMain(import.meta.url, () => {
  main(process.argv.slice(2));
  return 0;
});
