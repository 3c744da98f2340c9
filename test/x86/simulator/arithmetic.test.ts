/** Addition and subtraction against arithmetic of whole numbers, in every width and both modes. */
import fc from 'fast-check';
import type { Width } from '../../../src/x86/syntax.js';
import type { Mode } from '../../../src/x86/table/match.js';
import {
  ACCUMULATOR,
  AF,
  after,
  CF,
  COUNTER,
  flag,
  mask,
  modes,
  OF,
  resultFlags,
  signed,
  STATUS,
  SUFFIX,
} from './support.js';
import { machineOf, values, widths } from './support.js';

interface Expected {
  readonly result: bigint;
  readonly flags: number;
}

function sum(a: bigint, b: bigint, carry: bigint, width: Width): Expected {
  const whole = a + b + carry;
  const result = whole & mask(width);
  const exact = signed(a, width) + signed(b, width) + carry;
  return {
    result,
    flags:
      resultFlags(result, width) |
      flag(whole !== result, CF) |
      flag(exact !== signed(result, width), OF) |
      flag((a & 15n) + (b & 15n) + carry > 15n, AF),
  };
}

function difference(a: bigint, b: bigint, borrow: bigint, width: Width): Expected {
  const whole = a - b - borrow;
  const result = whole & mask(width);
  const exact = signed(a, width) - signed(b, width) - borrow;
  return {
    result,
    flags:
      resultFlags(result, width) |
      flag(whole < 0n, CF) |
      flag(exact !== signed(result, width), OF) |
      flag((a & 15n) - (b & 15n) - borrow < 0n, AF),
  };
}

/** A width, a mode that has it, two values of it and a carry. */
const inputs = widths.chain((width) =>
  fc.record({
    width: fc.constant(width),
    mode: modes(width),
    a: values(width),
    b: values(width),
    carry: fc.constantFrom(0n, 1n),
  }),
);

function run(
  mode: Mode,
  text: string,
  width: Width,
  a: bigint,
  b: bigint,
  carry: bigint,
): Expected & { other: bigint } {
  const machine = machineOf(mode, text, { [ACCUMULATOR[width]]: a, [COUNTER[width]]: b });
  machine.state.flags |= Number(carry);
  expect(machine.run(1).kind).toBe('stop');
  expect(machine.state.undefinedFlags).toBe(0);
  return {
    result: machine.register(ACCUMULATOR[width]),
    flags: machine.state.flags & STATUS,
    other: machine.register(COUNTER[width]),
  };
}

const binary: readonly (readonly [string, (a: bigint, b: bigint, carry: bigint, width: Width) => Expected])[] = [
  ['add', (a, b, _carry, width) => sum(a, b, 0n, width)],
  ['adc', sum],
  ['sub', (a, b, _carry, width) => difference(a, b, 0n, width)],
  ['sbb', difference],
  ['cmp', (a, b, _carry, width) => ({ ...difference(a, b, 0n, width), result: a })],
];

test.each(binary)('%s', (name, model) => {
  fc.assert(
    fc.property(inputs, ({ width, mode, a, b, carry }) => {
      const text = `${name}${SUFFIX[width]} %${COUNTER[width]}, %${ACCUMULATOR[width]}`;
      expect(run(mode, text, width, a, b, carry)).toEqual({ ...model(a, b, carry, width), other: b });
    }),
  );
});

const unary: readonly (readonly [string, (a: bigint, carry: bigint, width: Width) => Expected])[] = [
  ['inc', (a, carry, width) => keepingCarry(sum(a, 1n, 0n, width), carry)],
  ['dec', (a, carry, width) => keepingCarry(difference(a, 1n, 0n, width), carry)],
  ['neg', (a, _carry, width) => difference(0n, a, 0n, width)],
  ['not', (a, carry, width) => ({ result: ~a & mask(width), flags: Number(carry) })],
];

function keepingCarry({ result, flags }: Expected, carry: bigint): Expected {
  return { result, flags: (flags & ~CF) | Number(carry) };
}

test.each(unary)('%s', (name, model) => {
  fc.assert(
    fc.property(inputs, ({ width, mode, a, b, carry }) => {
      const text = `${name}${SUFFIX[width]} %${ACCUMULATOR[width]}`;
      expect(run(mode, text, width, a, b, carry)).toEqual({ ...model(a, carry, width), other: b });
    }),
  );
});

test('xadd leaves the sum and the old destination', () => {
  fc.assert(
    fc.property(inputs, ({ width, mode, a, b }) => {
      const text = `xadd${SUFFIX[width]} %${COUNTER[width]}, %${ACCUMULATOR[width]}`;
      expect(run(mode, text, width, a, b, 0n)).toEqual({ ...sum(a, b, 0n, width), other: a });
    }),
  );
});

test('xadd of a register with itself doubles it', () => {
  expect(after('i386', 'xaddl %eax, %eax', { eax: 21 }).register('eax')).toBe(42n);
});

test('cmpxchg stores the source when the accumulator is equal, and loads the destination otherwise', () => {
  const equal = after('i386', 'cmpxchgl %edx, %ecx', { eax: 5, ecx: 5, edx: 7 });
  expect([equal.register('eax'), equal.register('ecx'), equal.state.flags & 0x40]).toEqual([5n, 7n, 0x40]);
  const other = after('i386', 'cmpxchgl %edx, %ecx', { eax: 5, ecx: 6, edx: 7 });
  expect([other.register('eax'), other.register('ecx'), other.state.flags & 0x40]).toEqual([6n, 6n, 0]);
});

test('32-bit results clear the upper half of a register, 16-bit ones do not', () => {
  const wide = { rax: 0x1234567800000001n, rcx: -1n };
  expect(after('x86_64', 'addl $1, %eax', wide).register('rax')).toBe(2n);
  expect(after('x86_64', 'addw $1, %ax', wide).register('rax')).toBe(0x1234567800000002n);
  expect(after('x86_64', 'addb $1, %ah', wide).register('rax')).toBe(0x1234567800000101n);
  // A register that is compared unequal is not written.
  expect(after('x86_64', 'cmpxchgl %edx, %ecx', { ...wide, rdx: 0 }).register('rcx')).toBe(0xffffffffffffffffn);
});

test('64-bit immediates are extended from 32 bits', () => {
  expect(after('x86_64', 'addq $-1, %rax', { rax: 1n << 40n }).register('rax')).toBe((1n << 40n) - 1n);
  expect(after('x86_64', 'movq $0x123456789abcdef0, %rax').register('rax')).toBe(0x123456789abcdef0n);
  expect(after('x86_64', 'movabs $-2, %rax').register('rax')).toBe((1n << 64n) - 2n);
});
