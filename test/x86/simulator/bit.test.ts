/** Bit tests, scans, byte order, decimal adjustments. */
import fc from 'fast-check';
import type { Width } from '../../../src/x86/syntax.js';
import {
  ACCUMULATOR,
  AF,
  after,
  CF,
  COUNTER,
  DATA,
  machineOf,
  mask,
  modes,
  OF,
  PF,
  read,
  SF,
  STATUS,
  SUFFIX,
} from './support.js';
import { values, write, ZF } from './support.js';

const inputs = fc
  .constantFrom<Width>(2, 4, 8)
  .chain((width) => fc.record({ width: fc.constant(width), mode: modes(width), a: values(width), b: values(width) }));

const CHANGE: Readonly<Record<string, (value: bigint, bit: bigint) => bigint>> = {
  bt: (value) => value,
  bts: (value, bit) => value | bit,
  btr: (value, bit) => value & ~bit,
  btc: (value, bit) => value ^ bit,
};

test.each(Object.keys(CHANGE))('%s of a register counts modulo the width', (name) => {
  fc.assert(
    fc.property(inputs, ({ width, mode, a, b }) => {
      const text = `${name}${SUFFIX[width]} %${COUNTER[width]}, %${ACCUMULATOR[width]}`;
      const machine = after(mode, text, { [ACCUMULATOR[width]]: a, [COUNTER[width]]: b });
      const bit = 1n << (b % BigInt(8 * width));
      expect(machine.register(ACCUMULATOR[width])).toBe(CHANGE[name]!(a, bit));
      expect(machine.state.flags & CF).toBe((a & bit) === 0n ? 0 : CF);
      expect(machine.state.undefinedFlags).toBe(OF | SF | AF | PF);
    }),
  );
});

test.each(Object.keys(CHANGE))('%s of memory reaches beyond the operand, both ways', (name) => {
  fc.assert(
    fc.property(inputs, fc.integer({ min: -4000, max: 4000 }), ({ width, mode, a }, at) => {
      const base = mode === 'i386' ? 'ebx' : 'rbx';
      const text = `${name}${SUFFIX[width]} %${COUNTER[width]}, (%${base})`;
      const machine = machineOf(mode, text, { [base]: DATA + 0x800, [COUNTER[width]]: at });
      const byte = DATA + 0x800 + Math.floor(at / 8);
      write(machine, byte, 1, a & 0xffn);
      machine.step();
      const bit = 1n << BigInt(((at % 8) + 8) % 8);
      expect(read(machine, byte, 1)).toBe(CHANGE[name]!(a & 0xffn, bit));
      expect(machine.state.flags & CF).toBe((a & bit) === 0n ? 0 : CF);
    }),
  );
});

test('bsf and bsr', () => {
  fc.assert(
    fc.property(inputs, ({ width, mode, a }) => {
      const names = { [COUNTER[width]]: a, [ACCUMULATOR[width]]: 77 };
      const low = after(mode, `bsf %${COUNTER[width]}, %${ACCUMULATOR[width]}`, names);
      const high = after(mode, `bsr %${COUNTER[width]}, %${ACCUMULATOR[width]}`, names);
      for (const machine of [low, high]) {
        expect(machine.state.undefinedFlags).toBe(STATUS & ~ZF);
        expect(machine.state.flags & ZF).toBe(a === 0n ? ZF : 0);
        expect(machine.undefinedBits(ACCUMULATOR[width])).toBe(a === 0n ? mask(width) : 0n);
      }
      if (a === 0n) return;
      const digits = a.toString(2);
      expect(high.register(ACCUMULATOR[width])).toBe(BigInt(digits.length - 1));
      expect(low.register(ACCUMULATOR[width])).toBe(BigInt(digits.length - 1 - digits.lastIndexOf('1')));
    }),
  );
});

test('bswap', () => {
  expect(after('i386', 'bswap %eax', { eax: 0x12345678 }).register('eax')).toBe(0x78563412n);
  expect(after('x86_64', 'bswap %rax', { rax: 0x0123456789abcdefn }).register('rax')).toBe(0xefcdab8967452301n);
});

/** Two decimal digits in a byte. */
function packed(value: number): number {
  return Math.floor(value / 10) * 16 + (value % 10);
}

test('daa and das correct sums and differences of packed digits', () => {
  for (let a = 0; a < 100; a += 7) {
    for (let b = 0; b < 100; b += 3) {
      const sum = after('i386', 'addb %cl, %al\n daa', { eax: packed(a), ecx: packed(b) });
      expect([sum.register('al'), sum.state.flags & CF]).toEqual([BigInt(packed((a + b) % 100)), a + b > 99 ? CF : 0]);
      const less = after('i386', 'subb %cl, %al\n das', { eax: packed(a), ecx: packed(b) });
      expect([less.register('al'), less.state.flags & CF]).toEqual([
        BigInt(packed((a - b + 100) % 100)),
        a < b ? CF : 0,
      ]);
      expect(less.state.undefinedFlags).toBe(OF);
    }
  }
});

test('aaa, aas, aam and aad handle one digit a byte', () => {
  expect(after('i386', 'addb $8, %al\n aaa', { eax: 0x0107 }).register('ax')).toBe(0x0205n);
  expect(after('i386', 'subb $8, %al\n aas', { eax: 0x0203 }).register('ax')).toBe(0x0105n);
  expect(after('i386', 'aam', { eax: 75 }).register('ax')).toBe(0x0705n);
  expect(after('i386', 'aad', { eax: 0x0705 }).register('ax')).toBe(75n);
  expect(machineOf('i386', 'aam $0').run(1)).toMatchObject({ kind: 'fault', name: '#DE' });
});

test('arpl raises the privilege number', () => {
  const raised = after('i386', 'arpl %cx, %ax', { eax: 0x20, ecx: 3 });
  expect([raised.register('ax'), raised.state.flags & ZF]).toEqual([0x23n, ZF]);
});
