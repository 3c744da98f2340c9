/** `FILE[:FUNCTION]`, `FILE(MEMBER)[:FUNCTION]`: from what was typed to an image and where to begin in it. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readBytes, SourceError } from '../engine/read.js';
import { lookUp, type Given } from '../engine/root.js';
import { UserError } from '../engine/user-error.js';
import type { Target } from '../ir/types.js';
import type { Libc } from '../libc/types.js';
import { didYouMean } from '../linter/nearest.js';
import type { Image } from '../x86/load/image.js';
import { isMachineCode, openCode } from '../x86/load/open.js';
import { placeSource } from '../x86/load/source.js';
import { ObjectError } from '../x86/object/error.js';
import { readAssembly } from './source.js';

export interface SubjectRequest {
  readonly cwd: string;
  readonly typed: string;
  readonly target: Target | undefined;
  readonly libcs: readonly Libc[];
  /** What the tree is without a look at its signs. */
  readonly libc: Libc | undefined;
  /** What a tree that no sign recognises is taken for. */
  readonly fallback: Libc;
  /** Told what was decided without being known. */
  readonly notice: (message: string) => void;
}

export interface Subject {
  readonly file: string;
  /** Of an archive. */
  readonly member: string | undefined;
  readonly image: Image;
  /** Undefined for a program that begins where the kernel begins it. */
  readonly name: string | undefined;
  readonly address: number;
}

interface Parts {
  readonly file: string;
  readonly member: string | undefined;
  readonly name: string | undefined;
}

/** Opens what was typed. Throws a `UserError` where that cannot be done. */
export function openSubject(request: SubjectRequest): Subject {
  const parts = splitSubject(request.cwd, request.typed);
  const [given] = lookUp(request.cwd, [parts.file]);
  if (!given) throw new UserError('An empty path was given');
  try {
    const { image, member } = imageOf(request, given, parts);
    return { file: parts.file, member, image, ...begin(image, parts) };
  } catch (error) {
    if (error instanceof ObjectError || error instanceof SourceError) {
      throw new UserError(`${parts.file}: ${error.message}`);
    }
    throw error;
  }
}

/** A file of that whole name goes first: names may hold colons and parentheses. */
export function splitSubject(cwd: string, typed: string): Parts {
  const isThere = (path: string): boolean => existsSync(resolve(cwd, path));
  if (isThere(typed)) return { file: typed, member: undefined, name: undefined };
  const [, front = typed, name] = /^(.+):([^:/\\]+)$/s.exec(typed) ?? [];
  if (isThere(front)) return { file: front, member: undefined, name };
  const [, file = front, member] = /^(.+)\(([^()]+)\)$/s.exec(front) ?? [];
  return { file, member, name };
}

function imageOf(request: SubjectRequest, given: Given, { file, member, name }: Parts) {
  const bytes = readBytes(given.real);
  if (isMachineCode(bytes)) {
    const opened = openCode(bytes, { member, symbol: name });
    const { target } = opened.image;
    if (request.target !== undefined && request.target !== target) {
      throw new UserError(`${file} is for ${target}, not for ${request.target}`);
    }
    return opened;
  }
  if (member !== undefined) throw new UserError(`${file} is no archive, and has no members`);
  if (!/\.[sS]$/.test(given.real)) {
    throw new UserError(`${file} is neither machine code for i386 or x86_64 nor an assembly source (.s, .S)`);
  }
  const { unit, target } = readAssembly({ ...request, given, bytes });
  return { image: placeSource(unit, target), member: undefined };
}

function begin(image: Image, { file, name }: Parts): Pick<Subject, 'name' | 'address'> {
  const { symbols, functions, entry } = image;
  if (name !== undefined) {
    const address = symbols.get(name);
    if (address !== undefined) return { name, address };
    throw new UserError(`${file} defines no ${name}${didYouMean(name, symbols.keys()) || listed(functions)}`);
  }
  if (entry !== undefined) return { name, address: entry };
  const [only, ...more] = functions;
  const address = only === undefined ? undefined : symbols.get(only);
  if (address === undefined) throw new UserError(`${file} defines no function that could be run`);
  if (more.length === 0) return { name: only, address };
  throw new UserError(`${file} defines several functions: name one, as in FILE:FUNCTION${listed(functions)}`);
}

const MOST_LISTED = 10;

function listed(functions: readonly string[]): string {
  if (functions.length === 0) return '';
  const shown = functions.slice(0, MOST_LISTED).map((name) => (name.length > 60 ? `${name.slice(0, 60)}…` : name));
  return `; there are ${shown.join(', ')}${functions.length > MOST_LISTED ? ', …' : ''}`;
}
