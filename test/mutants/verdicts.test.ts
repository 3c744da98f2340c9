/** Every verdict about a mutant's window and handler agrees with what the processor did with it. */
import { compare, UNOBSERVED } from './agreement.js';
import { mutants, TARGETS } from './generate.mjs';
import { lintMutant } from './lint.js';
import { storedOutcomes } from './stored.js';

/** Entries of UNOBSERVED that some verdict would not agree without. */
const needed = new Set<(typeof UNOBSERVED)[number]>();

test.each(TARGETS)(
  '%s',
  async (target) => {
    const outcomes = new Map(storedOutcomes(target).map((one) => [one.name, one]));
    const others: string[] = [];
    for (const mutant of mutants(target)) {
      const outcome = outcomes.get(mutant.name);
      if (!outcome) throw new Error(`${mutant.name} has not been swept`);
      const rules = [...new Set((await lintMutant(mutant)).map(({ ruleId }) => ruleId))];
      const verdict = compare(mutant.name, outcome.kinds, rules);
      if (verdict !== 'agrees') others.push(`${mutant.name}: ${verdict}`);
      for (const one of UNOBSERVED) {
        const rest = UNOBSERVED.filter((entry) => entry !== one);
        if (compare(mutant.name, outcome.kinds, rules, rest) !== verdict) needed.add(one);
      }
    }
    expect(others).toEqual([]);
  },
  1_200_000,
);

test('nothing is listed as unobserved that was observed', () => {
  expect(UNOBSERVED.filter((one) => !needed.has(one))).toEqual([]);
});
