import { endOfLogicalLine, lex, type Dialect } from '../../src/cpp/lexer.js';

/** Kind and text of each token: `id foo`, `num 1`, `str "a"`, `chr 'a'`, `op +`, `hash #`, `nl`. */
function show(text: string, dialect: Dialect = 'c'): string[] {
  const short = { identifier: 'id', number: 'num', string: 'str', char: 'chr', punctuator: 'op', hash: 'hash' };
  return lex(text, dialect).map((t) => (t.kind === 'newline' ? 'nl' : `${short[t.kind]} ${t.text}`));
}

describe('lex', () => {
  test.each<[string, string[]]>([
    ['', []],
    ['a', ['id a']],
    ['_a9 $b a$b', ['id _a9', 'id $b', 'id a$b']],
    ['naïve 𝛼x', ['id naïve', 'id 𝛼x']],
    ['1 0x1F 1.5e-3 .5 1u 0x1p+3', ['num 1', 'num 0x1F', 'num 1.5e-3', 'num .5', 'num 1u', 'num 0x1p+3']],
    ['1+2', ['num 1', 'op +', 'num 2']],
    ['0xe+1', ['num 0xe+1']],
    ['a...b', ['id a', 'op ...', 'id b']],
    ['a<<=b>>=c', ['id a', 'op <<=', 'id b', 'op >>=', 'id c']],
    ['a->b++ --c', ['id a', 'op ->', 'id b', 'op ++', 'op --', 'id c']],
    ['a&&b||c##d', ['id a', 'op &&', 'id b', 'op ||', 'id c', 'op ##', 'id d']],
    ['a+++b', ['id a', 'op ++', 'op +', 'id b']],
    ['x==y!=z<=w>=v', ['id x', 'op ==', 'id y', 'op !=', 'id z', 'op <=', 'id w', 'op >=', 'id v']],
    ['L"a"', ['id L', 'str "a"']],
    ["\"a\\\"b\" '\\'' 'ab'", ['str "a\\"b"', "chr '\\''", "chr 'ab'"]],
  ])('splits %j', (text, expected) => {
    expect(show(text)).toEqual(expected);
  });

  test('takes a # that begins a line for a directive, and no other', () => {
    expect(show('#a\n  # b\nc # d\n/* x */ #e')).toEqual([
      'hash #',
      'id a',
      'nl',
      'hash #',
      'id b',
      'nl',
      'id c',
      'op #',
      'id d',
      'nl',
      'hash #',
      'id e',
    ]);
  });

  test('joins continued lines with either line end', () => {
    expect(show('a \\\n b \\\r\n c\nd')).toEqual(['id a', 'id b', 'id c', 'nl', 'id d']);
  });

  test('turns comments into blanks, continued line comments included', () => {
    const tokens = lex('a/* x\n y */b // z \\\n still\nc', 'c');
    expect(tokens.map((t) => [t.text, t.spaced])).toEqual([
      ['a', true],
      ['b', true],
      ['\n', true],
      ['c', false],
    ]);
  });

  test('keeps places in the file', () => {
    const text = 'x = "a b";';
    expect(lex(text, 'c').map((t) => [t.start, t.end])).toEqual([
      [0, 1],
      [2, 3],
      [4, 9],
      [9, 10],
    ]);
    expect(lex(text, 'c', 4, 9).map((t) => [t.text, t.start, t.end])).toEqual([['"a b"', 4, 9]]);
  });

  test('continues a string over a continued line, with either line end', () => {
    expect(show('"a\\\nb" c')).toEqual(['str "a\\\nb"', 'id c']);
    expect(show('"a\\\r\nb" c')).toEqual(['str "a\\\r\nb"', 'id c']);
  });

  test.each<[string, string[]]>([
    ['"abc', ['str "abc']],
    ['"abc\nd', ['str "abc', 'nl', 'id d']],
    ["'a\nb", ["chr 'a", 'nl', 'id b']],
    ['a /* b', ['id a']],
    ['a /', ['id a', 'op /']],
    ['"\\', ['str "\\']],
    ['a \\', ['id a', 'op \\']],
  ])('ends what is not terminated, %j, at its line or the text', (text, expected) => {
    expect(show(text)).toEqual(expected);
  });

  test('reads assembly: $ is no letter, apostrophes stand in prose, numbers end before a point', () => {
    expect(show('mov $x, %eax', 'asm')).toEqual(['id mov', 'op $', 'id x', 'op ,', 'op %', 'id eax']);
    expect(show("# don't and can't", 'asm').slice(0, 6)).toEqual([
      'hash #',
      'id don',
      "op '",
      'id t',
      'id and',
      'id can',
    ]);
    expect(show(".byte 'a', '\\n'", 'asm')).toEqual(['op .', 'id byte', "chr 'a'", 'op ,', "chr '\\n'"]);
    expect(show("cmp $'a, %al", 'asm')).toEqual(['id cmp', 'op $', "op '", 'id a', 'op ,', 'op %', 'id al']);
    expect(show('jmp 1f', 'asm')).toEqual(['id jmp', 'num 1f']);
    expect(show('1.5', 'asm')).toEqual(['num 1', 'num .5']);
    expect(show('0xe+1', 'asm')).toEqual(['num 0xe', 'op +', 'num 1']);
  });
});

describe('endOfLogicalLine', () => {
  test.each<[string, number, number]>([
    ['ab\ncd', 0, 2],
    ['ab\ncd', 3, 5],
    ['a\\\nb\nc', 0, 4],
    ['a\\\r\nb\nc', 0, 5],
    ['\n', 0, 0],
    ['', 0, 0],
    ['a\\', 0, 2],
  ])('of %j from %i is %i', (text, at, end) => {
    expect(endOfLogicalLine(text, at, text.length)).toBe(end);
  });
});
