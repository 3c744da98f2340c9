import { glibc } from '../../src/libc/glibc.js';
import { musl } from '../../src/libc/musl.js';
import type { Libc } from '../../src/libc/types.js';
import { Sources } from '../support/sources.js';

const known = (text: string, libc: Libc = musl): Sources => new Sources({ 'src/internal/x.h': text }, libc);

/** The names among those that the tree defines for which the answer is yes. */
function those(sources: Sources, answer: (name: string) => boolean): string[] {
  return [...sources.table.names()].map(([name]) => name).filter(answer);
}

describe('attributes', () => {
  const attributes = (text: string): string[] => {
    const sources = known(text);
    return those(sources, (name) => sources.knowledge.isAttribute(name, sources.table.view('x86_64', 'c')));
  };

  test('are macros of attributes, storage classes and other such macros, or of nothing', () => {
    const text = `#define hidden __attribute__((__visibility__("hidden")))
#define weak __attribute__ ((weak)) /* and why */
#define inlined extern inline hidden
#define nothing
#define section(x) __attribute__((section(x)))
#define asm_name(x) __asm__(x)
#define of_two section("a") asm_name("b")
#define pass(x) x
#define value 1
#define attribute_of value
#define type unsigned
#define self self
#define FILE_H
#define X__H_
#define broken __attribute__`;
    expect(attributes(text)).toEqual(['hidden', 'weak', 'inlined', 'nothing', 'section', 'asm_name', 'of_two']);
  });

  test('are so in every definition that the target may use', () => {
    expect(
      attributes(
        '#ifdef X\n#define a\n#else\n#define a 1\n#endif\n#ifdef __i386__\n#define b 1\n#else\n#define b\n#endif',
      ),
    ).toEqual(['b']);
  });

  test('may lead to one another in a circle', () => {
    expect(attributes('#define a b\n#define b a')).toEqual([]);
  });
});

describe('macros that lead to a name with a role', () => {
  const leading = (text: string, libc: Libc = musl): string[] => {
    const { knowledge } = known(text, libc);
    return [...knowledge.leading].sort();
  };

  test('are found through any number of macros', () => {
    expect(leading('#define a(x) b(x)\n#define b(x) c\n#define c syscall_cp(SYS_x)\n#define d e')).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  test('are found behind a name that ends in a number of arguments', () => {
    expect(leading('#define wait3(a,b,c) __syscall_cp(a,b,c)\n#define waits(...) CHOOSE(wait,__VA_ARGS__)')).toEqual([
      'wait3',
      'waits',
    ]);
  });

  test('are found by the flag and by the topics of the libc', () => {
    expect(leading('#define a(t) (t)->cancel\n#define b SIGCANCEL\n#define c(t) (t)->other')).toEqual(['a', 'b']);
  });

  test('are one step away from a raw call', () => {
    expect(leading('#define a __syscall(SYS_x)\n#define b a')).toEqual(['a']);
  });

  test('do not include names that have a role themselves', () => {
    expect(leading('#define syscall_cp(...) __syscall_ret(__syscall_cp(__VA_ARGS__))')).toEqual([]);
  });

  test('are not lost in circles', () => {
    expect(leading('#define a b\n#define b a __testcancel()')).toEqual(['a', 'b']);
  });
});

test('words that concern cancellation are names with a role, the flag, topics, and macros that lead there', () => {
  const { knowledge } = known('#define a __testcancel()\n#define b(x) g(x)');
  const words = [
    'a',
    'b',
    '__testcancel',
    'syscall_cp',
    '__syscall',
    'SIGCANCEL',
    'canceldisable',
    'cancel',
    'read',
    'toString',
  ];
  expect(words.filter((w) => knowledge.concerns(w))).toEqual([
    'a',
    '__testcancel',
    'syscall_cp',
    'SIGCANCEL',
    'canceldisable',
  ]);
  expect(words.filter((w) => knowledge.isFlagMember(w))).toEqual(['cancel']);
});

describe('expansion in C', () => {
  const expanded = (text: string, inside: boolean, libc: Libc = musl): string[] => {
    const sources = known(text, libc);
    return those(sources, (name) => sources.knowledge.expandsInC(sources.table.all(name)[0]!, inside));
  };

  test('takes what leads to a role, but not what has one', () => {
    const text = '#define a __testcancel()\n#define __testcancel() b\n#define plain(x) (x) + 1\n#define N 1';
    expect(expanded(text, false)).toEqual(['a']);
  });

  test('takes loops and conditions, but not whole statements', () => {
    const text = `#define each(p, l) for (p = l; p; p = p->next)
#define unless(x) if (!(x))
#define opened(x) ({ while (x)
#define done(x) do { g(x); } while (0)
#define if_whole(x) if (x) g();
#define again(x) ({ long r; do r = (long) (x); while (r == -1 && errno == EINTR); r; })
#define again_plain(x) ({ long r; do r = x ; while (r == -1); r; })
#define never(x) ({ long r; do r = g(1); while (r == -1); r + x; })
#define object for (;;)`;
    expect(expanded(text, false)).toEqual(['each', 'unless', 'opened', 'again', 'again_plain']);
  });

  test('takes macros that make names, and halves of blocks', () => {
    const text = `#define NAME(x) NAME_X(x)
#define NAME_X(x) __##x##_nocancel
#define OBJECT a##b
#define begin(l) { lock(l);
#define end(l) unlock(l); }
#define both(l) { lock(l); }
#define text(x) "{" x`;
    expect(expanded(text, false)).toEqual(['NAME', 'NAME_X', 'begin', 'end']);
  });

  test('takes macros that choose by the number of arguments only inside other macros', () => {
    const text = `#define COUNT_X(a,b,c,d,n,...) n
#define COUNT(...) COUNT_X(__VA_ARGS__,3,2,1,0,)
#define LONGER(...) COUNT(__VA_ARGS__)
#define PASTE(a,b) f(a##b)
#define FIRST(a,b) a`;
    expect(expanded(text, false)).toEqual([]);
    expect(expanded(text, true)).toEqual(['COUNT_X', 'COUNT', 'LONGER', 'PASTE']);
  });

  test('leaves the wrappers of glibc as they are', () => {
    const text = '#define INLINE_SYSCALL_CALL(...) X (__VA_ARGS__)\n#define SYSCALL_CANCEL(...) Y (__VA_ARGS__)';
    expect(expanded(text, true, glibc)).toEqual([]);
  });
});
