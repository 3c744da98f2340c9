/** Runs over the objects of fixtures/x86/windows, in this process and with all rules. */
import { readFileSync } from 'node:fs';
import { lintTree, type LintedTree } from '../../../src/engine/lint-tree.js';
import type { Target } from '../../../src/ir/types.js';
import { generic, libcs } from '../../../src/libc/index.js';
import { severitiesOf } from '../../../src/linter/severities.js';
import { toolRules } from '../../../src/linter/tool-rules.js';
import { rules } from '../../../src/rules/index.js';
import { tree } from '../../cli/program.js';

export function fixture(name: string): Uint8Array {
  return Uint8Array.from(Buffer.from(readFileSync(`fixtures/x86/windows/${name}.base64`, 'latin1'), 'base64'));
}

export const FIXTURES = [
  'redirect.a',
  'unwind.a',
  'redirect-5.so',
  'redirect-0.stripped.so',
  'redirect-5.stripped.so',
  'unwind-0.stripped.so',
  'compiled-O0.o',
  'compiled-O1.o',
] as const;

export function lintPaths(
  cwd: string,
  paths: readonly string[],
  targets: readonly Target[] = ['i386', 'x86_64'],
): Promise<LintedTree> {
  return lintTree({
    cwd,
    paths,
    targets,
    libcs,
    fallback: generic,
    rules,
    severities: severitiesOf([...rules, ...toolRules], new Map()),
    inlineConfig: true,
    concurrency: 'off',
  });
}

/** Lints files of these contents. */
export function lintFiles(files: Readonly<Record<string, Uint8Array>>): Promise<LintedTree> {
  return lintPaths(tree(files).path, Object.keys(files));
}

/** `file: rule: message id` of each finding. */
export function told({ result }: LintedTree): readonly string[] {
  return result.findings.map(({ at, ruleId, messageId }) => `${at.file}: ${ruleId}: ${messageId}`);
}

/** The files whose window is proved, and what is said of the proof behind the number of boundaries. */
export function proved({ result }: LintedTree): readonly string[] {
  const sentence = /^(.*): the window in '[^']+' is proved, with a request at \d+ boundaries(.*)$/;
  return result.notices.flatMap(({ message }) => {
    const [, file, rest = ''] = sentence.exec(message) ?? [];
    return file === undefined ? [] : [file + rest];
  });
}
