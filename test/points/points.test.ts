/** The linked program: which definition a name means, and what acts through it. */
import { linkedPrograms, type Linked } from '../../src/points/linked.js';
import { publicNames } from '../../src/points/public-names.js';
import { linkedTree, removeTrees } from './tree.js';

afterAll(removeTrees);

async function link(...tree: Parameters<typeof linkedTree>): Promise<Linked> {
  const [linked] = linkedPrograms(await linkedTree(...tree));
  if (!linked) throw new Error('nothing was linked');
  return linked;
}

const acts = ({ points }: Linked, name: string): boolean | undefined => {
  const f = points.named(name);
  return f && points.acts(points.node(f));
};

const point = (name: string) => `int ${name} (int fd)\n{\n  return SYSCALL_CANCEL (read, fd);\n}\n`;
const plain = (name: string) => `int ${name} (int fd)\n{\n  return INLINE_SYSCALL_CALL (read, fd);\n}\n`;

test('the definition for the system goes before the generic one, and its name before that of a table', async () => {
  const linked = await link('glibc', {
    'io/f.c': plain('f'),
    'sysdeps/unix/sysv/linux/f.c': point('f'),
    'sysdeps/unix/sysv/linux/g.c': point('g'),
    'sysdeps/unix/syscalls.list': 'g - g i:i g\nh - h Ci:i __h h\n',
    'nptl/user.c': 'int user (int fd)\n{\n  return h (fd);\n}\n',
  });
  expect(['f', 'g', 'h', 'user'].map((name) => acts(linked, name))).toEqual([true, true, true, true]);
});

test('a version for old programs is not what a name means', async () => {
  const linked = await link('glibc', {
    'nptl/old.c': `${plain('__old_f')}compat_symbol (libc, __old_f, f, GLIBC_2_0);\n`,
    'nptl/new.c': `${point('__new_f')}versioned_symbol (libc, __new_f, f, GLIBC_2_1);\n`,
  });
  expect(linked.points.named('f')?.name).toBe('__new_f');
});

test('a definition that conditionals leave out gives way to an alias of the name', async () => {
  const files = {
    'bits/wordsize.h':
      '#if defined __x86_64__ && !defined __ILP32__\n# define __WORDSIZE 64\n#else\n# define __WORDSIZE 32\n#endif\n',
    'bits/timesize.h': '#define __TIMESIZE __WORDSIZE\n',
    'nptl/f.c': `${point('__f64')}#if __TIMESIZE == 64
strong_alias (__f64, __f)
#else
int __f (int fd)
{
  return __f64 (fd);
}
#endif
weak_alias (__f, f)
`,
  };
  for (const target of ['x86_64', 'i386'] as const) {
    const linked = await link('glibc', files, { targets: [target, target === 'i386' ? 'x86_64' : 'i386'] });
    expect([linked.points.named('f')?.name, acts(linked, 'f')]).toEqual([target === 'i386' ? '__f' : '__f64', true]);
  }
});

test('a macro of a source means nothing to other files', async () => {
  const linked = await link('glibc', {
    'intl/load.c':
      '#define read(fd) __read_nocancel (fd)\nint load (int fd)\n{\n  return SYSCALL_CANCEL (open, fd) + read (fd);\n}\n',
    'sysdeps/unix/sysv/linux/read_nocancel.c': plain('__read_nocancel'),
    'sysdeps/unix/sysv/linux/read.c': `${point('__libc_read')}static_weak_alias (__libc_read, read)\n`,
    'io/other.c': 'some_alias (__libc_read, other)\n#define other(fd) __read_nocancel (fd)\n',
  });
  expect(linked.points.named('read')?.name).toBe('__libc_read');
  expect(linked.points.named('other')).toBeUndefined();
});

test('a weak alias gives way to a definition', async () => {
  const linked = await link('musl', {
    'src/a.c':
      'static int dummy(int fd)\n{\n\treturn fd;\n}\nweak_alias(dummy, __aio_close);\nint user(int fd)\n{\n\treturn __aio_close(fd);\n}\n',
    'src/b.c': 'int __aio_close(int fd)\n{\n\treturn syscall_cp(SYS_close, fd);\n}\n',
  });
  expect(acts(linked, 'user')).toBe(true);
});

