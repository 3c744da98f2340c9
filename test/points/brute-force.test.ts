// The fixed point over calls, held to every way through small programs.
import fc from 'fast-check';
import { operations } from '../../src/ir/analysis/reach.js';
import { linkedPrograms } from '../../src/points/linked.js';
import { linkedTree, removeTrees } from './tree.js';

afterAll(removeTrees);

/** `call`: of the function so many further on. `may`: the statements are passed by on some ways. */
type Statement =
  | { readonly s: 'disable' | 'enable' | 'asynchronous' | 'deferred' | 'save' | 'restore' | 'look' | 'return' }
  | { readonly s: 'call'; readonly by: number }
  | { readonly s: 'may'; readonly body: readonly Statement[] };

interface Function {
  readonly isStatic: boolean;
  readonly body: readonly Statement[];
}

const CODE: Readonly<Record<string, string>> = {
  disable: 'pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, 0);',
  enable: 'pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, 0);',
  asynchronous: 'pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, 0);',
  deferred: 'pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, 0);',
  save: 'pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);',
  restore: 'pthread_setcancelstate(cs, 0);',
  return: 'return;',
};

/** The place of a statement in the program, by which the text and the run name it. */
const placeOf = (path: readonly number[]): string => `look_${path.join('_')}`;

function textOf(program: readonly Function[]): string {
  const written = (body: readonly Statement[], path: readonly number[]): string =>
    body
      .map((one, i) => {
        const at = [...path, i];
        if (one.s === 'look') return `${placeOf(at)}();`;
        if (one.s === 'call') return `f${String(target(path[0] ?? 0, one.by, program))}(x);`;
        return one.s === 'may' ? `if (x & ${String(at.length + i)}) { ${written(one.body, at)} }` : CODE[one.s];
      })
      .join(' ');
  const heads = program.map((f, i) => `${f.isStatic ? 'static ' : ''}void f${String(i)}(int x)`);
  const bodies = program.map((f, i) => `${heads[i] ?? ''} { int cs = 0; SIGCANCEL; ${written(f.body, [i])} }\n`);
  return `${heads.map((h) => `${h};\n`).join('')}${bodies.join('')}`;
}

const target = (from: number, by: number, program: readonly Function[]): number => (from + by) % program.length;

interface Thread {
  readonly isOff: boolean;
  readonly isAsynchronous: boolean;
}

interface Frame extends Thread {
  readonly saved: boolean;
}

/**
 * Where a thread may be with cancellation enabled, and where asynchronous as well. Calls deeper than `deepest` end a way.
 * What a function does that programs may call is told as of those: not with the type that a caller of the tree has set.
 */
function run(program: readonly Function[], deepest: number): { enabled: Set<string>; asynchronous: Set<string> } {
  const [enabled, asynchronous] = [new Set<string>(), new Set<string>()];
  const key = (t: Frame): string => [t.isOff, t.isAsynchronous, t.saved].map(Number).join('');
  const unique = (all: readonly Frame[]): Frame[] => [...new Map(all.map((t) => [key(t), t])).values()];

  /** What a thread may be in behind the statements, and where it has returned. */
  const through = (
    body: readonly Statement[],
    path: readonly number[],
    entry: readonly Frame[],
    depth: number,
    isTold: boolean,
  ): { readonly on: readonly Frame[]; readonly returned: readonly Frame[] } => {
    let now = unique(entry);
    const returned: Frame[] = [];
    body.forEach((one, i) => {
      const at = [...path, i];
      switch (one.s) {
        case 'look':
          if (isTold && now.some((t) => !t.isOff)) enabled.add(placeOf(at));
          if (isTold && now.some((t) => !t.isOff && t.isAsynchronous)) asynchronous.add(placeOf(at));
          break;
        case 'disable':
        case 'enable':
          now = now.map((t) => ({ ...t, isOff: one.s === 'disable' }));
          break;
        case 'asynchronous':
        case 'deferred':
          now = now.map((t) => ({ ...t, isAsynchronous: one.s === 'asynchronous' }));
          break;
        case 'save':
          now = now.map((t) => ({ ...t, isOff: true, saved: t.isOff }));
          break;
        case 'restore':
          now = now.map((t) => ({ ...t, isOff: t.saved }));
          break;
        case 'return':
          returned.push(...now);
          now = [];
          break;
        case 'may': {
          const inner = through(one.body, at, now, depth, isTold);
          now = [...now, ...inner.on];
          returned.push(...inner.returned);
          break;
        }
        case 'call':
          now = now.flatMap((t) => {
            const to = target(path[0] ?? 0, one.by, program);
            const isOwn = isTold && program[to]?.isStatic === true;
            return called(to, t, depth + 1, isOwn).map((left) => ({ ...left, saved: t.saved }));
          });
      }
      now = unique(now);
    });
    return { on: now, returned };
  };
  const called = (f: number, t: Thread, depth: number, isTold: boolean): readonly Thread[] => {
    if (depth > deepest) return [];
    const { on, returned } = through(program[f]?.body ?? [], [f], [{ ...t, saved: false }], depth, isTold);
    return [...on, ...returned];
  };

  const calls = (body: readonly Statement[], from: number): number[] =>
    body.flatMap((one) =>
      one.s === 'call' ? [target(from, one.by, program)] : one.s === 'may' ? calls(one.body, from) : [],
    );
  const isCalled = new Set(program.flatMap((f, i) => calls(f.body, i).filter((to) => to !== i)));
  program.forEach((f, i) => {
    // Nothing is known of who calls a static function that nobody is seen to call.
    if (!f.isStatic || !isCalled.has(i)) called(i, { isOff: false, isAsynchronous: false }, 0, true);
  });
  return { enabled, asynchronous };
}

