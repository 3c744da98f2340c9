import { findComments } from '../../src/linter/comments.js';

function comments(text: string, language: 'c' | 'assembly' = 'c') {
  return findComments('f', text, language).map(
    ({ text: inner, at }) => `${at.line}:${at.column}-${at.endLine}:${at.endColumn} ${JSON.stringify(inner)}`,
  );
}

describe('comments in C', () => {
  it.each([
    ['// a\n/* b */x', ['1:1-1:5 " a"', '2:1-2:8 " b "']],
    ['/* a\nb */ // c', ['1:1-2:5 " a\\nb "', '2:6-2:10 " c"']],
    ['"// a" /* b */', ['1:8-1:15 " b "']],
    ['"\\"// a" // b', ['1:10-1:14 " b"']],
    ["'\"' // a", ['1:5-1:9 " a"']],
    ["'\\'' // a", ['1:6-1:10 " a"']],
    ['"a\\\n// b" // c', ['2:7-2:11 " c"']],
    ["#error don't\n// a", ['2:1-2:5 " a"']],
    ['// a\\\nb\nc // d', ['1:1-2:2 " a\\\\\\nb"', '3:3-3:7 " d"']],
    ['// a\\\r\nb', ['1:1-2:2 " a\\\\\\r\\nb"']],
    ['// a\r\n// b\r\n', ['1:1-1:5 " a"', '2:1-2:5 " b"']],
    ['/* open', ['1:1-1:8 " open"']],
    ['/', []],
    ['a / b # c', []],
    ['/*/ a */', ['1:1-1:9 "/ a "']],
    ['𝒳 // a', ['1:4-1:8 " a"']],
  ])('%j', (text, expected) => {
    expect(comments(text)).toEqual(expected);
  });
});

describe('comments in assembly', () => {
  it.each([
    ['mov $1, %eax # a', ['1:14-1:17 " a"']],
    ['int $0x80 // a', ['1:11-1:15 " a"']],
    ['/* a */ nop # b', ['1:1-1:8 " a "', '1:13-1:16 " b"']],
    ['.ascii "# a" # b', ['1:14-1:17 " b"']],
    ["mov $'#, %al # a", ['1:14-1:17 " a"']],
    ["mov $'\"', %al # a", ['1:15-1:18 " a"']],
    ["mov $'\\\\, %al # a", ['1:15-1:18 " a"']],
    ['#define A /* b */ 1\n#a', ['1:11-1:18 " b "', '2:1-2:3 "a"']],
    ['  # include <x> // a', ['1:17-1:21 " a"']],
    ['# a \\\nnop', ['1:1-1:6 " a \\\\"']],
    ["'", []],
  ])('%j', (text, expected) => {
    expect(comments(text, 'assembly')).toEqual(expected);
  });
});

it('steps over a long line without comments at once', () => {
  expect(findComments('f', `${'x"y"/'.repeat(1_000_000)}// a`, 'c')).toHaveLength(1);
});
