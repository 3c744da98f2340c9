/** Signal frames: where Linux puts what, what the handler gets, and the way back. */
import fc from 'fast-check';
import { deliverSignal, signalReturn, type Delivery, type Frame } from '../../../src/x86/simulator/signals/index.js';
import { finishSyscall, type SyscallEvent } from '../../../src/x86/simulator/syscalls.js';
import type { Machine } from '../../../src/x86/simulator/machine.js';
import type { MachineEvent } from '../../../src/x86/simulator/events.js';
import { registerNames } from '../../../src/x86/simulator/registers.js';
import { CODE, CF, DF, machineOf, MODES, OF, program, read, STACK_TOP, write, ZF, type Registers } from './support.js';

const NAMES = { i386: registerNames(4).slice(0, 8), x86_64: registerNames(8) } as const;

function deliver(machine: Machine, delivery: Partial<Delivery> = {}): Frame {
  const done = deliverSignal(machine, { signal: 33, handler: 0x5000, restorer: 0x6000, ...delivery });
  if (!done.ok) throw new Error(done.reason);
  return done.frame;
}

/** Values that tell registers apart. */
function sentinels(names: readonly string[]): Registers {
  const stack = names.findIndex((name) => name.endsWith('sp'));
  return Object.fromEntries(names.flatMap((name, n) => (n === stack ? [] : [[name, 0x1000 * n + 0xab]])));
}

function syscall(event: MachineEvent | undefined): SyscallEvent {
  if (event?.kind !== 'syscall') throw new Error(`stopped at ${event?.kind}`);
  return event;
}

test('i386 frame without siginfo', () => {
  const machine = machineOf('i386', 'nop', sentinels(NAMES.i386));
  machine.state.flags |= CF | DF;
  const frame = deliver(machine, { blocked: 0x1122334455667788n });
  expect(frame.address % 16).toBe(12);
  expect(frame.registers).toBe(frame.address + 8);
  const word = (offset: number): bigint => read(machine, frame.address + offset, 4);
  expect([word(0), word(4)]).toEqual([0x6000n, 33n]);
  // struct sigcontext: edi at 16, …, eax at 44, eip at 56, eflags at 64; from asm/sigcontext.h.
  const at = (offset: number): bigint => read(machine, frame.registers + offset, 4);
  expect([16, 20, 24, 28, 32, 36, 40, 44].map(at)).toEqual(
    ['edi', 'esi', 'ebp', 'esp', 'ebx', 'edx', 'ecx', 'eax'].map((name) =>
      name === 'esp' ? BigInt(STACK_TOP) : BigInt(sentinels(NAMES.i386)[name]!),
    ),
  );
  expect([at(56), at(60), at(64), at(68), at(72)]).toEqual([BigInt(CODE), 0x23n, 0x603n, BigInt(STACK_TOP), 0x2bn]);
  expect([at(80), word(720)]).toEqual([0x55667788n, 0x11223344n]);
  expect(read(machine, frame.address + 724, 8)).toBe(0x80cd00000077b858n);
  expect([machine.pc, machine.register('esp'), machine.register('eax')]).toEqual([0x5000, BigInt(frame.address), 33n]);
  // A handler starts with the direction up; other flags are as they were.
  expect(machine.state.flags & (CF | DF)).toBe(CF);
});

test('i386 frame with siginfo', () => {
  const machine = machineOf('i386', 'nop', sentinels(NAMES.i386));
  const frame = deliver(machine, { siginfo: true, code: -6, pid: 41, uid: 42, blocked: 5n });
  const word = (offset: number): bigint => read(machine, frame.address + offset, 4);
  expect([8, 12].map(word)).toEqual([BigInt(frame.info!), BigInt(frame.context!)]);
  expect([frame.info, frame.context, frame.registers].map((a) => a! - frame.address)).toEqual([16, 144, 164]);
  expect([0, 4, 8, 12, 16].map((n) => read(machine, frame.info! + n, 4))).toEqual([33n, 0n, 0xfffffffan, 41n, 42n]);
  // gregs[REG_EIP] of glibc's ucontext_t.
  expect(read(machine, frame.context! + 20 + 14 * 4, 4)).toBe(BigInt(CODE));
  expect(read(machine, frame.context! + 108, 8)).toBe(5n);
  expect([machine.register('edx'), machine.register('ecx')]).toEqual([BigInt(frame.info!), BigInt(frame.context!)]);
});

test('x86_64 frame', () => {
  const machine = machineOf('x86_64', 'nop', sentinels(NAMES.x86_64));
  machine.state.flags |= OF;
  const frame = deliver(machine, { blocked: 7n, pid: 41 });
  expect(frame.address % 16).toBe(8);
  expect(frame.address).toBeLessThanOrEqual(STACK_TOP - 128 - 440);
  expect(read(machine, frame.address, 8)).toBe(0x6000n);
  // gregs of glibc's ucontext_t: r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, eflags.
  const order = 'r8 r9 r10 r11 r12 r13 r14 r15 rdi rsi rbp rbx rdx rax rcx rsp'.split(' ');
  order.forEach((name, n) => {
    const saved = name === 'rsp' ? BigInt(STACK_TOP) : BigInt(sentinels(NAMES.x86_64)[name]!);
    expect([name, read(machine, frame.context! + 40 + 8 * n, 8)]).toEqual([name, saved]);
  });
  expect(read(machine, frame.context! + 40 + 8 * 16, 8)).toBe(BigInt(CODE));
  expect(read(machine, frame.context! + 40 + 8 * 17, 8)).toBe(0xa02n);
  expect(read(machine, frame.context! + 40 + 8 * 18, 8)).toBe(0x002b000000000033n);
  expect(read(machine, frame.context! + 296, 8)).toBe(7n);
  expect([read(machine, frame.info!, 4), read(machine, frame.info! + 16, 4)]).toEqual([33n, 41n]);
  expect(['rdi', 'rsi', 'rdx', 'rax'].map((name) => machine.register(name))).toEqual([
    33n,
    BigInt(frame.info!),
    BigInt(frame.context!),
    0n,
  ]);
});

