// What is said of each instruction of a window comes from running it, and agrees with the window's labels.
import { edit, musl386, musl64 } from '../rules/windows.js';
import { explained, instructions, plain64 } from './windows.js';

const right = [
  ['musl on i386', explained(musl386, 'i386')],
  ['musl on x86_64', explained(musl64, 'x86_64')],
  ['musl on x32', explained(musl64, 'x32')],
  ['glibc on x86_64', explained(plain64, 'x86_64', 'glibc')],
] as const;

describe.each(right)('%s', (_, of) => {
  const rows = instructions(of);
  const indexOf = (name: string): number => of.rows.findIndex((row) => row.row === 'label' && row.name === name);

  test('every instruction of the routine is there once, in order', () => {
    const lines = rows.map(({ at }) => at.line);
    expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b));
  });

  test('inside is what lies between the labels', () => {
    const [start, end] = [indexOf(of.start), indexOf(of.end)];
    expect(start).toBeGreaterThan(-1);
    expect(of.rows.map((row) => row.row === 'instruction' && row.inside)).toEqual(
      of.rows.map((row, i) => row.row === 'instruction' && i > start && i < end),
    );
  });

  test('inside the handler acts, in front the flag test finds the request, behind the result is returned', () => {
    const call = rows.findIndex(({ calls }) => calls.length > 0);
    const target = of.rows.length - 1;
    expect(call).toBeGreaterThan(-1);
    for (const [i, row] of rows.entries()) {
      const isBehindCancel = of.cancel !== undefined && of.rows.indexOf(row) > indexOf(of.cancel);
      const expected = row.inside ? 'acted' : isBehindCancel ? 'cancelling' : i < call ? 'found' : 'kept';
      expect({ text: row.text, is: row.outcome?.is }).toEqual({ text: row.text, is: expected });
      expect(row.faults).toEqual([]);
      expect(row.depths).toHaveLength(1);
    }
    expect(target).toBeGreaterThan(call);
  });

  test('the call is met in five ways', () => {
    const calls = rows.flatMap((row) => row.calls);
    expect(calls.map(({ id, pc, inside, outcome }) => [id, pc, inside, outcome.is])).toEqual([
      ['K1', 'at', true, 'acted'],
      ['K2', 'at', true, 'acted'],
      ['K3', 'behind', false, 'interrupted'],
      ['K4', 'behind', false, 'kept'],
      ['K5', 'behind', false, 'kept'],
    ]);
  });

  test('every property that is decided here holds', () => {
    expect(of.verdicts.map(({ verdict }) => verdict)).toEqual([
      ...['holds', 'holds', 'holds', 'holds', 'holds', 'holds', 'holds', 'holds'],
      ...['elsewhere', 'holds', 'elsewhere', 'elsewhere'],
    ]);
  });

  test('a run for each place at which a request can arrive', () => {
    const before = rows.filter(({ outcome }) => outcome?.is === 'found' || outcome?.is === 'acted');
    // Without a request, with one set before, while the call waits, and right behind it.
    expect(of.runs).toHaveLength(before.length + 4);
    for (const { states } of of.runs) {
      expect(states.length).toBeGreaterThan(1);
      expect(states.at(-1)!.row).toBeUndefined();
      expect(states.at(-1)!.events).not.toEqual([]);
      for (const { row } of states.slice(0, -1)) expect(of.rows[row!]!.row).toBe('instruction');
    }
  });
});

test('the stack grows by what is pushed', () => {
  const depths = instructions(explained(musl386, 'i386')).map((row) => row.depths);
  expect(depths.slice(0, 6)).toEqual([[0], [4], [8], [12], [16], [16]]);
});

test('a run ends where the request leads to', () => {
  const { runs } = explained(musl386, 'i386');
  const ends = runs.map(({ states }) =>
    states
      .at(-1)!
      .events.map(({ text }) => text)
      .join(),
  );
  expect(ends[0]).toBe('returns to the caller');
  expect(ends.slice(1, -1).every((text) => text === "'__cancel' acts upon the request")).toBe(true);
  expect(ends.at(-1)).toBe('returns to the caller');
});

