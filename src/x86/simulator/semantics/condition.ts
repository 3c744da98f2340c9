/** The sixteen conditions, numbered as in table/conditions.ts: whether the flags meet one, and which flags it reads. */
import { CF, OF, PF, SF, ZF } from '../../table/flags.js';

/** By half its number: the even condition. */
export const CONDITION_READS: readonly number[] = [OF, CF, ZF, CF | ZF, SF, PF, SF | OF, ZF | SF | OF];

/** SF differs from OF: bit 7 against bit 11. */
function less(flags: number): boolean {
  return (((flags >>> 4) ^ flags) & SF) !== 0;
}

const EVEN: readonly ((flags: number) => boolean)[] = [
  (flags) => (flags & OF) !== 0,
  (flags) => (flags & CF) !== 0,
  (flags) => (flags & ZF) !== 0,
  (flags) => (flags & (CF | ZF)) !== 0,
  (flags) => (flags & SF) !== 0,
  (flags) => (flags & PF) !== 0,
  less,
  (flags) => (flags & ZF) !== 0 || less(flags),
];

const TESTS = EVEN.flatMap((test) => [test, (flags: number) => !test(flags)]);

/** The test of a condition. */
export function conditionTest(number: number): (flags: number) => boolean {
  const test = TESTS[number];
  if (!test) throw new Error(`no condition ${number}`);
  return test;
}

export function conditionReads(number: number): number {
  return CONDITION_READS[number >> 1] ?? 0;
}