async function told(program: readonly Function[]): Promise<{ enabled: Set<string>; asynchronous: Set<string> }> {
  const [enabled, asynchronous] = [new Set<string>(), new Set<string>()];
  const [linked] = linkedPrograms(await linkedTree('musl', { 'src/f.c': textOf(program) }));
  if (!linked) throw new Error('nothing was linked');
  const { states, linker } = linked.points;
  for (const f of linker.program.functions) {
    for (const { op, place } of operations(f)) {
      if (op.op !== 'call' || op.callee?.startsWith('look_') !== true) continue;
      if (!states.isOffAt(f, place)) enabled.add(op.callee);
      if (states.isAsynchronousAt(f, place)) asynchronous.add(op.callee);
    }
  }
  return { enabled, asynchronous };
}

const plain = ['disable', 'enable', 'asynchronous', 'deferred', 'look', 'look'] as const;
const saving = [...plain, 'save', 'save', 'restore', 'return'] as const;

/** `calls`: how far on the functions lie that may be called. */
function programs(
  statements: readonly Exclude<Statement['s'], 'call' | 'may'>[],
  calls: readonly number[],
  size: number,
) {
  const leaf: fc.Arbitrary<Statement> = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...statements).map((s): Statement => ({ s })) },
    { weight: 2, arbitrary: fc.constantFrom(...calls).map((by): Statement => ({ s: 'call', by })) },
  );
  const may: fc.Arbitrary<Statement> = fc
    .array(leaf, { minLength: 1, maxLength: 3 })
    .map((body): Statement => ({ s: 'may', body }));
  const body = fc.array(fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: may }), { maxLength: 6 });
  return fc.array(fc.record({ isStatic: fc.boolean(), body }), { minLength: size, maxLength: size });
}

test('what is told is just what some way comes to, where no function calls itself and nothing is saved', async () => {
  const later = (body: readonly Statement[], left: number): readonly Statement[] =>
    body.flatMap((one): readonly Statement[] =>
      one.s === 'may' ? [{ s: 'may', body: later(one.body, left) }] : one.s === 'call' && one.by > left ? [] : [one],
    );
  await fc.assert(
    fc.asyncProperty(programs(plain, [1, 2, 3], 4), async (drawn) => {
      // Calls go to later functions only.
      const program = drawn.map((f, i) => ({ ...f, body: later(f.body, drawn.length - 1 - i) }));
      expect(await told(program)).toEqual(run(program, program.length));
    }),
  );
});

test('no way comes to what is told to be safe, whatever is saved and who calls whom', async () => {
  await fc.assert(
    fc.asyncProperty(programs(saving, [0, 1, 2], 3), async (program) => {
      const [seen, said] = [run(program, 5), await told(program)];
      expect([...seen.enabled].filter((place) => !said.enabled.has(place))).toEqual([]);
      expect([...seen.asynchronous].filter((place) => !said.asynchronous.has(place))).toEqual([]);
    }),
  );
});
