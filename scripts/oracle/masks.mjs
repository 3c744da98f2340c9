/**
 * What an instruction leaves undefined: flags, parts of registers, bytes of memory. The manuals are the Intel 64 and
 * IA-32 Architectures Software Developer's Manual, volume 2 ("Flags Affected" of each instruction), and the AMD64
 * Architecture Programmer's Manual, volume 3; what either calls undefined is.
 *
 * Most follows from the instruction alone, but four families depend on the state:
 *
 * - shifts and rotates: a count of 0 (of its low 5 bits, 6 for 64-bit operands) changes no flag. OF is defined after a
 *   count of 1 only. CF is undefined after `shl` and `shr` by the operand's width or more. AF is undefined after
 *   shifts, and untouched by rotates.
 * - `shld` and `shrd`: as shifts, and a count above the width (16-bit operands only) leaves all flags and the
 *   destination undefined.
 * - `bsf` and `bsr` of 0 leave the destination undefined. (Processors keep it; AMD says so, Intel does not.)
 * - `push` of a segment register in a 32-bit slot may leave the slot's upper half as it was.
 *
 * Nothing is undefined after a fault, which leaves everything as it was.
 */
import { CX, NAMES, SP } from './layout.mjs';

const CF = 0x1;
const PF = 0x4;
const AF = 0x10;
const ZF = 0x40;
const SF = 0x80;
const OF = 0x800;
const ALL = CF | PF | AF | ZF | SF | OF;

const ALWAYS = {
  and: AF,
  or: AF,
  xor: AF,
  test: AF,
  mul: SF | ZF | AF | PF,
  imul: SF | ZF | AF | PF,
  div: ALL,
  idiv: ALL,
  bt: OF | SF | AF | PF,
  bts: OF | SF | AF | PF,
  btr: OF | SF | AF | PF,
  btc: OF | SF | AF | PF,
  bsf: ALL & ~ZF,
  bsr: ALL & ~ZF,
  daa: OF,
  das: OF,
  aaa: OF | SF | ZF | PF,
  aas: OF | SF | ZF | PF,
  aam: OF | AF | CF,
  aad: OF | AF | CF,
};

/** Answers `{ flags, registers: [{ name, mask }], memory: [{ address, length }] }` for what the builder built. */
export function undefinedAfter(builder) {
  const { form, draft } = builder;
  const none = { flags: ALWAYS[form.mnemonic] ?? 0, registers: [], memory: [] };
  switch (form.mnemonic) {
    case 'shl':
    case 'sal':
    case 'shr':
      return { ...none, flags: shiftFlags(builder, true) };
    case 'sar':
      return { ...none, flags: shiftFlags(builder, false) };
    case 'rol':
    case 'ror':
    case 'rcl':
    case 'rcr':
      return { ...none, flags: countOf(builder) > 1 ? OF : 0 };
    case 'shld':
    case 'shrd':
      if (countOf(builder) <= form.operandSize) return { ...none, flags: shiftFlags(builder, false) };
      return { ...destination(builder, 2), flags: ALL };
    case 'bsf':
    case 'bsr':
      return { ...scanned(builder), flags: none.flags };
    case 'push':
      if (form.operandSize !== 32 || !/^[cdefgs]s$/.test(form.kinds[0])) return none;
      return { ...none, memory: [{ address: Number(BigInt.asUintN(32, draft.registers[SP] - 2n)), length: 2 }] };
    default:
      return none;
  }
}

function countOf({ form, draft, count }) {
  if (form.kinds.includes('imm8_const_1')) return 1;
  const whole = form.kinds.includes('cl') ? draft.registers[CX] : count;
  return Number(whole & (form.operandSize === 64 ? 63n : 31n));
}

function shiftFlags(builder, losesCarry) {
  const count = countOf(builder);
  const width = builder.form.operandSize || 8;
  if (count === 0) return 0;
  return AF | (count === 1 ? 0 : OF) | (losesCarry && count >= width ? CF : 0);
}

/** The first operand of a form, which is the one written. */
function destination({ form, draft, operands }, bytes) {
  if (draft.linear !== undefined) {
    return draft.linear > 0xffffffffn
      ? { registers: [], memory: [] }
      : { registers: [], memory: [{ address: Number(draft.linear), length: bytes }] };
  }
  // The register operand of the middle of the instruction was taken first, the destination second.
  return { registers: [part(form.bits, operands[1].register, bytes)], memory: [] };
}

function scanned(builder) {
  const { form, draft, operands } = builder;
  const none = { registers: [], memory: [] };
  const size = form.operandSize / 8;
  const [target, source] = operands;
  const value =
    source === undefined
      ? draft.linear > 0xffffffffn
        ? undefined
        : draft.valueAt(draft.linear, size)
      : BigInt.asUintN(size * 8, draft.registers[source.register]);
  return value === 0n ? { ...none, registers: [part(form.bits, target.register, size)] } : none;
}

/** A register of 32 bits in 64-bit mode is undefined as a whole: the upper half may be cleared or kept. */
function part(bits, register, bytes) {
  const mask = bytes === 2 ? 0xffffn : BigInt.asUintN(bits, -1n);
  return { name: NAMES[bits][register], mask };
}
