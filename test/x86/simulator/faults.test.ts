/** Page faults, traps, refused instructions, and that a fault leaves the state as it was. */
import { READ, EXECUTE } from '../../../src/x86/simulator/memory.js';
import { CODE, DATA, machineOf, read, STACK_TOP, write } from './support.js';

test.each([
  ['movl (%eax), %ecx', { eax: 0x1000000 }, { name: '#PF', errorCode: 4, address: 0x1000000 }],
  ['movl %ecx, (%eax)', { eax: 0x1000000 }, { name: '#PF', errorCode: 6, address: 0x1000000 }],
  // What is read to be written faults as a write.
  ['addl %ecx, (%eax)', { eax: 0x1000000 }, { name: '#PF', errorCode: 6 }],
  ['cmpxchgl %ecx, (%eax)', { eax: 0x1000000 }, { name: '#PF', errorCode: 6 }],
  ['cmpl %ecx, (%eax)', { eax: 0x1000000 }, { name: '#PF', errorCode: 4 }],
  // The first byte that cannot be reached.
  ['movl (%eax), %ecx', { eax: DATA + 0x1ffe }, { name: '#PF', address: DATA + 0x2000 }],
  ['movl %ecx, (%eax)', { eax: DATA - 2 }, { name: '#PF', address: DATA - 2 }],
  ['pushl %eax', { esp: DATA + 2 }, { name: '#PF', errorCode: 6, address: DATA - 2 }],
  ['movl (%eax), %ecx', { eax: 0xfffffffe }, { name: '#GP', errorCode: 0 }],
  ['popl %eax', { esp: 0xffffffff }, { name: '#SS', errorCode: 0 }],
  ['ud2', {}, { name: '#UD', vector: 6 }],
  ['hlt', {}, { name: '#GP', vector: 13 }],
  ['int $0x21', {}, { name: '#GP', errorCode: 0x21 * 8 + 2 }],
  ['lock addl %eax, %ecx', {}, { name: '#UD' }],
  ['lock movl %eax, (%ecx)', {}, { name: '#UD' }],
])('%s %j', (text, registers, expected) => {
  const machine = machineOf('i386', text, registers);
  const before = { r32: [...machine.state.r32], flags: machine.state.flags };
  const mark = machine.mark();
  expect(machine.run(1)).toMatchObject({ kind: 'fault', pc: CODE, ...expected });
  expect(machine.pc).toBe(CODE);
  expect({ r32: [...machine.state.r32], flags: machine.state.flags }).toEqual(before);
  expect(machine.memory.changedSince(mark.memory).size).toBe(0);
});

test('a write across pages changes nothing when the second cannot be written', () => {
  const machine = machineOf('x86_64', 'movq %rcx, (%rax)', { rax: DATA + 0x1ffc, rcx: -1n });
  expect(machine.step()).toMatchObject({ name: '#PF', errorCode: 6, address: DATA + 0x2000 });
  expect(read(machine, DATA + 0x1ffc, 4)).toBe(0n);
});

test('a page without permission tells so', () => {
  const machine = machineOf('i386', 'movl %ecx, (%eax)', { eax: 0x50000 });
  machine.memory.map({ start: 0x50000, size: 0x1000, permissions: READ | EXECUTE });
  expect(machine.step()).toMatchObject({ name: '#PF', errorCode: 7 });
});

test('addresses that are not canonical', () => {
  expect(machineOf('x86_64', 'movq (%rax), %rcx', { rax: 1n << 47n }).step()).toMatchObject({ name: '#GP' });
  expect(machineOf('x86_64', 'movq (%rbp), %rcx', { rbp: 1n << 47n }).step()).toMatchObject({ name: '#SS' });
  expect(machineOf('x86_64', 'pushq %rcx', { rsp: 1n << 60n }).step()).toMatchObject({ name: '#SS' });
  // The kernel's half is canonical, and never there.
  expect(machineOf('x86_64', 'movq (%rax), %rcx', { rax: -4096 }).step()).toMatchObject({
    name: '#PF',
    errorCode: 5,
    address: -4096,
  });
  expect(machineOf('x86_64', 'jmp *%rax', { rax: 1n << 47n }).step()).toMatchObject({ name: '#GP' });
});

test('traps leave the state behind the instruction', () => {
  const machine = machineOf('i386', 'int3\n into');
  expect(machine.step()).toEqual({ kind: 'fault', name: '#BP', vector: 3, errorCode: 0, pc: CODE });
  expect(machine.pc).toBe(CODE + 4);
  machine.state.flags |= 0x800;
  expect(machine.step()).toMatchObject({ name: '#OF', vector: 4 });
  expect(machine.pc).toBe(CODE + 8);
});

test.each([
  'fld1',
  'movaps %xmm0, %xmm1',
  'cpuid',
  'rdtsc',
  'cli',
  'inb $4, %al',
  'lgdt (%eax)',
  'sysenter',
  'movw %ax, %gs',
  'popl %ds',
])('%s is unknown, and nothing happens', (text) => {
  const machine = machineOf('i386', text, { esp: STACK_TOP - 8 });
  const before = [...machine.state.r32];
  expect(machine.step()).toMatchObject({ kind: 'unknown', pc: CODE });
  expect([...machine.state.r32]).toEqual(before);
});

test('an unknown instruction is named', () => {
  expect(machineOf('i386', 'cpuid').step()).toEqual({ kind: 'unknown', reason: 'unknown instruction cpuid', pc: CODE });
  expect(machineOf('i386', 'movl elsewhere, %eax').step()).toEqual({
    kind: 'unknown',
    reason: 'the value of elsewhere is not known',
    pc: CODE,
  });
});

test('a load of %ss that changes nothing holds back interrupts for one instruction', () => {
  const machine = machineOf('i386', 'movw %ss, %ax\n movw %ax, %ss\n nop\n nop');
  machine.step();
  expect(machine.interruptible).toBe(true);
  machine.step();
  expect(machine.interruptible).toBe(false);
  machine.step();
  expect(machine.interruptible).toBe(true);
  const popped = machineOf('i386', 'pushl $0x2b\n popl %ss\n nop');
  popped.step();
  popped.step();
  expect(popped.interruptible).toBe(false);
  const mark = popped.mark();
  popped.step();
  popped.undoTo(mark);
  expect(popped.interruptible).toBe(false);
});

test('running off the code', () => {
  const machine = machineOf('i386', 'jmp *%eax', { eax: DATA });
  machine.step();
  expect(machine.step()).toMatchObject({ kind: 'fault', name: '#PF', errorCode: 0x15, address: DATA });
  const nowhere = machineOf('i386', 'jmp *%eax', { eax: 0x77777777 });
  nowhere.step();
  expect(nowhere.step()).toMatchObject({ kind: 'fault', name: '#PF', errorCode: 0x14, pc: 0x77777777 });
});

test('an endless loop ends at the limit', () => {
  expect(machineOf('i386', '1: jmp 1b').run(1000)).toMatchObject({ kind: 'limit' });
  const machine = machineOf('i386', '1: jmp 1b');
  machine.recording = true;
  expect(machine.run(1000)).toMatchObject({ kind: 'limit' });
  expect(machine.steps).toBe(1000);
});

test('unaligned writes reach every byte', () => {
  const machine = machineOf('x86_64', 'movq %rcx, (%rax)', { rax: DATA + 0xffd, rcx: 0x1122334455667788n });
  write(machine, DATA + 0xffc, 1, 0xeen);
  machine.step();
  expect(read(machine, DATA + 0xffc, 8)).toBe(0x22334455667788een);
});
