/** How serious each rule's findings are in this run. */
import type { Severity } from './finding.js';
import type { RuleInfo } from './tool-rules.js';

export type RuleSetting = Severity | 'off';

export type Severities = ReadonlyMap<string, RuleSetting>;

export type Preset = 'recommended' | 'strict' | 'all';

/** A rule counts by itself when the preset has it. */
export function defaultSetting(rule: RuleInfo, preset: Preset = 'recommended'): RuleSetting {
  return rule.meta.presets.includes(preset) ? rule.meta.severity : 'off';
}

/** Every rule's setting: the overrides, and the default for the rest. */
export function severitiesOf(
  rules: readonly RuleInfo[],
  overrides: ReadonlyMap<string, RuleSetting>,
  preset: Preset = 'recommended',
): Severities {
  return new Map(rules.map((rule) => [rule.id, overrides.get(rule.id) ?? defaultSetting(rule, preset)]));
}
