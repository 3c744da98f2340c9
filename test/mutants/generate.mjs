/**
 * All mutants of a target, the windows themselves among them, always the same and in the same order. A mutant's name is
 * that of the window, what was done to it, and where: `plain/swap-8`. Two that are alike are one.
 */
import { createHash } from 'node:crypto';
import { cancelSource, carelessHandlers, contextHeaders, RIGHT, wrapperSource } from './handler.mjs';
import { OPERATORS } from './operators.mjs';
import { WINDOWS } from './windows.mjs';

export const TARGETS = ['i386', 'x86_64'];

/** Of each of the operators that have much to say, for windows other than the first: every so many. */
const SOME = { swapped: 2, duplicated: 2, registersReplaced: 3, offsetsMoved: 2, inserts: 2 };

function* all(target) {
  for (const [n, [name, lines]] of Object.entries(WINDOWS[target]).entries()) {
    yield { name, lines, handler: RIGHT };
    for (const [operator, mutate] of Object.entries(OPERATORS)) {
      const step = n === 0 ? 1 : (SOME[operator] ?? 1);
      for (const [k, [what, mutant]] of [...mutate(lines, target)].entries()) {
        if (k % step === n % step) yield { name: `${name}/${what}`, lines: mutant, handler: RIGHT };
      }
    }
    for (const [what, change] of Object.entries(carelessHandlers(target))) {
      yield { name: `${name}/handler-${what}`, lines, handler: { ...RIGHT, ...change } };
    }
  }
}

export function mutants(target) {
  const seen = new Set();
  const out = [];
  for (const mutant of all(target)) {
    const text = [
      wrapperSource(mutant.lines),
      cancelSource(mutant.handler),
      ...Object.values(contextHeaders(target, mutant.handler)),
    ];
    const key = createHash('sha256').update(text.join('\0')).digest('hex').slice(0, 12);
    if (seen.has(key)) continue;
    seen.add(key);
    out.push({ target, key, ...mutant });
  }
  return out;
}
