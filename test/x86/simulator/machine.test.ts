/** Marks, forks, effects, and code that changes. */
import fc from 'fast-check';
import { createMachine, type Machine } from '../../../src/x86/simulator/machine.js';
import type { Decode } from '../../../src/x86/simulator/code.js';
import { EXECUTE, READ, WRITE } from '../../../src/x86/simulator/memory.js';
import { registerNames } from '../../../src/x86/simulator/registers.js';
import type { Mode } from '../../../src/x86/table/match.js';
import { CODE, DATA, instruction, machineOf, MODES, program, read, STACK_TOP, words } from './support.js';

/** Instructions without jumps that read and write registers, flags and memory; `@` is the pointers' first letter. */
const LINES = [
  'addl %ecx, %eax',
  'adcl $5, (%@bx)',
  'sbbl %eax, 8(%@bx)',
  'xorl 4(%@bx), %ecx',
  'incl %edx',
  'negw %ax',
  'movb %ah, 3(%@bx)',
  'movl %eax, 0x7fe(%@bx)',
  'movzwl (%@bx), %ecx',
  'shll $3, %eax',
  'rolb $1, %cl',
  'imull %ecx, %eax',
  'mull %ecx',
  'xchgl %eax, (%@bx)',
  'xaddl %eax, %ecx',
  'cmpxchgl %ecx, (%@bx)',
  'push %@ax',
  'pop %@dx',
  'setc %al',
  'cmovcl %edx, %eax',
  'bswap %eax',
  'stc',
  'std',
  'cld',
  'cltd',
  'leal 4(%@bx,%@cx,2), %edx',
  'rep stosb',
  'movsl',
  'lodsb',
] as const;

function start(mode: Mode, lines: readonly string[], seed: number): Machine {
  const letter = mode === 'i386' ? 'e' : 'r';
  const machine = machineOf(mode, lines.join('\n').replaceAll('@', letter), {
    eax: seed,
    ecx: seed & 15,
    edx: ~seed,
    [`${letter}bx`]: DATA + 0x400,
    [`${letter}si`]: DATA + 0x800,
    [`${letter}di`]: DATA + 0xc00,
  });
  machine.memory.poke(
    DATA,
    Uint8Array.from({ length: 0x1000 }, (_, n) => (n * seed) >> 3),
  );
  return machine;
}

interface Snapshot {
  readonly registers: readonly bigint[];
  readonly undefined: readonly bigint[];
  readonly flags: readonly number[];
  readonly memory: string;
}

function snapshot(machine: Machine): Snapshot {
  const names = registerNames(8);
  const bytes = [...machine.memory.peek(DATA, 0x1000)!, ...machine.memory.peek(STACK_TOP - 0x200, 0x200)!];
  return {
    registers: names.map((name) => machine.register(name)),
    undefined: names.map((name) => machine.undefinedBits(name)),
    flags: [machine.state.flags, machine.state.undefinedFlags, machine.pc],
    memory: Buffer.from(bytes).toString('base64'),
  };
}

const programs = fc.record({
  mode: fc.constantFrom(...MODES),
  lines: fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 12 }),
  seed: fc.integer(),
  cut: fc.nat({ max: 20 }),
});

function runSome(machine: Machine, steps: number): void {
  for (let n = 0; n < steps; n++) if (machine.step()) return;
}

test('undoing a run restores everything', () => {
  fc.assert(
    fc.property(programs, ({ mode, lines, seed, cut }) => {
      const machine = start(mode, lines, seed);
      runSome(machine, cut);
      const before = snapshot(machine);
      const mark = machine.mark();
      const event = machine.run(100);
      const ended = snapshot(machine);
      machine.undoTo(mark);
      expect(snapshot(machine)).toEqual(before);
      // And it goes the same way again.
      expect(machine.run(100)).toEqual(event);
      expect(snapshot(machine)).toEqual(ended);
    }),
  );
});

