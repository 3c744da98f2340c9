/** Machine code as the input of a run: what is found in it, where, and what is said of what is not. */
import { formatters } from '../../../src/formatters/index.js';
import { readArchive } from '../../../src/x86/object/archive.js';
import { readElf } from '../../../src/x86/object/elf.js';
import { readSymbols, symbolSections } from '../../../src/x86/object/symbols.js';
import { removeTrees, tree } from '../../cli/program.js';
import { fixture, lintFiles, lintPaths, proved, told } from './support.js';

afterAll(removeTrees);

describe('the same mistakes have the same rules as in sources', () => {
  test('redirect design, i386', async () => {
    const linted = await lintFiles({ 'libc.a': fixture('redirect.a') });
    expect(told(linted)).toEqual([
      'libc.a(redirect-1.o): window-lost-request: startsLate',
      'libc.a(redirect-2.o): window-lost-result: endsLate',
      'libc.a(redirect-3.o): window-cancel-path: branch',
      'libc.a(redirect-4.o): window-syscall-arguments: wrong',
      'libc.a(redirect-5.o): window-abi: damaged',
      'libc.a(redirect-6.o): window-flag-check: beside',
      'libc.a(redirect-7.o): window-side-effect: write',
      'libc.a(redirect-8.o): window-foreign-code: unreached',
      'libc.a(redirect-9.o): window-vdso-entry: vdso',
    ]);
    expect(proved(linted)).toEqual(['libc.a(redirect-0.o)']);
    expect(linted.result.libc.name).toBe('musl');
    expect(linted.result.targets).toEqual(['i386']);
  });

  test('unwind design, x86_64, by its .eh_frame', async () => {
    const linted = await lintFiles({ 'libc.a': fixture('unwind.a') });
    expect(told(linted)).toEqual([
      'libc.a(unwind-1.o): window-cancel-path: frame',
      'libc.a(unwind-2.o): window-cancel-path: frame',
    ]);
    expect(linted.result.findings.map(({ message }) => message.replace(/.*finds /, ''))).toEqual([
      'the CFA 8 bytes too low',
      '%rbx at CFA-8 with the return address',
    ]);
    expect(proved(linted)).toEqual(['libc.a(unwind-0.o)']);
    expect(linted.result.libc.name).toBe('glibc');
  });

  test('what a compiler makes of a window in C', async () => {
    const linted = await lintFiles({ 'O0.o': fixture('compiled-O0.o'), 'O1.o': fixture('compiled-O1.o') });
    expect(told(linted)).toEqual(['O0.o: window-lost-result: endsLate']);
    expect(proved(linted)).toEqual(['O1.o']);
  });

  test('a shared object with symbols', async () => {
    const linted = await lintFiles({ 'libc.so': fixture('redirect-5.so') });
    expect(told(linted)).toEqual(['libc.so: window-abi: damaged']);
    expect(linted.result.findings[0]?.function).toBe('__syscall_cp_asm');
  });
});

describe('a shared object without symbols', () => {
  const stripped = fixture('redirect-5.stripped.so');
  const member = (n: number): Uint8Array =>
    readArchive(fixture('redirect.a')).members[n]?.data.slice() ?? new Uint8Array(0);

  test('has the window of the static library', async () => {
    const linted = await lintFiles({ 'libc.so': stripped, 'five.o': member(5) });
    expect(told(linted)).toEqual(['five.o: window-abi: damaged', 'libc.so: window-abi: damaged']);
  });

  test('must be in it once', async () => {
    const linted = await lintFiles({ 'libc.so': fixture('redirect-5-twice.stripped.so'), 'five.o': member(5) });
    expect(told(linted)).toEqual(['five.o: window-abi: damaged', 'libc.so: analysis-incomplete: analysis-incomplete']);
    expect(linted.result.findings[1]?.message).toContain('is in it 2 times');
  });

  test('is proved by labels that are said to be those of another file', async () => {
    const linted = await lintFiles({ 'libc.so': fixture('redirect-0.stripped.so'), 'libc.a': fixture('redirect.a') });
    expect(proved(linted)).toEqual([
      'libc.a(redirect-0.o)',
      'libc.so, if its handler has the labels of libc.a(redirect-0.o)',
    ]);
  });
});

