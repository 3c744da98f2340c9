// The cancel state at each place of a function.
import fc from 'fast-check';
import {
  cancelStates,
  DISABLED,
  disabledAt,
  ENABLED,
  ENTRY,
  from,
  isAsynchronous,
  isOff,
  MASKED,
  notAlone,
  pairsOf,
  valuesIn,
  ALONE,
  ASYNCHRONOUS,
  DEFERRED,
  ENTRY_TYPE,
  type Pairs,
  type Values,
} from '../../../src/ir/analysis/cancel-state.js';
import { operations } from '../../../src/ir/analysis/reach.js';
import { functionOf } from '../../support/ir.js';

const NAMES: readonly (readonly [Values, string])[] = [
  [ENTRY, 'entry'],
  [ENABLED, 'enabled'],
  [DISABLED, 'disabled'],
  [MASKED, 'masked'],
];
const words = (pairs: Pairs): string =>
  NAMES.flatMap(([bit, name]) => ((valuesIn(pairs) & bit) === 0 ? [] : [name])).join(' or ');

const TYPES: readonly (readonly [Values, string])[] = [
  [ENTRY_TYPE, 'entry'],
  [DEFERRED, 'deferred'],
  [ASYNCHRONOUS, 'asynchronous'],
];
const typeWords = (pairs: Pairs): string =>
  TYPES.flatMap(([bit, name]) => ((valuesIn(pairs) & bit) === 0 ? [] : [name])).join(' or ');

const DISABLE = 'pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);';

/** The states in front of each call of `here`, and at the end. */
function statesIn(body: string): string[] {
  const f = functionOf(`int cs, cs2; ${body}`);
  const { at, exit } = cancelStates(f);
  const places = operations(f).filter(({ op }) => op.op === 'call' && op.callee === 'here');
  return [...places.map(({ place }) => words(at(place))), words(exit)];
}

test.each([
  ['nothing is set', 'here();', ['entry', 'entry']],
  ['disabled', `${DISABLE} here();`, ['disabled', 'disabled']],
  ['enabled', 'pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, 0); here();', ['enabled', 'enabled']],
  ['masked', 'pthread_setcancelstate(PTHREAD_CANCEL_MASKED, &cs); here();', ['masked', 'masked']],
  ['a number', 'pthread_setcancelstate(1, 0); here();', ['disabled', 'disabled']],
  ['another number', 'pthread_setcancelstate(2, 0); here();', ['disabled or masked', 'disabled or masked']],
  ['what a caller says', 'pthread_setcancelstate(a, 0);', ['entry or enabled or disabled or masked']],
  ['one of two', 'pthread_setcancelstate(a ? 1 : 0, 0);', ['enabled or disabled']],
  ['saved and restored', `${DISABLE} here(); pthread_setcancelstate(cs, 0); here();`, ['disabled', 'entry', 'entry']],
  [
    'saved and restored inside of another such pair',
    `${DISABLE} pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs2); pthread_setcancelstate(cs2, 0); here(); pthread_setcancelstate(cs, 0);`,
    ['disabled', 'entry'],
  ],
  ['restored from a copy', `${DISABLE} cs2 = cs; pthread_setcancelstate(cs2, 0);`, ['entry']],
  [
    'restored from a variable that was overwritten',
    `${DISABLE} cs = PTHREAD_CANCEL_ENABLE; pthread_setcancelstate(cs, 0);`,
    ['enabled'],
  ],
  [
    'restored from a variable that others could write',
    `${DISABLE} note(&cs); pthread_setcancelstate(cs, 0);`,
    ['entry or enabled or disabled or masked'],
  ],
  [
    'restored from a variable that the type was saved in',
    `${DISABLE} pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &cs); pthread_setcancelstate(cs, 0);`,
    ['entry or enabled or disabled or masked'],
  ],
  ['the type is no state', 'pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &cs); here();', ['entry', 'entry']],
  ['on one path', `if (a) ${DISABLE} here();`, ['entry or disabled', 'entry or disabled']],
  [
    'on both paths',
    `if (a) ${DISABLE} else pthread_setcancelstate(PTHREAD_CANCEL_MASKED, &cs); here();`,
    ['disabled or masked', 'disabled or masked'],
  ],
  [
    'around a loop',
    `${DISABLE} while (a--) { here(); pthread_setcancelstate(cs, 0); }`,
    ['entry or disabled', 'entry or disabled'],
  ],
  ['behind what does not come back', `if (a) { ${DISABLE} abort(); } here();`, ['entry', 'entry']],
])('%s', (_, body, expected) => {
  expect(statesIn(body)).toEqual(expected);
});

test('a call leaves what its summary says, put into the state of its caller', () => {
  const f = functionOf('off(); here(); maybe(); here(); nothing(); here();');
  const summaries: Readonly<Record<string, Pairs>> = { off: pairsOf(DISABLED), maybe: pairsOf(ENTRY | ENABLED) };
  const { at } = cancelStates(f, { after: (op) => summaries[op.callee ?? ''] });
  const places = operations(f).filter(({ op }) => op.op === 'call' && op.callee === 'here');
  expect(places.map(({ place }) => words(at(place)))).toEqual([
    'disabled',
    'enabled or disabled',
    'enabled or disabled',
  ]);
});

