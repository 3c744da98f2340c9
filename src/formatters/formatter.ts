/** What a formatter is: a pure function from a result to text. */
import type { LintResult } from '../linter/finding.js';
import type { RuleInfo } from '../linter/tool-rules.js';

export interface FormatContext {
  readonly version: string;
  readonly homepage: string | undefined;
  /** The rules that were on, the tool's own included, sorted by id. */
  readonly rules: readonly RuleInfo[];
  /** A rule's page as Markdown, where it has one. */
  readonly page: (ruleId: string) => string | undefined;
  readonly exitCode: number;
  readonly color: boolean;
  readonly quiet: boolean;
}

export interface Formatter {
  /** A sentence without the final stop. */
  readonly description: string;
  readonly format: (result: LintResult, context: FormatContext) => string;
}
