// The statements of make files that say what is compiled, and where they stand.
import fc from 'fast-check';
import { parseMake, splitAtCommas, type Statement } from '../../src/make/syntax.js';

const said = (statements: readonly Statement[]): unknown[] =>
  statements.map((s) =>
    s.s === 'assign'
      ? `${s.name.text} ${s.operator} ${s.value.text.replace(/\s+/g, ' ')}`
      : s.s === 'include'
        ? `include ${s.paths}`
        : { if: s.test, then: said(s.then), else: said(s.otherwise) },
  );

test.each([
  ['a = b', ['a = b']],
  ['a := b', ['a := b']],
  ['a ::= b', ['a := b']],
  ['a:=b', ['a := b']],
  ['a += b # why', ['a += b']],
  ['a ?= b', ['a ?= b']],
  ['a =', ['a = ']],
  ['a != date', []],
  ['override export a = b', ['a = b']],
  ['CFLAGS-a.c += -DX=\\"y\\"', ['CFLAGS-a.c += -DX=\\"y\\"']],
  ['a = b\\#c', ['a = b\\#c']],
  ['a = b \\\n  c \\\n  # end', ['a = b c']],
  ['a = b \\\r\n  c\r\nd = e\r\n', ['a = b c', 'd = e']],
  ['# a comment \\\na = b', []],
  ['$(x:.c=.o)-y += z', ['$(x:.c=.o)-y += z']],
  ['include ../Makeconfig', ['include ../Makeconfig']],
  ['-include $(depfiles)', ['include $(depfiles)']],
  ['all: a b\n\tx = y\n\techo\nz = 1', ['z = 1']],
  ['a = b\n\tc = d', ['a = b', 'c = d']],
  ['x.o: CFLAGS += -g', []],
  ['define f\na = b\nendef\nc = d', ['c = d']],
  ['', []],
  ['endif\nelse\na = b', ['a = b']],
])('%j', (text, expected) => {
  expect(said(parseMake(text))).toEqual(expected);
});

test('conditionals, one in another, and else with a test of its own', () => {
  const text =
    'ifeq ($(subdir),io)\na = 1\nifdef b\nc = 2\nendif\nelse ifneq "$(x)" "y"\nd = 3\nelse\ne = 4\nendif\nf = 5\n';
  expect(said(parseMake(text))).toEqual([
    {
      if: { t: 'equal', left: '$(subdir)', right: 'io', isNegated: false },
      then: ['a = 1', { if: { t: 'defined', name: 'b', isNegated: false }, then: ['c = 2'], else: [] }],
      else: [{ if: { t: 'equal', left: '$(x)', right: 'y', isNegated: true }, then: ['d = 3'], else: ['e = 4'] }],
    },
    'f = 5',
  ]);
});

test.each(['ifeq ($(a)', 'ifeq a b', 'ifneq (a)'])('a comparison that is none is not known: %s', (line) => {
  expect(said(parseMake(`${line}\na = b\nendif`))).toEqual([{ if: { t: 'unknown' }, then: ['a = b'], else: [] }]);
});

test('names and values stand where they stand in the file', () => {
  const text = '\nifdef x\n  a-b.c += one \\\n    two # three\nendif\n';
  const [first] = parseMake(text);
  const [one] = first?.s === 'if' ? first.then : [];
  if (one?.s !== 'assign') throw new Error('no assignment');
  for (const part of [one.name, one.value]) {
    const there = text.slice(part.at, part.at + part.text.length);
    expect(there.replace('\\\n', '  ')).toBe(part.text);
  }
  expect(one.value.text.split(/\s+/)).toEqual(['one', 'two']);
});

test('commas inside of brackets part no arguments', () => {
  expect(splitAtCommas('$(a,b),${c,d},e')).toEqual(['$(a,b)', '${c,d}', 'e']);
});

const piece = fc.constantFrom(
  ...['ifeq (', 'ifdef x', 'else', 'else ifeq (a,b)', 'endif', 'define', 'endef', '\\', '\n', '\r\n', '\t', '#', '$('],
  ...[')', '=', ':=', '+=', ':', ',', ' ', 'a', '"'],
);

test('anything is read, in order and without an end', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = pieces.join('');
      const check = (statements: readonly Statement[]): void => {
        for (const s of statements) {
          if (s.s === 'if') {
            check(s.then);
            check(s.otherwise);
          } else if (s.s === 'assign') expect(s.value.at + s.value.text.length).toBeLessThanOrEqual(text.length);
        }
      };
      check(parseMake(text));
    }),
  );
});

test('conditionals without end are read in reasonable time and depth', () => {
  const deep = 'ifdef x\n'.repeat(200_000);
  expect(said(parseMake(`${deep}a = b\n`))).toHaveLength(1);
  expect(parseMake('else ifdef x\n'.repeat(1000))).toEqual([]);
  expect(parseMake(`ifdef x\n${'else ifdef x\n'.repeat(200_000)}`)).toHaveLength(1);
});
