/** SARIF against the schema, against Microsoft's validator with its GitHub rules, and what viewers rely on. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Log, Run } from 'sarif';
import { sarifWarning } from '../../src/formatters/sarif-limits.js';
import { formatSarif } from '../../src/formatters/sarif.js';
import { uriOf } from '../../src/formatters/sarif-location.js';
import { context, finding, region, result, suppressed, warning } from './sample.js';

const require = createRequire(import.meta.url);

function resolved(name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}

const platform = resolved('@microsoft/sarif-multitool-linux/package.json');
const schemaFile = platform === undefined ? undefined : join(dirname(platform), 'sarif-2.1.0.json');
const hasSchema = schemaFile !== undefined && existsSync(schemaFile);
if (!hasSchema)
  console.warn('No SARIF schema and validator here (@microsoft/sarif-multitool-linux): these tests are skipped');

const rich = result(
  [
    finding(),
    suppressed,
    warning,
    finding({ ruleId: 'unreadable-file', message: 'Gone', at: region('d/é \u001b.c', 1, 1, 1), flow: [], related: [] }),
  ],
  {
    notices: [
      { kind: 'libc-not-recognised', message: 'No libc' },
      { kind: 'unknown-macro', message: 'FOO', at: region('src/a.c', 2) },
      { kind: 'internal-fault', message: 'The rule x failed' },
    ],
  },
);
const plain = result([]);

function runOf(text: string): Run {
  return (JSON.parse(text) as Log).runs[0]!;
}

describe('sarif', () => {
  (hasSchema ? it.each : it.skip.each)([
    ['rich', rich],
    ['empty', plain],
  ])('is valid against the schema: %s', (_, one) => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    formats.default(ajv);
    const validate = ajv.compile(JSON.parse(readFileSync(schemaFile!, 'utf8')) as object);
    validate(JSON.parse(formatSarif(one, context())));
    expect(validate.errors).toBeNull();
  });

  (hasSchema ? it.each : it.skip.each)([
    ['rich', rich],
    ['empty', plain],
  ])("passes Microsoft's validator with GitHub's rules: %s", (_, one) => {
    // Started by its path: a shell would take the rule kinds apart at the semicolon.
    const multitool = require('@microsoft/sarif-multitool') as string;
    const folder = mkdtempSync(join(tmpdir(), 'cancelint-sarif-'));
    try {
      const [log, report] = [join(folder, 'log.sarif'), join(folder, 'report.sarif')];
      writeFileSync(log, formatSarif(one, context({ homepage: 'https://example.org/cancelint' })));
      const args = ['validate', log, '--rule-kind', 'Sarif;Ghas', '--output', report, '--log', 'ForceOverwrite'];
      const ran = spawnSync(multitool, args, { encoding: 'utf8' });
      // Its exit status is 0 whatever it finds, also when it has not run at all.
      expect({ written: existsSync(report), said: ran.stderr }).toMatchObject({ written: true });
      const complaints = runOf(readFileSync(report, 'utf8')).results ?? [];
      expect(
        complaints.map(({ ruleId, level, message }) => `${ruleId ?? ''} ${level ?? ''} ${message.id ?? ''}`),
      ).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is the same every time and names no folder of the machine', () => {
    const text = formatSarif(rich, context());
    expect(formatSarif(rich, context())).toBe(text);
    expect(text).not.toContain('/nowhere');
    expect(runOf(text)).toMatchObject({
      columnKind: 'utf16CodeUnits',
      automationDetails: { id: 'cancelint/musl/' },
      originalUriBaseIds: { SRCROOT: {} },
    });
  });

  it('has a thread flow for each thread, in the order in which things happen', () => {
    const flow = runOf(formatSarif(rich, context())).results?.[0]?.codeFlows?.[0]?.threadFlows ?? [];
    expect(flow.map(({ id, locations }) => [id, locations.map((one) => one.executionOrder)])).toEqual([
      ['victim', [1, 4]],
      ['canceller', [2]],
      ['kernel', [3]],
    ]);
  });

  it('has messages that end in a full stop, link to related places and to nothing else', () => {
    const first = runOf(formatSarif(rich, context())).results?.[0];
    expect(first?.message.text).toBe(
      'The window ends late. A request after "int $0x80" throws away a\\[0\\](1). ' +
        'See [1](1), [2](2), [3](3), [4](4), [5](5) and 2 more.',
    );
    expect(first?.relatedLocations?.map((one) => one.id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('keeps what was silenced, with the reason', () => {
    expect(runOf(formatSarif(rich, context())).results?.map((one) => one.suppressions)).toEqual([
      [],
      [{ kind: 'inSource', justification: 'checked by hand' }],
      [],
      [],
    ]);
    expect(runOf(formatSarif(result([finding()]), context())).results?.[0]).not.toHaveProperty('suppressions');
  });

  it('says in its invocation what could not be done', () => {
    const invocation = runOf(formatSarif(rich, context({ exitCode: 2 }))).invocations?.[0];
    expect(invocation).toMatchObject({ executionSuccessful: false, exitCode: 2 });
    expect(invocation?.toolExecutionNotifications?.map((one) => [one.descriptor?.id, one.level])).toEqual([
      ['unknown-macro', 'note'],
      ['internal-fault', 'error'],
      ['unreadable-file', 'warning'],
    ]);
    expect(invocation?.toolConfigurationNotifications?.map((one) => one.descriptor?.id)).toEqual([
      'libc-not-recognised',
    ]);
  });

  it("has a rule's page as its help", () => {
    const { rules = [] } = runOf(formatSarif(plain, context({ page: (id) => `# ${id}\n\nThe page.\n` }))).tool.driver;
    expect(rules[0]?.help?.markdown).toBe('# analysis-incomplete\n\nThe page.');
    const lost = rules.find(({ id }) => id === 'window-lost-result');
    expect(lost).toMatchObject({ name: 'WindowLostResult' });
    expect(lost?.help?.text).toContain('See POSIX.1-2024, 2.9.5.');
  });

  it('stays within what services take', () => {
    const related = Array.from({ length: 1500 }, (_, at) => ({ at: region('a.c', at + 1), message: 'use' }));
    const [one] = runOf(formatSarif(result([finding({ related })]), context())).results ?? [];
    expect(one?.relatedLocations).toHaveLength(1000);
  });

  it('warns of what services refuse', () => {
    const many = (count: number) => Array.from({ length: count }, () => finding());
    expect(sarifWarning(many(5000))).toBeUndefined();
    expect(sarifWarning([...many(6000), warning])).toBe(
      '6001 results; code scanning services show the first 5000 only. ' +
        'Most are from window-lost-result (6000), unused-directive (1)',
    );
    expect(sarifWarning(many(26_000))).toContain('refuse a log with more than 25000');
  });

  it.each([
    ['src/a b.c', 'src/a%20b.c'],
    ['c++/x.c', 'c++/x.c'],
    ['a:b%.c', 'a%3Ab%25.c'],
    ['é\n.c', '%C3%A9%0A.c'],
    ['a\udcff.c', 'a%FF.c'],
  ])('writes %j as a URI', (path, uri) => {
    expect(uriOf(path)).toBe(uri);
  });
});
