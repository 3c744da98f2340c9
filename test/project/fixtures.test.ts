/**
 * Every fixture says itself what is found in it: `expect: RULE` in a comment stands on the line of each finding. All
 * rules run over each case, fixtures/rules/RULE/LIBC/CASE, and the marks and the findings must be the same.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lintTree } from '../../src/engine/lint-tree.js';
import { generic, libcs } from '../../src/libc/index.js';
import type { Finding } from '../../src/linter/finding.js';
import { severitiesOf } from '../../src/linter/severities.js';
import { toolRules } from '../../src/linter/tool-rules.js';
import { rules } from '../../src/rules/index.js';
import type { TargetChoice } from '../../src/engine/targets.js';

const folders = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

async function lint(root: string, libcName: string | undefined, targets: TargetChoice) {
  const libc = libcName === undefined ? undefined : [...libcs, generic].find((one) => one.name === libcName);
  const linted = await lintTree({
    cwd: root,
    paths: [],
    root: '.',
    targets,
    ...(libc === undefined ? {} : { libc }),
    libcs,
    fallback: generic,
    rules,
    severities: severitiesOf([...rules, ...toolRules], new Map()),
    inlineConfig: true,
    concurrency: 'off',
  });
  return linted;
}

const line = (f: Finding): string => `${f.at.file}:${f.at.line} ${f.ruleId}`;

const cases = folders('fixtures/rules').flatMap((rule) =>
  folders(join('fixtures/rules', rule)).flatMap((libc) =>
    folders(join('fixtures/rules', rule, libc)).map((name) => ({ rule, libc, name })),
  ),
);

test.each(cases)('fixtures/rules/$rule/$libc/$name', async ({ rule, libc, name }) => {
  const root = join('fixtures/rules', rule, libc, name);
  const marks = filesBelow(root).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((text, i) => {
        const [, ids = ''] = /(?:#|\/\/|\/\*)\s*expect:\s*([a-z-]+(?:,\s*[a-z-]+)*)/.exec(text) ?? [];
        return ids.split(/,\s*/).flatMap((id) => (id === '' ? [] : [`${file.slice(root.length + 1)}:${i + 1} ${id}`]));
      }),
  );
  const { result, project, faults } = await lint(root, libc, ['i386', 'x86_64']);
  expect(result.libc.name).toBe(libc);
  expect(faults).toEqual([]);
  expect(result.findings.map(line).sort()).toEqual(marks.sort());
  // A fixture that the front ends do not understand proves nothing.
  expect(project?.problems).toEqual([]);
  expect(project?.functions.filter((f) => f.notUnderstood > 0)).toEqual([]);
  expect(project?.functions).not.toEqual([]);
});

test.each(rules.map((rule) => rule.id))('the fixtures of %s have a finding of it', (id) => {
  const texts = filesBelow(join('fixtures/rules', id)).map((file) => readFileSync(file, 'utf8'));
  expect(texts.some((text) => text.includes(`expect: ${id}`))).toBe(true);
});

/** The targets that the trees have. */
async function findingsOf(tree: string): Promise<{ libc: string; found: string[] }> {
  const { result, project, faults } = await lint(join('fixtures/trees', tree), undefined, 'all');
  expect(faults).toEqual([]);
  expect(project?.functions.filter((f) => f.notUnderstood > 0)).toEqual([]);
  return { libc: result.libc.name, found: result.findings.map(line) };
}

test('the small libc with windows has one of each bug, and nothing else is found', async () => {
  const { libc, found } = await findingsOf('mini');
  expect(libc).toBe('musl');
  expect(found).toEqual([
    'src/fcntl/open.c:9 result-discarded',
    'src/internal/syscall.h:16 point-without-window',
    'src/linux/i386/splice.s:4 point-differs',
    'src/mman/shm_unlink.c:10 point-unexpected',
    'src/network/query.c:13 cleanup-unbalanced',
    'src/network/resolve.c:10 cancel-state-unbalanced',
    'src/select/poll.c:9 flag-check-then-syscall',
    'src/thread/async_handler.c:10 handler-acts-twice',
    'src/thread/i386/syscall_cp.s:22 window-lost-request',
    'src/thread/i386/syscall_cp.s:33 window-vdso-entry',
    'src/thread/i386/syscall_cp.s:36 window-lost-result',
    'src/thread/pthread_ask.c:10 flag-update-not-atomic',
    'src/thread/pthread_cancel.c:22 flag-recheck-missing',
    'src/thread/pthread_cancel.c:40 handler-request-dropped',
    'src/thread/pthread_cancel.c:40 handler-window-mismatch',
    'src/thread/pthread_cancel.c:41 handler-mask-incomplete',
    'src/thread/pthread_cancel.c:53 handler-restart-flag',
    'src/thread/pthread_cancel.c:57 handler-order',
    'src/thread/pthread_cancel.c:58 signal-sent-disabled',
    'src/thread/pthread_exit.c:13 cancel-state-at-exit',
    'src/thread/pthread_join.c:7 point-skipped',
    'src/thread/pthread_setcanceltype.c:10 async-request-missed',
    'src/thread/pthread_sigmask.c:7 signal-mask-exposed',
    'src/thread/synccall.c:8 handler-sender-unchecked',
    'src/thread/x86_64/syscall_cp.s:22 window-flag-check',
    'src/thread/x86_64/syscall_cp.s:25 window-side-effect',
    'src/thread/x86_64/syscall_cp.s:29 window-foreign-code',
    'src/thread/x86_64/syscall_cp.s:38 window-syscall-arguments',
    'src/thread/x86_64/syscall_cp.s:41 window-abi',
    'src/thread/x86_64/syscall_cp.s:47 window-cancel-path',
    'src/unistd/close.c:7 close-interrupted',
    'src/unistd/fsync.c:7 point-missing',
  ]);
  // A window that cannot be decided has no bug to show, and unwind tables are nothing to a libc of this kind.
  const shown = new Set([...found.map((f) => f.split(' ')[1]), 'window-not-verified', 'unwind-tables-missing']);
  expect(shown).toEqual(new Set(rules.map((rule) => rule.id)));
});

test('the small libc with asynchronous brackets has the bugs of that design, and nothing else is found', async () => {
  const { libc, found } = await findingsOf('mini-async');
  expect(libc).toBe('glibc');
  expect(found).toEqual([
    'io/Makefile:12 unwind-tables-missing',
    'nptl/cancellation.c:16 result-discarded',
    'sysdeps/unix/sysdep.h:7 point-without-window',
    'sysdeps/unix/sysv/linux/close.c:8 close-interrupted',
    'sysdeps/unix/sysv/linux/drop.c:12 close-interrupted',
    'sysdeps/unix/sysv/linux/waitpid.c:9 flag-check-then-syscall',
  ]);
});

test.each(['mini', 'mini-async'])(
  'the README of %s names every file that has a finding, with the rule',
  async (tree) => {
    const { found } = await findingsOf(tree);
    const readme = readFileSync(join('fixtures/trees', tree, 'README.md'), 'utf8').split('\n');
    for (const one of found) {
      const [place = '', rule = ''] = one.split(' ');
      const row = readme.find((text) => text.startsWith(`| \`${place.replace(/:\d+$/, '')}\``));
      expect({ one, row: row?.includes(`\`${rule}\``) }).toEqual({ one, row: true });
    }
  },
);
