/**
 * What `npm start` and `npm test` do first: install what is missing and build what is stale, each only when needed.
 * Uses nothing but Node, since it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A failure that has been explained to the user already, or is explained by its message. */
export class SetupError extends Error {}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Whether node_modules holds what the lock file asks for. Compared by content: times say nothing after a checkout.
 * Optional packages are those of other platforms, so that a missing one is no reason to install.
 */
export function isInstalled(folder) {
  const wanted = readJson(join(folder, 'package-lock.json'))?.packages;
  const present = readJson(join(folder, 'node_modules', '.package-lock.json'))?.packages;
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    if (present[path] === undefined) return optional === true || devOptional === true;
    return present[path].version === version;
  });
}

const withoutBinary = `The C parser (tree-sitter) does not load on this machine. It comes as a prebuilt binary for Linux with glibc
(x64, arm64), macOS (x64, arm64) and Windows (x64, arm64); anywhere else, for instance on Alpine Linux, npm compiles
it while installing, which needs a C++ compiler, make and python3. Install those, remove node_modules, and try again.`;

function install() {
  console.error('Installing the dependencies (npm ci), which is only needed the first time and after an update ...');
  const npm = process.env['npm_execpath'];
  const args = ['ci', '--loglevel=error'];
  const done =
    npm?.endsWith('.js') === true
      ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
      : // On Windows npm is a script that only a shell can start.
        spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (done.error) throw new SetupError(`npm could not be started: ${done.error.message}`);
  if (done.status !== 0) {
    throw new SetupError(`npm ci failed; its messages are above.\nIf they mention tree-sitter: ${withoutBinary}`);
  }
}

function checkParser() {
  try {
    const require = createRequire(join(root, 'package.json'));
    const Parser = require('tree-sitter');
    new Parser().setLanguage(require('tree-sitter-c'));
  } catch (error) {
    throw new SetupError(`${withoutBinary}\nNode says: ${error.message.split('\n')[0]}`);
  }
}

/** Every file below a folder. */
function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Written after a build that went well; holds the list of sources, so that a removed one counts as a change too. */
const stamp = join(root, 'dist', '.built');

function sources() {
  return filesBelow(join(root, 'src')).sort();
}

function sourceList(files) {
  return files.map((file) => relative(root, file)).join('\n');
}

export function isBuilt() {
  if (!existsSync(stamp)) return false;
  const built = statSync(stamp).mtimeMs;
  const files = sources();
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) => join(root, name));
  return (
    readFileSync(stamp, 'utf8') === sourceList(files) &&
    [...files, ...settings].every((file) => statSync(file).mtimeMs < built)
  );
}

/** Compiles src into dist. Answers whether it went well; tsc prints why not. */
export function build() {
  // Taken before the compiler reads them: what changes meanwhile makes the build stale.
  const files = sources();
  const began = new Date();
  const done = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
    },
  );
  if (done.status !== 0) return false;
  removeOrphans();
  writeFileSync(stamp, sourceList(files));
  utimesSync(stamp, began, began);
  return true;
}

/** Removes the output of sources that are gone: a rule that was renamed must not be there twice. */
function removeOrphans() {
  for (const file of filesBelow(join(root, 'dist'))) {
    const source = relative(join(root, 'dist'), file).replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts');
    if (source.endsWith('.ts') && !existsSync(join(root, 'src', source))) rmSync(file, { force: true });
  }
}

/** Installs, builds and checks, whatever of it is needed. */
export function setUp() {
  if (!isInstalled(root)) install();
  checkParser();
  if (!isBuilt()) {
    console.error('Building ...');
    if (!build()) throw new SetupError('The build failed; the messages of the compiler are above.');
  }
}

/**
 * Runs a script's main function, unless the script was only imported. A SetupError is one block of text and exit
 * status 2.
 */
export function runMain(script, main) {
  // The path as given may lead through symbolic links; that of a module never does.
  if (process.argv[1] === undefined || realpathSync(process.argv[1]) !== fileURLToPath(script)) return;
  try {
    process.exitCode = main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
