/**
 * From files to lifted functions. Every file's directives are read, since macros carry the meaning; only files that
 * hold a word of interest are preprocessed, and only functions that hold one are parsed.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { liftUnit } from '../c/unit.js';
import { liftC, liftMacro } from '../c/front-end.js';
import { Knowledge } from '../c/knowledge.js';
import { scanDirectives, type Definition } from '../cpp/definitions.js';
import { MacroTable } from '../cpp/macro-table.js';
import { LineMap } from '../cpp/prepared.js';
import { Limits } from '../ir/limits.js';
import type { Alias, Lifted, LiftedFile, Problem, Region, Target } from '../ir/types.js';
import { Roles } from '../libc/roles.js';
import type { BuildConvention, FileSelection, Libc } from '../libc/types.js';
import { POSIX_LISTS, type Lists } from '../posix/index.js';
import { compareText } from '../linter/compare.js';
import type { FileStats, Notice, Stats } from '../linter/finding.js';
import type { Project } from '../linter/project.js';
import { readBuild, type BuildRules } from '../make/build.js';
import { liftAssemblyFile, prover } from './assembly.js';
import { planBuild } from './build-plan.js';
import { pathMatcher } from './glob.js';
import { Includes } from './includes.js';
import { languageOf } from './languages.js';
import { liftOnWorkers, share } from './lift-pool.js';
import { readSource, SourceError } from './read.js';
import { planProgram, type Plan } from './program.js';
import { inTurns } from './turns.js';
import { windowSources } from './window-sources.js';
import { missingWords, WordScan } from './words.js';

export interface AnalyseRequest {
  /** Absolute path. */
  readonly root: string;
  /** Every C, header and assembly file of the tree, relative to the root with forward slashes, sorted. */
  readonly files: readonly string[];
  /** The files among them whose findings are wanted. */
  readonly lint: ReadonlySet<string>;
  /** Files that were asked for by their own names, so that one that no build takes is told. */
  readonly named?: ReadonlySet<string>;
  readonly targets: readonly Target[];
  /** To compare with, where the program is linked. */
  readonly compared?: readonly Target[];
  readonly libc: Libc;
  /**
   * Number of worker threads; 0 runs everything in this one, `auto` decides by the work to be done. The result does not
   * depend on it.
   */
  readonly workers: number | 'auto';
  /** Whether everything that can lead to a cancellation point is wanted: rules and commands that follow calls need it. */
  readonly program?: boolean;
  /** Whether the program is to have every exported name, also those that only macros make; that takes a while. */
  readonly everyName?: boolean;
  /** What must, may and must not be a cancellation point; default: what POSIX says. */
  readonly lists?: Lists;
  /** Words of which the caller wants to know whether the tree has them at all. */
  readonly words?: readonly string[];
  readonly onProgress?: (phase: string, done: number, total: number) => void;
}

export interface Analysis {
  readonly project: Project;
  /** What was read, by file. */
  readonly texts: ReadonlyMap<string, string>;
  readonly notices: readonly Notice[];
  /** The words asked for that no file of the tree holds. */
  readonly missing: readonly string[];
  readonly stats: Stats;
}

const WHOLE = (file: string): Problem['at'] => ({ file, line: 1, column: 1, endLine: 1, endColumn: 1 });

/** Longest text that is lifted, in UTF-16 units: no source of a libc is near it, and the time grows with it. */
const MAX_LIFTED = 8_000_000;

/** Files between two turns of the event loop, where they are only looked at and where they are parsed. */
const LOOKED_AT = 256;
const LIFTED = 50;

const tooLong = (length: number): string =>
  `The file was not analysed: it has ${String(length)} characters, and files above ${String(MAX_LIFTED)} are left alone`;

class Run {
  readonly texts = new Map<string, string>();
  readonly problems: Problem[] = [];
  readonly phases: Record<string, number> = {};
  bytes = 0;
  private readonly lineMaps = new Map<string, LineMap>();

  constructor(readonly request: AnalyseRequest) {}

  readonly lines = (file: string): LineMap | undefined => {
    let map = this.lineMaps.get(file);
    const text = this.texts.get(file);
    if (!map && text !== undefined) this.lineMaps.set(file, (map = new LineMap(text)));
    return map;
  };

  async timed<T>(phase: string, work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await work();
    this.phases[phase] = (this.phases[phase] ?? 0) + performance.now() - start;
    return result;
  }

