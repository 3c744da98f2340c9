// The tester accepts a careful test and refuses each careless one, with words that say what is missing.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineRule } from '../../src/rules/define-rule.js';
import { operations } from '../../src/ir/analysis/reach.js';
import { RuleTester } from '../../src/testing/rule-tester.js';
import type { Cases, InvalidCase, RuleTesterOptions, ValidCase } from '../../src/testing/rule-tester.js';

/** Reports every test for a request. */
const rule = defineRule<'found'>({
  id: 'every-test',
  meta: {
    category: 'flag',
    description: 'Every test',
    explanation: 'For the tests of the tester.',
    messages: { found: "'{how}' tests" },
    severity: 'warn',
    presets: ['all'],
    precision: 'low',
    properties: ['W1'],
    references: [],
  },
  run({ project, report }) {
    for (const f of project.functions) {
      for (const { op } of operations(f)) {
        if (op.op !== 'test-cancel') continue;
        const { at } = op.origin;
        report({
          messageId: 'found',
          data: { how: op.how },
          at,
          in: f,
          properties: ['W1'],
          flow: [{ at, message: 'the flag is read' }],
          related: [{ at: f.nameAt, message: `'${f.name}' is here` }],
        });
      }
    }
  },
});

const TESTS = 'void f(void)\n{\n\tpthread_testcancel();\n}\n';
const DISABLES = 'void f(void)\n{\n\tint cs;\n\tpthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);\n}\n';

const error = { messageId: 'found', data: { how: 'pthread_testcancel' }, line: 3, column: 2 } as const;
const valid: ValidCase = { name: 'no test', files: { 'f.c': DISABLES } };
const invalid: InvalidCase = { name: 'a test', files: { 'f.c': TESTS }, errors: [error] };

/** The faults of all planned tests, joined; empty when every one passes. */
async function faults(cases: Partial<Cases>, options: Partial<RuleTesterOptions> = {}): Promise<string> {
  const tester = new RuleTester({ libc: 'musl', ...options });
  const planned = tester.plan(rule, { valid: [valid], invalid: [invalid], ...cases });
  const out: string[] = [];
  for (const one of planned) await one.run().catch((e: unknown) => out.push((e as Error).message));
  return out.join('\n');
}

/** An invalid case besides the good one, so that only what it changes can be wrong. */
const withErrors = (errors: unknown, more: Partial<InvalidCase> = {}) =>
  faults({
    invalid: [invalid, { name: 'another', files: { 'g.c': TESTS }, ...more, errors } as unknown as InvalidCase],
  });

test('a careful test passes', async () => {
  expect(await faults({})).toBe('');
});

test('everything that a finding holds can be expected', async () => {
  const all = {
    ...error,
    file: 'g.c',
    endLine: 3,
    endColumn: 22,
    function: 'f',
    targets: ['i386', 'x86_64'],
    properties: ['W1'],
    flow: [{ message: 'flag is read', line: 3 }],
    related: [{ message: "'f'", line: 1, column: 6 }],
  };
  expect(await withErrors([all])).toBe('');
  expect(await withErrors([{ ...all, data: undefined, message: "'pthread_testcancel' tests" }])).toBe('');
});

test.each([
  [{ line: 4 }, 'the line is 3 and not 4'],
  [{ column: 1 }, 'the column is 2 and not 1'],
  [{ endLine: 9 }, 'the endLine is 3 and not 9'],
  [{ endColumn: 9 }, 'the endColumn is 22 and not 9'],
  [{ file: 'f.c' }, 'the file is g.c and not f.c'],
  [{ data: { how: 'another' } }, `the message is "'pthread_testcancel' tests" and not "'another' tests"`],
  [{ function: 'g' }, 'the function is "f" and not "g"'],
  [{ targets: ['i386'] }, 'the list of targets is ["i386","x86_64"] and not ["i386"]'],
  [{ properties: [] }, 'the list of properties is ["W1"] and not []'],
  [{ flow: [] }, 'the length of flow is 1 and not 0'],
  [{ flow: [{ message: 'is set' }] }, "the message 'the flag is read' does not hold 'is set'"],
  [{ flow: [{ message: 'is read', line: 1 }] }, 'errors[0].flow[0]: the line is 3 and not 1'],
  [{ related: [{ message: 'here', column: 1 }] }, 'errors[0].related[0]: the column is 6 and not 1'],
])('a finding that differs by %j fails', async (changed, fault) => {
  expect(await withErrors([{ ...error, ...changed }])).toContain(fault);
});

