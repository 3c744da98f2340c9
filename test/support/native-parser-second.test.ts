// See native-parser-first.test.ts.
import Parser from 'tree-sitter';
import C from 'tree-sitter-c';

function parseC(text: string): Parser.SyntaxNode {
  const parser = new Parser();
  parser.setLanguage(C as Parser.Language);
  return parser.parse(text).rootNode;
}

test('parses C in a second test file', () => {
  const root = parseC('static int x;\nint *location(void) { return &x; }\n');
  expect(root.type).toBe('translation_unit');
  expect(root.hasError).toBe(false);
  expect(root.namedChildren.map((node) => node.type)).toEqual(['declaration', 'function_definition']);
});