test('forks do not see each other', () => {
  fc.assert(
    fc.property(programs, ({ mode, lines, seed, cut }) => {
      const machine = start(mode, lines, seed);
      runSome(machine, cut);
      const before = snapshot(machine);
      const fork = machine.fork();
      expect(snapshot(fork)).toEqual(before);
      const event = fork.run(100);
      const forked = snapshot(fork);
      expect(snapshot(machine)).toEqual(before);
      expect(machine.run(100)).toEqual(event);
      expect(snapshot(machine)).toEqual(forked);
      expect(snapshot(fork)).toEqual(forked);
    }),
  );
});

test('recording changes nothing, and effects name all that a step changes', () => {
  fc.assert(
    fc.property(programs, ({ mode, lines, seed }) => {
      const plain = start(mode, lines, seed);
      const recorded = start(mode, lines, seed);
      recorded.recording = true;
      for (let n = 0; n < 60; n++) {
        const before = snapshot(recorded);
        const mark = recorded.mark();
        const event = recorded.step();
        expect(plain.step()).toEqual(event);
        const now = snapshot(recorded);
        expect(snapshot(plain)).toEqual(now);
        const changed = new Set([...recorded.memory.changedSince(mark.memory).keys()]);
        const numbers = before.registers.flatMap((value, k) => (value === now.registers[k] ? [] : [k]));
        for (const effect of recorded.effects) {
          if (effect.kind === 'memory' && effect.access === 'write') {
            for (let k = 0; k < effect.width; k++) changed.delete(effect.address + k);
          }
        }
        expect([...changed]).toEqual([]);
        for (const number of numbers) {
          expect(
            recorded.effects.some((e) => e.kind === 'register' && e.access === 'write' && e.number === number),
          ).toBe(true);
        }
        const flags = recorded.effects.reduce(
          (mask, e) => (e.kind === 'flags' && e.access === 'write' ? mask | e.mask : mask),
          0,
        );
        expect((before.flags[0]! ^ now.flags[0]!) & ~flags).toBe(0);
        recorded.forgetMarks();
        if (event) return;
      }
    }),
  );
});

test('effects in their order', () => {
  const machine = machineOf('i386', 'addl %ecx, 2(%ebx,%esi)\n movb %ah, %cl\n popl %eax', { ebx: DATA, esi: 4 });
  machine.recording = true;
  machine.setRegister('esp', STACK_TOP - 4);
  machine.step();
  expect(words(machine.effects)).toEqual([
    'address %ebx',
    'address %esi',
    'read 10006:4 unaligned',
    'read %ecx',
    'write 10006:4 unaligned',
    'write flags 8d5',
  ]);
  machine.step();
  expect(words(machine.effects)).toEqual(['read %ah', 'write %cl']);
  machine.step();
  expect(words(machine.effects)).toEqual(['read %esp', 'read 23ffc:4', 'write %esp', 'write %eax']);
});

/** A toy encoding: byte 1 is `incl %eax`, 2 is `decl %eax`, 3 with a byte is `addl $byte, %eax`. */
const toy: Decode = (bytes) => {
  const [first, second] = bytes;
  if (first === 1) return { ok: true, length: 1, instruction: instruction('incl %eax') };
  if (first === 2) return { ok: true, length: 1, instruction: instruction('decl %eax') };
  if (first !== 3) return { ok: false, reason: 'invalid' };
  if (second === undefined) return { ok: false, reason: 'truncated' };
  return { ok: true, length: 2, instruction: instruction(`addl $${second}, %eax`) };
};

function toyMachine(bytes: readonly number[]): Machine {
  const machine = createMachine({
    mode: 'i386',
    decode: toy,
    memory: [{ start: 0x4000, size: 0x1000, permissions: READ | WRITE | EXECUTE }],
  });
  machine.memory.poke(0x4000, Uint8Array.from(bytes));
  machine.pc = 0x4000;
  return machine;
}