test('a finding too few or too many fails and is shown', async () => {
  expect(await withErrors([error, error])).toMatch(
    /^2 finding\(s\) were expected and there are 1:\n {2}found at g\.c:3:2/,
  );
  expect(await faults({ valid: [{ name: 'a test that is called valid', files: { 'h.c': TESTS } }] })).toMatch(
    /^unexpected finding found at h\.c:3:2-3:22 in 'f'/,
  );
});

test.each<[string, unknown, string]>([
  ['a count', 1, 'errors must be a list of what is expected, not a count'],
  ['nothing', undefined, 'errors must be a list'],
  ['empty', [], 'errors is empty'],
  ['no object', ['found'], 'errors[0]: it is no object'],
  ['without a message id', [{ line: 3, column: 2 }], 'there is no message without a name; the rule has found'],
  ['an unknown message id', [{ ...error, messageId: 'missed' }], "there is no message 'missed'; the rule has found"],
  ['without a line', [{ ...error, line: undefined }], 'it does not say the line'],
  ['without a column', [{ ...error, column: undefined }], 'it does not say the column'],
  ['without words', [{ ...error, data: undefined }], 'it does not say what {how} is'],
  ['words of another message', [{ ...error, data: { how: 'x', who: 'y' } }], 'the message has no {who}'],
  ['words twice', [{ ...error, message: 'x' }], 'it says the message twice'],
  ['a misspelt key', [{ ...error, endline: 3 }], "'endline' is nothing that can be expected"],
])('errors are refused: %s', async (_, errors, fault) => {
  expect(await withErrors(errors)).toContain(fault);
});

test('a tree of two files needs the file of an error', async () => {
  const files = { 'g.c': TESTS, 'h.c': DISABLES };
  expect(await withErrors([error], { files })).toBe('errors[0]: it does not say the file');
  expect(await withErrors([{ ...error, file: 'g.c' }], { files })).toBe('');
});

test('a rule without a valid case, or with a message that none expects, is refused', async () => {
  expect(await faults({ valid: [] })).toBe('there is no valid case');
  expect(await faults({ invalid: [] })).toBe("no invalid case expects the message 'found'");
});

test('the same case twice is refused, by its name and by its content', async () => {
  const other = DISABLES.replace('f(', 'other(');
  expect(await faults({ valid: [valid, { ...valid, files: { 'f.c': other } }] })).toBe("two cases are named 'no test'");
  expect(await faults({ valid: [valid, { ...valid, name: 'again' }] })).toBe("'again' is the same as 'no test'");
  expect(await faults({ valid: [valid, { ...valid, name: 'on x32', targets: ['x32'] }] })).toBe('');
  expect(await faults({ valid: [valid, { ...valid, name: ' ', targets: ['x32'] }] })).toBe('a case has no name');
});

test('code that is not understood in full is refused, unless the case says so', async () => {
  const files = { 'f.c': DISABLES.replace('int cs;', 'int cs; @;') };
  expect(await faults({ valid: [{ name: 'odd', files }] })).toMatch(/^f\.c:.* not understood/);
  expect(await faults({ valid: [{ name: 'odd', files, notUnderstood: true }] })).toBe('');
  expect(await faults({ valid: [{ ...valid, notUnderstood: true }] })).toBe(
    'the case says that it is not understood in full, but it is',
  );
});

