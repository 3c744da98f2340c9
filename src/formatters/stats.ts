/** The tables behind `--stats` and `--debug`. */
import type { LintResult, Stats } from '../linter/finding.js';
import { countNotices } from './notices.js';
import { visible } from './visible.js';

/** Counts of a run. */
export function formatStats(result: LintResult): string {
  const { stats } = result;
  const rows: (readonly [string, string])[] = [
    ['C library', result.libc.name],
    ['targets', result.targets.join(', ')],
    ['files to lint', String(result.filesLinted)],
    ['files read', String(stats.files)],
    ['bytes read', String(stats.bytes)],
    ['files lifted', String(stats.filesLifted)],
    ['functions', String(stats.functions)],
    ['cancellation-related functions', String(stats.related)],
    ['not understood in full', share(stats.relatedNotWhole, stats.related)],
    ['unknown macros', String(stats.unknownMacros)],
    ...countNotices(result.notices).map(([kind, count]) => [`notices: ${kind}`, String(count)] as const),
  ];
  return `\n${table(rows)}\n${byFile(stats)}`;
}

/** One line a file that was lifted, what was not understood first. */
function byFile(stats: Stats): string {
  const files = [...stats.byFile].sort((a, b) => b.notWhole + b.unknownMacros - (a.notWhole + a.unknownMacros));
  const head = ['functions', 'not in full', 'unknown macros'] as const;
  const rows = files.map((f) => ({ file: f.file, counts: [f.functions, f.notWhole, f.unknownMacros] }));
  const line = (cells: readonly (string | number)[], file: string): string =>
    `${cells.map((cell, i) => String(cell).padStart(head[i]?.length ?? 0)).join('  ')}  ${visible(file)}\n`;
  return line(head, 'file') + rows.map((row) => line(row.counts, row.file)).join('');
}

/** Times by phase, for `--debug`. */
export function formatPhases(stats: Stats): string {
  const rows = Object.entries(stats.phases).map(([name, time]) => [`debug: ${name}`, `${time.toFixed(1)} ms`] as const);
  return table(rows);
}

function share(part: number, whole: number): string {
  return whole === 0 ? String(part) : `${part} (${((100 * part) / whole).toFixed(1)} %)`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const left = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(left)}  ${visible(value)}\n`).join('');
}
