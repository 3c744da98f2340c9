/** Shifts and rotates against a model that moves one bit at a time. */
import fc from 'fast-check';
import type { Width } from '../../../src/x86/syntax.js';
import {
  ACCUMULATOR,
  AF,
  after,
  CF,
  machineOf,
  mask,
  modes,
  OF,
  resultFlags,
  STATUS,
  SUFFIX,
  values,
  widths,
} from './support.js';

interface Step {
  readonly value: bigint;
  readonly carry: bigint;
}

type Model = (step: Step, bits: bigint) => Step;

const top = (value: bigint, bits: bigint): bigint => (value >> (bits - 1n)) & 1n;
const cut = (value: bigint, bits: bigint): bigint => value & ((1n << bits) - 1n);

/** One place. */
const ONE: Readonly<Record<string, Model>> = {
  shl: ({ value }, bits) => ({ value: cut(value << 1n, bits), carry: top(value, bits) }),
  shr: ({ value }) => ({ value: value >> 1n, carry: value & 1n }),
  sar: ({ value }, bits) => ({ value: (value >> 1n) | (top(value, bits) << (bits - 1n)), carry: value & 1n }),
  rol: ({ value }, bits) => ({ value: cut(value << 1n, bits) | top(value, bits), carry: top(value, bits) }),
  ror: ({ value }, bits) => ({ value: (value >> 1n) | ((value & 1n) << (bits - 1n)), carry: value & 1n }),
  rcl: ({ value, carry }, bits) => ({ value: cut(value << 1n, bits) | carry, carry: top(value, bits) }),
  rcr: ({ value, carry }, bits) => ({ value: (value >> 1n) | (carry << (bits - 1n)), carry: value & 1n }),
};

function model(name: string, value: bigint, carry: bigint, count: number, bits: bigint): Step {
  let step = { value, carry };
  for (let n = 0; n < count; n++) step = ONE[name]!(step, bits);
  return step;
}

const inputs = widths.chain((width) =>
  fc.record({
    width: fc.constant(width),
    mode: modes(width),
    value: values(width),
    count: fc.integer({ min: 0, max: 255 }),
    carry: fc.constantFrom(0n, 1n),
    immediate: fc.boolean(),
  }),
);

/** OF after one place: whether the sign changed, which for shr is the sign that was there, and for sar never happens. */
function overflow(name: string, before: bigint, now: bigint, bits: bigint): bigint {
  return name === 'sar' ? 0n : top(before, bits) ^ top(now, bits);
}

test.each(Object.keys(ONE))('%s', (name) => {
  const rotates = name.startsWith('r');
  fc.assert(
    fc.property(inputs, ({ width, mode, value, count, carry, immediate }) => {
      const bits = BigInt(8 * width);
      const by = count & (width === 8 ? 63 : 31);
      const where = `${name}${SUFFIX[width]} ${immediate ? `$${count}` : '%cl'}, %${ACCUMULATOR[width]}`;
      const machine = machineOf(mode, where, { [ACCUMULATOR[width]]: value, cl: count });
      machine.state.flags |= Number(carry) | OF | AF;
      const before = machine.state.flags;
      machine.step();
      const { flags, undefinedFlags } = machine.state;
      const expected = model(name, value, carry, by, bits);
      expect(machine.register(ACCUMULATOR[width])).toBe(expected.value);
      if (by === 0) {
        expect([flags, undefinedFlags]).toEqual([before, 0]);
        return;
      }
      const beyond = (name === 'shl' || name === 'shr') && by >= 8 * width;
      expect(undefinedFlags).toBe((by === 1 ? 0 : OF) | (rotates ? 0 : AF) | (beyond ? CF : 0));
      if (!beyond) expect(flags & CF).toBe(Number(expected.carry));
      if (by === 1) expect((flags & OF) !== 0).toBe(overflow(name, value, expected.value, bits) === 1n);
      const rest = STATUS & ~(CF | OF | AF);
      expect(flags & rest).toBe(rotates ? before & rest : resultFlags(expected.value, width));
    }),
    { numRuns: 300 },
  );
});

const doubles = fc.constantFrom<Width>(2, 4, 8).chain((width) =>
  fc.record({
    width: fc.constant(width),
    mode: modes(width),
    value: values(width),
    fill: values(width),
    count: fc.integer({ min: 0, max: 255 }),
    left: fc.boolean(),
  }),
);

const SOURCE = { 1: 'dl', 2: 'dx', 4: 'edx', 8: 'rdx' } as const;

test('shld and shrd', () => {
  fc.assert(
    fc.property(doubles, ({ width, mode, value, fill, count, left }) => {
      const bits = BigInt(8 * width);
      const by = BigInt(count & (width === 8 ? 63 : 31));
      const name = `${left ? 'shld' : 'shrd'}${SUFFIX[width]}`;
      const text = `${name} %cl, %${SOURCE[width]}, %${ACCUMULATOR[width]}`;
      const machine = machineOf(mode, text, { [ACCUMULATOR[width]]: value, [SOURCE[width]]: fill, cl: count });
      const before = machine.state.flags;
      machine.step();
      const { flags, undefinedFlags } = machine.state;
      if (by > bits) {
        expect(undefinedFlags).toBe(STATUS);
        expect(machine.undefinedBits(ACCUMULATOR[width])).toBe(mask(width));
        return;
      }
      const up = cut((value << by) | (fill >> (bits - by)), bits);
      const down = cut((value >> by) | (fill << (bits - by)), bits);
      const expected = left ? up : down;
      expect(machine.register(ACCUMULATOR[width])).toBe(expected);
      if (by === 0n) {
        expect(flags).toBe(before);
        return;
      }
      const carry = left ? (value >> (bits - by)) & 1n : (value >> (by - 1n)) & 1n;
      expect(flags & CF).toBe(Number(carry));
      expect(flags & 0xc4).toBe(resultFlags(expected, width));
      expect(undefinedFlags).toBe(AF | (by === 1n ? 0 : OF));
      if (by === 1n) expect((flags & OF) !== 0).toBe(top(value, bits) !== top(expected, bits));
    }),
    { numRuns: 300 },
  );
});

test('a shift without a count is by one', () => {
  expect(after('i386', 'shll %eax\n rorb %cl', { eax: 3, ecx: 1 }).register('eax')).toBe(6n);
});

test('a 32-bit shift by 0 clears the upper half in x86_64', () => {
  const machine = after('x86_64', 'shll %cl, %eax', { rax: -1n, rcx: 32 });
  expect(machine.register('rax')).toBe(0xffffffffn);
});
