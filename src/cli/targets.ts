/** `--target`: the architectures by name. */
import { UserError } from '../engine/user-error.js';
import type { TargetChoice } from '../engine/targets.js';
import { didYouMean } from '../linter/nearest.js';
import { architecture, TARGETS } from '../libc/targets.js';

/** Reads the option's value. Throws a `UserError` for a name nobody knows. */
export function chooseTargets(value: string | undefined): TargetChoice {
  if (value === undefined) return 'usual';
  const chosen = new Set<string>();
  let all = false;
  for (const name of value.split(',').map((part) => part.trim())) {
    const one = architecture(name.toLowerCase());
    if (name === 'all') all = true;
    else if (one !== undefined) chosen.add(one.name);
    else throw new UserError(unknownTarget(name));
  }
  return all ? 'all' : TARGETS.filter((target) => chosen.has(target));
}

function unknownTarget(name: string): string {
  if (name === '') return '--target needs the name of an instruction set, such as i386';
  const hint = didYouMean(name, ['all', ...TARGETS]);
  return `Unknown target "${name}"${hint === '' ? `; known are ${TARGETS.join(', ')}, and all` : hint}`;
}
