/** `cancelint explain FILE[:FUNCTION]`: from what was typed to the text that is printed. */
import { readBytes, SourceError } from '../engine/read.js';
import { findRoot, lookUp, type Given } from '../engine/root.js';
import { UserError } from '../engine/user-error.js';
import type { Target } from '../ir/types.js';
import { detectLibc } from '../libc/detect.js';
import type { Libc } from '../libc/types.js';
import { Roles } from '../libc/roles.js';
import { readAssembly } from '../simulate/source.js';
import { splitSubject } from '../simulate/subject.js';
import { isMachineCode } from '../x86/load/open.js';
import type { AssemblyUnit } from '../x86/syntax.js';
import { explain } from './explain.js';
import { explainDot } from './dot.js';
import { explainHtml } from './html.js';
import { explainJson } from './json.js';
import { openMachineCode } from './machine-code.js';
import { explainSvg } from './svg.js';
import { explainText } from './text.js';
import type { ExplainFormat } from './formats.js';
import type { Explanation } from './model.js';

export interface ExplainFileRequest {
  readonly cwd: string;
  readonly typed: string;
  /** Found from the source's path and registers where it is not named. */
  readonly target: Target | undefined;
  readonly format: ExplainFormat;
  readonly color: boolean;
  readonly libcs: readonly Libc[];
  /** What the tree is without a look at its signs. */
  readonly libc: Libc | undefined;
  /** What a tree that no sign recognises is taken for. */
  readonly fallback: Libc;
  /** Told what was decided without being known. */
  readonly notice: (message: string) => void;
}

/** The drawing. Throws a `UserError` where there is no window to draw. */
export async function explainFile(request: ExplainFileRequest): Promise<string> {
  const { cwd, typed, format, color } = request;
  const { file, member, name } = splitSubject(cwd, typed);
  const [given] = lookUp(cwd, [file]);
  if (!given) throw new UserError('An empty path was given');
  if (given.kind === 'folder') throw new UserError(`${file} is a folder: name the source that holds the window`);
  const bytes = bytesOf(file, given);
  const explanation = isMachineCode(bytes)
    ? explain(await openMachineCode({ ...request, file, data: bytes, member, name }))
    : explainSource(request, given, bytes, member === undefined ? file : `${file}(${member})`);
  if (!explanation) throw new UserError(`${file} holds no cancellation window of a libc that is known`);
  if (name !== undefined && name !== explanation.routine)
    throw new UserError(`The window of ${file} lies in ${explanation.routine}, not in ${name}`);
  switch (format) {
    case 'text':
      return explainText(explanation, color);
    case 'json':
      return explainJson(explanation);
    case 'html':
      return explainHtml(explanation);
    case 'svg':
      return explainSvg(explanation);
    case 'dot':
      return explainDot(explanation);
  }
}

function bytesOf(shown: string, given: Given): Buffer {
  try {
    return readBytes(given.real);
  } catch (error) {
    if (error instanceof SourceError) throw new UserError(`${shown}: ${error.message}`);
    throw error;
  }
}

function explainSource(
  request: ExplainFileRequest,
  given: Given,
  bytes: Buffer,
  shown: string,
): Explanation | undefined {
  if (!/\.[sS]$/.test(given.real))
    throw new UserError(`${shown} is neither machine code nor an assembly source (.s, .S): only those are explained`);
  const { unit, target } = readAssembly({ ...request, given, bytes });
  return explanationOf(request, given, unit, target);
}

/** By the conventions of the libc that the tree is; of a tree that is none, by those of any. */
function explanationOf(
  request: ExplainFileRequest,
  given: Given,
  unit: AssemblyUnit,
  target: Target,
): Explanation | undefined {
  const { libcs } = request;
  const libc = request.libc ?? detectLibc(findRoot([given], libcs), libcs);
  const conventions = (libc ? [libc] : libcs).flatMap((one) =>
    one.windows.map((convention) => ({ libc: one, convention })),
  );
  for (const one of conventions) {
    const found = explain({ unit, target, ...one, roles: new Roles(one.libc) });
    if (found) return found;
  }
  return undefined;
}
