/** A result with one of everything that a formatter can meet. */
import type { FormatContext } from '../../src/formatters/formatter.js';
import type { Region } from '../../src/ir/types.js';
import type { Finding, LintResult } from '../../src/linter/finding.js';
import { toolRules } from '../../src/linter/tool-rules.js';

export function region(file: string, line: number, column = 1, endColumn = column + 4): Region {
  return { file, line, column, endLine: line, endColumn };
}

export function finding(change: Partial<Finding> = {}): Finding {
  return {
    ruleId: 'window-lost-result',
    messageId: 'lost',
    severity: 'error',
    message: 'The window ends late. A request after "int $0x80" throws away a[0](1)',
    at: region('src/thread/x.s', 12, 5, 9),
    function: '__syscall_cp_asm',
    targets: ['i386'],
    properties: ['W2'],
    flow: [
      { at: region('src/thread/x.s', 10), message: 'the flag is read' },
      { at: region('src/thread/pthread_cancel.c', 80), message: 'the flag is set', thread: 'canceller' },
      { at: region('src/thread/x.s', 12), message: 'the call finishes', thread: 'kernel' },
      { at: region('src/thread/x.s', 13), message: 'the thread unwinds', thread: 'victim' },
    ],
    related: [1, 2, 3, 4, 5, 6, 7].map((line) => ({ at: region('src/a.c', line), message: `use ${line}` })),
    anchor: 'int $0x80',
    ...change,
  };
}

export const warning = finding({
  ruleId: 'unused-directive',
  severity: 'warn',
  message: 'The directive silences no finding',
  at: region('src/z.c', 3),
  targets: [],
  properties: [],
  flow: [],
  related: [],
  anchor: 'x',
});

export const suppressed = finding({
  at: region('src/thread/x.s', 40),
  suppressed: { kind: 'inSource', justification: 'checked by hand' },
});

export function result(findings: readonly Finding[], change: Partial<LintResult> = {}): LintResult {
  return {
    root: '/nowhere/tree',
    libc: { name: 'musl', title: 'musl', hasCancellation: true },
    targets: ['i386', 'x86_64'],
    filesLinted: 7,
    findings,
    notices: [],
    stats: {
      files: 9,
      bytes: 1000,
      filesLifted: 3,
      functions: 8,
      related: 5,
      relatedNotWhole: 0,
      byFile: [{ file: 'src/a.c', functions: 2, notWhole: 1, unknownMacros: 0 }],
      unknownMacros: 2,
      phases: { read: 1.25 },
    },
    ...change,
  };
}

export function context(change: Partial<FormatContext> = {}): FormatContext {
  const meta = toolRules[0]!.meta;
  return {
    version: '1.2.3',
    homepage: undefined,
    rules: [
      ...toolRules,
      {
        id: 'window-lost-result',
        meta: { ...meta, category: 'window', severity: 'error', references: ['POSIX.1-2024, 2.9.5'] },
      },
    ],
    page: () => undefined,
    exitCode: 1,
    color: false,
    quiet: false,
    ...change,
  };
}
