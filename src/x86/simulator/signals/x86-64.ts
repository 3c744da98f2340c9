/**
 * Signal frames of x86_64, from the kernel's arch/x86/include/asm/sigframe.h and arch/x86/kernel/signal_64.c:
 * return address, ucontext, siginfo. Below the red zone of 128 bytes, which belongs to the interrupted function. No
 * floating-point state is saved: the pointer to it is null.
 */
import type { Machine } from '../machine.js';
import { isWritable, put, take } from './memory.js';
import { restoreRegisters, saveRegisters, X86_64 } from './registers.js';
import type { Delivered, Delivery, Returned } from './types.js';

const RED_ZONE = 128;
const CONTEXT = 8;
const INFO = 312;
const SIZE = 440;

/** In `struct ucontext`. */
const UC_STACK = 16;
const UC_REGISTERS = 40;
const UC_MASK = 296;
const UNUSED_STACK = 2;
/** UC_SIGCONTEXT_SS and UC_STRICT_RESTORE_SS. */
const UC_FLAGS = 6n;

/** Aligned as at the entry of a function: 8 below a multiple of 16. What `xsave` writes is aligned to 64. */
function frameAddress(machine: Machine, { stack, floatingPoint = 0 }: Delivery): number {
  let sp = Number(BigInt.asIntN(64, machine.register('rsp'))) - RED_ZONE;
  if (stack && !(sp + RED_ZONE > stack.base && sp + RED_ZONE <= stack.base + stack.size)) sp = stack.base + stack.size;
  const state = floatingPoint === 0 ? sp : alignDown(sp - floatingPoint, 64);
  return alignDown(state - SIZE, 16) - 8;
}

function alignDown(address: number, to: number): number {
  return address - (((address % to) + to) % to);
}

export function deliver(machine: Machine, delivery: Delivery): Delivered {
  const at = frameAddress(machine, delivery);
  const { state } = machine;
  if (!isWritable(state.memory, at, SIZE)) return { ok: false, reason: 'the signal frame does not fit on the stack' };
  const word = (offset: number, width: 4 | 8, value: number | bigint): void =>
    put(state, at + offset, width, BigInt(value));
  state.memory.poke(at, new Uint8Array(SIZE));
  word(0, 8, delivery.restorer);
  word(CONTEXT, 8, UC_FLAGS);
  word(CONTEXT + UC_STACK, 8, delivery.stack?.base ?? 0);
  word(CONTEXT + UC_STACK + 8, 4, delivery.stack ? 0 : UNUSED_STACK);
  word(CONTEXT + UC_STACK + 16, 8, delivery.stack?.size ?? 0);
  word(CONTEXT + UC_MASK, 8, delivery.blocked ?? 0n);
  word(INFO, 4, delivery.signal);
  word(INFO + 8, 4, BigInt.asUintN(32, BigInt(delivery.code ?? 0)));
  word(INFO + 16, 4, delivery.pid ?? 0);
  word(INFO + 20, 4, delivery.uid ?? 0);
  const registers = at + CONTEXT + UC_REGISTERS;
  saveRegisters(machine, registers, X86_64);
  machine.setRegister('rsp', at);
  machine.setRegister('rdi', delivery.signal);
  machine.setRegister('rax', 0);
  machine.setRegister('rsi', at + INFO);
  machine.setRegister('rdx', at + CONTEXT);
  machine.pc = delivery.handler;
  machine.enterHandler();
  const slots = new Map(Object.entries(X86_64.registers).map(([name, offset]) => [name, registers + offset]));
  slots.set('pc', registers + X86_64.pc).set('flags', registers + X86_64.flags);
  return { ok: true, frame: { address: at, info: at + INFO, context: at + CONTEXT, registers, slots } };
}

/** The handler's return has popped the address below the frame's context. */
export function rtSigreturn(machine: Machine): Returned {
  const at = Number(BigInt.asIntN(64, machine.register('rsp'))) - 8;
  const mask = take(machine.state, at + CONTEXT + UC_MASK, 8);
  const reason = restoreRegisters(machine, at + CONTEXT + UC_REGISTERS, X86_64);
  return reason === undefined ? { ok: true, blocked: mask?.value ?? 0n } : { ok: false, reason };
}
