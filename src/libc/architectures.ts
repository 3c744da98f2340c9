/** Folder names that stand for an instruction set in libc trees, and which of them a target's build reads. */
import type { Target } from '../ir/types.js';
import { ARCHITECTURE_TABLE } from './targets.js';

const NAMES = [
  'aarch64',
  'alpha',
  'am33',
  'arc',
  'arm',
  'armeb',
  'avr32',
  'bfin',
  'c6x',
  'cris',
  'csky',
  'frv',
  'h8300',
  'hppa',
  'i386',
  'i486',
  'i586',
  'i686',
  'ia64',
  'lm32',
  'loongarch',
  'loongarch64',
  'm68k',
  'metag',
  'microblaze',
  'mips',
  'mips64',
  'mips32',
  'mipsn32',
  'mipsel',
  'nds32',
  'nios2',
  'or1k',
  'parisc',
  'powerpc',
  'powerpc32',
  'powerpc64',
  'ppc',
  'ppc64',
  'ppc64le',
  'riscv',
  'riscv32',
  'riscv64',
  's390',
  's390-32',
  's390-64',
  's390x',
  'sh',
  'sh64',
  'sh3',
  'sh4',
  'sparc',
  'sparc32',
  'sparc64',
  'tile',
  'tilegx',
  'tilepro',
  'v850',
  'wasm32',
  'wasm64',
  'x32',
  'x86',
  'x86_64',
  'xtensa',
  'kvx',
  'tic6x',
  'vax',
  'score',
  'aeabi',
  'riscv_32',
  'arm64',
  'x86_64_lp64',
] as const;

export const ARCHITECTURES: ReadonlySet<string> = new Set(NAMES);

const OWN: ReadonlyMap<Target, ReadonlySet<string>> = new Map(
  ARCHITECTURE_TABLE.map((one) => [one.name, new Set(one.folders)]),
);

const isOwn = (folder: string, target: Target): boolean => OWN.get(target)?.has(folder) === true;

/** The instruction set that a folder of the path names; the innermost of several. */
export function architectureIn(path: string): string | undefined {
  return path
    .split('/')
    .slice(0, -1)
    .findLast((f) => ARCHITECTURES.has(f));
}

/** False when some folder of the path names another instruction set than the target's. */
export function isForTarget(path: string, target: Target): boolean {
  const folders = path.split('/');
  folders.pop();
  return folders.every((f) => !ARCHITECTURES.has(f) || isOwn(f, target));
}

/** The path has a folder that names the target itself. */
export function namesTarget(path: string, target: Target): boolean {
  return path.split('/').some((f, i, all) => i < all.length - 1 && ARCHITECTURES.has(f) && isOwn(f, target));
}

/** For a tree whose build reads the folder of exactly one instruction set (musl: arch/x32 does not fall back on x86_64). */
export function isForExactTarget(path: string, target: Target): boolean {
  const folders = path.split('/');
  folders.pop();
  return folders.every((f) => !ARCHITECTURES.has(f) || f === target);
}
