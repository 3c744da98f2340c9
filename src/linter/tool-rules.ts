/** What the tool itself reports: facts about files and directives that come from no rule. They are configured like rules. */
import type { RuleMeta } from '../rules/define-rule.js';

/** A rule as formatters and options see it: what it is called and what it says. */
export interface RuleInfo {
  readonly id: string;
  readonly meta: RuleMeta<string>;
}

const common = { category: 'tool', precision: 'very-high', properties: [], references: [] } as const;

export const toolRules: readonly RuleInfo[] = [
  {
    id: 'analysis-incomplete',
    meta: {
      ...common,
      description: 'Part of the tree was not analysed because a limit was reached',
      explanation:
        'A budget of the analysis was used up, or a file is too large to be a source. What was left out can hide findings, so the run says so instead of reporting the file as clean.',
      messages: { incomplete: '{message}' },
      severity: 'warn',
      presets: ['recommended', 'strict', 'all'],
    },
  },
  {
    id: 'parse-error',
    meta: {
      ...common,
      description: 'A file could not be parsed',
      explanation:
        'The file is no C or assembly source that the front ends can make sense of. Nothing in it was checked, so it is not reported as clean. Where only a statement of a function is affected, it is a warning.',
      messages: { parse: '{message}' },
      severity: 'error',
      presets: ['recommended', 'strict', 'all'],
    },
  },
  {
    id: 'unknown-macro',
    meta: {
      ...common,
      description: 'A macro in cancellation-related code has no definition in the tree',
      explanation:
        'The macro is not defined anywhere in the tree and no data file of a libc knows it. What it does to cancellation is unknown, so the function it is used in is not understood in full.',
      messages: { unknown: '{message}' },
      severity: 'warn',
      presets: ['all'],
    },
  },
  {
    id: 'unreadable-file',
    meta: {
      ...common,
      description: 'A file or folder could not be read',
      explanation:
        'The system refused to read it, or a link leads nowhere. Nothing in it was checked, so it is not reported as clean.',
      messages: { unreadable: '{message}' },
      severity: 'error',
      presets: ['recommended', 'strict', 'all'],
    },
  },
  {
    id: 'unused-configuration',
    meta: {
      ...common,
      description: 'A part of the configuration has nothing to do with the tree',
      explanation:
        'The configuration names a label, a function or a file that the tree does not have. What it was written for is not found, so a window that it should lead to is not proved, and nothing else would say so.',
      messages: { unused: '{message}' },
      severity: 'warn',
      presets: ['recommended', 'strict', 'all'],
    },
  },
  {
    id: 'unused-directive',
    meta: {
      ...common,
      description: 'A comment that silences findings silences none',
      explanation:
        'The finding that the comment was written for is gone, or the comment names a rule that does not exist. Left in place it would hide the next finding there.',
      messages: {
        unused: 'The directive silences no finding',
        'unused-rule': 'The directive silences no finding of "{rule}"',
        'unknown-rule': 'There is no rule "{rule}"{near}',
        'unknown-kind': 'There is no directive "cancelint-{kind}"{near}',
      },
      severity: 'warn',
      presets: ['recommended', 'strict', 'all'],
    },
  },
];
