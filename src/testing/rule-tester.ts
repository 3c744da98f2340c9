/**
 * Tests a rule on small trees that go through the real front ends, and refuses tests that prove nothing.
 *
 *     new RuleTester({ libc: 'musl' }).run(rule, {
 *       valid: [{ name: 'the window starts at the read', files: { 'src/thread/i386/syscall_cp.s': '…' } }],
 *       invalid: [{ name: '…', files: { … }, errors: [{ messageId: 'startsLate', data: { … }, line: 9, column: 1 }] }],
 *     });
 *
 * A case is refused when its code is not understood in full (unless it says so), when nothing of it concerns
 * cancellation, when it stands there twice, or when what it expects has no message id, no words or no place. A rule is
 * refused without a valid case, and when one of its messages has no invalid case.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import type { LintedTree } from '../engine/lint-tree.js';
import { lintTree } from '../engine/lint-tree.js';
import type { Region, Target } from '../ir/types.js';
import { generic, libcs } from '../libc/index.js';
import type { Libc } from '../libc/types.js';
import type { Finding } from '../linter/finding.js';
import type { Rule } from '../rules/define-rule.js';
import { fill } from '../rules/define-rule.js';
import { expectationFaults } from './expectations.js';

export interface Place {
  /** Relative to the case's tree. May be left out where the tree has one file. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

export interface ExpectedStep extends Place {
  /** The message, or a part of it. */
  readonly message: string;
}

export interface ExpectedError extends Place {
  readonly messageId: string;
  /** What fills the message. Either this or `message` is needed where the message has placeholders. */
  readonly data?: Readonly<Record<string, string | number>>;
  /** The whole message. */
  readonly message?: string;
  readonly line: number;
  readonly column: number;
  readonly function?: string;
  readonly targets?: readonly Target[];
  readonly properties?: readonly string[];
  /** All steps, in order. */
  readonly flow?: readonly ExpectedStep[];
  /** All related places, in order. */
  readonly related?: readonly ExpectedStep[];
}

interface CaseBase {
  readonly name: string;
  /** The tree: paths and texts, or bytes of machine code. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Or a folder below the fixtures that holds the tree. */
  readonly fixture?: string;
  readonly libc?: string | Libc;
  readonly targets?: readonly Target[];
  /** Files and folders whose findings are wanted, as on the command line; default: the whole tree. */
  readonly lint?: readonly string[];
  /** The case is about code that is not understood. */
  readonly notUnderstood?: true;
}

export type ValidCase = CaseBase;

export interface InvalidCase extends CaseBase {
  readonly errors: readonly ExpectedError[];
}

export interface Cases {
  readonly valid: readonly ValidCase[];
  readonly invalid: readonly InvalidCase[];
}

export interface RuleTesterOptions {
  /** The libc whose conventions the trees follow, by name or as data. */
  readonly libc: string | Libc;
  /** Default: i386 and x86_64. */
  readonly targets?: readonly Target[];
  /** Default: `fixtures` below the current folder. */
  readonly fixtures?: string;
}

/** One check, ready for a test framework. `run` rejects with every fault it finds, in words. */
export interface PlannedTest {
  readonly group: 'the cases' | 'valid' | 'invalid';
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** What Jest, Vitest and node:test have in common. */
interface Framework {
  readonly describe: (name: string, body: () => void) => void;
  readonly test: (name: string, body: () => Promise<void>) => void;
}

export class RuleTester {
  constructor(private readonly options: RuleTesterOptions) {}

  /** Registers the tests with the framework whose `describe` and `test` are global. */
  run(rule: Rule, cases: Cases): void {
    const { describe, test } = globalThis as unknown as Framework;
    const planned = this.plan(rule, cases);
    describe(rule.id, () => {
      for (const group of ['the cases', 'valid', 'invalid'] as const) {
        describe(group, () => {
          for (const one of planned.filter((p) => p.group === group)) test(one.name, one.run);
        });
      }
    });
  }

  /** The tests without a framework. */
  plan(rule: Rule, cases: Cases): readonly PlannedTest[] {
    return [
      { group: 'the cases', name: 'are complete', run: () => refuse(this.faultsOfSet(rule, cases)) },
      ...cases.valid.map((one): PlannedTest => ({ group: 'valid', name: one.name, run: () => this.valid(rule, one) })),
      ...cases.invalid.map((one): PlannedTest => ({
        group: 'invalid',
        name: one.name,
        run: () => this.invalid(rule, one),
      })),
    ];
  }

