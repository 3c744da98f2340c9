/** `cancelint lint`: settings in, text out, and the exit status. */
import { treeConfig } from '../../config/tree.js';
import { lintTree } from '../../engine/lint-tree.js';
import { printProject } from '../../engine/print.js';
import { findRoot, lookUp, rootFromOption } from '../../engine/root.js';
import { formatters } from '../../formatters/index.js';
import { formatNotices } from '../../formatters/notices.js';
import { sarifWarning } from '../../formatters/sarif-limits.js';
import { formatPhases, formatStats } from '../../formatters/stats.js';
import { visible, visibleJson } from '../../formatters/visible.js';
import type { LintResult } from '../../linter/finding.js';
import { detectLibc } from '../../libc/detect.js';
import { severitiesOf } from '../../linter/severities.js';
import type { ExitCode } from '../exit-codes.js';
import { CLEAN, FAILED, FINDINGS } from '../exit-codes.js';
import type { Io } from '../io.js';
import { checkOutputFile, writeOutputFile } from '../output-file.js';
import { printConfig } from '../print-config.js';
import { Progress } from '../progress.js';
import type { Registry } from '../registry.js';
import type { LintSettings } from '../settings.js';

/** Lints and prints. Throws a `UserError` when the job cannot be done as asked. */
export async function lintCommand(
  settings: LintSettings,
  registry: Registry,
  io: Io,
  color: boolean,
): Promise<ExitCode> {
  if (settings.print === 'config') {
    io.stdout.write(visibleJson(printedConfig(settings, registry, io)));
    return CLEAN;
  }
  if (settings.outputFile !== undefined) checkOutputFile(io.cwd, settings.outputFile);
  const severities = severitiesOf(registry.allRules, settings.overrides, settings.preset);
  const { config, libc, libcs } = settings.configured;
  const progress = new Progress(io.stderr);
  const linted = await lintTree({
    cwd: io.cwd,
    paths: settings.paths,
    ...(settings.root === undefined ? {} : { root: settings.root }),
    targets: settings.targets,
    ...(libc === undefined ? {} : { libc }),
    libcs,
    ...(config === undefined ? {} : { config: treeConfig(config) }),
    fallback: registry.generic,
    rules: registry.rules,
    severities,
    inlineConfig: settings.inlineConfig,
    concurrency: settings.concurrency,
    onProgress: progress.update,
  }).finally(() => progress.clear());
  const { result } = linted;
  const hasFailed = linted.faults.length > 0;
  const standing = count(result, settings.maxWarnings);
  const exitCode = hasFailed ? FAILED : standing.isClean ? CLEAN : FINDINGS;

  if (settings.debug) io.stderr.write(about(result));
  io.stderr.write(formatNotices(result, settings));
  const tooLong = settings.format === 'sarif' && !settings.quiet ? sarifWarning(result.findings) : undefined;
  if (tooLong !== undefined) io.stderr.write(`cancelint: ${tooLong}\n`);
  const text =
    settings.print !== undefined
      ? linted.project === undefined
        ? ''
        : printProject(linted.project, settings.print)
      : formatters[settings.format].format(settings.quiet ? withoutWarnings(result) : result, {
          version: registry.version,
          homepage: registry.homepage,
          rules: registry.allRules.filter((rule) => severities.get(rule.id) !== 'off'),
          page: (ruleId) => registry.page(ruleId),
          exitCode,
          color: color && settings.outputFile === undefined,
          quiet: settings.quiet,
        });
  if (settings.outputFile === undefined) io.stdout.write(text);
  else writeOutputFile(io.cwd, settings.outputFile, text);

  const isForReading =
    settings.format === 'stylish' && settings.outputFile === undefined && settings.print === undefined;
  if (settings.stats) (isForReading ? io.stdout : io.stderr).write(formatStats(result));
  if (settings.debug) {
    io.stderr.write(formatPhases(result.stats));
    for (const { error } of linted.faults) io.stderr.write(`${stackOf(error)}\n`);
  }
  if (settings.print !== undefined) return hasFailed ? FAILED : CLEAN;
  if (standing.tooManyWarnings) {
    io.stderr.write(
      `cancelint: too many warnings: ${standing.warnings}, at most ${settings.maxWarnings ?? 0} are allowed\n`,
    );
  }
  return exitCode;
}

/** What `--print-config` prints, of the tree that would be linted. */
function printedConfig(settings: LintSettings, registry: Registry, io: Io): string {
  const { libc, libcs } = settings.configured;
  const root =
    settings.root === undefined
      ? findRoot(lookUp(io.cwd, settings.paths.length > 0 ? settings.paths : ['.']), libcs)
      : rootFromOption(io.cwd, settings.root);
  const found = libc ?? detectLibc(root, libcs);
  return printConfig({
    settings,
    rules: registry.allRules,
    root,
    libc: found ?? registry.generic,
    isRecognised: found !== undefined,
  });
}

function count(result: LintResult, maxWarnings: number | undefined) {
  const standing = result.findings.filter((finding) => finding.suppressed === undefined);
  const warnings = standing.filter((finding) => finding.severity === 'warn').length;
  const tooManyWarnings = maxWarnings !== undefined && warnings > maxWarnings;
  return { warnings, tooManyWarnings, isClean: warnings === standing.length && !tooManyWarnings };
}

function withoutWarnings(result: LintResult): LintResult {
  return { ...result, findings: result.findings.filter((finding) => finding.severity === 'error') };
}

/** What the run decided by itself. */
function about(result: LintResult): string {
  const lines = [
    `root ${result.root}`,
    `libc ${result.libc.name}`,
    `targets ${result.targets.join(', ')}`,
    `files to lint ${result.filesLinted}`,
  ];
  return lines.map((line) => `debug: ${visible(line)}\n`).join('');
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
