// Variables of make, each word for certain or perhaps. Make itself is asked where it is installed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseMake } from '../../src/make/syntax.js';
import { Variables } from '../../src/make/variables.js';

function read(text: string): Variables {
  const variables = new Variables();
  variables.read(parseMake(text), 'Makefile', () => undefined);
  return variables;
}

/** `word`, `word?` where it is there perhaps, `*` where it is not known what stands there. */
const words = (text: string, name = 'a'): string =>
  read(text)
    .words(name)
    .map((w) => (w.text === undefined ? '*' : w.isSure ? w.text : `${w.text}?`))
    .join(' ');

test.each([
  ['a = x y', 'x y'],
  ['a = x\na += y', 'x y'],
  ['a = x\na = y', 'y'],
  ['a = x\na ?= y', 'x'],
  ['a ?= y', 'y'],
  ['b = x\na = $(b)\nb = y', 'y'],
  ['b = x\na := $(b)\nb = y', 'x'],
  ['b = x\na := ${b} $b\nb = y', 'x x'],
  ['b = x\na = p-$(b)-q', 'p-x-q'],
  ['b = x z\na = $(b:x=y) $(b:%=%.o)', 'y z x.o z.o'],
  ['c = b\nb = x\na = $($(c))', 'x'],
  ['l = a\n$(l) += x', 'x'],
  ['a = $$x', '$x'],
  ['a = $(strip x  y) $(addprefix p-,x y) $(addsuffix .c,x)', 'x y p-x p-y x.c'],
  ['a = $(filter x% y,x1 y z) $(filter-out x%,x1 z)', 'x1 y z'],
  ['a = $(patsubst %.c,%.o,x.c y.h) $(subst x,y,xx)', 'x.o y.h yy'],
  // What the tree does not say.
  ['a = x $(b)', 'x *'],
  ['a = x-$(b)', '*'],
  ['a = $(wildcard *.c) $(shell date)', '* *'],
  ['ifeq ($(b),x)\na = y\nendif', 'y?'],
  ['a = x\nifeq ($(b),x)\na = y\nelse\na += z\nendif', 'x? y? z?'],
  ['a = x\nifeq ($(b),x)\na += y\nendif', 'x y?'],
  ['ifdef b\na = x\nelse\na = y\nendif', 'x? y?'],
  ['ifeq ($(b),x)\nl = a\nelse\nl = c\nendif\n$(l) += x', 'x?'],
  // What it does say.
  ['b = x\nifeq ($(b),x)\na = y\nelse\na = z\nendif', 'y'],
  ['b = x\nifneq "$(b)" "x"\na = y\nelse\na = z\nendif', 'z'],
  ['b = x\nifdef b\na = y\nendif', 'y'],
  ['b =\nifdef b\na = y\nelse\na = z\nendif', 'z'],
  ['b = x\nifeq (, $(filter y,$(b)))\na = y\nendif', 'y'],
  ['a = $(a)', '*'],
  ['b = $(a)\na = $(b)', '*'],
])('%j', (text, expected) => {
  expect(words(text)).toBe(expected);
});

test('a word knows where it is written, behind a variable where that is used', () => {
  const text = 'b = two\na = one \\\n  $(b)\n';
  const places = read(text)
    .words('a')
    .map(({ at }) => text.slice(at.at, at.at + at.length));
  expect(places).toEqual(['one', 'two']);
  expect(read(text).assignments('a')).toEqual([{ file: 'Makefile', at: 8, length: 'a = one \\\n  $(b)'.length }]);
});

test.each(['a0 = x x', 'a0 ='])('variables that double with each line from %j on stop at a budget', (first) => {
  const lines = [first];
  for (let i = 1; i < 200; i++) lines.push(`a${i} = $(a${i - 1})$(a${i - 1}) $(a${i - 1})`, `b${i} := $(a${i})`);
  const variables = read(lines.join('\n'));
  expect(variables.words('a199').some((w) => w.text === undefined)).toBe(true);
  expect(variables.isExhausted).toBe(true);
});

test('assignments to one variable without end', () => {
  const variables = read('ifdef x\n' + 'a = b\na += c\n'.repeat(10_000) + 'endif\n');
  expect(variables.words('a').some((w) => w.text === undefined)).toBe(true);
});

const hasMake = spawnSync('make', ['--version']).status === 0;
const name = fc.constantFrom('a', 'b', 'c');
const value = fc
  .array(
    fc.constantFrom('x', 'y', 'x.c', '$(a)', '$(b)', 'p-$(c)', '$(a:.c=.o)', '$(filter x%,$(b))', '$(addsuffix .c,x)'),
    {
      maxLength: 3,
    },
  )
  .map((v) => v.join(' '));
const assign = fc.tuple(name, fc.constantFrom('=', ':=', '+=', '?='), value).map((parts) => parts.join(' '));
const line = fc.oneof(
  assign,
  fc
    .tuple(fc.constantFrom('ifeq ($(a),x)', 'ifneq ($(b),)', 'ifdef c'), assign, assign)
    .map(([test, one, other]) => [test, one, 'else', other, 'endif'].join('\n')),
);

// Every variable is set, so all is known: what GNU make says is what must be said here.
(hasMake ? test : test.skip)('what is known for certain is what make says', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cancelint-make-'));
  try {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const text = ['a = x', 'b =', 'c := y', ...lines].join('\n');
        const shown = ['a', 'b', 'c'].map((v) => `$(info ${v}: $(${v}))`).join('\n');
        writeFileSync(join(folder, 'Makefile'), `${text}\n${shown}\nall: ;\n`);
        const ran = spawnSync('make', ['-s', '-C', folder, '--no-print-directory'], { encoding: 'utf8' });
        // A variable that leads to itself is an error there.
        if (ran.status !== 0) return;
        const variables = read(text);
        for (const v of ['a', 'b', 'c']) {
          const own = variables.words(v);
          if (own.some((w) => w.text === undefined || !w.isSure)) continue;
          const theirs = new RegExp(`^${v}: (.*)$`, 'm').exec(ran.stdout)?.[1] ?? '';
          expect(own.map((w) => w.text)).toEqual(theirs.split(/\s+/).filter((w) => w !== ''));
        }
      }),
      { numRuns: 60 },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
