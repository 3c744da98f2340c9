/**
 * `node scripts/update-docs.mjs` brings up to date what the rules' pages take from the rules: the line with severity,
 * presets and properties on each page, the findings below each incorrect example, the drawing of a window, and the tables
 * of rules-docs/README.md.
 * Everything else on the pages is written by hand and kept. The tests of the pages use the same functions.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, runMain, setUp, SetupError } from './setup.mjs';

const folder = join(root, 'rules-docs');

/** The line below the description. */
export function badgeOf({ meta }) {
  const properties = meta.properties.length === 0 ? 'none' : meta.properties.join(', ');
  return `Severity: ${meta.severity} · Presets: ${meta.presets.join(', ')} · Properties: ${properties}`;
}

const badge = /^Severity: .*$/m;

/** A page with its line brought up to date; a page without one gets it below its first paragraph. */
export function withBadge(page, rule) {
  if (badge.test(page)) return page.replace(badge, () => badgeOf(rule));
  const [title, description, ...rest] = page.split(/\n\n+/);
  return [title, description, badgeOf(rule), ...rest].join('\n\n');
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The table of the rules, each with a link to its page. */
export function rulesTable(rules) {
  const rows = rules.map(({ id, meta }) => [
    `[${id}](${id}.md)`,
    meta.description,
    meta.severity,
    meta.presets.join(', '),
    meta.properties.length === 12 ? 'W1 to W12' : meta.properties.join(', ') || 'none',
  ]);
  return table(['rule', 'what it reports', 'severity', 'presets', 'properties'], rows);
}

/** The table of what the tool itself reports, which has no pages. */
export function toolTable(toolRules) {
  const rows = toolRules.map(({ id, meta }) => [`\`${id}\``, meta.description, meta.severity, meta.presets.join(', ')]);
  return table(['id', 'what it reports', 'severity', 'presets'], rows);
}

/** Replaces what stands between the two markers of a name. */
export function between(text, name, content) {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from)
    throw new SetupError(`rules-docs/README.md has no '${begin}' and '${end}' around a table`);
  return `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`;
}

/** README.md with both tables brought up to date. */
export function withTables(readme, rules, toolRules) {
  return between(between(readme, 'rules', rulesTable(rules)), 'tool', toolTable(toolRules));
}

