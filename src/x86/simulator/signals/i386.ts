/**
 * Signal frames of i386, from the kernel's arch/x86/include/asm/sigframe.h and arch/x86/kernel/signal_32.c.
 *
 * `struct sigframe_ia32`: return address, signal, sigcontext, an unused 624-byte floating-point area, the upper half of
 * the signal mask, and code that is only there for debuggers. `struct rt_sigframe_ia32`: return address, signal,
 * pointers to siginfo and ucontext, these two, code. No floating-point state is saved: the pointer to it is null.
 */
import type { Machine } from '../machine.js';
import { bytesOf, isWritable, put, take } from './memory.js';
import { I386, restoreRegisters, saveRegisters } from './registers.js';
import type { Delivered, Delivery, Frame, Returned } from './types.js';

const OLD = { context: 8, extraMask: 720, code: 724, size: 732 } as const;
const RT = { info: 16, context: 144, code: 260, size: 268 } as const;

/** In `struct ucontext_ia32`: the registers, and the mask behind them. */
const UC_STACK = 8;
const UC_REGISTERS = 20;
const UC_MASK = 108;
const OLD_MASK = 80;
const UNUSED_STACK = 2;

/** `popl %eax; movl $__NR_sigreturn, %eax; int $0x80`. */
const OLD_CODE = [0x58, 0xb8, 119, 0, 0, 0, 0xcd, 0x80];
/** `movl $__NR_rt_sigreturn, %eax; int $0x80`. */
const RT_CODE = [0xb8, 173, 0, 0, 0, 0xcd, 0x80, 0];

/** `struct fregs_state`, the old form of floating-point state that stands in front of the one of `xsave`. */
const FREGS = 112;

/**
 * The stack pointer is aligned so that it would be 16-byte aligned before the call's return address was pushed. What
 * `xsave` writes is aligned to 64.
 */
function frameAddress(machine: Machine, delivery: Delivery, size: number): number {
  const { stack, floatingPoint = 0 } = delivery;
  let sp = Number(machine.register('esp'));
  if (stack && !(sp > stack.base && sp <= stack.base + stack.size)) sp = stack.base + stack.size;
  const state = floatingPoint === 0 ? sp : ((sp - floatingPoint) & -64) - FREGS;
  const below = (state - size) >>> 0;
  return (((((below + 4) >>> 0) & -16) >>> 0) - 4) >>> 0;
}

export function deliver(machine: Machine, delivery: Delivery): Delivered {
  const rt = delivery.siginfo === true;
  const size = rt ? RT.size : OLD.size;
  const at = frameAddress(machine, delivery, size);
  const { state } = machine;
  if (!isWritable(state.memory, at, size)) return { ok: false, reason: 'the signal frame does not fit on the stack' };
  const blocked = delivery.blocked ?? 0n;
  const word = (offset: number, value: number | bigint): void =>
    put(state, at + offset, 4, BigInt.asUintN(32, BigInt(value)));
  word(0, delivery.restorer);
  word(4, delivery.signal);
  const registers = at + (rt ? RT.context + UC_REGISTERS : OLD.context);
  if (rt) {
    word(8, at + RT.info);
    word(12, at + RT.context);
    state.memory.poke(at + RT.info, new Uint8Array(128));
    word(RT.info, delivery.signal);
    word(RT.info + 8, delivery.code ?? 0);
    word(RT.info + 12, delivery.pid ?? 0);
    word(RT.info + 16, delivery.uid ?? 0);
    state.memory.poke(at + RT.context, new Uint8Array(UC_REGISTERS));
    word(RT.context + UC_STACK, delivery.stack?.base ?? 0);
    word(RT.context + UC_STACK + 4, delivery.stack ? 0 : UNUSED_STACK);
    word(RT.context + UC_STACK + 8, delivery.stack?.size ?? 0);
    put(state, at + RT.context + UC_MASK, 8, blocked);
  } else put(state, at + OLD.extraMask, 4, blocked >> 32n);
  state.memory.poke(at + (rt ? RT.code : OLD.code), Uint8Array.from(rt ? RT_CODE : OLD_CODE));
  saveRegisters(machine, registers, I386);
  state.memory.poke(registers + OLD_MASK, bytesOf(blocked & 0xffffffffn, 4));
  enter(machine, delivery, at, rt);
  return { ok: true, frame: frameOf(at, registers, rt) };
}

/** The handler's arguments are on the stack, and in registers for one that is compiled with -mregparm. */
function enter(machine: Machine, delivery: Delivery, at: number, rt: boolean): void {
  machine.setRegister('esp', at);
  machine.setRegister('eax', delivery.signal);
  machine.setRegister('edx', rt ? at + RT.info : 0);
  machine.setRegister('ecx', rt ? at + RT.context : 0);
  machine.pc = delivery.handler >>> 0;
  machine.enterHandler();
}

function frameOf(address: number, registers: number, rt: boolean): Frame {
  const slots = new Map(Object.entries(I386.registers).map(([name, offset]) => [name, registers + offset]));
  slots.set('pc', registers + I386.pc).set('flags', registers + I386.flags);
  const places = rt ? { info: address + RT.info, context: address + RT.context } : {};
  return { address, registers, slots, ...places };
}

/** `sigreturn`: the restorer has popped the signal number, the handler's return the address below it. */
export function sigreturn(machine: Machine): Returned {
  const at = (Number(machine.register('esp')) - 8) >>> 0;
  const low = take(machine.state, at + OLD.context + OLD_MASK, 4);
  const high = take(machine.state, at + OLD.extraMask, 4);
  const reason = restoreRegisters(machine, at + OLD.context, I386);
  if (reason !== undefined) return { ok: false, reason };
  return { ok: true, blocked: (low?.value ?? 0n) | ((high?.value ?? 0n) << 32n) };
}

/** `rt_sigreturn`: only the return address has been popped. */
export function rtSigreturn(machine: Machine): Returned {
  const at = (Number(machine.register('esp')) - 4) >>> 0;
  const mask = take(machine.state, at + RT.context + UC_MASK, 8);
  const reason = restoreRegisters(machine, at + RT.context + UC_REGISTERS, I386);
  return reason === undefined ? { ok: true, blocked: mask?.value ?? 0n } : { ok: false, reason };
}
