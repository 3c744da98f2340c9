/** An assembly source as lint reads it: `.s` as it lies, `.S` through the macros of the tree that it lies in. */
import { join } from 'node:path';
import { scanDirectives, type Definition } from '../cpp/definitions.js';
import { MacroTable } from '../cpp/macro-table.js';
import { preprocess, toText } from '../cpp/preprocess.js';
import { asItIs, LineMap, type PreparedText } from '../cpp/prepared.js';
import { discover } from '../engine/discover.js';
import { Includes } from '../engine/includes.js';
import { decode, readSource, SourceError } from '../engine/read.js';
import { findRoot, type Given } from '../engine/root.js';
import { UserError } from '../engine/user-error.js';
import { relativeInside } from '../engine/walk.js';
import type { Target } from '../ir/types.js';
import { detectLibc } from '../libc/detect.js';
import type { Libc } from '../libc/types.js';
import { parseAssembly } from '../x86/parser.js';
import type { AssemblyUnit } from '../x86/syntax.js';

/** Longest text that is parsed, in UTF-16 units: no source of a libc is near it. */
const MAX_LENGTH = 8_000_000;

export interface SourceRequest {
  readonly given: Given;
  readonly bytes: Buffer;
  /** Found from the path and the text where it is not named. */
  readonly target: Target | undefined;
  readonly libcs: readonly Libc[];
  /** What the tree is without a look at its signs. */
  readonly libc: Libc | undefined;
  /** What a tree that no sign recognises is taken for. */
  readonly fallback: Libc;
  /** Told what was decided without being known. */
  readonly notice: (message: string) => void;
}

export interface ReadSource {
  readonly unit: AssemblyUnit;
  readonly target: Target;
}

/** Reads and parses. Throws a `UserError` for a file that is too large. */
export function readAssembly(request: SourceRequest): ReadSource {
  const { given, bytes } = request;
  const text = decode(bytes);
  if (text.length > MAX_LENGTH) {
    throw new UserError(
      `${given.typed} has ${text.length} characters, and files above ${MAX_LENGTH} are not simulated`,
    );
  }
  const target = request.target ?? targetOf(given.real, text);
  const prepared = given.real.endsWith('.s') ? asItIs(given.typed, text) : preprocessed(request, text, target);
  return { unit: parseAssembly(prepared), target };
}

/** A folder of the path names it, or 64-bit registers in the text do. */
function targetOf(path: string, text: string): Target {
  const folders = path.split(/[\\/]/);
  for (const target of ['x32', 'x86_64', 'i386'] as const) if (folders.includes(target)) return target;
  return /%r(?:[a-ds][xipd]|\d)/.test(text) ? 'x86_64' : 'i386';
}

function preprocessed(request: SourceRequest, text: string, target: Target): PreparedText {
  const { given, libcs, notice } = request;
  const root = findRoot([given], libcs);
  const libc = request.libc ?? detectLibc(root, libcs) ?? request.fallback;
  const file = relativeInside(root, given.real) ?? given.typed;
  const texts = textsOf(root, given, libc).set(file, text);
  const definitions: Definition[] = [];
  for (const [name, content] of texts) definitions.push(...scanDirectives(name, content).definitions);
  const seen = new Includes(texts).closure(file, ...libc.included);
  const done = preprocess({
    file,
    text,
    dialect: 'asm',
    view: new MacroTable(definitions, libc).view(target, 'asm'),
    variant: 0,
    visible: (definition) => seen.has(definition.file),
    expands: () => true,
  });
  for (const { message, at } of done.problems) notice(`${at.file}:${at.line}: ${message}`);
  if (done.arms > 1) notice(`${given.typed} has conditionals that the build decides; the first arm of each is taken`);
  const maps = new Map<string, LineMap>();
  return toText(file, done.tokens, (name) => {
    const content = texts.get(name);
    if (content !== undefined && !maps.has(name)) maps.set(name, new LineMap(content));
    return maps.get(name);
  });
}

/** The sources of the tree that can be read. */
function textsOf(root: string, given: Given, libc: Libc): Map<string, string> {
  const never = libc.files.never.map((one) => one.pattern);
  const texts = new Map<string, string>();
  for (const file of discover(root, [given], never).files) {
    try {
      const { text } = readSource(join(root, file));
      if (text.length <= MAX_LENGTH) texts.set(file, text);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
    }
  }
  return texts;
}
