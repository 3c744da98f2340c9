// What callers and callees say of the cancel state.
import { formatChains } from '../../src/points/formats.js';
import { chainsOf, inventory } from '../../src/points/inventory.js';
import { acting as actingIn, linkedTree, removeTrees } from './tree.js';

afterAll(removeTrees);

/** Functions of the tree in which a request is acted upon. */
const acting = async (text: string, more: Readonly<Record<string, string>> = {}, libc = 'musl'): Promise<string[]> =>
  actingIn(await linkedTree(libc, { 'src/f.c': text, ...more }));

const helper = 'static int helper(int fd) { return syscall_cp(SYS_read, fd); }\n';
const OFF = 'pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);';
const ON = 'pthread_setcancelstate(cs, 0);';
const protectedCall = `int f(int fd) { int cs; ${OFF} fd = helper(fd); ${ON} return fd; }\n`;
const deep = 'static int deep(int fd) { return helper(fd); }\n';

test.each([
  ['a helper that is only called with cancellation disabled is no point', helper + protectedCall, []],
  ['nor is one that such a helper calls', helper + deep + protectedCall.replace('= helper', '= deep'), []],
  ['nor one that calls itself', `${helper.replace('return', 'if (fd) helper(fd - 1); return')}${protectedCall}`, []],
  ['masked is as good', helper + protectedCall.replace('DISABLE', 'MASKED'), []],
  [
    'a caller with cancellation enabled makes it one',
    `${helper}${protectedCall}int g(int fd) { return helper(fd); }\n`,
    ['helper', 'g'],
  ],
  ['so does one path of the caller', helper + protectedCall.replace(OFF, `if (fd > 9) ${OFF}`), ['helper', 'f']],
  ['a call in front of the region', helper + protectedCall.replace('int cs;', 'int cs; helper(fd);'), ['helper', 'f']],
  ['a function that others may call', helper.replace('static ', '') + protectedCall, ['helper']],
  ['a function whose address is taken', `${helper}int (*p)(int) = helper;\n${protectedCall}`, ['helper']],
  ['a function that nobody calls', `${helper}${protectedCall.replace('helper(fd)', 'other(fd)')}`, ['helper']],
  [
    'cancellation is disabled by a helper, and its old state kept by that',
    `${helper}static int off(void) { int cs; ${OFF} return cs; }\nint f(int fd) { int cs = off(); fd = helper(fd); ${ON} return fd; }\n`,
    [],
  ],
  [
    'a helper that disables it on one way only',
    `${helper}static void off(int x) { int cs; if (x) ${OFF} }\nint f(int fd) { off(fd); return helper(fd); }\n`,
    ['helper', 'f'],
  ],
  [
    'a helper that puts it back',
    `${helper}static void same(void) { int cs; ${OFF} ${ON} }\nint f(int fd) { same(); return helper(fd); }\n`,
    ['helper', 'f'],
  ],
  [
    'helpers that call one another and leave it disabled',
    `static void b(int n);\nstatic void a(int n) { int cs; ${OFF} if (n) b(n); }\nstatic void b(int n) { int cs; ${OFF} a(n - 1); }\nint f(int fd) { b(fd); return syscall_cp(SYS_read, fd); }\n`,
    [],
  ],
  [
    'what runs in front of a fatal end',
    'int f(int fd) { if (fd < 0) { syscall_cp(SYS_write, 2); abort(); } return syscall(SYS_read, fd); }\n',
    [],
  ],
])('%s', async (_, text, expected) => {
  expect(await acting(text)).toEqual(expected);
});