test('a static function is that of its file, or of a source that is compiled with it', async () => {
  const linked = await link('glibc', {
    'malloc/malloc.c': `static int init (int fd)\n{\n  return SYSCALL_CANCEL (read, fd);\n}\n#include "arena.c"\nint user (int fd)\n{\n  return start (fd);\n}\n`,
    'malloc/arena.c': 'static int start (int fd)\n{\n  return init (fd);\n}\n',
    'elf/other.c': 'static int init (int fd)\n{\n  return fd;\n}\nint other (int fd)\n{\n  return init (fd);\n}\n',
  });
  expect([acts(linked, 'user'), acts(linked, 'other')]).toEqual([true, false]);
});

test('integers that a call gives decide, also by the name of a constant', async () => {
  const linked = await link('musl', {
    'include/fcntl.h': '#define F_SETLKW 7\n#define F_GETFL 3\n',
    'src/fcntl.c':
      'int fcntl(int fd, int cmd)\n{\n\tif (cmd == F_SETLKW) return syscall_cp(SYS_fcntl, fd, cmd);\n\treturn syscall(SYS_fcntl, fd, cmd);\n}\n',
    'src/users.c':
      'int lock(int fd)\n{\n\treturn fcntl(fd, F_SETLKW);\n}\nint flags(int fd)\n{\n\treturn fcntl(fd, F_GETFL);\n}\nint any(int fd, int cmd)\n{\n\treturn fcntl(fd, cmd);\n}\n',
  });
  expect(['lock', 'flags', 'any'].map((name) => acts(linked, name))).toEqual([true, false, true]);
});

test('what a member holds may be called', async () => {
  const linked = await link('musl', {
    'src/file.c':
      'static int slow(int fd)\n{\n\treturn syscall_cp(SYS_read, fd);\n}\nconst struct ops o = { .fill = slow };\nint user(struct ops *p)\n{\n\treturn p->fill(1);\n}\nint other(struct ops *p)\n{\n\treturn p->drain(1);\n}\n',
  });
  expect([acts(linked, 'user'), acts(linked, 'other')]).toEqual([true, undefined]);
});

test('a function that calls itself has an end', async () => {
  const linked = await link('musl', {
    'src/a.c':
      'int a(int n)\n{\n\treturn n ? b(n - 1) : 0;\n}\nint b(int n)\n{\n\tif (n) return a(n);\n\treturn syscall_cp(SYS_read, n);\n}\n',
  });
  const f = linked.points.named('a');
  expect(f && linked.skips.always(linked.points.node(f))).toBe(false);
  expect(acts(linked, 'a')).toBe(true);
});

test('a macro that pastes the number of its arguments to a name leads to what it pastes', async () => {
  const linked = await link('musl', {
    'src/internal/syscall.h':
      '#define __NARGS_X(a,b,c,n,...) n\n#define __NARGS(...) __NARGS_X(__VA_ARGS__,2,1,0,)\n#define __CONCAT_X(a,b) a##b\n#define __CONCAT(a,b) __CONCAT_X(a,b)\n#define __DISP(b,...) __CONCAT(b,__NARGS(__VA_ARGS__))(__VA_ARGS__)\n#define __open_cp2(x,f,o) __syscall_cp2(SYS_open, f, o)\n#define __open_cp(...) __DISP(__open_cp,,__VA_ARGS__)\n',
    'src/fcntl/open.c': 'int open(const char *f, int o)\n{\n\treturn __open_cp(f, o);\n}\n',
    'src/dirent/opendir.c': 'int opendir(const char *f)\n{\n\treturn open(f, 0);\n}\n',
  });
  expect([acts(linked, 'open'), acts(linked, 'opendir')]).toEqual([true, true]);
});

test('a macro of the same file hides a function, and the name that a macro gives is the name', async () => {
  const linked = await link('glibc', {
    'io/close.c': point('close'),
    'io/quiet.c': plain('__close_quiet'),
    'io/hides.c': `#define close(fd) __close_quiet (fd)\nint hides (int fd)\n{\n  return close (fd);\n}\n`,
    'io/uses.c': `int uses (int fd)\n{\n  return close (fd);\n}\n`,
    'io/named.c': `#ifndef NAME\n# define NAME named\n#endif\nint NAME (int fd)\n{\n  return close (fd);\n}\n`,
  });
  expect(['hides', 'uses', 'named'].map((name) => acts(linked, name))).toEqual([false, true, true]);
});

