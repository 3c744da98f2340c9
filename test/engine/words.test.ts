import { missingWords, WordScan } from '../../src/engine/words.js';

/** The words that were asked for, in order, by a scan that wants none. */
function asked(...texts: string[]): string[] {
  const words: string[] = [];
  const scan = new WordScan((word) => {
    words.push(word);
    return false;
  });
  for (const text of texts) expect(scan.holds(text)).toBe(false);
  return words;
}

describe('a scan for words', () => {
  test('asks for each word once a run', () => {
    expect(asked('abcd efgh abcd', 'efgh ijkl')).toEqual(['abcd', 'efgh', 'ijkl']);
  });

  test('takes letters, digits and underscores, but no word that begins with a digit', () => {
    // `9eee` is no word, and `eee` behind the digit is one that is too short.
    expect(asked('__a1 (b_2c)+dddd-9eee;ff_f\n\tGGGG')).toEqual(['__a1', 'b_2c', 'dddd', 'ff_f', 'GGGG']);
  });

  test('leaves out what is too short or too long for a name', () => {
    expect(asked(`abc abcd ${'x'.repeat(80)} ${'y'.repeat(81)}`)).toEqual(['abcd', 'x'.repeat(80)]);
  });

  test('stops at the first word that is wanted', () => {
    const words: string[] = [];
    const scan = new WordScan((word) => words.push(word) === 2);
    expect(scan.holds('aaaa bbbb cccc')).toBe(true);
    expect(scan.holds('dddd bbbb')).toBe(true);
    expect(words).toEqual(['aaaa', 'bbbb', 'dddd']);
  });

  test('finds words in comments and strings, and at both ends', () => {
    const scan = new WordScan((word) => word === 'wanted');
    expect(
      ['wanted', '/* wanted */', '"wanted"', 'x wanted', 'unwanted', 'wanted2', ''].map((t) => scan.holds(t)),
    ).toEqual([true, true, true, true, false, false, false]);
  });
});

test('a scan may ask for shorter words', () => {
  const words: string[] = [];
  const scan = new WordScan((word) => words.push(word) === 0, 2);
  expect(scan.holds('a bc def')).toBe(false);
  expect(words).toEqual(['bc', 'def']);
});

describe('missing words', () => {
  const texts = ['int open_it(void) { return close(it); }', '.Lcp_end:\n\tret $4\ncp.begin:'];

  test('are those that stand in no text as a whole word', () => {
    const words = ['open_it', 'open', 'close', 'clos', '.Lcp_end', 'Lcp_end', 'cp.begin', 'cp', 'end', '4'];
    expect(missingWords(words, texts)).toEqual(['open', 'clos', 'end', '4']);
  });

  test('are the same however many are asked for', () => {
    const others = Array.from({ length: 200 }, (_, i) => `other_${String(i)}`);
    const words = ['open_it', 'open', '.Lcp_end', 'cp.begin', 'cp.end', '4'];
    expect(missingWords([...words, ...others], texts)).toEqual(['open', 'cp.end', '4', ...others]);
    expect(missingWords([], texts)).toEqual([]);
  });
});
