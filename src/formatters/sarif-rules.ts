/** Rules and kinds of notices as SARIF describes them. */
import type { ReportingDescriptor } from 'sarif';
import type { Notice } from '../linter/finding.js';
import type { RuleInfo } from '../linter/tool-rules.js';
import type { FormatContext } from './formatter.js';
import { atMost, pascal, sentences } from './sarif-text.js';

const MAX_DESCRIPTION = 1024;

/** A rule, with its page as help where it has one. */
export function ruleDescriptor({ id, meta }: RuleInfo, context: FormatContext): ReportingDescriptor {
  const page = context.page(id)?.trim();
  const explanation = atMost(sentences(meta.explanation), MAX_DESCRIPTION);
  const markdown = page ?? `# ${id}\n\n${sentences(meta.description)}\n\n${explanation}`;
  return {
    id,
    name: pascal(id),
    shortDescription: { text: atMost(sentences(meta.description), MAX_DESCRIPTION) },
    fullDescription: { text: explanation },
    ...(context.homepage === undefined ? {} : { helpUri: context.homepage }),
    help: { text: [explanation, ...meta.references.map((one) => `See ${sentences(one)}`)].join('\n'), markdown },
    defaultConfiguration: { level: meta.severity === 'error' ? 'error' : 'warning' },
    properties: {
      precision: meta.precision,
      'problem.severity': meta.severity === 'error' ? 'error' : 'warning',
      tags: ['cancellation', meta.category],
    },
  };
}

const NOTICE_KINDS: Readonly<Record<string, string>> = {
  'analysis-incomplete': 'Part of the tree was not analysed because a limit was reached.',
  'internal-fault': 'A rule failed; its findings are not complete.',
  'limit-reached': 'A limit of the analysis was reached; what is assumed from there on is told.',
  'libc-not-recognised': 'No known C library was recognised in the tree.',
  'no-cancellation': 'The C library has no thread cancellation.',
  'not-lifted': 'A function was not understood in full.',
  'parse-error': 'A file could not be parsed.',
  skipped: 'A file was left out.',
  'target-not-read': 'The assembly of a target is not read.',
  'unknown-macro': 'A macro is not known.',
  'unreadable-file': 'A file or folder could not be read.',
};

/** Kinds that come from how the run was set up, not from what it met. */
export const CONFIGURATION_KINDS: ReadonlySet<string> = new Set(['libc-not-recognised', 'target-not-read']);

/** The kinds of these notices, for the driver's list. */
export function noticeDescriptors(notices: readonly Notice[]): ReportingDescriptor[] {
  const kinds = [...new Set(notices.map((notice) => notice.kind))].sort();
  return kinds.map((kind) => {
    const text = { text: NOTICE_KINDS[kind] ?? sentences(kind.replaceAll('-', ' ')) };
    return { id: kind, name: pascal(kind), shortDescription: text, fullDescription: text, help: text };
  });
}
