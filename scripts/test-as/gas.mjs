/** (c) GNU as's own test sources: what it accepts must parse, and what it refuses must not be taken for sound. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from '../setup.mjs';
import { downloadPackage } from '../trees.mjs';
import { FLAGS, inScratch, run } from './assembler.mjs';

const INSIDE = 'gas/testsuite/gas/i386';

/** Unpacks the test sources of Debian's binutils-source, or takes those of a folder that is named. */
export function withGasTests(named, work) {
  if (named !== undefined && named !== 'debian') {
    if (!existsSync(named)) throw new SetupError(`${named} is not there`);
    return work(named);
  }
  const folder = mkdtempSync(join(tmpdir(), 'cancelint-gas-'));
  try {
    const tarball = downloadPackage(
      'binutils-source',
      'bookworm',
      folder,
      /^usr\/src\/binutils\/binutils-.*\.tar\.xz$/,
    );
    run('tar', ['-xf', tarball, '-C', folder, '--strip-components=1', '--wildcards', `*/${INSIDE}/*`]);
    return work(join(folder, INSIDE));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is refused on purpose, or is no instruction. */
const KNOWN = [
  [/^x86-64-specific-reg/, 'string operations that name registers they do not use (GNU as warns)'],
  [/: syscall: /, 'syscall of 32-bit code, which few processors have'],
  [
    /^(?:inval-)?equ-2\.s|^rept\.s|^evex-no-scale\.s|^fp\.s/,
    'symbols for addresses, huge repetitions, conditions on addresses',
  ],
  [/^mov[sz]?x(?:32|64)\.s/, 'extensions to the width that they come from'],
  [/^opcode\.s.*does not fit/, 'numbers of 32 bits that GNU as cuts to 16'],
  [/ LOOP[lq] /, 'loop with a suffix'],
  [/ %axl/, 'a name of a register that no processor has'],
  [/^quoted\.s/, 'quoted names after a star'],
];

/** Lines that GNU as complains about, by number. */
function refusedLines(file, target) {
  return inScratch((folder) => {
    const { stderr } = run('as', [
      FLAGS[target],
      '--no-warn',
      '-Z',
      '-I',
      join(file, '..'),
      '-o',
      join(folder, 'o'),
      file,
    ]);
    const lines = new Map();
    for (const [, line, text] of stderr.matchAll(/^[^\n]*?:(\d+): Error: (.*)$/gm)) lines.set(Number(line), text);
    return lines;
  });
}

export function checkGasTests(folder, library) {
  const total = {
    files: 0,
    left: 0,
    statements: 0,
    integer: 0,
    refused: 0,
    told: 0,
    failures: [],
    missed: [],
    known: new Map(),
  };
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.s')) continue;
    const file = join(folder, name);
    const text = readFileSync(file, 'latin1');
    if (/^\s*\.(?:intel_syntax|intel_mnemonic|code16|code16gcc|include|arch)\b|noprefix/m.test(text)) {
      total.left++;
      continue;
    }
    total.files++;
    checkFile(file, name, text, library, total);
  }
  return total;
}

function checkFile(file, name, text, library, total) {
  const target = /x86-64|x86_64|64/.test(name) ? 'x86_64' : 'i386';
  const refused = refusedLines(file, target);
  const unit = library.parseAssembly(library.asItIs(name, text));
  const wrong = new Set();
  const seen = new Set();
  let mode = target;
  for (const statement of unit.statements) {
    if (statement.kind === 'directive' && /^\.code(?:32|64)$/.test(statement.name)) {
      mode = statement.name === '.code64' ? 'x86_64' : 'i386';
    }
    if (statement.kind !== 'instruction' && statement.kind !== 'unknown') continue;
    const { line } = unit.origin(statement.span).at;
    total.statements++;
    seen.add(line);
    const checked = statement.kind === 'instruction' ? library.check(statement.instruction, mode) : undefined;
    if (checked && (checked.ok || checked.known)) total.integer++;
    const told = statement.kind === 'unknown' || (checked && !checked.ok && checked.known);
    if (told) wrong.add(line);
    if (told && !refused.has(line)) {
      const text = `${name}:${line}: ${statement.text}: ${statement.reason ?? checked.reason}`;
      const known = KNOWN.find(([pattern]) => pattern.test(text));
      if (known) total.known.set(known[1], (total.known.get(known[1]) ?? 0) + 1);
      else total.failures.push(text);
    }
    // What the table does not have is not checked.
    if (!told && checked && !checked.known && !checked.ok) seen.delete(line);
  }
  for (const [line, complaint] of refused) {
    if (!seen.has(line)) continue;
    total.refused++;
    if (wrong.has(line)) total.told++;
    else total.missed.push(`${name}:${line}: ${text.split('\n')[line - 1]?.trim()}: ${complaint}`);
  }
}
