import fc from 'fast-check';
import { scanDirectives } from '../../src/cpp/definitions.js';
import { evaluate } from '../../src/cpp/evaluate.js';
import { MAX_TOKENS } from '../../src/cpp/expand.js';
import { lex, type Dialect } from '../../src/cpp/lexer.js';
import { Sources } from '../support/sources.js';

const dialect = fc.constantFrom<Dialect>('c', 'asm');

/** Text made of what means something to a preprocessor, and of any other characters. */
const source = fc
  .array(
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.constantFrom(
          ...['#', 'define ', 'undef ', 'if ', 'ifdef ', 'ifndef ', 'elif ', 'else', 'endif', 'defined', 'include '],
          ...['A', 'B', 'F', 'x', '...', '__VA_ARGS__', '1', '0x10', '"', "'", '\\', '\n', '\r\n', '\\\n', ' ', '\t'],
          ...['(', ')', ',', '##', '/*', '*/', '//', '&&', '||', '!', '?', ':', '$', '%', '.', ';', '{', '}'],
          ...[
            '#define A B\n',
            '#define F(x, y) x##y #x A\n',
            '#define B(...) F(__VA_ARGS__)\n',
            '\n#if A\n',
            '\n#endif\n',
          ],
        ),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

test('tokens follow one another and cover the text but for blanks and comments', () => {
  fc.assert(
    fc.property(source, dialect, (text, d) => {
      let at = 0;
      for (const token of lex(text, d)) {
        expect(token.start).toBeGreaterThanOrEqual(at);
        expect(token.end).toBeGreaterThan(token.start);
        expect(text.slice(token.start, token.end)).toBe(token.text);
        const between = text.slice(at, token.start);
        expect(between.replace(/\/\*[\s\S]*?\*\/|\/\/(?:\\\r?\n|[^\n])*|\\\r?\n|[ \t\r\f\v]/g, '')).toBe('');
        at = token.end;
      }
      const rest = text.slice(at).replace(/\/\*[\s\S]*?(\*\/|$)|\/\/(?:\\\r?\n|[^\n])*|\\\r?\n|[ \t\r\f\v]/g, '');
      expect(rest).toBe('');
    }),
    { numRuns: 500 },
  );
});

test('lexing a part of a text gives the tokens of that part', () => {
  fc.assert(
    fc.property(source, fc.nat(), fc.nat(), dialect, (text, a, b, d) => {
      const start = Math.min(a, b) % (text.length + 1);
      const end = start + (Math.max(a, b) % (text.length - start + 1));
      for (const token of lex(text, d, start, end)) {
        expect(token.start).toBeGreaterThanOrEqual(start);
        expect(token.end).toBeLessThanOrEqual(end);
      }
    }),
  );
});

test('a definition lies inside its file, its body behind its name', () => {
  fc.assert(
    fc.property(source, (text) => {
      for (const d of scanDirectives('f.c', text).definitions) {
        expect(text.slice(d.nameStart, d.nameStart + d.name.length)).toBe(d.name);
        expect(text.slice(d.bodyStart, d.bodyEnd)).toBe(d.bodyText);
        expect(d.bodyStart).toBeGreaterThanOrEqual(d.nameStart + d.name.length);
      }
    }),
    { numRuns: 500 },
  );
});

test('a condition is true, false or unknown, whatever it says', () => {
  fc.assert(
    fc.property(source, (text) => {
      const truth = evaluate(text, { isDefined: () => undefined, valueOf: () => undefined });
      expect([true, false, undefined]).toContain(truth);
    }),
  );
});

test('preprocessing ends, stays bounded and gives every token a place inside a file', () => {
  fc.assert(
    fc.property(source, source, dialect, fc.nat({ max: 3 }), (text, header, d, variant) => {
      const files = { 'src/f.c': text, 'src/h.h': header };
      const sources = new Sources(files);
      const done = sources.preprocess('src/f.c', { dialect: d, variant });
      expect(done.tokens.length).toBeLessThan(text.length + MAX_TOKENS);
      for (const token of done.tokens) {
        const file = token.definitionFile === undefined ? text : sources.text(token.definitionFile);
        expect(token.start).toBeGreaterThanOrEqual(0);
        expect(token.end).toBeLessThanOrEqual(file.length);
        if (token.use) expect(token.use.start < token.use.end && token.use.end <= text.length).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test('the origin of a token of the file itself is the token', () => {
  fc.assert(
    fc.property(source, (text) => {
      const sources = new Sources({ 'src/f.c': text });
      const prepared = sources.prepare('src/f.c');
      for (const token of lex(prepared.text, 'c')) {
        const { at, macros, definition } = prepared.origin(token.start, token.end);
        expect(at.file).toBe('src/f.c');
        // Reading the region from the file fails when it lies outside.
        if (token.kind === 'identifier' && macros === undefined) expect(sources.at(at)).toContain(token.text);
        if (definition) expect(sources.at(definition)).toBeDefined();
      }
    }),
    { numRuns: 300 },
  );
});
