/** The inventory as text: pure functions from entries. */
import type { Target } from '../ir/types.js';
import { STANDARDS } from '../posix/index.js';
import type { Chain, Entry } from './inventory.js';

export const POINTS_FORMATS = ['table', 'json', 'csv', 'html', 'markdown'] as const;
export type PointsFormat = (typeof POINTS_FORMATS)[number];

/** Makes what stands in a tree safe to print. */
export type Safe = (text: string) => string;

export function formatPoints(
  entries: readonly Entry[],
  targets: readonly Target[],
  format: PointsFormat,
  title: string,
  safe: Safe,
): string {
  if (format === 'json') return `${JSON.stringify(entries, null, 2)}\n`;
  const rows = [headsOf(targets), ...entries.map((e) => cellsOf(e, targets).map(safe))];
  switch (format) {
    case 'table':
      return table(rows);
    case 'csv':
      return rows.map((row) => row.map(csv).join(',')).join('\n') + '\n';
    case 'html':
      return html(rows, title);
    case 'markdown':
      return markdown(rows);
  }
}

const headsOf = (targets: readonly Target[]): string[] => [
  'function',
  ...STANDARDS.map((s) => `POSIX.1-${s}`),
  ...targets,
  'verdict',
  'place',
  'by way of',
  'because',
];

function cellsOf(e: Entry, targets: readonly Target[]): string[] {
  return [
    e.function,
    ...STANDARDS.map((s) => e.posix[s]),
    ...targets.map((t) => e.targets[t] ?? 'absent'),
    e.verdict,
    `${e.filePath}:${String(e.line)}`,
    e.via.map((way) => way.join(' > ')).join(' | '),
    e.because,
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

const csv = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

function markdown([heads = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]): string => `| ${row.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('');
}

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

const STYLE =
  'body{font:14px system-ui,sans-serif;margin:1rem}table{border-collapse:collapse}th,td{border:1px solid #bbb;padding:.2em .5em;text-align:left;vertical-align:top}th{position:sticky;top:0;background:#eee}.missing,.skipped,.unexpected,.differs{background:#fdd}.unknown{background:#ffd}';

function html([heads = [], ...rows]: readonly (readonly string[])[], title: string): string {
  const verdict = heads.indexOf('verdict');
  const head = heads.map((h) => `<th>${escape(h)}</th>`).join('');
  const body = rows
    .map(
      (row) => `<tr class="${escape(row[verdict] ?? '')}">${row.map((c) => `<td>${escape(c)}</td>`).join('')}</tr>\n`,
    )
    .join('');
  return `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>${escape(title)}</title>\n<style>${STYLE}</style>\n<h1>${escape(title)}</h1>\n<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}</tbody>\n</table>\n</html>\n`;
}

/** What two inventories say differently, a line for each function; empty when they agree. */
export function formatDifference(
  ours: readonly Entry[],
  theirs: readonly Entry[],
  targets: readonly Target[],
  safe: Safe,
): string {
  const other = new Map(theirs.map((e) => [e.function, e]));
  const own = new Map(ours.map((e) => [e.function, e]));
  const names = [...new Set([...own.keys(), ...other.keys()])].sort();
  const said = (e: Entry | undefined): string =>
    e === undefined ? 'absent' : `${targets.map((t) => `${t} ${e.targets[t] ?? 'absent'}`).join(', ')}: ${e.verdict}`;
  return names
    .flatMap((name) => {
      const [a, b] = [said(own.get(name)), said(other.get(name))];
      return a === b ? [] : [`${safe(name)}\n  - ${a}\n  + ${b}\n`];
    })
    .join('');
}

/** What a step does: calls something, or lets a request be acted upon anywhere. */
function did({ calls, isAsynchronous }: Chain['steps'][number], safe: Safe): string {
  if (!isAsynchronous) return `calls ${safe(calls)}`;
  return calls === '' ? 'runs with asynchronous cancelability' : `makes cancelability asynchronous by ${safe(calls)}`;
}

/** The ways of one function, call by call. */
export function formatChains(name: string, chains: readonly Chain[], safe: Safe): string {
  if (chains.length === 0) return `${safe(name)} acts on no request\n`;
  const byText = new Map<string, Target[]>();
  for (const { target, steps } of chains) {
    const text = steps
      .map(
        (s, i) =>
          `${'  '.repeat(i + 1)}${safe(s.function)} ${did(s, safe)} at ${safe(s.at.file)}:${String(s.at.line)}\n`,
      )
      .join('');
    const known = byText.get(text);
    if (known) known.push(target);
    else byText.set(text, [target]);
  }
  return [...byText]
    .map(([text, targets]) => `${safe(name)} on ${[...new Set(targets)].join(', ')}\n${text}`)
    .join('\n');
}
