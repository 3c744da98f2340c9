import { constantValue, evaluate, integer, type Names, type Value } from '../../src/cpp/evaluate.js';

/** T is 1, F is 0, N is 5, NO is known not to be defined; of all other names nothing is known. */
const known: Readonly<Record<string, Value>> = { T: 1n, F: 0n, N: 5n };
const names: Names = {
  isDefined: (name) => (name in known ? true : name === 'NO' ? false : undefined),
  valueOf: (name, call) => {
    if (call !== undefined) return name === 'AT_LEAST' ? (call === '2,1' ? 1n : 0n) : undefined;
    return name === 'NO' ? 0n : known[name];
  },
};

describe('evaluate', () => {
  test.each<[string, boolean | undefined]>([
    ['1', true],
    ['0', false],
    ['T', true],
    ['F', false],
    ['NO', false],
    ['U', undefined],
    ['', undefined],
    ['/* nothing */', undefined],
    ['"text"', undefined],
    ["'a' == 97", true],
    ["'\\0'", undefined],
    ['1.5', undefined],
    // defined
    ['defined T', true],
    ['defined(T)', true],
    ['defined ( F )', true],
    ['defined NO', false],
    ['!defined NO && defined T', true],
    ['defined U', undefined],
    ['defined', undefined],
    // Three values: what is certain wins over what is not known, on either side.
    ['U && F', false],
    ['F && U', false],
    ['U && T', undefined],
    ['U || T', true],
    ['T || U', true],
    ['U || F', undefined],
    ['!U', undefined],
    ['U == U', undefined],
    ['U ? T : T', true],
    ['U ? T : F', undefined],
    ['T ? F : U', false],
    ['F ? U : N', true],
    // Operators.
    ['N == 5 && N != 4', true],
    ['N > 4 && N >= 5 && N < 6 && N <= 5', true],
    ['N - 5', false],
    ['N + -5', false],
    ['+N == 5', true],
    ['~N == -6', true],
    ['N * 2 == 10', true],
    ['N / 2 == 2 && N % 2 == 1', true],
    ['-N / 2 == -2', true],
    ['N / 0', undefined],
    ['N % F', undefined],
    ['1 << 3 == 8 && 16 >> 2 == 4', true],
    ['1 << 64', undefined],
    ['1 >> -1', undefined],
    ['(N | 2) == 7 && (N & 4) == 4 && (N ^ 1) == 4', true],
    ['!N', false],
    ['!!N == 1', true],
    // Precedence.
    ['1 + 2 * 3 == 7', true],
    ['(1 + 2) * 3 == 9', true],
    ['1 || 0 && 0', true],
    ['0 == 1 < 2', false],
    ['1 | 2 ^ 3 & 0', true],
    ['8 - 4 - 2 == 2', true],
    ['1 ? 0 : 1 ? 1 : 1', false],
    ['4 & 4 == 4', false],
    // Calls hand over their arguments without blanks.
    ['AT_LEAST (2, 1)', true],
    ['AT_LEAST (2, 2)', false],
    ['OTHER (2, (1))', undefined],
    ['__has_include(<a.h>) || T', true],
    // Sixty-four bits, signed or not; beyond them nothing is claimed.
    ['0xffffffffffffffff > 0xffffffff', true],
    ['0xffffffffffffffff + 1', undefined],
    ['-0x7fffffffffffffff - 2 < 0', undefined],
    // Text that is no condition.
    ['1 +', undefined],
    ['(', undefined],
    [')', undefined],
    ['? :', undefined],
    ['1 ? 2', true],
  ])('%s is %s', (condition, truth) => {
    expect(evaluate(condition, names)).toBe(truth);
  });

  test('does not follow brackets, signs and choices beyond its depth', () => {
    expect(evaluate(`${'('.repeat(50)}1${')'.repeat(50)}`, names)).toBe(true);
    expect(evaluate(`${'('.repeat(10_000)}1${')'.repeat(10_000)}`, names)).toBeUndefined();
    expect(evaluate(`${'!'.repeat(10_000)}1`, names)).toBeUndefined();
    expect(evaluate(`${'1 ? '.repeat(10_000)}1`, names)).toBeUndefined();
    expect(evaluate(`T || ${'('.repeat(10_000)}`, names)).toBe(true);
  });

  test('asks only once for each operand of a long chain', () => {
    let asked = 0;
    const counting: Names = { isDefined: () => true, valueOf: () => BigInt(++asked && 1) };
    expect(evaluate(Array.from({ length: 20_000 }, () => 'A').join(' + '), counting)).toBe(true);
    expect(asked).toBe(20_000);
  });
});

describe('integer', () => {
  test.each<[string, bigint | undefined]>([
    ['0', 0n],
    ['10', 10n],
    ['010', 8n],
    ['0x1F', 31n],
    ['0b101', 5n],
    ["1'000", 1000n],
    ['1UL', 1n],
    ['0x10ull', 16n],
    ['08', undefined],
    ['1.0', undefined],
    ['x', undefined],
    ['', undefined],
    ['9'.repeat(100), undefined],
  ])('%s is %s', (text, value) => {
    expect(integer(text)).toBe(value);
  });
});

describe('constantValue', () => {
  test.each<[string, bigint | undefined]>([
    ['0x10', 16n],
    ['(-1)', -1n],
    ['(1 << 3) | 1', 9n],
    ['~0', -1n],
    ['A', undefined],
    ['(A)', undefined],
    ['(1 + A)', undefined],
    ['', undefined],
    ['1 // x\n2', undefined],
    [`(${'1+'.repeat(200)}1)`, undefined],
  ])('of %j is %s', (text, value) => {
    expect(constantValue(text)).toBe(value);
  });
});
