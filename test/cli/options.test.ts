import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { options } from '../../src/cli/options.js';
import { cancelint, removeTrees, tree } from './program.js';

afterAll(removeTrees);

const CLEAN = 'int f(void) { return 0; }\n';
const WARNS = '/* cancelint-disable-line */\n';

interface JsonFile {
  readonly filePath: string;
  readonly errorCount: number;
  readonly warningCount: number;
  readonly messages: readonly { readonly ruleId: string; readonly severity: number }[];
}

function json(cwd: string, args: readonly string[]): readonly JsonFile[] {
  return JSON.parse(cancelint(cwd, ['--format', 'json', ...args]).stdout) as readonly JsonFile[];
}

describe('paths', () => {
  it('are the current folder when none is given, with or without the command', () => {
    const { path } = tree({ 'a.c': WARNS, 'd/b.h': WARNS });
    expect(json(path, []).map((file) => file.filePath)).toEqual(['a.c', 'd/b.h']);
    expect(json(path, ['lint']).map((file) => file.filePath)).toEqual(['a.c', 'd/b.h']);
  });

  it('limit the findings, not the root', () => {
    const { path } = tree({ '.git/HEAD': '', 'a.c': WARNS, 'd/b.h': WARNS });
    expect(json(path, ['d']).map((file) => file.filePath)).toEqual(['d/b.h']);
    expect(json(path, ['d/b.h', 'a.c', 'a.c']).map((file) => file.filePath)).toEqual(['a.c', 'd/b.h']);
  });

  it('may look like options after --', () => {
    const { path } = tree({ '--quiet.c': WARNS, 'a.c': WARNS });
    expect(json(path, ['--', '--quiet.c']).map((file) => file.filePath)).toEqual(['--quiet.c']);
  });

  it('may be named like a command', () => {
    const { path } = tree({ 'rules/a.c': WARNS });
    expect(json(path, ['./rules']).map((file) => file.filePath)).toEqual(['a.c']);
  });
});

describe('--root', () => {
  it('makes paths relative to it, and is linted whole without paths', () => {
    const { path } = tree({ 'tree/a.c': WARNS, 'tree/d/b.c': WARNS, 'other.c': WARNS });
    expect(json(path, ['--root', 'tree']).map((file) => file.filePath)).toEqual(['a.c', 'd/b.c']);
    expect(json(path, ['--root', 'tree', 'tree/d']).map((file) => file.filePath)).toEqual(['d/b.c']);
  });

  it('refuses a path outside', () => {
    const { path } = tree({ 'tree/a.c': CLEAN, 'other.c': CLEAN });
    const ran = cancelint(path, ['--root', 'tree', 'other.c']);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('other.c is outside the root');
  });
});

describe('--target', () => {
  it.each([
    ['i386', 'i386'],
    ['x86_64,i386', 'i386, x86_64'],
    ['all', 'i386, x86_64, x32'],
  ])('%s', (value, shown) => {
    expect(cancelint(tree({ 'a.c': CLEAN }).path, ['--target', value]).stdout).toContain(`for ${shown}\n`);
  });

  const MUSL = {
    VERSION: '1.2.5',
    'src/thread/pthread_cancel.c': 'int x;',
    'arch/mips/a.h': '',
    'arch/x86_64/a.h': '',
  };

  it.each([
    ['s390x,mips', 'mips, s390x'],
    ['ppc64le,arm64', 'aarch64, powerpc64'],
    ['AMD64', 'x86_64'],
  ])('%s', (value, shown) => {
    expect(cancelint(tree({ 'a.c': CLEAN }).path, ['--target', value]).stdout).toContain(`for ${shown}\n`);
  });

  it('all is what the tree has', () => {
    const ran = cancelint(tree(MUSL).path, ['--libc', 'musl', '--target', 'all']);
    expect(ran.stdout).toContain('for x86_64, mips\n');
  });

  it('refuses what the tree does not have, in one line', () => {
    const ran = cancelint(tree(MUSL).path, ['--libc', 'musl', '--target', 'mips,sh']);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toBe('cancelint: This musl has no sh: it has x86_64, mips\n');
  });

  it('says which named files no build takes', () => {
    const files = { ...MUSL, 'src/thread/mips/syscall_cp.s': '', 'tools/a.c': '' };
    const ran = cancelint(tree(files).path, ['--libc', 'musl', 'src/thread/mips/syscall_cp.s', 'tools/a.c']);
    expect(ran.stderr).toContain('syscall_cp.s is left out: the build for i386, x86_64 does not take it\n');
  });
});

