/**
 * `npm run test:as [-- --gas [FOLDER]] [--verbose]` holds the parser, the printer and the decoder against GNU binutils:
 *
 * (a) what objdump prints for the libc archives that are here (scripts/libc-archives.mjs) parses, and printed and
 *     assembled gives the same bytes; decoding the bytes gives the form that was parsed;
 * (b) decoding what GNU as makes of the `.s` files in trees/ gives the forms that parsing them gives;
 * (c) with `--gas`, GNU as's own i386 test sources, of Debian's binutils-source or of a folder;
 * (d) the table has every integer instruction of those archives, and the simulator refuses every other by its name.
 *
 * Exit status: 0 all agree, 1 something differs, 2 it could not run. Where binutils are missing it says so and ends
 * with 0.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { libcArchives } from './libc-archives.mjs';
import { root, setUp, SetupError } from './setup.mjs';
import { hasProgram } from './test-as/assembler.mjs';
import { checkCoverage } from './test-as/coverage.mjs';
import { checkArchive } from './test-as/disassembly.mjs';
import { checkGasTests, withGasTests } from './test-as/gas.mjs';
import { checkSource, librarySources } from './test-as/sources.mjs';

async function loadLibrary() {
  const load = (path) => import(pathToFileURL(join(root, 'dist', path)).href);
  const modules = await Promise.all(
    [
      'cpp/prepared.js',
      'x86/parser.js',
      'x86/print.js',
      'x86/table/match.js',
      'x86/decode/canonical.js',
      'x86/decode/same-form.js',
      'x86/decode/decoder.js',
      'x86/object/open.js',
      'x86/simulator/machine.js',
      'x86/simulator/memory.js',
    ].map(load),
  );
  return Object.assign({}, ...modules);
}

let shown = Infinity;

/** Prints the first of a list, and how many more there are. */
function show(list) {
  for (const one of list.slice(0, shown)) console.log(`    ${one}`);
  if (list.length > shown) console.log(`    and ${list.length - shown} more (--verbose shows all)`);
  return list.length;
}

function archives(decoders, library) {
  const found = libcArchives();
  if (found.length === 0) console.log('(a) no libc.a is here: nothing is disassembled');
  let failures = 0;
  for (const path of found) {
    const r = checkArchive(path, decoders, library);
    const hints = Object.entries(r.hinted).map(([hint, times]) => `${times} as ${hint}`);
    console.log(
      `(a) ${path} (${r.target}): ${r.total} lines, ${r.different} different; ${r.same} give the same bytes` +
        `${hints.length > 0 ? `, ${hints.join(', ')}` : ''}; ${r.integer} integer, ${r.forms} of them decode to the parsed form` +
        `${r.text.integer + r.text.other > 0 ? `; of ${r.text.integer} integer and ${r.text.other} other lines objdump's own text gives other bytes, too` : ''}` +
        `${r.bad > 0 ? `; ${r.bad} are data` : ''}`,
    );
    failures += show(r.failures);
  }
  return failures;
}

function coverage(decoders, library) {
  let failures = 0;
  for (const path of libcArchives()) {
    const r = checkCoverage(path, decoders, library);
    const others = [...r.outside].map(([kind, { words, lines }]) => {
      const names = words.size > 30 ? '' : ` (${[...words].sort().join(' ')})`;
      return `${words.size} ${kind}${names} in ${lines} lines`;
    });
    console.log(
      `(d) ${path} (${r.target}): ${r.covered} rows used; without a row and refused: ${others.join('; ') || 'none'}`,
    );
    failures += show(r.failures);
  }
  return failures;
}

function sources(decoders, library) {
  const trees = new Map();
  let failures = 0;
  for (const source of librarySources()) {
    const key = `${source.tree} ${source.target}`;
    const sum = trees.get(key) ?? { files: 0, skipped: 0, instructions: 0, forms: 0, other: 0, failures: [] };
    trees.set(key, sum);
    const r = checkSource(source, decoders, library);
    if (r.skipped !== undefined) {
      sum.skipped++;
      continue;
    }
    sum.files++;
    sum.instructions += r.instructions;
    sum.forms += r.forms;
    sum.other += r.other;
    sum.failures.push(...r.failures.map((one) => `${source.file.slice(root.length + 1)}:${one}`));
  }
  if (trees.size === 0) console.log('(b) no tree is here (npm run trees fetches them)');
  for (const [key, sum] of trees) {
    console.log(
      `(b) ${key}: ${sum.files} files (${sum.skipped} are no complete source), ${sum.instructions} instructions, ` +
        `${sum.forms} decode to the parsed form, ${sum.other} are outside the table`,
    );
    failures += show(sum.failures);
  }
  return failures;
}

function gas(named, library) {
  return withGasTests(named, (folder) => {
    const r = checkGasTests(folder, library);
    console.log(
      `(c) ${r.files} sources of GNU as (${r.left} of other dialects left out): ${r.statements} statements, ` +
        `${r.integer} integer; of ${r.refused} refused lines of the table's instructions ${r.told} are refused here`,
    );
    for (const [why, times] of r.known) console.log(`  refused here on purpose: ${times} ${why}`);
    console.log(`  refused here and not by GNU as: ${r.failures.length}`);
    show(r.failures);
    console.log(`  refused by GNU as and not here: ${r.missed.length}`);
    show(r.missed);
    return r.failures.length;
  });
}

async function main() {
  const args = process.argv.slice(2);
  const at = args.indexOf('--gas');
  // The folder may be left out.
  if (at !== -1 && (args[at + 1] === undefined || args[at + 1].startsWith('--'))) args.splice(at + 1, 0, 'debian');
  const { values } = parseArgs({ args, options: { gas: { type: 'string' }, verbose: { type: 'boolean' } } });
  shown = values.verbose === true ? Infinity : 20;
  for (const program of ['as', 'objdump']) {
    if (hasProgram(program)) continue;
    console.log(`${program} is not installed: the parser was not compared with GNU binutils`);
    return 0;
  }
  setUp();
  const library = await loadLibrary();
  const decoders = { i386: await library.loadDecoder(32), x86_64: await library.loadDecoder(64) };
  let failures = archives(decoders, library) + sources(decoders, library) + coverage(decoders, library);
  if (values.gas !== undefined) failures += gas(values.gas, library);
  console.log(failures === 0 ? 'All agree' : `${failures} differences`);
  return failures === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
