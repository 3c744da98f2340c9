/** docs/options.md, made from the options so that it cannot fall behind. */
import { formatters } from '../formatters/index.js';
import type { Option } from './options.js';
import { OPTION_GROUPS, options } from './options.js';

/** The page as Markdown. */
export function optionsPage(): string {
  const parts = [
    '# Options',
    'Made from `src/cli/options.ts`; `UPDATE_DOCS=1 npm test -- options-page` writes it anew.',
    '    cancelint [lint] [paths…] [options]\n    cancelint rules [RULE]',
    'Without paths the current folder is linted, or the root that is named. What stands after `--` is a path. A value may follow its option after a blank or after `=`; of an option that is given twice the last one counts.',
  ];
  for (const group of OPTION_GROUPS) {
    const own = (options as readonly Option[]).filter((option) => option.group === group);
    if (own.length > 0) parts.push(`## ${group}`, table(['option', 'does', 'without it'], own.map(row)));
  }
  const formats = Object.entries(formatters).map(([name, { description }]) => [code(name), description]);
  parts.push(
    '## Formats',
    table(['name', 'for'], formats),
    '## Exit status',
    table(
      ['status', 'when'],
      [
        ['0', 'The job was done, and no error stands, nor more warnings than `--max-warnings` allows'],
        ['1', 'The job was done, and findings stand'],
        ['2', 'The job could not be done as asked; one line on standard error says why'],
        ['130', 'It was interrupted with Ctrl-C'],
      ],
    ),
  );
  return `${parts.join('\n\n')}\n`;
}

function row(option: Option): readonly string[] {
  const long = `--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`;
  const names = option.alias === undefined ? code(long) : `${code(`-${option.alias}`)}, ${code(long)}`;
  return [names, option.description, option.fallback ?? ''];
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Columns as wide as their widest cell, as Prettier has it. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [heads, ...rows].map((one) => one.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = heads.map((_, column) => Math.max(3, ...cells.map((one) => one[column]?.length ?? 0)));
  const line = (one: readonly string[]): string =>
    `| ${one.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
