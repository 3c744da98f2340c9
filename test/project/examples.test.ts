// The examples on the rules' pages: each is linted with the rule of its page, and what is found stands below it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { drawExample } from '../../src/explain/example.js';
import { lintTree, type LintedTree } from '../../src/engine/lint-tree.js';
import { generic, libcs } from '../../src/libc/index.js';
import type { Finding } from '../../src/linter/finding.js';
import type { Rule } from '../../src/rules/define-rule.js';
import { rules } from '../../src/rules/index.js';

interface Example {
  readonly section: string;
  readonly line: number;
  readonly libc: string;
  readonly files: Readonly<Record<string, string>>;
  readonly output: { readonly text: string } | undefined;
}

const engine = { lintTree, libcs, generic };
const docs = (await import(pathToFileURL(join(process.cwd(), 'scripts/update-docs.mjs')).href)) as {
  examplesOf(page: string): Example[];
  lintExample(from: typeof engine, rule: Rule, example: Example): Promise<LintedTree>;
  outputOf(findings: readonly Finding[]): string;
  withDrawing(page: string, draw: typeof drawExample): string;
  withFindings(page: string, rule: Rule, from: typeof engine): Promise<string>;
};

/** What keeps an example from proving anything. */
function worthless({ project, faults }: LintedTree): string[] {
  const functions = project?.functions ?? [];
  return [
    ...faults.map(({ error }) => `the rule failed: ${String(error)}`),
    ...(functions.length === 0 ? ['nothing in it concerns cancellation'] : []),
    ...functions.filter((f) => f.notUnderstood > 0).map((f) => `'${f.name}' was not understood in full`),
    ...(project?.problems ?? []).map((p) => `${p.at.file}:${p.at.line}: ${p.message}`),
  ];
}

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const examples = docs.examplesOf(readFileSync(join('rules-docs', `${id}.md`), 'utf8'));

  test('has an incorrect example and a correct one', () => {
    expect(new Set(examples.map((e) => e.section))).toEqual(new Set(['Incorrect', 'Correct']));
  });

  test.each(examples.map((e) => [e.section, e.line, e] as const))('%s, line %i', async (section, _, example) => {
    const linted = await docs.lintExample(engine, rule, example);
    expect(worthless(linted)).toEqual([]);
    const { findings } = linted.result;
    if (section === 'Incorrect') expect(findings).not.toEqual([]);
    // Where this fails for an incorrect example, `node scripts/update-docs.mjs` writes the page anew.
    expect(docs.outputOf(findings)).toBe(section === 'Incorrect' ? example.output?.text : '');
  });

  test('the drawing of a window is up to date (node scripts/update-docs.mjs)', () => {
    const page = readFileSync(join('rules-docs', `${id}.md`), 'utf8');
    const hasWindow = examples.some((e) =>
      Object.entries(e.files).some(([file, text]) => drawExample(e.libc, file, text)),
    );
    expect(page.includes('\n## Drawn\n')).toBe(
      hasWindow && rule.meta.category === 'window' && id !== 'window-not-verified',
    );
    expect(docs.withDrawing(page, drawExample)).toBe(page);
  });

  test('every message is shown, or told in the table of what is reported', () => {
    const page = readFileSync(join('rules-docs', `${id}.md`), 'utf8');
    const ids = Object.keys(rule.meta.messages);
    expect(ids.length === 1 ? [] : ids.filter((message) => !page.includes(`\n| \`${message}\` |`))).toEqual([]);
  });
});

describe('the examples of a page', () => {
  const block = (info: string, text: string): string => `\`\`\`${info}\n${text}\n\`\`\``;
  const page = (...parts: readonly string[]): string => ['# x', '## Examples', ...parts].join('\n\n');

  test('blocks in a row are one tree, and text between them starts another', () => {
    const one = page(
      '### Incorrect',
      block('c musl src/a.c', 'int a;'),
      block('c musl src/b.c', 'int b;'),
      block('text', 'src/a.c:1:1: no'),
      'Another:',
      block('asm glibc c.S', '# not a heading'),
      '### Correct',
      block('c musl src/d.c', 'int d;'),
    );
    expect(docs.examplesOf(one)).toMatchObject([
      {
        section: 'Incorrect',
        line: 7,
        libc: 'musl',
        files: { 'src/a.c': 'int a;\n', 'src/b.c': 'int b;\n' },
        output: { text: 'src/a.c:1:1: no\n' },
      },
      { section: 'Incorrect', libc: 'glibc', files: { 'c.S': '# not a heading\n' }, output: undefined },
      { section: 'Correct', libc: 'musl', files: { 'src/d.c': 'int d;\n' } },
    ]);
  });

  test('blocks elsewhere on the page are no examples', () => {
    expect(docs.examplesOf(`## Why\n\n${block('sh', 'true')}\n`)).toEqual([]);
  });

  test.each(['c', 'c musl', 'cpp musl src/a.c', 'text'])("a block headed '%s' is refused", (info) => {
    expect(() => docs.examplesOf(page('### Correct', block(info, 'int a;')))).toThrow(
      `the block in line 7 is headed '${info}'`,
    );
  });

  test('a block that is not closed is refused', () => {
    expect(() => docs.examplesOf(page('### Correct', '```c musl src/a.c'))).toThrow('line 7 is not closed');
  });

  test('findings are written below an example, and replace those that are there', async () => {
    const rule = rules.find((r) => r.id === 'close-interrupted')!;
    const code = 'int close(int fd)\n{\n\treturn syscall_cp(SYS_close, fd);\n}';
    const first = await docs.withFindings(page('### Incorrect', block('c musl src/close.c', code)), rule, engine);
    expect(first).toMatch(/\n```\n\n```text\nsrc\/close\.c:3:9: 'close' hands EINTR [^\n]*\n```$/);
    expect(await docs.withFindings(first, rule, engine)).toBe(first);
    expect(await docs.withFindings(first.replace(/'close' hands/, 'something old'), rule, engine)).toBe(first);
  });

  test('an example of a libc that is not known is refused', async () => {
    const [example] = docs.examplesOf(page('### Correct', block('c nolibc src/a.c', 'int a;')));
    await expect(docs.lintExample(engine, rules[0]!, example!)).rejects.toThrow("there is no libc 'nolibc'");
  });
});
