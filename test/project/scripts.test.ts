// The parts of scripts/ that can be tested without a network.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = process.cwd();

/** The scripts are plain JavaScript; a test says itself what it takes from them. */
async function load<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(join(root, 'scripts', name)).href)) as T;
}

interface SourceFile {
  name: string;
  text: string;
}

const trees = await load<{
  TREES: Record<string, { sha256: string }>;
  selectTrees(names: readonly string[]): string[];
  verifyHash(file: string, expected: string): void;
  sourcesFor(suite: string, files: readonly SourceFile[]): string;
  fetchTrees(names: readonly string[], folder: string): void;
  unpack(tarball: string, place: string): void;
}>('trees.mjs');

let scratch: string;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'cancelint-scripts-'));
});

afterEach(() => {
  rmSync(scratch, { recursive: true, force: true });
});

describe('trees', () => {
  const hashOfAbc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

  function runTrees(args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    return spawnSync(process.execPath, [join(root, 'scripts/trees.mjs'), ...args], { encoding: 'utf8', env });
  }

  test('names are selected once and in the order of the table', () => {
    expect(trees.selectTrees(['musl-1.2.5', 'musl-1.2.3', 'musl-1.2.5'])).toEqual(['musl-1.2.3', 'musl-1.2.5']);
    expect(trees.selectTrees(['all'])).toEqual(Object.keys(trees.TREES));
  });

  test('every tree has a hash', () => {
    for (const tree of Object.values(trees.TREES)) expect(tree.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('no name lists the trees', () => {
    const { status, stdout } = runTrees([]);
    expect(status).toBe(0);
    for (const name of Object.keys(trees.TREES)) expect(stdout).toContain(name);
  });

  test('an unknown name is one line that lists the known ones, and status 2', () => {
    const { status, stderr } = runTrees(['musl-9']);
    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain("no tree is named 'musl-9'");
    expect(stderr).toContain('musl-1.2.5');
  });

  /** fetchTrees in a process that finds no programs at all, with a folder of its own. */
  function fetchWithoutPrograms(name: string) {
    const script = pathToFileURL(join(root, 'scripts/trees.mjs')).href;
    const code = `const { fetchTrees } = await import(${JSON.stringify(script)});
      try { fetchTrees([${JSON.stringify(name)}], ${JSON.stringify(scratch)}); } catch (error) { console.log(error.message); }`;
    const env = { ...process.env, PATH: scratch };
    return spawnSync(process.execPath, ['--input-type=module', '--eval', code], { encoding: 'utf8', env, cwd: root })
      .stdout;
  }

  test('without apt the failure says so', () => {
    expect(fetchWithoutPrograms('musl-1.2.5')).toMatch(/^apt-get is not installed[^\n]*\n$/);
    expect(readdirSync(scratch)).toEqual([]);
  });

  test('a tree that is there needs no apt', () => {
    mkdirSync(join(scratch, 'musl-1.2.5'));
    expect(fetchWithoutPrograms('musl-1.2.5')).toBe('trees/musl-1.2.5 is there\n');
  });

  test('a tarball with another hash is refused', () => {
    const file = join(scratch, 'a.tar.xz');
    writeFileSync(file, 'abc');
    expect(() => trees.verifyHash(file, hashOfAbc)).not.toThrow();
    writeFileSync(file, 'abd');
    expect(() => trees.verifyHash(file, hashOfAbc)).toThrow(/^a\.tar\.xz is not the released file/);
  });

  test('a tarball that cannot be unpacked leaves nothing behind', () => {
    const file = join(scratch, 'a.tar');
    writeFileSync(file, 'not an archive at all');
    expect(() => trees.unpack(file, join(scratch, 'trees', 'a'))).toThrow(/^a\.tar cannot be unpacked/);
    expect(readdirSync(join(scratch, 'trees'))).toEqual([]);
  });

  test('a deb822 entry keeps its address and key, and gets the suite and source types', () => {
    const text = [
      '# comment',
      'Types: deb',
      'URIs: mirror:/main',
      'Suites: bookworm bookworm-updates',
      'Components: main contrib',
      'Signed-By:',
      ' first-line-of-the-key',
      ' second-line',
      '',
      'Types: deb',
      'URIs: mirror:/security',
      'Suites: bookworm-security',
      'Components: main',
      '',
      'Enabled: no',
      'Types: deb',
      'URIs: mirror:/off',
      'Suites: bookworm',
      'Components: main',
    ].join('\n');
    expect(trees.sourcesFor('trixie', [{ name: 'debian.sources', text }]).trim()).toBe(
      [
        'Types: deb deb-src',
        'Suites: trixie',
        'Components: main',
        'URIs: mirror:/main',
        'Signed-By:',
        ' first-line-of-the-key',
        ' second-line',
      ].join('\n'),
    );
  });

  test('one-line entries are understood, and each address is used once', () => {
    const text = [
      '# deb mirror:/commented bookworm main',
      'deb [arch=amd64 signed-by=/keys/a.gpg] mirror:/main bookworm main contrib',
      'deb-src [signed-by=/keys/a.gpg] mirror:/main bookworm main',
      'deb mirror:/main bookworm-updates main',
      'deb mirror:/other stable-of-somebody main',
    ].join('\n');
    expect(trees.sourcesFor('bookworm', [{ name: 'sources.list', text }]).trim()).toBe(
      [
        'Types: deb deb-src',
        'Suites: bookworm',
        'Components: main',
        'URIs: mirror:/main',
        'Signed-By: /keys/a.gpg',
      ].join('\n'),
    );
    expect(trees.sourcesFor('bookworm', [{ name: 'x.list.disabled', text }])).toBe('');
  });
});

describe('setup', () => {
  async function isInstalled(wanted: object, present?: object): Promise<boolean> {
    const setup = await load<{ isInstalled(folder: string): boolean }>('setup.mjs');
    const packages = { '': { version: '0.1.0' }, ...wanted };
    writeFileSync(join(scratch, 'package-lock.json'), JSON.stringify({ packages }));
    mkdirSync(join(scratch, 'node_modules'), { recursive: true });
    if (present) {
      writeFileSync(join(scratch, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: present }));
    }
    return setup.isInstalled(scratch);
  }
  const a = { 'node_modules/a': { version: '1.0.0' } };

  test('nothing installed', async () => expect(await isInstalled(a)).toBe(false));
  test('everything installed', async () => expect(await isInstalled(a, a)).toBe(true));
  test('a package is missing', async () => expect(await isInstalled(a, {})).toBe(false));
  test('a package has another version', async () =>
    expect(await isInstalled(a, { 'node_modules/a': { version: '1.0.1' } })).toBe(false));
  test("another platform's package is missing", async () =>
    expect(await isInstalled({ ...a, 'node_modules/a-win': { version: '1.0.0', optional: true } }, a)).toBe(true));
});

describe('start', () => {
  test.each([
    [[], false],
    [['--format', 'json'], false],
    [['--quiet', 'scripts'], true],
    [['scripts'], true],
    [['no-such-folder'], true],
    [['rules', 'point-missing'], true],
    [['--help'], true],
  ])('%j names something to do: %j', async (args, expected) => {
    const start = await load<{ namesSomething(args: readonly string[], cwd: string): boolean }>('start.mjs');
    expect(start.namesSomething(args, root)).toBe(expected);
  });
});

describe('bench', () => {
  test('only what stands between the markers is replaced', async () => {
    const bench = await load<{ replaceMeasured(text: string, measured: string): string }>('bench.mjs');
    const first = bench.replaceMeasured('# Benchmarks\n\nBy hand.\n', 'one');
    const second = bench.replaceMeasured(`${first}\n## After\n`, 'two');
    expect(first).toContain('one');
    expect(second).toBe(`${first.replace('one', 'two')}\n## After\n`);
  });

  test('the shares of the steps count every millisecond once', async () => {
    const { phasesOf, phaseRows } = await load<{
      phasesOf: (notes: string) => Map<string, number>;
      phaseRows: (trees: readonly object[], median: (values: readonly number[]) => number) => string[][];
    }>('bench-phases.mjs');
    const notes = [
      'root 10.0',
      'analyse 60.0',
      'rules 30.0',
      'read 15.0',
      'plan 5.0',
      'lift 25.0',
      'rule close-interrupted 29.0',
    ];
    const phases = phasesOf(notes.map((note) => `debug: ${note} ms\n`).join(''));
    expect(Object.fromEntries(phases)).toEqual({ root: 10, analyse: 15, rules: 30, read: 15, plan: 5, lift: 25 });
    const rows = phaseRows([{ tree: 'musl', runs: [phases] }], ([only = NaN]) => only);
    expect(rows).toContainEqual(['lift', '25']);
  });
});

test('the scripts that package.json names exist', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  for (const command of Object.values(scripts)) {
    const file = /scripts\/\S+/.exec(command)?.[0];
    if (file !== undefined) expect({ file, exists: existsSync(file) }).toEqual({ file, exists: true });
  }
});
