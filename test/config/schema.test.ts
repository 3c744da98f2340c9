/** The schema, the page about it, the types and the built-in data say the same. */
import { existsSync, readFileSync } from 'node:fs';
import { configFromOption } from '../../src/config/load.js';
import { SCHEMA, faultOf } from '../../src/config/validate.js';
import { generic, libcs } from '../../src/libc/index.js';
import { ownLibc } from '../../src/libc/own.js';
import { Roles } from '../../src/libc/roles.js';
import { rules } from '../../src/rules/index.js';
import { removeTrees, tree } from '../cli/program.js';

afterAll(removeTrees);

interface Part {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Part>>;
  readonly oneOf?: readonly Part[];
  readonly const?: string;
  readonly [key: string]: unknown;
}

const schema = JSON.parse(readFileSync(SCHEMA, 'utf8')) as Part;
const page = readFileSync('docs/configuration.md', 'utf8');

/** Every key that the schema knows, with the part that describes it. */
function* keys(part: unknown): Generator<readonly [string, Part]> {
  if (typeof part !== 'object' || part === null) return;
  for (const [key, value] of Object.entries(part)) {
    if (key === 'properties') yield* Object.entries(value as Readonly<Record<string, Part>>);
    yield* keys(value);
  }
}

const all = [...keys(schema)];

test('every key has a description', () => {
  expect(all.length).toBeGreaterThan(80);
  expect(all.filter(([, part]) => part.description === undefined && part.const === undefined)).toEqual([]);
});

test('every key stands on the page, and every key on the page in the schema', () => {
  const tables = page.split('\n').filter((line) => line.startsWith('| '));
  const coded = new Set(page.match(/`[^`\n]+`/g)?.map((code) => code.slice(1, -1)));
  const names = new Set(all.map(([key]) => key));
  expect([...names].filter((key) => !coded.has(key))).toEqual([]);
  const first = tables.flatMap((line) => /^\| ((?:`[\w$[\].]+`(?:, )?)+) \|/.exec(line)?.[1]?.match(/`[^`]+`/g) ?? []);
  const roles = (schema.definitions as { role: Part }).role.oneOf?.map((one) => one.properties?.role?.const) ?? [];
  const known = new Set([...names, ...roles, 'windows[].flag']);
  expect(first.map((code) => code.slice(1, -1)).filter((key) => !known.has(key))).toEqual([]);
});

test('every role stands on the page', () => {
  const roles =
    (schema.definitions as { role: Part }).role.oneOf?.map((one) => one.properties?.role?.const ?? '') ?? [];
  expect(roles.length).toBe(16);
  expect(roles.filter((role) => !page.includes(`\`${role}\``))).toEqual([]);
});

test('the examples of the page are sound', () => {
  const examples = [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, text = '']) => text);
  expect(examples.length).toBe(3);
  const known = { libcs: [...libcs, generic], generic: 'generic', rules: rules.map(({ id }) => id) };
  const loaded = examples.map((text) => configFromOption(tree({ 'c.json': text }).path, 'c.json', known));
  expect(loaded.map(({ libc }) => libc?.name)).toEqual(['musl', 'vendor', 'mylibc']);
});

test('the package has the schema', () => {
  const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] };
  expect(files).toContain('schema');
  expect(existsSync(SCHEMA)).toBe(true);
});

/** A name that a pattern of the built-in data matches is as good as the pattern here. */
const plain = (names: readonly string[]): readonly string[] => names.filter((name) => /^\w+$/.test(name));

test.each([...libcs, generic].map((libc) => [libc.name, libc] as const))(
  'what is built in of %s can be said in a configuration, and comes out the same',
  (_, libc) => {
    const data = {
      name: libc.name,
      title: libc.title,
      ...(libc.signs.length > 0 ? { signs: libc.signs } : {}),
      windows: libc.windows.map(({ flag, ...rest }) => ({
        ...rest,
        flag: flag.isWhole ? {} : { set: flag.set, clear: flag.clear },
      })),
      roles: libc.roles.filter(({ names }) => plain(names).length > 0).map((r) => ({ ...r, names: plain(r.names) })),
      flags: libc.flags.map(({ member, bits, why }) => ({ member, bits, why })),
      asksState: libc.asksState ?? [],
      cancelSignals: libc.cancelSignals ?? [],
      ...(libc.balance
        ? { balance: { words: libc.balance.words, self: libc.balance.self, pairs: libc.balance.pairs } }
        : {}),
      topics: libc.topics,
      singleThread: libc.singleThread ?? [],
      system: libc.system ?? [],
      aliases: libc.aliases,
      numberPrefixes: libc.numberPrefixes,
      included: libc.included,
      defines: libc.defines,
    };
    expect(faultOf(JSON.parse(JSON.stringify({ libc: data })))).toBeUndefined();

    const own = ownLibc(data, generic);
    const [theirs, ours] = [new Roles(libc), new Roles(own)];
    const names = libc.roles.flatMap((r) => plain(r.names));
    expect(names.map((name) => [name, ours.of(name)])).toEqual(
      names.map((name) => [
        name,
        theirs.of(name).filter((role) => data.roles.some((r) => r.is === role && r.names.includes(name))),
      ]),
    );
    expect(own.windows.map((w) => [w.start, w.end, w.cancel, w.routine, w.flag.isWhole])).toEqual(
      libc.windows.map((w) => [w.start, w.end, w.cancel, w.routine, w.flag.isWhole]),
    );
    expect(own.windows.map(({ flag: { set, clear, width } }) => ({ set, clear, width }))).toEqual(
      libc.windows.map(({ flag: { set, clear, width } }) => ({ set, clear, width })),
    );
    expect(own.flags.slice(0, libc.flags.length).map((f) => f.member)).toEqual(libc.flags.map((f) => f.member));
  },
);

test('what is said of a name counts alone, also where the known libc has a pattern for it', () => {
  const musl = libcs.find(({ name }) => name === 'musl')!;
  const own = new Roles(ownLibc({ roles: [{ names: ['__syscall_cp3', 'my_*'], is: { role: 'noreturn' } }] }, musl));
  expect(own.of('__syscall_cp3')).toEqual([{ role: 'noreturn' }]);
  expect(own.of('__syscall_cp4')).toEqual(new Roles(musl).of('__syscall_cp4'));
  expect(own.of('__syscall_cp4')).not.toEqual([]);
  expect(own.of('my_exit')).toEqual([{ role: 'noreturn' }]);
  expect(own.of('not_my_exit')).toEqual([]);
});
