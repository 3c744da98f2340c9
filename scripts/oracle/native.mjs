/** Builds and runs the oracle of test/oracle, where there is a C compiler and a kernel for it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, SetupError } from '../setup.mjs';

const SOURCES = ['step.c', 'lines.c'].map((name) => join(root, 'test', 'oracle', name));

/**
 * The process lies above 4 GiB because it is position independent, and its handler runs where neither a stack guard
 * nor lazy binding would do any good.
 */
const FLAGS = ['-O2', '-fPIE', '-pie', '-Wl,-z,now', '-fno-stack-protector', '-fcf-protection=none'];

/** Builds the oracle in a folder; answers the program's path. A SetupError says in one line why it cannot. */
export function buildOracle(folder) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError(`The oracle runs on x86_64 Linux only, not on ${process.arch} ${process.platform}.`);
  }
  const program = join(folder, 'step');
  const done = spawnSync('cc', [...FLAGS, '-o', program, ...SOURCES], { encoding: 'utf8' });
  if (done.error) throw new SetupError('The oracle needs a C compiler called cc, and there is none.');
  if (done.status !== 0) throw new SetupError(`The oracle cannot be built: ${done.stderr.trim().split('\n')[0]}`);
  return program;
}

/** Throws a SetupError, with the reason in one line, when this machine cannot run vectors for the target. */
export function checkOracle(program, target) {
  const done = spawnSync(program, ['--can', target], { encoding: 'utf8' });
  if (done.status === 0) return;
  const why = done.stderr.trim() || `it ended with ${done.status ?? done.signal}`;
  throw new SetupError(`The oracle cannot run ${target} vectors here: ${why}.`);
}

/** The answers to lines of vectors, in their order. */
export function runOracle(program, lines) {
  const done = spawnSync(program, [], { input: `${lines.join('\n')}\n`, encoding: 'utf8', maxBuffer: 1 << 30 });
  const answers = done.stdout.split('\n');
  answers.pop();
  if (done.status !== 0 || answers.length !== lines.length) {
    throw new Error(
      `The oracle ended with ${done.status ?? done.signal} after ${answers.length} of ${lines.length} vectors. ${done.stderr}`,
    );
  }
  return answers;
}
