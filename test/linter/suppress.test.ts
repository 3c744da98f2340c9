import { findDirectives } from '../../src/linter/directives.js';
import type { Finding } from '../../src/linter/finding.js';
import type { RuleSetting } from '../../src/linter/severities.js';
import type { SuppressOptions } from '../../src/linter/suppress.js';
import { suppress } from '../../src/linter/suppress.js';
import { finding, region } from '../formatters/sample.js';

const severities = new Map<string, RuleSetting>([
  ['one', 'error'],
  ['two', 'warn'],
  ['three', 'off'],
  ['unused-directive', 'warn'],
]);
const usual: SuppressOptions = { severities, failed: new Set(), reportUnused: true };

/** Findings are given as `rule line`; what comes back is `rule line` of those that stand, `(rule line)` of the silenced. */
function applied(text: string, findings: readonly string[], options: Partial<SuppressOptions> = {}): readonly string[] {
  const all = findings.map((one): Finding => {
    const [ruleId = '', line = ''] = one.split(' ');
    return finding({ ruleId, at: region('f', Number(line), 5) });
  });
  return suppress(all, findDirectives('f', text, 'c'), { ...usual, ...options }).map((one) => {
    const shown = one.ruleId === 'unused-directive' ? one.message : `${one.ruleId} ${one.at.line}`;
    return one.suppressed === undefined ? shown : `(${shown})`;
  });
}

describe('directives silence', () => {
  it.each([
    [
      'their own line',
      'x;\ny; // cancelint-disable-line one',
      ['one 1', 'one 2', 'two 2'],
      ['one 1', '(one 2)', 'two 2'],
    ],
    [
      'the next line',
      '// cancelint-disable-next-line\nx;\ny;',
      ['one 1', 'one 2', 'two 2', 'one 3'],
      ['one 1', '(one 2)', '(two 2)', 'one 3'],
    ],
    [
      'the line after a long comment',
      '/* cancelint-disable-next-line\none */\nx;',
      ['one 2', 'one 3'],
      ['one 2', '(one 3)'],
    ],
    ['from there on', 'x;\n// cancelint-disable one\ny;', ['one 1', 'one 3', 'two 3'], ['one 1', '(one 3)', 'two 3']],
    [
      'up to where they are enabled',
      '// cancelint-disable one, two\na;\n// cancelint-enable one\nb;\n// cancelint-enable\nc;',
      ['one 2', 'two 2', 'one 4', 'two 4', 'one 6', 'two 6'],
      ['(one 2)', '(two 2)', 'one 4', '(two 4)', 'one 6', 'two 6'],
    ],
    [
      'all but what is enabled again',
      '// cancelint-disable\n// cancelint-enable one\nx;',
      ['one 3', 'two 3'],
      ['one 3', '(two 3)'],
    ],
  ])('%s', (_, text, findings, expected) => {
    expect(applied(text, findings)).toEqual(expected);
  });

  it('with the reason that they give', () => {
    const [one] = suppress(
      [finding({ ruleId: 'one', at: region('f', 1, 1) })],
      findDirectives('f', '// cancelint-disable-line one -- it holds', 'c'),
      usual,
    );
    expect(one?.suppressed).toEqual({ kind: 'inSource', justification: 'it holds' });
  });
});

describe('directives are reported', () => {
  it.each([
    ['that silence nothing', '// cancelint-disable-line', ['The directive silences no finding']],
    [
      'for each rule',
      '// cancelint-disable one, two',
      ['The directive silences no finding of "one"', 'The directive silences no finding of "two"'],
    ],
    ['that name no rule', '// cancelint-disable-line tow', ['There is no rule "tow"; the nearest name is "two"']],
    [
      'that name nothing like a rule',
      '// cancelint-disable-line completely-different',
      ['There is no rule "completely-different"'],
    ],
    ['that enable what is not disabled', '// cancelint-enable one', ['The directive silences no finding of "one"']],
    [
      'with a wrong word',
      '// cancelint-disable-nextline one',
      ['There is no directive "cancelint-disable-nextline"; the nearest name is "disable-next-line"'],
    ],
  ])('%s', (_, text, expected) => {
    expect(applied(text, [])).toEqual(expected);
  });

  it('not for a rule that is off or failed, nor when a target is missing', () => {
    expect(applied('// cancelint-disable-line three', [])).toEqual([]);
    expect(applied('// cancelint-disable-line one', [], { failed: new Set(['one']) })).toEqual([]);
    expect(applied('// cancelint-disable-line', [], { failed: new Set(['one']) })).toEqual([]);
    expect(applied('// cancelint-disable-line one', [], { reportUnused: false })).toEqual([]);
    expect(applied('// cancelint-disable-line tow', [], { reportUnused: false })).toHaveLength(1);
  });

  it('not when that is switched off', () => {
    const off = new Map([...severities, ['unused-directive', 'off' as const]]);
    expect(applied('// cancelint-disable-line one, tow', [], { severities: off })).toEqual([]);
  });
});
