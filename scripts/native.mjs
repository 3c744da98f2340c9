/**
 * `npm run native -- [--target i386|x86_64] [--name PATTERN]` builds a program for every mutant of test/mutants,
 * interrupts it everywhere on this machine's processor, and compares what happened with fixtures/native. Exit status:
 * 0 when all is as stored, 1 when not, 2 when it cannot run.
 *
 * `--store` writes the outcomes there instead; `--explain NAME` prints each case of one mutant that shows something.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { wrapperSource } from '../test/mutants/handler.mjs';
import { mutants, TARGETS } from '../test/mutants/generate.mjs';
import { explainNatively, sweepNatively } from './native/sweep.mjs';
import { root, SetupError } from './setup.mjs';

const storedIn = (target) => join(root, 'fixtures', 'native', `${target}.txt`);

function options() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        target: { type: 'string' },
        name: { type: 'string', default: '' },
        store: { type: 'boolean', default: false },
        explain: { type: 'string' },
      },
    }));
  } catch (error) {
    throw new SetupError(error.message);
  }
  if (values.target !== undefined && !TARGETS.includes(values.target)) {
    throw new SetupError(`--target is one of ${TARGETS.join(' and ')}, not "${values.target}".`);
  }
  if (values.store && values.name !== '')
    throw new SetupError('--store takes all mutants, so --name cannot go with it.');
  return { ...values, targets: values.target === undefined ? TARGETS : [values.target] };
}

function printCounts(outcomes) {
  const counts = new Map();
  for (const outcome of outcomes) {
    for (const one of outcome.split(',')) {
      const kind = one.split('@')[0];
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
  }
  for (const [kind, count] of [...counts].sort((a, b) => b[1] - a[1])) console.log(`  ${kind} ${count}`);
}

/** How many mutants of a target came out otherwise than stored. */
async function sweepTarget(target, { name, store }, folder) {
  const chosen = mutants(target).filter((mutant) => mutant.name.includes(name));
  const before = performance.now();
  const outcomes = await sweepNatively(target, chosen, folder);
  const seconds = ((performance.now() - before) / 1000).toFixed(1);
  console.log(`${target}: ${chosen.length} mutants in ${seconds} s`);
  printCounts(outcomes);
  const lines = chosen.map((mutant, i) => `${mutant.name} ${mutant.key} ${outcomes[i]}`);
  if (store) {
    writeFileSync(storedIn(target), `${lines.join('\n')}\n`);
    return 0;
  }
  const stored = new Set(readFileSync(storedIn(target), 'utf8').trimEnd().split('\n'));
  const others = lines.filter((line) => !stored.has(line));
  for (const line of others) console.log(`otherwise than stored: ${line}`);
  return others.length;
}

async function main() {
  const chosen = options();
  const folder = mkdtempSync(join(tmpdir(), 'cancelint-native-'));
  try {
    if (chosen.explain !== undefined) {
      for (const target of chosen.targets) {
        const mutant = mutants(target).find(({ name }) => name === chosen.explain);
        if (mutant === undefined) continue;
        console.log(`${target} ${mutant.name}\n${wrapperSource(mutant.lines)}`);
        console.log(await explainNatively(target, mutant, folder));
      }
      return;
    }
    let others = 0;
    for (const target of chosen.targets) others += await sweepTarget(target, chosen, folder);
    if (others > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
