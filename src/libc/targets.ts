/**
 * The architectures that libcs are built for, each with the ABI that its name stands for in musl and Linux distributions,
 * and what its C compiler defines. Where an architecture has two byte orders it is the one that distributions ship.
 */
import type { Target } from '../ir/types.js';

export interface Architecture {
  readonly name: Target;
  /** What else it is called: in uname(2), in triplets, by distributions. */
  readonly synonyms: readonly string[];
  /** Folders in libc trees that hold files for it. */
  readonly folders: readonly string[];
  /** Names that only compilers of its family define, so that one that `defines` does not list is not known. */
  readonly family?: RegExp;
  /**
   * What its compiler defines, the part that libc sources ask for; null for what a relative of it defines.
   * Source: GCC's `TARGET_CPU_CPP_BUILTINS` and `*_target_macros` of each port (`gcc -dM -E -`), and the ABI.
   */
  readonly defines: Readonly<Record<string, string | null>>;
}

const SIZE_32 = { __SIZEOF_POINTER__: '4', __SIZEOF_LONG__: '4' };
/** GCC defines the names of LP64 itself, for every architecture (c-family/c-cppbuiltin.cc). */
const LP64 = { __LP64__: '1', _LP64: '1', __ILP32__: null, __SIZEOF_POINTER__: '8', __SIZEOF_LONG__: '8' };
const BIG = { __BYTE_ORDER__: '4321' };
const X86_64 = { __x86_64__: '1', __x86_64: '1', __amd64__: '1' };
/** The three ABIs have numbers in which the compiler names its own (GCC, config/mips/mips.h). */
const MIPS = { __mips__: '1', __MIPSEL__: '1', __MIPSEB__: null, _ABIO32: '1', _ABIN32: '2', _ABI64: '3' };
const MIPS_FAMILY = /^_{1,2}(mips|MIPS|R3000|R4000)/;
const POWER = { __powerpc__: '1', __powerpc: '1', __PPC__: '1', __PPC: '1', _ARCH_PPC: '1' };
const POWER_FAMILY = /^(__(powerpc|PPC|ppc)|_ARCH_P|_CALL_|__(BIG|LITTLE)_ENDIAN__$)/;