  read(): Promise<void> {
    const { files, root, lint, onProgress } = this.request;
    return inTurns(files, LOOKED_AT, (file, i) => {
      if (i % LOOKED_AT === 0) onProgress?.('reading', i, files.length);
      try {
        const source = readSource(join(root, file));
        this.bytes += source.bytes;
        if (source.text.length <= MAX_LIFTED) this.texts.set(file, source.text);
        else if (lint.has(file))
          this.problems.push({ kind: 'analysis-incomplete', message: tooLong(source.text.length), at: WHOLE(file) });
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        if (lint.has(file)) this.problems.push({ kind: error.kind, message: error.message, at: WHOLE(file) });
      }
    });
  }
}

/** Targets whose build holds each file, after overrides (`src/x/i386/f.s` for `src/x/f.c`). */
function targetsOf(files: readonly string[], targets: readonly Target[], libc: Libc): Map<string, Target[]> {
  const replaced = new Map<Target, Set<string>>(targets.map((t) => [t, new Set()]));
  for (const file of files) {
    for (const target of targets) {
      if (libc.files.selects(file, target))
        for (const r of libc.files.replaces(file, target)) replaced.get(target)?.add(r);
    }
  }
  return new Map(
    files.map((file) => [
      file,
      targets.filter((t) => libc.files.selects(file, t) && replaced.get(t)?.has(file) !== true),
    ]),
  );
}

const isC = (file: string): boolean => /\.[ch]$/.test(file);
const isAssembly = (file: string): boolean => /\.[sS]$/.test(file);

