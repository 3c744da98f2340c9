/** Undefined flags and bits: carried along, reported when something depends on them, never guessed. */
import fc from 'fast-check';
import { registerNames } from '../../../src/x86/simulator/registers.js';
import type { Machine } from '../../../src/x86/simulator/machine.js';
import type { Mode } from '../../../src/x86/table/match.js';
import { AF, CF, CODE, DATA, machineOf, MODES, OF, PF, read, runToEnd, SF, STATUS, ZF } from './support.js';

/** A machine whose flags of a mask are undefined. */
function withUndefined(
  text: string,
  flags: number,
  registers: Readonly<Record<string, bigint | number>> = {},
): Machine {
  const machine = machineOf('i386', text, registers);
  machine.state.undefinedFlags = flags;
  return machine;
}

test.each([
  ['jc 1f\n 1:', CF, 'CF'],
  ['jle 1f\n 1:', OF | AF, 'OF'],
  ['jbe 1f\n 1:', CF, 'CF'],
  ['1: loope 1b', ZF, 'ZF'],
  ['into', OF, 'OF'],
])('%j depends on %i', (text, flags, what) => {
  const machine = withUndefined(text, flags, { ecx: 5 });
  expect(machine.run(1)).toEqual({ kind: 'undefined', what, pc: CODE });
  expect(machine.pc).toBe(CODE);
  expect(machine.register('ecx')).toBe(5n);
});

test('a condition that the defined flags decide alone is decided', () => {
  const machine = withUndefined('jbe 1f\n movl $1, %eax\n 1:', ZF);
  machine.state.flags |= CF;
  expect(runToEnd(machine).register('eax')).toBe(0n);
  // Counting to 0 ends the loop, whatever ZF is.
  runToEnd(withUndefined('1: loope 1b', ZF, { ecx: 1 }));
});

test('setcc, cmovcc, adc and lahf carry what they read along', () => {
  const set = runToEnd(withUndefined('setc %al', CF, { eax: 0x1234 }));
  expect(set.undefinedBits('eax')).toBe(1n);
  const moved = runToEnd(withUndefined('cmovcl %ecx, %eax', CF, { eax: 0b1100, ecx: 0b1010 }));
  expect(moved.undefinedBits('eax')).toBe(0b0110n);
  const sum = runToEnd(withUndefined('adcl $0, %eax', CF, { eax: 4 }));
  expect(sum.undefinedBits('eax')).toBe(1n);
  expect(sum.state.undefinedFlags).toBe(PF);
  const flags = runToEnd(withUndefined('lahf', AF));
  expect(flags.undefinedBits('ah')).toBe(BigInt(AF));
});

test('pushf stores undefined flags, and popf takes them back', () => {
  const machine = withUndefined('pushfl\n popl %eax\n pushl %eax\n testl %ecx, %ecx\n popfl\n jc 1f\n 1:', CF | OF);
  expect(machine.run(6)).toMatchObject({ kind: 'undefined' });
  expect(machine.undefinedBits('eax')).toBe(BigInt(CF | OF));
});

test('inc and rotates keep an undefined CF and OF or replace them', () => {
  expect(runToEnd(withUndefined('incl %eax', STATUS)).state.undefinedFlags).toBe(CF);
  expect(runToEnd(withUndefined('rolb $1, %al', STATUS)).state.undefinedFlags).toBe(STATUS & ~(CF | OF));
  expect(runToEnd(withUndefined('stc', STATUS)).state.undefinedFlags).toBe(STATUS & ~CF);
  expect(runToEnd(withUndefined('cmc', CF)).state.undefinedFlags).toBe(CF);
});

test('an undefined destination', () => {
  const machine = machineOf('i386', 'bsfl %ecx, %eax\n movl %eax, %edx\n movl (%edx), %ebx', { eax: 7 });
  machine.run(2);
  expect(machine.undefinedBits('edx')).toBe(0xffffffffn);
  expect(machine.step()).toEqual({ kind: 'undefined', what: '%edx', pc: CODE + 8 });
});