test('what a table or another name makes public is public, and what says ENOSYS gives way', async () => {
  const linked = await link('glibc', {
    'sysdeps/unix/syscalls.list': 'g - g Ci:i g\n',
    'io/f.c': 'static int f (int fd)\n{\n  return fd;\n}\nweak_alias (f, public_f)',
    'io/user.c': `int user (int fd)\n{\n#ifndef SIOCGSOMETHING\n  __set_errno (ENOSYS);\n  return -1;\n#else\n  return g (fd);\n#endif\n}\n`,
  });
  expect(publicNames(linked).all).toEqual(expect.arrayContaining(['g', 'public_f']));
  expect(acts(linked, 'user')).toBe(true);
});

test('a name that a macro gives is public in the place of the macro, also where another file has the macro', async () => {
  const linked = await link('uclibc-ng', {
    'libc/misc/ftw.c': `#ifndef FTW_NAME\n# define FTW_NAME ftw\n#endif\nint FTW_NAME (int fd)\n{\n  return walk (fd);\n}\n`,
    'libc/misc/ftw64.c': '#define FTW_NAME ftw64\n#include "ftw.c"\n',
    'libc/misc/walk.c':
      'int walk (int fd)\n{\n  int old = LIBC_CANCEL_ASYNC ();\n  int r = go (fd);\n  LIBC_CANCEL_RESET (old);\n  return r;\n}\n',
    'libc/string/strlen.c':
      '#ifdef WANT_WIDE\n# define Wstrlen wcslen\n#else\n# define Wstrlen strlen\n#endif\nint Wstrlen (void *s)\n{\n  return 0;\n}\n',
    'ldso/dl-startup.h': '#define DL_START(X) static void *_dl_start (X)\n',
    'ldso/dl-startup.c': 'DL_START (unsigned long args)\n{\n  return 0;\n}\n',
    'libc/inet/part.c': '#ifdef other_f\n# define f other_f\n#endif\nint f (int fd)\n{\n  return fd;\n}\n',
  });
  expect(publicNames(linked).all).toEqual(['f', 'ftw', 'ftw64', 'strlen', 'walk', 'wcslen']);
  expect(['ftw', 'ftw64', 'strlen'].map((name) => acts(linked, name))).toEqual([true, true, undefined]);
});

test('a name in the space of the implementation is public where POSIX has it', async () => {
  const linked = await link('musl', {
    'src/exit/_Exit.c': 'void _Exit(int status)\n{\n\t__syscall(SYS_exit_group, status);\n}\n',
    'src/exit/_Leave.c': 'void _Leave(int status)\n{\n\t__syscall(SYS_exit_group, status);\n}\n',
  });
  expect(publicNames(linked).all).toEqual(['_Exit']);
});

test('in assembly, a label is public that a directive or a macro exports', async () => {
  const linked = await link('uclibc-ng', {
    'libc/string/x86_64/memcpy.S':
      'ENTRY (BP_SYM (memcpy))\n\tret\nL_einval:\n\tret\n.globl mempcpy\nmempcpy:\n\tret\n',
  });
  expect(publicNames(linked).all).toEqual(['memcpy', 'mempcpy']);
});

test('what comes to a function of the system is not known', async () => {
  const linked = await link('newlib', {
    'newlib/libc/reent/readr.c': 'int _read_r (void *r, int fd)\n{\n  return _read (fd);\n}\n',
    'newlib/libc/syscalls/sysread.c': 'int read (int fd)\n{\n  return _read_r (0, fd);\n}\n',
    'newlib/libc/stdio/fgetc.c':
      'int fgetc (int fd)\n{\n  int old, r;\n  pthread_setcancelstate (PTHREAD_CANCEL_DISABLE, &old);\n  r = _read_r (0, fd);\n  pthread_setcancelstate (old, &old);\n  return r;\n}\n',
  });
  const unknown = (name: string): string | undefined => {
    const f = linked.points.named(name);
    return f && linked.points.notWhole(linked.points.node(f))?.calls;
  };
  expect([unknown('read'), unknown('fgetc')]).toEqual(['_read', undefined]);
});

