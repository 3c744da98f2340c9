import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { script, type Lines, type Target } from '../oracle/support.js';
import { cancelint, program, project, removeTrees, tree } from './program.js';

afterAll(removeTrees);

const { readStored } = await script<Lines>('oracle/lines.mjs');

const SUM = '.globl sum\nsum: mov 4(%esp), %eax\nadd 8(%esp), %eax\nshl $2, %eax\nret\n';

function object(name: string): Buffer {
  return Buffer.from(readFileSync(`${project}fixtures/x86/objects/${name}.base64`, 'utf8'), 'base64');
}

function lines(text: string): readonly string[] {
  return text.trimEnd().split('\n');
}

describe('a source', () => {
  it('is run and told step by step', () => {
    const ran = cancelint(tree({ 'sum.s': SUM }).path, ['simulate', 'sum.s:sum', '--mem', 'esp+4=0300000004000000']);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(lines(ran.stdout).map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      'sum of sum.s, i386',
      '',
      '08048000 <sum sum.s:2>  mov 4(%esp), %eax  eax=00000003',
      '08048010 <sum+16 sum.s:3>  add 8(%esp), %eax  eax=00000007',
      '08048020 <sum+32 sum.s:4>  shl $2, %eax  eax=0000001c AF=? OF=?',
      '08048030 <sum+48 sum.s:5>  ret  esp=bfff0000',
      '',
      'Stopped after 4 steps: it returned with eax=0000001c',
    ]);
  });

  it('is told as JSON', () => {
    const { stdout } = cancelint(tree({ 'sum.s': SUM }).path, ['simulate', 'sum.s', '-f', 'json', '--steps', '1']);
    expect(JSON.parse(stdout)).toEqual({
      file: 'sum.s',
      function: 'sum',
      target: 'i386',
      steps: [
        {
          address: '0x8048000',
          symbol: 'sum',
          source: 'sum.s:2',
          instruction: 'mov 4(%esp), %eax',
          registers: { eax: { before: '0x11111111', now: '0xa0000001' } },
          memory: [],
        },
      ],
      stop: {
        reason: 'limit',
        steps: 1,
        address: '0x8048010',
        symbol: 'sum+16',
        source: 'sum.s:3',
        instruction: 'add 8(%esp), %eax',
      },
    });
  });

  it.each([
    ['nop\nint $0x80', 'system call 5, ebx=44444444', ['--set', 'eax=5']],
    ['syscall', 'system call 1, rdi=2', ['--target', 'x86_64', '--set', 'rax=1,rdi=2']],
    ['syscall', 'system call 1229782938247303441, ', ['--target', 'x32']],
    ['mov 1, %eax', 'fault #PF at 00000001, error code 4', []],
    ['ud2', 'fault #UD', []],
    ['fld1', 'unknown instruction fld1', []],
    ['shl %cl, %eax\njo .', 'depends on an undefined value: OF', ['--set', 'ecx=5']],
    ['1: jmp 1b', 'Stopped after 10000 steps: the limit of steps', []],
    ['call g', 'it goes to g, which is defined elsewhere', []],
    ['mov %eax, g', 'Stopped after 1 step: section .text ends here', ['--mem', 'g=00']],
  ])('stops at %s', (text, why, more) => {
    const ran = cancelint(tree({ 'a.s': `.globl f\nf: ${text}\n` }).path, ['simulate', 'a.s', ...more]);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toContain(why);
  });

  it('.S is read through the macros of its tree', () => {
    const made = tree({
      'h.h': '#define N 7\n#define ENTRY(x) .globl x; x:\n',
      'a.S': '#include "h.h"\nENTRY(f)\nmov $N, %eax\nret\n',
    });
    expect(cancelint(made.path, ['simulate', 'a.S:f']).stdout).toContain('it returned with eax=00000007');
  });
});

describe('machine code', () => {
  it.each([
    ['window-i386.o', 'window', 'fault #PF at a0000001'],
    ['window-x86_64.o', 'window', 'fault'],
    ['program-i386', 'window', 'fault #PF at a0000001'],
    ['program-i386', undefined, 'The program of f, i386'],
  ])('of %s', (name, symbol, expected) => {
    const made = tree({ f: object(name) });
    const ran = cancelint(made.path, ['simulate', symbol === undefined ? 'f' : `f:${symbol}`]);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toContain(expected);
  });

  it('of an archive is the member that defines the function, or the one that is named', () => {
    const made = tree({ 'two.a': object('two.a') });
    const ran = cancelint(made.path, ['simulate', 'two.a:window', '--mem', '1000=00000000', '--mem', 'esp+4=00100000']);
    const [first = ''] = lines(ran.stdout);
    expect(first).toMatch(/^window of two\.a\(.+\), i386$/);
    expect(ran.stdout).toContain('system call 2684354562');
    const member = /\((.+)\)/.exec(first)?.[1] ?? '';
    expect(lines(cancelint(made.path, ['simulate', `two.a(${member}):window`]).stdout)[0]).toBe(first);
  });
});

