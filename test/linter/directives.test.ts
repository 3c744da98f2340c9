import { findDirectives } from '../../src/linter/directives.js';

function directives(text: string, language: 'c' | 'assembly' = 'c') {
  return findDirectives('f', text, language).map(({ kind, rules, justification, at }) => [
    at.line,
    kind,
    rules.join(' '),
    justification,
  ]);
}

describe('directives', () => {
  it.each([
    ['// cancelint-disable-line', [[1, 'disable-line', '', '']]],
    [
      '/* cancelint-disable-next-line a-b, c -- because -- of it */',
      [[1, 'disable-next-line', 'a-b c', 'because -- of it']],
    ],
    ['/*cancelint-disable a--b*/', [[1, 'disable', 'a--b', '']]],
    ['/* cancelint-disable -- all */', [[1, 'disable', '', 'all']]],
    ['/**\n * cancelint-disable a,\n *   b\n * -- two\n * lines\n */', [[1, 'disable', 'a b', 'two lines']]],
    [
      '/* cancelint-enable */ // cancelint-enable x',
      [
        [1, 'enable', '', ''],
        [1, 'enable', 'x', ''],
      ],
    ],
    ['// cancelint-disabel x', [[1, 'disabel', 'x', '']]],
    ['// see cancelint-disable', []],
    ['// cancelint: disable', []],
    ['// cancelint-disable: x', []],
    ['"// cancelint-disable"', []],
    ['int cancelint-disable;', []],
  ])('in C: %j', (text, expected) => {
    expect(directives(text)).toEqual(expected);
  });

  it.each([
    ['nop # cancelint-disable-line a -- b', [[1, 'disable-line', 'a', 'b']]],
    ['## cancelint-disable a', [[1, 'disable', 'a', '']]],
    [
      '/* cancelint-disable a */\n// cancelint-enable a',
      [
        [1, 'disable', 'a', ''],
        [2, 'enable', 'a', ''],
      ],
    ],
    ['.ascii "# cancelint-disable"', []],
  ])('in assembly: %j', (text, expected) => {
    expect(directives(text, 'assembly')).toEqual(expected);
  });
});
