/** Machines by their number in an ELF header (gABI, "ELF Header", e_machine), for refusing those that are not read. */

export const EM_386 = 3;
export const EM_X86_64 = 62;

const NAMES: ReadonlyMap<number, string> = new Map([
  [2, 'SPARC'],
  [4, 'Motorola 68000'],
  [5, 'Motorola 88000'],
  [7, 'Intel 80860'],
  [8, 'MIPS'],
  [10, 'MIPS'],
  [15, 'PA-RISC'],
  [18, 'SPARC'],
  [20, 'PowerPC'],
  [21, '64-bit PowerPC'],
  [22, 'IBM S/390'],
  [40, 'ARM'],
  [42, 'SuperH'],
  [43, '64-bit SPARC'],
  [50, 'IA-64'],
  [83, 'AVR'],
  [92, 'OpenRISC'],
  [93, 'ARC'],
  [94, 'Xtensa'],
  [105, 'MSP430'],
  [113, 'Nios II'],
  [164, 'Hexagon'],
  [180, 'Intel L1OM'],
  [181, 'Intel K1OM'],
  [183, 'AArch64'],
  [189, 'MicroBlaze'],
  [190, 'CUDA'],
  [195, 'ARC'],
  [224, 'AMD GPU'],
  [243, 'RISC-V'],
  [247, 'BPF'],
  [252, 'C-SKY'],
  [258, 'LoongArch'],
  [0x9026, 'Alpha'],
]);

export function machineName(machine: number): string {
  return NAMES.get(machine) ?? `machine number ${machine}`;
}

/** What a file that is no ELF object is, by its first bytes. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['4d5a', 'a Windows program'],
  ['4c01', 'a COFF object'],
  ['6486', 'a COFF object'],
  ['cffaedfe', 'a Mach-O object'],
  ['cefaedfe', 'a Mach-O object'],
  ['feedface', 'a Mach-O object'],
  ['feedfacf', 'a Mach-O object'],
  ['cafebabe', 'a Mach-O universal file or a Java class'],
  ['0061736d', 'a WebAssembly module'],
  ['4243c0de', 'LLVM bitcode'],
  ['1f8b', 'a gzip file'],
  ['504b0304', 'a zip file'],
];

export function otherFormat(data: Uint8Array): string | undefined {
  const head = Buffer.from(data.subarray(0, 4)).toString('hex');
  return OTHERS.find(([magic]) => head.startsWith(magic))?.[1];
}
