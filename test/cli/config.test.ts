/** The configuration as a user meets it: found, obeyed, printed, and complained about. */
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cancelint, project, removeTrees, tree, type TemporaryTree } from './program.js';

afterAll(removeTrees);

const SYSCALL = `
hidden long __syscall_ret(unsigned long);
hidden long vnd_vcp(long, long, long, long);
#define syscall(n, a, b, c) __syscall_ret(__syscall3(n, (long)(a), (long)(b), (long)(c)))
#define vnd_call(n, a, b, c) __syscall_ret(vnd_vcp(n, (long)(a), (long)(b), (long)(c)))
`;

/** A window of i386 that ends one instruction late. */
const WINDOW = `
.global vnd_first
.hidden vnd_first
.global vnd_limit
.hidden vnd_limit
.global vnd_leave
.hidden vnd_leave
.hidden vnd_act
.global vnd_window
.hidden vnd_window
.type vnd_window,@function
vnd_window:
	push %ebx
	push %esi
	push %edi
	push %ebp
	mov 20(%esp),%ecx
vnd_first:
	mov (%ecx),%eax
	test %eax,%eax
	jnz vnd_leave
	mov 24(%esp),%eax
	mov 28(%esp),%ebx
	mov 32(%esp),%ecx
	mov 36(%esp),%edx
	mov 40(%esp),%esi
	mov 44(%esp),%edi
	mov 48(%esp),%ebp
	int $128
	nop
vnd_limit:
	pop %ebp
	pop %edi
	pop %esi
	pop %ebx
	ret
vnd_leave:
	pop %ebp
	pop %edi
	pop %esi
	pop %ebx
	jmp vnd_act
`;

const FILES = {
  'src/internal/syscall.h': SYSCALL,
  'src/thread/pthread_create.c': '',
  'arch/generic/bits/fcntl.h': '',
  'src/thread/i386/vnd.s': WINDOW,
  'src/thread/vendor_call.c': `hidden long vnd_window(volatile void *, long, long, long, long, long, long, long);
long vnd_vcp(long n, long a, long b, long c)
{
	return vnd_window(&__pthread_self()->cancel, n, a, b, c, 0, 0, 0);
}
`,
  'src/unistd/read.c': `ssize_t read(int fd, void *buf, size_t n)
{
	return vnd_call(SYS_read, fd, buf, n);
}
`,
  'src/unistd/vendor.c': `int vendor_wait(int fd)
{
	return syscall(SYS_read, fd, 0, 0);
}
int vendor_lock(int fd)
{
	return vnd_call(SYS_read, fd, 0, 0);
}
`,
};

const LIBC = {
  name: 'vendor',
  extends: 'musl',
  windows: [{ start: 'vnd_first', end: 'vnd_limit', cancel: 'vnd_leave', routine: 'vnd_window' }],
  roles: [
    { names: ['vnd_call'], is: { role: 'syscall', cancellable: true, number: 0, args: 1, returns: 'errno' } },
    { names: ['vnd_vcp'], is: { role: 'syscall', cancellable: true, number: 0, args: 1, returns: 'kernel' } },
    { names: ['vnd_window'], is: { role: 'window-call', flag: 0, number: 1 } },
    { names: ['vnd_act', 'vnd_leave'], is: { role: 'act', mayReturn: true } },
  ],
};

const POINTS = {
  required: [{ names: ['vendor_wait'], source: 'Vendor manual, 4.2' }],
  forbidden: [{ names: ['vendor_lock'], source: 'Vendor manual, 4.3' }],
};

function vendorTree(config?: unknown): TemporaryTree {
  return tree(config === undefined ? FILES : { ...FILES, 'cancelint.config.json': JSON.stringify(config, null, 2) });
}

interface Message {
  readonly ruleId: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** `file:line rule: message` of each finding. */
function found(at: TemporaryTree, ...args: string[]): string[] {
  const { stdout } = cancelint(at.path, ['--target', 'i386', '--format', 'json', ...args]);
  return (JSON.parse(stdout) as { filePath: string; messages: Message[] }[]).flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, message, line }) => `${filePath}:${String(line)} ${ruleId}: ${message}`),
  );
}

const lost = /^src\/thread\/i386\/vnd\.s:\d+ window-lost-result: /;

