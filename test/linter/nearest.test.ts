import { didYouMean, nearest } from '../../src/linter/nearest.js';

const known = ['stylish', 'json', 'sarif', 'window-lost-result', 'window-lost-request'];

describe('nearest', () => {
  it.each([
    ['sarf', 'sarif'],
    ['SARIF', 'sarif'],
    ['jsno', 'json'],
    ['styilsh', 'stylish'],
    ['window-lost-resutl', 'window-lost-result'],
    ['xml', undefined],
    ['something-else', undefined],
    ['', undefined],
  ])('%j is meant to be %j', (name, expected) => {
    expect(nearest(name, known)).toBe(expected);
  });

  it('ends a message', () => {
    expect(didYouMean('sarf', known)).toBe('; did you mean "sarif"?');
    expect(didYouMean('something-else', known)).toBe('');
  });
});
