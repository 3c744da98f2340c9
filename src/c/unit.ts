/**
 * A source read with those that it includes, as the compiler does: what functions it defines, and by which names, where these
 * are made by macros (`#define FUNCTION_NAME getpwnam` and `#include "getXXbyYY_r.c"`). Each source by itself says less,
 * and is what findings are told of.
 */
import type { OutToken } from '../cpp/expand.js';
import { preprocess, toText, type Included, type LineMaps } from '../cpp/preprocess.js';
import type { Lifted, Target } from '../ir/types.js';
import { isX86 } from '../libc/targets.js';
import { nesting, type Knowledge } from './knowledge.js';
import { lowerFunction } from './lower-function.js';
import { normalise, normaliseBody } from './normalise.js';
import { split } from './split.js';
import { MAX_PARSE, named, parseC } from './tree-sitter.js';
import { MAX_NESTING, MAX_VARIANTS, nameOf, withType } from './front-end.js';

export interface Unit {
  readonly file: string;
  readonly text: string;
  /** What an `#include` means in one of the unit's files; undefined for what is not read. */
  readonly include: (name: string, from: string) => Included | undefined;
}

/** Everything that the unit says, macros around definitions expanded, in each of its meanings. */
export function* unitMeanings(
  unit: Unit,
  target: Target,
  knowledge: Knowledge,
): Generator<{ readonly tokens: readonly OutToken[] }> {
  const view = knowledge.table.view(target, 'c');
  for (let variant = 0, arms = 1; variant < Math.min(arms, MAX_VARIANTS); variant++) {
    const ready = preprocess({
      ...{ ...unit, dialect: 'c' as const, view, variant },
      expands: (d, inside) => knowledge.expandsInUnit(d, inside),
    });
    arms = Math.max(arms, ready.arms);
    yield ready;
  }
}

/** Lifts those functions of a unit that have one of the names. */
export function liftUnit(
  unit: Unit,
  targets: readonly Target[],
  names: ReadonlySet<string>,
  knowledge: Knowledge,
  lines: LineMaps,
): readonly Lifted[] {
  const byText = new Map<string, { lifted: readonly Lifted[]; targets: Set<Target> }>();
  for (const target of targets) {
    const view = knowledge.table.view(target, 'c');
    for (const read of unitMeanings(unit, target, knowledge)) {
      const { tokens, asm } = normalise(read.tokens, knowledge, view);
      for (const f of split(tokens, knowledge.roles.libc, view, unit.text).functions) {
        const name = nameOf(f);
        if (!names.has(name) || nesting(f.tokens) > MAX_NESTING) continue;
        const prepared = toText(unit.file, normaliseBody(withType(f.tokens)), lines);
        const known = byText.get(prepared.text);
        if (known || prepared.text.length > MAX_PARSE) {
          known?.targets.add(target);
          continue;
        }
        const nodes = named(parseC(prepared.text)).filter((n) => n.type === 'function_definition');
        const lifted = nodes.map((node) =>
          lowerFunction({
            ...{ prepared, node, asm, knowledge, targets: [], readsAsm: isX86(target) },
            kind: 'generated' as const,
          }),
        );
        byText.set(prepared.text, { lifted, targets: new Set([target]) });
      }
    }
  }
  return [...byText.values()].flatMap(({ lifted, targets: on }) =>
    lifted.map((f) => ({ ...f, targets: targets.filter((t) => on.has(t)) })),
  );
}
