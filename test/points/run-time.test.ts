/**
 * The inventory held to what functions did: fixtures/points has, for each function, the ways in which it was called with
 * a request pending (test/points/native, `npm run points:check`). A function all of whose ways acted is a `point`, one
 * of whose ways some did is `conditional`, one of whose ways none did is `no`. Where the inventory says something else,
 * docs/points/run-time.md says why.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inventory, type Entry } from '../../src/points/inventory.js';
import { linkTree } from '../../src/engine/link-tree.js';
import { libcs } from '../../src/libc/index.js';
import { isForbidden, posixOf, REQUIRED } from '../../src/posix/index.js';

const ROOT = join(import.meta.dirname, '../..');
const MINUTES = 60_000;
const PAGE = readFileSync(join(ROOT, 'docs/points/run-time.md'), 'utf8');

interface Row {
  readonly function: string;
  readonly outcome: string;
}

function rowsOf(tree: string): readonly Row[] {
  const text = readFileSync(join(ROOT, 'fixtures/points', `${tree}.txt`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [name = '', , outcome = ''] = line.split('\t');
      return { function: name, outcome };
    });
}

/** What the ways of each function say together. */
function observed(rows: readonly Row[]): ReadonlyMap<string, string> {
  const outcomes = new Map<string, string[]>();
  for (const row of rows) outcomes.set(row.function, [...(outcomes.get(row.function) ?? []), row.outcome]);
  return new Map(
    [...outcomes].map(([name, all]) => {
      const acted = all.filter((one) => one === 'acted').length;
      return [name, acted === 0 ? 'no' : acted === all.length ? 'point' : 'conditional'];
    }),
  );
}

/** The rows of the page's tables below the heading of a tree, cells of code without their marks. */
function tableOf(tree: string): readonly (readonly string[])[] {
  const section = PAGE.split(/^## /m).find((part) => part.startsWith(tree)) ?? '';
  return [...section.matchAll(/^\| `.*$/gm)].map(([line]) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const explained = (tree: string): string[] =>
  tableOf(tree).flatMap(([names = '', tool = '', run = '']) =>
    names.split(', ').map((name) => `${name.replaceAll('`', '')}: ${tool}, ${run}`),
  );

async function entriesOf(tree: string): Promise<readonly Entry[]> {
  const { project } = await linkTree({
    cwd: ROOT,
    path: join('trees', tree),
    targets: ['x86_64'],
    root: undefined,
    lists: undefined,
    libc: undefined,
    libcs,
  });
  return inventory(project);
}

describe.each(['musl-1.2.3', 'glibc-2.36'])('%s', (tree) => {
  const rows = rowsOf(tree);
  const ran = observed(rows);

  test('every call came back as it should, acted, or waited', () => {
    expect(rows.filter((row) => !/^(acted|returned|waits)$/.test(row.outcome))).toEqual([]);
  });

  test('enough functions were called that must not act', () => {
    expect([...ran.keys()].filter(isForbidden).length).toBeGreaterThanOrEqual(60);
  });

  test('the page has the figures', () => {
    const names = [...ran.keys()];
    const ways = ['acted', 'returned', 'waits'].map((one) => rows.filter((row) => row.outcome === one).length);
    const figures = [
      names.length,
      names.filter((name) => REQUIRED.has(name)).length,
      names.filter(isForbidden).length,
      rows.length,
      ...ways,
      explained(tree).length,
    ];
    expect(PAGE).toContain(`\n| ${tree.replace('-', ' ')} | ${figures.join(' | ')} |\n`);
  });

  // A whole libc takes a minute, and is only there where `npm run trees` has fetched it.
  const known = existsSync(join(ROOT, 'trees', tree)) ? test : test.skip;
  known(
    'the inventory says the same, but for what is explained',
    async () => {
      const entries = new Map((await entriesOf(tree)).map((e) => [e.function, e]));
      const differences = [...ran].flatMap(([name, run]) => {
        const tool = entries.get(name)?.targets.x86_64 ?? 'absent';
        return tool === run ? [] : [`${name}: ${tool}, ${run}`];
      });
      expect(differences.sort()).toEqual([...explained(tree)].sort());
      const notCalled = [...entries.keys()].filter(
        (name) => Object.values(posixOf(name)).includes('required') && !ran.has(name),
      );
      const stated = /^Not called[^:]*: (.*)$/m.exec(PAGE.split(/^## /m).find((part) => part.startsWith(tree)) ?? '');
      expect(notCalled.map((name) => `\`${name}\``).join(', ')).toBe(stated?.[1]?.split(';')[0] ?? '');
    },
    5 * MINUTES,
  );
});
