/**
 * Every instruction form that the simulator claims, from the opcode table of iced-x86: the list does not come from the
 * simulator's own table, so that what is missing there shows.
 */
import iced from 'iced-x86';

const { Code, CodeExt, CpuidFeature, EncodingKind, Instruction, MandatoryPrefix, Mnemonic, OpCodeOperandKind } = iced;

/** The extensions whose instructions count as the integer instructions of user mode. */
const FEATURES = new Set(
  [
    ...['INTEL8086', 'INTEL186', 'INTEL286', 'INTEL386', 'INTEL486', 'X64', 'CMOV', 'CX8', 'CMPXCHG16B'],
    ...['PAUSE', 'MULTIBYTENOP', 'CET_IBT', 'SYSCALL'],
  ].map((name) => CpuidFeature[name]),
);

/**
 * What the project answers "unknown" to, besides privileged instructions: descriptor tables and their selectors, far
 * transfers, loads of far pointers, what waits for the x87, and what no assembler writes.
 */
const LEFT_OUT = new Set(
  [
    ...['Sldt', 'Str', 'Verr', 'Verw', 'Sgdt', 'Sidt', 'Smsw', 'Lar', 'Lsl'],
    ...['Les', 'Lds', 'Lss', 'Lfs', 'Lgs', 'Retf', 'Iret', 'Iretd', 'Iretq'],
    ...['Wait', 'Salc', 'Ud0', 'Ud1', 'Int1', 'Reservednop'],
  ].map((name) => Mnemonic[name]),
);

/** Far jumps and calls, the swap of two bytes, which is undefined, and extensions that extend nothing. */
const LEFT_OUT_CODES = /^(?:(?:Jmp|Call)_(?:ptr|m16)|Bswap_r16$|Popw_CS$|Mov[sz]x_r16_rm16$)/;

/** In 64-bit mode AMD and Intel differ on near branches of 16 bits and on the bases of null selectors; `movsxd` that
 * extends nothing is written by nobody. */
const LEFT_OUT_64 = /_rel(?:8|16|32)_?16|_rel16$|^(?:Call|Jmp)_rm16$|^Retnw|^Pop[wq]_[FG]S$|^Movsxd_r(?:16|32)/;

const PREFIXES = new Map([
  [MandatoryPrefix.None, undefined],
  [MandatoryPrefix.PNP, undefined],
  [MandatoryPrefix.P66, 0x66],
  [MandatoryPrefix.PF3, 0xf3],
  [MandatoryPrefix.PF2, 0xf2],
]);

function describe(name, bits) {
  const op = CodeExt.opCode(Code[name]);
  const form = {
    name,
    code: Code[name],
    mnemonic: Mnemonic[op.mnemonic].toLowerCase(),
    bits,
    escape: op.table === 1,
    opcode: op.opCode,
    opcodeLength: op.opCodeLength,
    group: op.groupIndex,
    operandSize: op.operandSize,
    addressSize: op.addressSize,
    wide: op.operandSize === 64 && !op.defaultOpSize64 && !op.forceOpSize64,
    prefix: PREFIXES.get(op.mandatoryPrefix),
    kinds: Array.from({ length: op.opCount }, (_, i) => OpCodeOperandKind[op.opKind(i)]),
    lockable: op.canUseLockPrefix,
    repeats: op.canUseRepPrefix,
  };
  op.free();
  return form;
}

function isIncluded(name, bits) {
  const op = CodeExt.opCode(Code[name]);
  try {
    if (op.encoding !== EncodingKind.Legacy || !op.isInstruction || !(bits === 64 ? op.mode64 : op.mode32))
      return false;
    if (op.isPrivileged && op.mnemonic !== Mnemonic.Hlt) return false;
    if (LEFT_OUT.has(op.mnemonic) || LEFT_OUT_CODES.test(name)) return false;
    if (bits === 64 && LEFT_OUT_64.test(name)) return false;
    // AMD's syscall of 32-bit mode; Intel has none.
    if (name === 'Syscall' && bits === 32) return false;
  } finally {
    op.free();
  }
  const instruction = new Instruction();
  instruction.code = Code[name];
  const features = [...instruction.cpuidFeatures()];
  instruction.free();
  return features.length > 0 && features.every((feature) => FEATURES.has(feature));
}

/** The forms of 32-bit or of 64-bit mode, in an order that does not change. */
export function formsOf(bits) {
  return Object.keys(Code)
    .filter((name) => Number.isNaN(Number(name)) && isIncluded(name, bits))
    .map((name) => describe(name, bits));
}