export async function analyse(asked: AnalyseRequest): Promise<Analysis> {
  // The result does not depend on the order in which files are given.
  const request = { ...asked, files: [...asked.files].sort(compareText) };
  const run = new Run(request);
  const { targets, compared = [], lint, lists = POSIX_LISTS } = request;
  const all = [...targets, ...compared];
  await run.timed('read', () => run.read());
  const { libc, plan: build } = await run.timed('plan', () => planBuild(request.libc, request.root, run.texts, all));
  const built = targetsOf(request.files, all, libc);
  const limits = new Limits();
  const definitions: Definition[] = [];
  await run.timed('directives', () =>
    inTurns(run.texts, LOOKED_AT, ([file, text]) => {
      if (languageOf(file) === 'make') return;
      // Files of other targets too: a name that only they define is known not to be defined here.
      for (const d of scanDirectives(file, text).definitions) definitions.push(d);
    }),
  );
  const roles = new Roles(libc);
  const table = new MacroTable(definitions, libc);
  const knowledge = await run.timed('macros', () => new Knowledge(table, roles));
  const labels = new Set(
    libc.windows.flatMap((w) => [w.start, w.end, w.routine, ...(w.cancel === undefined ? [] : [w.cancel])]),
  );
  const concerns = (w: string): boolean => knowledge.concerns(w) || knowledge.isFlagMember(w) || labels.has(w);
  const shortest = Math.min(4, ...libc.roles.flatMap((r) => r.names.map((name) => name.length)));
  const scans = {
    c: new WordScan((w) => knowledge.isOfInterest(w) || labels.has(w), shortest),
    assembly: new WordScan(concerns, shortest),
  };
  // Whoever follows calls needs of a file that only uses cancellation no more than what it calls and what calls it.
  const mechanism = new WordScan((w) => knowledge.isMechanism(w) || labels.has(w), shortest);
  const onlyUses =
    request.program === true &&
    [...lint].every((file) => file.endsWith('.c') && !mechanism.holds(run.texts.get(file) ?? ''));
  const plan: Plan | undefined =
    request.program === true
      ? await run.timed('outline', () =>
          planProgram({
            ...{ texts: run.texts, built, libc, knowledge, root: request.root, lists, limits },
            everyName: request.everyName === true,
            targets: all,
            lint: withNamed(run, lint),
          }),
        )
      : undefined;
  const chosen: [string, string][] = [];
  await run.timed('scan', () =>
    inTurns(run.texts, LOOKED_AT, ([file, text]) => {
      if (!(isC(file) || isAssembly(file)) || !built.get(file)?.length) return;
      const scan = isC(file) ? scans.c : scans.assembly;
      if (file.endsWith('.h') && plan?.isEmpty(file) === true) return;
      const isFar = onlyUses && plan?.hasNear(file) === false;
      if (plan?.wanted.has(file) === true || (!isFar && scan.holds(text))) chosen.push([file, text]);
    }),
  );
  const lifted = await run.timed('lift', async () => {
    const jobs = chosen
      .filter(([file]) => isC(file))
      .map(([file]) => {
        const wanted = plan?.wanted.get(file);
        return { file, targets: built.get(file) ?? [], ...(wanted ? { wanted } : {}) };
      });
    const assembly = chosen.filter(([file]) => isAssembly(file));
    const prove = onlyUses || libc.windows.length === 0 || assembly.length === 0 ? undefined : await prover();
    const shared = { libc, table, includes: new Includes(run.texts), lines: run.lines, prove };
    const routines = assembly.flatMap(([file, text]) =>
      liftAssemblyFile({ file, text, targets: built.get(file) ?? [], ...shared }),
    );
    const workers = workersFor(request.workers, jobs.length);
    if (workers > 1 && jobs.length > 1) {
      const known = libc.own ? { libc: libc.own.base, own: libc.own.data } : { libc: libc.name };
      const work = { root: request.root, ...known, build, definitions: share(definitions) };
      return [...(await liftOnWorkers(work, jobs, workers)), ...routines];
    }
    const files: LiftedFile[] = [];
    await inTurns(jobs, LIFTED, (job, i) => {
      request.onProgress?.('lifting', i, jobs.length);
      files.push(liftC({ ...job, text: run.texts.get(job.file) ?? '', knowledge, lines: run.lines }));
    });
    return [...files, ...routines];
  });
  const wantsMacro = (name: string, definitions: readonly Definition[]): boolean =>
    plan?.macros.has(name) === true ||
    (knowledge.concerns(name) &&
      (!onlyUses || plan?.isNear(name) === true || definitions.some((d) => lint.has(d.file))));
  const macros = await run.timed('lift macros', () => liftMacros(knowledge, all, run, wantsMacro));
  // What is said of a build stands in the make files.
  const convention = [...lint].some((file) => languageOf(file) === 'make') ? libc.build : undefined;
  const buildRules = convention && (await run.timed('make', () => buildOf(convention, libc.files, run, built, limits)));
  const functions = [...lifted.flatMap((f) => f.functions), ...macros.lifted].sort(byPlace);
  const made = await run.timed('lift', () =>
    (plan?.units ?? []).flatMap(({ unit, targets: on, names }) => liftUnit(unit, on, names, knowledge, run.lines)),
  );
  const callers = [...lifted.flatMap((f) => f.callers ?? []), ...macros.callers, ...made];
  const aliases: Alias[] = lifted.flatMap((f) => f.aliases);
  // What is built for the others only is not what was asked for.
  const isAsked = ({ at }: Problem): boolean => built.get(at.file)?.every((t) => compared.includes(t)) !== true;
  const problems = [
    ...run.problems,
    ...[...lifted.flatMap((f) => f.problems), ...macros.problems].filter((p) => compared.length === 0 || isAsked(p)),
  ];
  const proofs = lifted.flatMap((f) => f.proofs ?? []);
  const related = functions.filter((f) => f.kind !== 'macro');
  return {
    project: {
      ...{ libc, roles, targets, compared, functions, aliases, problems, proofs, lists, limits },
      macroBody: (name, target) => table.view(target, 'c').bodyOf(name),
      macroAt: (name, target) => placeOf(table.view(target, 'c').agreed(name), run),
      windowSources: windowSources(run.texts, libc, table, run.lines),
      isLinted: (file) => lint.has(file),
      ...(buildRules ? { build: buildRules } : {}),
      ...(plan ? { program: plan.program([...functions, ...callers].sort(byPlace), aliases, run.lines) } : {}),
    },
    texts: run.texts,
    notices: [...(request.named ?? [])].sort(compareText).flatMap((file) => leftOut(file, built, request)),
    missing: missingWords(request.words ?? [], run.texts.values()),
    stats: {
      files: run.texts.size,
      bytes: run.bytes,
      filesLifted: chosen.length,
      functions: functions.length,
      related: related.length,
      relatedNotWhole: related.filter((f) => f.notUnderstood > 0).length,
      unknownMacros: macros.problems.length,
      byFile: statsByFile(lifted, macros.problems),
      phases: run.phases,
    },
  };
}

/** The name in a definition. */
function placeOf(d: Definition | undefined, run: Run): Region | undefined {
  return d && run.lines(d.file)?.region(d.file, d.nameStart, d.nameStart + d.name.length);
}

/** Linted files, and the sources that linted make files speak of: what is said of these stands there. */
function withNamed(run: Run, lint: ReadonlySet<string>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const file of lint) {
    if (languageOf(file) !== 'make') continue;
    for (const [word] of run.texts.get(file)?.matchAll(/[\w-]+/g) ?? []) names.add(word);
  }
  if (names.size === 0) return lint;
  const isNamed = (file: string): boolean => names.has(/([^/]*)\.[csS]$/.exec(file)?.[1] ?? '');
  return new Set([...lint, ...[...run.texts.keys()].filter(isNamed)]);
}

