import { symlinkSync, writeFileSync } from 'node:fs';
import { discover } from '../../src/engine/discover.js';
import { EXTENSIONS } from '../../src/engine/languages.js';
import { MAX_BYTES, readSource, SourceError } from '../../src/engine/read.js';
import { findRoot, lookUp, rootFromOption } from '../../src/engine/root.js';
import { relativeInside, walk } from '../../src/engine/walk.js';
import { libcs } from '../../src/libc/index.js';
import { removeTrees, tree } from '../cli/program.js';

afterAll(removeTrees);

describe('reading', () => {
  it.each([
    ['UTF-8', Buffer.from('é\n'), 'é\n', 3],
    ['Latin-1', Buffer.from('é\n', 'latin1'), 'é\n', 2],
    ['a byte order mark', Buffer.from('\ufeffx'), 'x', 4],
    ['CRLF', Buffer.from('a\r\nb'), 'a\r\nb', 4],
    ['NUL', Buffer.from('a\0b'), 'a\0b', 3],
    ['nothing', Buffer.alloc(0), '', 0],
  ])('%s', (_, bytes, text, size) => {
    expect(readSource(tree({ 'a.c': bytes }).join('a.c'))).toEqual({ text, bytes: size });
  });

  it('does not read what is too large, no file, or not there', () => {
    const made = tree({ 'd/a.c': '', 'huge.c': Buffer.alloc(MAX_BYTES + 1) });
    symlinkSync('loop.c', made.join('loop.c'));
    const kinds = ['huge.c', 'd', 'nowhere.c', 'loop.c', 'd/a.c/b.c'].map((name) => {
      try {
        readSource(made.join(name));
        return 'read';
      } catch (error) {
        return error instanceof SourceError ? `${error.kind}: ${error.message}` : error;
      }
    });
    expect(kinds).toEqual([
      'analysis-incomplete: The file has 67108865 bytes, and files above 67108864 are not read',
      'unreadable-file: This is a folder, not a file',
      'unreadable-file: The file cannot be read: no such file',
      'unreadable-file: The file cannot be read: too many levels of symbolic links',
      'unreadable-file: The file cannot be read: a part of its path is not a folder',
    ]);
  });
});

describe('walking', () => {
  it('finds sources in the order of their code units', () => {
    const names = [
      'b.c',
      'a.h',
      'B.S',
      'd/x.s',
      'd.c',
      'd/é.inc',
      'no.txt',
      'no',
      '.c',
      'node_modules/n.c',
      '.git/g.c',
    ];
    const made = tree(Object.fromEntries(names.map((name) => [name, ''])));
    expect(walk(made.path).files).toEqual(['.c', 'B.S', 'a.h', 'b.c', 'd.c', 'd/x.s', 'd/é.inc']);
  });

  it('takes a link to a file once, by its own name where that is no source', () => {
    const made = tree({ 'a.c': '', 'b.txt': '', '.git/g.c': '' });
    symlinkSync('a.c', made.join('x.c'));
    symlinkSync('b.txt', made.join('y.c'));
    symlinkSync('.git/g.c', made.join('z.c'));
    expect(walk(made.path).files).toEqual(['a.c', 'y.c', 'z.c']);
  });

  it('tells what is inside a folder', () => {
    expect(relativeInside('/a/b', '/a/b/c/d')).toBe('c/d');
    expect(relativeInside('/a/b', '/a/b')).toBe('');
    expect(relativeInside('/a/b', '/a/bc')).toBeUndefined();
    expect(relativeInside('/a/b', '/a')).toBeUndefined();
    expect(relativeInside('/a/b', '/a/b/..c')).toBe('..c');
  });
});

