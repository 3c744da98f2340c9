import { formatNotices } from '../../src/formatters/notices.js';
import { formatPhases, formatStats } from '../../src/formatters/stats.js';
import type { Notice } from '../../src/linter/finding.js';
import { region, result } from './sample.js';

const loud = { quiet: false, debug: false };

function notices(count: number, kind: string): readonly Notice[] {
  return Array.from({ length: count }, (_, at) => ({ kind, message: `number ${at}`, at: region('a\u001b.c', at + 1) }));
}

describe('notices', () => {
  it('are a line each, the first five of a kind', () => {
    expect(formatNotices(result([], { notices: notices(7, 'skipped') }), loud)).toBe(
      [0, 1, 2, 3, 4].map((at) => `cancelint: a\\x1b.c:${at + 1}:1: number ${at}\n`).join('') +
        'cancelint: … and 2 more of this kind (--debug lists them)\n',
    );
  });

  it('that come by the thousand are listed with --debug only', () => {
    const some = result([], { notices: notices(7, 'unknown-macro') });
    expect(formatNotices(some, loud)).toBe('');
    expect(formatNotices(some, { quiet: false, debug: true }).split('\n')).toHaveLength(8);
    expect(formatStats(some)).toMatch(/^notices: unknown-macro +7$/m);
  });

  it('of a quiet run are its own faults', () => {
    const both = result([], { notices: [...notices(1, 'skipped'), { kind: 'internal-fault', message: 'it broke' }] });
    expect(formatNotices(both, { quiet: true, debug: false })).toBe('cancelint: internal fault: it broke\n');
  });
});

describe('statistics', () => {
  it('count, and give the share that was not understood', () => {
    const stats = { ...result([]).stats, relatedNotWhole: 1 };
    expect(formatStats(result([], { stats }))).toMatch(/^not understood in full +1 \(20\.0 %\)$/m);
    expect(formatPhases(stats)).toBe('debug: read  1.3 ms\n');
  });
});
