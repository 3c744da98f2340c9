import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { cancelint, program, removeTrees, tree } from './program.js';

afterAll(removeTrees);

const WARNS = '/* cancelint-disable-line */\n';
const USES = 'void pthread_testcancel(void);\nint f(void) { pthread_testcancel(); return 0; }\n';

interface Found {
  readonly filePath: string;
  readonly messages: readonly {
    readonly ruleId: string;
    readonly line: number;
    readonly column: number;
    readonly message: string;
  }[];
}

function found(cwd: string, args: readonly string[] = []) {
  const ran = cancelint(cwd, ['--format', 'json', ...args]);
  const files = JSON.parse(ran.stdout) as readonly Found[];
  return {
    ...ran,
    rules: files.flatMap((file) => file.messages.map(({ ruleId }) => `${file.filePath} ${ruleId}`)),
    files,
  };
}

/** The same bytes in every run. */
function noise(size: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at * 32 < size; at++) parts.push(createHash('sha256').update(String(at)).digest());
  return Buffer.concat(parts).subarray(0, size);
}

describe('a file of', () => {
  it.each(['a.c', 'a.h', 'a.s', 'a.S', 'a.inc'])('random bytes is a parse error (%s)', (name) => {
    const ran = found(tree({ [name]: noise(100_000) }).path);
    expect(ran.status).toBe(1);
    expect(ran.rules).toContain(`${name} parse-error`);
  });

  it.each(['a.c', 'a.S'])('no bytes is clean (%s)', (name) => {
    expect(found(tree({ [name]: '' }).path)).toMatchObject({ status: 0, rules: [] });
  });

  it('one line of 50 MB is read in good time', () => {
    const line = `${'int pthread_testcancel; '.repeat(Math.ceil((50 * 1024 * 1024) / 24))}/* cancelint-disable-next-line */`;
    const ran = found(tree({ 'a.c': line }).path);
    expect(ran.status).toBeLessThan(2);
    expect(ran.rules.length).toBeGreaterThan(0);
  }, 120_000);

  it('more than 64 MB is not read, and that is a finding', () => {
    const ran = found(tree({ 'a.c': Buffer.alloc(64 * 1024 * 1024 + 1, 32) }).path);
    expect(ran).toMatchObject({ status: 0, rules: ['a.c analysis-incomplete'] });
  });

  it('text with a NUL is a parse error', () => {
    expect(found(tree({ 'a.c': `${USES}\0${USES}` }).path).rules).toContain('a.c parse-error');
  });

  it('CRLF lines has the same places as one of LF lines', () => {
    const text = `"//"\n${WARNS}int a; // x \\\n cancelint-disable-line\n  # cancelint-disable\n // cancelint-enable\n`;
    const lf = found(tree({ 'a.c': text }).path).files;
    expect(found(tree({ 'a.c': text.replaceAll('\n', '\r\n') }).path).files).toEqual(lf);
    expect(lf[0]?.messages).toHaveLength(2);
  });

  it('Latin-1 counts a byte as a column, UTF-8 a UTF-16 unit', () => {
    const text = '/* \u00e9\u00e9 */ // cancelint-disable-line\n';
    for (const encoding of ['latin1', 'utf8'] as const) {
      const { files } = found(tree({ 'a.c': Buffer.from(text, encoding) }).path);
      expect(files[0]?.messages[0]).toMatchObject({ line: 1, column: 10 });
    }
  });
});