test('what overwrites undefined bits makes them defined again', () => {
  for (const text of ['xorl %eax, %eax', 'subl %eax, %eax', 'movl $1, %eax', 'andl $0, %eax', 'orl $-1, %eax']) {
    const machine = machineOf('i386', text);
    machine.setUndefinedBits('eax', 0xffffffffn);
    runToEnd(machine);
    expect([text, machine.undefinedBits('eax')]).toEqual([text, 0n]);
    expect(machine.state.uncertain).toBe(false);
  }
});

test('bits are followed through logic and memory', () => {
  const machine = machineOf(
    'i386',
    'andl $0xff00, %eax\n movl %eax, (%ebx)\n movzbl 1(%ebx), %ecx\n movb (%ebx), %dl',
    { ebx: DATA },
  );
  machine.setUndefinedBits('eax', 0xffff0ff0n);
  runToEnd(machine);
  expect(machine.undefinedBits('eax')).toBe(0x0f00n);
  expect(machine.undefinedBits('ecx')).toBe(0x0fn);
  expect(machine.undefinedBits('dl')).toBe(0n);
  expect([...machine.state.undefinedMemory]).toEqual([[DATA + 1, 0x0f]]);
});

test.each([
  ['jmp *%eax', '%eax'],
  ['call *%eax', '%eax'],
  ['movl (%eax), %ecx', '%eax'],
  ['movl %ecx, 4(,%eax,4)', '%eax'],
  ['divl %eax', '%eax'],
  ['1: loop 1b', '%ecx'],
  ['rep movsb', '%ecx'],
  ['jecxz 1f\n 1:', '%ecx'],
  ['pushl %ecx', '%esp'],
])('%s cannot go on', (text, what) => {
  const machine = machineOf('i386', text, { esi: DATA, edi: DATA, ecx: 1 });
  const name = what.slice(1);
  machine.setUndefinedBits(name, 0xfffffff0n);
  const before = [...machine.state.r32];
  expect(machine.step()).toEqual({ kind: 'undefined', what, pc: CODE });
  expect([...machine.state.r32]).toEqual(before);
  expect(machine.undefinedBits(name)).toBe(0xfffffff0n);
});

test('a shift by an undefined count leaves undefined what a count can change', () => {
  const machine = machineOf('i386', 'shll %cl, %eax', { eax: 1 });
  machine.setUndefinedBits('ecx', 0xffffffffn);
  runToEnd(machine);
  // Every count is tried. None shifts the one bit out, so that CF and ZF are 0 whatever the count is.
  expect(machine.undefinedBits('eax')).toBe(0xffffffffn);
  expect(machine.state.undefinedFlags & (CF | ZF | SF)).toBe(SF);
});

test('undoing brings undefined bits back', () => {
  const machine = machineOf('i386', 'movl $1, %eax\n movl %eax, (%ebx)', { ebx: DATA });
  machine.setUndefinedBits('eax', 0xffn);
  const mark = machine.mark();
  runToEnd(machine);
  expect(machine.state.uncertain).toBe(false);
  machine.undoTo(mark);
  expect([machine.undefinedBits('eax'), machine.state.uncertain]).toEqual([0xffn, true]);
  const fork = machine.fork();
  runToEnd(fork);
  expect(fork.undefinedBits('eax')).toBe(0n);
  expect(machine.undefinedBits('eax')).toBe(0xffn);
});

const LINES = [
  'addl %ecx, %eax',
  'adcb %al, %dl',
  'sbbl %eax, %eax',
  'subl %edx, %edx',
  'andl $0x0ff0, %eax',
  'orl %ecx, %edx',
  'xorl %edx, %ecx',
  'notl %eax',
  'negb %cl',
  'incw %ax',
  'testl %eax, %ecx',
  'cmpb %dl, %al',
  'movl %eax, (%@bx)',
  'movl (%@bx), %edx',
  'movb 1(%@bx), %cl',
  'movzwl %ax, %ecx',
  'movsbl %dl, %eax',
  'xchgl %eax, (%@bx)',
  'xchgb %ah, %al',
  'xaddl %eax, %edx',
  'cmpxchgl %ecx, %edx',
  'cmpxchgl %ecx, (%@bx)',
  'shll $3, %eax',
  'shrl %cl, %edx',
  'sarb $1, %dl',
  'rolw $4, %ax',
  'rcrl $1, %ecx',
  'shldl $4, %eax, %edx',
  'imull %ecx, %eax',
  'mull %edx',
  'bswap %eax',
  'btsl $3, %eax',
  'bsfl %ecx, %edx',
  'setle %al',
  'cmovsl %eax, %ecx',
  'cmovbew %dx, %ax',
  'lahf',
  'sahf',
  'cmc',
  'cwtl',
  'cltd',
  'pushf',
  'popf',
  'push %@ax',
  'pop %@dx',
  'leal 4(%@cx,%@dx,2), %eax',
  'movsb',
  'lodsl',
  'stosw',
  'xlat',
  'divb %cl',
  'jc 1f\n 1:',
  'jle 1f\n 1:',
] as const;

