import { mkdirSync } from 'node:fs';
import { detectLibc } from '../../src/libc/detect.js';
import { generic, libcs } from '../../src/libc/index.js';
import type { Libc, Sign } from '../../src/libc/types.js';
import { removeTrees, tree } from '../cli/program.js';

afterAll(removeTrees);

function libc(name: string, ...signs: readonly (readonly Sign[])[]): Libc {
  return { ...generic, name, signs };
}

const known = [
  libc('words', [{ file: 'a.h', contains: 'yes', lacks: 'no' }]),
  libc('pair', [{ file: 'a.h' }, { file: 'd/b.h' }]),
  libc('either', [{ file: 'x' }], [{ file: 'y' }]),
  libc('never'),
  libc('hollow', []),
  libc('lonely', [{ file: 'l.h' }, { file: 'threads', isAbsent: true }]),
];

describe('a tree is recognised', () => {
  it.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    ['by a word', { 'a.h': 'oh yes' }, 'words'],
    ['not by a word that is there with its opposite', { 'a.h': 'yes and no' }, undefined],
    ['by all files of an alternative', { 'a.h': '', 'd/b.h': '' }, 'pair'],
    ['by one of the alternatives', { y: '' }, 'either'],
    ['by the first that fits', { 'a.h': 'yes', 'd/b.h': '', x: '' }, 'words'],
    ['by nothing', { z: '' }, undefined],
    ['by what is not there', { 'l.h': '' }, 'lonely'],
    ['not by what is there and should not be', { 'l.h': '', 'threads/a.c': '' }, undefined],
  ])('%s', (_, files, name) => {
    expect(detectLibc(tree(files).path, known)?.name).toBe(name);
  });

  it('where a sign is a folder, not by its words', () => {
    const made = tree();
    mkdirSync(made.join('a.h'));
    expect(detectLibc(made.path, known)).toBeUndefined();
  });
});

describe('glibc', () => {
  const glibc = {
    'version.h': '#define VERSION "2.3"\n',
    'sysdeps/generic/sysdep.h': '',
    'include/libc-symbols.h': '',
  };
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['has cancellation with NPTL', { ...glibc, 'nptl/descr.h': '', 'linuxthreads/internals.h': '' }, 'glibc'],
    ['has none that is linted with LinuxThreads', { ...glibc, 'linuxthreads/internals.h': '' }, 'glibc-linuxthreads'],
    ['has none in the release before NPTL, which comes without add-ons', glibc, 'glibc-linuxthreads'],
    ['is known by a few files', { ...glibc, 'version.h': '#define VERSION "2.41"\n' }, 'glibc'],
  ])('%s', (_, files, name) => {
    expect(detectLibc(tree(files).path, libcs)?.name).toBe(name);
  });
});
