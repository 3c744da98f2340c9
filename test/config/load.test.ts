/** What is wrong with a configuration is said in one line, with the place; nothing else comes of it. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { configFromOption, configOfRoot, type Known } from '../../src/config/load.js';
import { generic, libcs } from '../../src/libc/index.js';
import { rules } from '../../src/rules/index.js';
import { removeTrees, tree } from '../cli/program.js';

afterAll(removeTrees);

const known: Known = { libcs: [...libcs, generic], generic: 'generic', rules: rules.map(({ id }) => id) };

function complaint(content: string | Uint8Array): string {
  const { path } = tree({ 'c.json': content });
  try {
    configFromOption(path, 'c.json', known);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return 'none';
}

const window = (more: string): string => `{"libc": {"windows": [{"start": "a", "end": "b", "routine": "c"${more}}]}}`;
const role = (is: string, names = '["vendor_call"]'): string =>
  `{"libc": {"roles": [{"names": ${names}, "is": ${is}}]}}`;

test.each([
  ['[]', '1:1: the configuration must be an object'],
  ['null', '1:1: the configuration must be an object'],
  ['{"lib": "musl"}', '1:2: the configuration has an unknown key "lib"; did you mean "libc"?'],
  ['{"__proto__": {}}', '1:2: the configuration has an unknown key "__proto__"'],
  ['{"constructor": {}}', '1:2: the configuration has an unknown key "constructor"'],
  ['{"libc": 3}', '1:10: libc must be a string or an object'],
  ['{"libc": "mussl"}', '1:10: libc names an unknown libc "mussl"; did you mean "musl"?'],
  ['{"libc": {"extends": "mussl"}}', '1:22: libc.extends names an unknown libc "mussl"; did you mean "musl"?'],
  ['{"libc": {"name": "A B"}}', '1:19: libc.name must be a name of small letters, digits and hyphens'],
  [
    '{"libc": {\n  "windows": [{"start": 1, "end": "b", "routine": "c"}]}}',
    '2:25: libc.windows[0].start must be a string',
  ],
  ['{"libc": {"windows": [{"start": "a", "end": "b"}]}}', '1:23: libc.windows[0] lacks "routine"'],
  [window(', "cancl": "d"'), '1:66: libc.windows[0] has an unknown key "cancl"; did you mean "cancel"?'],
  [window(', "flag": {"width": 8}'), '1:84: libc.windows[0].flag.width must be 4'],
  [window(', "flag": {"set": [8, 9]}'), '1:74: libc.windows[0].flag has "set" and lacks "clear"'],
  [window(', "flag": {"set": [8], "clear": [0, 1]}'), '1:82: libc.windows[0].flag.set must have 2 or more entries'],
  [window(', "flag": {"set": [8, -1], "clear": [0, 1]}'), '1:86: libc.windows[0].flag.set[1] must be 0 or more'],
  [
    '{"libc": {"windows": [{"start": "a", "end": "a", "routine": "c"}]}}',
    '1:45: libc.windows[0].end is the same label as "start"',
  ],
  [role('{"role": "syscal"}'), '1:63: libc.roles[0].is.role is no role; did you mean "syscall"?'],
  [role('{}'), '1:54: libc.roles[0].is lacks "role"'],
  [role('{"role": "act"}'), '1:54: libc.roles[0].is lacks "mayReturn"'],
  [
    role('{"role": "noreturn"}', '["(a+)+$"]'),
    '1:32: libc.roles[0].names[0] must be a name of C, in which one * stands for any letters, digits and underscores',
  ],
  [
    role('{"role": "noreturn"}', '["a*b*c"]'),
    '1:32: libc.roles[0].names[0] must be a name of C, in which one * stands for any letters, digits and underscores',
  ],
  ['{"libc": {"twins": [{"name": "__nocancel"}]}}', '1:30: libc.twins[0].name must be a name of C with one * in it'],
  [
    '{"libc": {"defines": {"a b": "1"}}}',
    '1:23: libc.defines has the key "a b", which is not a macro, with what stands in its brackets',
  ],
  [
    '{"libc": {"signs": [[{"file": "../../etc/passwd"}]]}}',
    '1:31: libc.signs[0][0].file must be a path below the root',
  ],
  ['{"libc": {"signs": []}}', '1:20: libc.signs must have 1 or more entries'],
  ['{"preset": "everything"}', '1:12: preset must be "recommended", "strict" or "all"'],
  ['{"rules": {"point-missing": 2}}', '1:29: rules.point-missing must be a string'],
  ['{"rules": {"point-missing": "warning"}}', '1:29: rules.point-missing must be "off", "warn" or "error"'],
  [
    '{"rules": {"point-mising": "off"}}',
    '1:12: rules names an unknown rule "point-mising"; did you mean "point-missing"?',
  ],
  ['{"rules": {"__proto__": "off"}}', '1:12: rules names an unknown rule "__proto__"; "cancelint rules" lists them'],
  [
    '{"ignore": ["/etc/**"]}',
    '1:13: ignore[0] must be a path, in which * and ? stand for letters of a name and ** for any folders; at most four of * and **',
  ],
  [
    '{"ignore": ["*a*a*a*a*a*b"]}',
    '1:13: ignore[0] must be a path, in which * and ? stand for letters of a name and ** for any folders; at most four of * and **',
  ],
  ['{"points": {"required": [{"names": ["f"]}]}}', '1:26: points.required[0] lacks "source"'],
  [
    '{"points": {"required": [{"names": ["f g"], "source": "us"}]}}',
    '1:37: points.required[0].names[0] must be a name of C',
  ],
  ['{"rules": {"a": "off", "a": "warn"}}', '1:24: The key "a" stands there twice'],
  ['{\n  // no comments\n}', '2:3: A key in double quotes is expected'],
  ['', '1:1: A value is expected'],
])('%s', (content, message) => {
  expect(complaint(content)).toBe(`UserError: c.json:${message}`);
});

test.each([
  ['of bytes that are no text', Uint8Array.of(0x7b, 0xff, 0x7d), 'c.json: The file is not UTF-8, as JSON has to be'],
  ['of UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'c.json: The file is not UTF-8, as JSON has to be'],
  [
    'above a megabyte',
    ' '.repeat(1024 * 1024 + 1),
    'c.json: The file has 1048577 bytes, and configurations above 1048576 are not read',
  ],
  ['nested a million deep', '['.repeat(1_000_000), 'c.json:1:66: It is nested more than 64 deep'],
])('%s', (_, content, message) => {
  expect(complaint(content)).toBe(`UserError: ${message}`);
});

test('a key of any length makes a short line', () => {
  expect(complaint(`{"${'k'.repeat(100_000)}": 1}`).length).toBeLessThan(200);
  expect(complaint(`{"rules": {"${'k'.repeat(100_000)}": "off"}}`).length).toBeLessThan(300);
  expect(complaint(`{"libc": "${'k'.repeat(100_000)}"}`).length).toBeLessThan(200);
});

test('a byte order mark is no part of the text', () => {
  expect(complaint('\ufeff{"preset": "all"}')).toBe('none');
});

test('what is no file, or cannot be reached, is said', () => {
  const made = tree();
  mkdirSync(made.join('folder'));
  symlinkSync('loop', made.join('loop'));
  const of = (name: string) => () => configFromOption(made.path, name, known);
  expect(of('folder')).toThrow('folder: This is a folder, not a file');
  expect(of('loop')).toThrow('loop: The file cannot be read: too many levels of symbolic links');
  expect(of('missing')).toThrow('missing: The file cannot be read: no such file');
});

test('the one in the root is found there and nowhere else, also where it cannot be read', () => {
  const made = tree({ 'a/cancelint.config.json': '{"preset": "strict"}', 'a/b/x.c': '' });
  expect(configOfRoot(made.path, made.join('a/b'), known)).toBeUndefined();
  expect(configOfRoot(made.path, made.join('a'), known)).toMatchObject({
    shown: 'a/cancelint.config.json',
    data: { preset: 'strict' },
  });
  symlinkSync('cancelint.config.json', made.join('a/b/cancelint.config.json'));
  expect(() => configOfRoot(made.path, made.join('a/b'), known)).toThrow('too many levels of symbolic links');
});
