// What proofs cost together is bounded: behind the bound each window says so.
import { musl } from '../../../src/libc/musl.js';
import { asItIs } from '../../../src/cpp/prepared.js';
import { rolesOf } from '../../../src/x86/lift.js';
import { parseAssembly } from '../../../src/x86/parser.js';
import { Budget, runBudget } from '../../../src/x86/window/budget.js';
import { verifyWindow } from '../../../src/x86/window/verify.js';
import type { WindowProof } from '../../../src/ir/proof.js';
import { musl386 } from '../../rules/windows.js';

const [convention] = musl.windows;
const unit = parseAssembly(asItIs('window.s', musl386), { modes: ['i386'] });

function prove(budget: Budget): WindowProof {
  const proof = verifyWindow({ unit, target: 'i386', convention: convention!, roles: rolesOf(musl), budget });
  return proof!;
}

test('a window of a libc takes little of what a run may cost', () => {
  const proof = prove(runBudget());
  expect(proof.undecided).toBeUndefined();
  expect(proof.steps).toBeLessThan(5000);
});

test('what the first window has used up is missing for the second', () => {
  const budget = new Budget(prove(runBudget()).steps + 10, 'all windows');
  expect(prove(budget)).toMatchObject({ faults: [], undecided: undefined });
  expect(budget.left).toBe(10);
  const second = prove(budget);
  expect(second.faults).toEqual([]);
  expect(second.undecided).toMatch(/^more than \d+ instructions would have to be run for all windows at '.+'$/);
  expect(budget.left).toBe(0);
});

test('a part is bounded by itself and by the whole', () => {
  const whole = new Budget(100, 'all');
  const part = new Budget(60, 'one', whole);
  part.spend(60);
  expect([part.left, whole.left]).toEqual([0, 40]);
  expect(part.reason).toContain('60 instructions would have to be run for one');
  const other = new Budget(60, 'one', whole);
  expect(other.left).toBe(40);
  other.spend(40);
  expect(other.reason).toContain('100 instructions would have to be run for all');
});
