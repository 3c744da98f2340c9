/** The data files are sound: nothing in them is empty, contradicts itself or cannot be reached. */
import { Roles } from '../../src/libc/roles.js';
import { generic, libcs } from '../../src/libc/index.js';
import type { Libc } from '../../src/libc/types.js';

const all: readonly Libc[] = [...libcs, generic];
const withCancellation = all.filter((libc) => libc.hasCancellation);

test('every libc has a name of its own', () => {
  expect(libcs.map((libc) => libc.name).sort()).toEqual([
    'bionic',
    'dietlibc',
    'glibc',
    'glibc-linuxthreads',
    'klibc',
    'musl',
    'newlib',
    'uclibc-ng',
  ]);
  expect(new Set(all.map((libc) => libc.title)).size).toBe(all.length);
});

describe.each(all.map((libc): [string, Libc] => [libc.name, libc]))('%s', (_name, libc) => {
  test('says where each fact comes from', () => {
    const facts = [...libc.roles, ...libc.flags, ...libc.windows, ...libc.twins, ...libc.files.never];
    expect(facts.filter((fact) => fact.why.trim().length < 4)).toEqual([]);
    expect(libc.hasCancellation || (libc.whyNone ?? '').length > 10).toBe(true);
  });

  test('has patterns that compile and match a whole name only', () => {
    for (const name of libc.roles.flatMap((r) => r.names)) {
      const pattern = new RegExp(`^(?:${name})$`);
      expect(pattern.test('')).toBe(false);
      expect(pattern.test('no_such_name')).toBe(false);
    }
    for (const { pattern } of libc.twins) {
      expect(new RegExp(pattern).exec('no such name')).toBeNull();
      // Group 1 is the call behind the twin.
      expect(new RegExp(`${pattern}|`).exec('')).toHaveLength(2);
    }
  });

  test('has names that the token scan can find', () => {
    const names = [...libc.roles.flatMap((r) => r.names), ...libc.flags.map((f) => f.member), ...libc.topics];
    // Shorter words are not looked at.
    expect(names.filter((name) => name.length < 4)).toEqual([]);
  });

  test('names no function twice in one role', () => {
    const seen = libc.roles.flatMap((r) => r.names.map((name) => `${name} ${JSON.stringify(r.is)}`));
    expect(seen.filter((entry, i) => seen.indexOf(entry) !== i)).toEqual([]);
  });

  test('has conventions that can be told apart', () => {
    const labels = libc.windows.flatMap((w) => [w.start, w.end, w.routine, w.cancel ?? '']);
    const given = labels.filter((label) => label !== '');
    expect(new Set(given).size).toBe(given.length);
    for (const prefix of libc.numberPrefixes) expect(prefix).toMatch(/^\w+_$/);
  });

  test('has aliases whose arguments are counted from nought', () => {
    for (const { of, alias } of libc.aliases) expect(Math.min(of, alias)).toBeGreaterThanOrEqual(0);
    const names = libc.aliases.map((a) => a.name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('defines names or calls of names, as numbers, words or nothing', () => {
    for (const [name, value] of Object.entries(libc.defines)) {
      expect(name).toMatch(/^\w+(\([\w,]*\))?$/);
      expect(value === null || /^\w*$/.test(value)).toBe(true);
    }
  });
});

describe('the signs of libcs', () => {
  const signs = libcs.flatMap((libc) => libc.signs.map((alternative) => ({ name: libc.name, alternative })));

  test('are there for each, and none is empty', () => {
    expect(libcs.filter((libc) => libc.signs.length === 0).map((libc) => libc.name)).toEqual([]);
    expect(signs.filter(({ alternative }) => alternative.length === 0)).toEqual([]);
    expect(generic.signs).toEqual([]);
  });

  test('are relative paths', () => {
    for (const { file } of signs.flatMap((s) => s.alternative)) expect(file).toMatch(/^\w[\w./+-]*$/);
  });

  test('of one are not among those of another that is looked for later', () => {
    const keys = signs.map(({ name, alternative }, at) => ({
      name,
      at,
      key: new Set(alternative.map((s) => JSON.stringify(s))),
    }));
    const inside = keys.flatMap((a) =>
      keys
        .filter((b) => a.name !== b.name && a.at < b.at && [...a.key].every((k) => b.key.has(k)))
        .map((b) => `${a.name} in ${b.name}`),
    );
    expect(inside).toEqual([]);
  });
});

test('a libc with cancellation says what acts on a request and what is the flag or a test for it', () => {
  for (const libc of withCancellation) {
    const roles = libc.roles.map((r) => r.is.role);
    // Or it leaves requests, and with them the flag, to the system below.
    const hasFlag = libc.flags.length > 0 || (libc.system ?? []).length > 0;
    expect([libc.name, roles.includes('act'), roles.includes('test-cancel'), hasFlag]).toEqual([
      libc.name,
      true,
      true,
      true,
    ]);
  }
});

test('POSIX names mean the same in all of them', () => {
  for (const libc of withCancellation) {
    const roles = new Roles(libc);
    expect(roles.of('pthread_testcancel')).toEqual([{ role: 'test-cancel' }]);
    expect(roles.of('pthread_setcancelstate')).toEqual([{ role: 'cancel-state', to: 0, saved: 1 }]);
    expect(roles.has('pthread_exit', 'act')).toBe(true);
    expect(roles.has('pthread_exit', 'noreturn')).toBe(true);
    expect(roles.of('read')).toEqual([]);
  }
});
