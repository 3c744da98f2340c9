/**
 * The same programs on the processor and in the simulator: at every boundary the same registers, flags and next
 * instruction, through system calls, signal handlers and the returns from them.
 */
import { buildProgram, buildTracer, LEVELS, PROGRAMS, traceNatively, type Level, type Trace } from './programs.js';
import { replay, WAYS } from './replay.js';
import { scratchFolder, type Target } from './support.js';

const folder = scratchFolder();
const tracer = buildTracer(folder);

/** Why this machine cannot run programs of a target, found out with the first; undefined where it can. */
function missing(target: Target): string | undefined {
  if (typeof tracer !== 'string') return tracer.reason;
  const program = buildProgram(folder, PROGRAMS[0] ?? '', target, '-O0');
  if (typeof program !== 'string') return program.reason;
  const trace = traceNatively(tracer, program);
  return 'reason' in trace ? trace.reason : undefined;
}

function traced(name: string, target: Target, level: Level): { path: string; trace: Trace } {
  if (typeof tracer !== 'string') throw new Error(tracer.reason);
  const path = buildProgram(folder, name, target, level);
  if (typeof path !== 'string') throw new Error(path.reason);
  const trace = traceNatively(tracer, path);
  if ('reason' in trace) throw new Error(trace.reason);
  return { path, trace };
}

it('has ten programs and more', () => {
  expect(PROGRAMS.length).toBeGreaterThanOrEqual(10);
});

describe.each(['i386', 'x86_64'] as const)('%s', (target) => {
  const reason = missing(target);
  if (reason !== undefined) process.stderr.write(`skipped: no traces of ${target} programs here: ${reason}\n`);
  const here = reason === undefined ? it : it.skip;
  const seen = new Set<string>();

  here.each(PROGRAMS.flatMap((name) => LEVELS.map((level) => [name, level] as const)))('%s %s', (name, level) => {
    const { path, trace } = traced(name, target, level);
    expect(trace.happenings.at(-1)).toEqual({ kind: 'end', text: expect.stringMatching(/^exit \d+$/) as string });
    for (const way of WAYS) {
      const { difference, steps, mnemonics } = replay(path, target, trace, way);
      expect(difference).toBeUndefined();
      expect(steps).toBeGreaterThan(90);
      for (const mnemonic of mnemonics) seen.add(mnemonic);
    }
    const signals = trace.happenings.filter(({ kind }) => kind === 'signal');
    expect(signals.length > 0).toBe(name.startsWith('signal'));
  });

  here('the programs are of many instructions', () => {
    expect(seen.size).toBeGreaterThan(100);
  });
});

const in64 = missing('x86_64') === undefined ? it : it.skip;

in64('tells a difference with its state', () => {
  const { path, trace } = traced('recursion', 'x86_64', '-O2');
  const happenings = trace.happenings.map((one, n) =>
    n === 20 && one.kind === 'step' ? { ...one, registers: one.registers.with(3, 0x1234567n) } : one,
  );
  const { difference, steps } = replay(path, 'x86_64', { ...trace, happenings }, 'plain');
  expect(difference).toMatch(
    /^step 20, after \w+.*\n%rbx: 1234567, not [\da-f]+\nbefore: .*\nprocessor: .*\nsimulator: /,
  );
  expect(steps).toBe(20);
});
