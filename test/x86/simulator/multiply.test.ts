/** Multiplication and division against whole numbers. */
import fc from 'fast-check';
import type { Width } from '../../../src/x86/syntax.js';
import {
  ACCUMULATOR,
  after,
  CF,
  COUNTER,
  machineOf,
  mask,
  modes,
  OF,
  signed,
  STATUS,
  SUFFIX,
  values,
  widths,
} from './support.js';

const UPPER = { 1: 'ah', 2: 'dx', 4: 'edx', 8: 'rdx' } as const;

const inputs = widths.chain((width) =>
  fc.record({ width: fc.constant(width), mode: modes(width), a: values(width), b: values(width), c: values(width) }),
);

const needed = CF | OF;

test.each(['mul', 'imul'])('%s of one operand', (name) => {
  fc.assert(
    fc.property(inputs, ({ width, mode, a, b }) => {
      const sign = name === 'imul';
      const machine = after(mode, `${name}${SUFFIX[width]} %${COUNTER[width]}`, {
        [ACCUMULATOR[width]]: a,
        [COUNTER[width]]: b,
      });
      const product = sign ? signed(a, width) * signed(b, width) : a * b;
      expect(machine.register(ACCUMULATOR[width])).toBe(product & mask(width));
      expect(machine.register(UPPER[width])).toBe((product >> BigInt(8 * width)) & mask(width));
      const fits = product === (sign ? signed(product & mask(width), width) : product & mask(width));
      expect(machine.state.flags & needed).toBe(fits ? 0 : needed);
      expect(machine.state.undefinedFlags).toBe(STATUS & ~needed);
    }),
  );
});

test('imul of two and three operands', () => {
  fc.assert(
    fc.property(inputs, fc.integer({ min: -0x8000, max: 0x7fff }), ({ width, mode, a, b }, by) => {
      fc.pre(width !== 1);
      const names = { [ACCUMULATOR[width]]: a, [COUNTER[width]]: b };
      const two = after(mode, `imul %${COUNTER[width]}, %${ACCUMULATOR[width]}`, names);
      const product = signed(a, width) * signed(b, width);
      expect(two.register(ACCUMULATOR[width])).toBe(product & mask(width));
      expect(two.state.flags & needed).toBe(product === signed(product & mask(width), width) ? 0 : needed);
      const three = after(mode, `imul $${by}, %${COUNTER[width]}, %${ACCUMULATOR[width]}`, names);
      expect(three.register(ACCUMULATOR[width])).toBe((signed(b, width) * BigInt(by)) & mask(width));
    }),
  );
});

function quotientFits(quotient: bigint, width: Width, sign: boolean): boolean {
  return quotient === (sign ? BigInt.asIntN(8 * width, quotient) : BigInt.asUintN(8 * width, quotient));
}

test.each(['div', 'idiv'])('%s', (name) => {
  const sign = name === 'idiv';
  fc.assert(
    fc.property(inputs, ({ width, mode, a, b, c }) => {
      const machine = machineOf(mode, `${name}${SUFFIX[width]} %${COUNTER[width]}`);
      machine.setRegister(ACCUMULATOR[width], a);
      machine.setRegister(UPPER[width], c);
      machine.setRegister(COUNTER[width], b);
      const event = machine.run(1);
      const whole = (c << BigInt(8 * width)) | a;
      const dividend = sign ? BigInt.asIntN(16 * width, whole) : whole;
      const divisor = sign ? signed(b, width) : b;
      if (divisor === 0n || !quotientFits(dividend / divisor, width, sign)) {
        expect(event).toMatchObject({ kind: 'fault', name: '#DE', vector: 0 });
        expect(machine.register(ACCUMULATOR[width])).toBe(a);
        expect(machine.register(UPPER[width])).toBe(c);
        return;
      }
      expect(machine.register(ACCUMULATOR[width])).toBe((dividend / divisor) & mask(width));
      expect(machine.register(UPPER[width])).toBe((dividend % divisor) & mask(width));
      expect(machine.state.undefinedFlags).toBe(STATUS);
    }),
    { numRuns: 300 },
  );
});

test('the most negative number by -1 is a fault', () => {
  const machine = machineOf('i386', 'idivl %ecx', { eax: 0x80000000, edx: -1, ecx: -1 });
  expect(machine.run(1)).toEqual({ kind: 'fault', name: '#DE', vector: 0, errorCode: 0, pc: 0x1000 });
});