describe('a helper that is not static', () => {
  const shared = helper.replace('static ', '');
  const header = { 'src/internal/h.h': 'hidden int helper(int);\n' };

  test.each<[string, string, Readonly<Record<string, string>>, string[]]>([
    [
      'and hidden, called from another file with cancellation disabled',
      protectedCall,
      { ...header, 'src/h.c': shared },
      [],
    ],
    ['programs may call', protectedCall, { 'src/h.c': shared }, ['helper']],
    [
      'of which another file takes the address',
      protectedCall,
      { ...header, 'src/h.c': shared, 'src/i.c': 'int (*p)(int) = helper;\n' },
      ['helper'],
    ],
    [
      'that has another name',
      protectedCall,
      { ...header, 'src/h.c': `${shared}weak_alias(helper, public_name);\n` },
      ['helper'],
    ],
    [
      'that assembly calls',
      protectedCall,
      { ...header, 'src/h.c': shared, 'src/x86_64/i.s': '.global i\ni:\n\tcall helper\n\tret\n' },
      ['helper'],
    ],
    [
      'that a third file calls with cancellation enabled',
      protectedCall,
      { ...header, 'src/h.c': shared, 'src/i.c': 'int g(int fd) { return helper(fd); }\n' },
      ['helper', 'g'],
    ],
  ])('%s', async (_, text, more, expected) => {
    expect(await acting(text, more)).toEqual(expected);
  });

  test('of a tree that lists what it exports', async () => {
    const files = {
      'io/h.c': 'int helper (int fd)\n{\n  return SYSCALL_CANCEL (read, fd);\n}\nlibc_hidden_def (helper)\n',
      'io/Versions': 'libc {\n  GLIBC_2.0 {\n    f;\n  }\n}\n',
    };
    const text = protectedCall.replace(/0\); return/, 'NULL); return');
    expect(await acting(text, files, 'glibc')).toEqual([]);
    const exported = { ...files, 'io/Versions': files['io/Versions'].replace('f;', 'f; helper;') };
    expect(await acting(text, exported, 'glibc')).toEqual(['helper']);
  });
});

describe('a helper that a member holds', () => {
  const table = 'static const struct ops table = { .fill = helper };\n';
  const f = `int f(struct ops *p, int fd) { int cs; ${OFF} fd = p->fill(fd); ${ON} return fd; }\n`;

  test.each<[string, string, string[]]>([
    ['and that is called with cancellation disabled', helper + table + f, []],
    ['and stored by an assignment', `${helper}void set(struct ops *p) { p->fill = helper; }\n${f}`, []],
    ['and enabled', `${helper}${table}${f}int g(struct ops *p) { return p->fill(1); }\n`, ['helper', 'g']],
    ['and its name too', `${helper}${table}${f}int g(void) { return helper(1); }\n`, ['helper', 'g']],
    ['of which somebody else takes the address', `${helper}${table}${f}int (*p)(int) = helper;\n`, ['helper']],
    ['that nobody calls', helper + table, ['helper']],
  ])('%s', async (_, text, expected) => {
    expect(await acting(text)).toEqual(expected);
  });
});

describe('functions that call one another', () => {
  const pair = (extra = ''): string =>
    `static int b(int n);\nstatic int a(int n) { ${extra} return n ? b(n - 1) : syscall_cp(SYS_read, n); }\nstatic int b(int n) { return a(n); }\n`;

  test.each<[string, string, string[]]>([
    ['from a region alone', pair() + protectedCall.replace('helper', 'a'), []],
    [
      'and from outside',
      `${pair()}${protectedCall.replace('helper', 'a')}int g(int n) { return b(n); }\n`,
      ['a', 'b', 'g'],
    ],
    ['and nobody else', pair(), ['a', 'b']],
    [
      'and enable it',
      pair('pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, 0);') + protectedCall.replace('helper', 'a'),
      ['a', 'b', 'f'],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await acting(text)).toEqual(expected);
  });
});

describe('a function that leads to a setter and to nothing else', () => {
  const off = `void off(void) { int cs; ${OFF} }\n`;
  const f = 'int f(int fd) { quiet(); return syscall_cp(SYS_read, fd); }\n';

  test.each<[string, string, string[]]>([
    ['by its name', `${off}void quiet(void) { off(); }\n${f}`, []],
    ['by another name of it', `${off}weak_alias(off, other);\nvoid quiet(void) { other(); }\n${f}`, []],
    ['by a member', `${off}struct ops o = { .off = off };\nvoid quiet(void) { ops->off(); }\n${f}`, []],
    ['on one way', `${off}void quiet(void) { if (mode) off(); }\n${f}`, ['f']],
    [
      'and undoes it',
      `${off}void on(void) { pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, 0); }\nvoid quiet(void) { off(); on(); }\n${f}`,
      ['f'],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await acting(text)).toEqual(expected);
  });

  test('in a file that holds no word of cancellation', async () => {
    const more = { 'src/quiet.c': 'void quiet(void) { off(); }\n', 'src/off.c': off };
    expect(await acting(f, more)).toEqual([]);
  });
});