describe('--libc', () => {
  it('names a libc that the tree does not show', () => {
    const { path } = tree({ 'a.c': CLEAN });
    expect(cancelint(path, []).stderr).toContain('No known libc was recognised');
    const named = cancelint(path, ['--libc', 'glibc']);
    expect(named).toMatchObject({ status: 0, stderr: '' });
    expect(named.stdout).toContain('GNU C Library');
  });

  it('with one that has no cancellation finds nothing and says why', () => {
    const ran = cancelint(tree({ 'a.c': WARNS }).path, ['--libc', 'klibc', '--format', 'json']);
    expect(ran).toMatchObject({ status: 0, stdout: '[]\n' });
    expect(ran.stderr).toMatch(/^cancelint: klibc has no thread cancellation[^\n]*\n$/);
  });
});

describe('--rule', () => {
  const { path } = tree({ 'a.c': WARNS });

  it.each([
    ['unused-directive: off', 0, []],
    ['unused-directive:warn', 0, [1]],
    ['unused-directive: "error"', 1, [2]],
  ])('%s', (value, status, severities) => {
    const ran = cancelint(path, ['--rule', value, '--format', 'json']);
    expect(ran.status).toBe(status);
    const files = JSON.parse(ran.stdout) as readonly JsonFile[];
    expect(files.flatMap((file) => file.messages.map((message) => message.severity))).toEqual(severities);
  });

  it('may be given many times, and the last one for a rule counts', () => {
    const args = ['--rule', 'unused-directive: off', '--rule', 'parse-error: off', '--rule', 'unused-directive: error'];
    expect(cancelint(path, args).status).toBe(1);
  });
});