test('what the branches in front of a call say of a descriptor holds in what is called', async () => {
  const make = (body: string) => ({
    'src/stdio/make.c':
      'int make(const char *n, int fd)\n{\n\tif (fd >= 0) return fd;\n\treturn syscall_cp(SYS_open, n);\n}\n',
    'src/stdio/middle.c': 'int middle(const char *n, int fd)\n{\n\tif (fd < 0) n = 0;\n\treturn make(n, fd);\n}\n',
    'src/stdio/user.c': `int user(int fd)\n{\n${body}}\n`,
  });
  const bodies = [
    '\tif (fd < 0) return -1;\n\treturn make(0, fd);\n',
    '\tif (fd < 0) return -1;\n\treturn middle(0, fd);\n',
    '\tif (fcntl(fd, F_GETFL) < 0) return -1;\n\treturn make(0, fd);\n',
    '\tif (fd == 3) return make(0, fd);\n\treturn 0;\n',
    '\tif (fd < 0) fd = 0;\n\treturn make(0, fd);\n',
    '\tif (fd < 0) warn();\n\treturn make(0, fd);\n',
    '\tif (fd < 5U) return make(0, fd);\n\treturn 0;\n',
    '\tif (fcntl(fd, F_GETFL) != -1) warn();\n\treturn make(0, fd);\n',
  ];
  const found = await Promise.all(bodies.map(async (body) => acts(await link('musl', make(body)), 'user')));
  expect(found).toEqual([false, false, false, false, true, true, true, true]);
});