test('the state is also set by the word that holds it', async () => {
  const f = 'int f(int fd) { struct pthread *self = __pthread_self(); self->canceldisable = 1; return helper(fd); }\n';
  expect(await acting(helper + f)).toEqual([]);
  expect(await acting(helper + f.replace('__pthread_self()', 'other'))).toEqual(['helper', 'f']);
});

describe('asynchronous type', () => {
  const ASYNC = 'pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &ct);';
  const BACK = 'pthread_setcanceltype(ct, 0);';
  const f = (body: string): string => `int f(int fd) { int cs, ct; ${body} return fd; }\n`;

  test.each<[string, string, string[]]>([
    ['makes a region that acts anywhere', f(`${ASYNC} fd++; ${BACK}`), ['f']],
    ['while cancellation is disabled', f(`${OFF} ${ASYNC} fd++; ${BACK} ${ON}`), []],
    ['until cancellation is enabled', f(`${OFF} ${ASYNC} ${ON} fd++;`), ['f']],
    ['that is put back before that', f(`${OFF} ${ASYNC} ${BACK} ${ON} fd++;`), []],
    [
      'that is only put back',
      f('pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &ct); fd++; pthread_setcanceltype(ct, 0);'),
      [],
    ],
    ['left behind by a helper', `static void on(void) { int ct; ${ASYNC} }\n${f(`${OFF} on(); ${ON}`)}`, ['f']],
    ['in front of what does not come back', f(`if (fd) { ${ASYNC} abort(); }`), []],
    [
      'reaches into what is called',
      `static int work(int fd) { SIGCANCEL; fd++; return fd; }\n${f(`${ASYNC} fd = work(fd); ${BACK}`)}`,
      ['work', 'f'],
    ],
    [
      'but not into what others call too',
      `int work(int fd) { SIGCANCEL; fd++; return fd; }\n${f(`${ASYNC} fd = work(fd); ${BACK}`)}`,
      ['f'],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await acting(text)).toEqual(expected);
  });

  test('is the way that is told', async () => {
    const project = await linkedTree('musl', { 'src/f.c': f(`${ASYNC} fd++; ${BACK}`) });
    const [entry] = inventory(project);
    expect([entry?.targets, entry?.via]).toEqual([
      { x86_64: 'point' },
      [['f', 'pthread_setcanceltype', 'asynchronous cancelability']],
    ]);
    expect(formatChains('f', chainsOf('f', project) ?? [], (s) => s)).toBe(
      'f on x86_64\n  f makes cancelability asynchronous by pthread_setcanceltype at src/f.c:1\n',
    );
  });
});

describe('code that runs before threads', () => {
  const open = 'static int guard(int fd) { return syscall_cp(SYS_open, fd); }\n';
  const start = 'int __libc_start_main(int (*main)(int), int argc) { argc = guard(argc); return main(argc); }\n';

  test.each<[string, string, string[]]>([
    ['cannot be cancelled', open + start, []],
    [
      'by way of helpers',
      `${open}static int init(int fd) { return guard(fd); }\n${start.replace('guard(', 'init(')}`,
      [],
    ],
    [
      'up to the program',
      open + start.replace('return main(argc)', 'main(argc); return guard(argc)'),
      ['guard', '__libc_start_main'],
    ],
    [
      'on every way',
      open + start.replace('argc = guard', 'if (argc) main(argc); argc = guard'),
      ['guard', '__libc_start_main'],
    ],
    [
      'up to what runs programs in a helper',
      `${open}static void ctors(void) { SIGCANCEL; init_array[0](); }\n${start.replace('argc = guard', 'ctors(); argc = guard')}`,
      ['guard', '__libc_start_main'],
    ],
    [
      'up to a function that makes threads, of which nothing is lifted',
      `${open}int worker(void) { return pthread_create(0, 0, 0, 0); }\n${start.replace('argc = guard', 'worker(); argc = guard')}`,
      ['guard', '__libc_start_main'],
    ],
    ['unless others call it too', `${open}${start}int f(int fd) { return guard(fd); }\n`, ['guard', 'f']],
    ['unless programs can', open.replace('static ', '') + start, ['guard']],
    [
      'whatever is set there',
      open + start.replace('argc = guard', 'pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, 0); argc = guard'),
      [],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await acting(text)).toEqual(expected);
  });

  const test1 = (name: string): string =>
    `int f (int fd)\n{\n  if (${name})\n    return SYSCALL_CANCEL (read, fd);\n  return fd;\n}\n`;
  test('nor can what runs while a process has one thread, in a libc that counts a thread that cancels itself', async () => {
    expect(await acting(test1('SINGLE_THREAD_P'), {}, 'glibc')).toEqual([]);
    expect(await acting(test1('!SINGLE_THREAD_P'), {}, 'glibc')).toEqual(['f']);
  });

  test('in another libc a thread may have cancelled itself', async () => {
    const f = 'int f(int fd) { if (!libc.threaded) return syscall_cp(SYS_read, fd); return fd; }\n';
    expect(await acting(f)).toEqual(['f']);
  });
});

