/**
 * Hostile input must neither end the run nor hold it up. Where the work can be counted it is; the times are ten times
 * what a slow machine needs, and only there to catch what grows with the square of the input.
 */
import { bodyTokens, endOfDirective, scanDirectives, type Definition } from '../../src/cpp/definitions.js';
import {
  Budget,
  expandTokens,
  MAX_DEPTH,
  MAX_EXPANSIONS,
  MAX_STEPS,
  MAX_TOKENS,
  type OutToken,
} from '../../src/cpp/expand.js';
import { lex } from '../../src/cpp/lexer.js';
import { Sources } from '../support/sources.js';

interface Expanded {
  readonly tokens: readonly OutToken[];
  readonly budget: Budget;
  readonly limits: number;
}

function expand(definitions: string, use: string): Expanded {
  const byName = new Map(scanDirectives('f.h', definitions).definitions.map((d): [string, Definition] => [d.name, d]));
  const budget = new Budget();
  let limits = 0;
  const tokens = expandTokens(lex(use, 'c'), {
    dialect: 'c',
    budget,
    define: (name) => byName.get(name),
    onLimit: () => limits++,
  });
  return { tokens, budget, limits };
}

/** `#define A0 A1 A1`, and so on `count` times. */
const doubling = (count: number): string =>
  Array.from({ length: count }, (_, i) => `#define A${String(i)} A${String(i + 1)} A${String(i + 1)}`).join('\n');

describe('expansion stops', () => {
  test('at a macro that doubles forty times', () => {
    const { tokens, budget, limits } = expand(doubling(40), 'A0;');
    expect(limits).toBe(1);
    expect(budget.expansions).toBeLessThanOrEqual(MAX_EXPANSIONS + 1);
    expect(tokens.length).toBeLessThanOrEqual(MAX_TOKENS + 100);
    expect(tokens.at(-1)?.text).toBe(';');
  });

  test('at arguments that double forty times, and leaves the use as written', () => {
    const use = `${'D('.repeat(40)}x${')'.repeat(40)};`;
    const { tokens, budget, limits } = expand('#define D(x) x x', use);
    expect(limits).toBe(1);
    expect(budget.tokens).toBeLessThanOrEqual(2 * MAX_TOKENS);
    expect(tokens.map((t) => t.text).join('')).toBe(use);
  });

  test('at macros that lead to one another without end', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => `#define A${String(i)} A${String(i + 1)}`).join('\n');
    const { tokens, budget, limits } = expand(chain, 'A0 A0');
    expect(limits).toBe(1);
    expect(budget.expansions).toBe(MAX_DEPTH + 1);
    expect(tokens.map((t) => t.text)).toEqual([`A${String(MAX_DEPTH)}`, 'A0']);
  });

  test('at calls inside calls without end, and leaves them as written', () => {
    const use = `${'F('.repeat(10_000)}x${')'.repeat(10_000)}`;
    const { tokens, limits } = expand('#define F(x) x', use);
    expect(limits).toBe(1);
    expect(tokens.map((t) => t.text).join('')).toBe(use);
  });

  test('at calls that never close', () => {
    const { tokens, budget, limits } = expand('#define F(x) x', 'F('.repeat(100_000));
    expect(limits).toBe(1);
    expect(tokens).toHaveLength(200_000);
    expect(budget.steps).toBeLessThanOrEqual(MAX_STEPS + 200_000);
  });

  test('for the rest of a file once it has spent its budget, and says so once', () => {
    const uses = Array.from({ length: 50 }, (_, i) => `#define L${String(i)}\nA0;\n`).join('');
    const sources = new Sources({ 'src/h.h': doubling(16), 'src/f.c': uses });
    const { problems, tokens } = sources.preprocess('src/f.c');
    expect(problems.map((p) => [p.kind, p.at.file, p.message])).toEqual([
      [
        'analysis-incomplete',
        'src/f.c',
        'Macro expansion reached its limit: the macros in the rest of this file were left as written',
      ],
    ]);
    expect(tokens.length).toBeLessThan(3 * 2 ** 17);
    expect(tokens.slice(-3).map((t) => t.text)).toEqual(['A0', ';', '\n']);
  });
});

describe('one pass is enough for', () => {
  const LENGTH = 1 << 18;
  const fill = (line: string): string => line.repeat(Math.ceil(LENGTH / line.length));

  test.each<[string, string]>([
    ['brackets', fill('(')],
    ['braces', fill('{')],
    ['semicolons', fill(';')],
    ['quotes', fill('"')],
    ['apostrophes on lines', fill("'\n")],
    ['blanks', fill(' ')],
    ['backslashes', fill('\\')],
    ['continued lines', fill('\\\n')],
    ['a long word', fill('a')],
    ['a long number', fill('9')],
    ['#if', fill('#if\n')],
    ['#if with words', fill('#if A\n')],
    ['#elif', `#if A\n${fill('#elif A\n')}`],
    ['#define inside ever more #if', fill('#if A\n#define B\n')],
    ['#define inside ever more #elif', `#if A\n${fill('#elif A\n#define B\n')}`],
    ['#define with comments', fill('#define A /* x */ 1\n')],
    ['comments in a directive', `#define A ${fill('/**/')}`],
    ['line comments in directives', fill('#define A //\n')],
    ['quotes in a directive', `#define A ${fill(`'"`)}`],
    ['open comments in directives', fill('#define A "/*"\n')],
    ['include guards', fill('#ifndef A\n\n\n\n\n\n\n\n')],
    ['#undef', fill('#undef A\n')],
    ['one long condition', `#if ${fill('1+')}1\n#endif\n`],
    ['one condition of brackets', `#if ${fill('(')}\n#endif\n`],
    ['one condition of shifts', `#if ${fill('1<<')}1\n#endif\n`],
    ['one condition of products', `#if 9${fill('*9')}\n#endif\n`],
    ['one condition of a long number', `#if ${fill('9')}\n#endif\n`],
  ])(
    'a quarter of a megabyte of %s',
    (_name, text) => {
      const start = performance.now();
      const { definitions } = scanDirectives('src/f.c', text);
      for (const d of definitions.slice(-1)) bodyTokens(d);
      const { tokens } = new Sources({ 'src/f.c': text }).preprocess('src/f.c');
      expect(tokens.length).toBeLessThanOrEqual(text.length);
      expect(performance.now() - start).toBeLessThan(5_000);
    },
    30_000,
  );

  test('the end of each directive, which lies on its own line', () => {
    const text = `#define A 1\n${'x'.repeat(LENGTH)}`;
    const start = performance.now();
    let sum = 0;
    for (let i = 0; i < 20_000; i++) sum += endOfDirective(text, 0);
    expect(sum).toBe(20_000 * 11);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