describe('with every name that is exported', () => {
  const every = { everyName: true } as const;
  const template =
    '#define INTERNAL(name) INTERNAL1 (name)\n#define INTERNAL1(name) __##name\n#define REENTRANT(name) REENTRANT1 (name)\n#define REENTRANT1(name) name##_r\nint\nINTERNAL (REENTRANT (FUNCTION_NAME)) (int fd)\n{\n  return WORK (fd);\n}\nversioned_symbol (libc, INTERNAL (REENTRANT (FUNCTION_NAME)), REENTRANT (FUNCTION_NAME), GLIBC_2_1)\n';

  test('a source that includes another defines what its macros make of that', async () => {
    const linked = await link(
      'glibc',
      {
        'nss/Versions': 'libc {\n  GLIBC_2.1 {\n    getpwnam_r; getgrnam_r;\n  }\n}\n',
        'nss/getXX.c': template,
        'nss/getpwnam_r.c': '#define FUNCTION_NAME getpwnam\n#define WORK reader\n#include "getXX.c"\n',
        'nss/getgrnam_r.c': '#define FUNCTION_NAME getgrnam\n#define WORK quiet\n#include "getXX.c"\n',
        'nss/work.c': `${point('reader')}${plain('quiet')}`,
      },
      every,
    );
    expect(publicNames(linked).all).toEqual(['getgrnam_r', 'getpwnam_r']);
    expect(acts(linked, 'getpwnam_r')).toBe(true);
    expect(linked.points.named('getpwnam_r')?.nameAt).toMatchObject({ file: 'nss/getXX.c', line: 6 });
    // Nothing that it calls leads to a point.
    expect(acts(linked, 'getgrnam_r')).toBeUndefined();
  });

  test('a macro at file scope defines functions and gives them other names', async () => {
    const linked = await link(
      'glibc',
      {
        'ctype/Versions': 'libc {\n  GLIBC_2.0 {\n    isalnum; iswalnum; sin; sinf32x;\n  }\n}\n',
        'ctype/ctype.c':
          '#define func(name, type) int name (int c) { return __isctype (c, type); }\nfunc (isalnum, 1)\n#define wide(name) int isw##name (int c) { return read_all (c); }\nwide (alnum)\n',
        'io/read.c': point('read_all'),
        'math/alias.h':
          '#define libm_alias_r(from, to, r) weak_alias (from, to ## r) weak_alias (from, to ## f32x ## r)\n#define libm_alias(from, to) libm_alias_r (from, to, )\n',
        'math/sin.c': 'double\n__sin (double x)\n{\n  return x;\n}\nlibm_alias (__sin, sin)\n',
      },
      every,
    );
    expect(publicNames(linked).all).toEqual(['isalnum', 'iswalnum', 'sin', 'sinf32x']);
    expect(acts(linked, 'iswalnum')).toBe(true);
  });

  test('a function that is chosen when the program is loaded may be each that is chosen from', async () => {
    const linked = await link(
      'glibc',
      {
        'sysdeps/x86_64/multiarch/Versions': 'libc {\n  GLIBC_2.0 {\n    strlen; pause;\n  }\n}\n',
        'sysdeps/x86/ifunc.h':
          '#define IFUNC_SELECTOR EVAL (SYMBOL_NAME, selector)\n#define EVAL(x, y) PASTE (x, y)\n#define PASTE(x, y) x##_##y\n',
        'sysdeps/x86/ifunc-avx2.h':
          'static inline void *\nIFUNC_SELECTOR (void)\n{\n  if (cpu ())\n    return EVAL (SYMBOL_NAME, avx2);\n  return EVAL (SYMBOL_NAME, sse2);\n}\n',
        'sysdeps/x86_64/multiarch/strlen.c':
          '#define SYMBOL_NAME strlen\n#include "ifunc-avx2.h"\nlibc_ifunc_redirected (__redirect_strlen, strlen, IFUNC_SELECTOR ());\n',
        'sysdeps/x86_64/multiarch/pause.c':
          '#define SYMBOL_NAME pause\n#include "ifunc-avx2.h"\nlibc_ifunc_redirected (__redirect_pause, pause, IFUNC_SELECTOR ());\n',
        'sysdeps/x86_64/multiarch/pauses.c': point('pause_sse2'),
        'sysdeps/x86_64/multiarch/strlen-avx2.S': 'ENTRY (strlen_avx2)\n\tret\nEND (strlen_avx2)\n',
      },
      every,
    );
    expect(publicNames(linked).all).toEqual(['pause', 'strlen']);
    const { leads } = linked.points.linker.program;
    expect([leads.has('strlen'), leads.has('pause')]).toEqual([false, true]);
  });

  test('what only a header defines is public where it is exported', async () => {
    const linked = await link(
      'glibc',
      {
        'stdlib/Versions': 'libc {\n  GLIBC_2.0 {\n    bsearch;\n  }\n}\n',
        'include/bits/bsearch.h': '__extern_inline void *\nbsearch (const void *key)\n{\n  return 0;\n}\n',
        'include/bits/other.h': '__extern_inline void *\nother (const void *key)\n{\n  return 0;\n}\n',
        'stdlib/bsearch.c': '#define __extern_inline\n#include <bits/bsearch.h>\n',
      },
      every,
    );
    expect(publicNames(linked).all).toEqual(['bsearch']);
  });
});

test('a macro that is given a statement is one, and a macro that is a part of a declaration is that', async () => {
  const linked = await link('glibc', {
    'nptl/force.h': '#define FORCE(m, s) if (forced) { m = 1; s; }\n',
    'nptl/lock.c':
      '#ifndef EXTRA\n# define EXTRA\n#endif\nint lock (int fd, EXTRA int private)\n{\n  FORCE (fd, goto elided);\n  return 0;\n elided:\n  return SYSCALL_CANCEL (read, fd);\n}\n',
    'nptl/timed.c': '#define EXTRA const struct timespec *t,\n#include "lock.c"\n',
  });
  const f = linked.points.named('lock');
  expect(f?.notUnderstood).toBe(0);
  expect(acts(linked, 'lock')).toBe(true);
  expect(f && linked.skips.skips(linked.points.node(f))?.length).toBe(1);
});

test('a pointer that is known not to be null is no error', async () => {
  const linked = await link('glibc', {
    'rt/enqueue.c':
      'struct request *enqueue (int fd)\n{\n  struct request *newp = get ();\n  if (newp == NULL)\n    {\n      __set_errno (EAGAIN);\n      return NULL;\n    }\n  if (busy)\n    SYSCALL_CANCEL (read, fd);\n  return newp;\n}\n',
  });
  const f = linked.points.named('enqueue');
  expect(f && linked.skips.always(linked.points.node(f))).toBe(false);
});