describe('--quiet', () => {
  it('hides warnings and notices, which still count', () => {
    const { path } = tree({ 'a.c': WARNS });
    expect(cancelint(path, ['--quiet'])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(json(path, ['--quiet'])).toEqual([]);
    expect(cancelint(path, ['--quiet', '--max-warnings', '0']).status).toBe(1);
  });
});

describe('--no-inline-config', () => {
  it('does not look at directives', () => {
    expect(json(tree({ 'a.c': WARNS }).path, ['--no-inline-config'])).toEqual([]);
  });
});

describe('--format', () => {
  const made = tree({ 'a.c': WARNS });
  symlinkSync('nowhere', made.join('b.c'));

  it('json has the promised fields', () => {
    expect(json(made.path, [])).toEqual([
      {
        filePath: 'a.c',
        errorCount: 0,
        warningCount: 1,
        messages: [
          {
            ruleId: 'unused-directive',
            severity: 1,
            message: 'The directive silences no finding',
            line: 1,
            column: 1,
            endLine: 1,
            endColumn: 29,
          },
        ],
      },
      {
        filePath: 'b.c',
        errorCount: 1,
        warningCount: 0,
        messages: [
          {
            ruleId: 'unreadable-file',
            severity: 2,
            message: 'The link leads nowhere: no such file',
            line: 1,
            column: 1,
            endLine: 1,
            endColumn: 1,
          },
        ],
      },
    ]);
  });

  it('stylish is the default, and the last of several formats counts', () => {
    const plain = cancelint(made.path, []).stdout;
    expect(plain).toContain('2 findings (1 error, 1 warning) in 1 file');
    expect(cancelint(made.path, ['-f', 'json', '-f', 'stylish']).stdout).toBe(plain);
  });

  it('sarif is the same for every order of the paths and every number of threads, and names no folder of the machine', () => {
    const one = cancelint(made.path, ['-f', 'sarif', 'a.c', 'b.c', '--concurrency', 'off']).stdout;
    expect(cancelint(made.path, ['-f', 'sarif', 'b.c', 'a.c', '--concurrency', '2']).stdout).toBe(one);
    expect(one).not.toContain(made.path);
  });
});

describe('--output-file', () => {
  it('holds what would have been printed, without colours', () => {
    const { path, join } = bound(tree({ 'a.c': WARNS }));
    const ran = cancelint(path, ['-f', 'json', '-o', 'new/report.json', '--color']);
    expect(ran).toMatchObject({ status: 0, stdout: '' });
    expect(readFileSync(join('new/report.json'), 'utf8')).toBe(cancelint(path, ['-f', 'json']).stdout);
    expect(readdirSync(join('new'))).toEqual(['report.json']);
  });

  it('replaces a file, and writes through a link', () => {
    const { path, join } = bound(tree({ 'a.c': WARNS, 'old.json': 'old' }));
    symlinkSync('old.json', join('link.json'));
    expect(cancelint(path, ['-f', 'json', '-o', 'link.json']).status).toBe(0);
    expect(readFileSync(join('old.json'), 'utf8')).toContain('unused-directive');
  });

  it.each([
    ['a folder', 'folder', 'it is a folder'],
    ['below a file', 'a.c/report.json', 'a part of its path is not a folder'],
  ])('cannot be %s', (_, file, why) => {
    const { path, join } = bound(tree({ 'a.c': WARNS }));
    mkdirSync(join('folder'));
    const ran = cancelint(path, ['-o', file]);
    expect(ran).toMatchObject({ status: 2, stdout: '', stderr: `cancelint: Cannot write ${file}: ${why}\n` });
    expect(readdirSync(path).sort()).toEqual(['a.c', 'folder']);
  });

  (existsSync('/dev/full') ? it : it.skip)('leaves a device in its place', () => {
    const ran = cancelint(tree({ 'a.c': WARNS }).path, ['-o', '/dev/full']);
    expect(ran).toMatchObject({ status: 2 });
    expect(ran.stderr).toContain('cancelint: Cannot write /dev/full: no space left on the device\n');
  });
});

describe('colours', () => {
  const { path } = tree({ 'a.c': WARNS });
  const ESCAPE = '\u001b[';

  it.each([
    ['no terminal', [], {}, false],
    ['--color', ['--color'], {}, true],
    ['--no-color', ['--no-color'], { FORCE_COLOR: '1' }, false],
    ['FORCE_COLOR', [], { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', [], { FORCE_COLOR: '0' }, false],
    ['NO_COLOR before FORCE_COLOR', [], { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['--color before NO_COLOR', ['--color'], { NO_COLOR: '1' }, true],
    ['json has none', ['--color', '--format', 'json'], {}, false],
  ])('%s', (_, args, env, colour) => {
    expect(cancelint(path, args, env as Record<string, string>).stdout.includes(ESCAPE)).toBe(colour);
  });
});

describe('--print-ir and --print-cfg', () => {
  const { path } = tree({ 'a.c': '#include <pthread.h>\nvoid f(void)\n{\n\tpthread_testcancel();\n}\n' });

  it('print the functions of the paths and no findings', () => {
    const ir = cancelint(path, ['--print-ir', 'a.c']);
    expect(ir.status).toBe(0);
    expect(ir.stdout).toContain('function f()');
    expect(ir.stdout).toContain('test-cancel pthread_testcancel');
    const cfg = cancelint(path, ['--print-cfg', 'a.c']);
    expect(cfg.stdout).toContain('digraph "f" {');
  });
});

describe('--concurrency', () => {
  it.each(['off', 'auto', '1', '3'])('%s', (value) => {
    const { path } = tree({ 'a.c': WARNS });
    expect(cancelint(path, ['--concurrency', value, '-f', 'json']).stdout).toContain('unused-directive');
  });
});

describe('--stats', () => {
  it('is a table below the findings, and on standard error for other formats', () => {
    const { path } = tree({ 'a.c': WARNS });
    expect(cancelint(path, ['--stats']).stdout).toMatch(/^files to lint +1$/m);
    const json = cancelint(path, ['--stats', '-f', 'json']);
    expect(() => JSON.parse(json.stdout) as unknown).not.toThrow();
    expect(json.stderr).toMatch(/^files to lint +1$/m);
  });
});

describe('--debug', () => {
  it('tells what the run decided and how long it took', () => {
    const { path } = tree({ 'a.c': WARNS });
    const { stderr } = cancelint(path, ['--debug']);
    expect(stderr).toContain(`debug: root ${path}`);
    expect(stderr).toMatch(/^debug: discover +[\d.]+ ms$/m);
  });
});

describe('rules', () => {
  it('lists every rule', () => {
    const ran = cancelint(tree().path, ['rules']);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toMatch(/^unused-directive +warn +tool +A comment that silences findings silences none$/m);
  });

  it('prints one', () => {
    const ran = cancelint(tree().path, ['rules', 'parse-error']);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toMatch(/^# parse-error\n/);
  });
});

describe('--help and --version', () => {
  it('names every option in its group', () => {
    const { stdout, status } = cancelint(tree().path, ['--help']);
    expect(status).toBe(0);
    for (const option of options) expect(stdout).toContain(`--${option.name} `);
    const groups = ['What to lint', 'Findings', 'Output', 'Speed and diagnosis', 'Other'];
    expect(groups.map((group) => stdout.indexOf(`\n${group}\n`)).every((at, i, all) => at > (all[i - 1] ?? 0))).toBe(
      true,
    );
  });

  it('prints the version of the package', () => {
    const about = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(cancelint(tree().path, ['--version'])).toEqual({ status: 0, stdout: `${about.version}\n`, stderr: '' });
  });
});

function bound(made: ReturnType<typeof tree>) {
  return { path: made.path, join: (...names: string[]) => made.join(...names) };
}
