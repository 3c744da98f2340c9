// Together with native-parser-second.test.ts: a parser that works in one test file must work in the next file of the
// same worker too. See native-parser-environment.mjs.
import Parser from 'tree-sitter';
import C from 'tree-sitter-c';

function parseC(text: string): Parser.SyntaxNode {
  const parser = new Parser();
  parser.setLanguage(C as Parser.Language);
  return parser.parse(text).rootNode;
}

test('parses C in a first test file', () => {
  const root = parseC('int close(int fd) { return __syscall_cp(SYS_close, fd); }');
  expect(root.type).toBe('translation_unit');
  expect(root.hasError).toBe(false);
  expect(root.firstNamedChild?.type).toBe('function_definition');
});