test('assembly that is not understood is refused', async () => {
  const files = { 'src/thread/i386/syscall_cp.s': '.globl f\nf:\n__cp_begin:\n\tfrobnicate %eax\n\tret\n' };
  expect(await faults({ valid: [{ name: 'odd', files }] })).toContain('not understood');
});

test('a case that gives the rule nothing to look at is refused', async () => {
  const nothing = 'nothing in the linted files concerns cancellation, so the rule looks at nothing';
  expect(await faults({ valid: [{ name: 'plain', files: { 'f.c': 'int f(void) { return 1; }\n' } }] })).toBe(nothing);
  const files = { 'f.c': DISABLES, 'g.c': 'int g(void) { return 1; }\n' };
  expect(await faults({ valid: [{ name: 'plain', files, lint: ['g.c'] }] })).toBe(nothing);
});

test('a rule that throws fails the case', async () => {
  const failing = { ...rule, run: () => JSON.parse('') as undefined };
  const planned = new RuleTester({ libc: 'musl' }).plan(failing, { valid: [valid], invalid: [invalid] });
  await expect(planned[1]!.run()).rejects.toThrow(/^the rule failed: /);
});

test('a property that the rule does not list fails the case', async () => {
  const unlisted = { ...rule, meta: { ...rule.meta, properties: ['W2'] } };
  const planned = new RuleTester({ libc: 'musl' }).plan(unlisted, { valid: [valid], invalid: [invalid] });
  await expect(planned[2]!.run()).rejects.toThrow('the rule reports W1, which its meta does not list');
});

test.each<[string, ValidCase, string]>([
  ['an unknown libc', { ...valid, libc: 'muls' }, "there is no libc 'muls'"],
  ['neither files nor a fixture', { name: 'x' }, 'a case has either files or a fixture'],
  ['both', { ...valid, fixture: 'x' }, 'a case has either files or a fixture'],
  ['no file', { name: 'x', files: {} }, 'the case has no file'],
  ['a path that leads out', { name: 'x', files: { '../x.c': DISABLES } }, "'../x.c' leaves the tree"],
  ['an absolute path', { name: 'x', files: { '/x.c': DISABLES } }, "'/x.c' leaves the tree"],
  ['a fixture that is not there', { name: 'x', fixture: 'no/such' }, "there is no fixture 'no/such'"],
])('a case is refused: %s', async (_, one, fault) => {
  expect(await faults({ valid: [one] })).toBe(fault);
});

test('a case can be a folder of the fixtures', async () => {
  const fixtures = mkdtempSync(join(tmpdir(), 'cancelint-fixtures-'));
  try {
    mkdirSync(join(fixtures, 'rules/x'), { recursive: true });
    writeFileSync(join(fixtures, 'rules/x/f.c'), TESTS);
    const one = { name: 'folder', fixture: 'rules/x', errors: [{ ...error, file: 'f.c' }] };
    expect(await faults({ invalid: [one] }, { fixtures })).toBe('');
    expect(await faults({ invalid: [{ ...one, errors: [error] }] }, { fixtures })).toBe(
      'errors[0]: it does not say the file',
    );
  } finally {
    rmSync(fixtures, { recursive: true });
  }
});

test('run registers a test for each case, and one for all of them', () => {
  const registered: string[] = [];
  const own = globalThis as unknown as Record<'describe' | 'test', unknown>;
  const { describe: describeOfJest, test: testOfJest } = own;
  own.describe = (name: string, body: () => void) => {
    registered.push(`${name} {`);
    body();
    registered.push('}');
  };
  own.test = (name: string) => registered.push(name);
  try {
    new RuleTester({ libc: 'musl' }).run(rule, { valid: [valid], invalid: [invalid] });
  } finally {
    own.describe = describeOfJest;
    own.test = testOfJest;
  }
  expect(registered.join(' ')).toBe('every-test { the cases { are complete } valid { no test } invalid { a test } }');
});
