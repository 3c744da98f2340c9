/** Which architectures a run looks at: those that are asked for, as far as the tree can be built for them. */
import { join } from 'node:path';
import type { Target } from '../ir/types.js';
import { TARGETS, X86_TARGETS } from '../libc/targets.js';
import type { Libc } from '../libc/types.js';
import { isFolder } from './build-plan.js';
import { UserError } from './user-error.js';

/** `all`: every one that the tree can be built for. `usual`: what a run looks at that is not told. */
export type TargetChoice = 'all' | 'usual' | readonly Target[];

export const USUAL_TARGETS: readonly Target[] = ['i386', 'x86_64'];

/** What a run for one target compares it with: a usual one that the tree has. */
export function comparedWith(root: string, libc: Libc, asked: readonly Target[]): readonly Target[] {
  const [other] = USUAL_TARGETS.toReversed().filter((target) => !asked.includes(target));
  if (asked.length !== 1 || other === undefined) return [];
  return libc.files.homes?.(other).some((home) => isFolder(join(root, home))) === true ? [other] : [];
}

/** Throws a `UserError` for a target that the tree does not have, where it shows which it has. */
export function targetsIn(root: string, libc: Libc, choice: TargetChoice): readonly Target[] {
  if (choice === 'usual') return USUAL_TARGETS;
  const there = TARGETS.filter((target) => libc.files.homes?.(target).some((home) => isFolder(join(root, home))));
  if (choice === 'all') return there.length > 0 ? there : X86_TARGETS;
  const missing = choice.filter((target) => !there.includes(target));
  if (there.length > 0 && missing.length > 0)
    throw new UserError(`This ${libc.title} has no ${missing.join(', ')}: it has ${there.join(', ')}`);
  return choice;
}
