import { fingerprints } from '../../src/formatters/fingerprint.js';
import { finding, region } from './sample.js';

describe('fingerprints', () => {
  it('survive moved lines and changed blanks', () => {
    const before = fingerprints([finding({ anchor: 'int  $0x80' })]);
    expect(fingerprints([finding({ anchor: ' int\t$0x80', at: region('src/thread/x.s', 400) })])).toEqual(before);
  });

  it('tell apart rules, files, functions and statements', () => {
    const all = fingerprints([
      finding(),
      finding({ ruleId: 'window-lost-request' }),
      finding({ at: region('src/thread/y.s', 12) }),
      finding({ function: 'other' }),
      finding({ anchor: 'syscall' }),
    ]);
    expect(new Set(all).size).toBe(5);
  });

  it('number equal ones', () => {
    const [first, second] = fingerprints([finding(), finding({ at: region('src/thread/x.s', 20) })]);
    expect(first).toMatch(/^[0-9a-f]{16}:1$/);
    expect(second).toBe(`${first!.slice(0, 16)}:2`);
  });
});
