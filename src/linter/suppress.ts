/** Applies the directives of a file to its findings, and reports those that silence nothing. */
import { fill } from '../rules/define-rule.js';
import type { Directive } from './directives.js';
import { DIRECTIVE_KINDS, isDirectiveKind } from './directives.js';
import type { Finding } from './finding.js';
import { nearest } from './nearest.js';
import type { Severities } from './severities.js';
import { toolRules } from './tool-rules.js';

const UNUSED = 'unused-directive';

export interface SuppressOptions {
  readonly severities: Severities;
  /** Rules that threw: their findings are not all there, so no directive for them is called unused. */
  readonly failed: ReadonlySet<string>;
  /** False where the run looks at fewer targets than usual, so that a directive may wait for another one. */
  readonly reportUnused: boolean;
}

/** One rule name of a directive (or `undefined` for all), and whether it did anything. */
interface Entry {
  readonly directive: Directive;
  readonly rule: string | undefined;
  used: boolean;
}

/** The findings of one file with `suppressed` set where a directive covers them, and those on the directives themselves. */
export function suppress(
  findings: readonly Finding[],
  directives: readonly Directive[],
  options: SuppressOptions,
): readonly Finding[] {
  const entries = directives.flatMap((directive): Entry[] =>
    directive.rules.length === 0
      ? [{ directive, rule: undefined, used: false }]
      : directive.rules.map((rule) => ({ directive, rule, used: false })),
  );
  markEnablers(entries);
  const told = findings.map((finding) => {
    const entry = covering(entries, finding);
    if (entry === undefined) return finding;
    entry.used = true;
    return { ...finding, suppressed: { kind: 'inSource' as const, justification: entry.directive.justification } };
  });
  const severity = options.severities.get(UNUSED) ?? 'off';
  if (severity === 'off') return told;
  return [...told, ...entries.flatMap((entry) => complaint(entry, options))].map((finding) =>
    finding.ruleId === UNUSED ? { ...finding, severity } : finding,
  );
}

/** The entry that silences a finding: one for its line before one for a stretch, the later before the earlier. */
function covering(entries: readonly Entry[], finding: Finding): Entry | undefined {
  const about = entries.filter((entry) => entry.rule === undefined || entry.rule === finding.ruleId);
  const byLine = about.findLast(({ directive: { kind, at } }) =>
    kind === 'disable-line'
      ? at.line <= finding.at.line && finding.at.line <= at.endLine
      : kind === 'disable-next-line' && finding.at.line === at.endLine + 1,
  );
  if (byLine !== undefined) return byLine;
  const open = about.findLast(
    ({ directive: { kind, at } }) => (kind === 'disable' || kind === 'enable') && isBefore(at, finding.at),
  );
  return open?.directive.kind === 'disable' ? open : undefined;
}

/** An enabler does something when a stretch that it ends was open. */
function markEnablers(entries: readonly Entry[]): void {
  const open = new Set<string | undefined>();
  for (const entry of entries) {
    const { rule } = entry;
    if (entry.directive.kind === 'disable') open.add(rule);
    else if (entry.directive.kind === 'enable') {
      entry.used = rule === undefined ? open.size > 0 : open.has(rule) || open.has(undefined);
      if (rule === undefined) open.clear();
      else open.delete(rule);
    }
  }
}

function complaint(entry: Entry, options: SuppressOptions): readonly Finding[] {
  const { directive, rule } = entry;
  const known = [...options.severities.keys()];
  if (!isDirectiveKind(directive.kind)) {
    return [report(entry, 'unknown-kind', { kind: directive.kind, near: near(directive.kind, DIRECTIVE_KINDS) })];
  }
  if (rule !== undefined && !options.severities.has(rule)) {
    return [report(entry, 'unknown-rule', { rule, near: near(rule, known) })];
  }
  if (entry.used || !options.reportUnused) return [];
  if (rule === undefined) return options.failed.size === 0 ? [report(entry, 'unused', {})] : [];
  const isComplete = options.severities.get(rule) !== 'off' && !options.failed.has(rule);
  return isComplete ? [report(entry, 'unused-rule', { rule })] : [];
}

function near(name: string, known: Iterable<string>): string {
  const found = nearest(name, known);
  return found === undefined ? '' : `; the nearest name is "${found}"`;
}

function report({ directive, rule }: Entry, messageId: string, data: Readonly<Record<string, string>>): Finding {
  const meta = toolRules.find((one) => one.id === UNUSED)?.meta;
  return {
    ruleId: UNUSED,
    messageId,
    severity: 'warn',
    message: fill(meta?.messages[messageId] ?? messageId, data),
    at: directive.at,
    targets: [],
    properties: [],
    flow: [],
    related: [],
    anchor: `${directive.kind} ${rule ?? ''}`,
  };
}

function isBefore(a: { readonly line: number; readonly column: number }, b: typeof a): boolean {
  return a.line < b.line || (a.line === b.line && a.column <= b.column);
}
