/** A run inside this process, with rules of its own: what the options cannot bring about. */
import { lintTree } from '../../src/engine/lint-tree.js';
import type { LintTreeRequest } from '../../src/engine/lint-tree.js';
import { generic, libcs } from '../../src/libc/index.js';
import { severitiesOf } from '../../src/linter/severities.js';
import { toolRules } from '../../src/linter/tool-rules.js';
import type { Target } from '../../src/ir/types.js';
import pointDiffers from '../../src/rules/point-differs.js';
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

describe('a run for one target', () => {
  const wait = (call: string): string => `int epoll_wait(int fd)\n{\n\treturn ${call}(SYS_epoll_wait, fd);\n}\n`;
  const made = tree({
    'src/linux/epoll_wait.c': wait('syscall_cp'),
    'src/linux/i386/epoll_wait.c': wait('syscall'),
    'src/thread/x86_64/broken.s': '__cp_begin:\n\tfrobnicate %eax\n',
    'arch/i386/syscall_arch.h': '',
    'arch/x86_64/syscall_arch.h': '',
    'arch/mips/syscall_arch.h': '',
  });
  const libc = libcs.find((one) => one.name === 'musl')!;
  const run = async (targets: readonly Target[], rules: readonly Rule[] = [pointDiffers]) => {
    const { result } = await lintTree(request(made.path, { libc, rules, targets }));
    return result.findings.map((one) => `${one.ruleId} ${one.at.file} ${one.targets.join()}`);
  };

  it('is compared with another, and says nothing of that', async () => {
    expect(await run(['i386'])).toEqual(['point-differs src/linux/i386/epoll_wait.c i386']);
    // The definition that lacks something is the other's.
    expect(await run(['x86_64'])).toEqual(['parse-error src/thread/x86_64/broken.s ']);
    expect(await run(['mips'])).toEqual([]);
    expect(await run(['mips', 'x86_64'])).toEqual(['parse-error src/thread/x86_64/broken.s ']);
  });

  it('is not compared where no rule asks for it', async () => {
    expect(await run(['mips'], [everyFunction])).toEqual(['every-function src/linux/epoll_wait.c mips']);
  });

  it('reports of what is alike only the target that was asked for', async () => {
    const reported = await run(['mips'], [everyFunction, pointDiffers]);
    expect(reported).toEqual(['every-function src/linux/epoll_wait.c mips']);
  });

  it('is not compared with a target that the tree does not have', async () => {
    const alone = tree({ 'src/linux/i386/epoll_wait.c': wait('syscall'), 'arch/i386/syscall_arch.h': '' });
    const { result } = await lintTree(request(alone.path, { libc, rules: [pointDiffers], targets: ['i386'] }));
    expect(result.findings).toEqual([]);
  });
});
