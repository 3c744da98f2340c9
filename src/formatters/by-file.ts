/** Findings in groups, one a file, in the order in which they come. */
import type { Finding } from '../linter/finding.js';

/** Groups findings by the file they stand in. */
export function groupByFile(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const byFile = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = byFile.get(finding.at.file);
    if (group === undefined) byFile.set(finding.at.file, [finding]);
    else group.push(finding);
  }
  return byFile;
}
