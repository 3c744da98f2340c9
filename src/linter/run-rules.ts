/** Runs rules over a project and fills their reports in. A rule that throws costs its own findings only. */
import type { Report, Rule } from '../rules/define-rule.js';
import { fill } from '../rules/define-rule.js';
import type { Lifted, Problem, Region } from '../ir/types.js';
import type { Finding, Severity } from './finding.js';
import type { Project } from './project.js';
import type { Severities } from './severities.js';

/** A rule that threw: a fault of the tool, not of the sources. */
export interface Fault {
  readonly ruleId: string;
  readonly error: unknown;
}

export interface RuleRun {
  readonly findings: readonly Finding[];
  readonly faults: readonly Fault[];
  /** What rules could not decide. */
  readonly problems: readonly Problem[];
  /** Milliseconds by rule id. */
  readonly times: ReadonlyMap<string, number>;
}

/** Runs every rule that is not off. Findings outside the linted files are dropped. */
export function runRules(project: Project, rules: readonly Rule[], severities: Severities): RuleRun {
  const findings: Finding[] = [];
  const faults: Fault[] = [];
  const problems: Problem[] = [];
  const times = new Map<string, number>();
  for (const rule of rules) {
    const severity = severities.get(rule.id) ?? 'off';
    if (severity === 'off') continue;
    const start = performance.now();
    try {
      rule.run({
        project,
        report: (report) => {
          const finding = findingOf(rule, report, severity, project);
          if (finding && project.isLinted(finding.at.file)) findings.push(finding);
        },
        incomplete: (f, why, at = f.nameAt) => {
          if (project.isLinted(at.file)) problems.push(undecided(rule, f, why, at));
        },
      });
    } catch (error) {
      faults.push({ ruleId: rule.id, error });
    }
    times.set(rule.id, performance.now() - start);
  }
  return { findings, faults, problems, times };
}

const undecided = (rule: Rule, f: Lifted, why: string, at: Region): Problem => ({
  kind: 'analysis-incomplete',
  message: `${rule.id} has not been decided for '${f.name}': ${why}`,
  at,
  function: f.name,
});

/** Undefined for what holds on targets only that others are compared with. */
function findingOf(rule: Rule, report: Report<string>, severity: Severity, project: Project): Finding | undefined {
  const template = rule.meta.messages[report.messageId];
  if (template === undefined) throw new Error(`the rule has no message "${report.messageId}"`);
  const name = report.in?.name;
  const on = report.targets ?? report.in?.targets ?? project.targets;
  const targets = on.filter((target) => project.compared?.includes(target) !== true);
  if (targets.length === 0 && on.length > 0) return undefined;
  return {
    ruleId: rule.id,
    messageId: report.messageId,
    severity,
    message: fill(template, report.data),
    at: report.at,
    ...(name === undefined ? {} : { function: name }),
    targets,
    properties: report.properties ?? [],
    flow: report.flow ?? [],
    related: report.related ?? [],
    anchor: report.anchor ?? `${report.messageId} ${name ?? ''}`,
  };
}
