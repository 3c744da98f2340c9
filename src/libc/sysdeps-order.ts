/**
 * The folders below glibc's `sysdeps` that a build searches, in its order: the algorithm of configure.ac ("Compute the list
 * of sysdep directories for this configuration") for Linux, with the `Implies` files of the tree itself.
 */
import type { Target } from '../ir/types.js';
import type { TreeView } from './types.js';

/**
 * What `sysdeps/MACHINE/preconfigure` makes of the name of the processor, the newest layout of folders first: configure's
 * `$machine` is the first of them that the tree has. The byte order is the one of src/libc/targets.ts, the processor the
 * one that distributions build for.
 */
const MACHINES: Readonly<Partial<Record<Target, readonly string[]>>> = {
  i386: ['i386/i686', 'i386'],
  x86_64: ['x86_64/64', 'x86_64'],
  x32: ['x86_64/x32'],
  aarch64: ['aarch64'],
  alpha: ['alpha'],
  arc: ['arc'],
  arm: ['arm/le/armv7', 'arm/armv7', 'arm'],
  csky: ['csky/abiv2'],
  hppa: ['hppa/hppa1.1', 'hppa'],
  ia64: ['ia64'],
  loongarch64: ['loongarch/lp64'],
  m68k: ['m68k/m680x0/m68020', 'm68k'],
  microblaze: ['microblaze/be', 'microblaze'],
  mips: ['mips/mips32', 'mips'],
  mips64: ['mips/mips64/n64'],
  mipsn32: ['mips/mips64/n32'],
  nios2: ['nios2'],
  or1k: ['or1k'],
  powerpc: ['powerpc/powerpc32', 'powerpc'],
  powerpc64: ['powerpc/powerpc64/le', 'powerpc/powerpc64'],
  riscv32: ['riscv/rv32/rvd'],
  riscv64: ['riscv/rv64/rvd'],
  s390: ['s390/s390-32'],
  s390x: ['s390/s390-64'],
  sh: ['sh/le/sh4', 'sh/sh4', 'sh'],
  sparc: ['sparc/sparc32/sparcv9', 'sparc/sparc32'],
  sparc64: ['sparc/sparc64'],
};

/** Processors that distributions build for without floating point instructions, so that `nofpu` is searched. */
const WITHOUT_FPU: ReadonlySet<Target> = new Set(['arc', 'nios2', 'or1k']);

/** Parts that once were add-ons with a `sysdeps` of their own; '' is glibc itself. */
const ADD_ONS = ['nptl/', 'ports/', ''];

/** `linux-gnu`, then `linux`. */
const SYSTEMS = ['/linux-gnu', '/linux', ''];

/** `a/b/c`, `a/b`, `a`. */
function tails(path: string): string[] {
  const out: string[] = [];
  for (let at = path; at !== ''; at = at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : '') out.push(at);
  return out;
}

/** Folders that only a tree with this target has. */
export const homesOf = (target: Target): readonly string[] =>
  (MACHINES[target] ?? []).flatMap((machine) => ADD_ONS.map((add) => `${add}sysdeps/${machine}`));

/** From the most specific folder to `sysdeps/generic`. Undefined for a target that the tree does not have. */
export function sysdepsOrder(tree: TreeView, target: Target): readonly string[] | undefined {
  const machine = (MACHINES[target] ?? []).find((m) => ADD_ONS.some((add) => tree.isFolder(`${add}sysdeps/${m}`)));
  if (machine === undefined) return undefined;
  const fpu = WITHOUT_FPU.has(target) ? '/nofpu' : '/fpu';
  const machines = tails(machine)
    .flatMap((m) => [`/${m}${fpu}/multiarch`, `/${m}${fpu}`, `/${m}/multiarch`, `/${m}`])
    .concat('');
  const found: string[] = [];
  const add = (suffix: string): void => {
    for (const part of ADD_ONS)
      if (suffix !== '' && tree.isFolder(`${part}sysdeps${suffix}`)) found.push(`${part}sysdeps${suffix}`);
  };
  // What belongs to ELF came first, for every system (configure.in before 2.14).
  for (const m of machines) add(m === '' ? '' : `${m}/elf`);
  for (const base of ['/unix/sysv', '/unix', ''])
    for (const first of machines)
      for (const system of SYSTEMS) for (const m of machines) add(first + base + system + m);
  return [...expanded(found, tree), 'sysdeps/generic/elf', 'sysdeps/generic'].filter((folder) => tree.isFolder(folder));
}

/** A name in an `Implies` file. */
const NAME = /^[\w+.-]+(?:\/[\w+.-]+)*$/;

/** Every folder with those that it implies, and its parents behind the rest. */
function expanded(start: readonly string[], tree: TreeView): string[] {
  const names = new Set<string>();
  let todo = [...start];
  while (todo.length > 0) {
    const [name = '', ...rest] = todo;
    todo = rest;
    if (names.has(name)) continue;
    names.add(name);
    const base = name.slice(0, name.indexOf('sysdeps') + 'sysdeps'.length);
    const implied = (file: string): string[] =>
      (tree.text(`${name}/${file}`) ?? '')
        .replace(/#.*/g, '')
        .split(/\s+/)
        .filter((x) => NAME.test(x) && !x.split('/').includes('..'))
        .flatMap((x) => [...new Set([`${base}/${x}`, ...ADD_ONS.map((add) => `${add}sysdeps/${x}`)])])
        .filter((folder) => tree.isFolder(folder));
    const parent = name.slice(0, name.lastIndexOf('/'));
    todo = [
      ...implied('Implies'),
      ...rest,
      ...implied('Implies-before'),
      ...(parent.endsWith('sysdeps') ? [] : [parent]),
      ...implied('Implies-after'),
    ];
  }
  return [...names];
}
