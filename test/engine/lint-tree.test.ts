/** A run inside this process, with rules of its own: what the options cannot bring about. */
import { lintTree } from '../../src/engine/lint-tree.js';
import type { LintTreeRequest } from '../../src/engine/lint-tree.js';
import { generic, libcs } from '../../src/libc/index.js';
import { severitiesOf } from '../../src/linter/severities.js';
import { toolRules } from '../../src/linter/tool-rules.js';
import type { Rule } from '../../src/rules/define-rule.js';
import { defineRule } from '../../src/rules/define-rule.js';
import { removeTrees, tree } from '../cli/program.js';

afterAll(removeTrees);

function rule(id: string, run: Rule['run']): Rule {
  return defineRule({
    id,
    meta: {
      category: 'window',
      description: id,
      explanation: id,
      messages: { found: 'Found' },
      severity: 'error',
      presets: ['recommended'],
      precision: 'high',
      properties: [],
      references: [],
    },
    run,
  });
}

/** Reports every function. */
const everyFunction = rule('every-function', (context) => {
  for (const lifted of context.project.functions) {
    context.report({ messageId: 'found', at: lifted.nameAt, in: lifted });
  }
});

const throws = rule('throws', () => {
  throw new Error('no good');
});

function request(cwd: string, change: Partial<LintTreeRequest> = {}): LintTreeRequest {
  const rules = change.rules ?? [everyFunction];
  return {
    cwd,
    paths: [],
    targets: ['i386', 'x86_64'],
    libcs,
    fallback: generic,
    rules,
    severities: severitiesOf([...rules, ...toolRules], new Map()),
    inlineConfig: true,
    concurrency: 'off',
    ...change,
  };
}

const SOURCE = 'void pthread_testcancel(void);\nvoid f(void) { pthread_testcancel(); }\n';

describe('a run', () => {
  const made = tree({ 'a.c': SOURCE, 'd/b.c': SOURCE.replace(' f(', ' g(') });

  it('lints what was lifted from the given paths', async () => {
    const whole = await lintTree(request(made.path));
    expect(whole.result.findings.map((one) => `${one.at.file} ${one.function ?? ''}`)).toEqual(['a.c f', 'd/b.c g']);
    const part = await lintTree(request(made.path, { root: '.', paths: ['d'] }));
    expect(part.result.findings.map((one) => one.at.file)).toEqual(['d/b.c']);
    expect(part.result.filesLinted).toBe(1);
  });

  it('goes on without a rule that throws', async () => {
    const { result, faults } = await lintTree(request(made.path, { rules: [throws, everyFunction] }));
    expect(faults.map((fault) => fault.ruleId)).toEqual(['throws']);
    expect(result.findings).toHaveLength(2);
    expect(result.notices.filter((one) => one.kind === 'internal-fault')).toHaveLength(1);
  });

  it('says that no libc was recognised, unless one was named', async () => {
    expect((await lintTree(request(made.path))).result.notices.map((one) => one.kind)).toEqual(['libc-not-recognised']);
    expect((await lintTree(request(made.path, { libc: generic }))).result.notices).toEqual([]);
  });

  it('keeps what a directive silences', async () => {
    const silenced = tree({ 'a.c': `// cancelint-disable every-function -- known\n${SOURCE}` });
    const { result } = await lintTree(request(silenced.path));
    expect(result.findings.map((one) => one.suppressed)).toEqual([{ kind: 'inSource', justification: 'known' }]);
    const loud = await lintTree(request(silenced.path, { inlineConfig: false }));
    expect(loud.result.findings.map((one) => one.suppressed)).toEqual([undefined]);
  });
});