test('registers, stack and flag are those of the state', () => {
  const { runs, rows } = explained(musl64, 'x86_64');
  const [first, , third] = runs[0]!.states;
  expect(first!.flag).toBe('0');
  expect(first!.stack).toHaveLength(1);
  expect(rows[third!.row!]).toMatchObject({ text: 'movq %rsi,%rax' });
  expect(third!.registers.rsi).toBe(first!.registers.rsi);
  expect(runs[0]!.states[3]!.registers.rax).toBe(first!.registers.rsi);
  const asked = runs[2]!.states.find(({ events }) => events.some(({ thread }) => thread === 'canceller'));
  expect(asked!.flag).not.toBe('0');
});

describe('a window that is wrong', () => {
  const broken = (text: string, target: 'i386' | 'x86_64' = 'i386') => {
    const of = explained(text, target);
    return {
      of,
      worst: instructions(of).map((row) => row.outcome?.is),
      properties: of.verdicts.flatMap(({ property, verdict }) => (verdict === 'broken' ? [property] : [])),
    };
  };

  test('that starts late loses a request where it is missing', () => {
    const { of, worst, properties } = broken(
      edit(edit(musl386, '__cp_begin:\n', ''), '\tjne __cp_cancel\n', '\tjne __cp_cancel\n__cp_begin:\n'),
    );
    expect(worst.filter((is) => is === 'requestLost')).toHaveLength(2);
    expect(properties).toEqual(['W1']);
    expect(instructions(of).filter(({ faults }) => faults.length > 0)).toHaveLength(1);
  });

  test('that ends late loses a result', () => {
    const { of, properties } = broken(edit(musl386, '__cp_end:\n\tpopl %ebx\n', '\tnop\n__cp_end:\n\tpopl %ebx\n'));
    expect(properties).toEqual(['W2', 'W3']);
    expect(instructions(of).flatMap((row) => row.calls.map((call) => call.outcome.is))).toEqual([
      ...['acted', 'acted', 'acted'],
      ...['resultLost', 'resultLost'],
    ]);
  });

  test('that ends behind a word taken off the stack is damaged there as well', () => {
    const { of, properties } = broken(
      edit(musl386, '__cp_end:\n\tpopl %ebx\n\tpopl %esi\n', '\tpopl %ebx\n\tpopl %esi\n__cp_end:\n'),
    );
    expect(properties).toEqual(['W2', 'W3', 'W4']);
    expect(of.verdicts.find(({ property }) => property === 'W4')!.text).toMatch(
      /in front of 'popl %esi': '__cancel' finds/,
    );
  });

  test('whose cancel target leaves a word on the stack is damaged everywhere inside', () => {
    const { of, properties } = broken(edit(musl386, '__cp_cancel:\n\tpopl %ebx\n', '__cp_cancel:\n'));
    expect(properties).toEqual(['W4']);
    const inside = instructions(of).filter((row) => row.inside);
    expect(inside.map(({ outcome }) => outcome)).toEqual(
      inside.map(() => ({ is: 'damaged', why: "'__cancel' finds %esp 4 bytes too low" })),
    );
  });

  test('that enters by the vDSO says what has not been tried', () => {
    const { of, properties } = broken(edit(musl386, 'int $0x80', 'call *%gs:16'));
    expect(properties).toEqual(['W1', 'W3']);
    expect(of.verdicts.filter(({ verdict }) => verdict === 'undecided').map(({ property }) => property)).toEqual([
      ...['W2', 'W4', 'W5', 'W6', 'W8', 'W10'],
    ]);
    expect(of.runs).toEqual([]);
    expect(instructions(of).flatMap((row) => row.calls.map(({ pc, outcome }) => `${pc} ${outcome.is}`))).toEqual([
      'vdso requestLost',
      'vdso requestLost',
    ]);
  });

  test('that leads to what is not known is not decided, and said to be', () => {
    const of = explained(edit(musl64, '\tmovq %rsi,%rax\n', '\trdtsc\n\tmovq %rsi,%rax\n'), 'x86_64');
    expect(of.verdicts[0]).toMatchObject({ verdict: 'undecided', text: "unknown instruction rdtsc at 'rdtsc'" });
    expect(instructions(of).filter(({ outcome }) => outcome === undefined).length).toBeGreaterThan(0);
  });
});
