/**
 * A tree in which everything that a libc's data names has another name of the same length, and a configuration that says
 * so: the same is found at the same places. Without the configuration it is not.
 */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { configOfRoot, type Configuration } from '../../src/config/load.js';
import { treeConfig } from '../../src/config/tree.js';
import { lintTree, type LintedTree } from '../../src/engine/lint-tree.js';
import { generic, libcs } from '../../src/libc/index.js';
import type { OwnLibc } from '../../src/libc/own.js';
import { severitiesOf } from '../../src/linter/severities.js';
import { toolRules } from '../../src/linter/tool-rules.js';
import { rules } from '../../src/rules/index.js';
import { removeTrees, tree } from '../cli/program.js';

afterAll(removeTrees);

/** musl's own names, and those of the fork. Longer ones first, so that none is a part of one before it. */
const NAMES: readonly (readonly [string, string])[] = [
  ['__syscall_cp_asm', '__vendor_vcp_win'],
  ['__alt_socketcall', '__altv_sockcallv'],
  ['__socketcall_cp', '__vndr_sock_vcp'],
  ['socketcall_cp', 'vndr_sock_vcp'],
  ['__syscall_cp_c', '__vendor_vcp_c'],
  ['__syscall_cp', '__vendor_vcp'],
  ['syscall_cp', 'vendor_vcp'],
  ['__cp_cancel', '__vc_forsak'],
  ['__cp_begin', '__vc_first'],
  ['__cp_end', '__vc_lim'],
  ['__cancel', '__forsak'],
  ['SIGCANCEL', 'SIGFORSAK'],
];

/** The name as a word, or with what pastes a number of arguments behind it; `syscall_cp.s` is a file. */
const pattern = new RegExp(`(?<![\\w])(${NAMES.map(([from]) => from).join('|')})(?=\\d?\\b)(?!\\.[cs]\\b)`, 'g');
const renamed = (text: string): string =>
  text.replace(pattern, (name) => NAMES.find(([from]) => from === name)?.[1] ?? name);

const role = (names: readonly string[], is: NonNullable<OwnLibc['roles']>[number]['is']) => ({
  names: names.map(renamed),
  is,
});

const CONVENTIONS: OwnLibc = {
  name: 'musl-fork',
  title: 'musl',
  extends: 'musl',
  windows: [
    {
      start: renamed('__cp_begin'),
      end: renamed('__cp_end'),
      cancel: renamed('__cp_cancel'),
      routine: renamed('__syscall_cp_asm'),
    },
  ],
  roles: [
    role(['syscall_cp'], { role: 'syscall', cancellable: true, number: 0, args: 1, returns: 'errno' }),
    ...['', '0', '1', '2', '3', '4', '5', '6'].map((n) =>
      role([`__syscall_cp${n}`], { role: 'syscall', cancellable: true, number: 0, args: 1, returns: 'kernel' }),
    ),
    role(['socketcall_cp'], {
      role: 'syscall',
      cancellable: true,
      number: 0,
      prefix: 'SYS_',
      args: 1,
      returns: 'errno',
    }),
    role(['__socketcall_cp'], {
      role: 'syscall',
      cancellable: true,
      number: 0,
      prefix: 'SYS_',
      args: 1,
      returns: 'kernel',
    }),
    role(['__alt_socketcall'], {
      role: 'syscall',
      cancellable: true,
      number: 0,
      args: 3,
      returns: 'kernel',
      cancellableWhen: 2,
    }),
    role(['__syscall_cp_asm'], { role: 'window-call', flag: 0, number: 1 }),
    role(['__cancel', '__cp_cancel'], { role: 'act', mayReturn: true }),
  ],
  cancelSignals: [renamed('SIGCANCEL')],
  topics: [renamed('SIGCANCEL')],
};

function fork(of: string): string {
  const { path } = tree();
  cpSync(of, path, { recursive: true });
  for (const file of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (!file.isFile() || !/\.([chsS]|in)$/.test(file.name)) continue;
    const at = join(file.parentPath, file.name);
    const text = readFileSync(at, 'latin1');
    const out = renamed(text);
    if (out !== text) writeFileSync(at, out, 'latin1');
  }
  return path;
}

function lint(root: string, config?: Configuration): Promise<LintedTree> {
  return lintTree({
    cwd: root,
    root,
    paths: [],
    targets: ['i386', 'x86_64'],
    ...(config?.libc ? { libc: config.libc } : {}),
    ...(config ? { config: treeConfig(config) } : {}),
    libcs,
    fallback: generic,
    rules,
    severities: severitiesOf([...rules, ...toolRules], new Map()),
    inlineConfig: true,
    concurrency: 'off',
  });
}

function configured(root: string): Configuration {
  writeFileSync(join(root, 'cancelint.config.json'), JSON.stringify({ libc: CONVENTIONS }, null, 2));
  const known = { libcs: [...libcs, generic], generic: 'generic', rules: [] };
  const config = configOfRoot(root, root, known);
  if (!config) throw new Error('no configuration');
  return config;
}

/** What is found, in text; the names of the original are those of the fork. */
const found = ({ result, project }: LintedTree, rename: (text: string) => string): string =>
  rename(
    JSON.stringify(
      {
        findings: result.findings.filter(({ ruleId }) => ruleId !== 'unused-configuration'),
        proofs: project?.proofs.map((p) => [p.file, p.target, p.boundaries, p.faults.length]),
      },
      null,
      1,
    ),
  );

async function compare(folder: string, isSmall: boolean): Promise<void> {
  const of = resolve(folder);
  const original = await lint(of);
  const root = fork(of);
  const bare = isSmall ? await lint(root) : undefined;
  const same = await lint(root, configured(root));
  const expected = found(original, renamed);
  expect(found(same, (text) => text)).toBe(expected);
  expect(original.project?.proofs.length).toBeGreaterThan(0);
  if (!bare) return;
  expect(bare.project?.proofs).toEqual([]);
  expect(found(bare, (text) => text)).not.toBe(expected);
}

test('the names keep their length and are no words of the original', () => {
  for (const [from, to] of NAMES) expect(to.length).toBe(from.length);
  expect(renamed('__syscall_cp3 syscall_cp.s x__cancel __syscall_cp_asm')).toBe(
    '__vendor_vcp3 syscall_cp.s x__cancel __vendor_vcp_win',
  );
});

test('in the small tree of ours', () => compare('fixtures/trees/mini', true));

if (existsSync('trees/musl-1.2.5')) test('in musl 1.2.5', () => compare('trees/musl-1.2.5', false), 120_000);
else test.skip('musl-1.2.5: not in trees/ (npm run trees -- musl-1.2.5 fetches it)', () => undefined);
