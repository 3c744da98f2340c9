/** What a run has to say besides findings, a line each, for standard error. */
import type { LintResult, Notice } from '../linter/finding.js';
import { compareText } from '../linter/compare.js';
import { visible } from './visible.js';

/** Of many of a kind the first few stand for the rest. */
const MAX_PER_KIND = 5;

/** Kinds that come by the thousand: counted in the statistics, listed only for who looks for them. */
const COUNTED: ReadonlySet<string> = new Set(['unknown-macro', 'not-lifted']);

/** The notices of a run. A quiet run says only what made it fail. */
export function formatNotices(result: LintResult, how: { readonly quiet: boolean; readonly debug: boolean }): string {
  const byKind = new Map<string, Notice[]>();
  for (const notice of result.notices) {
    if (how.quiet && notice.kind !== 'internal-fault') continue;
    if (COUNTED.has(notice.kind) && !how.debug) continue;
    const some = byKind.get(notice.kind);
    if (some === undefined) byKind.set(notice.kind, [notice]);
    else some.push(notice);
  }
  return [...byKind].map(([kind, some]) => ofKind(kind, some, how.debug)).join('');
}

function ofKind(kind: string, notices: readonly Notice[], all: boolean): string {
  // What they cost is little, and nobody can mend them in a tree: one line says that they were met.
  if (kind === 'limit-reached' && !all)
    return `cancelint: ${notices.length} limit(s) of the analysis were reached (--debug lists them)\n`;
  const shown = all || kind === 'internal-fault' ? notices : notices.slice(0, MAX_PER_KIND);
  const lines = shown.map(
    (notice) => `cancelint: ${kind === 'internal-fault' ? 'internal fault: ' : ''}${line(notice)}\n`,
  );
  const left = notices.length - shown.length;
  if (left > 0) lines.push(`cancelint: … and ${left} more of this kind (--debug lists them)\n`);
  return lines.join('');
}

function line({ message, at }: Notice): string {
  return visible(at === undefined ? message : `${at.file}:${at.line}:${at.column}: ${message}`);
}

/** Numbers of notices by kind, sorted by name. */
export function countNotices(notices: readonly Notice[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { kind } of notices) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => compareText(a, b));
}