const NAMES = ['rax', 'rcx', 'rdx'] as const;

/** Random bits where a mask has them. */
function shuffled(bits: bigint, mask: bigint, random: bigint): bigint {
  return (bits & ~mask) | (random & mask);
}

function begin(mode: Mode, lines: readonly string[], values: readonly bigint[]): Machine {
  const letter = mode === 'i386' ? 'e' : 'r';
  const text = lines.map((line) => line.replaceAll('@', letter)).join('\n');
  const machine = machineOf(mode, text, {
    [`${letter}bx`]: DATA + 0x100,
    [`${letter}si`]: DATA + 0x100,
    [`${letter}di`]: DATA + 0x102,
  });
  machine.stops.clear();
  NAMES.forEach((name, n) => machine.setRegister(mode === 'i386' ? name.replace('r', 'e') : name, values[n]!));
  return machine;
}

/** Flags that programs see. */
const FLAGS = STATUS | 0x400;

test('what is called defined is the same whatever undefined bits are', () => {
  const word = fc.bigInt(0n, (1n << 64n) - 1n);
  const sparse = fc.oneof(fc.constant(0n), word, fc.constantFrom(1n, 0x80n, 0xf0n, 0xffffn));
  let compared = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...MODES),
      fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 6 }),
      fc.array(word, { minLength: 3, maxLength: 3 }),
      fc.array(sparse, { minLength: 3, maxLength: 3 }),
      fc.nat(0xfff),
      fc.array(word, { minLength: 16, maxLength: 16 }),
      (mode, lines, values, masks, flags, random) => {
        const names = mode === 'i386' ? ['eax', 'ecx', 'edx'] : NAMES;
        const machine = begin(mode, lines, values);
        names.forEach((name, n) => machine.setUndefinedBits(name, masks[n]!));
        machine.state.undefinedFlags = flags & STATUS;
        let steps = 0;
        while (steps < lines.length && !machine.step()) steps++;
        for (let n = 0; n < 4; n++) {
          const trial = begin(mode, lines, values);
          names.forEach((name, k) => trial.setRegister(name, shuffled(values[k]!, masks[k]!, random[4 * n + k]!)));
          trial.state.flags ^= Number(random[4 * n + 3]! & 0xffffn) & flags & STATUS;
          for (let k = 0; k < steps; k++) expect(trial.step()).toBeUndefined();
          if (steps > 0) compared++;
          const known = (name: string): bigint => ~(machine.undefinedBits(name) | trial.undefinedBits(name));
          for (const name of mode === 'i386' ? registerNames(4).slice(0, 8) : registerNames(8)) {
            const mask = known(name);
            expect([name, trial.register(name) & mask]).toEqual([name, machine.register(name) & mask]);
          }
          const defined = FLAGS & ~(machine.state.undefinedFlags | trial.state.undefinedFlags);
          expect(trial.state.flags & defined).toBe(machine.state.flags & defined);
          for (let at = DATA + 0xf0; at < DATA + 0x120; at++) {
            const unknown = (machine.state.undefinedMemory.get(at) ?? 0) | (trial.state.undefinedMemory.get(at) ?? 0);
            expect(read(trial, at, 1) & BigInt(~unknown & 0xff)).toBe(read(machine, at, 1) & BigInt(~unknown & 0xff));
          }
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(compared).toBeGreaterThan(300);
});

test('SF is the sign of what an undefined carry cannot change', () => {
  const machine = withUndefined('adcl $0, %eax', CF, { eax: 0x80000000 });
  runToEnd(machine);
  expect(machine.state.undefinedFlags & SF).toBe(0);
});