/** The restorers of musl. */
const RESTORERS = {
  old: 'ret\n restore: popl %eax\n movl $119, %eax\n int $0x80',
  rt: 'ret\n restore: movl $173, %eax\n int $0x80',
  x86_64: 'ret\n restore: movq $15, %rax\n syscall',
} as const;

test.each([
  ['i386', 'old'],
  ['i386', 'rt'],
  ['x86_64', 'x86_64'],
] as const)('%s: a handler that runs and returns (%s) leaves no trace', (mode, kind) => {
  const names = NAMES[mode];
  fc.assert(
    fc.property(
      fc.array(fc.bigInt(0n, (1n << 64n) - 1n), { minLength: 16, maxLength: 16 }),
      fc.nat(0xfff),
      (values, flags) => {
        const body = `handler: movl $0, %ebx\n std\n stc\n ${RESTORERS[kind]}\n start: nop`;
        const { labels } = program(body);
        const machine = machineOf(mode, body);
        names.forEach((name, n) => {
          if (!name.endsWith('sp')) machine.setRegister(name, values[n]!);
        });
        machine.state.flags |= flags & 0xcd5;
        machine.pc = labels.get('start')!;
        const before = [...machine.state.r32, machine.state.flags, machine.pc];
        deliver(machine, {
          handler: labels.get('handler')!,
          restorer: labels.get('restore')!,
          siginfo: kind === 'rt',
          blocked: values[0]!,
        });
        const returned = signalReturn(machine, syscall(machine.run(20)));
        expect(returned).toEqual({ ok: true, blocked: values[0]! });
        expect([...machine.state.r32, machine.state.flags, machine.pc]).toEqual(before);
      },
    ),
  );
});

describe.each(MODES)('%s', (mode) => {
  test('a handler redirects by changing the saved program counter', () => {
    const machine = machineOf(mode, mode === 'i386' ? RESTORERS.old : RESTORERS.x86_64);
    const frame = deliver(machine, { handler: CODE, restorer: CODE + 4 });
    write(machine, frame.slots.get('pc')!, mode === 'i386' ? 4 : 8, 0x7777n);
    expect(signalReturn(machine, syscall(machine.run(20)))).toMatchObject({ ok: true });
    expect(machine.pc).toBe(0x7777);
  });

  test('undefined registers and flags go there and back', () => {
    const machine = machineOf(mode, mode === 'i386' ? RESTORERS.old : RESTORERS.x86_64);
    const name = mode === 'i386' ? 'ebx' : 'rbx';
    machine.setUndefinedBits(name, 0xf0n);
    machine.state.undefinedFlags = ZF;
    deliver(machine, { handler: CODE, restorer: CODE + 4 });
    machine.setRegister(name, 1);
    machine.state.undefinedFlags = 0;
    expect(signalReturn(machine, syscall(machine.run(20)))).toMatchObject({ ok: true });
    expect([machine.undefinedBits(name), machine.state.undefinedFlags]).toEqual([0xf0n, ZF]);
  });

  test('on a stack of its own, unless it is on it already', () => {
    const stack = { base: 0x20000, size: 0x1000 };
    const machine = machineOf(mode, 'nop');
    const first = deliver(machine, { stack });
    expect(first.address).toBeLessThan(0x21000);
    expect(deliver(machine, { stack }).address).toBeLessThan(first.address);
  });

  test('floating-point state moves the frame', () => {
    const [machine, other] = [machineOf(mode, 'nop'), machineOf(mode, 'nop')];
    const [without, within] = [deliver(machine), deliver(other, { floatingPoint: 836 })];
    // STACK_TOP is a multiple of 4096. In i386 112 bytes of an older form stand below, in x86_64 128 bytes above.
    const area = STACK_TOP - (mode === 'i386' ? 896 + 112 : 1024);
    const size = mode === 'i386' ? 732 : 440;
    expect(within.address).toBeLessThanOrEqual(area - size);
    expect(within.address).toBeGreaterThan(area - size - 24);
    expect(within.address % 16).toBe(without.address % 16);
  });

  test('a frame that does not fit is refused, and nothing happens', () => {
    const machine = machineOf(mode, 'nop');
    machine.setRegister(mode === 'i386' ? 'esp' : 'rsp', 0x20010);
    const before = [...machine.state.r32];
    expect(deliverSignal(machine, { signal: 33, handler: 1, restorer: 2 })).toMatchObject({ ok: false });
    expect([...machine.state.r32]).toEqual(before);
  });

  test('a frame with another selector is refused', () => {
    const machine = machineOf(mode, mode === 'i386' ? RESTORERS.old : RESTORERS.x86_64);
    const frame = deliver(machine, { handler: CODE, restorer: CODE + 4 });
    write(machine, frame.registers + (mode === 'i386' ? 60 : 144), 2, 0x10n);
    expect(signalReturn(machine, syscall(machine.run(20)))).toEqual({
      ok: false,
      reason: 'a saved selector was changed',
    });
  });

  test('other calls are no returns', () => {
    const machine = machineOf(mode, mode === 'i386' ? 'int $0x80' : 'syscall', { eax: 4 });
    const event = syscall(machine.step());
    expect(signalReturn(machine, event)).toBeUndefined();
    finishSyscall(machine, event, { kind: 'completed', result: 9n });
    expect(machine.register(mode === 'i386' ? 'eax' : 'rax')).toBe(9n);
  });
});