describe('code from memory', () => {
  test('is decoded when it runs', () => {
    const machine = toyMachine([1, 3, 40, 1]);
    machine.run(3);
    expect(machine.register('eax')).toBe(42n);
    expect(machine.step()).toMatchObject({ kind: 'unknown', reason: 'no instruction is encoded here', pc: 0x4004 });
  });

  test('is decoded again when it has changed, also by an undo', () => {
    const machine = toyMachine([1, 1]);
    const mark = machine.mark();
    machine.run(2);
    expect(machine.register('eax')).toBe(2n);
    machine.pc = 0x4000;
    machine.memory.poke(0x4001, Uint8Array.of(2));
    machine.run(2);
    expect(machine.register('eax')).toBe(2n);
    machine.undoTo(mark);
    machine.run(2);
    expect(machine.register('eax')).toBe(2n);
  });

  test('an operand in the middle of an instruction counts too', () => {
    const machine = toyMachine([3, 5]);
    machine.run(1);
    machine.memory.poke(0x4001, Uint8Array.of(7));
    machine.pc = 0x4000;
    machine.run(1);
    expect(machine.register('eax')).toBe(12n);
  });

  test('a fork that changes code leaves the other its own', () => {
    const machine = toyMachine([1]);
    machine.run(1);
    const fork = machine.fork();
    fork.memory.poke(0x4000, Uint8Array.of(2));
    fork.pc = machine.pc = 0x4000;
    fork.run(1);
    machine.run(1);
    expect([fork.register('eax'), machine.register('eax')]).toEqual([0n, 2n]);
  });

  test('an instruction that runs into a page that cannot be fetched faults there', () => {
    const machine = toyMachine([]);
    machine.memory.poke(0x4fff, Uint8Array.of(3));
    machine.pc = 0x4fff;
    expect(machine.step()).toMatchObject({ kind: 'fault', name: '#PF', errorCode: 0x14, address: 0x5000 });
  });

  test('a program that overwrites loaded code is refused where nothing can decode it', () => {
    const { instructions } = program('movb $1, 0x4004\n nop');
    const machine = createMachine({
      mode: 'i386',
      memory: [{ start: 0x4000, size: 0x1000, permissions: READ | WRITE | EXECUTE }],
    });
    machine.load(instructions.map((one, n) => ({ ...one, address: 0x4000 + 4 * n })));
    machine.pc = 0x4000;
    const mark = machine.mark();
    machine.step();
    expect(machine.step()).toMatchObject({ kind: 'unknown', reason: 'the instruction was overwritten' });
    machine.undoTo(mark);
    machine.memory.poke(0x4004, Uint8Array.of(0));
    machine.pc = 0x4004;
    expect(machine.step()).toBeUndefined();
  });
});

test('pages are filled from their addresses when they are touched', () => {
  const machine = machineOf('i386', 'movl (%eax), %ecx', { eax: 0x60100 });
  machine.memory.map({ start: 0x60000, size: 0x1000, permissions: READ, fill: (address) => address & 0xff });
  machine.step();
  expect(machine.register('ecx')).toBe(0x03020100n);
});

test('registers by their parts', () => {
  const machine = createMachine({ mode: 'x86_64' });
  machine.setRegister('rax', 0x1122334455667788n);
  expect(['rax', 'eax', 'ax', 'al', 'ah'].map((name) => machine.register(name).toString(16))).toEqual([
    '1122334455667788',
    '55667788',
    '7788',
    '88',
    '77',
  ]);
  machine.setRegister('ah', 0xff);
  machine.setRegister('r8b', 0x12);
  expect([machine.register('rax'), machine.register('r8')]).toEqual([0x112233445566ff88n, 0x12n]);
  machine.setRegister('eax', -1);
  expect(machine.register('rax')).toBe(0xffffffffn);
  expect(() => machine.register('xmm0')).toThrow('no register xmm0');
});

test('a stop address is reached, not run', () => {
  const machine = machineOf('i386', 'incl %eax\n incl %eax\n incl %eax');
  machine.stops.add(CODE + 4);
  expect(machine.run(10)).toEqual({ kind: 'stop', pc: CODE + 4 });
  expect(machine.register('eax')).toBe(1n);
  expect(read(machine, DATA, 4)).toBe(0n);
});
