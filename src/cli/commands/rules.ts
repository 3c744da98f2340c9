/** `cancelint rules [RULE]`: the list, or one rule's page. */
import { UserError } from '../../engine/user-error.js';
import { didYouMean } from '../../linter/nearest.js';
import { defaultSetting } from '../../linter/severities.js';
import type { RuleInfo } from '../../linter/tool-rules.js';
import type { Registry } from '../registry.js';

/** The text to print. Throws a `UserError` for a rule that does not exist. */
export function rulesText(id: string | undefined, registry: Registry): string {
  if (id === undefined) return list(registry.allRules);
  const rule = registry.allRules.find((one) => one.id === id);
  if (rule !== undefined) return registry.page(id) ?? pageFromMeta(rule);
  const hint =
    didYouMean(
      id,
      registry.allRules.map((one) => one.id),
    ) || '; "cancelint rules" lists them';
  throw new UserError(`Unknown rule "${id}"${hint}`);
}

function list(rules: readonly RuleInfo[]): string {
  const rows = rules.map((rule) => [rule.id, defaultSetting(rule), rule.meta.category, rule.meta.description] as const);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column as 0 | 1 | 2].length)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return `${lines.join('\n')}\n\nThe second column is the severity when no --rule changes it. "cancelint rules RULE" prints a rule's page.\n`;
}

/** For a rule without a page: what its data says. */
export function pageFromMeta({ id, meta }: RuleInfo): string {
  const parts = [`# ${id}`, `${meta.description}.`, meta.explanation];
  if (meta.references.length > 0) parts.push(meta.references.map((reference) => `- ${reference}`).join('\n'));
  return `${parts.join('\n\n')}\n`;
}
