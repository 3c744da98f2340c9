/** The small libc of ours, from end to end: each bug once, at its line, and nothing where the code is right. */
import { join } from 'node:path';
import { lintTree } from '../../src/engine/lint-tree.js';
import { generic, libcs } from '../../src/libc/index.js';
import { severitiesOf } from '../../src/linter/severities.js';
import { rules } from '../../src/rules/index.js';

const TREE = join(import.meta.dirname, '../../fixtures/trees/mini');

async function findings(concurrency: number | 'auto' | 'off', paths: readonly string[] = ['.']): Promise<string[]> {
  const { result } = await lintTree({
    cwd: TREE,
    paths,
    root: TREE,
    targets: ['i386', 'x86_64'],
    libcs,
    fallback: generic,
    rules,
    severities: severitiesOf(rules, new Map()),
    inlineConfig: true,
    concurrency,
  });
  return result.findings.map((f) => `${f.at.file}:${String(f.at.line)} ${f.ruleId} ${f.targets.join('+')}`);
}

const EXPECTED = [
  'src/fcntl/open.c:9 result-discarded i386+x86_64',
  'src/internal/syscall.h:16 point-without-window i386+x86_64',
  'src/linux/i386/splice.s:4 point-differs i386',
  'src/mman/shm_unlink.c:10 point-unexpected i386+x86_64',
  'src/network/query.c:13 cleanup-unbalanced i386+x86_64',
  'src/network/resolve.c:10 cancel-state-unbalanced i386+x86_64',
  'src/select/poll.c:9 flag-check-then-syscall i386+x86_64',
  'src/thread/async_handler.c:10 handler-acts-twice i386+x86_64',
  'src/thread/i386/syscall_cp.s:22 window-lost-request i386',
  'src/thread/i386/syscall_cp.s:33 window-vdso-entry i386',
  'src/thread/i386/syscall_cp.s:36 window-lost-result i386',
  'src/thread/pthread_ask.c:10 flag-update-not-atomic i386+x86_64',
  'src/thread/pthread_cancel.c:22 flag-recheck-missing i386+x86_64',
  'src/thread/pthread_cancel.c:40 handler-request-dropped i386+x86_64',
  'src/thread/pthread_cancel.c:40 handler-window-mismatch i386+x86_64',
  'src/thread/pthread_cancel.c:41 handler-mask-incomplete i386+x86_64',
  'src/thread/pthread_cancel.c:53 handler-restart-flag i386+x86_64',
  'src/thread/pthread_cancel.c:57 handler-order i386+x86_64',
  'src/thread/pthread_cancel.c:58 signal-sent-disabled i386+x86_64',
  'src/thread/pthread_exit.c:13 cancel-state-at-exit i386+x86_64',
  'src/thread/pthread_join.c:7 point-skipped i386+x86_64',
  'src/thread/pthread_setcanceltype.c:10 async-request-missed i386+x86_64',
  'src/thread/pthread_sigmask.c:7 signal-mask-exposed i386+x86_64',
  'src/thread/synccall.c:8 handler-sender-unchecked i386+x86_64',
  'src/thread/x86_64/syscall_cp.s:22 window-flag-check x86_64',
  'src/thread/x86_64/syscall_cp.s:25 window-side-effect x86_64',
  'src/thread/x86_64/syscall_cp.s:29 window-foreign-code x86_64',
  'src/thread/x86_64/syscall_cp.s:38 window-syscall-arguments x86_64',
  'src/thread/x86_64/syscall_cp.s:41 window-abi x86_64',
  'src/thread/x86_64/syscall_cp.s:47 window-cancel-path x86_64',
  'src/unistd/close.c:7 close-interrupted i386+x86_64',
  'src/unistd/fsync.c:7 point-missing i386+x86_64',
];

test('each bug is reported once, where it stands', async () => {
  expect(await findings('off')).toEqual(EXPECTED);
});

/** A window that cannot be decided has no bug to show, nor has a make file where nothing is unwound; their fixtures have. */
const ELSEWHERE = ['window-not-verified', 'unwind-tables-missing'];

test('every rule has its bug in the tree', () => {
  const shown = new Set([...EXPECTED.map((line) => line.split(' ')[1]), ...ELSEWHERE]);
  expect(rules.map((r) => r.id).filter((id) => !shown.has(id))).toEqual([]);
});

test('only the paths that are given are reported', async () => {
  expect(await findings('off', ['src/unistd', 'src/fcntl/open.c'])).toEqual([EXPECTED[0], ...EXPECTED.slice(-2)]);
});
