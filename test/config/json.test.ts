import fc from 'fast-check';
import { escapePointer, JsonError, parseJson } from '../../src/config/json.js';

/** What each of the two makes of a text: the value, or that it is none. */
function byOurs(text: string): unknown {
  try {
    return { value: parseJson(text).value };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return error.message.includes('twice') ? 'twice' : 'none';
  }
}

function byNode(text: string): unknown {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return 'none';
  }
}

test('the value is what JSON.parse makes of the text', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(parseJson(text).value).toEqual(JSON.parse(text));
    }),
  );
});

test('what is no JSON to JSON.parse is none here', () => {
  const piece = fc.constantFrom(
    ...[
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"\\u00e9"',
      '"\\x"',
      '"',
      '\n',
      ' ',
      '\u00a0',
      '-',
      '0',
      '01',
      '1.5e-3',
      '.5',
      '1.',
    ],
    ...['true', 'null', 'nul', '/**/', "'a'", '"__proto__"', '\u0001', '"\t"'],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      const text = pieces.join('');
      const ours = byOurs(text);
      if (ours === 'twice') expect(byNode(text)).not.toBe('none');
      else expect(ours).toEqual(byNode(text));
    }),
    { numRuns: 5_000 },
  );
});

test('places are those of the values and of the keys', () => {
  const { placeOf, placeOfKey } = parseJson('{\n  "a/b": [1,\r\n    {"~": 2}]\n}');
  expect(placeOf('')).toEqual({ line: 1, column: 1 });
  expect(placeOf('/a~1b')).toEqual({ line: 2, column: 10 });
  expect(placeOf('/a~1b/0')).toEqual({ line: 2, column: 11 });
  expect(placeOf('/a~1b/1/~0')).toEqual({ line: 3, column: 11 });
  expect(placeOfKey('/a~1b/1', '~')).toEqual({ line: 3, column: 6 });
  expect(placeOf('/a~1b/1/missing/more')).toEqual({ line: 3, column: 5 });
  expect(placeOfKey('/a~1b/1', 'missing')).toEqual({ line: 3, column: 5 });
  expect(escapePointer('a/~b')).toBe('a~1~0b');
});

test.each([
  ['', 'A value is expected', 1, 1],
  ['{"a": 1,\n "a": 2}', 'The key "a" stands there twice', 2, 2],
  ['{"a": {"b": 1, "\\u0062": 2}}', 'The key "b" stands there twice', 1, 16],
  ['[1 2]', 'A comma or ] is expected', 1, 4],
  ['{"a" 1}', 'A colon is expected', 1, 6],
  ['{"a": 1 "b": 2}', 'A comma or } is expected', 1, 9],
  ['{a: 1}', 'A key in double quotes is expected', 1, 2],
  ['{} {}', 'There is more behind the end', 1, 4],
  ['[1,]', 'A value is expected', 1, 4],
  ['[NaN]', 'A value is expected', 1, 2],
  ['['.repeat(100_000), 'It is nested more than 64 deep', 1, 66],
  ['{"a":'.repeat(100_000), 'It is nested more than 64 deep', 1, 326],
])('%p', (text, message, line, column) => {
  expect(() => parseJson(text)).toThrow(expect.objectContaining({ message, at: { line, column } }) as Error);
});

test('__proto__ is a key like any other', () => {
  const { value } = parseJson('{"__proto__": {"polluted": 1}}');
  expect(Object.keys(value as object)).toEqual(['__proto__']);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});
