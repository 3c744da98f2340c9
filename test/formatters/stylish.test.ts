import { formatStylish } from '../../src/formatters/stylish.js';
import { context, finding, region, result, suppressed, warning } from './sample.js';

describe('stylish', () => {
  it('shows findings by file with their steps and the first related places', () => {
    expect(formatStylish(result([finding(), suppressed, warning]), context())).toBe(`src/thread/x.s
  12:5  error    The window ends late. A request after "int $0x80" throws away a[0](1)  window-lost-result
        in __syscall_cp_asm on i386 breaks W2
        1. 10:1  the flag is read
        2. src/thread/pthread_cancel.c:80:1  canceller: the flag is set
        3. 12:1  kernel: the call finishes
        4. 13:1  the thread unwinds
        7 related places:
        - src/a.c:1:1  use 1
        - src/a.c:2:1  use 2
        - src/a.c:3:1  use 3
        - … and 4 more

src/z.c
  3:1  warning  The directive silences no finding  unused-directive
       in __syscall_cp_asm

2 findings (1 error, 1 warning), 1 suppressed in 7 files of musl for i386, x86_64
`);
  });

  it('says that nothing was found, and what was not understood', () => {
    const stats = { ...result([]).stats, relatedNotWhole: 2 };
    expect(formatStylish(result([], { stats }), context())).toBe(
      'No findings in 7 files of musl for i386, x86_64\n' +
        '2 of 5 cancellation-related functions not understood in full (--stats)\n',
    );
  });

  it('is silent when it is quiet and nothing stands, and where a libc has no cancellation', () => {
    expect(formatStylish(result([suppressed]), context({ quiet: true }))).toBe('');
    const libc = { name: 'klibc', title: 'klibc', hasCancellation: false };
    expect(formatStylish(result([], { libc }), context())).toBe('');
  });

  it('uses colours only when they are wanted', () => {
    const escape = '\u001b[';
    expect(formatStylish(result([finding()]), context())).not.toContain(escape);
    expect(formatStylish(result([finding()]), context({ color: true }))).toContain(escape);
  });

  it('escapes what a source or a name could do to a terminal', () => {
    const nasty = 'x\u001b[2J\u202e\n\u009b';
    const text = formatStylish(
      result([
        finding({
          message: nasty,
          function: nasty,
          at: region(nasty, 1),
          flow: [{ at: region(nasty, 1), message: nasty }],
          related: [{ at: region(`${nasty}2`, 1), message: nasty }],
        }),
      ]),
      context(),
    );
    for (const character of ['\u001b', '\u202e', '\u009b']) expect(text).not.toContain(character);
    expect(text).toContain('x\\x1b[2J\\u202e\\n\\x9b');
  });
});
