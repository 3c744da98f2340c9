/** The `stylish` format: findings by file for people, with the steps that show each, and a summary. */
import type { ChalkInstance } from 'chalk';
import { Chalk } from 'chalk';
import type { Region } from '../ir/types.js';
import type { Finding, LintResult } from '../linter/finding.js';
import { groupByFile } from './by-file.js';
import type { FormatContext } from './formatter.js';
import { visible } from './visible.js';
import { plural } from './words.js';

/** Of many related places the first few tell enough; the other formats list them all. */
const MAX_RELATED = 3;

/** Formats for a terminal. Nothing at all where there is nothing to say. */
export function formatStylish(result: LintResult, context: FormatContext): string {
  const chalk = new Chalk({ level: context.color ? 1 : 0 });
  const standing = result.findings.filter((finding) => finding.suppressed === undefined);
  // Where there is nothing to lint, a notice says so.
  if (standing.length === 0 && (context.quiet || !result.libc.hasCancellation)) return '';
  const groups = [...groupByFile(standing)].map(([file, findings]) => fileBlock(file, findings, chalk));
  return `${[...groups, summary(result, standing, chalk)].join('\n\n')}\n`;
}

function fileBlock(file: string, findings: readonly Finding[], chalk: ChalkInstance): string {
  const positions = findings.map(({ at }) => position(at));
  const width = Math.max(...positions.map((position) => position.length));
  const blocks = findings.map((finding, index) =>
    findingBlock(finding, (positions[index] ?? '').padStart(width), chalk),
  );
  return [chalk.underline(visible(file)), ...blocks].join('\n');
}

function findingBlock(finding: Finding, position: string, chalk: ChalkInstance): string {
  const severity = finding.severity === 'error' ? chalk.red('error  ') : chalk.yellow('warning');
  const indent = ' '.repeat(position.length + 4);
  const lines = [
    `  ${chalk.dim(position)}  ${severity}  ${visible(finding.message)}  ${chalk.dim(visible(finding.ruleId))}`,
  ];
  const where = whereabouts(finding);
  if (where !== '') lines.push(indent + chalk.dim(where));
  finding.flow.forEach((step, index) => {
    const who = step.thread === undefined || step.thread === 'victim' ? '' : `${step.thread}: `;
    lines.push(`${indent}${index + 1}. ${chalk.dim(place(step.at, finding.at.file))}  ${who}${visible(step.message)}`);
  });
  lines.push(...relatedLines(finding, indent, chalk));
  return lines.join('\n');
}

/** The function, the targets and the broken properties of a window, as far as they are known. */
function whereabouts({ function: name, targets, properties }: Finding): string {
  return [
    name === undefined ? '' : `in ${visible(name)}`,
    targets.length === 0 ? '' : `on ${targets.join(', ')}`,
    properties.length === 0 ? '' : `breaks ${properties.map(visible).join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function relatedLines({ related, at }: Finding, indent: string, chalk: ChalkInstance): readonly string[] {
  if (related.length === 0) return [];
  const lines = related
    .slice(0, MAX_RELATED)
    .map((one) => `${indent}- ${chalk.dim(place(one.at, at.file))}  ${visible(one.message)}`);
  const left = related.length - MAX_RELATED;
  return [
    `${indent}${plural(related.length, 'related place')}:`,
    ...lines,
    ...(left > 0 ? [`${indent}- … and ${left} more`] : []),
  ];
}

/** A place with the file where it is another one. */
function place(at: Region, file: string): string {
  return `${at.file === file ? '' : `${visible(at.file)}:`}${position(at)}`;
}

/** `line:column`, in machine code `routine+0x1c`. */
function position({ line, column, code }: Region): string {
  return code === undefined ? `${line}:${column}` : visible(code.name);
}

function summary(result: LintResult, standing: readonly Finding[], chalk: ChalkInstance): string {
  const errors = standing.filter((finding) => finding.severity === 'error').length;
  const warnings = standing.length - errors;
  const suppressed = result.findings.length - standing.length;
  const found =
    standing.length === 0
      ? chalk.green('No findings')
      : chalk.bold(
          `${plural(standing.length, 'finding')} (${plural(errors, 'error')}, ${plural(warnings, 'warning')})`,
        );
  const silenced = suppressed === 0 ? '' : `, ${suppressed} suppressed`;
  const files = `in ${plural(result.filesLinted, 'file')} of ${visible(result.libc.title)} for ${result.targets.join(', ')}`;
  const { related, relatedNotWhole } = result.stats;
  const doubt =
    relatedNotWhole === 0
      ? ''
      : `\n${chalk.yellow(`${relatedNotWhole} of ${plural(related, 'cancellation-related function')} not understood in full (--stats)`)}`;
  return `${found}${silenced} ${files}${doubt}`;
}
