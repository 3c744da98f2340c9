import { visible, visibleJson } from '../../src/formatters/visible.js';

describe('visible', () => {
  it.each([
    ['plain text é → 𝒳', 'plain text é → 𝒳'],
    ['\n\r\t', '\\n\\r\\t'],
    ['\u0000\u001b\u007f', '\\x00\\x1b\\x7f'],
    ['\u0085\u009b', '\\x85\\x9b'],
    ['\u202a\u202e\u2066\u2069\u200e\u200f\u061c', '\\u202a\\u202e\\u2066\\u2069\\u200e\\u200f\\u061c'],
    ['\u200b\ufeff\u2028', '\\u200b\\ufeff\\u2028'],
    ['\udcff\ud800', '\\xff\\ud800'],
  ])('%j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('leaves the meaning of JSON as it is', () => {
    const value = { 'a\u0085': ['\u202e', '"\\', '\u007f\ufeff', '\udcff'] };
    const json = visibleJson(JSON.stringify(value));
    expect(JSON.parse(json)).toEqual(value);
    expect(json).toMatch(/^[ -~]*$/);
  });
});