describe('conventions', () => {
  test('without them the window is not seen, and read is not known to be a cancellation point', () => {
    const all = found(vendorTree());
    expect(all.filter((one) => lost.test(one))).toEqual([]);
    expect(all.filter((one) => one.includes('point-missing'))).toHaveLength(1);
  });

  test('with them the window is found and its fault is proved, whatever the number of threads', () => {
    const made = vendorTree({ libc: LIBC });
    const all = found(made);
    expect(all.filter((one) => lost.test(one))).toHaveLength(1);
    expect(all).toHaveLength(1);
    expect(found(made, '--concurrency', '2')).toEqual(all);
    expect(found(made, 'src/thread', 'src/unistd')).toEqual(all);
    expect(cancelint(made.join('src/thread'), ['i386/vnd.s', '--target', 'i386']).stdout).toContain(
      'window-lost-result',
    );
  });

  test('a name may be short', () => {
    const short = (text: string): string => text.replaceAll('vnd_call', 'CP');
    const made = tree({
      ...Object.fromEntries(Object.entries(FILES).map(([path, text]) => [path, short(text)])),
      'cancelint.config.json': short(JSON.stringify({ libc: LIBC })),
    });
    expect(found(made).filter((one) => /point-|unused/.test(one))).toEqual([]);
  });

  test('explain draws the window by them, and points follows the marked call', () => {
    const made = vendorTree({ libc: LIBC });
    const drawn = cancelint(made.path, ['explain', 'src/thread/i386/vnd.s']);
    expect(drawn.stdout).toContain('The window begins at vnd_first and ends in front of vnd_limit');
    expect(cancelint(vendorTree().path, ['explain', 'src/thread/i386/vnd.s'])).toMatchObject({ status: 2, stdout: '' });
    expect(cancelint(made.path, ['points', '--why', 'read', '--target', 'i386']).stdout).toContain(
      'vnd_call (SYS_read)',
    );
    const other = tree({ 'c.json': JSON.stringify({ libc: LIBC }) }).join('c.json');
    const why = cancelint(vendorTree().path, ['points', '--why', 'read', '--target', 'i386', '--config', other]);
    expect(why.stdout).toContain('vnd_call (SYS_read)');
    const simulated = cancelint(made.path, [
      'simulate',
      'src/thread/i386/vnd.s:vnd_window',
      '--mem',
      'esp+4=00001000',
      '--mem',
      '100000=01000000',
    ]);
    expect(simulated.status).toBe(0);
  });

  test('labels, names and patterns that the tree does not have are reported where they stand', () => {
    const windows = [{ ...LIBC.windows[0], end: 'vnd_limt' }];
    const roles = [...LIBC.roles, { names: ['old_call', 'older_call'], is: { role: 'noreturn' } }];
    const points = { may: [{ names: ['vendor_wiat'], source: 'us' }] };
    const made = vendorTree({ libc: { ...LIBC, windows, roles }, ignore: ['src/nothing/**'], points });
    const file = readFileSync(made.join('cancelint.config.json'), 'utf8').split('\n');
    const line = (text: string): string =>
      `cancelint.config.json:${String(file.findIndex((l) => l.includes(text)) + 1)}`;
    expect(found(made).filter((one) => one.includes('unused-configuration'))).toEqual([
      `${line('vnd_limt')} unused-configuration: No file of the tree holds 'vnd_limt', which is the label 'end' of a window here`,
      `${line('"old_call"').replace(/\d+$/, (n) => String(Number(n) - 1))} unused-configuration: No file of the tree holds 'old_call' or 'older_call', which is a name with the role 'noreturn' here`,
      `${line('src/nothing')} unused-configuration: No file of the tree matches 'src/nothing/**', so nothing is left out by it`,
      `${line('vendor_wiat')} unused-configuration: No file of the tree holds 'vendor_wiat', which is a function that the list 'may' names here`,
    ]);
    expect(found(made, '--rule', 'unused-configuration: off').filter((one) => one.includes('unused'))).toEqual([]);
    const sarif = cancelint(made.path, ['--target', 'i386', '-f', 'sarif']).stdout;
    expect(sarif).toContain('"uri": "cancelint.config.json"');
    expect(sarif).not.toContain(made.path);
  });

  test('a libc of its own is recognised by its signs, or named, and nothing of it counts elsewhere', () => {
    const signs = [[{ file: 'src/thread/i386/vnd.s', contains: 'vnd_window:' }]];
    const config = tree({ 'c.json': JSON.stringify({ libc: { ...LIBC, signs } }) }).join('c.json');
    const own = cancelint(vendorTree().path, ['--config', config, '--target', 'i386', '--stats']);
    expect(own.stdout).toMatch(/C library\s+vendor/);
    expect(own.stdout).toContain('window-lost-result');

    const other = tree({ ...FILES, 'src/thread/i386/vnd.s': '' });
    const elsewhere = found(other, '--config', config).filter((one) => one.includes('unused-configuration'));
    expect(elsewhere).toHaveLength(1);
    expect(elsewhere[0]).toContain(
      'The tree has the signs of another libc, or of none: the conventions here are not used',
    );
    const named = cancelint(other.path, ['--config', config, '--libc', 'vendor', '--stats', '--target', 'i386']);
    expect(named.stdout).toMatch(/C library\s+vendor/);
    const known = cancelint(vendorTree({ libc: LIBC }).path, ['--libc', 'musl', '--stats', '--target', 'i386']);
    expect(known.stdout).toMatch(/C library\s+musl/);
    expect(known.stdout).not.toContain('unused-configuration');
    expect(cancelint(other.path, ['--config', config, '--libc', 'vendr']).stderr).toBe(
      'cancelint: Unknown libc "vendr"; did you mean "vendor"?\n',
    );
  });

  test('the root is the folder of the configuration, from any folder below', () => {
    const made = tree({
      'a/cancelint.config.json': JSON.stringify({ libc: LIBC }),
      ...Object.fromEntries(Object.entries(FILES).map(([path, text]) => [`a/${path}`, text])),
    });
    const inside = cancelint(made.join('a/src/thread'), ['--print-config']);
    expect(JSON.parse(inside.stdout)).toMatchObject({
      configuration: '../../cancelint.config.json',
      libc: { value: 'vendor' },
    });
    expect(cancelint(made.join('a/src/thread'), ['--target', 'i386']).stdout).toMatch(/in 3 files of vendor/);
    // One above the root is none of the tree's.
    expect(JSON.parse(cancelint(made.path, ['--root', 'a/src', '--print-config']).stdout)).toMatchObject({
      configuration: null,
    });
  });
});

