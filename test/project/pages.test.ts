// What the rules' pages take from the rules is up to date, and what is written by hand keeps to its form.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { toolRules, type RuleInfo } from '../../src/linter/tool-rules.js';
import { rules } from '../../src/rules/index.js';

const docs = (await import(pathToFileURL(join(process.cwd(), 'scripts/update-docs.mjs')).href)) as {
  badgeOf(rule: RuleInfo): string;
  withBadge(page: string, rule: RuleInfo): string;
  withTables(readme: string, rules: readonly RuleInfo[], toolRules: readonly RuleInfo[]): string;
};

const read = (name: string): string => readFileSync(join('rules-docs', name), 'utf8');

/** A page's text without its fenced blocks. */
const prose = (page: string): string => page.replace(/^```[\s\S]*?^```$/gm, '');

/** The text below a heading of the second level. */
const section = (page: string, heading: string): string =>
  prose(page)
    .split(/^## /m)
    .find((part) => part.startsWith(`${heading}\n`)) ?? '';

test('the tables of the README are up to date (node scripts/update-docs.mjs)', () => {
  const readme = read('README.md');
  expect(readme).toBe(docs.withTables(readme, rules, toolRules));
});

test('a README without the place for a table is refused', () => {
  expect(() => docs.withTables('# The rules\n', rules, toolRules)).toThrow('<!-- rules: begin -->');
});

test('a page without the line of severity and presets gets it, and an old one is replaced', () => {
  const rule = rules[0]!;
  const page = `# x\n\nWhat it is.\n\n${docs.badgeOf(rule)}\n\n## Why\n`;
  expect(docs.withBadge('# x\n\nWhat it is.\n\n## Why\n', rule)).toBe(page);
  expect(docs.withBadge(page.replace(/Severity: \w+/, 'Severity: off'), rule)).toBe(page);
});

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const page = read(`${id}.md`);

  test('tells severity, presets and properties (node scripts/update-docs.mjs)', () => {
    expect(page.split('\n\n')[2]).toBe(docs.badgeOf(rule));
  });

  test('is neither a note nor a treatise', () => {
    const lines = prose(page).split('\n').length - 1;
    expect(lines).toBeGreaterThanOrEqual(40);
    expect(lines).toBeLessThanOrEqual(110);
  });

  test('tells the interleaving in steps', () => {
    expect(section(page, 'Why')).toMatch(/^1\. .*\n2\. .*\n3\. /m);
  });

  test('says what it does not see', () => {
    expect(section(page, 'How it is decided')).toContain('What it does not see');
  });

  test('names related rules, and not itself', () => {
    const related = [...section(page, 'Related rules').matchAll(/\]\(([a-z-]+)\.md\)/g)].map((m) => m[1]);
    expect(related.length).toBeGreaterThan(0);
    expect(related.filter((name) => name === id || !rules.some((r) => r.id === name))).toEqual([]);
  });

  test('names its sources', () => {
    expect(section(page, 'References')).toMatch(/^- /m);
  });
});

test('the links of the pages lead somewhere', () => {
  const broken = readdirSync('rules-docs').flatMap((name) =>
    [...prose(read(name)).matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)]
      .map((match) => match[1]!)
      .filter((link) => !/^https?:/.test(link) && !existsSync(join(dirname(join('rules-docs', name)), link)))
      .map((link) => `rules-docs/${name}: ${link}`),
  );
  expect(broken).toEqual([]);
});