function buildOf(
  convention: BuildConvention,
  selection: FileSelection,
  run: Run,
  built: ReadonlyMap<string, readonly Target[]>,
  limits: Limits,
): BuildRules {
  const texts = new Map([...run.texts].filter(([file]) => languageOf(file) === 'make'));
  return readBuild({
    convention,
    files: selection,
    texts,
    sources: (target) => [...run.texts.keys()].filter((f) => /\.[csS]$/.test(f) && built.get(f)?.includes(target)),
    lines: run.lines,
    onLimit: limits.reached,
  });
}

/** A file that was named and is part of no build that was asked for. */
function leftOut(
  file: string,
  built: ReadonlyMap<string, readonly Target[]>,
  { libc, targets }: AnalyseRequest,
): Notice[] {
  if (built.get(file)?.length !== 0) return [];
  const never = libc.files.never.find((one) => pathMatcher([one.pattern])(file));
  const why = never?.why ?? `the build for ${targets.join(', ')} does not take it`;
  return [{ kind: 'skipped', message: `${file} is left out: ${why}` }];
}

function byPlace(a: Lifted, b: Lifted): number {
  if (a.extent.file !== b.extent.file) return a.extent.file < b.extent.file ? -1 : 1;
  return (
    a.extent.line - b.extent.line ||
    a.extent.column - b.extent.column ||
    (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
  );
}

/** Macros that have a role themselves, or hold a name that has one: that is where a libc's mechanism may live. */
function liftMacros(
  knowledge: Knowledge,
  targets: readonly Target[],
  run: Run,
  wants: (name: string, definitions: readonly Definition[]) => boolean,
): { lifted: Lifted[]; callers: Lifted[]; problems: Problem[] } {
  const byDefinition = new Map<Definition, Target[]>();
  const names = [...knowledge.table.names()].filter(([name, all]) => wants(name, all));
  for (const target of targets) {
    const view = knowledge.table.view(target, 'c');
    for (const [name] of names) {
      for (const d of view.candidates(name)) {
        const known = byDefinition.get(d);
        if (known) known.push(target);
        else byDefinition.set(d, [target]);
      }
    }
  }
  const lifted: Lifted[] = [];
  const callers: Lifted[] = [];
  const problems: Problem[] = [];
  for (const [definition, on] of byDefinition) {
    const one = liftMacro(definition, on, knowledge, run.lines);
    if (one) (knowledge.concerns(definition.name) ? lifted : callers).push(one);
    else if (!knowledge.concerns(definition.name)) continue;
    else if (isMechanism(definition, knowledge)) {
      const at = placeOf(definition, run);
      if (!at) continue;
      problems.push({
        kind: 'unknown-macro',
        message: `The body of macro '${definition.name}' is no statement or expression`,
        at,
      });
    }
  }
  return { lifted, callers, problems };
}

/** The macro holds more than a cleanup pair, which opens a brace in one macro and closes it in another, and makes no
 * function: each use of such a generator is lifted by itself. */
function isMechanism(definition: Definition, knowledge: Knowledge): boolean {
  if (!definition.params || knowledge.roles.has(definition.name, 'cleanup-push', 'cleanup-pop', 'generator'))
    return false;
  const words = definition.bodyText.match(/[A-Za-z_]\w*/g) ?? [];
  return words.some((w) => knowledge.roles.has(w, 'async-enable', 'window-call', 'act', 'test-cancel', 'syscall'));
}

/**
 * Starting a thread and giving it the macros of a large libc takes as long as lifting some thousand files, and as much
 * memory as all that is lifted.
 */
const FILES_PER_WORKER = 2_500;
const MAX_WORKERS = 8;

function workersFor(asked: number | 'auto', files: number): number {
  return asked === 'auto' ? Math.min(availableParallelism(), MAX_WORKERS, Math.floor(files / FILES_PER_WORKER)) : asked;
}

function statsByFile(lifted: readonly LiftedFile[], macros: readonly Problem[]): FileStats[] {
  const files = new Map<string, { functions: number; notWhole: number; unknownMacros: number }>();
  const of = (file: string): { functions: number; notWhole: number; unknownMacros: number } => {
    let one = files.get(file);
    if (!one) files.set(file, (one = { functions: 0, notWhole: 0, unknownMacros: 0 }));
    return one;
  };
  for (const { file, functions } of lifted) {
    if (functions.length === 0) continue;
    of(file).functions += functions.length;
    of(file).notWhole += functions.filter((f) => f.notUnderstood > 0).length;
  }
  for (const p of macros) of(p.at.file).unknownMacros++;
  return [...files].map(([file, counts]) => ({ file, ...counts })).sort((a, b) => (a.file < b.file ? -1 : 1));
}
