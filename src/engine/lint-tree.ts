/** One run: paths in, findings out. Knows files and libcs, nothing of the terminal. */
import { detectLibc } from '../libc/detect.js';
import { X86_TARGETS } from '../libc/targets.js';
import type { Libc } from '../libc/types.js';
import type { LintResult, Notice, Stats } from '../linter/finding.js';
import { lint } from '../linter/linter.js';
import type { Project } from '../linter/project.js';
import type { Fault } from '../linter/run-rules.js';
import type { Severities } from '../linter/severities.js';
import type { Rule } from '../rules/define-rule.js';
import { analyse } from './analyse.js';
import { discoverFor } from './discover.js';
import { lookAtFiles } from './linted-files.js';
import { PhaseClock } from './phases.js';
import { comparedWith, targetsIn, USUAL_TARGETS, type TargetChoice } from './targets.js';
import { findRoot, isCodeFile, lookUp, rootFromOption, type Given } from './root.js';
import { expectedWords, unusedConfiguration, type TreeConfig } from './tree-config.js';

export interface LintTreeRequest {
  /** What the paths are relative to. Absolute. */
  readonly cwd: string;
  /** As typed. Empty: the root when one is named, else the current folder. */
  readonly paths: readonly string[];
  readonly root?: string;
  readonly targets: TargetChoice;
  /** Named by the user; otherwise it is found from the tree. */
  readonly libc?: Libc;
  readonly libcs: readonly Libc[];
  readonly config?: TreeConfig;
  /** What a tree that no sign recognises is taken for. */
  readonly fallback: Libc;
  readonly rules: readonly Rule[];
  readonly severities: Severities;
  readonly inlineConfig: boolean;
  readonly concurrency: number | 'auto' | 'off';
  readonly onProgress?: (phase: string, done: number, total: number) => void;
}

export interface LintedTree {
  readonly result: LintResult;
  /** Undefined where there was nothing to analyse. */
  readonly project: Project | undefined;
  readonly faults: readonly Fault[];
}

/** Lints. Throws a `UserError` when the job cannot be done as asked. */
export async function lintTree(request: LintTreeRequest): Promise<LintedTree> {
  const clock = new PhaseClock();
  const { config } = request;
  const named = request.root === undefined ? undefined : rootFromOption(request.cwd, request.root);
  const given = lookUp(request.cwd, request.paths.length > 0 ? request.paths : [named ?? '.']);
  if (given.every(isCodeFile)) return lintObjects(request, given, named ?? findRoot(given, []), clock);
  const root = named ?? findRoot(given, request.libcs);
  const found = request.libc ?? detectLibc(root, request.libcs);
  const libc = found ?? request.fallback;
  clock.next('root');

  const base = {
    root,
    libc: { name: libc.name, title: libc.title, hasCancellation: libc.hasCancellation },
    targets: targetsIn(root, libc, request.targets),
  };
  if (!libc.hasCancellation) {
    const result = { ...base, filesLinted: 0, findings: [], notices: [withoutCancellation(libc)], stats: NO_STATS };
    return { result, project: undefined, faults: [] };
  }

  const ignored = config?.ignore.map((one) => one.pattern);
  const files = discoverFor(libc, root, given, ignored);
  clock.next('discover');
  const isOwn = libc.own !== undefined;
  const isOn = (asks: (rule: Rule) => boolean): boolean =>
    request.rules.some((r) => asks(r) && request.severities.get(r.id) !== 'off');
  const analysis = await analyse({
    root,
    files: files.files,
    lint: files.lint,
    named: files.named,
    targets: base.targets,
    compared: isOn((r) => r.comparesTargets === true) ? comparedWith(root, libc, base.targets) : [],
    libc,
    workers: request.concurrency === 'off' ? 0 : request.concurrency,
    ...(config?.lists ? { lists: config.lists } : {}),
    words: expectedWords(config, isOwn).flatMap((one) => one.words),
    program: isOn((r) => r.needsProgram === true),
    ...(request.onProgress === undefined ? {} : { onProgress: request.onProgress }),
  });
  clock.next('analyse');
  const own = lookAtFiles(root, files.lint, analysis.texts);
  clock.next('comments');
  const unused = config
    ? unusedConfiguration(config, {
        root,
        isOwn,
        wasNamed: request.libc !== undefined,
        missingWords: analysis.missing,
        unusedPatterns: files.unusedPatterns,
      })
    : [];
  const linted = lint({
    project: analysis.project,
    rules: request.rules,
    severities: request.severities,
    problems: [...files.problems, ...own.problems, ...unused],
    directives: request.inlineConfig ? own.directives : new Map(),
  });
  clock.next('rules');

  const unrecognised = found === undefined ? [notRecognised(request.libcs)] : [];
  const result: LintResult = {
    ...base,
    filesLinted: files.lint.size,
    findings: linted.findings,
    notices: [...unrecognised, ...files.notices, ...analysis.notices, ...linted.notices],
    stats: { ...analysis.stats, phases: { ...clock.phases, ...analysis.stats.phases, ...byRule(linted.times) } },
  };
  return { result, project: analysis.project, faults: linted.faults };
}

/** The same for machine code, which no tree surrounds. */
async function lintObjects(
  request: LintTreeRequest,
  given: readonly Given[],
  root: string,
  clock: PhaseClock,
): Promise<LintedTree> {
  const targets =
    request.targets === 'all' ? X86_TARGETS : request.targets === 'usual' ? USUAL_TARGETS : request.targets;
  const { analyseObjects } = await import('./lint-objects.js');
  const analysis = await analyseObjects({ ...request, targets, root, given, libc: request.libc });
  clock.next('analyse');
  const { project, libc, stats } = analysis;
  const { rules, severities } = request;
  const linted = lint({ project, rules, severities, problems: [], directives: new Map() });
  clock.next('rules');
  const result: LintResult = {
    root,
    libc: { name: libc.name, title: libc.title, hasCancellation: libc.hasCancellation },
    targets: project.targets,
    filesLinted: analysis.files,
    findings: linted.findings,
    notices: [...analysis.notices, ...linted.notices],
    stats: { ...stats, phases: { ...clock.phases, ...byRule(linted.times) } },
  };
  return { result, project, faults: linted.faults };
}

const NO_STATS: Stats = {
  files: 0,
  bytes: 0,
  filesLifted: 0,
  functions: 0,
  related: 0,
  relatedNotWhole: 0,
  unknownMacros: 0,
  byFile: [],
  phases: {},
};

function byRule(times: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...times].map(([id, time]) => [`rule ${id}`, time]));
}

function withoutCancellation(libc: Libc): Notice {
  const why = libc.whyNone === undefined ? '' : `: ${libc.whyNone}`;
  return {
    kind: 'no-cancellation',
    message: `${libc.title} has no thread cancellation, so there is nothing to lint${why}`,
  };
}

function notRecognised(libcs: readonly Libc[]): Notice {
  const names = libcs.filter((libc) => libc.hasCancellation).map((libc) => libc.name);
  return {
    kind: 'libc-not-recognised',
    message: `No known libc was recognised in this tree, so only POSIX's own names are understood; if it is one, name it with --libc (${names.join(', ')})`,
  };
}
