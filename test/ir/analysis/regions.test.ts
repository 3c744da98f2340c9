import { disabledAt } from '../../../src/ir/analysis/cancel-state.js';
import { operations } from '../../../src/ir/analysis/reach.js';
import { asyncRegions } from '../../../src/ir/analysis/regions.js';
import type { Op } from '../../../src/ir/types.js';
import { glibc } from '../../../src/libc/glibc.js';
import { functionOf } from '../../support/ir.js';
import { Sources } from '../../support/sources.js';

const shown = (op: Op): string =>
  op.op === 'call' ? (op.callee ?? '*') : op.op === 'syscall' && op.number.k === 'name' ? op.number.name : op.op;

describe('regions of asynchronous cancelability', () => {
  const regions = (statements: string): [string[], number][] => {
    const text = `int f (int a) { ${statements} }`;
    const [f] = new Sources({ 'nptl/f.c': text }, glibc).lift('nptl/f.c').functions;
    return asyncRegions(f!).map((r) => [r.inside.map(shown), r.restores.length]);
  };

  test('reach from switching on to switching back, on every way', () => {
    expect(
      regions(`g (); int t = LIBC_CANCEL_ASYNC (); p ();
if (a) { q (); LIBC_CANCEL_RESET (t); r (); } else { s (); LIBC_CANCEL_RESET (t); } u ();`),
    ).toEqual([[['assign', 'p', 'q', 's'], 2]]);
  });

  test('that are never switched back reach to the end', () => {
    expect(regions('LIBC_CANCEL_ASYNC (); p (); if (a) { LIBC_CANCEL_RESET (0); q (); } r ();')).toEqual([
      [['p', 'r'], 1],
    ]);
  });

  test('may be several, and none', () => {
    expect(
      regions(
        'LIBC_CANCEL_ASYNC (); p (); LIBC_CANCEL_RESET (0); q (); LIBC_CANCEL_ASYNC (); r (); LIBC_CANCEL_RESET (0);',
      ),
    ).toEqual([
      [['p'], 1],
      [['r'], 1],
    ]);
    expect(regions('LIBC_CANCEL_RESET (0); p ();')).toEqual([]);
  });
});

describe('cancellation is disabled', () => {
  /** The calls before which it is. */
  const disabled = (statements: string): string[] => {
    const f = functionOf(statements);
    const at = disabledAt(f);
    return operations(f).flatMap(({ op, place }) => (op.op === 'call' && at(place) ? [shown(op)] : []));
  };
  const off = 'pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &o);';
  const on = 'pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, 0);';

  test.each<[string, string, string[]]>([
    ['not at the beginning', 'p();', []],
    ['from where it is switched off', `p(); ${off} q(); r();`, ['q', 'r']],
    ['until it is switched on', `${off} p(); ${on} q();`, ['p']],
    ['until a state is put back that is not known', `${off} p(); pthread_setcancelstate(o, 0); q();`, ['p']],
    ['when both ways switch it off', `if (a) { ${off} p(); } else { ${off} } q();`, ['p', 'q']],
    ['not when one way does not', `if (a) { ${off} p(); } q();`, ['p']],
    ['not in a loop that switches it on', `${off} while (a) { p(); ${on} q(); } r();`, []],
    ['in a loop that does not', `${off} while (a) { p(); } q();`, ['p', 'q']],
    ['by a number', 'pthread_setcancelstate(1, 0); p(); pthread_setcancelstate(0, 0); q();', ['p']],
    ['by masking it', 'pthread_setcancelstate(PTHREAD_CANCEL_MASKED, 0); p();', ['p']],
  ])('%s', (_name, statements, calls) => {
    expect(disabled(statements)).toEqual(calls);
  });
});
