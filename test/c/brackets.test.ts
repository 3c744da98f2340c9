import { close, closing, nesting } from '../../src/c/knowledge.js';
import { lex } from '../../src/cpp/lexer.js';

const tokens = (text: string): readonly { readonly text: string }[] => lex(text, 'c');

describe('closing', () => {
  test.each<[string, number | undefined]>([
    ['( )', 1],
    ['( a ( b ) [ c ] { d } ) e', 11],
    ['{ ( } )', 2],
    ['{ [ ( } ]', 3],
    ['{ ) ] } a', 3],
    ['( [ ) ]', 2],
    ['( { ) } )', 4],
    ['( { [ ) ] } )', 6],
    ['( a', undefined],
    ['{ { }', undefined],
    ['{ ( { }', undefined],
    // The block around an open round bracket ends it: its last token stands in for the closing one.
    ['( a b }', 2],
    ['[ ( }', 1],
  ])('of the first bracket in %j is %s', (text, index) => {
    expect(closing(tokens(text), 0)).toBe(index);
  });

  test('looks at each token once, however many brackets are stray', () => {
    const text = `( { ${'[ '.repeat(100_000)}${') '.repeat(100_000)} } )`;
    const start = performance.now();
    expect(closing(tokens(text), 0)).toBe(200_003);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

test('close takes the last token for what is never closed', () => {
  expect(close(tokens('( a b'), 0)).toBe(2);
  expect(close(tokens('a ( b ) c'), 1)).toBe(3);
});

test('nesting counts brackets of all kinds', () => {
  expect([nesting([]), nesting(tokens('a')), nesting(tokens('( [ { } ] ) ( ( ) )')), nesting(tokens(') ( ('))]).toEqual(
    [0, 0, 3, 1],
  );
});