describe('a tree with', () => {
  it('links in a loop is walked once', () => {
    const made = tree({ 'd/a.c': WARNS });
    symlinkSync('..', made.join('d/up'));
    symlinkSync('loop.c', made.join('loop.c'));
    symlinkSync('d/a.c', made.join('again.c'));
    expect(found(made.path).rules).toEqual(['d/a.c unused-directive', 'loop.c unreadable-file']);
  });

  it('a link out of it is left out, with a notice', () => {
    const made = tree({ 'in/a.c': WARNS, 'out.c': WARNS });
    symlinkSync('../out.c', made.join('in/b.c'));
    const ran = found(made.join('in'));
    expect(ran.rules).toEqual(['a.c unused-directive']);
    expect(ran.stderr).toContain('b.c is left out: the link leads out of the tree');
  });

  it('a folder named like a source is walked', () => {
    expect(found(tree({ 'x.c/a.c': WARNS }).path).rules).toEqual(['x.c/a.c unused-directive']);
    expect(found(tree({ 'x.c/a.c': WARNS }).path, ['x.c']).rules).toEqual(['a.c unused-directive']);
  });

  it('no C is an error', () => {
    const made = tree({ 'readme.md': '' });
    mkdirSync(made.join('empty'));
    expect(cancelint(made.path, ['empty'])).toMatchObject({ status: 2, stdout: '' });
    expect(cancelint(made.path, ['readme.md']).stderr).toContain('Nothing to lint');
  });

  it('tests lints them only when they are asked for', () => {
    const made = tree({
      '.git/HEAD': '',
      'a.c': WARNS,
      'tests/b.c': WARNS,
      'tst-c.c': WARNS,
      'node_modules/d.c': WARNS,
    });
    expect(found(made.path).rules).toEqual(['a.c unused-directive']);
    expect(found(made.path, ['tests']).rules).toEqual(['tests/b.c unused-directive']);
    expect(found(made.path, ['tst-c.c']).rules).toEqual(['tst-c.c unused-directive']);
    expect(found(made.path, ['node_modules']).rules).toEqual(['node_modules/d.c unused-directive']);
  });

  it('a pipe never opens it', () => {
    const made = tree({ 'a.c': WARNS });
    execFileSync('mkfifo', [made.join('pipe.c')]);
    const ran = found(made.path);
    expect(ran.rules).toEqual(['a.c unused-directive']);
    expect(ran.stderr).toContain('pipe.c is left out: it is a named pipe');
    expect(cancelint(made.path, ['pipe.c'])).toMatchObject({ status: 2 });
  });

  // Root reads everything, so that nothing is refused to it.
  (process.getuid?.() === 0 ? it.skip : it)(
    'files and folders that refuse to be read goes on (skipped for root)',
    () => {
      const made = tree({ 'a.c': WARNS, 'b.c': WARNS, 'd/c.c': WARNS });
      chmodSync(made.join('b.c'), 0);
      chmodSync(made.join('d'), 0);
      const ran = found(made.path);
      chmodSync(made.join('d'), 0o700);
      expect(ran.rules).toEqual(['a.c unused-directive', 'b.c unreadable-file', 'd unreadable-file']);
      expect(ran.status).toBe(1);
    },
  );
});

describe('a hostile name', () => {
  const HIDDEN = ['\u001b', '\u009b', '\u202e'];
  const NAMES = ['a\u001b[31m.c', 'b\nc.c', 'd\u202e.c', 'e\u009b.c', 'f %#?.c', 'g:\u00e9.c'];

  it('is escaped for the terminal', () => {
    const { stdout } = cancelint(tree(Object.fromEntries(NAMES.map((name) => [name, WARNS]))).path, []);
    for (const character of HIDDEN) expect(stdout).not.toContain(character);
    for (const shown of ['a\\x1b[31m.c', 'b\\nc.c', 'd\\u202e.c', 'e\\x9b.c', 'f %#?.c', 'g:\u00e9.c']) {
      expect(stdout.split('\n')).toContain(shown);
    }
    expect(cancelint(tree().path, ['x\u001b[2J']).stderr).toBe('cancelint: No such file or folder: x\\x1b[2J\n');
  });

  it('is whole in JSON and percent-encoded in SARIF', () => {
    const { path } = tree(Object.fromEntries(NAMES.map((name) => [name, WARNS])));
    const json = found(path);
    for (const character of HIDDEN) expect(json.stdout).not.toContain(character);
    expect(json.files.map((file) => file.filePath).sort()).toEqual([...NAMES].sort());
    const sarif = cancelint(path, ['-f', 'sarif']).stdout;
    for (const uri of ['a%1B%5B31m.c', 'b%0Ac.c', 'd%E2%80%AE.c', 'e%C2%9B.c', 'f%20%25%23%3F.c', 'g%3A%C3%A9.c']) {
      expect(sarif).toContain(`"uri": "${uri}"`);
    }
  });

  (process.platform === 'linux' ? it : it.skip)('that is no UTF-8 is read all the same', () => {
    const made = tree();
    const name = Buffer.concat([Buffer.from(made.join('a')), Buffer.from([0xff]), Buffer.from('.c')]);
    writeFileSync(name, WARNS);
    expect(found(made.path).rules).toEqual(['a\udcff.c unused-directive']);
    expect(cancelint(made.path, []).stdout.split('\n')[0]).toBe('a\\xff.c');
    expect(cancelint(made.path, ['-f', 'sarif']).stdout).toContain('"uri": "a%FF.c"');
  });
});

describe('the process', () => {
  it('is quiet when the reader goes away', async () => {
    const files = Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`d/file-${at}.c`, WARNS]));
    const child = spawn(process.execPath, [program, '-f', 'sarif'], {
      cwd: tree(files).path,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.stdout.once('data', () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect(errors).not.toContain('EPIPE');
    expect(status).toBe(0);
  });

  it('ends with 130 on Ctrl-C', async () => {
    const files = Object.fromEntries(Array.from({ length: 8000 }, (_, at) => [`d/file-${at}.c`, WARNS]));
    const child = spawn(process.execPath, [program], { cwd: tree(files).path, stdio: 'ignore' });
    setTimeout(() => child.kill('SIGINT'), 300);
    const ended = await new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)));
    // Before the program's own code is loaded, the signal ends the process, which shells number 130 as well.
    expect([130, 'SIGINT']).toContain(ended);
  });
});
