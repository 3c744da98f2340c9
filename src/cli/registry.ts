/** What the tool knows: its rules, its libcs, its version, the rules' pages. */
import { readFileSync } from 'node:fs';
import { generic, libcs } from '../libc/index.js';
import type { Libc } from '../libc/types.js';
import { compareText } from '../linter/compare.js';
import type { RuleInfo } from '../linter/tool-rules.js';
import { toolRules } from '../linter/tool-rules.js';
import type { Rule } from '../rules/define-rule.js';
import { rules } from '../rules/index.js';

export interface Registry {
  readonly version: string;
  /** Where the project lives, when its package says so. */
  readonly homepage: string | undefined;
  readonly rules: readonly Rule[];
  /** The rules and what the tool itself reports, sorted by id. */
  readonly allRules: readonly RuleInfo[];
  readonly libcs: readonly Libc[];
  readonly generic: Libc;
  /** Markdown, where a rule has a page. */
  page(ruleId: string): string | undefined;
}

/** Loads everything that is known once at the start. */
export function loadRegistry(): Registry {
  const about = packageData();
  return {
    version: about.version,
    homepage: about.homepage,
    rules,
    allRules: [...rules, ...toolRules].sort((a, b) => compareText(a.id, b.id)),
    libcs,
    generic,
    page: (ruleId) => read(new URL(`../../rules-docs/${ruleId}.md`, import.meta.url)),
  };
}

function packageData(): { readonly version: string; readonly homepage: string | undefined } {
  const text = read(new URL('../../package.json', import.meta.url)) ?? '{}';
  const data = JSON.parse(text) as { readonly version?: string; readonly homepage?: string };
  return { version: data.version ?? '0.0.0', homepage: data.homepage };
}

function read(url: URL): string | undefined {
  try {
    return readFileSync(url, 'utf8');
  } catch {
    return undefined;
  }
}
