/** Findings in the one order in which every formatter prints them, each said once. */
import type { Target } from '../ir/types.js';
import { TARGETS } from '../libc/targets.js';
import { compareRegions, compareText } from './compare.js';
import type { Finding } from './finding.js';

/** Sorts by place, rule and message; the same finding for several targets becomes one that lists them. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const byKey = new Map<string, Finding>();
  for (const finding of findings) {
    const { at } = finding;
    const key = JSON.stringify([
      finding.ruleId,
      at.file,
      at.line,
      at.column,
      at.endLine,
      at.endColumn,
      finding.function,
      finding.message,
    ]);
    const before = byKey.get(key);
    byKey.set(key, before === undefined ? finding : { ...before, targets: union(before.targets, finding.targets) });
  }
  return [...byKey.values()].sort(compareFindings);
}

function compareFindings(a: Finding, b: Finding): number {
  return (
    compareText(a.at.file, b.at.file) ||
    a.at.line - b.at.line ||
    a.at.column - b.at.column ||
    compareText(a.ruleId, b.ruleId) ||
    compareRegions(a.at, b.at) ||
    compareText(a.message, b.message) ||
    compareText(a.function ?? '', b.function ?? '')
  );
}

function union(a: readonly Target[], b: readonly Target[]): readonly Target[] {
  return TARGETS.filter((target) => a.includes(target) || b.includes(target));
}
