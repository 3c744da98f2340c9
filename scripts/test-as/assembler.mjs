/** GNU as on many lines at once, each line's bytes apart, also where other lines are refused. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from '../setup.mjs';

export const FLAGS = { i386: '--32', x86_64: '--64', x32: '--x32' };

/** Runs a program and answers its output; a failure of the program itself is a setup error. */
export function run(program, args, options = {}) {
  const done = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 30, ...options });
  if (done.error) throw new SetupError(`${program} could not be run: ${done.error.message}`);
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
}

export function hasProgram(name) {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** A folder for the time of a function. */
export function inScratch(work) {
  const folder = mkdtempSync(join(tmpdir(), 'cancelint-as-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Assembles lines of one statement each. Answers for each its bytes and the places of relocations in them, or the
 * assembler's complaint.
 */
export function assemble(lines, target, library) {
  return inScratch((folder) => {
    const source = join(folder, 'lines.s');
    const object = join(folder, 'lines.o');
    // One line of the file a statement: complaints tell which one it is. `%eiz` is a name that objdump writes.
    writeFileSync(
      source,
      `.allow_index_reg; ${lines.map((line, n) => `L${n}: ${line}`).join('\n')}\nL${lines.length}:\n`,
    );
    const { stderr } = run('as', [FLAGS[target], '-Z', '--no-warn', '-o', object, source]);
    if (!existsSync(object)) throw new SetupError(`as made no object: ${stderr.slice(0, 300)}`);
    const complaints = new Map();
    for (const [, line, text] of stderr.matchAll(/^[^\n]*?lines\.s:(\d+): Error: (.*)$/gm)) {
      complaints.set(Number(line) - 1, text);
    }
    return cut(library.readAll(readFileSync(object)).next().value, lines.length, complaints);
  });
}

function cut({ object, symbols, relocations }, count, complaints) {
  const text = object.sections.find((section) => section.name === '.text');
  const starts = new Array(count + 1).fill(0);
  for (const { name, value, section } of symbols) {
    const index = /^L(\d+)$/.exec(name)?.[1];
    if (index !== undefined && section === text.index) starts[Number(index)] = Number(value);
  }
  const places = relocations.filter((table) => table.target === text.index).flatMap((table) => table.entries);
  places.sort((a, b) => (a.offset < b.offset ? -1 : 1));
  let next = 0;
  return starts.slice(0, count).map((start, n) => {
    const end = starts[n + 1];
    const relocated = [];
    for (; next < places.length && Number(places[next].offset) < end; next++) {
      relocated.push({ at: Number(places[next].offset) - start, type: places[next].type });
    }
    return { bytes: text.data.subarray(start, end), relocated, complaint: complaints.get(n) };
  });
}