/** In the order in which findings list them. */
export const ARCHITECTURE_TABLE: readonly Architecture[] = [
  {
    name: 'i386',
    synonyms: ['x86', 'ia32', 'i486', 'i586', 'i686'],
    folders: ['i386', 'i486', 'i586', 'i686', 'x86'],
    defines: { __i386__: '1', __i386: '1', __ILP32__: '1', ...SIZE_32 },
  },
  {
    name: 'x86_64',
    synonyms: ['amd64', 'x86-64', 'x64'],
    folders: ['x86_64', 'x86', 'x86_64_lp64'],
    defines: { ...X86_64, ...LP64 },
  },
  {
    name: 'x32',
    synonyms: ['x86_64-x32', 'gnux32'],
    folders: ['x32', 'x86_64', 'x86'],
    defines: { ...X86_64, __ILP32__: '1', _ILP32: '1', ...SIZE_32 },
  },
  {
    name: 'aarch64',
    synonyms: ['arm64'],
    folders: ['aarch64', 'arm64'],
    family: /^__(aarch64|AARCH64|ARM)_/,
    defines: { __aarch64__: '1', __AARCH64EL__: '1', __AARCH64EB__: null, __ARM_ARCH: '8', ...LP64 },
  },
  {
    name: 'alpha',
    synonyms: [],
    folders: ['alpha'],
    family: /^__alpha_/,
    defines: { __alpha__: '1', __alpha: '1', ...LP64 },
  },
  { name: 'arc', synonyms: ['arcv2'], folders: ['arc'], family: /^__(arc|ARC)/, defines: { __arc__: '1', ...SIZE_32 } },
  {
    name: 'arm',
    synonyms: ['armhf', 'armel', 'armv7', 'armv7l'],
    folders: ['arm', 'aeabi'],
    family: /^__(arm|thumb|ARM|THUMB|VFP|SOFTFP)/,
    defines: { __arm__: '1', __ARMEL__: '1', __ARMEB__: null, __ARM_EABI__: '1', __ARM_ARCH: '7', ...SIZE_32 },
  },
  {
    name: 'csky',
    synonyms: ['ckcore'],
    folders: ['csky'],
    family: /^__(csky|CSKY|ck|CK)/,
    defines: { __csky__: '1', __CSKY__: '1', __CSKYABI__: '2', ...SIZE_32 },
  },
  {
    name: 'hppa',
    synonyms: ['parisc'],
    folders: ['hppa', 'parisc'],
    family: /^_{1,2}(hppa|HPUX|PA_RISC)/,
    defines: { __hppa__: '1', __hppa: '1', ...BIG, ...SIZE_32 },
  },
  {
    name: 'ia64',
    synonyms: ['itanium'],
    folders: ['ia64'],
    family: /^__(ia64|itanium)/,
    defines: { __ia64__: '1', __ia64: '1', ...LP64 },
  },
  {
    name: 'loongarch64',
    synonyms: ['loong64', 'loongarch'],
    folders: ['loongarch', 'loongarch64'],
    family: /^__loongarch/,
    defines: { __loongarch__: '1', __loongarch64: '1', __loongarch_grlen: '64', __loongarch_lp64: '1', ...LP64 },
  },
  {
    name: 'm68k',
    synonyms: [],
    folders: ['m68k'],
    family: /^__(m68k|mc68|mcoldfire|mcf)/,
    defines: { __m68k__: '1', __mc68020__: '1', __mcoldfire__: null, ...BIG, ...SIZE_32 },
  },
  {
    name: 'microblaze',
    synonyms: [],
    folders: ['microblaze'],
    family: /^__(microblaze|MICROBLAZE)/,
    defines: { __microblaze__: '1', __MICROBLAZE__: '1', __MICROBLAZEEL__: null, ...BIG, ...SIZE_32 },
  },
  {
    name: 'mips',
    synonyms: ['mipsel', 'mips32', 'mipso32'],
    folders: ['mips', 'mips32'],
    family: MIPS_FAMILY,
    defines: { ...MIPS, _MIPS_SIM: '1', _MIPS_SZLONG: '32', _MIPS_SZPTR: '32', __mips64: null, ...SIZE_32 },
  },
  {
    name: 'mips64',
    synonyms: ['mips64el', 'mipsn64'],
    folders: ['mips', 'mips64'],
    family: MIPS_FAMILY,
    defines: { ...MIPS, _MIPS_SIM: '3', _MIPS_SZLONG: '64', _MIPS_SZPTR: '64', __mips64: '1', ...LP64 },
  },
  {
    name: 'mipsn32',
    synonyms: ['mipsn32el'],
    folders: ['mips', 'mips64', 'mipsn32'],
    family: MIPS_FAMILY,
    defines: { ...MIPS, _MIPS_SIM: '2', _MIPS_SZLONG: '32', _MIPS_SZPTR: '32', __mips64: '1', ...SIZE_32 },
  },
  {
    name: 'nios2',
    synonyms: [],
    folders: ['nios2'],
    family: /^__(nios2|NIOS2)/,
    defines: { __nios2__: '1', __NIOS2__: '1', ...SIZE_32 },
  },
  {
    name: 'or1k',
    synonyms: ['openrisc'],
    folders: ['or1k'],
    family: /^__(or1k|OR1K)/,
    defines: { __or1k__: '1', __OR1K__: '1', ...BIG, ...SIZE_32 },
  },
  {
    name: 'powerpc',
    synonyms: ['ppc', 'powerpc32'],
    folders: ['powerpc', 'powerpc32', 'ppc'],
    family: POWER_FAMILY,
    defines: {
      ...{ ...POWER, __BIG_ENDIAN__: '1', __LITTLE_ENDIAN__: null },
      ...{ __powerpc64__: null, __PPC64__: null, _ARCH_PPC64: null, _CALL_ELF: null, ...BIG, ...SIZE_32 },
    },
  },
  {
    name: 'powerpc64',
    synonyms: ['ppc64', 'ppc64le', 'ppc64el', 'powerpc64le'],
    folders: ['powerpc', 'powerpc64', 'ppc64', 'ppc64le'],
    family: POWER_FAMILY,
    defines: {
      ...{ ...POWER, __BIG_ENDIAN__: null, __LITTLE_ENDIAN__: '1' },
      ...{ __powerpc64__: '1', __PPC64__: '1', _ARCH_PPC64: '1', _CALL_ELF: '2', ...LP64 },
    },
  },
  {
    name: 'riscv32',
    synonyms: ['rv32'],
    folders: ['riscv', 'riscv32', 'riscv_32'],
    family: /^__riscv/,
    defines: { __riscv: '1', __riscv_xlen: '32', ...SIZE_32 },
  },
  {
    name: 'riscv64',
    synonyms: ['rv64'],
    folders: ['riscv', 'riscv64'],
    family: /^__riscv/,
    defines: { __riscv: '1', __riscv_xlen: '64', ...LP64 },
  },
  {
    name: 's390',
    synonyms: ['s390-32'],
    folders: ['s390', 's390-32'],
    family: /^__(s390|zarch)/,
    defines: { __s390__: '1', __s390x__: null, ...BIG, ...SIZE_32 },
  },
  {
    name: 's390x',
    synonyms: ['s390-64'],
    folders: ['s390', 's390-64', 's390x'],
    family: /^__(s390|zarch)/,
    defines: { __s390__: '1', __s390x__: '1', ...BIG, ...LP64 },
  },
  {
    name: 'sh',
    synonyms: ['sh4', 'superh'],
    folders: ['sh', 'sh4'],
    family: /^__(sh|SH|FDPIC|(BIG|LITTLE)_ENDIAN__$)/,
    defines: { __sh__: '1', __SH4__: '1', __LITTLE_ENDIAN__: '1', __BIG_ENDIAN__: null, ...SIZE_32 },
  },
  {
    name: 'sparc',
    synonyms: ['sparc32'],
    folders: ['sparc', 'sparc32'],
    family: /^__sparc/,
    defines: { __sparc__: '1', __sparc: '1', __arch64__: null, ...BIG, ...SIZE_32 },
  },
  {
    name: 'sparc64',
    synonyms: ['sparcv9'],
    folders: ['sparc', 'sparc64'],
    family: /^__sparc/,
    defines: { __sparc__: '1', __sparc: '1', __arch64__: '1', ...BIG, ...LP64 },
  },
  {
    name: 'xtensa',
    synonyms: [],
    folders: ['xtensa'],
    family: /^__(xtensa|XTENSA|XCHAL)/,
    defines: { __xtensa__: '1', __XTENSA__: '1', ...SIZE_32 },
  },
];

export const TARGETS: readonly Target[] = ARCHITECTURE_TABLE.map((one) => one.name);

const BY_NAME: ReadonlyMap<string, Architecture> = new Map(
  ARCHITECTURE_TABLE.flatMap((one) => [one.name, ...one.synonyms].map((name) => [name, one] as const)),
);

/** The architecture that a name or a synonym stands for; undefined for a name nobody knows. */
export const architecture = (name: string): Architecture | undefined => BY_NAME.get(name);

/** The targets whose assembly is lifted, inline assembly among it. C is lifted for every target. */
export const X86_TARGETS: readonly Target[] = ['i386', 'x86_64', 'x32'];
export const isX86 = (target: Target): boolean => X86_TARGETS.includes(target);

/** Bits of a `long`. */
export function longBits(target: Target): number {
  return 8 * Number(architecture(target)?.defines.__SIZEOF_LONG__ ?? NaN);
}
