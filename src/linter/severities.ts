/** How serious each rule's findings are in this run. */
import type { Severity } from './finding.js';
import type { RuleInfo } from './tool-rules.js';

export type RuleSetting = Severity | 'off';

export type Severities = ReadonlyMap<string, RuleSetting>;

/** A rule counts by default when the recommended preset has it. */
export function defaultSetting(rule: RuleInfo): RuleSetting {
  return rule.meta.presets.includes('recommended') ? rule.meta.severity : 'off';
}

/** Every rule's setting: the overrides, and the default for the rest. */
export function severitiesOf(rules: readonly RuleInfo[], overrides: ReadonlyMap<string, RuleSetting>): Severities {
  return new Map(rules.map((rule) => [rule.id, overrides.get(rule.id) ?? defaultSetting(rule)]));
}
