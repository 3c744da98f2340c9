/** What a test that expects a finding has to say: a careless expectation is also met by a wrong finding. */

const WORDS: ReadonlySet<string> = new Set([
  'messageId',
  'data',
  'message',
  'file',
  'line',
  'column',
  'endLine',
  'endColumn',
  'function',
  'targets',
  'properties',
  'flow',
  'related',
]);

/** The faults of one expectation. `fileCount` undefined: the tree is a fixture, with any number of files. */
export function expectationFaults(
  error: unknown,
  messages: Readonly<Record<string, string>>,
  fileCount: number | undefined,
): string[] {
  if (typeof error !== 'object' || error === null) return ['it is no object'];
  const expected = error as Readonly<Record<string, unknown>>;
  const faults = Object.keys(expected)
    .filter((key) => !WORDS.has(key))
    .map((key) => `'${key}' is nothing that can be expected`);
  for (const part of ['line', 'column'])
    if (!Number.isInteger(expected[part])) faults.push(`it does not say the ${part}`);
  if (fileCount !== 1 && typeof expected.file !== 'string') faults.push('it does not say the file');
  const { messageId } = expected;
  const template = typeof messageId === 'string' ? messages[messageId] : undefined;
  if (template === undefined) {
    const shown = typeof messageId === 'string' ? `'${messageId}'` : 'without a name';
    return [...faults, `there is no message ${shown}; the rule has ${Object.keys(messages).join(', ')}`];
  }
  return [...faults, ...wordingFaults(expected, template)];
}

/** The finding's words are fixed by the data or in full. */
function wordingFaults(expected: Readonly<Record<string, unknown>>, template: string): string[] {
  const needed = new Set([...template.matchAll(/\{([a-zA-Z]+)\}/g)].map((m) => m[1] ?? ''));
  const { data, message } = expected;
  if (data !== undefined && message !== undefined) return ['it says the message twice, by data and in full'];
  if (message !== undefined) return typeof message === 'string' ? [] : ['the message is no text'];
  const given = Object.keys(data ?? {});
  return [
    ...[...needed].filter((key) => !given.includes(key)).map((key) => `it does not say what {${key}} is`),
    ...given.filter((key) => !needed.has(key)).map((key) => `the message has no {${key}}`),
  ];
}
