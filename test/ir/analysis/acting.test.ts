import { actingNames } from '../../../src/ir/analysis/acting.js';
import { functions, int, name } from '../../support/ir.js';
import { Sources } from '../../support/sources.js';

const acting = (text: string): ReturnType<typeof actingNames> => actingNames(Object.values(functions(text)));
const among = (acts: ReturnType<typeof actingNames>, ...names: string[]): string[] => names.filter((n) => acts(n));

describe('a name acts', () => {
  test('when its function does, or calls one that does', () => {
    const acts = acting(`void direct(void) { __testcancel(); }
void cancels(void) { if (x) __cancel(); }
void caller(void) { SIGCANCEL; if (x) direct(); }
void callers_caller(void) { SIGCANCEL; caller(); }
void other(void) { SIGCANCEL; unknown(); }
void marked(void) { syscall_cp(SYS_x); }`);
    expect(among(acts, 'direct', 'cancels', 'caller', 'callers_caller', 'other', 'marked', 'unknown')).toEqual([
      'direct',
      'cancels',
      'caller',
      'callers_caller',
    ]);
  });

  test('when any of several functions of that name does', () => {
    const text = 'void f(void) {\n#if A\n__testcancel();\n#else\nSIGCANCEL;\n#endif\n}';
    const { functions: both } = new Sources({ 'src/f.c': text }).lift('src/f.c');
    expect([both.length, actingNames(both)('f'), actingNames([...both].reverse())('f')]).toEqual([2, true, true]);
  });

  test('through a member that is given a function somewhere', () => {
    const acts = acting(`void direct(void) { __testcancel(); }
void idle(void) { SIGCANCEL; }
void init(struct ops *o) { SIGCANCEL; o->run = direct; o->rest = idle; }
void runs(struct ops *o) { SIGCANCEL; o->run(); }
void rests(struct ops *o) { SIGCANCEL; o->rest(); }`);
    expect(among(acts, 'runs', 'rests', 'init')).toEqual(['runs']);
  });

  test('in a circle of calls, whoever is asked first', () => {
    const text = `void a(int n) { SIGCANCEL; b(n); __testcancel(); }
void b(int n) { SIGCANCEL; if (n) a(n); }
void c(int n) { SIGCANCEL; d(n); }
void d(int n) { SIGCANCEL; c(n); }`;
    for (const order of [
      ['a', 'b', 'c', 'd'],
      ['d', 'c', 'b', 'a'],
      ['b', 'a', 'd', 'c'],
    ]) {
      expect(among(acting(text), ...order).sort()).toEqual(['a', 'b']);
    }
  });

  test('at the end of a long chain of calls', () => {
    const chain = Array.from(
      { length: 3000 },
      (_, i) => `void f${String(i)}(void) { SIGCANCEL; f${String(i + 1)}(); }`,
    );
    expect(acting(`${chain.join('\n')} void f3000(void) { __testcancel(); }`)('f0')).toBe(true);
  });

  test('only on the branches that its constant arguments allow', () => {
    const acts = acting(`void maybe(int on) { SIGCANCEL; if (on) __testcancel(); }
void never(void) { SIGCANCEL; maybe(0); }
void always(void) { SIGCANCEL; maybe(1); }
void passes_on(int on) { SIGCANCEL; maybe(on); }`);
    expect(among(acts, 'maybe', 'never', 'always', 'passes_on')).toEqual(['maybe', 'always', 'passes_on']);
    expect([acts('maybe', [int(0)]), acts('maybe', [int(1)]), acts('maybe', [name('x')])]).toEqual([false, true, true]);
    expect([acts('passes_on', [int(0)]), acts('passes_on', [int(2)])]).toEqual([false, true]);
  });
});