describe('machine code', () => {
  /** musl's names in the symbols of an archive, and others of the same length. */
  const OTHER = [
    ['__cp_begin', '__vc_first'],
    ['__cp_end', '__vc_lim'],
    ['__cp_cancel', '__vc_forsak'],
    ['__syscall_cp_asm', '__vendor_vcp_win'],
    ['__cancel', '__forsak'],
  ] as const;

  function archive(): Uint8Array {
    const text = readFileSync(join(project, 'fixtures/x86/windows/redirect.a.base64'), 'latin1');
    let bytes = Buffer.from(text, 'base64').toString('latin1');
    for (const [from, to] of OTHER)
      bytes = bytes.replaceAll(`\0${from}\0`, `\0${to}\0`).replaceAll(`\0${from}\0`, `\0${to}\0`);
    return Buffer.from(bytes, 'latin1');
  }

  test('windows of other names are found in an archive, and proved or not like those of known names', () => {
    const original = Buffer.from(
      readFileSync(join(project, 'fixtures/x86/windows/redirect.a.base64'), 'latin1'),
      'base64',
    );
    const [start, end, cancel, routine, act] = OTHER.map(([, to]) => to);
    const config = {
      libc: {
        extends: 'musl',
        windows: [{ start, end, cancel, routine }],
        roles: [{ names: [act, cancel], is: { role: 'act', mayReturn: true } }],
      },
    };
    const made = tree({ 'musl.a': original, 'fork.a': archive(), 'c.json': JSON.stringify(config) });
    const renamed = (text: string): string =>
      OTHER.reduce((t, [from, to]) => t.replaceAll(from, to), text).replaceAll('musl.a', 'fork.a');
    const known = cancelint(made.path, ['musl.a']);
    const without = cancelint(made.path, ['fork.a']);
    const fork = cancelint(made.path, ['--config', 'c.json', 'fork.a']);
    expect(known.stderr + known.stdout).toMatch(/proved|window-/);
    expect(without.stderr).toContain('has no cancellation window');
    expect(fork).toEqual({ ...known, stdout: renamed(known.stdout), stderr: renamed(known.stderr) });
  });
});