/** The fenced blocks of a page: the section of level three, the info string, the lines of the fences (from 0), the text. */
export function fencesOf(page) {
  const fences = [];
  let [section, open] = ['', undefined];
  page.split('\n').forEach((line, i, lines) => {
    if (open === undefined) {
      if (/^#{2,3} /.test(line)) section = line.replace(/^#+ /, '');
      else if (line.startsWith('```')) open = { section, info: line.slice(3).trim(), first: i };
    } else if (line === '```') {
      fences.push({ ...open, last: i, text: `${lines.slice(open.first + 1, i).join('\n')}\n` });
      open = undefined;
    }
  });
  if (open !== undefined) throw new Error(`the block in line ${open.first + 1} is not closed`);
  return fences;
}

/**
 * The small trees of a page. Blocks with only empty lines between them are the files of one tree; a block of text right
 * behind them holds the findings. Throws, in words, for a block that does not say what it is.
 */
export function examplesOf(page) {
  const lines = page.split('\n');
  const examples = [];
  let current;
  for (const fence of fencesOf(page)) {
    if (fence.section !== 'Incorrect' && fence.section !== 'Correct') continue;
    const joined = current !== undefined && lines.slice(current.last + 1, fence.first).every((l) => l.trim() === '');
    if (joined && fence.info === 'text' && current.section === fence.section && current.output === undefined) {
      current.output = fence;
      current.last = fence.last;
      continue;
    }
    const [, language, libc, path] = /^(c|asm|make) (\S+) (\S+)$/.exec(fence.info) ?? [];
    if (language === undefined)
      throw new Error(
        `the block in line ${fence.first + 1} is headed '${fence.info}', not 'c LIBC PATH', 'asm LIBC PATH' or 'make LIBC PATH'`,
      );
    if (!joined || current.section !== fence.section || current.libc !== libc || current.output !== undefined) {
      current = { section: fence.section, line: fence.first + 1, libc, files: {}, last: 0, output: undefined };
      examples.push(current);
    }
    current.files[path] = fence.text;
    current.last = fence.last;
  }
  return examples;
}

/** Lints an example with one rule. The engine is given, since the tests take it from the sources. */
export async function lintExample({ lintTree, libcs, generic }, rule, example) {
  const libc = [...libcs, generic].find((one) => one.name === example.libc);
  if (libc === undefined) throw new Error(`there is no libc '${example.libc}'`);
  const tree = realpathSync(mkdtempSync(join(os.tmpdir(), 'cancelint-page-')));
  try {
    for (const [path, text] of Object.entries(example.files)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), text);
    }
    const severities = new Map([[rule.id, rule.meta.severity]]);
    const settings = { libc, libcs, fallback: generic, severities, inlineConfig: false, concurrency: 'off' };
    return await lintTree({
      cwd: tree,
      root: tree,
      paths: [],
      targets: ['i386', 'x86_64'],
      rules: [rule],
      ...settings,
    });
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** Findings as they stand on a page. */
export function outputOf(findings) {
  return findings.map(({ at, message }) => `${at.file}:${at.line}:${at.column}: ${message}\n`).join('');
}

/** A page with the findings below its incorrect examples brought up to date. */
export async function withFindings(page, rule, engine) {
  const lines = page.split('\n');
  // From the end, so that the line numbers of the others stay right.
  for (const example of examplesOf(page).reverse()) {
    if (example.section !== 'Incorrect') continue;
    const { result } = await lintExample(engine, rule, example);
    const block = ['```text', ...outputOf(result.findings).trimEnd().split('\n'), '```'];
    if (example.output) lines.splice(example.output.first, example.output.last - example.output.first + 1, ...block);
    else lines.splice(example.last + 1, 0, '', ...block);
  }
  return lines.join('\n');
}

/** Heading of the section with the drawing. */
const DRAWN = '## Drawn';

/**
 * A page with the drawing of its first incorrect example that is a window: `explain` gives the drawing of an assembly
 * text, or nothing. Pages without the section, and without such an example, stay as they are.
 */
export function withDrawing(page, explain) {
  const [front, rest] = page.split(`\n${DRAWN}\n`);
  if (rest === undefined) return page;
  const behind = rest.slice(rest.indexOf('\n## '));
  const windows = examplesOf(page).filter(({ section }) => section === 'Incorrect');
  for (const { libc, files } of windows) {
    for (const [file, text] of Object.entries(files)) {
      const drawing = /\.[sS]$/.test(file) ? explain(libc, file, text) : undefined;
      if (drawing === undefined) continue;
      const intro = `The first example of a window above, as \`cancelint explain\` draws it:`;
      return `${front}\n${DRAWN}\n\n${intro}\n\n\`\`\`text\n${drawing}\n\`\`\`\n${behind}`;
    }
  }
  return page;
}

async function update() {
  const load = (name) => import(pathToFileURL(join(root, 'dist', name)).href);
  const [{ rules }, { toolRules }, { lintTree }, { libcs, generic }, { drawExample }] = await Promise.all(
    ['rules/index.js', 'linter/tool-rules.js', 'engine/lint-tree.js', 'libc/index.js', 'explain/example.js'].map(load),
  );
  const hasPage = ({ id }) => existsSync(join(folder, `${id}.md`));
  for (const rule of rules.filter(hasPage)) {
    const file = join(folder, `${rule.id}.md`);
    const page = readFileSync(file, 'utf8');
    const found = await withFindings(withBadge(page, rule), rule, { lintTree, libcs, generic });
    write(file, page, withDrawing(found, drawExample));
  }
  const readme = join(folder, 'README.md');
  const text = readFileSync(readme, 'utf8');
  write(readme, text, withTables(text, rules, toolRules));
  const missing = rules.filter((rule) => !hasPage(rule)).map(({ id }) => `rules-docs/${id}.md`);
  if (missing.length > 0) throw new SetupError(`missing: ${missing.join(', ')}`);
}

function write(file, before, after) {
  if (before === after) return;
  writeFileSync(file, after);
  console.log(`updated rules-docs/${file.slice(folder.length + 1)}`);
}

runMain(import.meta.url, () => {
  setUp();
  update().catch((error) => {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 2;
  });
  return 0;
});
