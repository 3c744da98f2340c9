import { mkdirSync } from 'node:fs';
import { edit, glibcTree, gnu64, gnu64at, musl386 } from '../rules/windows.js';
import { fixture } from '../x86/binary/support.js';
import { cancelint, project, removeTrees, tree } from './program.js';

afterAll(removeTrees);

const failed = (stderr: string) => ({ status: 2, stdout: '', stderr: `cancelint: ${stderr}\n` });

describe('a window', () => {
  it('is drawn, and the exit status is 0 whatever is wrong with it', () => {
    const folder = tree({ 'syscall_cp.s': musl386, 'late.s': edit(musl386, '__cp_end:\n', '\tnop\n__cp_end:\n') });
    const right = cancelint(folder.path, ['explain', 'syscall_cp.s']);
    expect(right).toMatchObject({ status: 0, stderr: '' });
    expect(right.stdout).toContain('__syscall_cp_asm of syscall_cp.s, i386, musl\n');
    expect(right.stdout).toMatch(/\nProved \(\d+ steps, a request at \d+ boundaries\)\n$/);
    const wrong = cancelint(folder.path, ['explain', 'late.s:__syscall_cp_asm', '--target', 'i386']);
    expect(wrong).toMatchObject({ status: 0, stderr: '' });
    expect(wrong.stdout).toContain('LOST RESULT');
    expect(wrong.stdout).toContain('\nBroken: W2, W3 (');
  });

  it.each(['json', 'html', 'svg', 'dot'])('is drawn as %s', (format) => {
    const begins = { json: '{', html: '<!doctype html>', svg: '<svg ', dot: 'digraph ' }[format] ?? '';
    const { stdout, status } = cancelint(tree({ 'a.s': musl386 }).path, ['explain', 'a.s', '-f', format]);
    expect(status).toBe(0);
    expect(stdout.startsWith(begins)).toBe(true);
  });

  it('is found through the macros of its tree', () => {
    const folder = tree({
      ...glibcTree(gnu64at, gnu64),
      'version.h': '#define VERSION "2.41"\n',
      'include/libc-symbols.h': '',
    });
    const { stdout, status } = cancelint(folder.path, ['explain', gnu64at, '--target', 'x32']);
    expect(status).toBe(0);
    expect(stdout).toContain(', x32, GNU C Library\n');
    expect(stdout).toContain('the handler unwinds from here');
  });

  it('is coloured where that is asked for', () => {
    expect(cancelint(tree({ 'a.s': musl386 }).path, ['explain', 'a.s', '--color']).stdout).toContain('\u001b[32m');
  });
});

describe('a window of machine code', () => {
  const folder = tree({
    'libc.a': fixture('redirect.a'),
    'libc.so': fixture('redirect-0.stripped.so'),
    'one.o': fixture('compiled-O1.o'),
  });

  it.each([
    ['libc.a(redirect-0.o)', '__syscall_cp_asm of libc.a(redirect-0.o), i386, musl\n', /\nProved \(\d+ steps/],
    ['libc.a(redirect-2.o):__syscall_cp_asm', 'of libc.a(redirect-2.o), i386, musl\n', /\nBroken: W2, W3 \(/],
    ['one.o', '__syscall_cancel_arch of one.o, x86_64, GNU C Library\n', /\nProved \(/],
    ['libc.so:sub_d5', 'sub_d5 of libc.so, i386, musl\n', /\nProved, if the handler takes the window to begin at 0xdd/],
  ])('%s', (subject, head, conclusion) => {
    const { stdout, stderr, status } = cancelint(folder.path, ['explain', subject]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toContain(head);
    expect(stdout).toMatch(conclusion);
    expect(stdout).toContain('\naddress  stack     instruction');
  });

  it.each([
    [['libc.a'], 'libc.a holds 10 windows: name one, as in ARCHIVE(MEMBER); there are libc.a(redirect-0.o), '],
    [['libc.a(redirect-10.o)'], 'libc.a has no member redirect-10.o'],
    [['libc.a(redirect-1.o):f'], 'The window of libc.a(redirect-1.o) lies in __syscall_cp_asm, not in f'],
    [['one.o(a.o)'], 'one.o is no archive, and has no members'],
    [['one.o', '--target', 'i386'], 'one.o is for x86_64, not for i386'],
    [
      ['twice.so'],
      'twice.so: It has no symbols, and 2 functions of it have the shape of a window, so which is one is ',
    ],
    [['none.so'], 'none.so has no cancellation window: there is no system call instruction in it'],
    [['cut.o'], 'cut.o: the section header table lies outside the file'],
    [['cut.a'], 'cut.a: member 9 of the archive lies outside the file'],
    [['nothing.a'], 'nothing.a holds no object'],
  ])('%j gets one line', (args, line) => {
    const bad = tree({
      'libc.a': fixture('redirect.a'),
      'one.o': fixture('compiled-O1.o'),
      'twice.so': fixture('redirect-5-twice.stripped.so'),
      'none.so': fixture('redirect-9.stripped.so'),
      'cut.o': fixture('compiled-O1.o').subarray(0, 1000),
      'cut.a': fixture('redirect.a').subarray(0, 7900),
      'nothing.a': '!<arch>\n',
    });
    const { stdout, stderr, status } = cancelint(bad.path, ['explain', ...args]);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    expect(stderr.startsWith(`cancelint: ${line}`)).toBe(true);
    expect(stderr.trimEnd()).not.toContain('\n');
  });
});

describe('what cannot be explained gets one line', () => {
  const folder = tree({
    'a.s': musl386,
    'none.s': '.globl f\n.type f,@function\nf: ret\n',
    'a.c': 'int a;\n',
    'random.s': Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919) & 255),
    'empty.s': '',
  });
  mkdirSync(folder.join('dir.s'));
  it.each([
    [[], 'Name what to explain: FILE[:FUNCTION]'],
    [['a.s', 'b.s'], 'One FILE[:FUNCTION] is explained at a time'],
    [['b.s'], 'No such file or folder: b.s; did you mean "a.s"?'],
    [['none.s'], 'none.s holds no cancellation window of a libc that is known'],
    [['empty.s'], 'empty.s holds no cancellation window of a libc that is known'],
    [['random.s'], 'random.s holds no cancellation window of a libc that is known'],
    [['a.c'], 'a.c is neither machine code nor an assembly source (.s, .S): only those are explained'],
    [['dir.s'], 'dir.s is a folder: name the source that holds the window'],
    [['a.s:f'], 'The window of a.s lies in __syscall_cp_asm, not in f'],
    [['a.s', '-f', 'pdf'], 'Unknown format "pdf"; explain knows text, json, html, svg, dot'],
    [['a.s', '--target', 'all'], 'explain needs one --target of i386, x86_64 and x32, not "all"'],
  ])('%j', (args, line) => {
    expect(cancelint(folder.path, ['explain', ...args])).toEqual(failed(line));
  });
});

it('the page holds its script and style wherever the program lies', () => {
  const { stdout } = cancelint(project, [
    'explain',
    'fixtures/trees/mini/src/thread/x86_64/syscall_cp.s',
    '-f',
    'html',
  ]);
  expect(stdout).toContain('prefers-color-scheme');
  expect(stdout).toContain('addEventListener');
});
