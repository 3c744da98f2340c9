/** The `json` format: what scripts read. Its fields are a promise; new ones may be added. */
import type { Finding, LintResult, Related, Step } from '../linter/finding.js';
import { groupByFile } from './by-file.js';
import { visibleJson } from './visible.js';

/** An array with one object a file that has a finding which was not silenced. */
export function formatJson(result: LintResult): string {
  const standing = result.findings.filter((finding) => finding.suppressed === undefined);
  const files = [...groupByFile(standing)].map(([file, findings]) => {
    const errorCount = findings.filter((finding) => finding.severity === 'error').length;
    return { filePath: file, errorCount, warningCount: findings.length - errorCount, messages: findings.map(message) };
  });
  return `${visibleJson(JSON.stringify(files, undefined, 2))}\n`;
}

function message(finding: Finding) {
  const { at } = finding;
  return {
    ruleId: finding.ruleId,
    severity: finding.severity === 'error' ? 2 : 1,
    message: finding.message,
    line: at.line,
    column: at.column,
    endLine: at.endLine,
    endColumn: at.endColumn,
    ...(at.code === undefined ? {} : { address: at.code.name }),
    ...(finding.function === undefined ? {} : { function: finding.function }),
    ...(finding.targets.length === 0 ? {} : { target: finding.targets }),
    ...(finding.properties.length === 0 ? {} : { properties: finding.properties }),
    ...(finding.flow.length === 0 ? {} : { flow: finding.flow.map(place) }),
    ...(finding.related.length === 0 ? {} : { related: finding.related.map(place) }),
  };
}

function place({ at, message: text }: Step | Related) {
  const address = at.code === undefined ? {} : { address: at.code.name };
  return { filePath: at.file, line: at.line, column: at.column, ...address, message: text };
}