describe('the root', () => {
  const klibc = 'usr/klibc/Kbuild';

  it('is the nearest folder that a libc is recognised in', () => {
    const made = tree({ '.git/HEAD': '', [`libc/${klibc}`]: '', 'libc/src/a/b.c': '', 'libc/src/c.c': '' });
    const root = made.join('libc');
    expect(findRoot(lookUp(made.path, ['libc/src/a/b.c']), libcs)).toBe(root);
    expect(findRoot(lookUp(made.path, ['libc/src/a', 'libc/src/c.c']), libcs)).toBe(root);
    expect(findRoot(lookUp(made.path, ['libc']), libcs)).toBe(root);
  });

  it('else the nearest with .git, else the folder', () => {
    const made = tree({ 'repository/.git/HEAD': '', 'repository/d/a.c': '', 'plain/d/a.c': '', 'plain/e/b.c': '' });
    expect(findRoot(lookUp(made.path, ['repository/d/a.c']), libcs)).toBe(made.join('repository'));
    expect(findRoot(lookUp(made.path, ['plain/d']), libcs)).toBe(made.join('plain/d'));
    expect(findRoot(lookUp(made.path, ['plain/d/a.c']), libcs)).toBe(made.join('plain/d'));
    expect(findRoot(lookUp(made.path, ['plain/d/a.c', 'plain/e']), libcs)).toBe(made.join('plain'));
  });

  it('follows links', () => {
    const made = tree({ 'real/a.c': '' });
    symlinkSync('real', made.join('link'));
    expect(rootFromOption(made.path, 'link')).toBe(made.join('real'));
    expect(lookUp(made.path, ['link/a.c'])[0]?.real).toBe(made.join('real/a.c'));
  });

  it('is refused when it is not there', () => {
    const made = tree({ 'a.c': '' });
    expect(() => rootFromOption(made.path, 'b')).toThrow('--root b: no such folder');
    expect(() => lookUp(made.path, ['d/e.c'])).toThrow('No such file or folder: d/e.c');
    expect(() => lookUp(made.path, ['a.c/b'])).toThrow(
      'No such file or folder: a.c/b (a part of its path is not a folder)',
    );
  });
});

describe('discovery', () => {
  const made = tree({ 'a.c': '', 'tests/b.c': '', 'tests/c.h': '', 'd/tst-e.c': '', 'd/f.S': '', 'g.txt': '' });
  const find = (paths: readonly string[]) => {
    const { files, lint, notices } = discover(made.path, lookUp(made.path, paths), ['{**/,}tests/**', '**/tst-*']);
    return { files, lint: [...lint], notices: notices.map((one) => one.message) };
  };

  it('leaves out what is no part of the library, unless a path asks for it', () => {
    expect(find(['.'])).toEqual({ files: ['a.c', 'd/f.S'], lint: ['a.c', 'd/f.S'], notices: [] });
    expect(find(['d'])).toMatchObject({ files: ['a.c', 'd/f.S'], lint: ['d/f.S'] });
    expect(find(['tests'])).toMatchObject({
      files: ['a.c', 'd/f.S', 'tests/b.c', 'tests/c.h'],
      lint: ['tests/b.c', 'tests/c.h'],
    });
    expect(find(['d/tst-e.c'])).toMatchObject({ files: ['a.c', 'd/f.S', 'd/tst-e.c'], lint: ['d/tst-e.c'] });
  });

  it('says what it leaves out of the paths', () => {
    expect(find(['g.txt', 'a.c'])).toMatchObject({
      lint: ['a.c'],
      notices: [`g.txt is left out: it is not a ${EXTENSIONS.join(', ')} file`],
    });
    expect(() => find(['g.txt'])).toThrow('Nothing to lint');
  });

  it('asked for a link that leads nowhere, reports it', () => {
    const other = tree({ 'a.c': '' });
    symlinkSync('gone', other.join('x.c'));
    const found = discover(other.path, lookUp(other.path, ['x.c']), []);
    expect(found.problems.map((one) => `${one.at.file} ${one.kind}`)).toEqual(['x.c unreadable-file']);
    writeFileSync(other.join('b.c'), '');
    expect(discover(other.path, lookUp(other.path, ['b.c']), []).problems).toEqual([]);
  });
});