  private faultsOfSet(rule: Rule, { valid, invalid }: Cases): string[] {
    const faults: string[] = [];
    if (valid.length === 0) faults.push('there is no valid case');
    for (const messageId of Object.keys(rule.meta.messages)) {
      // The faults of a case's own errors are told where the case stands.
      const covers = (errors: InvalidCase['errors'] | number | undefined): boolean =>
        typeof errors === 'object' && errors.some((e) => e.messageId === messageId);
      if (!invalid.some((c) => covers(c.errors))) faults.push(`no invalid case expects the message '${messageId}'`);
    }
    const names = new Map<string, string>();
    const contents = new Map<string, string>();
    for (const one of [...valid, ...invalid]) {
      if (one.name.trim() === '') faults.push('a case has no name');
      if (names.has(one.name)) faults.push(`two cases are named '${one.name}'`);
      names.set(one.name, one.name);
      const content = this.contentOf(one);
      const same = contents.get(content);
      if (same !== undefined) faults.push(`'${one.name}' is the same as '${same}'`);
      contents.set(content, one.name);
    }
    return faults;
  }

  /** What makes a case different from another one: a run's whole input. */
  private contentOf(one: CaseBase): string {
    const files = Object.entries(one.files ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    const libc = this.libcOf(one);
    return JSON.stringify([files, one.fixture, one.lint, libc?.name, one.targets ?? this.options.targets]);
  }

  private libcOf(one: CaseBase): Libc | undefined {
    const libc = one.libc ?? this.options.libc;
    return typeof libc === 'string' ? [...libcs, generic].find((l) => l.name === libc) : libc;
  }

  private async valid(rule: Rule, one: ValidCase): Promise<void> {
    const { linted, faults } = await this.lint(rule, one);
    const findings = linted?.result.findings ?? [];
    await refuse([...faults, ...findings.map((f) => `unexpected finding ${describeFinding(f)}`)]);
  }

  private async invalid(rule: Rule, one: InvalidCase): Promise<void> {
    const careless = carelessErrors(rule, one);
    if (careless.length > 0) return refuse(careless);
    const { linted, faults, onlyFile } = await this.lint(rule, one);
    await refuse([...faults, ...matchAll(rule, one.errors, linted?.result.findings ?? [], onlyFile)]);
  }

  /** Lints a case's tree with this rule alone and says what makes the case worthless. */
  private async lint(
    rule: Rule,
    one: CaseBase,
  ): Promise<{ linted: LintedTree | undefined; faults: readonly string[]; onlyFile: string | undefined }> {
    const libc = this.libcOf(one);
    const faults: string[] = [];
    if (libc === undefined) faults.push(`there is no libc '${nameOf(one.libc ?? this.options.libc)}'`);
    if ((one.files === undefined) === (one.fixture === undefined)) faults.push('a case has either files or a fixture');
    if (one.files !== undefined && Object.keys(one.files).length === 0) faults.push('the case has no file');
    for (const path of Object.keys(one.files ?? {}))
      if (isAbsolute(path) || normalize(path).startsWith('..')) faults.push(`'${path}' leaves the tree`);
    const fixture = one.fixture === undefined ? undefined : join(this.options.fixtures ?? 'fixtures', one.fixture);
    if (fixture !== undefined && one.files === undefined && !existsSync(fixture))
      faults.push(`there is no fixture '${one.fixture ?? ''}'`);
    if (libc === undefined || faults.length > 0) return { linted: undefined, faults, onlyFile: undefined };

    const root = realpathSync(mkdtempSync(join(tmpdir(), 'cancelint-rule-')));
    try {
      if (fixture !== undefined) cpSync(fixture, root, { recursive: true });
      for (const [path, text] of Object.entries(one.files ?? {})) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
      const linted = await lintTree({
        cwd: root,
        root,
        paths: one.lint ?? [],
        targets: one.targets ?? this.options.targets ?? 'usual',
        libc,
        libcs,
        fallback: generic,
        rules: [rule],
        severities: new Map([[rule.id, rule.meta.severity]]),
        inlineConfig: false,
        concurrency: 'off',
      });
      return {
        linted,
        faults: worthless(rule, linted, one),
        onlyFile: linted.result.stats.files === 1 ? Object.keys(one.files ?? {})[0] : undefined,
      };
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  }
}

/** Why what a run says about a case proves nothing. */
function worthless(rule: Rule, { project, result, faults }: LintedTree, one: CaseBase): string[] {
  const out = faults.map(({ error }) => `the rule failed: ${error instanceof Error ? error.message : String(error)}`);
  const known = new Set(rule.meta.properties);
  for (const property of new Set(result.findings.flatMap((f) => f.properties)))
    if (!known.has(property)) out.push(`the rule reports ${property}, which its meta does not list`);
  const functions = project?.functions.filter((f) => project.isLinted(f.extent.file)) ?? [];
  // A finding may stand in a header without a function.
  if (functions.length === 0 && result.findings.length === 0)
    out.push('nothing in the linted files concerns cancellation, so the rule looks at nothing');
  const lacking = [
    ...(project?.functions ?? [])
      .filter((f) => f.notUnderstood > 0)
      .map((f) => `${where(f.nameAt)}: ${f.notUnderstood} statement(s) of '${f.name}' were not understood`),
    ...(project?.problems ?? []).map((p) => `${where(p.at)}: ${p.message}`),
  ];
  if (one.notUnderstood !== true) out.push(...new Set(lacking));
  else if (lacking.length === 0) out.push('the case says that it is not understood in full, but it is');
  return out;
}

/** What an invalid case leaves open, told before anything runs. */
function carelessErrors(rule: Rule, one: InvalidCase): string[] {
  // Tests may be written in JavaScript.
  const errors: unknown = one.errors;
  if (!Array.isArray(errors)) return ['errors must be a list of what is expected, not a count'];
  if (errors.length === 0) return ['errors is empty: then the case is a valid one'];
  const fileCount = one.files === undefined ? undefined : Object.keys(one.files).length;
  return errors.flatMap((error: unknown, i) =>
    expectationFaults(error, rule.meta.messages, fileCount).map((fault) => `errors[${i}]: ${fault}`),
  );
}

/** Compares in the order in which findings are printed. */
function matchAll(
  rule: Rule,
  errors: readonly ExpectedError[],
  findings: readonly Finding[],
  onlyFile: string | undefined,
): string[] {
  const out: string[] = [];
  if (errors.length !== findings.length) {
    out.push(`${errors.length} finding(s) were expected and there are ${findings.length}:`);
    out.push(...findings.map((f) => `  ${describeFinding(f)}`));
    return out;
  }
  errors.forEach((error, i) => {
    const finding = findings[i];
    if (!finding) return;
    const differ = (what: string, expected: unknown, actual: unknown): void => {
      const [e, a] = [JSON.stringify(expected), JSON.stringify(actual)];
      if (e !== a) out.push(`errors[${i}]: the ${what} is ${a} and not ${e}`);
    };
    differ('message id', error.messageId, finding.messageId);
    if (error.messageId === finding.messageId) {
      const template = rule.meta.messages[error.messageId] ?? '';
      differ('message', error.message ?? fill(template, error.data), finding.message);
    }
    for (const fault of placeFaults(error, finding.at, onlyFile)) out.push(`errors[${i}]: ${fault}`);
    if (error.function !== undefined) differ('function', error.function, finding.function);
    if (error.targets !== undefined) differ('list of targets', error.targets, finding.targets);
    if (error.properties !== undefined) differ('list of properties', error.properties, finding.properties);
    for (const list of ['flow', 'related'] as const) {
      const expected = error[list];
      if (expected === undefined) continue;
      const actual = finding[list];
      differ(`length of ${list}`, expected.length, actual.length);
      expected.forEach((step, s) => {
        const found = actual[s];
        if (!found) return;
        if (!found.message.includes(step.message))
          out.push(`errors[${i}].${list}[${s}]: the message '${found.message}' does not hold '${step.message}'`);
        for (const fault of placeFaults(step, found.at, onlyFile)) out.push(`errors[${i}].${list}[${s}]: ${fault}`);
      });
    }
  });
  return out;
}

function placeFaults(expected: Place, actual: Region, onlyFile: string | undefined): string[] {
  const out: string[] = [];
  const file = expected.file ?? onlyFile;
  if (file !== undefined && file !== actual.file) out.push(`the file is ${actual.file} and not ${file}`);
  for (const part of ['line', 'column', 'endLine', 'endColumn'] as const) {
    const wanted = expected[part];
    if (wanted !== undefined && wanted !== actual[part]) out.push(`the ${part} is ${actual[part]} and not ${wanted}`);
  }
  return out;
}

function describeFinding(f: Finding): string {
  const span = `${where(f.at)}-${f.at.endLine}:${f.at.endColumn}`;
  return `${f.messageId} at ${span} in '${f.function ?? ''}' (${f.targets.join(', ')}): ${f.message}`;
}

const nameOf = (libc: string | Libc): string => (typeof libc === 'string' ? libc : libc.name);

const where = (at: Region): string => `${at.file}:${at.line}:${at.column}`;

/** Rejects with all faults at once, so that a test is mended in one go. */
function refuse(faults: readonly string[]): Promise<void> {
  return faults.length === 0 ? Promise.resolve() : Promise.reject(new Error(faults.join('\n')));
}