describe('a shared object without symbols, by the shape of its code', () => {
  const lintAlone = (name: string) => lintFiles({ 'libc.so': fixture(name) });
  const notices = ({ result }: Awaited<ReturnType<typeof lintAlone>>) => result.notices.map(({ message }) => message);
  const found = (at: string): string =>
    `libc.so has no symbols: 1 of 1 place with the bytes of a system call instruction lies in code of the shape of a window, which begins at ${at}`;

  test('alone, or where no code of the run is in it', async () => {
    const other = readArchive(fixture('redirect.a')).members[5]?.data.slice() ?? new Uint8Array(0);
    const stripped = fixture('redirect-0.stripped.so');
    for (const linted of [
      await lintFiles({ 'libc.so': stripped }),
      await lintFiles({ 'five.o': other, 'libc.so': stripped }),
    ]) {
      expect(linted.result.findings.filter(({ at }) => at.file === 'libc.so')).toEqual([]);
      expect(notices(linted)).toContain(found('0xd5'));
      expect(proved(linted)).toEqual(['libc.so, if the handler takes the window to begin at 0xdd and to end at 0x100']);
      expect(linted.result.libc.name).toBe('musl');
    }
  });

  test.each([
    ['unwind-0', '0x14a', '0x16a'],
    // What GCC makes of a window in C.
    ['compiled-O2', '0x19a', '0x1b6'],
  ])('%s, x86_64, with the scheme that it is', async (name, start, end) => {
    const linted = await lintAlone(`${name}.stripped.so`);
    expect(told(linted)).toEqual([]);
    expect(proved(linted)).toEqual([
      `libc.so, if the handler takes the window to begin at ${start} and to end at ${end}`,
    ]);
    expect(linted.result.libc.name).toBe('glibc');
  });

  test.each([
    ['redirect-3', 'window-cancel-path: branch'],
    ['redirect-5', 'window-abi: damaged'],
  ])('%s: what is wrong wherever the labels are', async (name, what) => {
    const linted = await lintAlone(`${name}.stripped.so`);
    expect(told(linted)).toEqual([`libc.so: ${what}`]);
    expect(notices(linted)).toEqual([found('0xd5')]);
    expect(linted.result.findings[0]?.function).toBe('sub_d5');
  });

  test('two of the shape are none that is known', async () => {
    const linted = await lintAlone('redirect-5-twice.stripped.so');
    expect(linted.result.findings.map(({ message }) => message)).toEqual([
      'It has no symbols, and 2 functions of it have the shape of a window, so which is one is not known (sub_d5, sub_10e): give the libc.a of the same build, too',
    ]);
  });

  test.each([
    // It gives the kernel other arguments than it was given, so it may be anything.
    ['redirect-4', 'with the bytes of a system call instruction lies in code of the shape of a window'],
    // The jump skips the cancel path.
    ['compiled-O0', 'with the bytes of a system call instruction lies in code of the shape of a window'],
  ])('%s is not of the shape, which is said', async (name, message) => {
    const linted = await lintAlone(`${name}.stripped.so`);
    expect(told(linted)).toEqual(['libc.so: analysis-incomplete: analysis-incomplete']);
    expect(linted.result.findings[0]?.message).toContain(`none of 1 place ${message}`);
    expect(linted.result.findings[0]?.message).toContain('give the libc.a of the same build, too');
  });

  test('without a system call there is no window', async () => {
    const linted = await lintAlone('redirect-9.stripped.so');
    expect(told(linted)).toEqual([]);
    expect(notices(linted)).toEqual(['libc.so has no cancellation window: there is no system call instruction in it']);
  });
});

describe('the compiled handler of an object, in the unwind design', () => {
  const member = (archive: string, n: number): Uint8Array =>
    readArchive(fixture(archive)).members[n]?.data.slice() ?? new Uint8Array(0);
  const lintWith = (n: number) =>
    lintFiles({ 'window.o': member('unwind.a', 0), 'handler.o': member('handler64.a', n) });

  test('agrees with the window', async () => {
    const linted = await lintWith(0);
    expect(told(linted)).toEqual([]);
    expect(linted.result.notices.map(({ message }) => message)).toContain(
      "handler.o: the handler 'cancel_handler' agrees with the window, run with the PC at 8 places in 4 states of the thread",
    );
  });

  test('takes the end to be inside', async () => {
    const linted = await lintWith(1);
    expect(told(linted)).toEqual(['handler.o: handler-window-mismatch: codeTakes']);
    expect(proved(linted)).toEqual(['window.o']);
  });
});

