/** `--target`: the instruction sets that are lifted, and those that are only known by name. */
import type { Target } from '../ir/types.js';
import { UserError } from '../engine/user-error.js';
import type { Notice } from '../linter/finding.js';
import { didYouMean } from '../linter/nearest.js';

const LIFTED: readonly Target[] = ['i386', 'x86_64', 'x32'];

export const DEFAULT_TARGETS: readonly Target[] = ['i386', 'x86_64'];

/** Other instruction sets that libcs are built for: their C is read, their assembly is not. */
const KNOWN: readonly string[] = [
  'aarch64',
  'alpha',
  'arc',
  'arm',
  'csky',
  'hppa',
  'ia64',
  'loongarch64',
  'm68k',
  'microblaze',
  'mips',
  'mips64',
  'mipsn32',
  'nios2',
  'or1k',
  'powerpc',
  'powerpc64',
  'riscv32',
  'riscv64',
  's390',
  's390x',
  'sh',
  'sparc',
  'sparc64',
  'xtensa',
];

/** Names from elsewhere, whose letters are too far from ours for a guess. */
const ALSO_CALLED: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  'x86-64': 'x86_64',
  x64: 'x86_64',
  x86: 'i386',
  ia32: 'i386',
  i486: 'i386',
  i586: 'i386',
  i686: 'i386',
  arm64: 'aarch64',
  ppc: 'powerpc',
  ppc64: 'powerpc64',
  ppc64le: 'powerpc64',
};

export interface ChosenTargets {
  readonly targets: readonly Target[];
  readonly notices: readonly Notice[];
}

/** Reads the option's value; undefined means the default. Throws a `UserError` for a name nobody knows. */
export function chooseTargets(value: string | undefined): ChosenTargets {
  if (value === undefined) return { targets: DEFAULT_TARGETS, notices: [] };
  const chosen = new Set<Target>();
  const unread = new Set<string>();
  for (const name of value.split(',').map((part) => part.trim())) {
    const target = LIFTED.find((one) => one === name);
    if (name === 'all') for (const one of LIFTED) chosen.add(one);
    else if (target !== undefined) chosen.add(target);
    else if (KNOWN.includes(name)) unread.add(name);
    else throw new UserError(unknownTarget(name));
  }
  if (unread.size > 0) for (const one of DEFAULT_TARGETS) chosen.add(one);
  return { targets: LIFTED.filter((one) => chosen.has(one)), notices: unread.size > 0 ? [notRead([...unread])] : [] };
}

function unknownTarget(name: string): string {
  if (name === '') return '--target needs the name of an instruction set, such as i386';
  const other = ALSO_CALLED[name.toLowerCase()];
  const hint = other === undefined ? didYouMean(name, [...LIFTED, 'all', ...KNOWN]) : `; did you mean "${other}"?`;
  return `Unknown target "${name}"${hint === '' ? `; known are ${[...LIFTED, ...KNOWN].join(', ')}` : hint}`;
}

function notRead(names: readonly string[]): Notice {
  return {
    kind: 'target-not-read',
    message: `The assembly of ${names.join(', ')} is not read; the C sources are analysed as for ${DEFAULT_TARGETS.join(' and ')}`,
  };
}