describe('lists of cancellation points', () => {
  test('count in place of POSIX, and the source stands in the finding', () => {
    const all = found(vendorTree({ libc: LIBC, points: POINTS }));
    expect(all.filter((one) => one.startsWith('src/unistd/vendor.c'))).toEqual([
      "src/unistd/vendor.c:3 point-missing: 'vendor_wait' must be a cancellation point (Vendor manual, 4.2), and nothing in it acts on a request",
      "src/unistd/vendor.c:7 point-unexpected: 'vnd_call' acts on a request, and 'vendor_lock' (Vendor manual, 4.3) must not be a cancellation point: what the caller holds is lost",
    ]);
    expect(found(vendorTree({ libc: LIBC })).filter((one) => one.startsWith('src/unistd'))).toEqual([]);
  });

  test('are what the inventory judges by', () => {
    const made = vendorTree({ libc: LIBC, points: { ...POINTS, may: [{ names: ['read'], source: 'us' }] } });
    const { stdout } = cancelint(made.path, ['points', '--target', 'i386', '--format', 'json']);
    const entries = JSON.parse(stdout) as { function: string; verdict: string; because: string; own: unknown }[];
    expect(
      entries
        .filter(({ own }) => own !== undefined)
        .map(({ function: name, verdict, because, own }) => ({ name, verdict, because, own })),
    ).toEqual([
      { name: 'read', verdict: 'ok', because: '', own: { standing: 'may', source: 'us' } },
      {
        name: 'vendor_lock',
        verdict: 'unexpected',
        because: 'Vendor manual, 4.3 forbids it, and it acts on i386',
        own: { standing: 'forbidden', source: 'Vendor manual, 4.3' },
      },
      {
        name: 'vendor_wait',
        verdict: 'missing',
        because: 'Vendor manual, 4.2 requires it, and nothing in it acts on i386',
        own: { standing: 'required', source: 'Vendor manual, 4.2' },
      },
    ]);
  });
});

describe('what counts', () => {
  const rulesOf = (at: TemporaryTree, ...args: string[]) =>
    new Set(found(at, ...args).map((one) => one.split(' ')[1]?.replace(/:$/, '')));

  test('rules: the command line before the configuration before the preset', () => {
    const made = vendorTree({
      libc: LIBC,
      points: POINTS,
      rules: { 'point-missing': 'off', 'window-lost-result': 'warn' },
    });
    expect(rulesOf(made).has('point-missing')).toBe(false);
    expect(rulesOf(made, '--rule', 'point-missing: error').has('point-missing')).toBe(true);
    const { rules } = JSON.parse(cancelint(made.path, ['--print-config', '--rule', 'point-missing: warn']).stdout) as {
      rules: Record<string, unknown>;
    };
    expect(rules['point-missing']).toEqual({ value: 'warn', from: 'command line' });
    expect(rules['window-lost-result']).toEqual({ value: 'warn', from: 'cancelint.config.json' });
    expect(rules['window-abi']).toEqual({ value: 'error', from: 'preset recommended' });
    expect(rules['unknown-macro']).toEqual({ value: 'off', from: 'preset recommended' });
  });

  test('preset and targets', () => {
    const made = vendorTree({ preset: 'all', targets: ['x86_64'], libc: LIBC });
    const printed = JSON.parse(cancelint(made.path, ['--print-config']).stdout) as Record<
      string,
      Record<string, unknown>
    >;
    expect(printed.preset).toEqual({ value: 'all', from: 'cancelint.config.json' });
    expect(printed.rules?.['unknown-macro']).toEqual({ value: 'warn', from: 'preset all' });
    expect(printed.targets).toEqual({ value: ['x86_64'], from: 'cancelint.config.json' });
    const typed = JSON.parse(cancelint(made.path, ['--print-config', '--target', 'i386']).stdout) as Record<
      string,
      unknown
    >;
    expect(typed.targets).toEqual({ value: ['i386'], from: 'command line' });
    const wrong = vendorTree({ targets: ['i386', 'i387'] });
    expect(cancelint(wrong.path, [])).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'cancelint: cancelint.config.json:4:5: targets[1] is wrong: Unknown target "i387"; did you mean "i386"?\n',
    });
  });

  test('ignored files have no findings, are read, and are counted', () => {
    const made = vendorTree({ libc: LIBC, points: POINTS, ignore: ['src/unistd/**', '**/i386/*.s'] });
    expect(found(made)).toEqual([]);
    const run = cancelint(made.path, ['--target', 'i386']);
    expect(run.stderr).toContain('3 files are left out of the findings, by "ignore" of the configuration');
    expect(cancelint(made.path, ['src/unistd/vendor.c'])).toMatchObject({
      status: 0,
      stderr: 'cancelint: src/unistd/vendor.c is left out of the findings, by "ignore" of the configuration\n',
    });
    expect(cancelint(made.path, ['points', '--why', 'read', '--target', 'i386']).stdout).toContain('vnd_call');
  });

  test('--print-config says where each part of the conventions comes from, in the same bytes every time', () => {
    const made = vendorTree({ libc: LIBC, points: POINTS });
    const run = cancelint(made.path, ['--print-config']);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(cancelint(made.path, ['--print-config']).stdout).toBe(run.stdout);
    const { libc, points } = JSON.parse(run.stdout) as { libc: Record<string, unknown>; points: unknown };
    expect(libc).toMatchObject({ value: 'vendor', title: 'vendor', from: 'cancelint.config.json', extends: 'musl' });
    expect((libc.windows as { from: string; value: { start: string } }[]).map((w) => [w.value.start, w.from])).toEqual([
      ['vnd_first', 'cancelint.config.json'],
      ['__cp_begin', 'built in: musl'],
    ]);
    expect(points).toEqual({ value: { may: [], ...POINTS }, from: 'cancelint.config.json' });
    const bare = JSON.parse(cancelint(vendorTree().path, ['--print-config']).stdout) as Record<string, unknown>;
    expect(bare).toMatchObject({ configuration: null, libc: { value: 'musl', from: 'found from the tree' } });
    expect(JSON.parse(cancelint(tree({ 'a.c': '' }).path, ['--print-config']).stdout)).toMatchObject({
      libc: { value: 'generic', from: 'default: no signs were recognised' },
    });
    expect(cancelint(made.path, ['--print-config', '--print-ir'])).toMatchObject({ status: 2 });
  });
});

