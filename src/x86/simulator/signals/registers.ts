/** Registers to and from a `struct sigcontext`. */
import { AC, ALWAYS, CF, DF, AF, OF, PF, RF, SF, STATUS, TF, ZF } from '../../table/flags.js';
import type { Machine } from '../machine.js';
import { hasUndefined } from '../undefined.js';
import { put, take } from './memory.js';

/** Offsets in `struct sigcontext`, from the kernel's arch/x86/include/uapi/asm/sigcontext.h. */
export interface Layout {
  readonly width: 4 | 8;
  readonly registers: Readonly<Record<string, number>>;
  readonly pc: number;
  readonly flags: number;
  /** Selectors, of two bytes each, by place in SEGMENTS. */
  readonly selectors: Readonly<Record<number, number>>;
  readonly size: number;
}

export const I386: Layout = {
  width: 4,
  registers: { edi: 16, esi: 20, ebp: 24, esp: 28, ebx: 32, edx: 36, ecx: 40, eax: 44 },
  pc: 56,
  flags: 64,
  // gs, fs, es, ds; cs; ss. Each has a slot of four bytes.
  selectors: { 5: 0, 4: 4, 0: 8, 3: 12, 1: 60, 2: 72 },
  size: 88,
};

export const X86_64: Layout = {
  width: 8,
  registers: {
    ...{ r8: 0, r9: 8, r10: 16, r11: 24, r12: 32, r13: 40, r14: 48, r15: 56 },
    ...{ rdi: 64, rsi: 72, rbp: 80, rbx: 88, rdx: 96, rax: 104, rcx: 112, rsp: 120 },
  },
  pc: 128,
  flags: 136,
  // cs, gs, fs, ss, of two bytes.
  selectors: { 1: 144, 5: 146, 4: 148, 2: 150 },
  size: 256,
};

/** Copy of the stack pointer in the i386 layout, `sp_at_signal`. */
const SP_AT_SIGNAL = 68;

export function saveRegisters(machine: Machine, at: number, layout: Layout): void {
  const { state } = machine;
  const { width } = layout;
  state.memory.poke(at, new Uint8Array(layout.size));
  for (const [place, offset] of Object.entries(layout.selectors)) {
    put(state, at + offset, width === 4 ? 4 : 2, BigInt(state.selectors[Number(place)] ?? 0));
  }
  for (const [name, offset] of Object.entries(layout.registers)) {
    put(state, at + offset, width, machine.register(name), machine.undefinedBits(name));
  }
  if (width === 4) put(state, at + SP_AT_SIGNAL, 4, machine.register('esp'));
  put(state, at + layout.pc, width, BigInt(machine.pc));
  put(state, at + layout.flags, width, BigInt(state.flags), BigInt(state.undefinedFlags));
  state.uncertain = hasUndefined(state);
}

/** What a return may set of the flags. */
const RESTORED = AC | OF | DF | TF | SF | ZF | AF | PF | CF | RF;

/** Loads the registers of a frame; why not, where it cannot. Selectors other than those of the program are refused. */
export function restoreRegisters(machine: Machine, at: number, layout: Layout): string | undefined {
  const { state } = machine;
  const { width } = layout;
  const names = Object.entries(layout.registers);
  const values = names.map(([name, offset]) => ({ name, taken: take(state, at + offset, width) }));
  const pc = take(state, at + layout.pc, width);
  const flags = take(state, at + layout.flags, width);
  if (!pc || !flags || values.some(({ taken }) => !taken)) return 'the frame is not in memory';
  if (pc.undefinedBits !== 0n) return 'the saved program counter is undefined';
  for (const [place, offset] of Object.entries(layout.selectors)) {
    const saved = take(state, at + offset, 2);
    if (Number(saved?.value ?? -1n) !== state.selectors[Number(place)]) return 'a saved selector was changed';
  }
  for (const { name, taken } of values) {
    machine.setRegister(name, taken?.value ?? 0n);
    machine.setUndefinedBits(name, taken?.undefinedBits ?? 0n);
  }
  machine.pc = Number(width === 4 ? pc.value : BigInt.asIntN(64, pc.value));
  state.flags = (Number(flags.value & BigInt(RESTORED)) | (state.flags & ~RESTORED) | ALWAYS) & ~RF;
  state.undefinedFlags = Number(flags.undefinedBits) & STATUS;
  state.uncertain = hasUndefined(state);
  return undefined;
}
