/** What the front ends could not read or understand, as findings of the tool's own rules or as notices. */
import type { Problem } from '../ir/types.js';
import type { Finding, Notice } from './finding.js';
import type { Severities } from './severities.js';

export interface Told {
  readonly findings: readonly Finding[];
  readonly notices: readonly Notice[];
}

/** A problem is a finding where a rule of its name is on; functions not lifted and macros not known are counted otherwise. */
export function tellProblems(problems: readonly Problem[], severities: Severities): Told {
  const findings: Finding[] = [];
  const notices: Notice[] = [];
  for (const problem of problems) {
    const severity = severities.get(problem.kind) ?? 'off';
    if (severity === 'off') {
      // Switched off by the user means silence; the kinds that are off by default are still counted.
      if (problem.kind === 'not-lifted' || problem.kind === 'unknown-macro') {
        notices.push({ kind: problem.kind, message: problem.message, at: problem.at });
      }
      continue;
    }
    findings.push({
      ruleId: problem.kind,
      messageId: problem.kind,
      severity: isPartial(problem) ? 'warn' : severity,
      message: problem.message,
      at: problem.at,
      ...(problem.function === undefined ? {} : { function: problem.function }),
      targets: [],
      properties: [],
      flow: [],
      related: [],
      anchor: problem.message,
    });
  }
  return { findings, notices };
}

/** One statement of a function that could not be parsed leaves the rest of the file checked. */
function isPartial(problem: Problem): boolean {
  return problem.kind === 'parse-error' && problem.function !== undefined;
}
