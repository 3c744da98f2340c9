import { formatJson } from '../../src/formatters/json.js';
import { finding, region, result, suppressed, warning } from './sample.js';

describe('json', () => {
  it('has one object a file, and nothing that was silenced', () => {
    const files = JSON.parse(formatJson(result([finding({ related: [] }), suppressed, warning]))) as unknown;
    expect(files).toEqual([
      {
        filePath: 'src/thread/x.s',
        errorCount: 1,
        warningCount: 0,
        messages: [
          {
            ruleId: 'window-lost-result',
            severity: 2,
            message: 'The window ends late. A request after "int $0x80" throws away a[0](1)',
            line: 12,
            column: 5,
            endLine: 12,
            endColumn: 9,
            function: '__syscall_cp_asm',
            target: ['i386'],
            properties: ['W2'],
            flow: [
              { filePath: 'src/thread/x.s', line: 10, column: 1, message: 'the flag is read' },
              { filePath: 'src/thread/pthread_cancel.c', line: 80, column: 1, message: 'the flag is set' },
              { filePath: 'src/thread/x.s', line: 12, column: 1, message: 'the call finishes' },
              { filePath: 'src/thread/x.s', line: 13, column: 1, message: 'the thread unwinds' },
            ],
          },
        ],
      },
      {
        filePath: 'src/z.c',
        errorCount: 0,
        warningCount: 1,
        messages: [
          {
            ruleId: 'unused-directive',
            severity: 1,
            message: 'The directive silences no finding',
            line: 3,
            column: 1,
            endLine: 3,
            endColumn: 5,
            function: '__syscall_cp_asm',
          },
        ],
      },
    ]);
  });

  it('lists every related place', () => {
    const [file] = JSON.parse(formatJson(result([finding()]))) as [{ messages: [{ related: unknown[] }] }];
    expect(file.messages[0].related).toHaveLength(7);
  });

  it('is an empty array when nothing stands', () => {
    expect(formatJson(result([suppressed]))).toBe('[]\n');
  });

  it('escapes what would do something to a terminal, and means the same', () => {
    const name = 'a\u009b\u202e\u007f\u2028.c';
    const text = formatJson(result([finding({ at: region(name, 1) })]));
    expect(text).toContain('a\\u009b\\u202e\\u007f\\u2028.c');
    expect((JSON.parse(text) as [{ filePath: string }])[0].filePath).toBe(name);
  });
});
