/**
 * A file that is linted with its tree as context has the findings that it has when the whole tree is linted, although
 * less of the tree is lifted for it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lintTree } from '../../src/engine/lint-tree.js';
import { walk } from '../../src/engine/walk.js';
import { generic, libcs } from '../../src/libc/index.js';
import type { Finding } from '../../src/linter/finding.js';
import { severitiesOf } from '../../src/linter/severities.js';
import { toolRules } from '../../src/linter/tool-rules.js';
import { rules } from '../../src/rules/index.js';
import { project } from '../cli/program.js';

const every = [...rules, ...toolRules];

async function lint(root: string, paths: readonly string[]) {
  const { result } = await lintTree({
    cwd: root,
    paths,
    root,
    targets: ['i386', 'x86_64'],
    libcs,
    fallback: generic,
    rules,
    severities: severitiesOf(every, new Map(every.map(({ id }) => [id, 'error']))),
    inlineConfig: true,
    concurrency: 'off',
  });
  return result;
}

/** How a whole tree makes its calls is told once, at the first of its places that are linted. */
const isOfTree = ({ ruleId }: Finding): boolean => ruleId === 'point-without-window';

function byFile(findings: readonly Finding[]): Map<string, Finding[]> {
  const files = new Map<string, Finding[]>();
  for (const one of findings) if (!isOfTree(one)) files.set(one.at.file, [...(files.get(one.at.file) ?? []), one]);
  return files;
}

/** Lints each of the files by itself. Answers how many functions were lifted for each. */
async function expectSame(root: string, files: readonly string[], whole: ReadonlyMap<string, readonly Finding[]>) {
  const lifted = new Map<string, number>();
  for (const file of files) {
    const { findings, stats } = await lint(root, [file]);
    const own = findings.filter((one) => !isOfTree(one));
    expect({ file, findings: own }).toEqual({ file, findings: whole.get(file) ?? [] });
    lifted.set(file, stats.functions);
  }
  return lifted;
}

/** They have a finding of every rule between them. */
test.each(['mini', 'mini-async'])(
  'each file of %s',
  async (tree) => {
    const root = join(project, 'fixtures/trees', tree);
    const { findings } = await lint(root, ['.']);
    expect(findings.length).toBeGreaterThan(5);
    const whole = byFile(findings);
    await expectSame(root, [...new Set([...walk(root).files, ...whole.keys()])], whole);
  },
  120_000,
);

/** A sample of the others: what many call, what calls much, what the mechanism is made of, what has nothing to do with it. */
const MUSL = [
  ...['src/unistd/close.c', 'src/network/res_msend.c', 'src/process/system.c', 'src/internal/pthread_impl.h'],
  ...['src/thread/i386/syscall_cp.s', 'src/string/strlen.c'],
];

const musl = join(project, 'trees/musl-1.2.5');
if (!existsSync(musl)) test.skip('musl-1.2.5: not in trees/ (npm run trees -- musl-1.2.5 fetches it)', () => undefined);
else
  test('each file of musl with findings, and some without', async () => {
    const { findings, stats } = await lint(musl, ['.']);
    const whole = byFile(findings);
    expect(whole.size).toBeGreaterThan(2);
    const lifted = await expectSame(musl, [...whole.keys(), ...MUSL], whole);
    // A part of the mechanism is judged with all of it; what only uses it is not.
    expect(lifted.get('src/internal/pthread_impl.h')).toBe(stats.functions);
    expect(lifted.get('src/network/res_msend.c')).toBeLessThan(stats.functions / 1.5);
  }, 600_000);
