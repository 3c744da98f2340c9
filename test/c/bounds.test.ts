/** Hostile C must neither end the run nor hold it up. Times are ten times what a slow machine needs. */
import { Sources } from '../support/sources.js';

const LENGTH = 1 << 17;
const fill = (text: string): string => text.repeat(Math.ceil(LENGTH / text.length));

describe('an eighth of a megabyte is lifted in one pass, when it is', () => {
  test.each<[string, string]>([
    ['open brackets', `int f(void) { __testcancel(); ${fill('(')} }`],
    ['open braces', `int f(void) { __testcancel(); ${fill('{')} }`],
    ['braces that open in lines', `int f(void) { __testcancel();\n${fill('{\n')} }`],
    ['brackets in brackets', `int f(void) { __testcancel(); g(${'('.repeat(LENGTH / 2)}${')'.repeat(LENGTH / 2)}); }`],
    ['brackets at file scope', `${fill('(')} int f(void) { __testcancel(); }`],
    ['functions whose brackets do not close', fill('int f(void) { __testcancel(\n')],
    ['functions whose braces do not close', fill('int f(void) { __testcancel();\n')],
    ['semicolons', `int f(void) { __testcancel(); ${fill(';')} }`],
    ['statements', `int f(void) { __testcancel(); ${fill('g(1);\n')} }`],
    ['branches', `int f(void) { __testcancel(); ${fill('if (a) b();\n')} }`],
    ['labels', `int f(void) { __testcancel(); ${fill('goto a; ')} a:; }`],
    ['cases', `int f(int a) { switch (a) { ${fill('case 1: g();\n')} } __testcancel(); }`],
    ['calls in calls', `int f(void) { __testcancel(); ${'g('.repeat(LENGTH / 4)}1${')'.repeat(LENGTH / 4)}; }`],
    ['one sum', `int f(void) { __testcancel(); return ${fill('a + ')} 1; }`],
    ['signs', `int f(void) { __testcancel(); return ${fill('- ')} 1; }`],
    ['else ifs', `int f(void) { __testcancel(); ${fill('if (a) b(); else ')} c(); }`],
    ['storage classes', `${fill('static ')} int f(void) { __testcancel(); }`],
    ['parameters', `int f(${fill('int a, ')} int b) { __testcancel(); }`],
    ['numbers', fill('0x1234,\n') + 'int f(void) { __testcancel(); }'],
    ['a table of numbers in a function', `int f(void) { __testcancel(); int a[] = { ${fill('0x1234,\n')} }; }`],
    ['strings', `int f(void) { __testcancel(); g(${fill('"a" ')}); }`],
    ['asm statements', `int f(void) { __testcancel(); ${'asm("nop"); '.repeat(2000)} }`],
    ['other names', fill('weak_alias(a, b)\n') + 'int f(void) { __testcancel(); }'],
    ['small functions', fill('int f(void) { __testcancel(); }\n')],
    ['undecided conditionals', `int f(void) { __testcancel();\n${fill('#if A\na();\n#endif\n')} }`],
    ['attributes', `${fill('__attribute__((x)) ')} int f(void) { __testcancel(); }`],
  ])(
    'of %s',
    (_name, text) => {
      const start = performance.now();
      const lifted = new Sources({ 'src/f.c': text }).lift('src/f.c');
      const time = performance.now() - start;
      // Nothing is lost in silence: there is a function, or a problem.
      expect(lifted.functions.length + lifted.problems.length).toBeGreaterThan(0);
      expect(time).toBeLessThan(15_000);
    },
    60_000,
  );
});

test('a macro that doubles forty times is reported as not analysed', () => {
  const definitions = Array.from(
    { length: 40 },
    (_, i) => `#define A${String(i)} A${String(i + 1)} A${String(i + 1)}\n`,
  );
  const text = `${definitions.join('')}#define A40 __testcancel();\nint f(void) { A0 }\n`;
  const lifted = new Sources({ 'src/f.c': text }).lift('src/f.c');
  expect(lifted.functions).toHaveLength(1);
  expect(lifted.problems.map((p) => p.kind)).toContain('analysis-incomplete');
}, 60_000);
