/** What of a configuration the engine has to know to lint a tree, and to tell what of it has nothing to do with the tree. */
import type { ExpectedWord, TreeConfig } from '../engine/tree-config.js';
import { Lists } from '../posix/index.js';
import type { OwnLibc } from '../libc/own.js';
import type { Configuration } from './load.js';

export function treeConfig({ file, data, placeOf }: Configuration): TreeConfig {
  const own = typeof data.libc === 'object' ? data.libc : undefined;
  return {
    file,
    ignore: (data.ignore ?? []).map((pattern, i) => ({ pattern, at: placeOf(`/ignore/${String(i)}`) })),
    ...(data.points ? { lists: new Lists(data.points) } : {}),
    ...(own?.signs ? { signs: placeOf('/libc/signs') } : {}),
    words: [...(own ? wordsOfLibc(own, placeOf) : []), ...wordsOfPoints(data, placeOf)],
  };
}

function* wordsOfLibc(own: OwnLibc, placeOf: Configuration['placeOf']): Generator<ExpectedWord> {
  for (const [i, window] of (own.windows ?? []).entries()) {
    for (const part of ['start', 'end', 'cancel', 'routine'] as const) {
      const word = window[part];
      if (word === undefined) continue;
      const what = part === 'routine' ? 'the routine of a window' : `the label '${part}' of a window`;
      yield { words: [word], what, at: placeOf(`/libc/windows/${String(i)}/${part}`), isOfLibc: true };
    }
  }
  for (const [i, { names, is }] of (own.roles ?? []).entries()) {
    // A `*` may stand for what is pasted together; the names of one entry are those of several releases.
    if (names.some((name) => name.includes('*'))) continue;
    yield {
      words: names,
      what: `a name with the role '${is.role}'`,
      at: placeOf(`/libc/roles/${String(i)}/names`),
      isOfLibc: true,
    };
  }
}

function* wordsOfPoints(
  { points = {} }: Configuration['data'],
  placeOf: Configuration['placeOf'],
): Generator<ExpectedWord> {
  for (const list of ['required', 'may', 'forbidden'] as const) {
    for (const [i, { names }] of (points[list] ?? []).entries()) {
      for (const [n, word] of names.entries()) {
        const at = placeOf(`/points/${list}/${String(i)}/names/${String(n)}`);
        yield { words: [word], what: `a function that the list '${list}' names`, at, isOfLibc: false };
      }
    }
  }
}