describe('a configuration that is none', () => {
  test.each([
    ['{', 'cancelint.config.json:1:2: A key in double quotes is expected'],
    ['{"libc": {"windows": 1}}', 'cancelint.config.json:1:22: libc.windows must be an array'],
    ['['.repeat(1_000_000), 'cancelint.config.json:1:66: It is nested more than 64 deep'],
    [
      `{"a": "${'x'.repeat(2_000_000)}"}`,
      'cancelint.config.json: The file has 2000009 bytes, and configurations above 1048576 are not read',
    ],
    ['{"libc": {"name": "\u001b[31m"}}', 'cancelint.config.json:1:19: A value is expected'],
    ['{"\\u001b[31m": 1}', 'cancelint.config.json:1:2: the configuration has an unknown key "\\x1b[31m"'],
  ])('%#: one line and status 2', (text, message) => {
    for (const command of [[], ['explain', 'src/thread/i386/vnd.s']]) {
      const made = tree({ ...FILES, 'cancelint.config.json': text });
      const run = cancelint(made.path, command);
      expect(run).toMatchObject({ status: 2, stdout: '' });
      expect(run.stderr.trimEnd().split('\n')).toHaveLength(1);
      if (!text.includes('u001b')) expect(run.stderr).toBe(`cancelint: ${message}\n`);
      expect(run.stderr).not.toContain('\u001b');
    }
  });

  test('a folder, a link in a circle, a missing file', () => {
    const made = tree(FILES);
    mkdirSync(made.join('cancelint.config.json'));
    expect(cancelint(made.path, [])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'cancelint: cancelint.config.json: This is a folder, not a file\n',
    });
    const looped = tree(FILES);
    symlinkSync('cancelint.config.json', looped.join('cancelint.config.json'));
    expect(cancelint(looped.path, [])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'cancelint: cancelint.config.json: The file cannot be read: too many levels of symbolic links\n',
    });
    expect(cancelint(looped.path, ['--config', 'missing.json'])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'cancelint: missing.json: The file cannot be read: no such file\n',
    });
    expect(cancelint(looped.path, ['--config'])).toMatchObject({
      status: 2,
      stderr: 'cancelint: --config needs a value\n',
    });
  });

  test('names and patterns that would take a matcher long take it no time', () => {
    const long = 'a'.repeat(80);
    const made = tree({
      ...FILES,
      [`src/${'a'.repeat(200)}.c`]: `int ${long}(void) { return ${long}(); }\n`.repeat(200),
      'cancelint.config.json': JSON.stringify({
        libc: { extends: 'musl', roles: [{ names: ['a*b'], is: { role: 'noreturn' } }] },
        ignore: ['*a*a*a*b', '**/a*/**/b'],
      }),
    });
    const start = performance.now();
    expect(cancelint(made.path, ['--target', 'i386']).status).toBe(1);
    expect(performance.now() - start).toBeLessThan(30_000);
  });
});

test('the small tree of ours is the same with an empty configuration', () => {
  const made = tree();
  cpSync(join(project, 'fixtures/trees/mini'), made.path, { recursive: true });
  const before = cancelint(made.path, []);
  made.write('cancelint.config.json', '{}');
  expect(cancelint(made.path, [])).toEqual(before);
});
