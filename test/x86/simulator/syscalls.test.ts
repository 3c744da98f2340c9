/** System calls as events, and the ways in which they end (K1 to K5). */
import {
  finishSyscall,
  syscallRequest,
  type SyscallEvent,
  type SyscallOutcome,
} from '../../../src/x86/simulator/syscalls.js';
import type { Machine } from '../../../src/x86/simulator/machine.js';
import { CODE, machineOf } from './support.js';

function stopped(machine: Machine): SyscallEvent {
  const event = machine.step();
  if (event?.kind !== 'syscall') throw new Error('no call');
  return event;
}

const outcomes: readonly (readonly [string, SyscallOutcome, number, bigint])[] = [
  ['K1', { kind: 'before' }, CODE, 3n],
  ['K2', { kind: 'restarted' }, CODE, 3n],
  ['K3', { kind: 'interrupted' }, CODE + 4, -4n],
  ['K4', { kind: 'completed', result: 17n }, CODE + 4, 17n],
  ['K5', { kind: 'failed', error: 32 }, CODE + 4, -32n],
];

test.each(outcomes)('int $0x80, %s', (_name, outcome, pc, result) => {
  const machine = machineOf('i386', 'int $0x80\n nop', { eax: 3, ebx: 1, ecx: 2, edx: 4, esi: 5, edi: 6, ebp: 7 });
  const event = stopped(machine);
  expect(event).toEqual({ kind: 'syscall', entry: 'int80', pc: CODE, after: CODE + 4 });
  expect(machine.pc).toBe(CODE);
  expect(syscallRequest(machine, event.entry)).toEqual({
    number: 3n,
    arguments: [1n, 2n, 4n, 5n, 6n, 7n],
    undefined: [],
  });
  const flags = machine.state.flags;
  finishSyscall(machine, event, outcome);
  expect([machine.pc, machine.register('eax')]).toEqual([pc, BigInt.asUintN(32, result)]);
  expect([machine.register('ecx'), machine.state.flags]).toEqual([2n, flags]);
});

test.each(outcomes)('syscall, %s', (name, outcome, pc, result) => {
  const registers = { rax: 3, rdi: 1, rsi: 2, rdx: 4, r10: 5, r8: 6, r9: 7, rcx: 99, r11: 98 };
  const machine = machineOf('x86_64', 'syscall\n nop', registers);
  machine.state.flags |= 1;
  const event = stopped(machine);
  expect(syscallRequest(machine, event.entry).arguments).toEqual([1n, 2n, 4n, 5n, 6n, 7n]);
  finishSyscall(machine, event, outcome);
  expect([machine.pc, machine.register('rax')]).toEqual([pc, BigInt.asUintN(64, result)]);
  // The instruction itself changes these two, also when the call is made again.
  const changed = name === 'K1' ? [99n, 98n] : [BigInt(CODE + 4), 0x203n];
  expect([machine.register('rcx'), machine.register('r11')]).toEqual(changed);
});

test('a call that is made again is the same call', () => {
  const machine = machineOf('i386', 'int $0x80', { eax: 3 });
  const event = stopped(machine);
  finishSyscall(machine, event, { kind: 'restarted' });
  expect(stopped(machine)).toEqual(event);
});

test('undefined arguments are told', () => {
  const machine = machineOf('i386', 'int $0x80');
  machine.setUndefinedBits('ecx', 1n);
  expect(syscallRequest(machine, stopped(machine).entry).undefined).toEqual(['ecx']);
});

test('syscall in i386 and sysenter are not simulated', () => {
  expect(machineOf('i386', 'syscall').step()).toMatchObject({ kind: 'unknown' });
  expect(machineOf('i386', 'sysenter').step()).toMatchObject({ kind: 'unknown' });
});
