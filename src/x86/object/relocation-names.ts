/**
 * Names of relocation types: i386 from the System V ABI's Intel386 supplement ("Relocation Types") and its TLS
 * extension, x86_64 from the AMD64 supplement, table 4.9. An empty place is a number that is not in use.
 */

const I386: readonly string[] = (
  'NONE 32 PC32 GOT32 PLT32 COPY GLOB_DAT JUMP_SLOT RELATIVE GOTOFF GOTPC 32PLT - - TLS_TPOFF TLS_IE TLS_GOTIE TLS_LE ' +
  'TLS_GD TLS_LDM 16 PC16 8 PC8 TLS_GD_32 TLS_GD_PUSH TLS_GD_CALL TLS_GD_POP TLS_LDM_32 TLS_LDM_PUSH TLS_LDM_CALL ' +
  'TLS_LDM_POP TLS_LDO_32 TLS_IE_32 TLS_LE_32 TLS_DTPMOD32 TLS_DTPOFF32 TLS_TPOFF32 SIZE32 TLS_GOTDESC ' +
  'TLS_DESC_CALL TLS_DESC IRELATIVE GOT32X'
).split(' ');

const X86_64: readonly string[] = (
  'NONE 64 PC32 GOT32 PLT32 COPY GLOB_DAT JUMP_SLOT RELATIVE GOTPCREL 32 32S 16 PC16 8 PC8 DTPMOD64 DTPOFF64 TPOFF64 ' +
  'TLSGD TLSLD DTPOFF32 GOTTPOFF TPOFF32 PC64 GOTOFF64 GOTPC32 GOT64 GOTPCREL64 GOTPC64 GOTPLT64 PLTOFF64 SIZE32 ' +
  'SIZE64 GOTPC32_TLSDESC TLSDESC_CALL TLSDESC IRELATIVE RELATIVE64 PC32_BND PLT32_BND GOTPCRELX REX_GOTPCRELX'
).split(' ');

/** `R_386_PC32`, or the number where it has no name. */
export function relocationName(machine: 'i386' | 'x86_64', type: number): string {
  const name = (machine === 'i386' ? I386 : X86_64)[type];
  if (name === undefined || name === '-') return `type ${type}`;
  return `${machine === 'i386' ? 'R_386_' : 'R_X86_64_'}${name}`;
}