describe('what cannot be done is one line and status 2', () => {
  const elf = object('window-i386.o');
  const cases: readonly (readonly [
    string,
    readonly string[],
    Readonly<Record<string, string | Uint8Array>>,
    string,
  ])[] = [
    ['nothing', [], {}, 'Name what to simulate'],
    ['two', ['a', 'b'], {}, ''],
    ['no file', ['a.s:f'], {}, 'No such file or folder: a.s'],
    ['C', ['a.c'], { 'a.c': 'int f;' }, 'neither machine code'],
    ['an empty file', ['a.s'], { 'a.s': '' }, 'defines no function'],
    [
      'noise',
      ['a.s'],
      { 'a.s': Buffer.from(Array.from({ length: 9999 }, (_, n) => (n * n * 31) & 255)) },
      'defines no function',
    ],
    ['an unknown function', ['sum.s:summ'], { 'sum.s': SUM }, 'defines no summ; did you mean "sum"?'],
    ['several functions', ['a.s'], { 'a.s': '.globl f,g\nf: nop\ng: nop' }, 'there are f, g'],
    ['a truncated object', ['a.o:window'], { 'a.o': elf.subarray(0, 200) }, 'a.o: '],
    ['a thin archive', ['a:window'], { a: object('thin.a') }, 'thin archive'],
    ['an archive without a function', ['a'], { a: object('two.a') }, 'name the function of the archive'],
    ['a member that is not there', ['a(x):window'], { a: object('two.a') }, 'the archive has no member x'],
    ['another target', ['a.o', '--target', 'x86_64'], { 'a.o': elf }, 'a.o is for i386, not for x86_64'],
    ['two targets', ['a.o', '--target', 'all'], { 'a.o': elf }, 'one --target'],
    ['a register of another target', ['sum.s', '--set', 'rax=1'], { 'sum.s': SUM }, 'i386 has no register rax'],
    ['a value that is too wide', ['sum.s', '--set', 'al=100'], { 'sum.s': SUM }, 'does not fit al'],
    ['no value', ['sum.s', '--set', 'eax=x'], { 'sum.s': SUM }, '--set needs REGISTER=HEX'],
    ['half a byte', ['sum.s', '--mem', '0=1'], { 'sum.s': SUM }, '--mem needs ADDR=BYTES'],
    ['no address', ['sum.s', '--mem', 'zz=11'], { 'sum.s': SUM }, 'is no register, symbol or address'],
    ['an address outside', ['sum.s', '--mem', 'ffffffff=1111'], { 'sum.s': SUM }, 'outside'],
    ['steps', ['sum.s', '--steps', '-1'], { 'sum.s': SUM }, '--steps needs a whole number'],
    ['a format', ['sum.s', '-f', 'sarif'], { 'sum.s': SUM }, 'simulate knows text and json'],
    ['vectors and a file', ['sum.s', '--vectors'], { 'sum.s': SUM }, '--vectors takes everything from standard input'],
    [
      'data without end',
      ['a.s'],
      { 'a.s': 'f: ret\n.data\n.rept 999\n.skip 16000000\n.endr' },
      'takes too much memory',
    ],
  ];

  it.each(cases)('%s', (_, args, files, message) => {
    const ran = cancelint(tree(files).path, ['simulate', ...args]);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^cancelint: [^\n]+\n$/);
    expect(ran.stderr).toContain(message);
  });
});

it('shows control characters of names as escapes', () => {
  const evil = 'f\u001b[31m';
  const made = tree({ 'a.s': `.globl "${evil}"\n.type "${evil}",@function\n"${evil}": mov %eax, %ecx\nret\n` });
  for (const args of [['a.s'], ['a.s', '-f', 'json'], [`a.s:${evil}x`], ['a.s', '--set', `${evil}=1`]]) {
    const ran = cancelint(made.path, ['simulate', ...args]);
    expect(ran.stdout + ran.stderr).not.toContain('\u001b');
  }
});

function vectors(input: string | Buffer): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, 'simulate', '--vectors'], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
}

describe('--vectors', () => {
  it.each(['i386', 'x86_64'] as const)('answers stored vectors of %s as the processor did', (target: Target) => {
    const stored = brotliDecompressSync(readFileSync(`${project}fixtures/x86/vectors/${target}.txt.br`))
      .toString('latin1')
      .trimEnd()
      .split('\n')
      .filter((_, n) => n % 20 === 0)
      .map((text, n) => readStored(text, String(n)));
    const ran = vectors(stored.map(({ line }) => `${line}\n`).join(''));
    const answers = lines(ran.stdout);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(answers).toHaveLength(stored.length);
    stored.forEach(({ answer }, n) => {
      expect(answers[n]?.split(' ').slice(0, 2)).toEqual([String(n), answer.outcome]);
    });
  });

  it('declines, and answers each malformed line in one', () => {
    const long = 'x'.repeat(1 << 17);
    const bad = `a 90\nb d9e8\n\nc\nd zz\ne 90 eax=q\n\u001bf 90\n${long} 90\n${'y'.repeat(300)} 90\ng 90 bits=64 rax=1\nh cd80`;
    const answers = lines(vectors(bad).stdout).map((line) => line.split(' ').slice(0, 3).join(' '));
    expect(answers).toEqual([
      'a ok eip=08048801',
      expect.stringMatching(/^b unknown /),
      '- bad-vector',
      'c bad-vector',
      'd bad-vector',
      'e bad-vector',
      '\\x1bf bad-vector',
      '- bad-vector',
      `${'y'.repeat(200)} bad-vector`,
      'g ok rip=0000000008048801',
      'h syscall eip=08048802',
    ]);
  });

  it('ends when the reader goes away', async () => {
    const child = spawn(process.execPath, [program, 'simulate', '--vectors'], { stdio: ['pipe', 'pipe', 'pipe'] });
    const text = 'v 90\n'.repeat(20_000);
    child.stdin.on('error', () => undefined);
    const feed = (): void => {
      while (!child.stdin.destroyed && child.stdin.write(text));
    };
    child.stdin.on('drain', feed);
    feed();
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.on('exit', resolve));
    child.stdin.destroy();
    expect({ status, complaint }).toEqual({ status: 0, complaint: '' });
  }, 30_000);
});