describe('a fatal way', () => {
  const write = 'int write(int fd) { return syscall_cp(SYS_write, fd); }\n';
  const f = (end: string): string => `int f(int fd) { if (fd < 0) { write(2); ${end} } return fd; }\n`;

  test.each<[string, string, string[]]>([
    ['by abort', write + f('abort();'), ['write']],
    ['by _exit', write + f('_exit(127);'), ['write']],
    ['by a function that is declared so', `${write}_Noreturn void fail(int);\n${f('fail(1);')}`, ['write']],
    ['by one that ends so', `${write}void fail(int n) { write(n); abort(); }\n${f('fail(1);')}`, ['write']],
    [
      'on every way',
      `${write}void fail(int n) { if (n) { write(n); abort(); } _exit(n); }\n${f('fail(1);')}`,
      ['write'],
    ],
    [
      'by way of another',
      `${write}void die(int n) { write(n); abort(); }\nvoid fail(int n) { die(n); }\n${f('fail(1);')}`,
      ['write'],
    ],
    ['on one way only', `${write}void fail(int n) { if (n) { write(n); abort(); } }\n${f('fail(1);')}`, ['write', 'f']],
    [
      'one that waits for ever is none',
      `${write}void wait(int n) { for (;;) write(n); }\n${f('wait(1);')}`,
      ['write', 'f'],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await acting(text)).toEqual(expected);
  });

  test('an assertion', async () => {
    const text = `#include <assert.h>\n${write}${f('assert(fd > 9);').replace('if (fd < 0)', 'if (fd)')}`;
    const more = {
      'include/assert.h':
        '#define assert(x) ((void)((x) || (__assert_fail(#x),0)))\n_Noreturn void __assert_fail(const char *);\n',
    };
    // The call in front of it comes back where the assertion holds.
    expect(await acting(text, more)).toEqual(['write', 'f']);
    expect(
      await acting(text.replace('write(2); assert(fd > 9)', 'if (fd < 9) { write(2); __assert_fail("fd"); }'), more),
    ).toEqual(['write']);
  });

  test('in the manner of glibc', async () => {
    const text =
      'int f (int fd)\n{\n  if (fd < 0)\n    {\n      SYSCALL_CANCEL (write, 2);\n      __libc_fatal ("f");\n    }\n  return fd;\n}\n';
    expect(await acting(text, {}, 'glibc')).toEqual([]);
  });
});

test('a static function of another file with the same name is another', async () => {
  const other = `${helper}int g(int fd) { return helper(fd); }\n`;
  expect(await acting(helper + protectedCall, { 'src/g.c': other })).toEqual(['helper', 'g']);
});

test('a routine in assembly is taken to give back the cancelability type that it found', async () => {
  const files = {
    'nptl/wait.S': '\t.globl wait_all\nwait_all:\n\tcall __pthread_enable_asynccancel\n\tsyscall\n\tret\n',
    'nptl/user.c':
      'int user (int fd)\n{\n  int old;\n  pthread_setcancelstate (PTHREAD_CANCEL_DISABLE, &old);\n  wait_all (fd);\n  pthread_setcancelstate (old, 0);\n  return fd;\n}\n',
  };
  expect(actingIn(await linkedTree('glibc', files))).toEqual(['wait_all']);
});
