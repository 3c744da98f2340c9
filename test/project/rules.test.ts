// Each rule has its page, its test and its fixtures, and nothing is left over from a rule that is gone.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Rule } from '../../src/rules/define-rule.js';

/** Findings of the linter itself: they have a page, and no rule file. */
const own = [
  'analysis-incomplete',
  'not-verified',
  'parse-error',
  'unknown-macro',
  'unreadable-file',
  'unused-configuration',
  'unused-directive',
];

/** Files of src/rules that are no rules. */
const helpers = ['define-rule', 'index'];

function names(folder: string, suffix: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => (suffix === '/' ? entry.isDirectory() : entry.isFile() && entry.name.endsWith(suffix)))
    .map((entry) => (suffix === '/' ? entry.name : entry.name.slice(0, -suffix.length)))
    .sort();
}

const ids = names('src/rules', '.ts').filter((name) => !helpers.includes(name));

const parts = [
  { what: 'page', path: (id: string) => `rules-docs/${id}.md`, present: names('rules-docs', '.md') },
  { what: 'test', path: (id: string) => `test/rules/${id}.test.ts`, present: names('test/rules', '.test.ts') },
  { what: 'fixture folder', path: (id: string) => `fixtures/rules/${id}/`, present: names('fixtures/rules', '/') },
];

test.each(parts)('each rule has its $what', ({ path, present }) => {
  const missing = ids.filter((id) => !present.includes(id)).map(path);
  expect({ missing }).toEqual({ missing: [] });
});

test.each(parts)('each $what has its rule', ({ what, path, present }) => {
  const allowed = new Set([...ids, ...own, 'README', 'index']);
  const missing = present
    .filter((id) => !allowed.has(id))
    .map((id) => `src/rules/${id}.ts (or remove the ${what} ${path(id)})`);
  expect({ missing }).toEqual({ missing: [] });
});

test('the index lists each rule file, by the id that the file is named after', async () => {
  const index = join('src', 'rules', 'index.ts');
  if (!existsSync(index)) {
    expect(ids).toEqual([]);
    return;
  }
  const { rules } = (await import(pathToFileURL(index).href)) as { rules: readonly Rule[] };
  expect(rules.map((rule) => rule.id).sort()).toEqual(ids);
});

/** The headings of a page in their order; `?` marks one that may be missing. */
const headings = [
  '## Why',
  '## What is reported',
  '## Examples',
  '### Incorrect',
  '### Correct',
  '## Options?',
  '## Drawn?',
  '## How it is decided',
  '## When to turn it off',
  '## Related rules',
  '## References',
];

/** Headings outside fenced code, where a `#` is a directive or a comment of assembly. */
function headingsOf(text: string): string[] {
  let fence: string | undefined;
  return text.split('\n').filter((line) => {
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined) {
      if (fence === undefined) fence = mark;
      else if (mark.startsWith(fence)) fence = undefined;
      return false;
    }
    return fence === undefined && /^#{1,6} /.test(line);
  });
}

/** What of the page's headings is wrong, in words. More of the third level are free inside a section. */
function problems(id: string, text: string): string[] {
  const found = headingsOf(text);
  const wanted = [
    `# ${id}`,
    ...headings.filter((heading) => !heading.endsWith('?') || found.includes(heading.slice(0, -1))),
  ];
  const expected = wanted.map((heading) => heading.replace(/\?$/, ''));
  const missing = expected.filter((heading) => !found.includes(heading)).map((heading) => `no heading '${heading}'`);
  const unknown = found
    .filter((heading) => !heading.startsWith('###') && !expected.includes(heading))
    .map((heading) => `unknown heading '${heading}'`);
  const order = found.filter((heading) => expected.includes(heading));
  if (missing.length === 0 && order.join() !== expected.join()) {
    return [...unknown, `the headings must come in this order, each once: ${expected.join(', ')}`];
  }
  return [...missing, ...unknown];
}

test('each page has the headings that all pages have, in their order', () => {
  const wrong = ids
    .map((id) => `rules-docs/${id}.md`)
    .filter((page) => existsSync(page))
    .flatMap((page) =>
      problems(page.slice('rules-docs/'.length, -'.md'.length), readFileSync(page, 'utf8')).map(
        (problem) => `${page}: ${problem}`,
      ),
    );
  expect(wrong).toEqual([]);
});

test('each page says in its first paragraph what the rule describes', async () => {
  const index = join('src', 'rules', 'index.ts');
  if (!existsSync(index)) return;
  const { rules } = (await import(pathToFileURL(index).href)) as { rules: readonly Rule[] };
  const wrong = rules.flatMap(({ id, meta }) => {
    const page = `rules-docs/${id}.md`;
    if (!existsSync(page)) return [];
    const first = readFileSync(page, 'utf8')
      .split(/\n\s*\n/)[1]
      ?.replace(/\s+/g, ' ')
      .trim()
      .replace(/\.$/, '');
    return first === meta.description ? [] : [`${page}: '${first ?? ''}' is not the rule's '${meta.description}'`];
  });
  expect(wrong).toEqual([]);
});

test('the check of headings itself sees a missing, an unknown and a misplaced heading, and no comment in code', () => {
  const good = ['# x', '', ...headings.map((heading) => heading.replace('?', '')), '```asm', '# a comment', '```'];
  expect(problems('x', good.join('\n'))).toEqual([]);
  expect(problems('x', good.filter((line) => line !== '## Options').join('\n'))).toEqual([]);
  expect(problems('x', good.filter((line) => line !== '## Why').join('\n'))).toEqual(["no heading '## Why'"]);
  expect(problems('x', [...good, '## Why not'].join('\n'))).toEqual(["unknown heading '## Why not'"]);
  expect(problems('x', [...good, '## Why'].join('\n'))[0]).toMatch(/^the headings must come in this order/);
});
