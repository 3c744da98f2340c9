/** A run over machine code: objects, archives, programs and shared objects in, proofs of their windows out. */
import { join } from 'node:path';
import type { WindowProof } from '../ir/proof.js';
import type { Lifted, LiftedFile, Problem, Target } from '../ir/types.js';
import type { Libc } from '../libc/types.js';
import { compareText } from '../linter/compare.js';
import type { Notice } from '../linter/finding.js';
import { findWindows, type CodeFile, type FileWindow } from '../x86/binary/file-windows.js';
import { runBudget } from '../x86/window/budget.js';
import { judgeHandler, type FoundHandler } from '../x86/binary/handler.js';
import { proveCode } from '../x86/binary/prove.js';
import { loadDecoder } from '../x86/decode/decoder.js';
import { rolesOf } from '../x86/lift.js';
import type { HandlerVerdict } from '../x86/window/handler.js';
import { ObjectError } from '../x86/object/error.js';
import type { Analysis } from './analyse.js';
import { fileProblem, readBytes, sourceProblem } from './read.js';
import type { Given } from './root.js';
import { relativeInside } from './walk.js';

export interface LintObjectsRequest {
  readonly root: string;
  readonly given: readonly Given[];
  readonly targets: readonly Target[];
  readonly libc: Libc | undefined;
  readonly libcs: readonly Libc[];
  readonly fallback: Libc;
}

export interface ObjectAnalysis extends Omit<Analysis, 'texts'> {
  /** Told by the labels that were found. */
  readonly libc: Libc;
  readonly files: number;
}

const targetOf = ({ window }: FileWindow): Target => window.map.image.target;

/** Proves the windows of the files. */
export async function analyseObjects(request: LintObjectsRequest): Promise<ObjectAnalysis> {
  const { root, given, libcs, targets } = request;
  const problems: Problem[] = [];
  const paths = [...new Set(given.map(({ real }) => relativeInside(root, real) ?? real))].sort(compareText);
  const files: CodeFile[] = [];
  for (const file of paths) {
    try {
      files.push({ file, data: readBytes(join(root, file)) });
    } catch (error) {
      problems.push(sourceProblem(error, file));
    }
  }
  const found = await findWindows(files, request.libc ? [request.libc] : libcs);
  const libc = request.libc ?? found.windows[0]?.libc ?? request.fallback;
  problems.push(...found.problems.map(({ kind, message, file }) => fileProblem(kind, message, file)));
  const notices: Notice[] = [...found.notices];
  const own = found.windows.filter((one) => one.libc === libc);
  const wanted = own.filter((one) => targets.includes(targetOf(one)));
  for (const one of own.filter((each) => !wanted.includes(each))) {
    notices.push({
      kind: 'skipped',
      message: `${one.name} has a window for ${targetOf(one)}, which --target leaves out`,
    });
  }
  const lifted = await prove(wanted, problems);
  const handlers = found.handlers.filter((one) => one.libc === libc);
  notices.push(...(await judge(handlers, lifted, problems)));
  for (const { file, functions, proofs } of lifted) {
    const { condition } = wanted.find((one) => one.name === file) ?? {};
    notices.push(...(proofs ?? []).flatMap((proof) => proved(proof, functions, condition)));
  }
  const functions = lifted.flatMap((one) => one.functions);
  const shown = new Set([
    ...paths,
    ...handlers.map((one) => one.name),
    ...wanted.map((one) => one.name),
    ...found.problems.map((one) => one.file),
  ]);
  return {
    project: {
      libc,
      roles: rolesOf(libc),
      targets: wanted.length === 0 ? targets : targets.filter((t) => wanted.some((one) => targetOf(one) === t)),
      functions,
      aliases: lifted.flatMap((one) => one.aliases),
      problems: [...problems, ...lifted.flatMap((one) => one.problems)],
      proofs: lifted.flatMap((one) => one.proofs ?? []),
      macroBody: () => undefined,
      macroAt: () => undefined,
      windowSources: [],
      isLinted: (file) => shown.has(file),
    },
    notices,
    missing: [],
    stats: {
      files: files.length,
      bytes: files.reduce((sum, one) => sum + one.data.length, 0),
      filesLifted: lifted.length,
      functions: functions.length,
      related: functions.length,
      relatedNotWhole: functions.filter((f) => f.notUnderstood > 0).length,
      unknownMacros: 0,
      byFile: [],
      phases: {},
    },
    libc,
    files: files.length,
  };
}

/** A run over a binary that finds nothing says what it has looked at. */
function proved(proof: WindowProof, functions: readonly Lifted[], condition: string | undefined): readonly Notice[] {
  const { file, faults, undecided, boundaries } = proof;
  // The handler is not the window's code.
  if (faults.some(({ kind }) => kind !== 'handler') || undecided !== undefined) return [];
  const routine = functions[0]?.name ?? '?';
  const labels = condition === undefined ? '' : `, ${condition}`;
  const message = `${file}: the window in '${routine}' is proved, with a request at ${String(boundaries)} boundaries${labels}`;
  return [{ kind: 'window-proved', message }];
}

/** Runs the handlers that check for one of the windows, and adds what is wrong with one to a window's proof. */
async function judge(
  handlers: readonly FoundHandler[],
  lifted: LiftedFile[],
  problems: Problem[],
): Promise<readonly Notice[]> {
  const notices: Notice[] = [];
  for (const handler of handlers) {
    const { target, machine } = handler.object.map.object;
    const isIts = (proof: WindowProof): boolean => proof.target === target && proof.start === handler.convention.start;
    const at = lifted.findIndex(({ proofs }) => proofs?.some(isIts));
    const file = lifted[at];
    if (!file) continue;
    try {
      const { verdict, fault } = judgeHandler(handler, await loadDecoder(machine === 'i386' ? 32 : 64));
      notices.push(...handlerNotice(handler, verdict));
      const proofs = file.proofs ?? [];
      if (fault)
        lifted[at] = {
          ...file,
          proofs: proofs.map((proof) => (isIts(proof) ? { ...proof, faults: [...proof.faults, fault] } : proof)),
        };
    } catch (error) {
      if (!(error instanceof ObjectError)) throw error;
      problems.push(fileProblem('analysis-incomplete', `A handler was not run: ${error.message}`, handler.name));
    }
  }
  return notices;
}

function handlerNotice({ name, ...handler }: FoundHandler, verdict: HandlerVerdict): readonly Notice[] {
  const what = `${name}: the handler '${handler.function}'`;
  if (verdict.is === 'right') {
    const tried = `run with the PC at ${verdict.places} places in ${verdict.states} states of the thread`;
    return [{ kind: 'handler-proved', message: `${what} agrees with the window, ${tried}` }];
  }
  if (verdict.is === 'wrong') return [];
  return [{ kind: 'handler-not-decided', message: `${what} was not decided: ${verdict.reason}` }];
}

async function prove(windows: readonly FileWindow[], problems: Problem[]): Promise<LiftedFile[]> {
  const lifted: LiftedFile[] = [];
  const budget = runBudget();
  for (const { name, file, at, window, libc } of windows) {
    const decoder = await loadDecoder(window.map.object.machine === 'i386' ? 32 : 64);
    try {
      lifted.push(proveCode({ window, decoder, libc, file: name, container: { file, at }, budget }));
    } catch (error) {
      if (!(error instanceof ObjectError)) throw error;
      problems.push(fileProblem('analysis-incomplete', `A window was not proved: ${error.message}`, name));
    }
  }
  return lifted;
}
