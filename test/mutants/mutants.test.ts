/**
 * The mutants and what the processor made of them: every one has a stored outcome, the windows that they come from have
 * none of the faults, and a sample is swept anew where this machine can.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { script } from '../oracle/support.js';
import { mutants, TARGETS, type Mutant, type Target } from './generate.mjs';
import { KINDS, storedOutcomes } from './stored.js';

interface Sweeper {
  sweepNatively: (target: Target, mutants: readonly Mutant[], folder: string) => Promise<string[]>;
}

const folder = mkdtempSync(join(tmpdir(), 'cancelint-mutants-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The answers of the processor, or why there are none. */
async function swept(target: Target, chosen: readonly Mutant[]): Promise<string[] | { readonly reason: string }> {
  const { sweepNatively } = await script<Sweeper>('native/sweep.mjs');
  try {
    return await sweepNatively(target, chosen, folder);
  } catch (error) {
    if (error instanceof Error && error.constructor.name === 'SetupError') return { reason: error.message };
    throw error;
  }
}

describe.each(TARGETS)('%s', (target) => {
  const all = mutants(target);
  const stored = storedOutcomes(target);

  test('has many mutants, each once', () => {
    expect(all.length).toBeGreaterThanOrEqual(300);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
  });

  test('has a stored outcome for each mutant as it is', () => {
    const nameOf = ({ name, key }: { name: string; key: string }): string => `${name} ${key}`;
    expect(stored.map(nameOf)).toEqual(all.map(nameOf));
  });

  test('the windows themselves are right, and every kind of fault occurs', () => {
    const windows = stored.filter(({ name }) => !name.includes('/'));
    expect(windows.length).toBeGreaterThanOrEqual(4);
    expect(windows.filter(({ kinds }) => kinds.length > 0)).toEqual([]);
    const occurring = new Set(stored.flatMap(({ kinds }) => kinds));
    expect(KINDS.filter((kind) => !occurring.has(kind))).toEqual([]);
  });

  test('a sample has the same outcome on this processor', async () => {
    // The windows, and one mutant of two hundred.
    const sample = stored.filter(({ name }, n) => !name.includes('/') || n % 200 === 100);
    const answers = await swept(
      target,
      sample.map(({ name }) => all.find((one) => one.name === name)!),
    );
    if (!Array.isArray(answers)) {
      process.stderr.write(`skipped: no ${target} mutants here: ${answers.reason}\n`);
      return;
    }
    expect(sample.map(({ name }, i) => `${name} ${answers[i] ?? ''}`)).toEqual(
      sample.map(({ name, text }) => `${name} ${text}`),
    );
  }, 120_000);
});

test('npm run native says what is wrong with its options', () => {
  const run = (...args: string[]) => spawnSync(process.execPath, ['scripts/native.mjs', ...args], { encoding: 'utf8' });
  expect(run('--target', 'x32')).toMatchObject({
    status: 2,
    stderr: '--target is one of i386 and x86_64, not "x32".\n',
  });
  expect(run('--store', '--name', 'plain').status).toBe(2);
});
