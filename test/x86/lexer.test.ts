import { blankComments, endOfStatement } from '../../src/x86/lexer.js';
import { shown } from './support.js';

describe('comments', () => {
  test.each([
    ['a /* b */ c', 'a         c'],
    ['a # b\nc', 'a    \nc'],
    ['a // b\nc', 'a     \nc'],
    ['/ b\nc', '   \nc'],
    ['  / b\nc', '     \nc'],
    ['6/2', '6/2'],
    ['.string "# /* //"', '.string "# /* //"'],
    ["mov $'#, %al", "mov $'#, %al"],
    ["mov $'\\'', %al # x", "mov $'\\'', %al    "],
    ['a \\\n b', 'a    b'],
    ['a \\\r\n b', 'a     b'],
    ['a /* 1\n2 */ b', 'a           b'],
    ['.string "\\"#" # x', '.string "\\"#"    '],
  ])('%j', (text, clean) => {
    expect(blankComments(text).text).toBe(clean);
  });

  test('a comment that is never closed runs to the end and is told', () => {
    expect(blankComments('ab /* c\nd')).toEqual({ text: 'ab       ', openComment: 3 });
  });

  test('a string that is never closed ends with its line, so that the comment behind it is one', () => {
    expect(blankComments('.string "a\n# b').text).toBe('.string "a\n   ');
  });

  test('in a .s file a line that starts with # is a comment, whatever it says', () => {
    expect(shown('#if 0\nret\n#else\n# 12 "other.s"\n#endif\nhlt')).toEqual(['ret', 'hlt']);
  });
});

describe('statement ends', () => {
  test('newline and ; separate, but not inside strings and character constants', () => {
    expect(endOfStatement('ab;c', 0)).toBe(2);
    expect(endOfStatement('".;"\n', 0)).toBe(4);
    expect(endOfStatement("$';', %al", 0)).toBe(9);
    expect(endOfStatement('abc', 0)).toBe(3);
  });

  test('a ; never starts a comment', () => {
    expect(shown('ret; hlt ;; nop')).toEqual(['ret', 'hlt', 'nop']);
  });

  test('carriage returns are blanks', () => {
    expect(shown('ret\r\nhlt\r\n')).toEqual(['ret', 'hlt']);
  });
});
