/**
 * The `sarif` format: SARIF 2.1.0 for code scanning services and viewers. The same result gives the same bytes, and no
 * absolute path is written.
 */
import type { CodeFlow, Log, Notification, Result, ThreadFlow } from 'sarif';
import type { Finding, LintResult, Notice, Step } from '../linter/finding.js';
import { fingerprints } from './fingerprint.js';
import type { FormatContext } from './formatter.js';
import { located, physical, SRCROOT } from './sarif-location.js';
import { CONFIGURATION_KINDS, noticeDescriptors, ruleDescriptor } from './sarif-rules.js';
import { sentences } from './sarif-text.js';
import { visibleJson } from './visible.js';

/** Limits of GitHub's code scanning; more is refused. */
const MAX_RELATED = 1000;
const MAX_STEPS = 10_000;
/** Of the related places only those that the message links to are shown there. */
const MAX_LINKS = 5;

/** A complete log with one run. */
export function formatSarif(result: LintResult, context: FormatContext): string {
  const ruleIndex = new Map(context.rules.map((rule, index) => [rule.id, index]));
  const prints = fingerprints(result.findings);
  const hasSuppressions = result.findings.some((finding) => finding.suppressed !== undefined);
  const descriptors = noticeDescriptors(notices(result));
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'cancelint',
            version: context.version,
            semanticVersion: context.version,
            ...(context.homepage === undefined ? {} : { informationUri: context.homepage }),
            rules: context.rules.map((rule) => ruleDescriptor(rule, context)),
            ...(descriptors.length === 0 ? {} : { notifications: descriptors }),
          },
        },
        automationDetails: { id: `cancelint/${result.libc.name}/` },
        originalUriBaseIds: { [SRCROOT]: { description: { text: "The root of the C library's source tree." } } },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: context.exitCode < 2,
            exitCode: context.exitCode,
            toolExecutionNotifications: notifications(result, false),
            toolConfigurationNotifications: notifications(result, true),
          },
        ],
        results: result.findings.map((finding, index) => ({
          ...resultOf(finding, hasSuppressions),
          ruleIndex: ruleIndex.get(finding.ruleId) ?? -1,
          partialFingerprints: { primaryLocationLineHash: prints[index] ?? '' },
        })),
      },
    ],
  };
  return `${visibleJson(JSON.stringify(log, undefined, 2))}\n`;
}

function resultOf(finding: Finding, hasSuppressions: boolean): Result {
  const related = finding.related.slice(0, MAX_RELATED);
  const flow = codeFlow(finding.flow.slice(0, MAX_STEPS));
  const name = finding.function;
  return {
    ruleId: finding.ruleId,
    level: finding.severity === 'error' ? 'error' : 'warning',
    message: { text: sentences(finding.message) + links(related.length) },
    locations: [
      {
        physicalLocation: physical(finding.at),
        ...(name === undefined ? {} : { logicalLocations: [{ name, kind: 'function' }] }),
      },
    ],
    ...(flow === undefined ? {} : { codeFlows: [flow] }),
    ...(related.length === 0
      ? {}
      : { relatedLocations: related.map((one, index) => ({ id: index + 1, ...located(one.at, one.message) })) }),
    ...(hasSuppressions ? { suppressions: suppressions(finding) } : {}),
    properties: { targets: finding.targets, windowProperties: finding.properties },
  };
}

/** ` See [1](1), [2](2).`: services show a related place when the message links to it. */
function links(count: number): string {
  if (count === 0) return '';
  const shown = Array.from({ length: Math.min(count, MAX_LINKS) }, (_, index) => `[${index + 1}](${index + 1})`);
  const left = count - shown.length;
  return ` See ${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}.`;
}

/** Each thread has a flow of its own; the order in which the steps happen is a number that runs through all of them. */
function codeFlow(steps: readonly Step[]): CodeFlow | undefined {
  if (steps.length === 0) return undefined;
  const flows = new Map<string, ThreadFlow>();
  steps.forEach((step, index) => {
    const thread = step.thread ?? 'victim';
    const flow = flows.get(thread) ?? { id: thread, message: { text: THREADS[thread] }, locations: [] };
    flow.locations.push({
      location: located(step.at, step.message),
      executionOrder: index + 1,
      importance: 'essential',
    });
    flows.set(thread, flow);
  });
  return { threadFlows: [...flows.values()] };
}

const THREADS: Readonly<Record<NonNullable<Step['thread']>, string>> = {
  victim: 'The thread that is cancelled.',
  canceller: 'The thread that cancels it.',
  kernel: 'The kernel.',
};

function suppressions(finding: Finding): Result['suppressions'] {
  if (finding.suppressed === undefined) return [];
  const { kind, justification } = finding.suppressed;
  return [{ kind, ...(justification === '' ? {} : { justification }) }];
}

/** Files that were not analysed are findings, and besides that what the run was not able to do. */
function notices(result: LintResult): readonly Notice[] {
  const missed = result.findings
    .filter(({ ruleId }) => NOT_ANALYSED.has(ruleId))
    .map(({ ruleId, message, at }) => ({ kind: ruleId, message, at }));
  return [...result.notices, ...missed];
}

const NOT_ANALYSED: ReadonlySet<string> = new Set(['parse-error', 'unreadable-file', 'analysis-incomplete']);

function notifications(result: LintResult, isConfiguration: boolean): Notification[] {
  return notices(result)
    .filter((notice) => CONFIGURATION_KINDS.has(notice.kind) === isConfiguration)
    .map((notice) => ({
      descriptor: { id: notice.kind },
      level: notice.kind === 'internal-fault' ? 'error' : NOT_ANALYSED.has(notice.kind) ? 'warning' : 'note',
      message: { text: sentences(notice.message) },
      ...(notice.at === undefined ? {} : { locations: [{ physicalLocation: physical(notice.at) }] }),
    }));
}
