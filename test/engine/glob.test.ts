import { pathMatcher } from '../../src/engine/glob.js';

describe('path patterns', () => {
  it.each([
    ['a/*.c', ['a/x.c'], ['a/b/x.c', 'b/x.c', 'a/x.h', 'a/x.cc']],
    ['a/**', ['a', 'a/b', 'a/b/c'], ['ab', 'b/a']],
    ['**/a.c', ['a.c', 'x/a.c', 'x/y/a.c'], ['xa.c', 'a.c/x']],
    ['{**/,}{test,tests}/**', ['test/x', 'a/b/tests/c/d.c'], ['testx/y', 'a/test.c']],
    ['{**/,}{tst-,bug-}*', ['tst-a.c', 'x/bug-1.h'], ['a-tst-b.c', 'tst-d/x.c']],
    ['{ports/,}sysdeps/{mach,hurd}/**', ['sysdeps/mach/a', 'ports/sysdeps/hurd/b/c'], ['x/sysdeps/mach/a']],
    ['a?.[ch]', ['ab.c', 'ax.h'], ['a.c', 'a/.c', 'ab.s']],
    ['a.b+(c)$', ['a.b+(c)$'], ['axb+(c)$']],
    ['[!a].c', ['b.c'], ['a.c']],
    ['a**b', ['ab', 'a/x/b'], ['a/x/c']],
    ['[x', ['[x'], ['x']],
  ])('%s', (pattern, matching, other) => {
    const matches = pathMatcher([pattern]);
    expect(matching.filter((path) => !matches(path))).toEqual([]);
    expect(other.filter(matches)).toEqual([]);
  });

  it('are alternatives, and none match nothing', () => {
    const matches = pathMatcher(['a', 'b']);
    expect(['a', 'b', 'ab'].filter(matches)).toEqual(['a', 'b']);
    expect(pathMatcher([])('')).toBe(false);
  });
});
