/**
 * Each file of fixtures/ir holds in its leading comment what it is lifted to: the dump of every function, other names
 * and problems, or the graph in DOT. The comment's first line may say how it is read:
 *
 *     libc=glibc targets=i386,x86_64 show=dot
 *
 * Places in the dump are those of the file with its comment. To write the comments anew after a change that is meant,
 * run `UPDATE_FIXTURES=1 npm run jest -- test/ir/fixtures.test.ts` and read the difference.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { successors } from '../../src/ir/builder.js';
import { printDot } from '../../src/ir/dot.js';
import { printLifted } from '../../src/ir/print.js';
import type { LiftedFile } from '../../src/ir/types.js';
import { libcs } from '../../src/libc/index.js';
import { musl } from '../../src/libc/musl.js';
import { Sources } from '../support/sources.js';

const folder = fileURLToPath(new URL('../../fixtures/ir/', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.c'));
const update = process.env.UPDATE_FIXTURES === '1';

const COMMENT = /^\/\*\n((?:\w+=\S+(?: \w+=\S+)*\n)?)([\s\S]*?)\*\/\n/;

function read(text: string): { options: string; expected: string; code: string } {
  const match = COMMENT.exec(text);
  if (!match) throw new Error('the file does not begin with a comment');
  return { options: match[1] ?? '', expected: (match[2] ?? '').trim(), code: text.slice(match[0].length) };
}

function option(options: string, name: string): string | undefined {
  return new RegExp(`\\b${name}=(\\S+)`).exec(options)?.[1];
}

function lift(name: string, text: string, options: string): LiftedFile {
  const libc = libcs.find((l) => l.name === option(options, 'libc')) ?? musl;
  const targets = (option(options, 'targets') ?? 'x86_64').split(',');
  return new Sources({ [name]: text }, libc).lift(name, targets);
}

function describeLifted(lifted: LiftedFile, options: string): string {
  if (option(options, 'show') === 'dot') return lifted.functions.map(printDot).join('\n');
  const aliases = lifted.aliases.map(
    (a) => `alias ${a.alias} of ${a.of}${a.weak ? ' weak' : ''} ; ${place(a.at)} for ${a.targets.join(', ')}`,
  );
  const problems = lifted.problems.map((p) => `${p.kind}: ${p.message} ; ${place(p.at)}`);
  return [...lifted.functions.map(printLifted), [...aliases, ...problems].join('\n')].join('\n');
}

const place = (at: { readonly line: number; readonly column: number }): string =>
  `${String(at.line)}:${String(at.column)}`;

function withComment(options: string, expected: string, code: string): string {
  return `/*\n${options}${options === '' ? '' : '\n'}${expected}\n*/\n${code}`;
}

test('there are fixtures', () => {
  expect(files.length).toBeGreaterThan(15);
});

test.each(files)('%s is lifted as its comment says', (name) => {
  const path = join(folder, name);
  let text = readFileSync(path, 'utf8');
  const { options, expected, code } = read(text);
  let actual = describeLifted(lift(name, text, options), options).trim();
  if (update && actual !== expected) {
    // The comment moves the code, and its places with it; its length does not depend on them.
    text = withComment(options, actual, code);
    actual = describeLifted(lift(name, text, options), options).trim();
    writeFileSync(path, withComment(options, actual, code));
    return;
  }
  expect(actual).toBe(expected);
  expect(actual).not.toContain('*/');
});

test.each(files)('%s has blocks that lead to blocks, and as many faults as it says', (name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  for (const f of lift(name, text, read(text).options).functions) {
    f.blocks.forEach((block, i) => expect(block.id).toBe(i));
    for (const block of f.blocks) for (const to of successors(block.end)) expect(f.blocks[to]?.id).toBe(to);
    const ops = f.blocks.flatMap((b) => b.ops);
    expect(new Set(ops.map((op) => op.id)).size).toBe(ops.length);
    const faults = ops.filter((op) => op.op === 'not-understood').length;
    expect(faults + f.blocks.filter((b) => b.end.t === 'unknown').length).toBe(f.notUnderstood);
  }
});
