/** (b) Assembly sources of libcs: decoding what GNU as makes of a line gives the same forms as parsing the line. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup.mjs';
import { FLAGS, inScratch, run } from './assembler.mjs';

/** The `.s` files of the trees that are there, with the target that their folder names. */
export function librarySources() {
  const trees = join(root, 'trees');
  if (!existsSync(trees)) return [];
  const found = [];
  for (const tree of readdirSync(trees).sort()) {
    if (!existsSync(join(trees, tree))) continue;
    for (const file of readdirSync(join(trees, tree), { recursive: true, encoding: 'utf8' }).sort()) {
      const target = /(?:^|\/)(i386|x86_64|x32)\/[^/]*\.s$/.exec(file)?.[1];
      if (target !== undefined) found.push({ tree, file: join(trees, tree, file), target });
    }
  }
  return found;
}

/** The bytes that each line of a source made, by its number; undefined where it cannot be assembled alone. */
function assembledLines(file, target) {
  return inScratch((folder) => {
    const listing = join(folder, 'listing');
    const done = run('as', [
      FLAGS[target],
      `-aln=${listing}`,
      '--listing-cont-lines=100000',
      '-o',
      join(folder, 'object.o'),
      file,
    ]);
    if (done.status !== 0) return undefined;
    const lines = new Map();
    for (const line of readFileSync(listing, 'utf8').split('\n')) {
      const found = /^ *(\d+) (?:([0-9a-f]{4,}) | {5})([0-9A-F]+)(?:\s|$)/.exec(line);
      if (!found) continue;
      const known = lines.get(Number(found[1])) ?? { address: parseInt(found[2] ?? '0', 16), hex: '' };
      known.hex += found[3];
      lines.set(Number(found[1]), known);
    }
    return lines;
  });
}

export function checkSource({ file, target }, decoders, library) {
  const report = { instructions: 0, forms: 0, other: 0, skipped: undefined, failures: [] };
  const lines = assembledLines(file, target);
  if (!lines) return { ...report, skipped: 'as does not assemble it alone' };
  const mode = target === 'i386' ? 'i386' : 'x86_64';
  const unit = library.parseAssembly(library.asItIs(file, readFileSync(file, 'utf8')));
  const byLine = new Map();
  for (const statement of unit.statements) {
    if (statement.kind === 'unknown') report.failures.push(`not parsed: ${statement.text}: ${statement.reason}`);
    const bytes = statement.kind === 'instruction' ? 'code' : statement.kind === 'directive' ? 'data' : undefined;
    if (bytes === undefined) continue;
    const { line, endLine } = unit.origin(statement.span).at;
    const here = byLine.get(line) ?? { instructions: [], data: false };
    // A prefix on a line of its own.
    for (let more = line + 1; more <= endLine && lines.has(line) && lines.has(more); more++) {
      lines.get(line).hex += lines.get(more).hex;
    }
    if (bytes === 'code') here.instructions.push(statement);
    else here.data ||= lines.has(line);
    byLine.set(line, here);
  }
  for (const [line, { instructions, data }] of byLine) {
    if (instructions.length === 0) continue;
    report.instructions += instructions.length;
    const made = lines.get(line);
    if (!made) report.failures.push(`${line}: made no bytes`);
    else if (data) report.other += instructions.length;
    else compareLine(line, instructions, made, decoders[mode], mode, library, report);
  }
  return report;
}

function compareLine(line, instructions, { address, hex }, decoder, mode, library, report) {
  const bytes = Buffer.from(hex, 'hex');
  let at = 0;
  for (const { instruction, text } of instructions) {
    let decoded = decoder.decode(bytes, BigInt(address + at), at);
    // `fstcw` is `fwait` and `fnstcw`.
    if (decoded.ok && decoded.instruction.base === 'fwait' && /^f[^nw]/.test(instruction.base)) {
      at += decoded.length;
      decoded = decoder.decode(bytes, BigInt(address + at), at);
    }
    if (!decoded.ok) {
      report.failures.push(`${line}: ${text}: ${hex} is ${decoded.reason}`);
      return;
    }
    at += decoded.length;
    const checked = library.check(instruction, mode);
    if (!checked.ok) {
      if (checked.known) report.failures.push(`${line}: ${text}: ${checked.reason}`);
      else report.other++;
      continue;
    }
    const parsed = library.canonical(instruction, mode);
    const mine = library.canonical(decoded.instruction, mode);
    if (parsed !== undefined && mine !== undefined && library.sameForm(parsed, mine)) report.forms++;
    else report.failures.push(`${line}: ${text}: parsed ${parsed}, decoded ${mine}`);
  }
  if (at !== bytes.length) report.failures.push(`${line}: ${bytes.length - at} bytes too many`);
}
