/** From a project to findings: rules, problems, directives, order. Knows no disk and no colour. */
import type { Problem } from '../ir/types.js';
import { X86_TARGETS } from '../libc/targets.js';
import type { Rule } from '../rules/define-rule.js';
import type { Directive } from './directives.js';
import type { Finding, Notice } from './finding.js';
import { tellProblems } from './problems.js';
import type { Project } from './project.js';
import type { Fault } from './run-rules.js';
import { runRules } from './run-rules.js';
import type { Severities } from './severities.js';
import { sortFindings } from './sort.js';
import { suppress } from './suppress.js';

/** A directive may wait for a finding that only one of these targets has. */
const USUAL_TARGETS = X86_TARGETS.filter((target) => target !== 'x32');

export interface LintRequest {
  readonly project: Project;
  readonly rules: readonly Rule[];
  /** Of every rule, the tool's own included. */
  readonly severities: Severities;
  /** Problems of files that the project does not know of, because they could not be read. */
  readonly problems: readonly Problem[];
  /** By file; empty when inline comments are switched off. */
  readonly directives: ReadonlyMap<string, readonly Directive[]>;
}

export interface Linted {
  /** Sorted, the silenced ones among them. */
  readonly findings: readonly Finding[];
  readonly notices: readonly Notice[];
  readonly faults: readonly Fault[];
  readonly times: ReadonlyMap<string, number>;
}

/** Lints a project. */
export function lint(request: LintRequest): Linted {
  const { project, severities } = request;
  const run = runRules(project, request.rules, severities);
  const own = project.problems.filter((problem) => project.isLinted(problem.at.file));
  const told = tellProblems([...request.problems, ...own, ...run.problems], severities);

  // Rules make the program and the build as far as they need them, so that this is known only now.
  const limits = (project.limits?.all() ?? []).map((one): Notice => ({ kind: 'limit-reached', ...one }));

  const options = {
    severities,
    failed: new Set(run.faults.map((fault) => fault.ruleId)),
    reportUnused: USUAL_TARGETS.every((target) => project.targets.includes(target)),
  };
  const byFile = new Map<string, Finding[]>([...request.directives.keys()].map((file) => [file, []]));
  for (const finding of sortFindings([...run.findings, ...told.findings])) {
    const some = byFile.get(finding.at.file);
    if (some === undefined) byFile.set(finding.at.file, [finding]);
    else some.push(finding);
  }
  const findings = [...byFile].flatMap(([file, some]) => suppress(some, request.directives.get(file) ?? [], options));
  return {
    findings: sortFindings(findings),
    notices: [...run.faults.map(faultNotice), ...told.notices, ...limits],
    faults: run.faults,
    times: run.times,
  };
}

function faultNotice(fault: Fault): Notice {
  const message = fault.error instanceof Error ? fault.error.message : String(fault.error);
  return {
    kind: 'internal-fault',
    message: `The rule ${fault.ruleId} failed and its findings are not complete: ${message}`,
  };
}