describe('what is not found is said', () => {
  const archive = fixture('redirect.a');

  test('an object without a window', async () => {
    const other = Uint8Array.from(Buffer.from(archive));
    const text = Buffer.from(other.buffer);
    for (let at = text.indexOf('__cp_begin'); at !== -1; at = text.indexOf('__cp_begin')) text.write('__cq_begin', at);
    const { result } = await lintFiles({ 'libc.a': other });
    expect(result.findings).toEqual([]);
    expect(result.notices.map(({ message }) => message)).toEqual([
      'libc.a has no cancellation window: none of its 10 objects defines __syscall_cancel_arch_start or __cp_begin',
    ]);
  });

  test('a window without its end', async () => {
    const other = readArchive(archive).members[0]?.data.slice() ?? new Uint8Array(0);
    const text = Buffer.from(other.buffer);
    text.write('__cp_enf', text.indexOf('__cp_end\0'));
    expect(told(await lintFiles({ 'one.o': other }))).toEqual(['one.o: analysis-incomplete: analysis-incomplete']);
  });

  test('a label that lies nowhere', async () => {
    const other = readArchive(archive).members[0]?.data.slice() ?? new Uint8Array(0);
    const object = readElf(other);
    const [table] = symbolSections(object);
    const end = table && readSymbols(object, table).find(({ name }) => name === '__cp_end');
    // st_value, 2 GiB further.
    other.set([0, 0, 0, 0x80], (table?.offset ?? 0) + 16 * (end?.index ?? 0) + 4);
    expect(told(await lintFiles({ 'one.o': other }))).toEqual(['one.o: analysis-incomplete: analysis-incomplete']);
  });

  test('an archive of nothing', async () => {
    const { result } = await lintFiles({ 'libc.a': Buffer.from('!<arch>\n') });
    expect(result.notices.map(({ message }) => message)).toEqual(['libc.a holds no object']);
  });

  test('a member that is damaged, and the others all the same', async () => {
    const other = archive.slice();
    const [, second] = readArchive(other).members;
    if (second) other.fill(0xff, second.offset + 60 + 32, second.offset + 60 + 36);
    const linted = await lintFiles({ 'libc.a': other });
    expect(told(linted)[0]).toBe('libc.a: parse-error: parse-error');
    expect(linted.result.findings[0]?.message).toMatch(/^member redirect-1\.o: /);
    expect(linted.result.findings).toHaveLength(9);
  });

  test('a window of a target that was not asked for', async () => {
    const { result } = await lintPaths(tree({ 'libc.a': fixture('unwind.a') }).path, ['libc.a'], ['i386']);
    expect(result.findings).toEqual([]);
    expect(result.notices.map(({ message }) => message)).toEqual([
      'libc.a(unwind-0.o) has a window for x86_64, which --target leaves out',
      'libc.a(unwind-1.o) has a window for x86_64, which --target leaves out',
      'libc.a(unwind-2.o) has a window for x86_64, which --target leaves out',
    ]);
  });
});

describe('places', () => {
  const context = {
    version: '0',
    homepage: undefined,
    rules: [],
    page: () => '',
    exitCode: 1,
    color: false,
    quiet: false,
  };

  test('stylish: the routine and the distance from it', async () => {
    const { result } = await lintFiles({ 'libc.so': fixture('redirect-5.so') });
    const text = formatters.stylish.format(result, context);
    expect(text).toContain('  __syscall_cp_asm+0x11  error    ');
    expect(text).toContain('2. __syscall_cp_asm+0x29  kernel: the call ends');
  });

  test('json and sarif: bytes of the file', async () => {
    const data = fixture('redirect.a');
    const { result } = await lintFiles({ 'libc.a': data });
    const abi = result.findings.find(({ ruleId }) => ruleId === 'window-abi');
    // mov 28(%esp),%ebx
    const start = (abi?.at.column ?? 0) - 1;
    expect([...data.subarray(start, (abi?.at.endColumn ?? 0) - 1)]).toEqual([0x8b, 0x5c, 0x24, 0x1c]);
    const json = formatters.json.format(result);
    expect(json).toContain('"address": "__syscall_cp_asm+0x11"');
    const sarif = formatters.sarif.format(result, context);
    expect(sarif).toContain('"uri": "libc.a"');
    expect(sarif).toContain(`"byteOffset": ${String(start)}`);
    expect(sarif).toContain('"fullyQualifiedName": "libc.a(redirect-5.o)!__syscall_cp_asm+0x11"');
  });
});
