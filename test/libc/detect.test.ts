import { mkdirSync } from 'node:fs';
import { detectLibc } from '../../src/libc/detect.js';
import { generic } from '../../src/libc/index.js';
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
];

describe('a tree is recognised', () => {
  it.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    ['by a word', { 'a.h': 'oh yes' }, 'words'],
    ['not by a word that is there with its opposite', { 'a.h': 'yes and no' }, undefined],
    ['by all files of an alternative', { 'a.h': '', 'd/b.h': '' }, 'pair'],
    ['by one of the alternatives', { y: '' }, 'either'],
    ['by the first that fits', { 'a.h': 'yes', 'd/b.h': '', x: '' }, 'words'],
    ['by nothing', { z: '' }, undefined],
  ])('%s', (_, files, name) => {
    expect(detectLibc(tree(files).path, known)?.name).toBe(name);
  });

  it('where a sign is a folder, not by its words', () => {
    const made = tree();
    mkdirSync(made.join('a.h'));
    expect(detectLibc(made.path, known)).toBeUndefined();
  });
});
