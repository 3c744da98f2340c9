import type { Lifted, Problem } from '../../src/ir/types.js';
import { generic } from '../../src/libc/index.js';
import { findDirectives } from '../../src/linter/directives.js';
import type { LintRequest } from '../../src/linter/linter.js';
import { lint } from '../../src/linter/linter.js';
import type { Project } from '../../src/linter/project.js';
import { severitiesOf } from '../../src/linter/severities.js';
import { toolRules } from '../../src/linter/tool-rules.js';
import type { Report } from '../../src/rules/define-rule.js';
import { defineRule } from '../../src/rules/define-rule.js';
import { region } from '../formatters/sample.js';

type Id = 'plain' | 'named';

function rule(id: string, run: (report: (one: Report<Id>) => void) => void) {
  return defineRule<Id>({
    id,
    meta: {
      category: 'window',
      description: id,
      explanation: id,
      messages: { plain: 'Plain', named: 'It is {name}' },
      severity: 'error',
      presets: ['recommended'],
      precision: 'high',
      properties: [],
      references: [],
    },
    run: (context) => run((one) => context.report(one)),
  });
}

function project(change: Partial<Project> = {}): Project {
  return {
    libc: generic,
    targets: ['i386', 'x86_64'],
    functions: [],
    aliases: [],
    problems: [],
    isLinted: (file) => file !== 'context.h',
    ...change,
  } as Project;
}

function linted(rules: LintRequest['rules'], change: Partial<LintRequest> = {}, overrides = {}) {
  const settings = new Map(Object.entries(overrides)) as Parameters<typeof severitiesOf>[1];
  return lint({
    project: project(),
    rules,
    severities: severitiesOf([...rules, ...toolRules], settings),
    problems: [],
    directives: new Map(),
    ...change,
  });
}

describe('linter', () => {
  const reports = rule('some-rule', (report) => {
    report({ messageId: 'named', data: { name: 'b' }, at: region('b.c', 2), targets: ['x86_64'] });
    report({ messageId: 'plain', at: region('context.h', 1) });
    report({ messageId: 'named', data: { name: 'b' }, at: region('b.c', 2), targets: ['i386'] });
    report({ messageId: 'plain', at: region('b.c', 10) });
    report({ messageId: 'plain', at: region('B.c', 3) });
  });

  it('fills reports in, sorts them, joins what differs in its target only, and leaves out other files', () => {
    const { findings } = linted([reports]);
    expect(findings.map((one) => `${one.at.file}:${one.at.line} ${one.message} ${one.targets.join(' ')}`)).toEqual([
      'B.c:3 Plain i386 x86_64',
      'b.c:2 It is b i386 x86_64',
      'b.c:10 Plain i386 x86_64',
    ]);
    expect(findings[1]).toMatchObject({
      ruleId: 'some-rule',
      severity: 'error',
      anchor: 'named ',
      flow: [],
      related: [],
    });
  });

  it('takes severities from the options', () => {
    expect(linted([reports], {}, { 'some-rule': 'warn' }).findings[0]?.severity).toBe('warn');
    expect(linted([reports], {}, { 'some-rule': 'off' }).findings).toEqual([]);
  });

  it('survives a rule that throws, and names it', () => {
    const broken = rule('broken-rule', (report) => {
      report({ messageId: 'plain', at: region('a.c', 1) });
      report({ messageId: 'named', at: region('a.c', 2) });
    });
    const run = linted([broken, reports]);
    expect(run.findings.map((one) => one.ruleId)).toEqual(['some-rule', 'broken-rule', 'some-rule', 'some-rule']);
    expect(run.faults.map((fault) => fault.ruleId)).toEqual(['broken-rule']);
    expect(run.notices).toEqual([
      {
        kind: 'internal-fault',
        message: 'The rule broken-rule failed and its findings are not complete: message needs {name}',
      },
    ]);
  });

  it('turns problems into findings and notices, of linted files only', () => {
    const problems = (['parse-error', 'unknown-macro', 'not-lifted', 'analysis-incomplete'] as const).flatMap(
      (kind, at): readonly Problem[] => [
        { kind, message: kind, at: region('a.c', at + 1) },
        { kind, message: kind, at: region('context.h', at + 1) },
      ],
    );
    const run = linted([], { project: project({ problems }) });
    expect(run.findings.map((one) => `${one.ruleId} ${one.severity}`)).toEqual([
      'parse-error error',
      'analysis-incomplete warn',
    ]);
    expect(run.notices.map((one) => one.kind)).toEqual(['unknown-macro', 'not-lifted']);
    const asked = linted([], { project: project({ problems }) }, { 'unknown-macro': 'error', 'parse-error': 'off' });
    expect(asked.findings.map((one) => `${one.ruleId} ${one.severity}`)).toEqual([
      'unknown-macro error',
      'analysis-incomplete warn',
    ]);
  });

  it('says what a rule could not decide, in linted files only', () => {
    const inFile = (file: string): Lifted => ({ name: 'f', nameAt: region(file, 7) }) as Lifted;
    const giving = defineRule<Id>({
      ...rule('giving-up', () => undefined),
      run: ({ incomplete }) => ['a.c', 'context.h'].forEach((file) => incomplete(inFile(file), 'it is too long')),
    });
    expect(linted([giving]).findings).toMatchObject([
      {
        ruleId: 'analysis-incomplete',
        severity: 'warn',
        message: "giving-up has not been decided for 'f': it is too long",
        at: { file: 'a.c', line: 7 },
        function: 'f',
      },
    ]);
  });

  it('takes a statement that cannot be parsed for less than a file', () => {
    const problem: Problem = { kind: 'parse-error', message: 'm', at: region('a.c', 1), function: 'f' };
    expect(linted([], { problems: [problem] }).findings[0]).toMatchObject({ severity: 'warn', function: 'f' });
  });

  it('applies directives, also in files without findings', () => {
    const directives = new Map([
      ['b.c', findDirectives('b.c', '\n\n// cancelint-disable some-rule\n', 'c')],
      ['a.c', findDirectives('a.c', '// cancelint-disable-line\n', 'c')],
    ]);
    const { findings } = linted([reports], { directives });
    expect(findings.map((one) => [one.at.file, one.at.line, one.ruleId, one.suppressed !== undefined])).toEqual([
      ['B.c', 3, 'some-rule', false],
      ['a.c', 1, 'unused-directive', false],
      ['b.c', 2, 'some-rule', false],
      ['b.c', 10, 'some-rule', true],
    ]);
  });

  it('calls no directive unused when a usual target is missing', () => {
    const directives = new Map([['a.c', findDirectives('a.c', '// cancelint-disable-line\n', 'c')]]);
    expect(linted([], { directives, project: project({ targets: ['x86_64'] }) }).findings).toEqual([]);
  });
});