test('disabled for certain', () => {
  const off = (values: Values): boolean => isOff(pairsOf(values));
  expect([DISABLED, MASKED, DISABLED | MASKED, ALONE].map(off)).toEqual([true, true, true, true]);
  expect([0, ENTRY, ENABLED, ENTRY | DISABLED].map(off)).toEqual([false, false, false, false]);
  expect(from(pairsOf(DISABLED), pairsOf(ENTRY | ENABLED))).toBe(pairsOf(DISABLED | ENABLED));
});

/** The types in front of each call of `here`, whether a request may be acted upon there at once, and the types at the end. */
function typesIn(body: string): string[] {
  const f = functionOf(`int ct, cs; ${body}`);
  const { at, exit } = cancelStates(f);
  const places = operations(f).filter(({ op }) => op.op === 'call' && op.callee === 'here');
  return [...places.map(({ place }) => typeWords(at(place)) + (isAsynchronous(at(place)) ? '!' : '')), typeWords(exit)];
}

const ASYNC = 'pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &ct);';

test.each([
  ['nothing is set', 'here();', ['entry', 'entry']],
  ['asynchronous', `${ASYNC} here();`, ['asynchronous!', 'asynchronous']],
  ['by a number', 'pthread_setcanceltype(1, 0); here();', ['asynchronous!', 'asynchronous']],
  ['deferred', 'pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, 0); here();', ['deferred', 'deferred']],
  ['saved and restored', `${ASYNC} here(); pthread_setcanceltype(ct, 0); here();`, ['asynchronous!', 'entry', 'entry']],
  [
    'restored from a copy',
    `${ASYNC} cs = ct; pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, 0); pthread_setcanceltype(cs, 0); here();`,
    ['entry', 'entry'],
  ],
  [
    'while cancellation is disabled, and beyond',
    `${DISABLE} ${ASYNC} here(); pthread_setcancelstate(cs, 0); here();`,
    ['asynchronous', 'asynchronous!', 'asynchronous'],
  ],
  [
    'on one path, with cancellation disabled on that alone',
    `if (a) { ${DISABLE} ${ASYNC} } here();`,
    ['entry or asynchronous', 'entry or asynchronous'],
  ],
  [
    'a type that is kept elsewhere was there before',
    `${ASYNC} note(&ct); pthread_setcanceltype(ct, 0); here();`,
    ['entry or deferred', 'entry or deferred'],
  ],
  [
    'the state is no type',
    `${DISABLE} pthread_setcanceltype(cs, 0); here();`,
    ['entry or deferred', 'entry or deferred'],
  ],
])('the type: %s', (_, body, expected) => {
  expect(typesIn(body)).toEqual(expected);
});

test('nobody can ask in front of all threads, whatever is set there', () => {
  const start = pairsOf(ALONE | DEFERRED);
  const enabled = cancelStates(functionOf('pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, 0);')).exit;
  expect(isOff(from(start, enabled))).toBe(true);
  expect(isOff(from(notAlone(start), enabled))).toBe(false);
  expect(from(notAlone(start), pairsOf(ENTRY))).toBe(pairsOf(ENABLED | DEFERRED));
});

/** Statements that a straight run can be made of, and what they do to the state and to the two variables. */
const statement = fc.constantFrom('D1', 'D2', 'E1', 'R1', 'R2', 'C12');
const CODE: Readonly<Record<string, string>> = {
  D1: 'pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);',
  D2: 'pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs2);',
  E1: 'pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &cs);',
  R1: 'pthread_setcancelstate(cs, 0);',
  R2: 'pthread_setcancelstate(cs2, 0);',
  C12: 'cs2 = cs;',
};

test('whatever a thread does on its way, its state is one of those that are told', () => {
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 8 }), fc.boolean(), fc.nat(), (steps, entryOff, chosen) => {
      // Each statement may be passed by: one run is played, and all are told.
      const body = steps.map((s) => `if (a & 1) { ${CODE[s] ?? ''} }`).join(' ');
      let state = entryOff;
      let held: readonly [boolean, boolean] = [false, false];
      steps.forEach((s, i) => {
        if ((chosen >> i) % 2 === 0) return;
        if (s === 'D1') [state, held] = [true, [state, held[1]]];
        else if (s === 'D2') [state, held] = [true, [held[0], state]];
        else if (s === 'E1') [state, held] = [false, [state, held[1]]];
        else if (s === 'R1') state = held[0];
        else if (s === 'R2') state = held[1];
        else held = [held[0], held[0]];
      });
      const f = functionOf(`int cs = 0, cs2 = 0; ${body}`);
      const told = from(pairsOf(entryOff ? DISABLED : ENABLED), cancelStates(f).exit);
      expect(valuesIn(told) & (state ? DISABLED : ENABLED)).not.toBe(0);
      const last = f.blocks.at(-1)!;
      if (!state) expect(disabledAt(f)({ block: last.id, index: last.ops.length })).toBe(false);
    }),
  );
});
